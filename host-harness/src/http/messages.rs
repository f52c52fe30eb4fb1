use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use channel_api::ChannelAdapterExt as _;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use super::Problem;
use super::idempotency::key_in;
use super::sending::{Prepared, Ready, prepare};
use crate::app::App;
use crate::personalise::PATIENCE;

/// Takes a message in the form of Linktor's `messages.send`, and answers with the provider's receipts.
pub(super) async fn send(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let message = read(body)?;
    let ready = match prepare(&app, message, key_in(&headers)?, Instant::now() + PATIENCE).await? {
        Prepared::Send(ready) => ready,
        Prepared::Known(status, reply) => {
            return Ok((status, [("idempotent-replayed", "true")], Json(reply)).into_response());
        }
    };
    // On a task of its own: a caller that hangs up must not leave a message half sent.
    let sending = app.tasks.spawn(carry_out(Arc::clone(&app), ready));
    match sending.await {
        Ok((status, reply)) => Ok((status, Json(reply)).into_response()),
        Err(_) => Err(broken()),
    }
}

/// The JSON of a body.
pub(super) fn read(body: Result<Bytes, BytesRejection>) -> Result<Value, Problem> {
    let body = body.map_err(|rejection| Problem::unread(&rejection))?;
    serde_json::from_slice(&body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Problem::new(StatusCode::BAD_REQUEST, "not_json", format!("the body is not JSON ({place})"))
    })
}

/// The task that sends has died.
pub(super) fn broken() -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", "sending failed inside the host")
        .hint("the message may have been sent; look at its echo before sending it again")
}

async fn carry_out(app: Arc<App>, ready: Box<Ready>) -> (StatusCode, Value) {
    let (began, started) = (Timestamp::now(), Instant::now());
    let delivered = ready.adapter.deliver(&ready.translated.requests).await;
    ready.conclude(&app, delivered, began, started.elapsed()).await
}
