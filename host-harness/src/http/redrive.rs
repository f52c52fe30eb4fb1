//! What has failed is sent again, and what waits is dropped: `POST /api/v1/messages/{id}/retry` and `/drop`, and many at once by what
//! they are.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use channel_api::Action;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::Problem;
use super::access::KeyName;
use super::fields::Fields;
use super::keyless::{answered_by, implied_key};
use super::messages::{WAITS, reply, seconds};
use super::outbox::{told, unknown_message};
use super::request::JsonBody;
use super::which::{SELECTORS, Shown, Which};
use crate::sending::{ImpliedKey, Left, Order, Request, Sender, Sent};
use crate::store::{Message, MessageQuery};

const USUAL: usize = 100;
/// How many messages one request is about at most: each is written down.
const MOST: usize = 1_000;
/// How many ids are named of those that were left for one reason.
const NAMED: usize = 10;

/// How a message is sent again.
#[derive(Debug)]
struct Asked {
    /// For how many seconds the answer waits.
    wait: Option<u64>,
    /// Even if it may have been sent.
    force: Option<bool>,
}

/// Sends a message again that has failed, and answers as for a new one. One that waits already is left where it is, and one that was sent
/// is not sent again, so that the request may be repeated.
pub(super) async fn retry(
    State(sender): State<Sender>,
    Extension(caller): Extension<KeyName>,
    Path(id): Path<String>,
    mut fields: Fields,
    body: JsonBody,
) -> Result<Response, Problem> {
    let asked = Asked { wait: fields.number("wait", WAITS), force: fields.flag("force") };
    fields.end(|message| bad_retry(StatusCode::BAD_REQUEST, message))?;
    let implied = implied_key(&caller, &format!("retry {id} {asked:?}"), &body.bytes);
    let mut more = body.optional()?.filter(|body| !body.is_null()).map_or_else(Fields::default, Fields::of_body);
    let force = asked.force.or(more.flag("force")).unwrap_or_default();
    more.end(|message| bad_retry(StatusCode::UNPROCESSABLE_ENTITY, message))?;
    let wait = seconds(asked.wait);
    let (request, retried) = retried(&sender, &id, force, wait, Some(implied)).await;
    let response = retried.map(|(status, body)| (status, Json(body))).into_response();
    Ok(followed(response, request))
}

/// Does not send a message that waits, or gives up finding out whether one was sent. Answers what it has come to.
pub(super) async fn drop(
    State(sender): State<Sender>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Json<Value>, Problem> {
    fields.end(|message| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", message)
            .hint("a message is dropped by its id: the address says no more")
    })?;
    dropped(&sender, &id).await.map(Json)
}

/// Sends messages again that have failed, the oldest first.
pub(super) async fn retry_all(
    State(sender): State<Sender>,
    Extension(caller): Extension<KeyName>,
    fields: Fields,
    body: JsonBody,
) -> Result<Response, Problem> {
    fields.end(in_the_body)?;
    let implied = implied_key(&caller, "retry", &body.bytes);
    let Done { told, request, .. } = many(&sender, Many::Retry, body.required()?, Some(implied)).await?;
    Ok(followed(Json(told).into_response(), request))
}

/// Drops messages that wait, or of which nobody knows whether they were sent.
pub(super) async fn drop_all(
    State(sender): State<Sender>,
    fields: Fields,
    body: JsonBody,
) -> Result<Json<Value>, Problem> {
    fields.end(in_the_body)?;
    Ok(Json(many(&sender, Many::Drop, body.required()?, None).await?.told))
}

fn followed(response: Response, request: Option<Request>) -> Response {
    match request {
        Some(request) => answered_by(response, request),
        None => response,
    }
}

/// Sends a message again, and waits for what becomes of it. The request is open until it is answered: why it is left as it is, or why
/// it has failed again, is an answer too.
pub(crate) async fn retried(
    sender: &Sender,
    id: &str,
    force: bool,
    wait: Duration,
    implied: Option<ImpliedKey>,
) -> (Option<Request>, Result<(StatusCode, Value), Problem>) {
    let (request, again) = sender.redrive(id, Order::Retry { force }, implied).await;
    let settled = match again {
        Ok(_) => sender.settled(id, wait).await,
        Err(left) => Err(left),
    };
    let told = settled.map(|message| {
        let wait = sender.wait(&message);
        Sent { wait, ..sent(message) }
    });
    (request, told.map_err(|left| problem(left, id)).and_then(reply))
}

/// Drops a message.
///
/// # Errors
/// Why it is left as it is.
pub(crate) async fn dropped(sender: &Sender, id: &str) -> Result<Value, Problem> {
    let dropped = sender.redrive(id, Order::Drop, None).await.1;
    dropped.map(|message| told(message, None)).map_err(|left| problem(left, id))
}

/// What was done with many messages.
pub(crate) struct Done {
    /// What is told of it.
    pub(crate) told: Value,
    /// The ids of those with which it was done.
    pub(crate) ids: Vec<String>,
    /// Open until it is answered.
    request: Option<Request>,
}

/// What is done with many messages.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Many {
    Retry,
    Drop,
}

