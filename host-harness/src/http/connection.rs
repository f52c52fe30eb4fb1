//! Whether a channel can work: what is known, a check, a repair, and the trial of a configuration before it is saved.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use channel_api::{Action, ChannelAdapter, ConnectionStatus, Issue};
use http::StatusCode;
use serde::Serialize;
use tokio_util::task::TaskTracker;

use super::Problem;
use super::request::{Addressed, JsonBody};
use crate::adapter_builder::AdapterBuilder;
use crate::connections::{self, Connection, ConnectionError, Connections, State as Health};
use crate::telemetry;

/// What the last check found.
pub(super) async fn last(State(connections): State<Connections>, channel: Addressed) -> Json<Connection> {
    Json(connections.known(channel.adapter.channel_id()))
}

/// Checks now.
pub(super) async fn check(State(connections): State<Connections>, channel: Addressed) -> Json<Connection> {
    Json(connections.check(channel.adapter.channel_id()).await)
}

/// What a repair came to.
#[derive(Debug, Serialize)]
pub(super) struct Repair {
    /// Whether there was something to repair, and the provider took it.
    repaired: bool,
    /// What the provider did not take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Issue>,
    #[serde(flatten)]
    connection: Connection,
}

/// Subscribes to what is missing, where that would help.
pub(super) async fn repair(
    State(connections): State<Connections>,
    State(tasks): State<TaskTracker>,
    channel: Addressed,
) -> Result<Json<Repair>, Problem> {
    // On a task of its own: a caller that hangs up must not leave open whether it was done.
    let repairing = tasks.spawn(async move {
        let adapter = &*channel.adapter;
        let repaired = connections.repair(adapter.channel_id()).await;
        repaired.inspect_err(|error| failed(adapter, error, "a subscription was not repaired"))
    });
    let done = repairing.await.map_err(|_| unfinished("repair"))??;
    Ok(Json(Repair { repaired: done.repaired, warnings: done.warnings, connection: done.connection }))
}

/// What was ended.
#[derive(Debug, Serialize)]
pub(super) struct Unsubscription {
    unsubscribed: bool,
    #[serde(flatten)]
    connection: Connection,
}

/// Has the provider deliver nothing any more, until somebody repairs the connection.
pub(super) async fn unsubscribe(
    State(connections): State<Connections>,
    State(tasks): State<TaskTracker>,
    channel: Addressed,
) -> Result<Json<Unsubscription>, Problem> {
    // On a task of its own, as a repair.
    let ending = tasks.spawn(async move {
        let adapter = &*channel.adapter;
        let ended = connections.unsubscribe(adapter.channel_id()).await;
        ended.inspect_err(|error| failed(adapter, error, "a subscription was not ended"))
    });
    let connection = ending.await.map_err(|_| unfinished("unsubscription"))??;
    Ok(Json(Unsubscription { unsubscribed: true, connection }))
}

fn failed(adapter: &dyn ChannelAdapter, error: &ConnectionError, what: &'static str) {
    // What the store could not do is told where it becomes an answer.
    if let ConnectionError::Channel(error) = error {
        telemetry::failed(adapter, error, what);
    }
}

fn unfinished(what: &str) -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", format!("the {what} failed inside the host"))
        .hint("check the connection to see what was done")
        .action(Action::CheckOutcome)
}

impl From<ConnectionError> for Problem {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::Channel(error) => error.into(),
            ConnectionError::Store(error) => error.into(),
        }
    }
}

/// What a trial found.
#[derive(Debug, Serialize)]
pub(super) struct Trial {
    state: Health,
    #[serde(flatten)]
    status: ConnectionStatus,
}

/// Tries a configuration before it is saved: `POST /api/v1/channels/test-{type}`. Nothing of it is kept. A dashboard takes every
/// success for a good configuration, so one that cannot work is a refusal, with all that was found.
pub(super) async fn test(
    State(builder): State<Arc<AdapterBuilder>>,
    word: Result<Path<String>, PathRejection>,
    body: JsonBody,
) -> Result<Json<Trial>, Problem> {
    let word = word.map(|Path(word)| word).unwrap_or_default();
    let channel_type = word.strip_prefix("test-").ok_or_else(|| {
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "no_such_method", "this address does not take this method")
            .hint("POST to /api/v1/channels/test-{type} tries a configuration; channels are set up in the host's file")
    })?;
    let registration = builder.registry.get(channel_type).map_err(|error| Problem::from(error).not_found())?;
    let adapter = (registration.trial)(&body.required()?, &builder.context("trial"))?;
    let mut status = connections::check(&*adapter, None).await?;
    // Nobody subscribes what is not saved: that comes after, and says nothing of the configuration.
    let (later, problems) =
        status.problems.into_iter().partition(|issue| issue.action == Some(Action::RepairConnection));
    status.problems = problems;
    status.warnings.extend::<Vec<Issue>>(later);
    let trial = Trial { state: Health::of(&status), status };
    match trial.status.problems.first() {
        Some(problem) => Err(broken(problem, &trial)),
        None => Ok(Json(trial)),
    }
}

fn broken(first: &Issue, found: &Trial) -> Problem {
    // A dashboard shows the message alone.
    let message = match &first.hint {
        Some(hint) => format!("{}: {hint}", first.message),
        None => first.message.clone(),
    };
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "broken", message).action(first.action);
    let found = serde_json::to_value(found).unwrap_or_default();
    found.as_object().into_iter().flatten().fold(problem, |problem, (name, value)| problem.with(name, value.clone()))
}
