//! Broadcasts: one message to many, watched, paused, resumed and cancelled.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Problem;
use super::fields::Fields;
use super::messages::{REPLAYED, key_in};
use super::request::document;
use crate::broadcasts::{Broadcasts, MOST_PEOPLE, Report, Request, Wish};
use crate::store::{Broadcast, BroadcastQuery, CastState};

/// The largest body of a broadcast: room for the longest list of people.
pub(super) const MAX_LIST: usize = 32 * 1024 * 1024;

const DEFAULT_PAGE: usize = 50;
/// How many broadcasts an answer holds at most.
const MAX_PAGE: usize = 200;

/// Takes a broadcast.
pub(super) async fn create(
    State(broadcasts): State<Broadcasts>,
    mut fields: Fields,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let dry_run = fields.flag("dryRun").unwrap_or_default();
    fields.end(|message| bad_query(message, "dryRun=true only counts who may be written to; nothing else is asked"))?;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(MAX_LIST)
            .hint(format!("a list has at most {MOST_PEOPLE} people; make several broadcasts of it")),
        _ => Problem::unread(&rejection),
    })?;
    let fingerprint = Sha256::digest(&body).into();
    let request = Request::read(document(&body)?, fingerprint, key_in(&headers)?)?;
    drop(body);
    if dry_run {
        return Ok(Json(broadcasts.windows(&request).await?).into_response());
    }
    let (broadcast, replayed) = broadcasts.create(request).await?;
    let mut response = (StatusCode::ACCEPTED, Json(told(&broadcast))).into_response();
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// One broadcast, with what has become of everybody.
pub(super) async fn show(
    State(broadcasts): State<Broadcasts>,
    Path(id): Path<String>,
) -> Result<Json<Report>, Problem> {
    broadcasts.report(&id).await?.map(Json).ok_or_else(unknown)
}

/// Many broadcasts, the newest first.
pub(super) async fn list(State(broadcasts): State<Broadcasts>, mut fields: Fields) -> Result<Json<Value>, Problem> {
    let state = fields.one_of("status", &CastState::ALL, CastState::as_str);
    let (channel_id, before) = (fields.text("channel"), fields.cursor());
    let limit = fields.limit(MAX_PAGE).unwrap_or(DEFAULT_PAGE);
    fields.end(|message| {
        let hint = format!("status; channel: its id; cursor: nextCursor of an earlier answer; limit: 1 to {MAX_PAGE}");
        bad_query(message, &hint)
    })?;
    // One more tells whether there are more.
    let asked = BroadcastQuery { before, limit: limit + 1, channel_id, states: state.into_iter().collect() };
    let mut all = broadcasts.list(asked).await?;
    let has_more = all.len() > limit;
    all.truncate(limit);
    let next = all.last().filter(|_| has_more).map(|last| last.seq.to_string());
    let data: Vec<_> = all.iter().map(told).collect();
    Ok(Json(json!({ "data": data, "pagination": { "limit": limit, "hasMore": has_more, "nextCursor": next } })))
}

pub(super) async fn pause(state: State<Broadcasts>, id: Path<String>) -> Result<Json<Value>, Problem> {
    wish(state, id, Wish::Pause).await
}

pub(super) async fn resume(state: State<Broadcasts>, id: Path<String>) -> Result<Json<Value>, Problem> {
    wish(state, id, Wish::Resume).await
}

pub(super) async fn cancel(state: State<Broadcasts>, id: Path<String>) -> Result<Json<Value>, Problem> {
    wish(state, id, Wish::Cancel).await
}

async fn wish(
    State(broadcasts): State<Broadcasts>,
    Path(id): Path<String>,
    wish: Wish,
) -> Result<Json<Value>, Problem> {
    let now = broadcasts.wish(&id, wish).await?.ok_or_else(unknown)?;
    if wish.is_done(now.state) {
        return Ok(Json(told(&now)));
    }
    let message = format!("the broadcast is {} already", now.state.as_str());
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "broadcast_over", message)
        .hint("what is done or cancelled stays so; create another one for those who got nothing"))
}

fn bad_query(message: String, hint: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_query", message).hint(hint)
}

fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "unknown_broadcast", "there is no such broadcast here")
        .hint("the id is the one in the answer to the broadcast that was created")
}

fn told(broadcast: &Broadcast) -> Value {
    let Broadcast { id, channel_id, reference, state, at, created_at, changed_at, total, .. } = broadcast;
    let mut told = json!({
        "id": id,
        "status": state.as_str(),
        "channelId": channel_id,
        "total": total,
        "createdAt": created_at.to_string(),
        "updatedAt": changed_at.to_string(),
    });
    if let Some(members) = told.as_object_mut() {
        members.extend(reference.as_ref().map(|reference| ("ref".to_owned(), json!(reference))));
        members.extend(at.map(|at| ("at".to_owned(), json!(at.to_string()))));
    }
    told
}