/// Does this with many messages: those that the filter chooses, as many as it says.
///
/// # Errors
/// What is wrong with the filter, or with the store.
pub(crate) async fn many(
    sender: &Sender,
    what: Many,
    filter: Value,
    implied: Option<ImpliedKey>,
) -> Result<Done, Problem> {
    let mut fields = Fields::of_body(filter);
    let (order, possible, done) = match what {
        Many::Retry => {
            let force = fields.flag("force").unwrap_or_default();
            (Order::Retry { force }, [Shown::Failed, Shown::Unknown], "retried")
        }
        // Nothing is dropped by force.
        Many::Drop => (Order::Drop, [Shown::Pending, Shown::Unknown], "dropped"),
    };
    let only_look = fields.flag("dryRun").unwrap_or_default();
    let which = which(fields, possible)?;
    let (limit, after) = (which.limit.unwrap_or(USUAL), which.cursor);
    let query = MessageQuery { after, limit, ..which.query() };
    let mut redriven = sender.redrive_all(query, order, only_look, implied).await?;
    let ids = std::mem::take(&mut redriven.done);
    let next = redriven.next.map(|next| next.to_string());
    let told = json!({
        done: ids.len(),
        "dryRun": only_look,
        "left": left(redriven.left),
        "pagination": { "limit": limit, "hasMore": next.is_some(), "nextCursor": next },
    });
    Ok(Done { told, ids, request: redriven.request })
}

/// How many were left for which reason, and the ids of some.
fn left(all: Vec<(String, Left)>) -> Vec<Value> {
    let mut reasons: BTreeMap<&str, (Left, usize, Vec<String>)> = BTreeMap::new();
    for (id, why) in all {
        let (_, count, ids) = reasons.entry(why.code()).or_insert_with(|| (why, 0, Vec::new()));
        *count += 1;
        if ids.len() < NAMED {
            ids.push(id);
        }
    }
    let told = |(code, (why, count, ids)): (&str, (Left, usize, Vec<String>))| json!({ "code": code, "message": why.to_string(), "hint": why.hint(), "count": count, "ids": ids });
    reasons.into_iter().map(told).collect()
}

/// The filter of a request, which must choose by something: nobody shall mean all by a mistake. The first of the statuses is meant where
/// it names none.
fn which(mut fields: Fields, possible: [Shown; 2]) -> Result<Which, Problem> {
    let mut which = Which::of(&mut fields, MOST);
    fields.end(bad_filter)?;
    if !which.chooses() {
        return Err(bad_filter("it must choose by something: by the status alone, if all of them are meant"));
    }
    let status = *which.status.get_or_insert(possible[0]);
    if !possible.contains(&status) {
        return Err(bad_filter(format!("status must be {}", possible.map(Shown::as_str).join(" or "))));
    }
    Ok(which)
}

fn bad_filter(message: impl Into<String>) -> Problem {
    let hint = format!(
        "{SELECTORS}; limit: 1 to {MOST}; cursor: nextCursor of an earlier answer; dryRun, and force where they are sent again: true or false"
    );
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_filter", message).hint(hint)
}

/// Whoever writes it into the address means it all the same: `dryRun` there shall not do what was only to be looked at.
fn in_the_body(message: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_query", message)
        .hint("nothing was done; what messages are chosen by belongs into the body, and so does dryRun")
}

fn bad_retry(status: StatusCode, message: impl Into<String>) -> Problem {
    Problem::new(status, if status == StatusCode::BAD_REQUEST { "bad_query" } else { "invalid_input" }, message)
        .hint("the address may say ?wait=seconds and ?force=true, the body {\"force\": true}; nothing else is asked")
}

/// Why a message was left as it is.
fn problem(left: Left, id: &str) -> Problem {
    let (code, hint, message) = (left.code(), left.hint(), left.to_string());
    let own = |status| Problem::new(status, code, message);
    let problem = match left {
        Left::NotFound => unknown_message(),
        Left::Store(error) => error.into(),
        Left::NeedsForce => own(StatusCode::UNPROCESSABLE_ENTITY).action(Action::CheckOutcome),
        Left::CallOpen => own(StatusCode::UNPROCESSABLE_ENTITY).action(Action::RetryLater),
        Left::Full => own(StatusCode::SERVICE_UNAVAILABLE),
        Left::Lost => own(StatusCode::INTERNAL_SERVER_ERROR),
        Left::OnItsWay | Left::Sent | Left::Failed => own(StatusCode::UNPROCESSABLE_ENTITY).action(None),
    };
    let problem = problem.with("id", json!(id));
    match hint {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// A message that is kept, as its author is answered.
fn sent(message: Message) -> Sent {
    let Message { id, channel_id, json, reference, status, outcome, .. } = message;
    let mut written: Map<String, Value> = serde_json::from_str(json.get()).unwrap_or_default();
    Sent {
        id: Some(id),
        channel_id,
        to: written.remove("to").unwrap_or_default(),
        reference,
        status,
        outcome: outcome.unwrap_or_default(),
        wait: None,
        replayed: false,
        other_owner: None,
    }
}
