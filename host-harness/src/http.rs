//! The host's HTTP surface: webhooks for providers, an API for the host's consumers, health for its operator.

mod access;
mod api;
mod events;
mod health;
mod messages;
mod problem;
mod stream;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};

pub use self::problem::Problem;
use crate::app::App;

/// The largest body that is read. Meta's batches stay far below.
pub const MAX_BODY: usize = 1024 * 1024;

/// How long a client may take to send its request, and the host to answer it.
const DEADLINE: Duration = Duration::from_mins(1);

/// All routes over one host.
pub fn router(app: Arc<App>) -> Router {
    let webhook = get(webhooks::subscribe).post(webhooks::deliver);
    let api = Router::new()
        .route("/messages", post(messages::send))
        .route("/events", get(events::list))
        .route("/channels", get(api::channels));
    let stream = Router::new().route("/api/v1/events/stream", get(stream::follow));
    let metrics = Router::new().route("/metrics", get(health::metrics));
    let keyed = Router::new()
        .nest("/api/v1", api)
        .merge(metrics)
        .layer(deadline())
        // A stream lives as long as its reader, so it stands outside the deadline.
        .merge(stream)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), access::key));
    let open = Router::new()
        .route("/webhooks/{channel_type}/{channel_id}", webhook.clone())
        .route("/api/v1/webhooks/{channel_type}/{channel_id}", webhook)
        .route("/health", get(health::alive))
        .route("/ready", get(health::ready))
        .layer(deadline());
    keyed
        .merge(open)
        .fallback(problem::no_route)
        .method_not_allowed_fallback(problem::no_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(log))
        .with_state(app)
}

fn deadline() -> tower_http::timeout::TimeoutLayer {
    tower_http::timeout::TimeoutLayer::with_status_code(http::StatusCode::REQUEST_TIMEOUT, DEADLINE)
}

/// One line a request. The route's pattern, never the query: a handshake's query holds the verify token.
async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    let started = std::time::Instant::now();
    let response = next.run(request).await;
    let status = response.status();
    tracing::debug!(%method, route, status = status.as_u16(), took = ?started.elapsed(), "answered");
    response
}
