//! Each kind of content: its body, and each of its rules.

use serde_json::{Value, json};

use super::{bodies, long, refusals, saying, warnings, with_options};

fn message(content: Value) -> Value {
    let mut body = bodies(&saying(content)).remove(0);
    assert_eq!(body["recipient"], json!({"id": "7411002233445566"}));
    body["message"].take()
}

#[test]
fn media_by_address_or_by_id() {
    for kind in ["image", "video", "audio", "file"] {
        let by_url = json!({"type": kind, kind: {"url": "https://example.com/a", "isReusable": true}});
        let wire =
            json!({"attachment": {"type": kind, "payload": {"url": "https://example.com/a", "is_reusable": true}}});
        assert_eq!(message(by_url), wire);
        let by_id = json!({"type": kind, kind: {"attachment_id": 1_745_504_518_999_123_u64}});
        let wire = json!({"attachment": {"type": kind, "payload": {"attachment_id": "1745504518999123"}}});
        assert_eq!(message(by_id), wire);
    }
}

#[test]
fn several_pictures_a_sticker_and_quick_replies_below_a_picture() {
    let picture = |n: u32| json!({"type": "image", "image": {"url": format!("https://example.com/{n}.jpg")}});
    let wire = |n: u32| json!({"type": "image", "payload": {"url": format!("https://example.com/{n}.jpg")}});
    let listed = json!([picture(1), picture(2)]);
    assert_eq!(message(json!({"type": "image", "attachments": listed})), json!({"attachments": [wire(1), wire(2)]}));
    // As several pictures arrive: the first of them is the content as well.
    let as_received = json!({"type": "image", "image": {"url": "https://example.com/1.jpg"}, "attachments": listed});
    assert_eq!(message(as_received)["attachments"], json!([wire(1), wire(2)]));
    let sticker = json!({"type": "sticker", "sticker": {"id": "369239263222822"}});
    assert_eq!(message(sticker), json!({"sticker_id": 369_239_263_222_822_u64}));
    let mut asking = picture(1);
    asking["quickReplies"] = json!([{"title": "", "imageUrl": "https://example.com/dot.png", "payload": ""}]);
    let reply = json!({"content_type": "text", "title": "", "payload": "", "image_url": "https://example.com/dot.png"});
    assert_eq!(message(asking)["quick_replies"], json!([reply]));
}

#[test]
fn sender_actions_are_no_messages() {
    let to = json!({"id": "7411002233445566"});
    for action in ["typing_on", "typing_off", "mark_seen"] {
        let body = json!({"recipient": to, "sender_action": action});
        assert_eq!(bodies(&saying(json!({"type": action})))[0], body);
        assert_eq!(bodies(&saying(json!({"type": "sender_action", "senderAction": action})))[0], body);
    }
    let react = json!({"type": "react", "messageId": "m_AbC-001", "reaction": "❤"});
    let payload = json!({"message_id": "m_AbC-001", "reaction": "❤"});
    assert_eq!(bodies(&saying(react)), [json!({"recipient": to, "sender_action": "react", "payload": payload})]);
    let unreact = json!({"type": "sender_action", "senderAction": "unreact", "messageId": "m_AbC-001"});
    let payload = json!({"message_id": "m_AbC-001"});
    assert_eq!(bodies(&saying(unreact)), [json!({"recipient": to, "sender_action": "unreact", "payload": payload})]);
}

