//! Taking a body apart piece by piece, when it is not in the ordinary shape or holds something that cannot be read.
//!
//! Slower than [`Envelope`](super::envelope::Envelope), for it looks at everything several times; and more patient, for each
//! piece stands for itself.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::envelope::Entry;
use super::event_header::EntryField;
use super::json::{Json, Members, Name};
use super::scalar;

/// What an app gets that has subscribed to fields without their values: their names, and nothing of what happened.
///
/// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>
pub(super) const CHANGED_FIELDS: &str = "changed_fields";

/// A body of which every event is a piece of JSON.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    pub(super) object: Json<'a>,
    pub(super) entries: Vec<Entry<'a, &'a RawValue>>,
}

/// Takes a body apart. `None` if it is JSON but no webhook.
///
/// # Errors
/// It is not JSON.
pub(super) fn take_apart(body: &str) -> serde_json::Result<Option<Pieces<'_>>> {
    let whole: &RawValue = serde_json::from_str(body)?;
    let Some(members) = members(whole) else { return Ok(None) };
    let last = |key: &str| members.iter().rev().find(|(name, _)| name == key).map(|(_, piece)| *piece);
    let object = last("object").map(json).unwrap_or_default();
    // One entry without the list around it is an entry all the same.
    let entries = |piece| if matches!(kind(piece), Shape::Object) { Some(vec![piece]) } else { list(piece) };
    let lists: Vec<_> =
        members.iter().filter(|(name, _)| name == "entry").filter_map(|(_, piece)| entries(*piece)).collect();
    if !lists.is_empty() {
        return Ok(Some(Pieces { object, entries: lists.into_iter().flatten().map(entry).collect() }));
    }
    // What the dashboard's test button sends: one change, and nothing around it.
    let sample = last("field").is_some() && last("value").is_some();
    let alone = || {
        let lists = vec![(Cow::Borrowed("changes"), vec![whole])];
        Entry { id: None, time: Json::Null, lists, members: Members::new() }
    };
    Ok(sample.then(|| Pieces { object, entries: vec![alone()] }))
}

/// The Pages that a body speaks of, each once, as far as it can be read.
pub(crate) fn accounts(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(body);
    let Ok(Some(pieces)) = take_apart(&text) else { return Vec::new() };
    let mut known = HashSet::new();
    let accounts = pieces.entries.into_iter().filter_map(|entry| entry.id).map(Cow::into_owned);
    accounts.filter(|account| known.insert(account.clone())).collect()
}

/// The object whose first key is this, which stands in the body itself: a short way to one piece, past all the others.
pub(super) fn around<'a>(body: &'a str, first_key: &str) -> Option<&'a RawValue> {
    let offset = first_key.as_ptr().addr().checked_sub(body.as_ptr().addr())?;
    let before = body.get(..offset)?.strip_suffix('"')?.trim_end_matches([' ', '\t', '\r', '\n']);
    let start = before.strip_suffix('{')?.len();
    <&RawValue>::deserialize(&mut serde_json::Deserializer::from_str(body.get(start..)?)).ok()
}

fn entry(piece: &RawValue) -> Entry<'_, &RawValue> {
    let mut entry = Entry { id: None, time: Json::Null, lists: Vec::new(), members: Members::new() };
    let Some(members) = members(piece) else {
        entry.lists.push((Cow::Borrowed("entry"), vec![piece]));
        return entry;
    };
    // An event may stand on the entry itself, between its id and its time.
    let mut objects = false;
    for (name, member) in members {
        match (&*name, kind(member)) {
            ("id", _) => entry.id = scalar::id(json(member)).ok(),
            ("time", _) => entry.time = json(member),
            (_, Shape::Null) => {}
            // The names of what has changed are one thing that happened.
            (CHANGED_FIELDS, _) => entry.lists.push((name, vec![member])),
            (_, Shape::List) => entry.lists.push((name, list(member).unwrap_or_else(|| vec![member]))),
            (key, _) if EntryField::of(key).1 => entry.lists.push((name, vec![member])),
            (_, Shape::Object) => objects = true,
            (_, Shape::Other) => entry.members.push((name, json(member))),
        }
    }
    let others = !entry.members.is_empty();
    if objects || (others && entry.lists.iter().all(|(_, list)| list.is_empty())) {
        // It has them itself.
        entry.members.clear();
        entry.lists.push((Cow::Borrowed("entry"), vec![piece]));
    }
    entry
}

enum Shape {
    Null,
    List,
    Object,
    Other,
}

fn kind(piece: &RawValue) -> Shape {
    match piece.get().as_bytes().first() {
        Some(b'n') => Shape::Null,
        Some(b'[') => Shape::List,
        Some(b'{') => Shape::Object,
        _ => Shape::Other,
    }
}

fn list(piece: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(piece.get()).ok()
}

fn members(piece: &RawValue) -> Option<Vec<(Cow<'_, str>, &RawValue)>> {
    serde_json::from_str::<MembersOf<'_>>(piece.get()).ok().map(|members| members.0)
}

fn json(piece: &RawValue) -> Json<'_> {
    serde_json::from_str(piece.get()).unwrap_or_default()
}

struct MembersOf<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for MembersOf<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = MembersOf<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<MembersOf<'de>, A::Error> {
                let mut list = Vec::new();
                while let Some(Name(name)) = members.next_key()? {
                    list.push((name, members.next_value()?));
                }
                Ok(MembersOf(list))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_piece_around_a_key_is_found_in_the_body_only() {
        let body = r#"[1, { "a\"" : {"b":2}, "c":[{}] } ,3]"#;
        let key = |name: &str| body.get(body.find(name).unwrap()..).unwrap();
        let of = |name: &str| around(body, key(name)).map(RawValue::get);
        assert_eq!(of("a"), Some(r#"{ "a\"" : {"b":2}, "c":[{}] }"#));
        assert_eq!(of("b"), Some(r#"{"b":2}"#));
        assert_eq!(of("c"), None, "not the first key");
        assert_eq!(around(body, "").map(RawValue::get), None);
        assert_eq!(around(body, &String::from("a")).map(RawValue::get), None);
    }
}
