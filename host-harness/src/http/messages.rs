//! Messages: taken in the form of Linktor's `messages.send`, and answered with what became of them.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use channel_api::{Action, Error};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::Problem;
use super::outbox::shown;
use super::request::JsonBody;
use crate::sending::{Draft, Key, NotSent, Sender, Sent};
use crate::store::{Outcome, Status};
use crate::threads::OtherOwner;

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Takes a message, and answers with the provider's receipts.
pub(super) async fn send(
    State(sender): State<Sender>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let draft = Draft::read(body.document()?).with_key(key_in(&headers)?);
    let sent = sender.send(draft).await?;
    let replayed = sent.replayed;
    let mut response = reply(sent).map(Json).into_response();
    if replayed {
        response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// The key of a request, if it has one.
fn key_in(headers: &HeaderMap) -> Result<Option<Key>, Problem> {
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

/// What the author of a message is answered.
pub(super) fn reply(sent: Sent) -> Result<Value, Problem> {
    let Sent { id, channel_id, to, outcome, other_owner, .. } = sent;
    let status = outcome.status();
    let Outcome { receipts, parts, failure, warnings } = outcome;
    let Some(error) = failure else {
        let mut sent = json!({
            "status": shown(status), "channelId": channel_id, "to": to, "receipts": receipts, "warnings": warnings
        });
        // A sign that somebody types is not kept.
        if let (Some(id), Some(sent)) = (id, sent.as_object_mut()) {
            sent.insert("id".to_owned(), id.into());
        }
        return Ok(sent);
    };
    let problem =
        if receipts.is_empty() { Problem::from(&error) } else { Problem::partly_sent(&error, &receipts, parts) };
    let problem = match &id {
        Some(id) => kept(problem, id, status),
        None => problem,
    };
    Err(match other_owner {
        Some(other) => owned(problem, &error, &other),
        None => problem,
    })
}

/// A problem with a message that is kept: it can be asked for.
fn kept(problem: Problem, id: &str, status: Status) -> Problem {
    // `status` is HTTP's number in a problem document.
    problem.with("id", json!(id)).with("messageStatus", json!(shown(status)))
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
            NotSent::Store(error) | NotSent::NoLeave(error) => error.into(),
            NotSent::UnknownChannel { .. } => Self::unknown_channel(),
            NotSent::KeyReused => own(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
            NotSent::MayHaveBeenSent { id, status, since } => {
                let problem = own(StatusCode::CONFLICT, "may_have_been_sent").action(Action::CheckOutcome);
                kept(problem, &id, status).with("since", json!(since.to_string()))
            }
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
    fn a_store_that_fails_says_whether_anything_was_sent_only_to_who_sends() {
        let hint = |problem: Problem| problem.parts().1["hint"].as_str().unwrap_or_default().to_owned();
        assert_eq!(hint(Problem::from(StoreError::Closed)), "ask again in a moment");
        for reason in [NotSent::Store(StoreError::Closed), NotSent::NoLeave(StoreError::Closed)] {
            let problem = Problem::from(reason);
            assert!(hint(problem).starts_with("nothing was sent by this request"));
        }
        // Whatever was sent before: asking again does not help.
        assert_eq!(hint(Problem::from(NotSent::Store(StoreError::CorruptOutcome))), "");
    }
}
