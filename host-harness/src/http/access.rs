use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::Problem;
use crate::config::ApiKeys;

/// The name of the key that a request came with. Each handler behind a key is handed it with the request's extensions.
#[derive(Clone, Debug)]
pub(super) struct KeyName(Arc<str>);

impl KeyName {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lets only those pass who have an API key.
pub(super) async fn key(State(keys): State<ApiKeys>, mut request: Request, next: Next) -> Response {
    if let Some(name) = given(request.headers()).and_then(|key| keys.name_of(key)).map(KeyName) {
        request.extensions_mut().insert(name.clone());
        let mut response = next.run(request).await;
        // For the log, which stands outside.
        response.extensions_mut().insert(name);
        return response;
    }
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "the API key is missing or wrong")
        .hint("send it as `Authorization: Bearer KEY` or `X-API-Key: KEY`");
    let mut response = problem.into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

fn given(headers: &HeaderMap) -> Option<&[u8]> {
    if let Some(key) = headers.get("x-api-key") {
        return Some(key.as_bytes());
    }
    let authorization = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, key) = authorization.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(key)
}
