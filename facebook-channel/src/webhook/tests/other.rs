//! What Meta adds to events that are known is kept, wherever it stands.

use channel_api::Event;
use serde_json::{Value, json};

use super::samples::all;
use super::{PAGE, body, events, is_unknown};

/// What an event keeps, and that it can be stored and read back.
fn other(event: &Event) -> Value {
    assert!(!is_unknown(event), "{event:?}");
    let written = json!(event);
    assert_eq!(json!(serde_json::from_value::<Event>(written.clone()).unwrap()), written, "read back");
    written["data"]["metadata"]["other"].clone()
}

fn item(what: &Value) -> Value {
    let mut item = json!({"sender": {"id": "7"}, "recipient": {"id": PAGE}, "timestamp": 1_763_712_000_123_u64});
    item.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
    item
}

fn image(payload: &Value) -> Value {
    json!({"type": "image", "payload": payload})
}

#[test]
fn it_stands_where_meta_has_it() {
    let url = "https://x.example/a";
    let mut table = vec![
        ("messaging", json!({"message": {"mid": "m_1", "text": "Hi"}}), Value::Null),
        (
            "messaging",
            json!({"new": 1, "message": {"mid": "m_1", "text": "Hi", "new": 2}}),
            json!({"new": 1, "message": {"new": 2}}),
        ),
        (
            "messaging",
            json!({"sender": {"id": "7", "new": {"a": [null]}, "gone": null}, "recipient": {"new": 3, "id": PAGE}, "read": {"watermark": 1_763_712_000, "new": 4}}),
            json!({"sender": {"new": {"a": [null]}}, "recipient": {"new": 3}, "read": {"new": 4}}),
        ),
        (
            "standby",
            json!({"sender": {"user_ref": "u", "id": "7"}, "postback": {"mid": "m_1", "title": "Buy", "new": 5}}),
            json!({"sender": {"user_ref": "u"}, "postback": {"new": 5}}),
        ),
        (
            "messaging",
            json!({"message": {"mid": "m_1", "text": "Red", "quick_reply": {"payload": "RED", "new": 6}}}),
            json!({"message": {"quick_reply": {"new": 6}}}),
        ),
        (
            "messaging",
            json!({"message": {"mid": "m_1", "is_deleted": true, "attachments": [image(&json!({"url": url}))], "new": 7}}),
            json!({"message": {"new": 7}}),
        ),
        ("messaging", json!({"optin": {"ref": "r", "new": 8}}), json!({"optin": {"new": 8}})),
        (
            "messaging",
            json!({"reaction": {"action": "react", "mid": "m_1", "new": 9}}),
            json!({"reaction": {"new": 9}}),
        ),
        (
            "messaging",
            json!({"pass_thread_control": {"metadata": "words", "new": 10}}),
            json!({"pass_thread_control": {"new": 10}}),
        ),
        (
            "calls",
            json!({"id": "c", "event": "connect", "new": 11, "sender": {"id": "7", "new": 12}}),
            json!({"new": 11, "sender": {"new": 12}}),
        ),
        (
            "changes",
            json!({"field": "feed", "new": 13, "value": {"item": "comment", "new": 14, "timestamp": 1_763_712_000, "sender_name": "Ana", "from": {"id": "7", "name": "Bo", "new": 15}}}),
            json!({"new": 13, "value": {"new": 14, "from": {"name": "Bo", "new": 15}}}),
        ),
        (
            "changes",
            json!({"field": "inbox_labels", "value": {"action": "add", "new": 16, "label": {"id": 1, "new": 17}, "user": {"id": 7, "new": 18}}}),
            json!({"value": {"new": 16, "label": {"new": 17}, "user": {"new": 18}}}),
        ),
    ];
    for (attachments, left) in [
        (json!([image(&json!({"url": url}))]), Value::Null),
        (
            json!([null, image(&json!({"url": url})), {"type": "video", "new": 1, "payload": {"url": url, "new": 2}}, image(&json!({"url": url}))]),
            json!([{}, {}, {"new": 1, "payload": {"new": 2}}]),
        ),
        (json!({"type": "sticker", "payload": {"sticker_id": 3, "new": 1}}), json!([{"payload": {"new": 1}}])),
        (
            json!([{"type": "location", "title": "Home", "payload": {"new": 1, "coordinates": {"lat": 1, "long": 2, "new": 3}}}]),
            json!([{"payload": {"new": 1, "coordinates": {"new": 3}}}]),
        ),
        (
            json!([{"type": "fallback", "title": "Mine", "url": "https://x.example/mine", "payload": {"url": url, "title": "A", "new": 1}}]),
            json!([{"title": "Mine", "url": "https://x.example/mine", "payload": {"new": 1}}]),
        ),
        (json!([{"type": "fallback", "title": "A", "url": url, "payload": {"url": url, "title": "A"}}]), Value::Null),
        (json!([{"type": "fallback", "title": "A", "URL": url, "payload": "text"}]), Value::Null),
        // What has no form of the host's is kept as it came.
        (json!([{"type": "hologram", "new": 1, "payload": {"new": 2}}]), Value::Null),
    ] {
        let left = if left.is_null() { left } else { json!({"message": {"attachments": left}}) };
        table.push(("messaging", json!({"message": {"mid": "m_1", "attachments": attachments}}), left));
    }
    for (list, what, left) in table {
        let given = if matches!(list, "messaging" | "standby") { item(&what) } else { what };
        let told = events(&body(list, std::slice::from_ref(&given)));
        assert_eq!((told.len(), other(&told[0])), (1, left), "{given}");
    }
}

