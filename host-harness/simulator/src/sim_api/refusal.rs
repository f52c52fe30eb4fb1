//! How the person's side refuses, and whom it refuses altogether.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::person::PersonError;

/// A refusal of this side.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    body: Map<String, Value>,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let mut body = Map::new();
        body.insert("code".into(), code.into());
        body.insert("message".into(), message.into().into());
        Self { status, body }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.body.insert(key.into(), value.into());
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, axum::Json(json!({ "error": self.body }))).into_response()
    }
}

impl From<PersonError> for ApiError {
    fn from(error: PersonError) -> Self {
        let message = error.to_string();
        match error {
            PersonError::UnknownPerson { known, .. } => Self::new(StatusCode::NOT_FOUND, "unknown_person", message)
                .with("known", known)
                .with("hint", "use one of `known`, or add a person with POST /_sim/people"),
            PersonError::NotOffered { offered, .. } => {
                let hint = if offered.is_empty() { "nothing can be tapped now" } else { "tap one of `offered`" };
                Self::new(StatusCode::CONFLICT, "not_offered", message)
                    .with("offered", json!(offered))
                    .with("hint", hint)
            }
            PersonError::SendsNothing { .. } => Self::new(StatusCode::CONFLICT, "sends_nothing", message),
            PersonError::NoSuchMessage { .. } => {
                Self::new(StatusCode::CONFLICT, "no_such_message", message).with("hint", "see GET /_sim/transcript")
            }
            PersonError::TooManyEdits { limit } => {
                Self::new(StatusCode::CONFLICT, "too_many_edits", message).with("limit", limit)
            }
            PersonError::Gone { .. } => Self::new(StatusCode::CONFLICT, "gone", message),
            PersonError::Blocked { .. } => {
                Self::new(StatusCode::CONFLICT, "blocked", message).with("hint", "POST /_sim/unblock first")
            }
            PersonError::ShutOut { .. } => Self::new(StatusCode::CONFLICT, "shut_out", message)
                .with("hint", "the Page lets the person in again with POST /{page}/moderate_conversations"),
            PersonError::NotLinking { .. } => Self::new(StatusCode::CONFLICT, "not_linking", message)
                .with("hint", "POST /_sim/log-in without authorizationCode first"),
            PersonError::EmptyText | PersonError::BadUrl => Self::invalid(message),
        }
    }
}

/// A web page open in a browser on this machine must not reach this side: neither directly (`Origin`) nor by a name that
/// it has pointed to the loopback address (`Host`).
pub(super) async fn this_machine_only(request: Request, next: Next) -> Response {
    if is_local(request.headers()) {
        return next.run(request).await;
    }
    ApiError::new(StatusCode::FORBIDDEN, "not_local", "this side of the simulator answers to this machine only")
        .into_response()
}

fn is_local(headers: &HeaderMap) -> bool {
    let local = |text: &str| {
        let host = text.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    };
    [header::HOST, header::ORIGIN]
        .into_iter()
        .filter_map(|name| headers.get(name))
        .all(|value| value.to_str().is_ok_and(local))
}
