use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use http::StatusCode;
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use super::Problem;
use crate::channels::Channels;
use crate::erasure::Erasure;
use crate::store::{Erased, StoreError};

/// Erases a person. The channel need not be there any more: what was kept of it may be.
pub(super) async fn erase(
    State(erasure): State<Erasure>,
    State(channels): State<Channels>,
    State(tasks): State<TaskTracker>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    let Path((channel_id, person)) = path
        .map_err(|_| Problem::new(StatusCode::NOT_FOUND, "no_such_address", "the address's %-escapes must be UTF-8"))?;
    let (channel, name) = (channel_id.clone(), person.clone());
    // It goes on when whoever asked does not wait for it.
    let erasing = tasks.spawn(async move { erasure.erase(&channel, &name).await });
    let (Erased { events, messages }, at) = erasing.await.unwrap_or(Err(StoreError::Closed))?;
    if events + messages == 0 && channels.list().get(&channel_id).is_none() {
        return Err(Problem::unknown_channel().hint("nothing was kept under this name either: check it"));
    }
    let at = at.to_string();
    Ok(Json(json!({
        "channelId": channel_id, "person": person, "erasedAt": at, "events": events, "messages": messages
    })))
}
