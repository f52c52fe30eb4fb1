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

fn read(json: &Value) -> (Content, Report) {
    let mut report = Report::default();
    let content = Content::read(json, &Pointer::ROOT.key("content"), &mut report);
    (content, report)
}

#[test]
fn words_beside_anything_that_is_shown_are_the_text_to_which_it_is_attached() {
    for (kind, part) in [
        ("image", json!({"url": "u"})),
        ("video", json!({"attachmentId": "1"})),
        ("audio", json!({"url": "u"})),
        ("file", json!({"url": "u"})),
        ("sticker", json!({"id": "1"})),
        ("location", json!({"latitude": 1.0, "longitude": 2.0})),
        ("link", json!({"url": "u"})),
        ("template", json!({"type": "generic", "elements": [{"title": "A"}]})),
    ] {
        let (content, report) =
            read(&json!({"type": kind, kind: part, "text": "See", "quickReplies": [{"title": "y"}]}));
        assert_eq!(report, Report::default(), "{kind}");
        let whole = json!({
            "type": "text", "text": "See", "quickReplies": [{"contentType": "text", "title": "y"}],
            "attachments": [{"type": kind, kind: part}]
        });
        assert_eq!(serde_json::to_value(&content).unwrap(), whole);
    }
    let picture = json!({"type": "image", "image": {"url": "u"}});
    // As several pictures arrive, as a list alone, and beside another list: nothing twice, and nothing in another's place.
    let other = json!({"type": "image", "image": {"url": "o"}});
    for (own, listed, attached) in [
        (json!({"url": "u"}), json!([picture, other]), json!([picture, other])),
        (Value::Null, json!([picture, other]), json!([picture, other])),
        (json!({"url": "u"}), json!([other]), json!([other, picture])),
    ] {
        let (content, _) = read(&json!({"type": "image", "image": own, "text": "See", "attachments": listed}));
        assert_eq!(serde_json::to_value(&content.attachments).unwrap(), attached);
    }
    // What a form left empty says nothing.
    for blank in [json!(""), json!(" \n"), Value::Null] {
        let (content, report) = read(&json!({"type": "image", "image": {"url": "u"}, "text": blank, "file": null}));
        assert_eq!((content.body.kind(), content.attachments.len(), report), ("image", 0, Report::default()));
    }
}

#[test]
fn what_belongs_to_another_type_is_refused_where_it_stands() {
    for (json, places) in [
        (json!({"type": "image", "image": {"url": "u"}, "messageId": "m"}), &["/content/messageId"][..]),
        (json!({"type": "text", "text": "a", "image": {"url": "u"}}), &["/content/image"]),
        (json!({"type": "typing_on", "text": "a", "file": {"url": "u"}}), &["/content/text", "/content/file"]),
        (json!({"type": "document", "document": {"url": "u"}, "video": {"url": "v"}}), &["/content/video"]),
        (
            json!({"type": "text", "text": "a", "attachments": [{"type": "image", "image": {"url": "u"}, "text": "b"}]}),
            &["/content/attachments/0/text"],
        ),
    ] {
        let (_, report) = read(&json);
        let mut told: Vec<_> = report.refusals.iter().map(|issue| issue.pointer.as_str()).collect();
        told.sort_by_key(|place| places.iter().position(|known| known == place));
        assert_eq!((told.as_slice(), report.warnings.len()), (places, 0), "{json}");
    }
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
