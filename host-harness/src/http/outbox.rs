//! What became of messages: one by its id, and many, the newest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use channel_api::{Error, ErrorKind, Retry, Timestamp};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::Problem;
use super::fields::Fields;
use super::which::{SELECTORS, Shown, Which};
use crate::sending::{Sender, Wait};
use crate::store::{self, AttemptRecord, Call, Message, MessageQuery, OUTCOME_LOST, Outcome, Status, Step};

const DEFAULT_PAGE: usize = 50;
/// How many messages an answer holds at most.
const MAX_PAGE: usize = 200;

/// One message.
pub(super) async fn show(
    State(outbox): State<Arc<dyn store::Outbox>>,
    State(statuses): State<Arc<dyn store::Statuses>>,
    State(sender): State<Sender>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    // The message last: how it stands is then never behind what its attempts came to.
    let (attempts, steps) = (outbox.attempts(&id).await?, statuses.steps_of(&id).await?);
    let message = outbox.get(&id).await?.ok_or_else(unknown_message)?;
    let wait = sender.wait(&message);
    Ok(Json(whole(message, wait, attempts, steps)))
}

/// All that is known of a message, and why it waits.
pub(crate) fn whole(message: Message, wait: Option<Wait>, attempts: Vec<AttemptRecord>, steps: Vec<Step>) -> Value {
    let mut told = told(message, wait);
    if let Some(members) = told.as_object_mut() {
        members.insert("steps".to_owned(), steps.into_iter().map(step).collect());
        members.insert("attempts".to_owned(), attempts.into_iter().map(attempt).collect());
    }
    told
}

/// A message that is asked for and is not kept.
pub(crate) fn unknown_message() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "unknown_message", "there is no such message here")
        .hint("the id is the one in the answer to the message that was sent")
}

/// Many messages, the newest first.
pub(super) async fn list(
    State(outbox): State<Arc<dyn store::Outbox>>,
    State(sender): State<Sender>,
    fields: Fields,
) -> Result<Json<Value>, Problem> {
    let (asked, limit) = asked(fields)?;
    Ok(Json(page(outbox.list(asked).await?, limit, |message| sender.wait(message))))
}

/// Which messages these fields ask for, and how many they want. It is asked for one more, which tells whether there are more.
///
/// # Errors
/// What is wrong with them.
pub(crate) fn asked(mut fields: Fields) -> Result<(MessageQuery, usize), Problem> {
    let which = Which::of(&mut fields, MAX_PAGE);
    fields.end(bad_query)?;
    let (before, limit) = (which.cursor, which.limit.unwrap_or(DEFAULT_PAGE));
    Ok((MessageQuery { before, limit: limit + 1, ..which.query() }, limit))
}

/// What was found of them, so many at most. `wait` says why one waits.
pub(crate) fn page(mut messages: Vec<Message>, limit: usize, wait: impl Fn(&Message) -> Option<Wait>) -> Value {
    let has_more = messages.len() > limit;
    messages.truncate(limit);
    let next = messages.last().filter(|_| has_more).map(|last| last.seq.to_string());
    let of = |message: Message| {
        let wait = wait(&message);
        told(message, wait)
    };
    let data: Vec<_> = messages.into_iter().map(of).collect();
    json!({ "data": data, "pagination": { "limit": limit, "hasMore": has_more, "nextCursor": next } })
}

fn bad_query(message: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_query", message)
        .hint(format!("{SELECTORS}; cursor: nextCursor of an earlier answer; limit: 1 to {MAX_PAGE}"))
}

/// How a message came on, and when.
fn step(step: Step) -> Value {
    let Step { round, status, at, .. } = step;
    json!({ "status": Shown::of(status).as_str(), "at": at.to_string(), "round": round })
}

/// One attempt: what was called, without the token that the provider's copy brings back, and what came of it.
fn attempt(record: AttemptRecord) -> Value {
    let AttemptRecord { number, began_at, ended_at, calls, receipts, failure } = record;
    let requests = calls.into_iter().map(|Call { part, request, token }| {
        let mut request =
            json!({ "part": part, "method": request.method.as_str(), "path": request.path, "body": request.body });
        if let Some(token) = token {
            mask(&mut request, token.as_str());
        }
        request
    });
    let mut told = json!({
        "number": number,
        "beganAt": began_at.to_string(),
        "requests": requests.collect::<Vec<_>>(),
        "receipts": receipts,
    });
    if let Some(members) = told.as_object_mut() {
        members.extend(ended_at.map(|ended_at| ("endedAt".to_owned(), json!(ended_at.to_string()))));
        members.extend(failure.as_ref().map(|failure| ("failure".to_owned(), told_failure(failure))));
    }
    told
}

