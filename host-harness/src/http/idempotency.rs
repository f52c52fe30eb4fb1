//! What is sent under a key is sent once: the key is written down before the first call, the outcome after the last.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use channel_api::{ChannelAdapter, Error, Receipt, Retry};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use sha2::{Digest as _, Sha256};

use super::Problem;
use crate::app::App;
use crate::store::{Accepted, Attempt, End, SendKey, State};

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What became of a key.
pub(super) enum Begun {
    /// It is new; the attempt that was written down.
    Send(Attempt),
    /// The message was sent under it. This is what was answered.
    Known(KeptReply),
}

#[derive(Serialize)]
struct Kept<'a> {
    status: u16,
    reply: &'a Value,
}

/// An answer that was kept.
#[derive(Deserialize)]
pub(super) struct KeptReply {
    status: u16,
    pub(super) reply: Value,
}

impl KeptReply {
    pub(super) fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        (status, [("idempotent-replayed", "true")], Json(self.reply)).into_response()
    }
}

/// The key of a request, if it has one.
pub(super) fn key_in(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    match (keys.next(), keys.next()) {
        (None, _) => Ok(None),
        (Some(key), None) => std::str::from_utf8(key.as_bytes()).map(Some).map_err(|_| bad_key()),
        _ => Err(bad_key()),
    }
}

pub(super) fn bad_key() -> Problem {
    let message = "Idempotency-Key is one text of 1 to 200 characters, given once";
    Problem::new(StatusCode::BAD_REQUEST, "bad_idempotency_key", message)
}

/// Asks for leave to send. `message` is the caller's own, before anything was filled into it.
pub(super) async fn begin(
    app: &App,
    adapter: &dyn ChannelAdapter,
    key: &str,
    message: &Value,
) -> Result<Begun, Problem> {
    if !(1..=200).contains(&key.len()) {
        return Err(bad_key());
    }
    let fingerprint: [u8; 32] = Sha256::digest(message.to_string()).into();
    let key = SendKey { channel_id: adapter.channel_id().to_string(), key: key.to_owned() };
    if let Accepted::Known(entry) = app.stores.outbox.accept(&key, fingerprint).await? {
        if entry.fingerprint != fingerprint {
            let problem = Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "this Idempotency-Key belongs to another message",
            );
            return Err(problem.hint("use a new key for each message"));
        }
        if let State::Ended(reply) = &entry.state {
            return read(reply).map(Begun::Known);
        }
    }
    app.stores.outbox.begin(&key).await?.map(Begun::Send).ok_or_else(|| {
        Problem::new(StatusCode::CONFLICT, "may_have_been_sent", "this message may have been sent already")
            .hint("it was begun and its outcome is not known; look for its echo, and use a new key to send it again")
    })
}

fn read(kept: &RawValue) -> Result<KeptReply, Problem> {
    serde_json::from_str(kept.get())
        .map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "ledger", "the kept reply cannot be read"))
}

/// Writes down how it ended, so that the same key never sends again what may have been sent.
pub(super) async fn settle(
    app: &App,
    attempt: &Attempt,
    receipts: &[Receipt],
    failure: Option<&Error>,
    status: StatusCode,
    reply: &Value,
) {
    let kept = Kept { status: status.as_u16(), reply };
    let end = match failure.map(Error::retry) {
        // Left open on purpose: whoever asks again hears that it may have been sent.
        Some(Retry::IfIdempotent { .. }) if receipts.is_empty() => return,
        // Nothing was sent: once the cause is mended, the same key may try again.
        Some(_) if receipts.is_empty() => End::NotSent,
        _ => match to_raw_value(&kept) {
            Ok(raw) => End::Outcome(raw),
            Err(_) => return,
        },
    };
    if let Err(error) = app.stores.outbox.end(attempt, end).await {
        tracing::error!(%error, "the outcome of a message was not written down; its key stays in use");
    }
}
