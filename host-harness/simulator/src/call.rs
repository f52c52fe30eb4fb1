//! One call to the Graph API, taken apart: parameters on one side, credentials on the other.

use axum::http::{HeaderMap, Method, Uri, header};
use bytes::Bytes;
use serde_json::{Map, Value};

use super::graph_error::GraphError;
use super::multipart::{self, File};
use super::version::Version;

/// Parameters that are objects or arrays, and are written as JSON strings in a form or a query.
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api> and the
/// other references; text that is no JSON stays as it is.
const STRUCTURED: &[&str] = &[
    "actions",
    "batch",
    "commands",
    "components",
    "fields",
    "get_started",
    "greeting",
    "ice_breakers",
    "library_template_body_inputs",
    "library_template_button_inputs",
    "message",
    "params",
    "payload",
    "persistent_menu",
    "recipient",
    "reply_to",
    "thread_control",
    "user_ids",
    "whitelisted_domains",
];

// No `Debug`: it holds a token.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    /// The version asked for; a call may come without.
    pub(super) version: Option<Version>,
    /// The path after the version.
    pub(super) segments: Vec<String>,
    /// Query and body together; the body wins. No credentials.
    pub(super) params: Map<String, Value>,
    /// As they came, for the record. No credentials.
    pub(super) query: Map<String, Value>,
    pub(super) body: Value,
    pub(super) file: Option<File>,
    pub(super) token: Option<String>,
    /// Where the token was: `bearer`, `query`, `body`, `batch` or `none`.
    pub(super) authorization: &'static str,
    pub(super) proof: Option<String>,
    /// What made the body unreadable.
    pub(super) unreadable: Option<GraphError>,
}

impl Call {
    pub(super) async fn read(method: Method, uri: &Uri, headers: &HeaderMap, body: Bytes) -> Self {
        let (body, file, unreadable) = match read_body(headers, body).await {
            Ok((body, file)) => (body, file, None),
            Err(error) => (Map::new(), None, Some(error)),
        };
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim().to_owned());
        Self { file, unreadable, ..Self::assemble(method, uri.path(), uri.query().unwrap_or_default(), body, bearer) }
    }

    /// One item of a batch. A token of its own goes before that of the batch.
    pub(super) fn item(method: Method, relative_url: &str, body: &str, batch: &Self) -> Self {
        let (path, query) = relative_url.split_once('?').unwrap_or((relative_url, ""));
        let version = batch.version.map(|version| format!("/{version}")).unwrap_or_default();
        let path = path.trim_start_matches('/');
        let path = if path.split('/').next().and_then(Version::read).is_some() {
            format!("/{path}")
        } else {
            format!("{version}/{path}")
        };
        let item = Self::assemble(method, &path, query, form(body.as_bytes()), None);
        if item.token.is_some() {
            return item;
        }
        let proof = item.proof.clone().or_else(|| batch.proof.clone());
        Self { token: batch.token.clone(), authorization: "batch", proof, ..item }
    }

    fn assemble(method: Method, path: &str, query: &str, mut body: Map<String, Value>, bearer: Option<String>) -> Self {
        let mut query = form(query.as_bytes());
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
        for name in STRUCTURED {
            if let Some(Value::String(text)) = params.get(*name)
                && let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text)
            {
                params.insert((*name).to_owned(), value);
            }
        }
        let (version, segments) = segments(path);
        Self {
            method,
            path: path.to_owned(),
            version,
            segments,
            params,
            query,
            body: if body.is_empty() { Value::Null } else { body.into() },
            file: None,
            token,
            authorization,
            proof: in_query.or(in_body),
            unreadable: None,
        }
    }

    /// The verb as Meta's texts write it.
    pub(super) fn verb(&self) -> String {
        self.method.as_str().to_ascii_lowercase()
    }

    /// A parameter that is text; a number is understood, because Graph parameters are untyped on the wire.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.params.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// `/v26.0/me/messages` → `v26.0` and `me`, `messages`.
fn segments(path: &str) -> (Option<Version>, Vec<String>) {
    let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
    let version = parts.peek().and_then(|part| Version::read(part));
    if version.is_some() {
        parts.next();
    }
    (version, parts.map(str::to_owned).collect())
}

async fn read_body(headers: &HeaderMap, body: Bytes) -> Result<(Map<String, Value>, Option<File>), GraphError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Some(boundary) = multipart::boundary(kind) {
        return multipart::read(&boundary, body).await;
    }
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let params = match kind.as_str() {
        _ if body.is_empty() => Map::new(),
        "application/json" => {
            serde_json::from_slice(&body).map_err(|_| GraphError::parameter("Invalid JSON in the request body"))?
        }
        "application/x-www-form-urlencoded" => form(&body),
        // Graph does not guess: a body of another type has no parameters.
        _ => Map::new(),
    };
    Ok((params, None))
}

/// Decodes `a=b&c=d`.
fn form(encoded: &[u8]) -> Map<String, Value> {
    form_urlencoded::parse(encoded).map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect()
}

fn take(params: &mut Map<String, Value>, name: &str) -> Option<String> {
    match params.remove(name)? {
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}
