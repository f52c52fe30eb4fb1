//! Webhooks that Meta would not send.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Number, Value, json};

use crate::places::{inside, parent, with, without};

/// Names that mean something somewhere in a webhook, and some that do not.
const NAMES: [&str; 26] = [
    "object",
    "entry",
    "messaging",
    "standby",
    "changes",
    "calls",
    "id",
    "time",
    "sender",
    "recipient",
    "timestamp",
    "message",
    "mid",
    "text",
    "attachments",
    "payload",
    "postback",
    "quick_reply",
    "delivery",
    "mids",
    "field",
    "value",
    "reaction",
    "",
    "a b",
    "é",
];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::Number)),
        prop::sample::select(vec![
            "",
            "page",
            "messages",
            "0",
            "-1",
            "1763712000123",
            "9999999999999999999999",
            "2026-11-22T09:00:00Z"
        ])
        .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ]
}

/// JSON of any shape, with the names of webhooks in it.
pub(super) fn anything() -> BoxedStrategy<Value> {
    let name = prop_oneof![4 => prop::sample::select(&NAMES[..]).prop_map(str::to_owned), 1 => any::<String>()];
    let tree = scalar().prop_recursive(6, 48, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::hash_map(name.clone(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    });
    // Deeper than a reader that calls itself can go.
    let deep = (100_usize..200).prop_map(|depth| (0..depth).fold(json!({}), |inside, _| json!([inside])));
    prop_oneof![20 => tree, 1 => deep].boxed()
}

/// The same JSON with one to six things changed, taken away, doubled or renamed.
pub(super) fn damaged(body: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let blow = (any::<Index>(), 0_u8..5, anything(), prop::sample::select(&NAMES[..]));
    (body, proptest::collection::vec(blow, 1..=6))
        .prop_map(|(body, blows)| {
            blows.into_iter().fold(body, |body, (place, how, new, name)| {
                let places = inside(&body);
                if places.is_empty() { body } else { struck(body, &places[place.index(places.len())], how, new, name) }
            })
        })
        .boxed()
}

fn struck(body: Value, place: &str, how: u8, new: Value, name: &str) -> Value {
    let there = body.pointer(place).cloned().unwrap_or_default();
    let around = parent(place).0;
    match how {
        0 => without(body, place),
        1 => with(body, place, json!([there, new])),
        2 if body.pointer(around).is_some_and(Value::is_object) => {
            with(without(body, place), &format!("{around}/{name}"), there)
        }
        _ => with(body, place, new),
    }
}

/// Damage to a body's bytes.
#[derive(Clone, Debug)]
pub(super) struct Cuts(Vec<(Index, u8, Vec<u8>)>);

pub(super) fn of_text() -> impl Strategy<Value = Cuts> {
    let pieces: Vec<Vec<u8>> = ["\\ud83d", "\\", "\"", "{", "]", "\u{0}", "\\u0000", "1e999", "-", "[[[[", "\n"]
        .into_iter()
        .map(|piece| piece.as_bytes().to_vec())
        .chain([vec![0xff], vec![0xed, 0xa0, 0x80]])
        .collect();
    let piece = prop_oneof![prop::sample::select(pieces), proptest::collection::vec(any::<u8>(), 1..4)];
    proptest::collection::vec((any::<Index>(), 0_u8..3, piece), 1..5).prop_map(Cuts)
}

impl Cuts {
    /// The same bytes, damaged.
    pub(super) fn apply(&self, mut body: Vec<u8>) -> Vec<u8> {
        for (at, how, piece) in &self.0 {
            let at = at.index(body.len() + 1);
            match how {
                0 => body.truncate(at),
                1 => drop(body.splice(at..at, piece.iter().copied())),
                _ => drop(body.splice(at..(at + piece.len()).min(body.len()), piece.iter().copied())),
            }
        }
        body
    }
}

/// The text of the same JSON with the members of every object in another order.
pub(super) fn reordered(value: &Value, order: u64) -> String {
    match value {
        Value::Object(members) => {
            let mut written: Vec<_> = members
                .iter()
                .map(|(name, member)| format!("{}:{}", Value::from(name.as_str()), reordered(member, order)))
                .collect();
            let by = usize::try_from(order).unwrap_or_default() % written.len().max(1);
            written.rotate_left(by);
            if order.is_multiple_of(2) {
                written.reverse();
            }
            format!("{{{}}}", written.join(","))
        }
        Value::Array(elements) => {
            let written: Vec<_> = elements.iter().map(|element| reordered(element, order)).collect();
            format!("[{}]", written.join(" , "))
        }
        other => other.to_string(),
    }
}
