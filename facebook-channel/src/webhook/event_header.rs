//! [`EventHeader`] and [`EntryField`]: what every event says besides what happened.

use std::borrow::Cow;

use channel_api::Timestamp;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess};

use super::json::Json;
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

impl<'de> Lenient<'de> for Party<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: Cow<'de, str>, members: &mut A) -> Result<(), A::Error> {
        match &*name {
            "id" => {
                if let Ok(id) = scalar::id(members.next_value()?) {
                    *self = Self::Id(id);
                }
            }
            "user_ref" => match scalar::id(members.next_value()?) {
                Ok(reference) if self.id().is_none() => *self = Self::Guest(reference),
                _ => {}
            },
            _ => drop(members.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }

    fn other(json: Json<'de>) -> Self {
        scalar::id(json).map_or(Self::Nobody, Self::Id)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Party<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::read(deserializer)
    }
}