#[test]
fn what_an_entry_says_is_kept_once() {
    let mut body = body(
        "messaging",
        &[
            item(&json!({"message": {"mid": "m_1", "text": "Hi"}})),
            item(&json!({"read": {"watermark": 1_763_712_000}})),
        ],
    );
    let before = json!(events(&body));
    body["entry"][0]["new"] = json!("x");
    let told = events(&body);
    assert_eq!(told.iter().map(other).collect::<Vec<_>>(), [json!({"entry": {"new": "x"}}), Value::Null]);
    assert_eq!(json!(told)[0]["data"]["id"], before[0]["data"]["id"], "it is no other event");
}

#[test]
fn all_of_it_together_has_a_bound() {
    let some = "x".repeat(9000);
    let told = |message: &str, sender: &str| {
        let what =
            json!({"sender": {"id": "7", "new": sender}, "message": {"mid": "m_1", "text": "Hi", "new": message}});
        let mut body = body("messaging", &[item(&what)]);
        body["entry"][0]["new"] = json!("e");
        other(&events(&body)[0])
    };
    assert_eq!(told(&some, "s")["message"]["new"], json!(some));
    let whole = json!({"message": {"new": some}, "sender": {"new": some}}).to_string().len();
    assert_eq!(told(&some, &some), json!({"omittedBytes": whole, "entry": {"new": "e"}}));
    let long = "x".repeat(20_000);
    let omitted = json!({"new": long}).to_string().len();
    assert_eq!(
        told(&long, &long),
        json!({"message": {"omittedBytes": omitted}, "omittedBytes": omitted + r#"{"sender":}"#.len(), "entry": {"new": "e"}})
    );
}

/// The pointers to all objects in it.
fn objects(json: &Value, at: &str, found: &mut Vec<String>) {
    match json {
        Value::Object(members) => {
            found.push(at.to_owned());
            members
                .iter()
                .for_each(|(name, value)| objects(value, &format!("{at}/{}", name.replace('/', "~1")), found));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(place, value)| objects(value, &format!("{at}/{place}"), found));
        }
        _ => {}
    }
}

#[test]
fn no_object_of_any_sample_loses_it() {
    for (family, list, samples) in all() {
        for (name, item) in samples {
            let before = events(&body(list, std::slice::from_ref(&item)));
            let mut places = Vec::new();
            objects(&item, "", &mut places);
            // Their names are the questions' and the apps', and no members of theirs.
            places.retain(|at| !at.ends_with("/questions") && !at.ends_with("/app_roles"));
            for at in places {
                let mut item = item.clone();
                item.pointer_mut(&at).unwrap()["zz_new"] = json!("new-member");
                let told = events(&body(list, &[item]));
                assert!(
                    json!(told).to_string().contains("new-member"),
                    "{family} {name}: {at} loses it: {}",
                    json!(told)
                );
                let names = |events: &[Event]| events.iter().map(|event| event.name.clone()).collect::<Vec<_>>();
                assert_eq!(names(&told), names(&before), "{family} {name}: {at}");
            }
        }
    }
}
