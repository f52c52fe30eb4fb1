use serde_json::{Value, json};

use super::*;
use crate::{Pointer, Report};

#[test]
fn every_kind_goes_there_and_back() {
    for json in [
        json!({"type": "text", "text": "Hi"}),
        json!({"type": "text", "text": "Hi", "quickReplies": [{"contentType": "text", "title": "A", "payload": "a"}, {"contentType": "user_email"}, {"contentType": "moon"}]}),
        json!({"type": "image", "image": {"url": "https://example.org/a.jpg"}}),
        json!({"type": "video", "video": {"attachmentId": "12", "isReusable": true}}),
        json!({"type": "image", "image": {"id": "AgACAgIAAxk"}}),
        json!({"type": "audio", "audio": {"url": "https://example.org/a.mp3"}}),
        json!({"type": "file", "file": {"url": "https://example.org/a.pdf"}}),
        json!({"type": "sticker", "sticker": {"id": "369239263222822"}}),
        json!({"type": "location", "location": {"latitude": 41.38, "longitude": 2.17, "title": "Here"}}),
        json!({"type": "text", "text": "see", "attachments": [{"type": "link", "link": {"url": "https://example.org/", "payload": "preview"}}]}),
        json!({"type": "sender_action", "senderAction": "mark_seen"}),
        json!({"type": "sender_action", "senderAction": "react", "messageId": "m_1", "reaction": "❤"}),
        json!({"type": "sender_action", "senderAction": "unreact", "messageId": "m_1"}),
        json!({"type": "hologram", "depth": 3}),
        json!({"type": "template", "payload": {"template_type": "new"}}),
        json!({"type": "image", "payload": {"is_reusable": true}}),
        json!({"type": "location", "title": "Somewhere", "payload": {}}),
        json!({"type": "sticker"}),
        json!({"type": "template", "template": {"type": "product", "elements": [{"id": "1"}]}, "payload": {"product": {}}}),
        json!({"type": "text", "text": "price?", "attachments": [
            {"type": "template", "template": {"type": "product"}, "payload": {}}, {"type": "template", "payload": {}},
            {"type": "image", "image": {"url": "u"}}
        ]}),
        json!({"type": "template", "payload": {"a": 1}, "attachments": [{"type": "template", "payload": {"a": 1}}, {"type": "reel", "link": {"id": "1"}}]}),
    ] {
        let content: Content = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&content).unwrap(), json);
    }
}

#[test]
fn other_spellings_are_understood() {
    let read = |json: Value| serde_json::from_value::<Content>(json).unwrap();
    assert_eq!(read(json!({"type": "document", "document": {"url": "u"}})).body.kind(), "file");
    assert_eq!(read(json!({"type": "typing_on"})).body, Body::SenderAction(SenderAction::TypingOn));
    assert_eq!(
        read(json!({"type": "react", "message_id": "m_1", "reaction": "❤"})).body,
        Body::SenderAction(SenderAction::React { message_id: Some("m_1".into()), reaction: Some("❤".into()) })
    );
    assert_eq!(
        read(json!({"type": "text", "text": "x", "quick_replies": [{"title": "y", "payload": 1}]})).quick_replies[0],
        QuickReply::text("y", "1")
    );
}

#[test]
fn what_belongs_to_another_type_is_not_lost_in_silence() {
    let mut report = Report::default();
    let json = json!({"type": "image", "image": {"url": "u"}, "text": "a caption", "messageId": "m"});
    Content::read(&json, &Pointer::ROOT.key("content"), &mut report);
    let places: Vec<_> = report.warnings.iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
    assert_eq!(places, [("/content/messageId", "unused_field"), ("/content/text", "unused_field")]);
}

#[test]
fn a_type_that_is_not_known_does_not_hide_what_is_beside_it() {
    let reel = |id: i32| Body::Other {
        kind: "reel".to_owned(),
        fields: json!({"payload": {"id": id}}).as_object().unwrap().clone(),
    };
    let mut content = Content::new(reel(1));
    content.attachments = vec![reel(1), reel(2)];
    assert_eq!(
        serde_json::to_value(&content).unwrap(),
        json!({
            "type": "reel", "payload": {"id": 1},
            "attachments": [{"type": "reel", "payload": {"id": 1}}, {"type": "reel", "payload": {"id": 2}}]
        })
    );
}
