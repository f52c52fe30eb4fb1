//! Messages: taken in the form of Linktor's `messages.send`, and answered with what became of them.

use std::ops::RangeInclusive;
use std::slice;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use channel_api::{Action, Error, Issue, Receipt};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::Problem;
use super::access::KeyName;
use super::fields::Fields;
use super::keyless::{answered_by, implied_key};
use super::outbox::told_failure;
use super::request::JsonBody;
use super::which::Shown;
use crate::sending::{Draft, Key, NotSent, Sender, Sent};
use crate::store::{Outcome, Status};
use crate::threads::OtherOwner;

/// What an author names a message or a broadcast by.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// In an answer to what was given before.
pub(crate) const REPLAYED: &str = "idempotent-replayed";

/// How long an answer waits for what becomes of a message, unless the request says otherwise.
const WAIT: u64 = 10;
/// How long it may wait, in seconds: less than what most clients and proxies wait.
pub(super) const WAITS: RangeInclusive<u64> = 0..=30;

/// Takes a message, and answers with what has become of it within the time that the request gives it.
pub(super) async fn send(
    State(sender): State<Sender>,
    Extension(caller): Extension<KeyName>,
    fields: Fields,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let (wait, implied) = (wait(fields)?, implied_key(&caller, "message", &body.bytes));
    let mut draft = Draft::read(body.document()?).with_key(key_in(&headers)?).with_implied(implied);
    let request = sender.open(slice::from_mut(&mut draft)).await;
    let sent = sender.send(draft, wait).await?;
    let replayed = sent.replayed;
    let mut response = match reply(sent) {
        Ok((status, body)) => (status, Json(body)).into_response(),
        // A message that is kept and was given before has the same answer as the first time.
        Err(problem) => problem.into_response(),
    };
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(answered_by(response, request))
}

/// For how long a request wants to wait, and nothing else.
pub(super) fn wait(mut fields: Fields) -> Result<Duration, Problem> {
    let wait = seconds(fields.number("wait", WAITS));
    fields.end(|message| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", message)
            .hint("the address may say ?wait=seconds; all else belongs into the body")
    })?;
    Ok(wait)
}

/// The same, or the usual time.
pub(super) fn seconds(wait: Option<u64>) -> Duration {
    Duration::from_secs(wait.unwrap_or(WAIT))
}

/// The key of a request, if it has one.
pub(super) fn key_in(headers: &HeaderMap) -> Result<Option<Key>, Problem> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    match (keys.next(), keys.next()) {
        (None, _) => Ok(None),
        (Some(key), None) => std::str::from_utf8(key.as_bytes()).ok().and_then(Key::new).map(Some).ok_or_else(bad_key),
        _ => Err(bad_key()),
    }
}

fn bad_key() -> Problem {
    let message = format!("Idempotency-Key must be one text of 1 to {} characters, given once", Key::MAX);
    Problem::new(StatusCode::BAD_REQUEST, "bad_idempotency_key", message)
}

/// What the author of a message is answered: how far it has come, and what is known of it. A message that is kept is never answered
/// so that a client repeats it by itself.
pub(super) fn reply(sent: Sent) -> Result<(StatusCode, Value), Problem> {
    let Sent { id, channel_id, to, reference, status, outcome, other_owner, wait, .. } = sent;
    let Outcome { receipts, parts, failure, warnings } = outcome;
    let Some(id) = id else {
        // A sign that somebody types is not kept.
        return match failure {
            None => Ok((StatusCode::OK, sign(&channel_id, &to, &receipts, &warnings))),
            Some(error) => Err(problem(&error, &receipts, parts, other_owner.as_ref())),
        };
    };
    if let (Status::Failed, Some(error)) = (status, &failure) {
        let problem = problem(error, &receipts, parts, other_owner.as_ref()).final_refusal();
        return Err(with_reference(kept(problem, &id, status), reference.as_deref()));
    }
    let mut told = sign(&channel_id, &to, &receipts, &warnings);
    if let Some(members) = told.as_object_mut() {
        members.insert("id".to_owned(), id.into());
        members.insert("status".to_owned(), Shown::of(status).as_str().into());
        members.extend(reference.map(|reference| ("ref".to_owned(), reference.into())));
        members.extend(failure.map(|failure| ("failure".to_owned(), told_failure(&failure))));
        members.extend(wait.map(|wait| ("waiting".to_owned(), json!(wait))));
    }
    let is_over = status.is_sent();
    Ok((if is_over { StatusCode::OK } else { StatusCode::ACCEPTED }, told))
}

fn sign(channel_id: &str, to: &Value, receipts: &[Receipt], warnings: &[Issue]) -> Value {
    json!({ "status": "sent", "channelId": channel_id, "to": to, "receipts": receipts, "warnings": warnings })
}

fn problem(error: &Error, receipts: &[Receipt], parts: usize, other_owner: Option<&OtherOwner>) -> Problem {
    let problem = if receipts.is_empty() { Problem::from(error) } else { Problem::partly_sent(error, receipts, parts) };
    match other_owner {
        Some(other) => owned(problem, error, other),
        None => problem,
    }
}

fn with_reference(problem: Problem, reference: Option<&str>) -> Problem {
    match reference {
        Some(reference) => problem.with("ref", reference.into()),
        None => problem,
    }
}

/// A problem with a message that is kept: it can be asked for.
fn kept(problem: Problem, id: &str, status: Status) -> Problem {
    // `status` is HTTP's number in a problem document.
    problem.with("id", json!(id)).with("messageStatus", json!(Shown::of(status).as_str()))
}

/// What the host knows beside what the provider says.
fn owned(problem: Problem, error: &Error, other: &OtherOwner) -> Problem {
    let hint = format!("{}; {other}", error.hint().unwrap_or_default().trim_end_matches('.'));
    problem
        .hint(hint.trim_start_matches("; "))
        .with("conversation", json!({ "owner": { "who": "app", "app": other.app }, "since": other.since.to_string() }))
}

impl From<NotSent> for Problem {
    fn from(reason: NotSent) -> Self {
        let (hint, message) = (reason.hint(), reason.to_string());
        let own = |status, code| Self::new(status, code, message);
        let problem = match reason {
            NotSent::Refused(error) => return error.into(),
            NotSent::Store(error) => error.into(),
            NotSent::UnknownChannel { .. } => Self::unknown_channel(),
            NotSent::KeyReused => own(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
            NotSent::Gone => own(StatusCode::GONE, "erased"),
            NotSent::Full { .. } => own(StatusCode::SERVICE_UNAVAILABLE, "too_many_pending"),
            NotSent::NotStored => own(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable"),
            NotSent::Lost => own(StatusCode::INTERNAL_SERVER_ERROR, "failed").action(Action::CheckOutcome),
        };
        match hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    #[test]
    fn a_store_that_fails_says_what_that_means_to_who_sends() {
        let hint = |problem: Problem| problem.parts().1["hint"].as_str().unwrap_or_default().to_owned();
        assert_eq!(hint(Problem::from(StoreError::Closed)), "ask again in a moment");
        for reason in [NotSent::Store(StoreError::Closed), NotSent::NotStored] {
            assert!(hint(Problem::from(reason)).starts_with("whether it was stored is not known"));
        }
        // Whatever was sent before: asking again does not help.
        assert_eq!(hint(Problem::from(NotSent::Store(StoreError::CorruptOutcome))), "");
    }
}
