//! What is sent under a key is sent once: the key is written down before the first call, the outcome after the last.

use channel_api::{ChannelAdapter, Error, Retry};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Problem;
use crate::app::App;
use crate::store::{Accepted, Attempt, End, Outcome, SendKey, State};

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What became of a key.
pub(super) enum Begun {
    /// It is new; the attempt that was written down.
    Send(Attempt),
    /// The message was sent under it. This is what became of it.
    Known(Box<Outcome>),
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
        if let State::Ended(outcome) = entry.state {
            return Ok(Begun::Known(outcome));
        }
    }
    app.stores.outbox.begin(&key).await?.map(Begun::Send).ok_or_else(|| {
        Problem::new(StatusCode::CONFLICT, "may_have_been_sent", "this message may have been sent already")
            .hint("it was begun and its outcome is not known; look for its echo, and use a new key to send it again")
    })
}

/// Writes down how it ended, so that the same key never sends again what may have been sent.
pub(super) async fn settle(app: &App, attempt: &Attempt, outcome: Outcome) {
    let end = match outcome.failure.as_ref().map(Error::retry) {
        // Left open on purpose: whoever asks again hears that it may have been sent.
        Some(Retry::IfIdempotent { .. }) if outcome.receipts.is_empty() => return,
        // Nothing was sent: once the cause is mended, the same key may try again.
        Some(_) if outcome.receipts.is_empty() => End::NotSent,
        _ => End::Outcome(Box::new(outcome)),
    };
    if let Err(error) = app.stores.outbox.end(attempt, end).await {
        tracing::error!(%error, "the outcome of a message was not written down; its key stays in use");
    }
}
