//! [`EventHeader`] and [`EntryField`]: what every event says besides what happened.

use std::borrow::Cow;

use channel_api::Timestamp;
use serde::de::{Deserialize, Deserializer, MapAccess};

use super::json::{Json, Members};
use super::lenient::{self, Lenient};
use super::scalar;

/// Who, to whom and when.
#[derive(Debug, Default)]
pub(super) struct EventHeader<'a> {
    pub(super) sender: Party<'a>,
    pub(super) recipient: Party<'a>,
    pub(super) time: Option<Timestamp>,
}

/// A person or a Page.
#[derive(Debug, Default)]
pub(super) enum Party<'a> {
    /// Not named, or in no way that is known.
    #[default]
    Nobody,
    /// By id.
    Id(Cow<'a, str>),
    /// A guest of a plugin, who has a reference instead of an id.
    Guest(Cow<'a, str>),
}

impl Party<'_> {
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::Id(id) => Some(id),
            Self::Nobody | Self::Guest(_) => None,
        }
    }

    pub(super) fn guest(&self) -> Option<&str> {
        match self {
            Self::Guest(reference) => Some(reference),
            Self::Nobody | Self::Id(_) => None,
        }
    }
}

/// The list in which an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryField {
    /// `messaging`, or any list that is not one of the others: one has been seen under `messaging_handovers`.
    Messaging,
    /// `standby`: another app is responsible for the conversation.
    Standby,
    /// `changes`: `{"field", "value"}`.
    Changes,
    /// `calls`.
    Calls,
}

impl EntryField {
    /// The list under this key of an entry, and whether the key stands for a list only.
    pub(super) fn of(key: &str) -> (Self, bool) {
        match key {
            "messaging" => (Self::Messaging, true),
            "standby" => (Self::Standby, true),
            "changes" => (Self::Changes, true),
            "calls" => (Self::Calls, true),
            _ => (Self::Messaging, false),
        }
    }
}

/// A party as Meta writes it.
#[derive(Debug, Default)]
pub(super) struct ToldParty<'a> {
    pub(super) party: Party<'a>,
    /// What else it says, by Meta's names.
    pub(super) members: Members<'a>,
}

impl<'de> Lenient<'de> for ToldParty<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: Cow<'de, str>, members: &mut A) -> Result<(), A::Error> {
        match &*name {
            "id" => {
                if let Ok(id) = scalar::id(members.next_value()?)
                    && let Party::Guest(reference) = std::mem::replace(&mut self.party, Party::Id(id))
                {
                    self.members.push((Cow::Borrowed("user_ref"), Json::Text(reference)));
                }
            }
            "user_ref" => match scalar::id(members.next_value()?) {
                Ok(reference) if self.party.id().is_none() => self.party = Party::Guest(reference),
                Ok(reference) => self.members.push((name, Json::Text(reference))),
                Err(_) => {}
            },
            _ => match members.next_value()? {
                Json::Null => {}
                value => self.members.push((name, value)),
            },
        }
        Ok(())
    }

    fn other(json: Json<'de>) -> Self {
        Self { party: scalar::id(json).map_or(Party::Nobody, Party::Id), members: Members::new() }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for ToldParty<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::read(deserializer)
    }
}
