//! What goes to Linktor's core because an operator says so.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Problem;
use super::fields::Fields;
use super::request::Addressed;
use crate::linktor::{Again, Standing};

/// Publishes again what the core has given up: `POST /api/v1/channels/{id}/linktor/redrive`. Answers how many messages those are.
pub(super) async fn redrive(
    State(standing): State<Option<Standing>>,
    channel: Addressed,
    fields: Fields,
) -> Result<Json<Value>, Problem> {
    fields.end(bad_query)?;
    let (id, again) = again(standing, &channel)?;
    Ok(Json(json!({"id": id, "due": again.given_up(&id).await?})))
}

/// Publishes what people said before the channel came on the bus, from that moment on: `POST
/// /api/v1/channels/{id}/linktor/publish?since=TIME`. Answers how many messages those are.
pub(super) async fn publish(
    State(standing): State<Option<Standing>>,
    channel: Addressed,
    mut fields: Fields,
) -> Result<Json<Value>, Problem> {
    let since = fields.time("since");
    fields.end(bad_query)?;
    let (id, again) = again(standing, &channel)?;
    let since = since.unwrap_or(Timestamp::UNIX_EPOCH);
    Ok(Json(json!({"id": id, "due": again.older(&id, since).await?})))
}

fn again(standing: Option<Standing>, channel: &Addressed) -> Result<(String, Again), Problem> {
    let id = channel.adapter.channel_id().to_string();
    let here = standing.filter(|standing| standing.of(&id).is_some());
    let again = here.map(|standing| standing.again()).ok_or_else(|| {
        Problem::new(StatusCode::CONFLICT, "not_in_linktor", "this channel is not on Linktor's bus")
            .hint("set [linktor] and the channel's linktor_channel_id, and start the host again")
    })?;
    Ok((id, again))
}

fn bad_query(message: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_query", message)
}
