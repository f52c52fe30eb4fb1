//! What Meta answers where it did what was asked.

use channel_api::{Error, ErrorKind, Receipt, Result};
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::errors::is_true;
use super::meta::META;

/// An answer from which one cannot tell what was done.
pub(crate) fn unreadable(code: &'static str, sentence: &'static str) -> Error {
    META.unsure(code, sentence)
}

/// The receipt in an answer. `message_id` is what Meta promises for a message; the rest is there for some recipients only.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api>
pub(super) fn receipt(reply: &Value, headers: &HeaderMap, is_message: bool) -> Result<Receipt> {
    done(reply)?;
    let receipt = Receipt {
        message_id: reply.get("message_id").and_then(id),
        recipient_id: reply.get("recipient_id").or_else(|| reply.pointer("/recipient/id")).and_then(id),
        attachment_id: reply.get("attachment_id").and_then(id),
        trace_id: META.trace_id(headers),
    };
    if is_message && receipt.message_id.is_none() {
        return Err(unreadable("facebook.no_message_id", "Meta took the message but gave it no id"));
    }
    Ok(receipt)
}

/// Refuses an answer that says itself that nothing was done: `{"success": false}`.
pub(super) fn done(reply: &Value) -> Result<()> {
    match reply.get("success") {
        Some(success) if !is_true(success) => Err(not_done()),
        _ => Ok(()),
    }
}

/// The refusal of a call that Meta, by its own word, has not carried out.
pub(crate) fn not_done() -> Error {
    Error::new(ErrorKind::Rejected, "facebook.not_done", "Meta answered that it did not do it")
        .with_hint("Meta gives no reason: look at what is there now before asking for it again")
}

/// Ids are strings, and numbers in some answers.
pub(crate) fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}
