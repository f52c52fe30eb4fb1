//! What a channel can do beyond messages, listed and called without knowing its provider.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use channel_api::facets::Operations;
use channel_api::operation::{self, Operation};
use channel_api::{Action, ChannelAdapter, Performed};
use http::StatusCode;
use serde_json::{Map, Value, json};
use tokio_util::task::TaskTracker;

use super::Problem;
use super::request::{Addressed, JsonBody, without_channel};
use crate::profile::{self, ProfileLocks};
use crate::telemetry::{self, Metrics};
use crate::threads::Threads;

/// What an operation touches of the host.
#[derive(Clone, Debug)]
pub(super) struct Performing {
    pub(super) profiles: Arc<ProfileLocks>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) threads: Threads,
}

/// The operations of a channel, each with the schemas that its form can be drawn from.
pub(super) async fn list(channel: Addressed) -> Json<Value> {
    Json(json!({ "operations": known(&*channel.adapter) }))
}

/// One of them.
pub(super) async fn one(channel: Addressed) -> Result<Json<Value>, Problem> {
    Ok(Json(json!(find(&*channel.adapter, &channel.name)?)))
}

/// Performs one. Its calls are made once, whatever comes back.
pub(super) async fn call(
    State(performing): State<Performing>,
    State(tasks): State<TaskTracker>,
    Addressed { adapter, name }: Addressed,
    body: JsonBody,
) -> Result<Json<Performed>, Problem> {
    let name = find(&*adapter, &name)?.name;
    let mut input = body.optional()?.unwrap_or_else(|| Value::Object(Map::new()));
    without_channel(&mut input, &*adapter)?;
    // On a task of its own: a caller that hangs up must not leave an operation half done.
    let performed = tasks.spawn(perform(performing, adapter, name, input));
    performed
        .await
        .unwrap_or_else(|_| {
            Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", "the operation failed inside the host")
                .hint("it may have been done; look at the provider before you call it again")
                .action(Action::CheckOutcome))
        })
        .map(Json)
}

async fn perform(
    Performing { profiles, metrics, threads }: Performing,
    adapter: Arc<dyn ChannelAdapter>,
    name: &'static str,
    input: Value,
) -> Result<Performed, Problem> {
    let began = jiff::Timestamp::now();
    let performed = profile::perform(&*adapter, &profiles, name, &input).await;
    metrics.operation(performed.as_ref().map_or_else(|error| error.kind().as_str(), |_| "done"));
    match performed {
        Ok(performed) => {
            if let Some(thread) = &performed.thread {
                // Who answers has changed by our own call: the one place where operations tell the host's memory of
                // conversations.
                threads.changed_at(adapter.channel_id().as_str(), thread, began).await;
            }
            Ok(performed)
        }
        Err(error) => {
            if error.issues().is_empty() {
                telemetry::failed(&*adapter, &error, "an operation was not performed");
            }
            Err(error.into())
        }
    }
}

fn known(adapter: &dyn ChannelAdapter) -> &'static [Operation] {
    adapter.operations().map_or(&[], Operations::list)
}

fn find(adapter: &dyn ChannelAdapter, name: &str) -> Result<&'static Operation, Problem> {
    let known = known(adapter);
    let found = known.iter().find(|operation| operation.name == name);
    found.ok_or_else(|| Problem::from(operation::unknown(name, known)).not_found())
}