#[test]
fn every_rule_of_every_kind() {
    let picture = json!({"type": "image", "image": {"url": "https://example.com/a.jpg"}});
    let replies =
        |reply: Value| json!({"type": "text", "text": "?", "quickReplies": [{"title": "ok", "payload": "OK"}, reply]});
    let cases: Vec<(Value, &[&str])> = vec![
        (json!({"type": "text"}), &["/content/text required"]),
        (json!({"type": "text", "text": " \n "}), &["/content/text required"]),
        (json!({"type": "text", "text": long(2001)}), &["/content/text text.length 2001/2000"]),
        (json!({"type": "image"}), &["/content/image/url required"]),
        (
            json!({"type": "video", "video": {"url": "https://a.b/c", "attachmentId": "1"}}),
            &["/content/video/attachmentId not_allowed"],
        ),
        (json!({"type": "file", "file": {"url": "report.pdf"}}), &["/content/file/url url"]),
        (json!({"type": "audio", "audio": {"url": "data:audio/mp3;base64,AA"}}), &["/content/audio/url url.scheme"]),
        (json!({"type": "audio", "audio": {"attachmentId": ""}}), &["/content/audio/attachmentId required"]),
        (json!({"type": "sticker", "sticker": {"url": "https://a.b/c"}}), &["/content/sticker/id required"]),
        (json!({"type": "sticker", "sticker": {"id": "like"}}), &["/content/sticker/id format"]),
        (
            json!({"type": "sticker", "sticker": {"id": "1", "url": "https://a.b/c"}}),
            &["/content/sticker/url not_allowed"],
        ),
        (
            json!({"type": "sticker", "sticker": {"id": "1", "caption": "Hi"}}),
            &["/content/sticker/caption unknown_field"],
        ),
        (json!({"type": "hologram"}), &["/content/type content.unknown"]),
        (json!({"text": "Hi"}), &["/content/type required"]),
        (json!({"type": {}, "text": "Hi"}), &["/content/type type"]),
        (Value::Null, &["/content required"]),
        (json!("Hi"), &["/content type"]),
        (json!({"type": "template"}), &["/content/template required"]),
        (json!({"type": "template", "template": "button"}), &["/content/template type"]),
        (json!({"type": "template", "template": {"text": "Hi"}}), &["/content/template/type required"]),
        (
            json!({"type": "location", "location": {"latitude": 1.0, "longitude": 2.0}}),
            &["/content/location content.unsupported"],
        ),
        (json!({"type": "link", "link": {"url": "https://a.b"}}), &["/content/link content.unsupported"]),
        (json!({"type": "sender_action"}), &["/content/senderAction required"]),
        (json!({"type": "sender_action", "senderAction": "wave"}), &["/content/senderAction choice"]),
        (json!({"type": "react"}), &["/content/messageId required", "/content/reaction required"]),
        (json!({"type": "unreact"}), &["/content/messageId required"]),
        (
            json!({"type": "typing_on", "quickReplies": [{"title": "a", "payload": "b"}], "attachments": [picture]}),
            &["/content/attachments not_allowed", "/content/quickReplies not_allowed"],
        ),
        (
            json!({"type": "video", "video": {"url": "https://a.b/c"}, "attachments": [picture]}),
            &["/content/type attachments.alone"],
        ),
        (
            json!({"type": "file", "file": {"attachmentId": "1", "isReusable": true}}),
            &["/content/file/isReusable not_allowed"],
        ),
        (
            json!({"type": "text", "text": "?", "quickReplies": [{"contentType": "user_email", "title": "E-mail"}]}),
            &["/content/quickReplies/0/title not_allowed"],
        ),
        (json!({"type": "text", "text": "a", "colour": "red"}), &["/content/colour unknown_field"]),
        (
            json!({"type": "image", "attachments": [picture, {"type": "file", "file": {"url": "https://a.b/c"}}]}),
            &["/content/attachments/1/type attachments.images"],
        ),
        (
            json!({"type": "image", "image": {"url": "https://a.b/other"}, "attachments": [picture, picture]}),
            &["/content/image attachments.incomplete"],
        ),
        (
            json!({"type": "image", "attachments": vec![picture.clone(); 31]}),
            &["/content/attachments attachments.count 31/30"],
        ),
        (
            json!({"type": "image", "attachments": [picture, {"type": "image", "image": {"url": "x"}}]}),
            &["/content/attachments/1/image/url url"],
        ),
        (
            json!({"type": "text", "text": "?", "quickReplies": vec![json!({"title": "a", "payload": "b"}); 14]}),
            &["/content/quickReplies quick_replies.count 14/13"],
        ),
        (replies(json!({})), &["/content/quickReplies/1/payload required", "/content/quickReplies/1/title required"]),
        (
            replies(json!({"title": long(21), "payload": long(1001)})),
            &[
                "/content/quickReplies/1/payload quick_replies.payload.length 1001/1000",
                "/content/quickReplies/1/title quick_replies.title.length 21/20",
            ],
        ),
        (
            replies(json!({"title": "", "payload": ""})),
            &["/content/quickReplies/1/payload required", "/content/quickReplies/1/title required"],
        ),
        (replies(json!({"title": "a", "payload": "b", "imageUrl": "c"})), &["/content/quickReplies/1/imageUrl url"]),
        (replies(json!({"contentType": "location"})), &["/content/quickReplies/1/contentType quick_replies.retired"]),
        (replies(json!({"contentType": "user_city"})), &["/content/quickReplies/1/contentType choice"]),
    ];
    for (content, expected) in cases {
        assert_eq!(refusals(&saying(content.clone())), expected, "{content}");
    }
}

