//! Echoes: what went out in the Page's name, whoever sent it.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-echoes>

use channel_api::event::Direction;
use channel_api::{Event, Token};

use super::event_spec::Context;
use super::fields::{FieldType, addition};
use super::json::take;
use super::message_wire::Message;
use super::scalar;
use crate::thread::PAGE_INBOX;

/// The Page inbox, as the page on echoes and the page on conversation routing print it. The first lacks a digit.
const PAGE_INBOXES: [&str; 2] = ["26390203743090", PAGE_INBOX];

/// What stands before a host's token in `metadata`, so that no author's own note is taken for one.
const TOKEN: &str = "ltk:";

/// The `metadata` that carries a token: Meta sends it back with the echo.
pub(crate) fn stamped(token: &Token) -> String {
    format!("{TOKEN}{}", token.as_str())
}

/// Takes the token off that was stamped on the message. An author's own note stays.
pub(super) fn token(message: &mut Message<'_>) -> Option<Token> {
    let (_, metadata) = message.members.iter().find(|(key, _)| key == "metadata")?;
    let token = Token::parse(metadata.as_str()?.strip_prefix(TOKEN)?)?;
    message.members.retain(|(key, _)| key != "metadata");
    Some(token)
}

/// Adds to an event what only an echo has. Whether our own app sent the message, where that can be told.
pub(super) fn complete(event: &mut Event, message: &mut Message<'_>, context: &Context<'_>) -> Option<bool> {
    event.direction = Some(Direction::Outbound);
    if context.is_own(event.to.as_deref()) && !context.is_own(event.from.as_deref()) {
        // Some older echoes name the person as the sender. An echo is always the Page's.
        std::mem::swap(&mut event.from, &mut event.to);
    }
    let app_id = take(&mut message.members, "app_id").and_then(|json| scalar::id(json).ok());
    let (sent_by, ours) = sent_by(app_id.as_deref(), context.channel.app_id.as_deref());
    event.metadata.insert("sentBy", sent_by);
    if let Some(app_id) = app_id {
        event.metadata.insert("appId", app_id.as_ref());
    }
    for (key, name, field_type) in
        [("metadata", "metadata", FieldType::Payload), ("quick_reply", "quickReply", FieldType::Free)]
    {
        if let Some(value) = take(&mut message.members, key).and_then(|json| addition(json, field_type)) {
            event.metadata.insert(name, value);
        }
    }
    ours
}

/// Who sent it, as far as the app's id tells, and whether that is us.
fn sent_by(app_id: Option<&str>, own: Option<&str>) -> (&'static str, Option<bool>) {
    match (app_id, own) {
        (Some(app_id), _) if PAGE_INBOXES.contains(&app_id) => ("page_inbox", Some(false)),
        (Some(app_id), Some(own)) if app_id == own => ("own_app", Some(true)),
        (Some(_), Some(_)) => ("other_app", Some(false)),
        _ => ("unknown", None),
    }
}
