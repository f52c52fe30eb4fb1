//! An answer of the Graph API: read within bounds, an error body before the status.

use channel_api::{Error, ErrorKind, Receipt, Result, Retry};
use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use serde_json::Value;

use super::errors::{self, MAY_HAVE_BEEN_SENT, is_true};
use super::redaction::Redaction;
use super::transport;

/// How much of the answer to a change is read, in bytes: such answers are an id or two.
pub(super) const LONGEST_REPLY: usize = 64 * 1024;
/// How much of a list is read, in bytes, and of the answers to a batch.
pub(super) const LONGEST_LIST: usize = 2 * 1024 * 1024;

/// An answer as it came.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// Reads an answer to its end, but not beyond `longest` bytes.
    pub(super) async fn read(mut response: Response, longest: usize) -> Result<Self> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(transport::no_answer)? {
            if body.len() + chunk.len() > longest {
                return Err(too_long(status, longest));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self { status, headers, body })
    }

    /// What it means.
    pub(super) fn interpret(&self, redaction: &Redaction<'_>) -> Result<Value> {
        interpret(self.status, &self.headers, &self.body, redaction)
    }
}

/// What an answer means. Meta's error object counts under any status; only then does the status.
pub(super) fn interpret(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    redaction: &Redaction<'_>,
) -> Result<Value> {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => match value.get("error") {
            Some(error) if !error.is_null() => Err(errors::from_body(error, status, headers, redaction)),
            _ if status.is_success() => Ok(value),
            _ => Err(errors::without_body(status, headers)),
        },
        Err(_) if status.is_success() => Err(unreadable("facebook.unreadable_reply", "Meta's answer is no JSON")),
        Err(_) => Err(errors::without_body(status, headers)),
    }
}

fn too_long(status: StatusCode, longest: usize) -> Error {
    let sentence = format!("Meta's answer is longer than {longest} bytes and was not read to its end");
    Error::new(ErrorKind::ProviderFailed, "facebook.reply_too_long", sentence)
        .with_retry(Retry::IF_IDEMPOTENT)
        .with_hint(MAY_HAVE_BEEN_SENT)
        .with_context("http_status", status.as_str())
}

/// An answer from which one cannot tell what was done.
pub(crate) fn unreadable(code: &'static str, sentence: &'static str) -> Error {
    Error::new(ErrorKind::ProviderFailed, code, sentence).with_retry(Retry::IF_IDEMPOTENT).with_hint(MAY_HAVE_BEEN_SENT)
}

/// The receipt in an answer. `message_id` is what Meta promises for a message; the rest is there for some recipients only.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api>
pub(super) fn receipt(reply: &Value, is_message: bool) -> Result<Receipt> {
    done(reply)?;
    let receipt = Receipt {
        message_id: reply.get("message_id").and_then(id),
        recipient_id: reply.get("recipient_id").or_else(|| reply.pointer("/recipient/id")).and_then(id),
        attachment_id: reply.get("attachment_id").and_then(id),
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
        .with_hint("check the app's permissions and the Page's settings")
}

/// Ids are strings, and numbers in some answers.
pub(crate) fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}