/// Whoever knows the token could make the host believe that a message was sent.
fn mask(value: &mut Value, token: &str) {
    match value {
        Value::String(text) if text.contains(token) => *text = text.replace(token, "…"),
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, token)),
        Value::Object(members) => members.values_mut().for_each(|member| mask(member, token)),
        _ => {}
    }
}

/// What is told of a message wherever it is listed, and why it waits.
pub(crate) fn told(message: Message, wait: Option<Wait>) -> Value {
    let Message {
        id,
        channel_id,
        person,
        json,
        accepted_at,
        changed_at,
        due_at,
        reference,
        broadcast,
        tries,
        round,
        status,
        outcome,
        ..
    } = message;
    let Outcome { receipts, parts, failure, warnings } = outcome.unwrap_or_default();
    let mut shown = json!({
        "id": id,
        "status": Shown::of(status).as_str(),
        "channelId": channel_id,
        "acceptedAt": accepted_at.to_string(),
        "updatedAt": changed_at.to_string(),
        "receipts": receipts,
        "warnings": warnings,
        "tries": tries,
        "round": round,
    });
    let Some(members) = shown.as_object_mut() else { return shown };
    // Nobody knows of how many parts a message is before it has been translated.
    members.extend((parts > 0).then(|| ("parts".to_owned(), json!(parts))));
    members.extend(reference.map(|reference| ("ref".to_owned(), json!(reference))));
    members.extend(broadcast.map(|broadcast| ("broadcast".to_owned(), json!(broadcast))));
    let next = next_attempt(due_at.and_then(|at| Timestamp::from_millis(at.as_millisecond())), wait.as_ref());
    members.extend(next.map(|next| ("nextAttemptAt".to_owned(), json!(next))));
    members.extend(wait.map(|wait| ("waiting".to_owned(), json!(wait))));
    members.extend(person.map(|person| ("person".to_owned(), json!(person))));
    let lost = (status == Status::Unknown && failure.is_none()).then(outcome_lost);
    let failure = failure.or(lost);
    members.extend(failure.as_ref().map(|failure| ("failure".to_owned(), told_failure(failure))));
    let mut written: Map<String, Value> = serde_json::from_str(json.get()).unwrap_or_default();
    for name in ["to", "content", "options"] {
        members.extend(written.remove(name).map(|value| (name.to_owned(), value)));
    }
    shown
}

/// When the next attempt is made, where that is known: not before it is due, and not before what holds the message ends.
fn next_attempt(due_at: Option<Timestamp>, wait: Option<&Wait>) -> Option<Timestamp> {
    let due_at = due_at.filter(|due_at| *due_at > Timestamp::now());
    match wait {
        None => due_at,
        Some(wait) => wait.until.max(due_at).filter(|_| wait.until.is_some()),
    }
}

/// Of a message that the host had begun when it came to a sudden end.
fn outcome_lost() -> Error {
    Error::new(ErrorKind::Unexpected, OUTCOME_LOST, "the host ended while this message was being sent")
        .with_retry(Retry::IF_IDEMPOTENT)
        .with_hint("it may have been sent: look for its echo before sending it again")
}

/// A failure as a problem document tells it, without what belongs to a reply.
pub(super) fn told_failure(failure: &Error) -> Value {
    let (_, mut document) = Problem::from(failure).parts();
    if let Some(members) = document.as_object_mut() {
        for name in ["type", "title", "status", "detail", "error"] {
            members.remove(name);
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_attempt_is_told_where_it_is_known_and_still_to_come() {
        let at = |seconds: i64| Timestamp::from_millis(Timestamp::now().as_millis() + seconds * 1_000);
        let (past, soon, later) = (at(-9), at(60), at(600));
        let held = |until| {
            let mut wait = Wait::for_a_host();
            wait.until = until;
            wait
        };
        for (due_at, until, expected) in [
            (None, None, None),
            (past, None, None),
            (soon, None, soon),
            (None, Some(soon), soon),
            (past, Some(soon), soon),
            (later, Some(soon), later),
            (soon, Some(later), later),
            // Until somebody does something.
            (soon, Some(None), None),
            (None, Some(None), None),
        ] {
            assert_eq!(next_attempt(due_at, until.map(held).as_ref()), expected, "{due_at:?} {until:?}");
        }
    }
}
