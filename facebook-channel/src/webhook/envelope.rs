//! The envelope of a delivery: `{"object", "entry": [{"id", "time", "messaging": […]}]}`, in one pass.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json::{Json, Members, Name};
use super::raw_event::RawEvent;
use super::scalar;

/// A body with all its entries in the ordinary shape. Another shape is an error, and then
/// [`pieces`](super::pieces) takes the body apart more patiently.
#[derive(Debug)]
pub(super) struct Envelope<'a> {
    pub(super) object: Json<'a>,
    pub(super) entries: Vec<Entry<'a, RawEvent<'a>>>,
}

/// What happened on one Page, as items or as the pieces of JSON that they are.
#[derive(Debug)]
pub(super) struct Entry<'a, I> {
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) time: Json<'a>,
    /// Each list with Meta's name for it.
    pub(super) lists: Vec<(Cow<'a, str>, Vec<I>)>,
    /// Everything else, by Meta's names.
    pub(super) members: Members<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Envelope<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EnvelopeVisitor)
    }
}

struct EnvelopeVisitor;

impl<'de> Visitor<'de> for EnvelopeVisitor {
    type Value = Envelope<'de>;

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

impl<'de: 'a, 'a> Deserialize<'de> for Entry<'a, RawEvent<'a>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry<'de, RawEvent<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut entry = Entry { id: None, time: Json::Null, lists: Vec::new(), members: Members::new() };
        while let Some(Name(name)) = members.next_key()? {
            match &*name {
                "id" => entry.id = scalar::id(members.next_value()?).ok(),
                "time" => entry.time = members.next_value()?,
                // Anything else than a list is an event that stands on the entry itself, or a surprise.
                _ => {
                    let List(list) = members.next_value()?;
                    entry.lists.push((name, list));
                }
            }
        }
        Ok(entry)
    }
}

/// A list that grows in large steps from a single element: most have one, and an element is too large to be moved often.
struct List<'a>(Vec<RawEvent<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for List<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = List<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            if list.len() == list.capacity() {
                list.reserve(if list.len() < 64 { 1 + 7 * list.len() } else { list.len() });
            }
            list.push(element);
        }
        Ok(List(list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_in_their_order() {
        let body =
            r#"{"entry":[{"standby":[{},{"a":[1]}],"id":7},{"x":[1,null],"time":2,"changes":[]}],"object":"page"}"#;
        let envelope: Envelope<'_> = serde_json::from_str(body).unwrap();
        let lists = |entry: &Entry<'_, _>| {
            entry.lists.iter().map(|(name, list)| (name.to_string(), list.len())).collect::<Vec<_>>()
        };
        assert_eq!(envelope.entries[0].id.as_deref(), Some("7"));
        assert_eq!(lists(&envelope.entries[0]), [("standby".to_owned(), 2)]);
        assert_eq!(lists(&envelope.entries[1]), [("x".to_owned(), 2), ("changes".to_owned(), 0)]);
    }

    #[test]
    fn another_shape_is_an_error() {
        for body in [
            "[]",
            "{}",
            r#"{"entry":{}}"#,
            r#"{"entry":[1]}"#,
            r#"{"entry":[{"messaging":{}}]}"#,
            r#"{"entry":[{"form":{}}]}"#,
        ] {
            assert!(serde_json::from_str::<Envelope<'_>>(body).is_err(), "{body}");
        }
    }
}
