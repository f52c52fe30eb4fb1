use serde_json::{Value, json};

use super::{Rule, hold, rule};
use crate::generate::{content, message};

#[test]
fn words_and_files() {
    let text = |at: &str, new: Option<Value>, code| rule(message::of(content::plain()), at, new, code);
    let file = |content: Value| rule(message::of(content::plain()), "/content", content, "");
    let told = |rule: Rule, at: &str, code| Rule { code, ..rule.told_at(at) };
    hold(&[
        text("/content/text", None, "required"),
        text("/content/text", Some(json!("")), "required"),
        text("/content/text", Some(json!(" \n")), "required"),
        text("/content/text", Some(json!(["Hi"])), "type"),
        text("/content/type", None, "required"),
        text("/content/type", Some(json!("carrier_pigeon")), "content.unknown"),
        text("/content", None, "required"),
        text("/content", Some(json!("Hi")), "type"),
        told(file(json!({"type": "image"})), "/content/image/url", "required"),
        told(file(json!({"type": "video", "video": {}})), "/content/video/url", "required"),
        told(file(json!({"type": "audio", "audio": {"url": "a.mp3"}})), "/content/audio/url", "url"),
        told(file(json!({"type": "file", "file": {"url": "ftp://a.b/c"}})), "/content/file/url", "url.scheme"),
        told(file(json!({"type": "document", "document": {"url": "c.pdf"}})), "/content/document/url", "url"),
        told(file(json!({"type": "image", "image": {"attachmentId": " "}})), "/content/image/attachmentId", "required"),
        told(
            file(json!({"type": "image", "image": {"url": "https://a.b/c", "attachmentId": "1"}})),
            "/content/image/attachmentId",
            "not_allowed",
        ),
        told(
            file(json!({"type": "image", "image": {"url": "https://a.b/c", "isReusable": "yes"}})),
            "/content/image/isReusable",
            "type",
        ),
        told(file(json!({"type": "sticker", "sticker": {}})), "/content/sticker/id", "required"),
        told(file(json!({"type": "sticker", "sticker": {"id": "like"}})), "/content/sticker/id", "format"),
        told(
            file(json!({"type": "location", "location": {"latitude": 1.5, "longitude": 2}})),
            "/content/location",
            "content.unsupported",
        ),
        told(file(json!({"type": "link", "link": {"url": "https://a.b"}})), "/content/link", "content.unsupported"),
        told(
            rule(message::in_words(), "/content", json!({"type": "link", "link": {}}), ""),
            "/content/link",
            "fallback.empty",
        ),
    ]);
}

#[test]
fn several_pictures() {
    let pictures = |at: &str, new: Value, code| rule(message::of(content::pictures()), at, new, code);
    let other = json!({"url": "https://example.com/not-in-the-list.jpg"});
    hold(&[
        pictures("/content/image", other, "attachments.incomplete"),
        pictures(
            "/content/attachments/0",
            json!({"type": "video", "video": {"url": "https://a.b/c"}}),
            "attachments.images",
        )
        .told_below("/type"),
        pictures("/content/attachments/0", json!({"type": "image", "image": {"url": "c.jpg"}}), "url")
            .told_below("/image/url"),
        pictures("/content/type", json!("video"), "attachments.alone"),
    ]);
}

#[test]
fn quick_replies() {
    let replies = |reply: Value, below: &str, code| {
        let at = "/content/quickReplies";
        rule(message::of(content::plain()), at, json!([reply]), code).told_below(&format!("/0{below}"))
    };
    hold(&[
        replies(json!({"contentType": "text", "payload": "P"}), "/title", "required"),
        replies(json!({"contentType": "text", "title": "", "payload": "P"}), "/title", "required"),
        replies(json!({"title": "T"}), "/payload", "required"),
        replies(json!({"title": "T", "payload": ""}), "/payload", "required"),
        replies(json!({"title": "T", "payload": "P", "imageUrl": "red.png"}), "/imageUrl", "url"),
        replies(json!({"title": "T", "payload": {}}), "/payload", "type"),
        replies(json!({"contentType": "location"}), "/contentType", "quick_replies.retired"),
        replies(json!({"contentType": "user_shoe_size"}), "/contentType", "choice"),
    ]);
}

