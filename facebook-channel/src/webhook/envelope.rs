//! The envelope of a delivery: `{"object", "entry": [{"id", "time", "messaging": […]}]}`, in one pass.
//!
//! What an element of the lists is read as is left open: as an [`Item`](super::item::Item), or as the piece of JSON that it
//! is. Both walk the same way, so the n-th of the one is the n-th of the other.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::json::{Json, Name};
use super::scalar;

/// A body with all its entries in the ordinary shape. Another shape is an error, and then
/// [`pieces`](super::pieces) takes the body apart more patiently.
#[derive(Debug)]
pub(super) struct Envelope<'a, I> {
    pub(super) object: Json<'a>,
    pub(super) entries: Vec<Entry<'a, I>>,
}

/// What happened on one Page.
#[derive(Debug)]
pub(super) struct Entry<'a, I> {
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) time: Json<'a>,
    pub(super) lists: Vec<(Place, Vec<I>)>,
}

/// The list in which an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// `messaging`, or any list that is not one of the others: one has been seen under `messaging_handovers`.
    Messaging,
    /// `standby`: another app is responsible for the conversation.
    Standby,
    /// `changes`: `{"field", "value"}`.
    Changes,
    /// `calls`.
    Calls,
}

impl Place {
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

impl<'de: 'a, 'a, I: Deserialize<'de>> Deserialize<'de> for Envelope<'a, I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EnvelopeVisitor(PhantomData))
    }
}

struct EnvelopeVisitor<T>(PhantomData<T>);

impl<'de: 'a, 'a, I: Deserialize<'de>> Visitor<'de> for EnvelopeVisitor<Envelope<'a, I>> {
    type Value = Envelope<'a, I>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut object = Json::Null;
        let mut entries: Option<Vec<_>> = None;
        while let Some(Name(name)) = members.next_key()? {
            match &*name {
                "object" => object = members.next_value()?,
                "entry" if entries.is_none() => entries = Some(members.next_value()?),
                "entry" => return Err(A::Error::custom("a second list of entries")),
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        let entries = entries.ok_or_else(|| A::Error::missing_field("entry"))?;
        Ok(Envelope { object, entries })
    }
}

impl<'de: 'a, 'a, I: Deserialize<'de>> Deserialize<'de> for Entry<'a, I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntryVisitor(PhantomData))
    }
}

struct EntryVisitor<T>(PhantomData<T>);

impl<'de: 'a, 'a, I: Deserialize<'de>> Visitor<'de> for EntryVisitor<Entry<'a, I>> {
    type Value = Entry<'a, I>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut entry = Entry { id: None, time: Json::Null, lists: Vec::new() };
        while let Some(Name(name)) = members.next_key()? {
            match &*name {
                "id" => entry.id = scalar::id(members.next_value()?).ok(),
                "time" => entry.time = members.next_value()?,
                // Anything else than a list is an event that stands on the entry itself, or a surprise.
                key => entry.lists.push((Place::of(key).0, members.next_value()?)),
            }
        }
        Ok(entry)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::super::item::Item;
    use super::*;

    #[test]
    fn both_readings_walk_the_same_way() {
        let body = r#"{"entry":[{"standby":[{},{"a":[1]}],"id":7},{"x":[1,null],"time":2,"changes":[]}],"object":"page"}"#;
        let items: Envelope<'_, Item<'_>> = serde_json::from_str(body).unwrap();
        let pieces: Envelope<'_, &RawValue> = serde_json::from_str(body).unwrap();
        let walk = |lists: &[(Place, usize)]| format!("{lists:?}");
        for (item, piece) in items.entries.iter().zip(&pieces.entries) {
            let of_items: Vec<_> = item.lists.iter().map(|(place, list)| (*place, list.len())).collect();
            let of_pieces: Vec<_> = piece.lists.iter().map(|(place, list)| (*place, list.len())).collect();
            assert_eq!(walk(&of_items), walk(&of_pieces));
        }
        assert_eq!(items.entries[0].id.as_deref(), Some("7"));
        assert_eq!(pieces.entries[0].lists[0].1[1].get(), r#"{"a":[1]}"#);
    }

    #[test]
    fn another_shape_is_an_error() {
        for body in ["[]", "{}", r#"{"entry":{}}"#, r#"{"entry":[1]}"#, r#"{"entry":[{"messaging":{}}]}"#, r#"{"entry":[{"form":{}}]}"#] {
            assert!(serde_json::from_str::<Envelope<'_, Item<'_>>>(body).is_err(), "{body}");
        }
    }
}
