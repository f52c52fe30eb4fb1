use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use super::Problem;

/// Gives up on an answer that takes longer than `limit`.
pub(super) async fn deadline(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| {
        let message = format!("the host took longer than {} s", limit.as_secs());
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "deadline", message)
            .hint("what it has begun may be done even so; ask again in a moment")
            .into_response()
    })
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::middleware;
    use axum::routing::get;
    use http::header;
    use hyper::service::Service as _;
    use hyper_util::service::TowerToHyperService;
    use serde_json::Value;

    use super::*;

    #[tokio::test]
    async fn what_comes_too_late_is_answered_with_a_problem() {
        let late = Router::new().route("/", get(std::future::pending::<()>));
        let router = late.layer(middleware::from_fn_with_state(Duration::ZERO, deadline));
        let response = TowerToHyperService::new(router).call(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let document: Value = serde_json::from_slice(&to_bytes(response.into_body(), 1_000).await.unwrap()).unwrap();
        assert_eq!((&document["code"], &document["status"]), (&"deadline".into(), &503.into()));
    }
}
