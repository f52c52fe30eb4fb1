use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::Problem;
use super::host::ApiKey;

/// Lets only those pass who have the API key.
pub(super) async fn key(State(ApiKey(api_key)): State<ApiKey>, request: Request, next: Next) -> Response {
    if given(request.headers()).is_some_and(|key| api_key.matches(key)) {
        return next.run(request).await;
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
