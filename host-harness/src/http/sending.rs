//! What one message and many in a batch have in common: made ready, then concluded.

use std::sync::Arc;
use std::time::{Duration, Instant};

use channel_api::{
    ChannelAdapter, ChannelAdapterExt as _, Delivered, Denormalized, Error, ErrorKind, Issue, OutboundMessage, Pointer,
};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Problem;
use super::idempotency::{Begun, begin, settle};
use crate::app::App;
use crate::personalise::{person, personalise};
use crate::store::{Attempt, Outcome};
use crate::telemetry;
use crate::threads::OtherOwner;

/// A message that breaks no rule and has leave to be sent.
pub(super) struct Ready {
    pub(super) adapter: Arc<dyn ChannelAdapter>,
    /// As its author wrote it.
    message: Value,
    pub(super) translated: Denormalized,
    open: Option<Attempt>,
    /// Who answers the person, where that is somebody else.
    other: Option<OtherOwner>,
}

/// What there is to do for a message.
pub(super) enum Prepared {
    Send(Box<Ready>),
    /// It was sent before. This is the answer.
    Known(StatusCode, Value),
}

/// Checks a message, fills names in (waiting for them until `until` at most), translates it, and writes its key down.
pub(super) async fn prepare(app: &App, message: Value, key: Option<&str>, until: Instant) -> Result<Prepared, Problem> {
    let adapter = Arc::clone(find(app, &message)?);
    let personal = personalise(&message, &adapter, &app.people, until).await;
    let mut translated = match adapter.denormalize_json(&personal.message) {
        Ok(translated) => translated,
        Err(error) => {
            app.metrics.message(error.kind().as_str(), Duration::ZERO);
            // A name that is not known, or a long one, may be the reason.
            let warnings: Vec<&Issue> = error.warnings().iter().chain(&personal.warnings).collect();
            let problem = Problem::from(&error);
            return Err(if warnings.is_empty() { problem } else { problem.with("warnings", json!(warnings)) });
        }
    };
    translated.warnings.extend(personal.warnings);
    let other = match person(&message) {
        Some(person) => app.threads.other_owner(adapter.channel_id().as_str(), &person).await,
        None => None,
    };
    if let Some(other) = &other {
        // The provider decides: what the host knows may be old.
        let issue = Issue::new(&Pointer::ROOT.key("to"), "thread.other_owner", other.to_string());
        translated.warnings.push(issue.with_hint("leave the answer to them, or take the conversation back first"));
    }
    let open = match key {
        None => None,
        Some(key) => match begin(app, &*adapter, key, &message).await? {
            Begun::Send(open) => Some(open),
            Begun::Known(outcome) => {
                let (status, reply) = answer(&*adapter, &message["to"], &outcome, other.as_ref());
                return Ok(Prepared::Known(status, reply));
            }
        },
    };
    Ok(Prepared::Send(Box::new(Ready { adapter, message, translated, open, other })))
}

impl Ready {
    /// Says what became of it, and remembers what has to be remembered. Its calls began at `began` and took so long.
    pub(super) async fn conclude(
        self,
        app: &App,
        Delivered { receipts, failure }: Delivered,
        began: Timestamp,
        took: Duration,
    ) -> (StatusCode, Value) {
        let Self { adapter, message, translated, open, other } = self;
        let word = failure.as_ref().map_or("sent", |error| error.kind().as_str());
        app.metrics.message(word, took);
        let channel_id = adapter.channel_id();
        match &failure {
            None => {
                if let Some(thread) = &translated.thread {
                    app.threads.changed_at(channel_id.as_str(), thread, began).await;
                }
            }
            Some(error) => {
                telemetry::failed(&*adapter, error, "a message was not sent");
                if error.kind() == ErrorKind::Rejected {
                    // One of the ids in it may have ended.
                    let mut ids = Vec::new();
                    attachment_ids(&message, &mut ids);
                    for id in ids {
                        app.uploads.forget(channel_id.as_str(), &id).await;
                    }
                }
            }
        }
        let Denormalized { requests, warnings, .. } = translated;
        let outcome = Outcome { receipts, parts: requests.len(), failure, warnings };
        let answer = answer(&*adapter, &message["to"], &outcome, other.as_ref());
        if let Some(attempt) = &open {
            settle(app, attempt, outcome).await;
        }
        answer
    }
}

/// What the author of a message is answered.
fn answer(
    adapter: &dyn ChannelAdapter,
    to: &Value,
    outcome: &Outcome,
    other: Option<&OtherOwner>,
) -> (StatusCode, Value) {
    let Outcome { receipts, parts, failure, warnings } = outcome;
    let Some(error) = failure else {
        let channel_id = adapter.channel_id();
        let reply = json!({ "channelId": channel_id, "to": to, "receipts": receipts, "warnings": warnings });
        return (StatusCode::OK, reply);
    };
    let mut problem =
        if receipts.is_empty() { Problem::from(error) } else { Problem::partly_sent(error, receipts, *parts) };
    if error.kind() == ErrorKind::ThreadOwned {
        problem = owned(problem, error, other);
    }
    problem.parts()
}

/// What the host knows beside what the provider says.
fn owned(problem: Problem, error: &Error, other: Option<&OtherOwner>) -> Problem {
    let Some(other) = other else { return problem };
    let hint = format!("{}; {other}", error.hint().unwrap_or_default().trim_end_matches('.'));
    problem
        .hint(hint.trim_start_matches("; "))
        .with("conversation", json!({ "owner": { "who": "app", "app": other.app }, "since": other.since.to_string() }))
}

/// The channel that a message names, in either spelling.
pub(super) fn find<'a>(app: &'a App, message: &Value) -> Result<&'a Arc<dyn ChannelAdapter>, Problem> {
    let (read, report) = OutboundMessage::read(message);
    if read.channel_id.is_empty() {
        return Err(Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report).into());
    }
    app.channels.get(&read.channel_id).ok_or_else(|| {
        let mut known: Vec<_> = app.channels.iter().map(|channel| channel.channel_id().as_str()).collect();
        known.sort_unstable();
        Problem::new(StatusCode::NOT_FOUND, "unknown_channel", "there is no such channel here")
            .hint(format!("`channelId` is one of: {}", known.join(", ")))
    })
}

/// The ids in a message, in either spelling.
fn attachment_ids(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(id) if matches!(name.as_str(), "attachmentId" | "attachment_id") => {
                        ids.push(id.clone());
                    }
                    Value::Number(id) if matches!(name.as_str(), "attachmentId" | "attachment_id") => {
                        ids.push(id.to_string());
                    }
                    member => attachment_ids(member, ids),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| attachment_ids(element, ids)),
        _ => {}
    }
}
