//! Which messages an event is about, and by which events a host knows them.

use channel_api::{Identity, Received};
use serde_json::{Value, json};

use super::{PAGE, body, normalizer, samples};

const PERSON: &str = "7411002233445566";

fn received(list: &str, item: Value) -> Received {
    let body = body(list, &[item]).to_string();
    let mut received = normalizer().normalize(body.as_bytes(), &[]).unwrap();
    assert_eq!(received.len(), 1, "{body}");
    received.remove(0)
}

fn between(sender: &str, recipient: &str, what: Value) -> Value {
    let mut item =
        json!({"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": 1_763_712_000_123_u64});
    if let Value::Object(members) = what {
        item.as_object_mut().unwrap().extend(members);
    }
    item
}

/// What may happen to the message `mid`.
fn about(mid: &str) -> Vec<Value> {
    let doings = [
        json!({"message_edit": {"mid": mid, "text": "x", "num_edit": 1}}),
        json!({"message_edit": {"mid": mid, "text": "x"}}),
        json!({"message": {"mid": mid, "is_deleted": true}}),
        json!({"reaction": {"mid": mid, "action": "react", "emoji": "👍"}}),
        json!({"reaction": {"mid": mid, "action": "unreact"}}),
        json!({"response_feedback": {"mid": mid, "feedback": "Good response"}}),
    ];
    doings.into_iter().map(|doing| between(PERSON, PAGE, doing)).collect()
}

fn receipts(mids: &[&str]) -> Vec<Value> {
    let doings =
        [json!({"delivery": {"mids": mids, "watermark": 1_763_712_000_000_u64}}), json!({"read": {"mids": mids}})];
    doings.into_iter().map(|doing| between(PERSON, PAGE, doing)).collect()
}

/// The ids of the events that tell the message `mid`.
fn told(mid: &str) -> Vec<String> {
    let echo = between(PAGE, PERSON, json!({"message": {"mid": mid, "text": "Hi", "is_echo": true}}));
    let said = [
        between(PERSON, PAGE, json!({"message": {"mid": mid, "text": "Hi"}})),
        between(PERSON, PAGE, json!({"message": {"mid": mid, "text": "Red", "quick_reply": {"payload": "RED"}}})),
        between(PERSON, PAGE, json!({"message": {"mid": mid, "attachments": [{"type": "new"}]}})),
        between(PERSON, PAGE, json!({"postback": {"mid": mid, "payload": "RED"}})),
    ];
    let both = said
        .into_iter()
        .chain([echo])
        .flat_map(|item| ["messaging", "standby"].map(|list| received(list, item.clone())));
    both.map(|received| match received.identity {
        Identity::Own(id) => id,
        other => panic!("{other:?}"),
    })
    .collect()
}

#[test]
fn whatever_tells_a_message_is_known_by_what_is_about_it() {
    for mid in ["m_AbC-1", "mid.$cAAJ:41d1", "m_m_", "odd \"mid\" 😀"] {
        for item in [about(mid), receipts(&[mid])].concat() {
            for list in ["messaging", "standby"] {
                let concerns = received(list, item.clone()).concerns;
                assert_eq!(concerns.len(), 1, "{item}");
                assert_eq!(concerns[0].message_id, mid);
                let unknown: Vec<_> = told(mid).into_iter().filter(|id| !concerns[0].told_by.contains(id)).collect();
                assert!(unknown.is_empty(), "{item} does not know {unknown:?}");
            }
        }
    }
}

#[test]
fn each_message_of_a_receipt_is_its_own() {
    for receipt in receipts(&["m_1", "m_2"]) {
        let concerns = received("messaging", receipt).concerns;
        let ids: Vec<_> = concerns.iter().map(|concern| concern.message_id.as_str()).collect();
        assert_eq!(ids, ["m_1", "m_2"]);
        assert!(!concerns[0].told_by.iter().any(|id| concerns[1].told_by.contains(id)));
    }
}

#[test]
fn what_names_no_message_is_about_none_and_a_message_is_not_about_itself() {
    for item in [
        between(PERSON, PAGE, json!({"read": {"watermark": 1_763_712_000_000_u64}})),
        between(PERSON, PAGE, json!({"delivery": {"watermark": 1_763_712_000_000_u64}})),
        between(PERSON, PAGE, json!({"reaction": {"action": "react", "emoji": "👍"}})),
    ] {
        assert_eq!(received("messaging", item.clone()).concerns, [], "{item}");
    }
    for (family, list, samples) in samples::all().into_iter().filter(|(family, ..)| *family != "thread") {
        for item in samples.into_values().filter(|item| item["message"]["is_deleted"].is_null()) {
            let body = body(list, &[item]).to_string();
            for Received { concerns, .. } in normalizer().normalize(body.as_bytes(), &[]).unwrap() {
                assert_eq!(concerns, [], "{family}: {body}");
            }
        }
    }
}