#[test]
fn people() {
    let to =
        |to: Option<Value>, below: &str, code| rule(message::of(content::plain()), "/to", to, code).told_below(below);
    let some = |value: Value| Some(value);
    hold(&[
        to(None, "", "required"),
        to(some(json!("")), "", "required"),
        to(some(json!("  ")), "", "required"),
        to(some(json!([])), "", "type"),
        to(some(json!(true)), "", "type"),
        to(some(json!({"id": ""})), "/id", "required"),
        to(some(json!({"id": {}})), "/id", "type"),
        to(some(json!({"id": "1", "userRef": "2"})), "", "exactly_one"),
        to(some(json!({"name": {"firstName": "Ana"}})), "", "exactly_one"),
        to(some(json!({"id": "1", "name": {"firstName": "Ana"}})), "/name", "not_allowed"),
        to(some(json!({"phoneNumber": "+1", "name": "Ana"})), "/name", "type"),
        to(some(json!({"phoneNumber": "+1", "name": {"nickName": "A"}})), "/name/nickName", "recipient.unknown"),
        to(some(json!({"id": "1", "fax": "2"})), "/fax", "recipient.unknown"),
        to(some(json!("+4930123456")), "", "format"),
        to(some(json!("ana@example.org")), "", "format"),
        to(some(json!("1 ")), "", "format"),
        to(some(json!({"commentId": "1 2"})), "/commentId", "format"),
    ]);
}

#[test]
fn signs() {
    let sign = |content: Value, below: &str, code| {
        rule(message::of(content::plain()), "/content", content, code).told_below(below)
    };
    let seen = |at: &str, new: Value, code| rule(message::seen(), at, new, code);
    hold(&[
        rule(message::reaction(), "/content", json!({"type": "react", "reaction": "❤"}), "required")
            .told_below("/messageId"),
        rule(message::reaction(), "/content", json!({"type": "react", "messageId": "m_1"}), "required")
            .told_below("/reaction"),
        rule(message::reaction(), "/content", json!({"type": "unreact"}), "required").told_below("/messageId"),
        rule(message::seen(), "/content", json!({"type": "sender_action"}), "required").told_below("/senderAction"),
        rule(message::seen(), "/content", json!({"type": "sender_action", "senderAction": "wave"}), "choice")
            .told_below("/senderAction"),
        seen("/content/quickReplies", json!([{"contentType": "user_email"}]), "not_allowed"),
        seen("/options/tag", json!("HUMAN_AGENT"), "not_allowed"),
        seen("/options/messagingType", json!("RESPONSE"), "not_allowed"),
        seen("/options/notificationType", json!("NO_PUSH"), "not_allowed"),
        seen("/options/metadata", json!("note"), "not_allowed"),
        seen("/options/replyTo", json!("m_1"), "not_allowed"),
        seen("/options/threadControl", json!({}), "not_allowed"),
        seen("/options/personaId", json!("1"), "not_allowed"),
        sign(json!({"type": "template"}), "/template", "required"),
        sign(json!({"type": "template", "template": []}), "/template", "type"),
        sign(json!({"type": "template", "template": {"text": "?"}}), "/template/type", "required"),
        sign(json!({"type": "template", "template": {"type": "poll"}}), "/template/type", "template.unknown"),
        sign(
            json!({"type": "template", "template": {"type": "list", "elements": []}}),
            "/template/type",
            "template.retired",
        ),
        sign(json!({"type": "template", "template": {"type": "open_graph"}}), "/template/type", "template.retired"),
    ]);
}
