//! Ids: the same event has the same, another has another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::samples::all;
use super::{PAGE, body, events, normalizer, translate};

fn ids(body: &str) -> Vec<String> {
    translate(&normalizer(), body.as_bytes()).unwrap().into_iter().filter_map(|event| event.id).collect()
}

/// JSON with the keys of every object in descending order. `Value` writes them in ascending order.
fn descending(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<_, _> = members.iter().collect();
            let members: Vec<_> =
                sorted.iter().rev().map(|(key, value)| format!("{}: {}", json!(key), descending(value))).collect();
            format!("{{{}}}", members.join(" , "))
        }
        Value::Array(elements) => format!("[{}]", elements.iter().map(descending).collect::<Vec<_>>().join(",\n")),
        other => other.to_string(),
    }
}

#[test]
fn do_not_depend_on_the_batch_or_the_order_of_keys() {
    for (_, list, samples) in all() {
        let items: Vec<Value> = samples.into_values().collect();
        let alone: Vec<_> =
            items.iter().flat_map(|item| ids(&body(list, std::slice::from_ref(item)).to_string())).collect();
        let together = body(list, &items);
        assert_eq!(ids(&together.to_string()), alone);
        assert_eq!(ids(&descending(&together)), alone);
        let later: Vec<_> =
            items.iter().map(|item| json!({"id": PAGE, "time": 1_763_799_999_000_u64, list: [item]})).collect();
        assert_eq!(ids(&json!({"object": "page", "entry": later}).to_string()), alone);
    }
}

#[test]
fn differ_for_different_events() {
    // A message, its edits, its reactions and its deletion name the same mid. The same edit is not there twice.
    let mut seen = BTreeSet::new();
    let mut twice = Vec::new();
    for (_, list, samples) in all() {
        for (name, item) in samples {
            for event in events(&body(list, &[item])) {
                if !seen.insert(event.id) {
                    twice.push(name.clone());
                }
            }
        }
    }
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn are_made_of_the_mid_where_there_is_one() {
    let item = |rest: Value| {
        let mut item = json!({"sender": {"id": "7"}, "recipient": {"id": PAGE}, "timestamp": 1});
        item.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        ids(&body("messaging", &[item]).to_string()).remove(0)
    };
    for (rest, id) in [
        (json!({"message": {"mid": "m_AbC", "text": "x"}}), "msg_AbC"),
        (json!({"message": {"mid": "mid.1457:41d1", "text": "x"}}), "msg_mid.1457:41d1"),
        (json!({"message": {"mid": "m_AbC", "text": "x", "quick_reply": {"payload": "P"}}}), "msg_AbC"),
        (json!({"message": {"mid": "m_AbC", "text": "x", "is_echo": true}}), "echo_AbC"),
        (json!({"message": {"mid": "m_AbC", "is_deleted": true}}), "deleted_AbC"),
        (json!({"postback": {"mid": "m_AbC", "payload": "P"}}), "postback_AbC"),
        (json!({"message_edit": {"mid": "m_AbC", "text": "y", "num_edit": "2"}}), "edit_AbC_2"),
    ] {
        assert_eq!(item(rest.clone()), id, "{rest}");
    }
    assert!(item(json!({"postback": {"payload": "P"}})).starts_with("evt_"));
}

#[test]
fn two_taps_on_the_same_button_are_two_events() {
    let tap = |time: u64| json!({"sender": {"id": "7"}, "recipient": {"id": PAGE}, "timestamp": time, "postback": {"payload": "P", "title": "T"}});
    let both = ids(&body("messaging", &[tap(1_763_712_000_000), tap(1_763_712_000_001)]).to_string());
    assert_ne!(both[0], both[1]);
}
