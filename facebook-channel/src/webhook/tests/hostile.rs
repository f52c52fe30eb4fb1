//! Bodies that nobody should send, and what they cost: never a neighbour.

use channel_api::ErrorKind;
use serde_json::{Value, json};

use super::super::{Normalizer, UNKNOWN};
use super::{EventBody, PAGE, body, events, is_unknown, normalizer, reason, translate};

fn good(mid: &str) -> Value {
    json!({"sender": {"id": "7"}, "recipient": {"id": PAGE}, "timestamp": 1_763_712_000_000_u64, "message": {"mid": mid, "text": "good"}})
}

fn names(body: &[u8]) -> Vec<String> {
    translate(&normalizer(), body).unwrap().into_iter().map(|event| event.name.into_owned()).collect()
}

const NEIGHBOURS: [&str; 3] = ["message.received", "facebook.unknown", "message.received"];

#[test]
fn what_is_no_webhook_is_an_error_that_says_where_and_not_what() {
    for (body, code, offset) in [
        ("", "webhook.not_json", Some("0")),
        ("canary", "webhook.not_json", Some("1")),
        ("{\"object\":\"page\",\n\"entry\":[canary]}", "webhook.not_json", Some("28")),
        (r#"{"object":"page","entry":[]"#, "webhook.not_json", Some("27")),
        (r#"{"object":"page","entry":[]} canary"#, "webhook.not_json", Some("30")),
        ("null", "webhook.shape", None),
        ("42", "webhook.shape", None),
        ("[]", "webhook.shape", None),
        ("{}", "webhook.shape", None),
        (r#"{"object":"page"}"#, "webhook.shape", None),
        (r#"{"object":"page","entry":null}"#, "webhook.shape", None),
        (r#"{"object":"page","entry":"canary"}"#, "webhook.shape", None),
        (r#"{"field":"messages"}"#, "webhook.shape", None),
    ] {
        let error = translate(&normalizer(), body.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::MalformedWebhook, code), "{body}");
        let given = error.context().iter().find(|(name, _)| *name == "offset").map(|(_, offset)| offset.as_str());
        assert_eq!(given, offset, "{body}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
        assert!(error.hint().is_some());
    }
}

#[test]
fn empty_lists_are_no_events() {
    for entry in [
        "[]",
        r#"[{"id":"1098765432100001","time":1}]"#,
        r#"[{"messaging":[],"messaging_handovers":[]}]"#,
        r#"[{"messaging":null}]"#,
    ] {
        assert_eq!(names(format!(r#"{{"entry":{entry}}}"#).as_bytes()), [""; 0], "{entry}");
    }
}

#[test]
fn an_odd_event_costs_nobody_else() {
    for malformed in [
        "42",
        "null",
        "\"x\"",
        "[[]]",
        "true",
        "1.5",
        "-1",
        "{}",
        r#"{"message":{"mid":"m_1","text":5}}"#,
        r#"{"message":[]}"#,
        r#"{"sender":5,"recipient":[],"timestamp":{},"hologram":{}}"#,
        r#"{"reaction":null}"#,
    ] {
        let body =
            format!(r#"{{"object":"page","entry":[{{"messaging":[{},{malformed},{}]}}]}}"#, good("m_1"), good("m_2"));
        assert_eq!(names(body.as_bytes()), NEIGHBOURS, "{malformed}");
    }
}

#[test]
fn an_odd_entry_costs_nobody_else() {
    for malformed in [
        "42",
        "null",
        "[]",
        "\"x\"",
        r#"{"messaging":42}"#,
        r#"{"hologram":{"a":1}}"#,
        r#"{"changed_fields":["feed"]}"#,
        r#"{"hologram":1}"#,
    ] {
        let body =
            format!(r#"{{"entry":[{{"messaging":[{}]}},{malformed},{{"messaging":[{}]}}]}}"#, good("m_1"), good("m_2"));
        assert_eq!(names(body.as_bytes()), NEIGHBOURS, "{malformed}");
    }
    let both = format!(
        r#"{{"entry":[{{"messaging":[{}],"hologram":{{"a":1}},"uid":5,"standby":[{}]}}]}}"#,
        good("m_1"),
        good("m_2")
    );
    assert_eq!(names(both.as_bytes()), ["message.received", "message.received", "facebook.unknown"]);
}

#[test]
fn events_may_stand_elsewhere() {
    let handed = json!({"sender": {"id": "7"}, "timestamp": 1_763_712_000_000_u64, "pass_thread_control": {"new_owner_app_id": "1"}});
    assert_eq!(names(body("messaging_handovers", &[handed]).to_string().as_bytes()), ["facebook.pass_thread_control"]);
    assert_eq!(names(json!({"entry": [{"messaging": good("m_1")}]}).to_string().as_bytes()), ["message.received"]);

    let on_the_entry = json!({"object": "page", "entry": [{"sender": {"id": "7"}, "recipient": {"id": PAGE}, "timestamp": 1_763_712_013,
        "call_permission_reply": {"response": "approve", "expiration_timestamp": "1764316813"}}]});
    let out = events(&on_the_entry);
    assert_eq!((out.len(), &*out[0].name, out[0].from.as_deref()), (1, "facebook.call_permission_reply", Some("7")));
    assert_eq!(out[0].timestamp.unwrap().to_string(), "2025-11-21T08:00:13Z");

    let marketing = json!({"entry": [{"id": PAGE, "field": "marketing_message_reads", "recipient_id": "7", "timestamp": 1, "mid": "m_1"}]});
    assert_eq!(names(marketing.to_string().as_bytes()), ["facebook.marketing_message_reads"]);

    let sample = json!({"field": "messages", "value": good("m_1")});
    assert_eq!(names(sample.to_string().as_bytes()), ["message.received"]);
    assert_eq!(names(body("messaging", &[sample]).to_string().as_bytes()), ["message.received"]);
    let nested = json!({"field": "messages", "value": {"field": "messages", "value": good("m_1"), "message": null}});
    assert_eq!(names(nested.to_string().as_bytes()), ["facebook.unknown"]);
}

#[test]
fn another_page_and_another_product_are_not_ours() {
    let theirs = json!({"object": "page", "entry": [
        {"id": "999", "time": 1, "messaging": [good("m_1"), 42], "standby": [{"read": {}}]},
        {"id": 1_098_765_432_100_001_u64, "time": 1, "messaging": [good("m_2")]},
        {"messaging": [good("m_3")]}]});
    let out = events(&theirs);
    let reasons: Vec<_> = out.iter().map(reason).collect();
    assert_eq!(json!(reasons), json!([null, null, "other_account"]));
    assert!(out[2].from.is_none(), "nobody should answer them");
    let note = json!(out[2])["data"].clone();
    assert_eq!((&note["object"], &note["account"], &note["items"]), (&"page".into(), &"999".into(), &3.into()));
    assert!(note["raw"].is_null(), "nobody's words are kept: {note}");
    let again = events(&theirs);
    assert_eq!(again[2].id, out[2].id);

    let keeping = Normalizer { keep_other_accounts: true, ..normalizer() };
    let kept = translate(&keeping, theirs.to_string().as_bytes()).unwrap();
    assert_eq!(json!(kept[2])["data"]["raw"], json!([good("m_1"), 42, {"read": {}}]));

    let others = ["999".to_owned()];
    let taken = normalizer().normalize(theirs.to_string().as_bytes(), &others).unwrap();
    assert_eq!(taken.len(), 2, "what another channel takes is no event of this one");

    for object in [json!("instagram"), json!("whatsapp_business_account"), json!(5), json!([])] {
        let body = json!({"object": object, "entry": [{"id": PAGE, "messaging": [good("m_1"), good("m_2")]}]});
        assert_eq!(events(&body).iter().map(reason).collect::<Vec<_>>(), ["other_product", "other_product"]);
    }
    let unnamed = json!({"entry": [{"id": PAGE, "messaging": [good("m_1")]}]});
    assert_eq!(events(&unnamed)[0].name, "message.received");
}

#[test]
fn raw_is_the_event_s_own_json_to_the_byte() {
    let mut keeping = normalizer();
    keeping.keep_raw = true;
    let piece = r#"{ "message" : {"mid":"m_1", "text":"\u00e4", "new_field": 1.0} }"#;
    let body = format!(r#"{{"entry":[{{"messaging":[{}, {piece} ,42]}}]}}"#, good("m_0"));
    let out = translate(&keeping, body.as_bytes()).unwrap();
    assert_eq!(out[1].raw.as_ref().unwrap().get(), piece);
    assert!(out[2].raw.is_none(), "an unknown event has it in its body");
    let EventBody::Unknown { raw: Some(raw), .. } = &out[2].body else { panic!("{:?}", out[2]) };
    assert_eq!(raw.get(), "42");
    assert!(translate(&normalizer(), body.as_bytes()).unwrap()[1].raw.is_none());
}

#[test]
fn half_characters_and_bytes_that_are_no_text_cost_a_character() {
    let body = r#"{"entry":[{"messaging":[GOOD,{"message":{"mid":"m_cut","text":"cut \ud83d"}},GOOD]}]}"#
        .replace("GOOD", &good("m_1").to_string());
    let out = translate(&normalizer(), body.as_bytes()).unwrap();
    assert_eq!((out.len(), &json!(out[1])["data"]["content"]["text"]), (3, &json!("cut \u{fffd}")));

    let malformed = r#"{"entry":[{"messaging":[{"odd":"cut \ud83d"}]}]}"#;
    let out = translate(&normalizer(), malformed.as_bytes()).unwrap();
    let written = serde_json::to_string(&out[0]).unwrap();
    let read: serde_json::Value = serde_json::from_str(&written).expect("what is kept can be read again");
    assert_eq!(read["data"]["raw"]["odd"], "cut \u{fffd}");

    let mut bytes = body.replace("cut \\ud83d", "cut X").into_bytes();
    let at = bytes.iter().rposition(|byte| *byte == b'X').unwrap();
    bytes[at] = 0xff;
    let out = translate(&normalizer(), &bytes).unwrap();
    assert_eq!((out.len(), &json!(out[1])["data"]["content"]["text"]), (3, &json!("cut \u{fffd}")));
}

#[test]
fn depth_is_survived() {
    let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    let nested = format!(r#"{{"message":{{"mid":"m_deep","text":"x","nlp":{}}}}}"#, deep(20_000));
    let body = format!(r#"{{"entry":[{{"messaging":[{},{nested},{}]}}]}}"#, good("m_1"), good("m_2"));
    assert_eq!(names(body.as_bytes()), NEIGHBOURS);
    assert_eq!(json!(translate(&normalizer(), body.as_bytes()).unwrap()[1].name), "facebook.unknown");
    assert!(translate(&normalizer(), deep(100_000).as_bytes()).is_err());
    let in_entry =
        format!(r#"{{"entry":[{{"x":{},"messaging":[{}]}}],"y":{}}}"#, deep(20_000), good("m_1"), deep(20_000));
    assert_eq!(names(in_entry.as_bytes()).last().unwrap(), "message.received");
}

#[test]
fn an_entry_without_the_list_around_it_is_read() {
    let alone = json!({"object": "page", "entry": {"id": PAGE, "messaging": [good("m_1"), 42]}});
    assert_eq!(names(alone.to_string().as_bytes()), NEIGHBOURS[..2]);
    let twice = format!(r#"{{"entry":[{{"messaging":[{}]}}],"entry":{{"messaging":[{}]}}}}"#, good("m_1"), good("m_2"));
    assert_eq!(names(twice.as_bytes()), ["message.received"; 2]);
    assert_eq!(names(br#"{"object":"page","entry":{}}"#), [""; 0]);
}

#[test]
fn names_cut_in_two_cost_nothing_beside_them() {
    for body in [
        r#"{"\ud83d":1,"entry":[{"messaging":[A,B]}]}"#,
        r#"{"entry":[{"\ude00":null,"messaging":[A,B]}]}"#,
        r#"{"entry":[{"messaging":[A],"\ud83d":[B]}]}"#,
    ] {
        let body = body.replace('A', &good("m_1").to_string()).replace('B', &good("m_2").to_string());
        assert_eq!(names(body.as_bytes()), ["message.received"; 2], "{body}");
    }
    let malformed = r#"{"entry":[{"messaging":[A,{"message":{"mid":"m_2","text":"x","\ud83d":1}},{"\ud83d":1},A]}]}"#
        .replace('A', &good("m_1").to_string());
    let expected = ["message.received", "message.received", "facebook.unknown", "message.received"];
    assert_eq!(names(malformed.as_bytes()), expected);
}

#[test]
fn numbers_larger_than_any_cost_the_event_that_needs_them_at_most() {
    for malformed in [
        r#"{"sender":{"id":1e999},"message":{"mid":"m_x","text":"x"}}"#,
        r#"{"timestamp":-1e999,"message":{"mid":"m_x","text":"x"}}"#,
        r#"{"hologram":1e999}"#,
        "1e999",
        "[1e999,[-1e999]]",
    ] {
        let body = format!(r#"{{"entry":[{{"messaging":[{},{malformed},{}]}}]}}"#, good("m_1"), good("m_2"));
        assert_eq!(names(body.as_bytes()), NEIGHBOURS, "{malformed}");
        let out = translate(&normalizer(), body.as_bytes()).unwrap();
        let EventBody::Unknown { raw: Some(raw), .. } = &out[1].body else { panic!("{:?}", out[1]) };
        assert_eq!(raw.get(), malformed, "its JSON is kept as it came");
    }
    for around in [
        r#"{"object":1e999,"entry":[{"messaging":[A]}]}"#,
        r#"{"entry":[{"id":1e999,"messaging":[A]}]}"#,
        r#"{"entry":[{"time":1e999,"messaging":[A]}]}"#,
        r#"{"entry":[{"messaging":[A]}],"more":1e999}"#,
    ] {
        let body = around.replace('A', &good("m_1").to_string());
        assert_eq!(names(body.as_bytes()), ["message.received"], "{around}");
    }
}

#[test]
fn lists_under_any_name_hold_events() {
    for name in ["", "a/b", "a~1b", "~0", "é", "object", "entry", "sender", "message", "0"] {
        let body = json!({"entry": [{name: [good("m_1"), null, 1e300, [[]]]}]}).to_string();
        let unknown = UNKNOWN;
        assert_eq!(names(body.as_bytes()), ["message.received", unknown, unknown, unknown], "{name}");
    }
}

#[test]
fn two_that_are_not_understood_and_look_alike_are_two_events() {
    let malformed = json!({"hologram": {"a": 1}});
    let out = events(&body("messaging", &[malformed.clone(), malformed.clone(), json!(null), json!(null)]));
    assert_eq!(out.len(), 4);
    // No fact tells them apart, nor from a second delivery of the one.
    assert_eq!((&out[0].id, &out[2].id), (&out[1].id, &out[3].id));
    assert_ne!(out[0].id, out[2].id);
}

#[test]
fn of_two_keys_of_one_name_the_last_counts_and_nothing_is_lost() {
    let body = r#"{"object":"instagram","entry":[{"messaging":[A]}],"object":"page","entry":[{"messaging":[B],"messaging":[C]}]}"#
        .replace('A', &good("m_a").to_string())
        .replace('B', &good("m_b").to_string())
        .replace('C', r#"{"message":{"mid":"m_x","text":"first","text":"last","mid":"m_c"}}"#);
    let out = translate(&normalizer(), body.as_bytes()).unwrap();
    assert_eq!(out.iter().map(|event| event.id.as_deref().unwrap()).collect::<Vec<_>>(), ["msg_a", "msg_b", "msg_c"]);
    assert_eq!(json!(out[2])["data"]["content"]["text"], "last");
}

#[test]
fn a_thousand_events_are_a_thousand_events() {
    let items: Vec<_> = (0..1000).map(|index| good(&format!("m_{index}"))).collect();
    let out = events(&body("messaging", &items));
    assert_eq!(out.len(), 1000);
    assert!(!out.iter().any(is_unknown));
    assert_eq!(out[999].id.as_deref(), Some("msg_999"));
}