#[test]
fn what_is_at_the_limit_passes() {
    let replies = vec![json!({"title": long(20), "payload": long(1000)}); 13];
    let content = json!({"type": "text", "text": long(2000), "quickReplies": replies});
    assert_eq!(warnings(&saying(content)), [""; 0]);
}

#[test]
fn what_meta_leaves_open_is_a_warning() {
    let picture = json!({"type": "image", "image": {"url": "https://example.com/a.jpg"}});
    let cases: Vec<(Value, &[&str])> = vec![
        (json!({"type": "text", "text": "🎉".repeat(1500)}), &["/content/text text.unit"]),
        (json!({"type": "image", "attachments": [picture]}), &["/content/attachments attachments.doubtful"]),
        (
            json!({"type": "sticker", "sticker": {"id": 1}, "quickReplies": [{"contentType": "user_email"}]}),
            &["/content/quickReplies quick_replies.place"],
        ),
        (json!({"type": "react", "messageId": "m", "reaction": "love"}), &["/content/reaction reaction.name"]),
    ];
    for (content, expected) in cases {
        assert_eq!(warnings(&saying(content.clone())), expected, "{content}");
    }
}

#[test]
fn a_text_stands_in_only_where_its_author_asked_for_it() {
    let asked = json!({"fallback": true});
    let text = |content: Value| bodies(&with_options(content, asked.clone()))[0]["message"]["text"].clone();
    let place = json!({"type": "location", "location": {"latitude": 41.38, "longitude": 2.17, "title": "Our shop"}});
    assert_eq!(text(place.clone()), "Our shop\nhttps://www.google.com/maps/search/?api=1&query=41.38,2.17");
    assert_eq!(warnings(&with_options(place, asked.clone())), ["/content/location fallback.text"]);
    let link = json!({"type": "link", "link": {"url": "https://example.com", "title": "News"}});
    assert_eq!(text(link), "News\nhttps://example.com");
    let nothing = with_options(json!({"type": "link"}), asked);
    assert_eq!(refusals(&nothing), ["/content/link fallback.empty"]);
}

#[test]
fn everything_wrong_is_told_at_once() {
    let message = json!({
        "to": {"userRef": "u", "commentId": "c"},
        "content": {"type": "text", "text": long(2001), "quickReplies": [{"title": long(21)}]},
        "options": {"tag": "SALE", "notificationType": "LOUD"}
    });
    assert_eq!(
        refusals(&message),
        [
            "/channelId required",
            "/content/quickReplies/0/payload required",
            "/content/quickReplies/0/title quick_replies.title.length 21/20",
            "/content/text text.length 2001/2000",
            "/options/notificationType choice",
            "/options/tag tag.unknown",
            "/to exactly_one 2/1",
        ]
    );
}
