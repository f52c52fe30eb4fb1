//! Broadcasts: one message to many, watched, paused, resumed and cancelled.

use axum::Json;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Problem;
use super::messages::key_in;
use super::request::document;
use crate::broadcasts::{Broadcasts, MOST_PEOPLE, Report, Request, Wish};
use crate::store::{Broadcast, BroadcastQuery, CastState};

/// The largest body of a broadcast: room for the longest list of people.
pub(super) const MAX_LIST: usize = 32 * 1024 * 1024;

const DEFAULT_PAGE: usize = 50;
/// How many broadcasts an answer holds at most.
const MAX_PAGE: usize = 200;

/// How a broadcast is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Asked {
    /// Only count who may be written to.
    #[serde(default)]
    dry_run: bool,
}

/// Which broadcasts are asked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BroadcastsQuery {
    status: Option<String>,
    channel: Option<String>,
    cursor: Option<u64>,
    limit: Option<usize>,
}

/// Takes a broadcast.
pub(super) async fn create(
    State(broadcasts): State<Broadcasts>,
    query: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let Query(Asked { dry_run }) = query.map_err(|_| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", "dryRun must be true or false, and nothing else is asked")
    })?;
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
        response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
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
pub(super) async fn list(
    State(broadcasts): State<Broadcasts>,
    query: Result<Query<BroadcastsQuery>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let bad = |message: String| {
        let states: Vec<_> = CastState::ALL.iter().map(|state| state.as_str()).collect();
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", message).hint(format!(
            "status: {}; channel: its id; cursor: nextCursor of an earlier answer; limit: 1 to {MAX_PAGE}",
            states.join(", ")
        ))
    };
    let Query(query) = query.map_err(|rejection| bad(rejection.body_text()))?;
    let limit = query.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let state = query.status.map(|status| {
        CastState::written(&status).ok_or_else(|| bad("status is none that a broadcast can have".to_owned()))
    });
    let states = state.transpose()?.into_iter().collect();
    // One more tells whether there are more.
    let asked = BroadcastQuery { before: query.cursor, limit: limit + 1, channel_id: query.channel, states };
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
    let is_done = match wish {
        Wish::Pause => now.state == CastState::Paused,
        Wish::Resume => now.state.is_active(),
        Wish::Cancel => now.state == CastState::Cancelled,
    };
    if is_done {
        return Ok(Json(told(&now)));
    }
    let message = format!("the broadcast is {} already", now.state.as_str());
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "broadcast_over", message)
        .hint("what is done or cancelled stays so; create another one for those who got nothing"))
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
