use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use crate::app::App;
use crate::engine::{self, MAX_PAGE};

const DEFAULT_PAGE: usize = 100;

/// Where a reader stands.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Place {
    pub(super) after: Option<u64>,
    limit: Option<usize>,
    pub(super) channel_id: Option<String>,
}

/// The events after a place, and the place for the next call.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    place: Result<Query<Place>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let place = understood(place)?;
    let after = place.after.unwrap_or(0);
    let limit = place.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let events = app.feed.read(engine::Query { after, limit, channel_id: place.channel_id }).await?;
    let next = events.last().map_or(after, |event| event.seq);
    Ok(Json(json!({ "events": events, "next": next })))
}

pub(super) fn understood(place: Result<Query<Place>, QueryRejection>) -> Result<Place, Problem> {
    place.map(|Query(place)| place).map_err(|rejection| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", rejection.body_text())
            .hint(format!("after: a number from an earlier answer; limit: 1 to {MAX_PAGE}; channelId: a channel's id"))
    })
}
