//! What the Page itself does: it is told apart, and nobody takes it for a person.

use channel_api::{Direction, Event};
use serde_json::{Value, json};

use super::super::Normalizer;
use super::{ChannelFacts, PAGE, body, events, normalizer, translate};
use crate::window::opened_by;

const PERSON: &str = "7411002233445566";

fn item(sender: &Value, recipient: &Value, what: Value) -> Value {
    let mut item = json!({"sender": sender, "recipient": recipient, "timestamp": 1_763_712_000_123_u64});
    if let Value::Object(members) = what {
        item.as_object_mut().unwrap().extend(members);
    }
    item
}

fn id(id: &str) -> Value {
    json!({"id": id})
}

/// What there is to do in a conversation.
fn doings() -> Vec<Value> {
    vec![
        json!({"message": {"mid": "m_1", "text": "Hi"}}),
        json!({"message": {"mid": "m_2", "text": "Red", "quick_reply": {"payload": "RED"}}}),
        json!({"message": {"mid": "m_3", "is_echo": false, "attachments": [{"type": "image", "payload": {"url": "https://x.example/a"}}]}}),
        json!({"message": {"mid": "m_4", "is_deleted": true}}),
        json!({"message": {"mid": "m_5", "is_unsupported": true}}),
        json!({"postback": {"mid": "m_6", "title": "Buy", "payload": "BUY"}}),
        json!({"reaction": {"mid": "m_1", "action": "react", "emoji": "👍"}}),
        json!({"read": {"watermark": 1_763_712_000_000_u64}}),
        json!({"message_edit": {"mid": "m_1", "text": "Ho", "num_edit": 1}}),
    ]
}

fn is_nobody_s(event: &Event) {
    assert_ne!(event.name, "message.received", "{event:?}");
    assert_ne!(event.name, "facebook.quick_reply", "{event:?}");
    assert_eq!(event.direction, Some(Direction::Outbound), "{event:?}");
    assert_eq!(opened_by(event), None, "{event:?}");
}

#[test]
fn nothing_that_the_page_does_in_a_conversation_is_said_by_a_person() {
    for list in ["messaging", "standby"] {
        for doing in doings() {
            for recipient in [id(PERSON), id(PAGE), json!(null)] {
                let told = events(&body(list, &[item(&id(PAGE), &recipient, doing.clone())]));
                assert_eq!(told.len(), 1, "{doing}");
                is_nobody_s(&told[0]);
                assert_eq!(told[0].from.as_deref(), Some(PAGE), "{doing}");
            }
            let theirs = &events(&body(list, &[item(&id(PERSON), &id(PAGE), doing.clone())]))[0];
            assert_ne!(theirs.direction, Some(Direction::Outbound), "{doing}");
        }
    }
}

#[test]
fn an_unmarked_message_of_the_page_is_the_echo_that_a_marked_one_is() {
    let marked = json!({"message": {"mid": "m_1", "text": "Hi", "is_echo": true, "app_id": 2_233_445_566_778_899_u64}});
    let mut unmarked = marked.clone();
    unmarked["message"].as_object_mut().unwrap().remove("is_echo");
    let [marked, unmarked] =
        [marked, unmarked].map(|doing| json!(events(&body("messaging", &[item(&id(PAGE), &id(PERSON), doing)]))));
    assert_eq!(marked, unmarked, "and a redelivery of the one is no news after the other");
    assert_eq!(marked[0]["event"], "message.echo");
    assert_eq!(marked[0]["data"]["metadata"]["sentBy"], "own_app");
}

