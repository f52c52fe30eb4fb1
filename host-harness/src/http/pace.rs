//! Whether a channel sends: paused and resumed by whoever operates it.

use axum::Json;
use axum::extract::State;
use channel_api::ChannelId;
use http::StatusCode;
use serde::Serialize;
use tokio_util::task::TaskTracker;

use super::Problem;
use super::request::Addressed;
use crate::sending::{Pace, SendingState};

/// What became of it.
#[derive(Debug, Serialize)]
pub(super) struct Sending {
    id: ChannelId,
    sending: SendingState,
}

/// Sends nothing more until somebody resumes it: `POST /api/v1/channels/{id}/pause`. What is under way ends.
pub(super) async fn pause(
    State(pace): State<Pace>,
    State(tasks): State<TaskTracker>,
    channel: Addressed,
) -> Result<Json<Sending>, Problem> {
    set(true, pace, &tasks, channel.adapter.channel_id().clone()).await
}

/// Sends again: `POST /api/v1/channels/{id}/resume`.
pub(super) async fn resume(
    State(pace): State<Pace>,
    State(tasks): State<TaskTracker>,
    channel: Addressed,
) -> Result<Json<Sending>, Problem> {
    set(false, pace, &tasks, channel.adapter.channel_id().clone()).await
}

async fn set(paused: bool, pace: Pace, tasks: &TaskTracker, id: ChannelId) -> Result<Json<Sending>, Problem> {
    // On a task of its own: a caller that hangs up must not leave it done in the store alone.
    let setting = tasks.spawn(async move {
        if paused { pace.pause(id.as_str()).await } else { pace.resume(id.as_str()).await }?;
        Ok::<_, Problem>(Sending { sending: pace.state(id.as_str()), id })
    });
    let unfinished = |_| {
        let message = "the host failed while it paused or resumed the channel";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", message)
            .hint("ask again: what is done twice is done once")
    };
    setting.await.map_err(unfinished)?.map(Json)
}
