//! What a caller is told when something is wrong.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use channel_api::{Error, ErrorKind, Receipt, Retry};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use super::MAX_BODY;
use crate::store::StoreError;

/// An error as the API answers it: `{"error": {"code", "message", "hint"?, "issues"?, …}}`.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    retry_after: Option<u64>,
    body: Map<String, Value>,
}

impl Problem {
    /// A problem with a stable code and a sentence.
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let mut body = Map::new();
        body.insert("error".to_owned(), json!({ "code": code, "message": message.into() }));
        Self { status, retry_after: None, body }
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.with("hint", Value::String(hint.into()))
    }

    /// A message of several parts of which some went out before one failed. Whatever the failed part's own advice is, the
    /// message as a whole must not be sent again.
    #[must_use]
    pub fn partly_sent(error: &Error, receipts: &[Receipt], parts: usize) -> Self {
        let message = format!("{} of {parts} parts were sent, then: {error}", receipts.len());
        let mut problem = Self { status: StatusCode::BAD_GATEWAY, retry_after: None, ..Self::from(error) }
            .with("code", json!("partly_sent"))
            .with("cause", json!(error.code()))
            .with("message", json!(message))
            .with("retry", json!(Retry::IF_IDEMPOTENT))
            .hint("send what is missing as a message of its own, not the whole again");
        problem.body.insert("receipts".to_owned(), json!(receipts));
        problem
    }

    /// A body that could not be read.
    pub(super) fn unread(rejection: &BytesRejection) -> Self {
        let status = rejection.status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            return Self::new(status, "too_large", format!("the body is larger than {MAX_BODY} bytes"));
        }
        Self::new(status, "unread", "the body could not be read to its end")
    }

    /// Its status and JSON, for a ledger that keeps replies.
    pub(crate) fn parts(&self) -> (StatusCode, Value) {
        (self.status, Value::Object(self.body.clone()))
    }

    /// Answers with another status than the failure's own.
    #[must_use]
    pub(super) fn at(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Lets pointers lead into a body that stands at `place` in what was checked.
    #[must_use]
    pub(super) fn below(mut self, place: &str) -> Self {
        if let Some(error) = self.body.get_mut("error") {
            below(error, place);
        }
        self
    }

    /// Adds a fact to the error.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        if let Some(Value::Object(error)) = self.body.get_mut("error") {
            error.insert(name.to_owned(), value);
        }
        self
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let mut problem = Self::new(status(error), error.code(), error.to_string());
        problem = problem.with("kind", json!(error.kind()));
        if let Some(hint) = error.hint() {
            problem = problem.hint(hint);
        }
        if !error.issues().is_empty() {
            problem = problem.with("issues", json!(error.issues()));
        }
        if !error.warnings().is_empty() {
            problem = problem.with("warnings", json!(error.warnings()));
        }
        if let Some(provider) = error.provider() {
            problem = problem.with("provider", json!(provider));
        }
        let before_any_call = [ErrorKind::Unauthenticated, ErrorKind::MalformedWebhook, ErrorKind::InvalidMessage];
        if !before_any_call.contains(&error.kind()) {
            problem = problem.with("retry", json!(error.retry()));
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
            let problem = Self::new(status, "store_unavailable", "the event store cannot be used now");
            return Self { retry_after: Some(1), ..problem.hint("nothing was taken; send it again in a moment") };
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

/// Shortens the pointers of an answer's issues and warnings that begin with `place`.
pub(super) fn below(answer: &mut Value, place: &str) {
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
        let mut response = (self.status, Json(Value::Object(self.body))).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
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
        let mut answer =
            json!({"warnings": [{"pointer": "/menu/0/title"}, {"pointer": "/menu"}, {"pointer": "/menus/0"}]});
        below(&mut answer, "/menu");
        let expected = json!({"warnings": [{"pointer": "/0/title"}, {"pointer": ""}, {"pointer": "/menus/0"}]});
        assert_eq!(answer, expected);
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
