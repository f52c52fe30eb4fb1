use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use channel_api::{
    ChannelAdapter, ChannelAdapterExt as _, Delivered, Denormalized, Error, ErrorKind, OutboundMessage, Receipt, Retry,
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Problem;
use crate::app::App;
use crate::engine::{Begin, OpenSend};

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Takes a message in the form of Linktor's `messages.send`, and answers with the provider's receipts.
pub(super) async fn send(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body.map_err(|rejection| Problem::unread(&rejection))?;
    let message: Value = serde_json::from_slice(&body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Problem::new(StatusCode::BAD_REQUEST, "not_json", format!("the body is not JSON ({place})"))
    })?;
    let adapter = Arc::clone(find(&app, &message)?);
    let translated = adapter.denormalize_json(&message).inspect_err(|error| {
        app.metrics.message(error.kind().as_str(), std::time::Duration::ZERO);
    })?;
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    let open = match (keys.next(), keys.next()) {
        (None, _) => None,
        (_, Some(_)) => return Err(bad_key()),
        (Some(key), None) => match begin(&app, &*adapter, key.as_bytes(), &message).await? {
            Begun::Send(open) => Some(open),
            Begun::Answer(response) => return Ok(response),
        },
    };
    // On a task of its own: a caller that hangs up must not leave a message half sent.
    let sending = app.tasks.spawn(carry_out(Arc::clone(&app), adapter, message, translated, open));
    match sending.await {
        Ok((status, reply)) => Ok((status, Json(reply)).into_response()),
        Err(_) => Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", "sending failed inside the host")
            .hint("the message may have been sent; look at its echo before sending it again")),
    }
}

async fn carry_out(
    app: Arc<App>,
    adapter: Arc<dyn ChannelAdapter>,
    message: Value,
    translated: Denormalized,
    open: Option<OpenSend>,
) -> (StatusCode, Value) {
    let started = Instant::now();
    let Delivered { receipts, failure } = adapter.deliver(&translated.requests).await;
    let outcome = failure.as_ref().map_or("sent", |error| error.kind().as_str());
    app.metrics.message(outcome, started.elapsed());
    let (status, reply) = match &failure {
        None => {
            let to = &message["to"];
            let reply = json!({
                "channelId": adapter.channel_id(), "to": to, "receipts": receipts, "warnings": translated.warnings
            });
            (StatusCode::OK, reply)
        }
        Some(error) => {
            log_failure(&*adapter, error);
            let problem = if receipts.is_empty() {
                Problem::from(error)
            } else {
                Problem::partly_sent(error, &receipts, translated.requests.len())
            };
            problem.parts()
        }
    };
    if let Some(open) = open {
        settle(open, &receipts, failure.as_ref(), status, &reply).await;
    }
    (status, reply)
}

/// Everything that helps an operator or the provider's support, and nobody's words.
fn log_failure(adapter: &dyn ChannelAdapter, error: &Error) {
    let provider = error.provider_error().cloned().unwrap_or_default();
    tracing::warn!(
        channel_id = %adapter.channel_id(),
        code = error.code(),
        kind = error.kind().as_str(),
        operation = error.operation_name(),
        provider.code,
        provider.subcode,
        provider.trace_id,
        context = ?error.context_pairs(),
        "a message was not sent"
    );
}

/// Writes down how it ended, so that the same key never sends again what may have been sent.
async fn settle(open: OpenSend, receipts: &[Receipt], failure: Option<&Error>, status: StatusCode, reply: &Value) {
    let kept = Kept { status: status.as_u16(), reply };
    let settled = match failure.map(Error::retry_advice) {
        // Left open on purpose: whoever asks again hears that it may have been sent.
        Some(Retry::IfIdempotent { .. }) if receipts.is_empty() => return,
        // Nothing was sent: once the cause is mended, the same key may try again.
        Some(_) if receipts.is_empty() => open.abandon().await,
        _ => match to_raw_value(&kept) {
            Ok(raw) => open.finish(raw).await,
            Err(_) => return,
        },
    };
    if let Err(error) = settled {
        tracing::error!(%error, "the outcome of a message was not written down; its key stays in use");
    }
}

#[derive(Serialize)]
struct Kept<'a> {
    status: u16,
    reply: &'a Value,
}

#[derive(Deserialize)]
struct KeptReply {
    status: u16,
    reply: Value,
}

fn bad_key() -> Problem {
    let message = "Idempotency-Key is one text of 1 to 200 characters, given once";
    Problem::new(StatusCode::BAD_REQUEST, "bad_idempotency_key", message)
}

enum Begun {
    Send(OpenSend),
    Answer(Response),
}

async fn begin(app: &App, adapter: &dyn ChannelAdapter, key: &[u8], message: &Value) -> Result<Begun, Problem> {
    let key = std::str::from_utf8(key).ok().filter(|key| (1..=200).contains(&key.len())).ok_or_else(bad_key)?;
    let Some(sends) = &app.sends else {
        return Err(Problem::new(
            StatusCode::NOT_IMPLEMENTED,
            "no_ledger",
            "this host keeps nothing, so no idempotency either",
        ));
    };
    let fingerprint = Sha256::digest(message.to_string());
    match sends.begin(adapter.channel_id().as_str(), key, fingerprint.into()).await? {
        Begin::New(open) => Ok(Begun::Send(open)),
        Begin::Finished(reply) => Ok(Begun::Answer(replay(&reply))),
        Begin::InFlightOrUnknown => {
            let problem = Problem::new(
                StatusCode::CONFLICT,
                "may_have_been_sent",
                "this message may have been sent already",
            )
            .hint("it was begun and its outcome is not known; look for its echo, and use a new key to send it again");
            Err(problem)
        }
        Begin::KeyReusedForAnotherMessage => {
            let problem = Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "this Idempotency-Key belongs to another message",
            );
            Err(problem.hint("use a new key for each message"))
        }
    }
}

fn replay(kept: &RawValue) -> Response {
    match serde_json::from_str::<KeptReply>(kept.get()) {
        Ok(KeptReply { status, reply }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            (status, [("idempotent-replayed", "true")], Json(reply)).into_response()
        }
        Err(_) => {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "ledger", "the kept reply cannot be read").into_response()
        }
    }
}

/// The channel that a message names, in either spelling.
fn find<'a>(app: &'a App, message: &Value) -> Result<&'a Arc<dyn ChannelAdapter>, Problem> {
    let (read, report) = OutboundMessage::read(message);
    if read.channel_id.is_empty() {
        return Err(Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report).into());
    }
    app.channels.get(&read.channel_id).ok_or_else(|| {
        let mut known: Vec<_> = app.channels.iter().map(|channel| channel.channel_id().as_str()).collect();
        known.sort_unstable();
        Problem::new(StatusCode::NOT_FOUND, "unknown_channel", "there is no such channel here")
            .hint(format!("`channelId` is one of: {}", known.join(", ")))
    })
}
