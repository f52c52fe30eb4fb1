//! What the core takes and what it does not: samples of our own, of what was seen at a running one.

use serde_json::{Value, json};

use super::*;
use crate::ids::{LINKTOR_CHANNEL, TENANT};

fn core() -> Database {
    let mut database = Database::default();
    database.add_channel(TENANT, LINKTOR_CHANNEL);
    database
}

/// A text of Rita's.
fn message(external_id: &str, content: &str) -> Value {
    json!({
        "id": "b3f0c1de-7a55-4c58-9d0e-3f1c2b4a5d66", "tenant_id": TENANT, "channel_id": LINKTOR_CHANNEL,
        "channel_type": "facebook", "external_id": external_id, "content_type": "text", "content": content,
        "timestamp": "2026-11-22T09:00:00.25Z", "metadata": {"sender_id": "7411", "sender_name": "Rita Melo"},
    })
}

fn with(mut message: Value, key: &str, value: Value) -> Value {
    message[key] = value;
    message
}

fn taken(database: &mut Database, message: &Value) -> Result<(), Refusal> {
    database.take(message.to_string().as_bytes())
}

#[test]
fn a_message_is_stored_under_its_contact_whose_name_is_read_once() {
    let mut core = core();
    taken(&mut core, &message("m_1", " Is the shop\r\nopen? ")).unwrap();
    let renamed = json!({"sender_id": "7411", "name": "Somebody Else", "payload": "HOURS"});
    taken(&mut core, &with(message("m_2", "Hello?"), "metadata", renamed)).unwrap();
    assert_eq!(core.seen("7411"), ["Is the shop\nopen?", "Hello?"]);
    let contacts: Vec<_> =
        core.contacts().map(|contact| (contact.identifier.as_str(), contact.name.as_deref())).collect();
    assert_eq!(contacts, [("7411", Some("Rita Melo"))]);
    assert_eq!(core.external("m_2").unwrap().metadata["payload"], "HOURS");
}

#[test]
fn a_contact_is_named_by_name_then_by_sender_name_and_an_empty_one_has_none() {
    let named = |metadata: Value| {
        let mut core = core();
        taken(&mut core, &with(message("m_1", "hi"), "metadata", metadata)).unwrap();
        core.contacts().next().map(|contact| (contact.identifier.clone(), contact.name.clone())).unwrap()
    };
    let is = |identifier: &str, name: Option<&str>| (identifier.to_owned(), name.map(str::to_owned));
    assert_eq!(named(json!({"sender_id": "1", "name": "A", "sender_name": "B"})), is("1", Some("A")));
    assert_eq!(named(json!({"sender_id": "1"})), is("1", Some("Unknown")));
    assert_eq!(named(json!({"sender_id": "1", "sender_name": ""})), is("1", None));
    assert_eq!(named(json!({"sender_id": "1", "phone": "+351"})), is("+351", Some("Unknown")));
    assert_eq!(named(json!({})), is("m_1", Some("Unknown")));
}

#[test]
fn what_it_cannot_hold_is_refused() {
    let file = |key: &str, value: String| json!([{"type": "file", "url": "https://files.example/1", key: value}]);
    let refusals = [
        ("channel_id", json!("105105105105105"), Refusal::UnknownChannel),
        ("channel_id", json!(TENANT), Refusal::UnknownChannel),
        ("tenant_id", json!(LINKTOR_CHANNEL), Refusal::UnknownChannel),
        ("external_id", json!("m".repeat(256)), Refusal::TooLong("external_id")),
        ("content", json!("a\0b"), Refusal::Nul("content")),
        ("metadata", json!({"sender_id": "9", "sender_name": "N".repeat(256)}), Refusal::TooLong("name")),
        ("metadata", json!({"sender_id": "9", "payload": "\0"}), Refusal::Nul("metadata")),
        ("attachments", file("url", format!("https://{}", "a".repeat(493))), Refusal::TooLong("url")),
        ("attachments", file("filename", "f".repeat(256)), Refusal::TooLong("filename")),
        ("attachments", file("mime_type", "m".repeat(101)), Refusal::TooLong("mime_type")),
        ("attachments", file("thumbnail_url", "t".repeat(501)), Refusal::TooLong("thumbnail_url")),
    ];
    for (key, value, refusal) in refusals {
        assert_eq!(taken(&mut core(), &with(message("m_1", "x"), key, value)), Err(refusal), "{key}");
    }
    for unreadable in [json!({"n": 5}), json!("text"), json!(["a"])] {
        let refused = taken(&mut core(), &with(message("m_1", "x"), "metadata", unreadable));
        assert!(matches!(refused, Err(Refusal::Unreadable(_))), "{refused:?}");
    }
    let fits = with(message("m_1", "x"), "attachments", file("url", format!("https://{}", "ä".repeat(492))));
    assert_eq!(taken(&mut core(), &fits), Ok(()), "characters are counted, not bytes");
}

#[test]
fn a_file_that_does_not_fit_is_lost_and_the_message_then_counts_as_known() {
    let mut core = core();
    let files = json!([{"type": "image", "url": "https://a.example/1.png"}, {"type": "image", "url": "x".repeat(501)}]);
    let message = with(message("m_1", "two pictures"), "attachments", files);
    assert_eq!(taken(&mut core, &message), Err(Refusal::TooLong("url")));
    assert_eq!(taken(&mut core, &message), Err(Refusal::Known("m_1".to_owned())));
    assert_eq!(core.external("m_1").unwrap().attachments.len(), 1);
}

#[test]
fn times_give_the_order_and_only_known_kinds_of_content_are_kept() {
    let mut core = core();
    taken(&mut core, &message("m_1", "later")).unwrap();
    taken(&mut core, &with(message("m_2", "earlier"), "timestamp", json!("2026-11-21T09:00:00Z"))).unwrap();
    assert_eq!(core.seen("7411"), ["earlier", "later"]);
    for (given, stored) in [("file", "document"), ("sticker", "text"), ("location", "location")] {
        taken(&mut core, &with(message(given, "x"), "content_type", json!(given))).unwrap();
        assert_eq!(core.external(given).unwrap().content_type, stored);
    }
    let mut timeless = message("m_3", "no time");
    timeless.as_object_mut().unwrap().remove("timestamp");
    taken(&mut core, &timeless).unwrap();
    assert_eq!(core.external("m_3").unwrap().created_at.to_string(), "0001-01-01T00:00:00Z");
}

#[test]
fn a_status_goes_by_our_id_overwrites_and_becomes_pending_when_unknown() {
    let mut core = core();
    taken(&mut core, &message("m_1", "hi")).unwrap();
    let id = core.external("m_1").unwrap().id.clone();
    let mut told = |message: &str, status: &str, error: Option<&str>| {
        let update =
            json!({"message_id": message, "status": status, "error_message": error, "channel_type": "facebook"});
        let told = core.update(update.to_string().as_bytes());
        (told, core.message(&id).map(|message| (message.status.clone(), message.error_message.clone())).unwrap())
    };
    let is = |status: &str, error: Option<&str>| (Ok(()), (status.to_owned(), error.map(str::to_owned)));
    assert_eq!(told(&id, "read", None), is("read", None));
    assert_eq!(told(&id, "delivered", None), is("delivered", None), "it can go back");
    assert_eq!(told(&id, "failed", Some("too late")), is("failed", Some("too late")));
    assert_eq!(told(&id, "unknown", None), is("pending", None));
    for nobody in ["m_1", TENANT] {
        assert_eq!(told(nobody, "sent", None).0, Err(Refusal::UnknownMessage(nobody.to_owned())));
    }
}
