//! The profile of a channel as desired state: what is sent is what shall be, and the host makes the calls that are missing.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use channel_api::facets::required;
use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{Action, ChannelAdapter, Error, ErrorKind, Issue, Pointer, Report};
use http::StatusCode;
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use super::fields::Fields;
use super::request::{Addressed, JsonBody, without_channel};
use super::{Problem, problem};
use crate::profile::{self, Applied, DesiredProfile, ProfileLocks};
use crate::telemetry;

/// The way to a channel's profile: one at a time, on a task of its own.
#[derive(Clone, Debug)]
pub(super) struct ProfileAccess {
    pub(super) locks: Arc<ProfileLocks>,
    pub(super) tasks: TaskTracker,
}

/// The profile as the provider has it.
pub(super) async fn read(channel: Addressed) -> Result<Json<Profile>, Problem> {
    Ok(Json(required(channel.adapter.profile(), "profile_read")?.read().await?))
}

/// The whole document: what is absent stays, what is null goes.
pub(super) async fn put(
    State(access): State<ProfileAccess>,
    channel: Addressed,
    fields: Fields,
    body: JsonBody,
) -> Result<Json<Value>, Problem> {
    let mut body = body.required()?;
    without_channel(&mut body, &*channel.adapter)?;
    let Value::Object(document) = body else {
        let mut report = Report::default();
        let message = "must be an object with a member for each property, such as {\"greeting\": …}";
        report.refuse(Issue::new(&Pointer::ROOT, "type", message));
        return Err(Error::refused(ErrorKind::InvalidMessage, "invalid_profile", "the profile", report).into());
    };
    carry_out(access, channel.adapter, DesiredProfile::Document(Profile(document)), understood(fields)?).await
}

/// One property; the body is its value, or the object of the SDK's call.
pub(super) async fn put_property(
    State(access): State<ProfileAccess>,
    channel: Addressed,
    fields: Fields,
    body: JsonBody,
) -> Result<Json<Value>, Problem> {
    let property = property(&channel)?;
    let mut body = body.required()?;
    without_channel(&mut body, &*channel.adapter)?;
    let desired = DesiredProfile::property(&property, body);
    let done = carry_out(access, channel.adapter, desired, understood(fields)?).await;
    within(&property, done)
}

/// Takes one property away.
pub(super) async fn delete_property(
    State(access): State<ProfileAccess>,
    channel: Addressed,
    fields: Fields,
) -> Result<Json<Value>, Problem> {
    let property = property(&channel)?;
    let done =
        carry_out(access, channel.adapter, DesiredProfile::without([property.clone()]), understood(fields)?).await;
    within(&property, done)
}

/// Takes all of it away.
pub(super) async fn delete(
    State(access): State<ProfileAccess>,
    channel: Addressed,
    fields: Fields,
) -> Result<Json<Value>, Problem> {
    carry_out(access, channel.adapter, DesiredProfile::Nothing, understood(fields)?).await
}

/// The body was the property's value alone: pointers lead into that.
fn within(property: &str, done: Result<Json<Value>, Problem>) -> Result<Json<Value>, Problem> {
    let place = format!("/{property}");
    match done {
        Ok(Json(mut answer)) => {
            if let Value::Object(members) = &mut answer {
                problem::below(members, &place);
            }
            Ok(Json(answer))
        }
        Err(problem) => Err(problem.below(&place)),
    }
}

/// Whether only the plan is wanted.
fn understood(mut fields: Fields) -> Result<bool, Problem> {
    let dry_run = fields.flag("dryRun").or_else(|| fields.flag("dry_run"));
    fields.end(|message| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", message)
            .hint("dryRun=true answers with the plan and changes nothing; there is no other parameter")
    })?;
    Ok(dry_run.unwrap_or_default())
}

fn property(channel: &Addressed) -> Result<String, Problem> {
    profile::property_name(&channel.name).ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "unknown_property", "this cannot be the name of a property")
            .hint("name it as the profile does, such as persistent_menu, persistentMenu or persistent-menu")
    })
}

async fn carry_out(
    ProfileAccess { locks, tasks }: ProfileAccess,
    adapter: Arc<dyn ChannelAdapter>,
    desired: DesiredProfile,
    only_plan: bool,
) -> Result<Json<Value>, Problem> {
    if only_plan {
        let plan = profile::plan(&*adapter, &desired).await.inspect_err(|error| noted(&*adapter, error))?;
        return Ok(Json(shown(&plan, &[])));
    }
    let lock = locks.of(adapter.channel_id());
    // On a task of its own: a caller that hangs up must not leave a profile half set.
    let working = tasks.spawn(async move {
        let _alone = lock.lock().await;
        let plan = profile::plan(&*adapter, &desired).await.inspect_err(|error| noted(&*adapter, error))?;
        let done = profile::apply(&*adapter, plan).await;
        match &done.failure {
            None => Ok(Json(shown(&done.plan, &done.properties))),
            Some(error) => {
                noted(&*adapter, error);
                Err(partly_applied(&done, error))
            }
        }
    });
    working.await.unwrap_or_else(|_| {
        Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", "setting the profile failed inside the host")
            .hint("some of it may be set; read the profile before you go on")
            .action(Action::CheckOutcome))
    })
}

fn noted(adapter: &dyn ChannelAdapter, error: &Error) {
    if error.issues().is_empty() {
        telemetry::failed(adapter, error, "a profile was not planned or set");
    }
}

fn shown(plan: &ProfilePlan, applied: &[String]) -> Value {
    json!({
        "changes": plan.changes,
        "requests": plan.requests.len(),
        "warnings": plan.warnings,
        "applied": applied,
    })
}

/// The failure, with what was done before it and what was not.
fn partly_applied(done: &Applied, error: &Error) -> Problem {
    Problem::from(error)
        .hint(profile::advice(error))
        .with("applied", json!(done.properties))
        .with("notApplied", json!(done.not_applied()))
}
