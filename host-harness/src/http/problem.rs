//! What a caller is told when something is wrong.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use channel_api::{Action, Error, ErrorKind, Receipt, Retry};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use super::MAX_BODY;
use crate::store::StoreError;

/// What is wrong with a request, as RFC 9457 says it: `type`, `title`, `status` and `detail`, and beside them `code` (stable, for
/// programs), `message`, `hint`, `action`, `issues`, `retry`, `provider` and whatever else helps. `error` repeats `code` and `message` for
/// clients that look for them there.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    retry_after: Option<u64>,
    /// Everything but what [`parts`](Self::parts) adds.
    members: Map<String, Value>,
}

impl Problem {
    /// A problem with a stable code and a sentence, and the next step where the status tells it.
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let mut members = Map::new();
        members.insert("code".to_owned(), code.into());
        members.insert("message".to_owned(), message.into().into());
        Self { status, retry_after: None, members }.action(usual_action(status))
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.with("hint", Value::String(hint.into()))
    }

    /// Says after how many seconds to ask again.
    #[must_use]
    pub(super) fn after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Says what to do next, for programs. `None` where nobody knows.
    #[must_use]
    pub fn action(mut self, action: impl Into<Option<Action>>) -> Self {
        self.members.remove("action");
        self.members.extend(action.into().map(|action| ("action".to_owned(), json!(action))));
        self
    }

    /// A message of several parts of which some went out before one failed. Whatever the failed part's own advice is, the
    /// message as a whole must not be sent again.
    #[must_use]
    pub fn partly_sent(error: &Error, receipts: &[Receipt], parts: usize) -> Self {
        let message = format!("{} of {parts} parts were sent, then: {error}", receipts.len());
        Self { status: StatusCode::BAD_GATEWAY, retry_after: None, ..Self::from(error) }
            .with("code", json!("partly_sent"))
            .with("cause", json!(error.code()))
            .with("message", json!(message))
            .with("retry", json!(Retry::IF_IDEMPOTENT))
            .with("receipts", json!(receipts))
            .hint("send what is missing as a message of its own, not the whole again")
            .action(Action::SendRest)
    }

    /// A channel that is asked for and is not here.
    pub(super) fn unknown_channel() -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown_channel", "there is no such channel here")
    }

    /// A body that could not be read.
    pub(super) fn unread(rejection: &BytesRejection) -> Self {
        let status = rejection.status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            return Self::too_large(MAX_BODY);
        }
        Self::stopped("the body did not come to its end")
    }

    /// A body with more than so many bytes.
    pub(super) fn too_large(max: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("the body is larger than {max} bytes"))
    }

    /// A body that began, and did not come to its end in time.
    pub(super) fn stopped(message: &str) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "unread", message)
            .hint("send the whole body, without a pause of 20 seconds or more")
            .action(Action::RetryLater)
    }

    /// The whole document.
    pub(crate) fn document(self) -> Value {
        self.parts().1
    }

    /// Its status and the whole document.
    pub(super) fn parts(self) -> (StatusCode, Value) {
        let Self { status, mut members, .. } = self;
        // A program tells problems apart by their code. There is no page to each, so the type is the one that says no more than
        // the status does.
        members.insert("type".to_owned(), "about:blank".into());
        members.insert("title".to_owned(), status.canonical_reason().unwrap_or_default().into());
        members.insert("status".to_owned(), status.as_u16().into());
        let member = |name: &str| members.get(name).cloned().unwrap_or_default();
        let (code, message) = (member("code"), member("message"));
        members.insert("error".to_owned(), json!({ "code": code, "message": message }));
        members.insert("detail".to_owned(), message);
        (status, Value::Object(members))
    }

    /// A message that is kept has failed for good, whatever kind of failure that is elsewhere: no client shall repeat the request
    /// by itself.
    #[must_use]
    pub(super) fn final_refusal(self) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, retry_after: None, ..self }
    }

    /// The address names what is not there, whatever kind of failure that is elsewhere.
    #[must_use]
    pub(super) fn not_found(self) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..self }.action(Action::FixRequest)
    }

    /// Lets pointers lead into a body that stands at `place` in what was checked.
    #[must_use]
    pub(super) fn below(mut self, place: &str) -> Self {
        below(&mut self.members, place);
        self
    }

    /// Adds a fact.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }
}