#[test]
fn the_page_s_instagram_account_is_the_page_and_another_page_is_not() {
    let instagram = "17841400000000001";
    let facts = ChannelFacts { instagram_id: Some(instagram.to_owned()), ..normalizer().channel };
    let of = |normalizer: Normalizer, sender: &str| {
        let item = item(&id(sender), &id(PAGE), doings().swap_remove(0));
        translate(&normalizer, body("messaging", &[item]).to_string().as_bytes()).unwrap().swap_remove(0)
    };
    is_nobody_s(&of(Normalizer { channel: facts.clone(), ..normalizer() }, instagram));
    let stranger = of(Normalizer { channel: facts, ..normalizer() }, "2098765432100009");
    assert_eq!((&*stranger.name, stranger.direction), ("message.received", Some(Direction::Inbound)));
    // A channel that was told no Page takes the entry's.
    let unbound = ChannelFacts { page_id: None, ..normalizer().channel };
    is_nobody_s(&of(Normalizer { channel: unbound, ..normalizer() }, PAGE));
}

fn change(field: &str, value: &Value) -> Value {
    let told = json!(events(&body("changes", &[json!({"field": field, "value": value})])));
    assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
    told[0].clone()
}

#[test]
fn what_happens_on_the_page_names_it_and_who_did_it() {
    let items =
        ["comment", "post", "status", "photo", "video", "share", "reaction", "like", "album", "event", "hologram"];
    for (item, verb) in
        items.iter().flat_map(|item| ["add", "edited", "hide", "remove", "levitate"].map(|verb| (item, verb)))
    {
        let by = |author: Value| {
            let mut value =
                json!({"item": item, "verb": verb, "post_id": format!("{PAGE}_44"), "created_time": 1_763_712_012});
            value.as_object_mut().unwrap().extend(author.as_object().unwrap().clone());
            let told = change("feed", &value);
            assert_eq!((&told["event"], &told["data"]["pageId"]), (&json!("facebook.feed"), &json!(PAGE)), "{told}");
            (told["data"]["byPage"].clone(), told["data"]["direction"].clone())
        };
        let own = (json!(true), json!("outbound"));
        assert_eq!(by(json!({"from": {"id": PAGE, "name": "Example Shop"}})), own, "{item} {verb}");
        assert_eq!(by(json!({"from": {"id": 1_098_765_432_100_001_u64}})), own, "{item} {verb}");
        assert_eq!(by(json!({"sender_id": PAGE})), own, "{item} {verb}");
        assert_eq!(by(json!({"from": {"id": PERSON}})), (json!(false), json!(null)), "{item} {verb}");
        for nobody in [json!({}), json!({"from": null}), json!({"from": {"name": "Ana"}})] {
            assert_eq!(by(nobody), (json!(null), json!(null)), "{item} {verb}");
        }
    }
}

#[test]
fn so_do_the_kin_of_the_feed() {
    for (field, value, by_page) in [
        ("mention", json!({"item": "comment", "verb": "add", "comment_id": "4_5", "sender_id": PAGE}), json!(true)),
        (
            "ratings",
            json!({"item": "comment", "verb": "add", "comment_id": "4_6", "from": {"id": PERSON}}),
            json!(false),
        ),
        ("inbox_labels", json!({"user": {"id": PERSON}, "action": "add", "label": {"id": "1"}}), json!(null)),
        ("business_integrity", json!({"status": "RESTRICTED"}), json!(null)),
        ("message_template_status_update", json!({"event": "PAUSED", "message_template_id": 5}), json!(null)),
        ("leadgen", json!({"leadgen_id": 7, "form_id": 8}), json!(null)),
    ] {
        let told = change(field, &value);
        assert_eq!((&told["data"]["pageId"], &told["data"]["byPage"]), (&json!(PAGE), &by_page), "{told}");
    }
    let lead = change("leadgen", &json!({"leadgen_id": 7, "page_id": 12}));
    assert_eq!(lead["data"]["pageId"], "12", "Meta's own word stands");
    let item = json!({"recipient": {"id": PAGE}, "from": {"id": PAGE, "name": "Example Shop"}, "group_id": "g", "post_id": "g_1"});
    let group = json!(events(&body("messaging", &[item])));
    assert_eq!((&group[0]["data"]["pageId"], &group[0]["data"]["byPage"]), (&json!(PAGE), &json!(true)), "{group}");
}
