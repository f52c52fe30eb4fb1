//! One call to the Graph API, taken apart: parameters on one side, credentials on the other.

use axum::http::{HeaderMap, Method, Uri, header};
use serde_json::{Map, Value};

use super::graph_error::GraphError;

/// Parameters that are objects, and are written as JSON strings in a form.
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api>.
const OBJECTS: &[&str] = &["recipient", "message", "payload", "reply_to", "thread_control"];

#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    /// The path after the version; empty if it has none.
    pub(super) segments: Vec<String>,
    /// Query and body together; the body wins. No credentials.
    pub(super) params: Map<String, Value>,
    /// As they came, for the record. No credentials.
    pub(super) query: Map<String, Value>,
    pub(super) body: Value,
    pub(super) token: Option<String>,
    /// Where the token was: `bearer`, `query`, `body` or `none`.
    pub(super) authorization: &'static str,
    pub(super) proof: Option<String>,
    /// What made the body unreadable.
    pub(super) unreadable: Option<GraphError>,
}

impl Call {
    pub(super) fn read(method: Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let mut query = form(uri.query().unwrap_or_default());
        let (mut body, unreadable) = match read_body(headers, body) {
            Ok(body) => (body, None),
            Err(error) => (Map::new(), Some(error)),
        };
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim().to_owned());
        let in_query = take(&mut query, "access_token");
        let in_body = take(&mut body, "access_token");
        let (token, authorization) = match (bearer, in_query, in_body) {
            (Some(token), _, _) => (Some(token), "bearer"),
            (None, Some(token), _) => (Some(token), "query"),
            (None, None, Some(token)) => (Some(token), "body"),
            (None, None, None) => (None, "none"),
        };
        let (in_query, in_body) = (take(&mut query, "appsecret_proof"), take(&mut body, "appsecret_proof"));
        let mut params = query.clone();
        params.extend(body.clone());
        for name in OBJECTS {
            if let Some(Value::String(text)) = params.get(*name)
                && let Ok(object) = serde_json::from_str::<Map<String, Value>>(text)
            {
                params.insert((*name).to_owned(), object.into());
            }
        }
        Self {
            method,
            path: uri.path().to_owned(),
            segments: segments(uri.path()),
            params,
            query,
            body: if body.is_empty() { Value::Null } else { body.into() },
            token,
            authorization,
            proof: in_query.or(in_body),
            unreadable,
        }
    }
}

/// `/v26.0/me/messages` → `me`, `messages`.
fn segments(path: &str) -> Vec<String> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let version = parts.next().and_then(|part| part.strip_prefix('v')).and_then(|version| version.split_once('.'));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match version {
        Some((major, minor)) if digits(major) && digits(minor) => parts.map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn read_body(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, GraphError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        _ if body.is_empty() => Ok(Map::new()),
        "application/json" => {
            serde_json::from_slice(body).map_err(|_| GraphError::parameter("Invalid JSON in the request body"))
        }
        "application/x-www-form-urlencoded" => Ok(form(&String::from_utf8_lossy(body))),
        "multipart/form-data" => Err(GraphError::parameter("The simulator does not take file uploads")),
        // Graph does not guess: a body of another type has no parameters.
        _ => Ok(Map::new()),
    }
}

/// Decodes `a=b&c=d`. The URL type does it, so that no other decoder is needed.
fn form(encoded: &str) -> Map<String, Value> {
    let Ok(mut url) = reqwest::Url::parse("http://form.invalid/") else { return Map::new() };
    url.set_query(Some(encoded));
    url.query_pairs().map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect()
}

fn take(params: &mut Map<String, Value>, name: &str) -> Option<String> {
    match params.remove(name)? {
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}