/// What a failure of a channel keeps for the log.
const FOR_THE_LOG: [&str; 3] = ["operation", "context", "causes"];

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let mut problem = Self::new(status(error), error.code(), error.to_string()).action(error.action());
        if let Ok(Value::Object(members)) = serde_json::to_value(error) {
            problem.members.extend(members);
        }
        problem.members.retain(|name, _| !FOR_THE_LOG.contains(&name.as_str()));
        let before_any_call = [ErrorKind::Unauthenticated, ErrorKind::MalformedWebhook, ErrorKind::InvalidMessage];
        if before_any_call.contains(&error.kind()) {
            problem.members.remove("retry");
        }
        if let Retry::Safe { after: Some(after) } | Retry::IfIdempotent { after: Some(after) } = error.retry() {
            problem.retry_after = Some(after.as_secs());
        }
        problem
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(%error, source, "the event store failed");
        if error.is_temporary() {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let problem = Self::new(status, "store_unavailable", "the store cannot be used now");
            // What came of the request is not known here: a commit that failed may stand, and what came before it does.
            return Self { retry_after: Some(1), ..problem.hint("ask again in a moment") };
        }
        let problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.code(), "the event store refused this");
        match error {
            StoreError::CorruptEvent { seq } => {
                problem.hint(format!("event {seq} cannot be read; go on with after={seq}"))
            }
            _ => problem,
        }
    }
}

/// What to do next about a problem of the host's own, as far as its status tells it.
fn usual_action(status: StatusCode) -> Option<Action> {
    match status {
        StatusCode::UNAUTHORIZED => Some(Action::Authenticate),
        StatusCode::FORBIDDEN | StatusCode::CONFLICT => None,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Some(Action::RetryLater),
        status => status.is_client_error().then_some(Action::FixRequest),
    }
}

/// Shortens the pointers of an answer's issues and warnings that begin with `place`.
pub(super) fn below(answer: &mut Map<String, Value>, place: &str) {
    for list in ["issues", "warnings"] {
        let Some(Value::Array(issues)) = answer.get_mut(list) else { continue };
        for pointer in issues.iter_mut().filter_map(|issue| issue.get_mut("pointer")) {
            let inner = pointer.as_str().and_then(|pointer| pointer.strip_prefix(place)).map(str::to_owned);
            if let Some(inner) = inner.filter(|inner| inner.is_empty() || inner.starts_with('/')) {
                *pointer = inner.into();
            }
        }
    }
}

