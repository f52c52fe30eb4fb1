//! The wire format, pinned: a change here changes what every consumer reads.

use serde_json::json;
use serde_json::value::RawValue;

use super::*;
use crate::Content;
use crate::message::{Body, Link, Media, QuickReplyKind};

fn event(name: &'static str, body: EventBody) -> Event {
    Event { id: Some("evt_1".into()), ..Event::new(name, ChannelId::new("ch_1"), "facebook", body) }
}

#[test]
fn a_message_is_as_the_seed_shows_it() {
    let mut event =
        event(name::MESSAGE_RECEIVED, EventBody::Message { content: Content::text("Hi, I need help with my order") });
    event.direction = Some(Direction::Inbound);
    event.from = Some("1234567890".into());
    event.timestamp = Timestamp::from_millis(1_705_314_600_000);
    event.metadata.insert("mid", "m_abc123");
    insta::assert_json_snapshot!(event, @r#"
    {
      "event": "message.received",
      "data": {
        "id": "evt_1",
        "channelId": "ch_1",
        "channelType": "facebook",
        "direction": "inbound",
        "from": "1234567890",
        "content": {
          "type": "text",
          "text": "Hi, I need help with my order"
        },
        "timestamp": "2024-01-15T10:30:00Z",
        "metadata": {
          "mid": "m_abc123"
        }
      }
    }
    "#);
}

#[test]
fn attachments_stand_beside_a_text() {
    let mut content = Content::text("see");
    content.attachments = vec![
        Body::Image(Media::url("https://example.org/a.jpg")),
        Body::Link(Link::new(Some("https://example.org/".into()), None)),
    ];
    assert_eq!(
        serde_json::to_value(event(name::MESSAGE_RECEIVED, EventBody::Message { content })).unwrap()["data"]["content"],
        json!({"type": "text", "text": "see", "attachments": [
            {"type": "image", "image": {"url": "https://example.org/a.jpg"}},
            {"type": "link", "link": {"url": "https://example.org/"}}
        ]})
    );
}

#[test]
fn each_body_has_its_fields_beside_the_event_s() {
    let raw = RawValue::from_string("{\"new\": 1}".into()).unwrap();
    let origin = Origin { object: Some("page".into()), account: Some("1".into()), ..Origin::default() };
    let watermark = Timestamp::from_millis(1_705_314_600_000);
    for (body, fields) in [
        (
            EventBody::Delivered { message_ids: vec!["m_1".into()], watermark },
            json!({"messageIds": ["m_1"], "watermark": "2024-01-15T10:30:00Z"}),
        ),
        (EventBody::Read { message_ids: vec![], watermark }, json!({"watermark": "2024-01-15T10:30:00Z"})),
        (EventBody::Postback { payload: Some("VIEW".into()), title: None }, json!({"payload": "VIEW"})),
        (
            EventBody::QuickReply {
                payload: "GREAT".into(),
                text: Some("Great!".into()),
                answers: None,
                content: None,
            },
            json!({"payload": "GREAT", "text": "Great!"}),
        ),
        (
            EventBody::QuickReply {
                payload: "+15550100".into(),
                text: Some("+15550100".into()),
                answers: Some(QuickReplyKind::Other("user_phone_number".into())),
                content: None,
            },
            json!({"payload": "+15550100", "text": "+15550100", "answers": "user_phone_number"}),
        ),
        (EventBody::Fields(Metadata::from_iter([("a", 1)])), json!({"a": 1})),
        (
            EventBody::Unknown {
                reason: UnknownReason::UnknownKind,
                detail: Some("field new".into()),
                origin: Origin { list: Some("changes".into()), ..origin.clone() },
                raw: Some(Raw::new(&raw)),
            },
            json!({"reason": "unknown_kind", "detail": "field new", "object": "page", "account": "1", "list": "changes",
                "raw": {"new": 1}}),
        ),
        (
            EventBody::Unknown {
                reason: UnknownReason::OtherAccount,
                detail: None,
                origin: Origin { items: Some(3), ..origin },
                raw: None,
            },
            json!({"reason": "other_account", "object": "page", "account": "1", "items": 3}),
        ),
    ] {
        let json = serde_json::to_value(event("facebook.any", body)).unwrap();
        for (name, value) in fields.as_object().unwrap() {
            assert_eq!(&json["data"][name], value, "{name} in {json}");
        }
        assert_eq!(json["data"].as_object().unwrap().len(), 3 + fields.as_object().unwrap().len(), "{json}");
    }
}

#[test]
fn a_tap_has_a_kind_that_every_channel_shares() {
    let tap = event("facebook.postback", EventBody::Postback { payload: Some("VIEW".into()), title: None });
    let reply = EventBody::QuickReply { payload: "GREAT".into(), text: None, answers: None, content: None };
    assert_eq!(serde_json::to_value(&tap).unwrap()["kind"], "message.postback");
    assert_eq!(serde_json::to_value(event("sms.quick_reply", reply)).unwrap()["kind"], "message.quick_reply");
    let plain = event(name::MESSAGE_READ, EventBody::Read { message_ids: vec![], watermark: None });
    assert_eq!(serde_json::to_value(&plain).unwrap().get("kind"), None);
}

#[test]
fn what_is_late_says_so_and_by_what_it_was_overtaken() {
    let mut late = event(name::MESSAGE_READ, EventBody::Read { message_ids: vec![], watermark: None });
    assert_eq!(serde_json::to_value(&late).unwrap()["data"].get("late"), None);
    late.overtaken_by = Some("msg_2".into());
    let data = serde_json::to_value(&late).unwrap()["data"].take();
    assert_eq!((&data["late"], &data["overtakenBy"]), (&json!(true), &json!("msg_2")));
}

#[test]
fn what_was_written_is_read_back() {
    let raw = Raw::new(&RawValue::from_string(r#"{"new": 1.0}"#.into()).unwrap());
    let error = crate::Error::new(crate::ErrorKind::Rejected, "x.refused", "it was refused");
    let content =
        Content { attachments: vec![Body::Image(Media::url("https://example.org/a.jpg"))], ..Content::text("see") };
    for (name, body) in [
        (name::MESSAGE_RECEIVED, EventBody::Message { content: content.clone() }),
        (name::MESSAGE_DELIVERED, EventBody::Delivered { message_ids: vec!["m_1".into()], watermark: None }),
        (name::MESSAGE_READ, EventBody::Read { message_ids: vec![], watermark: Timestamp::from_millis(1) }),
        (name::MESSAGE_SENT, EventBody::Sent { message_ids: vec!["m_1".into()] }),
        (name::MESSAGE_FAILED, EventBody::Failed { message_ids: vec!["m_1".into()], error }),
        ("x.postback", EventBody::Postback { payload: None, title: Some("View".into()) }),
        (
            "x.quick_reply",
            EventBody::QuickReply {
                payload: "A".into(),
                text: None,
                answers: Some(QuickReplyKind::Other("fact".into())),
                content: Some(content),
            },
        ),
        ("x.label", EventBody::Fields(Metadata::from_iter([("b", 1), ("a", 2)]))),
        (
            "x.unknown",
            EventBody::Unknown {
                reason: UnknownReason::UnknownKind,
                detail: Some("new".into()),
                origin: Origin { object: Some("page".into()), items: Some(2), ..Origin::default() },
                raw: Some(raw.clone()),
            },
        ),
    ] {
        let mut written = event(name, body);
        written.timestamp = Timestamp::from_millis(1_705_314_600_000);
        (written.from, written.to) = (Some("7".into()), Some("8".into()));
        written.metadata.insert("mid", "m_1");
        (written.observed, written.imported) = (true, true);
        written.overtaken_by = Some("evt_2".into());
        written.unknown_messages = vec!["m_9".into()];
        written.owner = Some(ThreadOwner::App("9".into()));
        written.missing.push("sender".into());
        if name != "x.unknown" {
            written.raw = Some(raw.clone());
        }
        let text = serde_json::to_string(&written).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), written, "{text}");
    }
}

#[test]
fn raw_json_stays_on_one_line() {
    let raw = RawValue::from_string("{\n  \"a\": \"b\\nc\"\r\n}".into()).unwrap();
    assert_eq!(Raw::new(&raw).get(), "{   \"a\": \"b\\nc\"  }");
}

#[test]
fn what_is_not_understood_has_its_json_once() {
    let raw = Raw::new(&RawValue::from_string(r#"{"new":1}"#.into()).unwrap());
    let body = EventBody::unknown(UnknownReason::UnknownKind, raw.clone());
    let kept = Event { raw: Some(raw), ..event("x.unknown", body.clone()) };
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(text.matches(r#""raw""#).count(), 1, "{text}");
    assert_eq!(serde_json::from_str::<Event>(&text).unwrap().body, body);
}
