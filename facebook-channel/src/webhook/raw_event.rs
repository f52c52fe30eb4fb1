//! [`RawEvent`]: one event as Meta wraps it, read without judging it.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, MapAccess};

use super::event_header::{EventHeader, Party, ToldParty};
use super::event_spec::EventSpec;
use super::event_specs::known;
use super::json::{Json, Members};
use super::lenient::{self, Lenient};
use super::message_wire::Message;
use super::scalar;

/// An element of `messaging`, `standby`, `changes` or `calls`.
#[derive(Debug, Default)]
pub(super) struct RawEvent<'a> {
    pub(super) header: EventHeader<'a>,
    pub(super) message: Option<Message<'a>>,
    /// The first thing in it that is of a known kind, as nearly every item has one and nothing else.
    pub(super) payload: Option<(&'static EventSpec, Json<'a>)>,
    /// Everything else, by Meta's names.
    pub(super) members: Members<'a>,
    /// What `sender` and `recipient` say besides who that is.
    pub(super) parties: Members<'a>,
    /// It is no object at all.
    pub(super) malformed: bool,
    /// Its first key, where it stands in the body. It tells where the item begins.
    pub(super) first_key: Option<&'a str>,
}

impl<'a> RawEvent<'a> {
    fn party(&mut self, name: Cow<'a, str>, told: ToldParty<'a>) -> Party<'a> {
        if !told.members.is_empty() {
            self.parties.push((name, Json::Object(told.members)));
        }
        told.party
    }
}

impl<'de> Lenient<'de> for RawEvent<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: Cow<'de, str>, members: &mut A) -> Result<(), A::Error> {
        self.first_key.get_or_insert(match &name {
            Cow::Borrowed(name) => name,
            // With an escape in it, it stands nowhere.
            Cow::Owned(_) => "",
        });
        match &*name {
            "sender" => self.header.sender = self.party(name, members.next_value()?),
            "recipient" => self.header.recipient = self.party(name, members.next_value()?),
            "timestamp" => self.header.time = scalar::time(&members.next_value()?),
            "message" => self.message = members.next_value()?,
            key => match known(key) {
                Some(spec) if self.payload.is_none() => {
                    let payload: Json<'_> = members.next_value()?;
                    self.payload = (!payload.is_null()).then_some((spec, payload));
                }
                _ => self.members.push((name, members.next_value()?)),
            },
        }
        Ok(())
    }

    fn other(_: Json<'de>) -> Self {
        Self { malformed: true, ..Self::default() }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawEvent<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::read(deserializer)
    }
}