/// Which status a failure has. The caller's own mistakes are 4xx; what the provider or the network did is 5xx, but for states
/// that the caller can see and wait for.
fn status(error: &Error) -> StatusCode {
    match error.kind() {
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::MalformedWebhook => StatusCode::BAD_REQUEST,
        // A configuration that was sent to be tried, with what is wrong with it.
        ErrorKind::Config if !error.issues().is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::InvalidMessage | ErrorKind::Rejected => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unsupported => StatusCode::NOT_IMPLEMENTED,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::WindowClosed | ErrorKind::RecipientUnavailable | ErrorKind::ThreadOwned => StatusCode::CONFLICT,
        ErrorKind::Unreachable if matches!(error.retry(), Retry::IfIdempotent { .. }) => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::Credentials | ErrorKind::Permission | ErrorKind::ProviderFailed | ErrorKind::Unreachable => {
            StatusCode::BAD_GATEWAY
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let retry_after = self.retry_after;
        let (status, document) = self.parts();
        let mut response = (status, Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

pub(super) async fn no_route() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no_such_address", "there is nothing at this address").hint(
        "webhooks: /api/v1/webhooks/{type}/{channelId}; the API: /api/v1/messages, /api/v1/events, /api/v1/channels",
    )
}

pub(super) async fn no_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "no_such_method", "this address does not take this method")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_lead_into_the_body_that_was_sent() {
        let list = json!([{"pointer": "/menu/0/title"}, {"pointer": "/menu"}, {"pointer": "/menus/0"}]);
        let mut answer = Map::from_iter([("warnings".to_owned(), list)]);
        below(&mut answer, "/menu");
        assert_eq!(answer["warnings"], json!([{"pointer": "/0/title"}, {"pointer": ""}, {"pointer": "/menus/0"}]));
    }

    #[test]
    fn a_failure_is_told_without_what_is_for_the_log() {
        let failure = Error::new(ErrorKind::RateLimited, "rate.page", "too many calls")
            .with_retry(Retry::Safe { after: Some(std::time::Duration::from_secs(9)) })
            .with_hint("wait")
            .with_operation("send")
            .with_context("path", "/me/messages")
            .with_source(std::io::Error::other("the cause"));
        let (status, document) = Problem::from(failure).parts();
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        let expected = json!({
            "type": "about:blank",
            "title": "Too Many Requests",
            "status": 429,
            "detail": "too many calls",
            "code": "rate.page",
            "message": "too many calls",
            "hint": "wait",
            "action": "retry_later",
            "kind": "rate_limited",
            "retry": {"advice": "safe", "afterSeconds": 9},
            "error": {"code": "rate.page", "message": "too many calls"},
        });
        assert_eq!(document, expected);
    }

    #[test]
    fn the_next_step_is_of_the_failure_or_else_of_the_status() {
        let action = |problem: Problem| problem.parts().1.get("action").cloned();
        for (status, expected) in [
            (StatusCode::UNAUTHORIZED, Some("authenticate")),
            (StatusCode::NOT_FOUND, Some("fix_request")),
            (StatusCode::FORBIDDEN, None),
            (StatusCode::SERVICE_UNAVAILABLE, Some("retry_later")),
            (StatusCode::INTERNAL_SERVER_ERROR, None),
        ] {
            assert_eq!(action(Problem::new(status, "x", "…")), expected.map(Value::from), "{status}");
        }
        let unsigned = Error::new(ErrorKind::Unauthenticated, "webhook.signature", "not signed");
        assert_eq!(action(Problem::from(&unsigned)), None, "a webhook is not signed with the host's key");
        let unknown = Error::new(ErrorKind::Config, "registry.unknown_type", "no such type");
        assert_eq!(action(Problem::from(&unknown)), Some("check_configuration".into()));
        assert_eq!(action(Problem::from(&unknown).not_found()), Some("fix_request".into()));
        let limited = Error::new(ErrorKind::RateLimited, "rate.page", "too much").with_retry(Retry::SAFE);
        let partly = Problem::partly_sent(&limited, &[Receipt::default()], 2);
        assert_eq!(action(partly), Some("send_rest".into()), "the whole must not be sent again");
    }

    #[test]
    fn the_readme_lists_every_action_and_no_other() {
        let (_, table) = include_str!("../../../README.md").split_once("| `action` |").unwrap();
        let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
        let listed: Vec<_> = rows.map(|row| Value::from(row.split('`').nth(1).unwrap())).collect();
        assert_eq!(Value::from(listed), json!(Action::ALL));
    }

    #[test]
    fn a_configuration_that_was_sent_is_its_sender_s_to_mend() {
        let mut report = channel_api::Report::default();
        report.refuse(channel_api::Issue::new(&channel_api::Pointer::ROOT, "required", "is missing"));
        let refused = Error::refused(ErrorKind::Config, "invalid_config", "the configuration", report);
        assert_eq!(status(&refused), StatusCode::UNPROCESSABLE_ENTITY);
        let ours = Error::new(ErrorKind::Config, "host.http_client", "the HTTP client cannot be made");
        assert_eq!(status(&ours), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
