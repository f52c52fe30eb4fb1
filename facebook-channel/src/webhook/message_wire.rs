//! [`Message`]: the object under `message` as Meta writes it, read without judging it.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, MapAccess};

use super::json::{Json, Members};
use super::lenient::{self, Lenient};
use super::scalar;

/// The object under `message`. Nearly every event has one, and nearly every one has no more than the first three fields.
#[derive(Debug, Default)]
pub(super) struct Message<'a> {
    pub(super) mid: Json<'a>,
    pub(super) text: Json<'a>,
    pub(super) is_echo: bool,
    /// Everything else, by Meta's names.
    pub(super) members: Members<'a>,
    /// It is no object at all.
    pub(super) malformed: bool,
}

/// Whether a mark such as `is_echo` is set. In doubt it is: an echo that is taken for a person's message makes a bot talk to
/// itself.
pub(super) fn marked(json: &Json<'_>) -> bool {
    !json.is_null() && scalar::flag(json) != Some(false)
}

impl<'de> Lenient<'de> for Message<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: Cow<'de, str>, members: &mut A) -> Result<(), A::Error> {
        match &*name {
            "mid" => self.mid = members.next_value()?,
            "text" => self.text = members.next_value()?,
            "is_echo" => self.is_echo = marked(&members.next_value()?),
            _ => self.members.push((name, members.next_value()?)),
        }
        Ok(())
    }

    fn other(_: Json<'de>) -> Self {
        Self { malformed: true, ..Self::default() }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Message<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::read(deserializer)
    }
}
