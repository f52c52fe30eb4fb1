//! The host's HTTP surface: webhooks for providers, an API for the host's consumers, health for its operator.

mod access;
mod answered;
mod api;
mod batch;
mod body;
mod broadcasts;
mod connection;
mod conversations;
mod deadline;
mod events;
mod fields;
mod health;
mod host;
mod keyless;
mod linktor;
mod listen;
mod media;
mod messages;
mod oauth;
mod operations;
mod outbox;
mod pace;
mod people;
mod problem;
mod profile;
mod public_url;
mod received_media;
mod redrive;
mod request;
mod stream;
mod webhooks;
mod which;

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use tower_http::timeout::RequestBodyTimeoutLayer;

use self::access::KeyName;
pub(crate) use self::body::BodyReader;
use self::deadline::deadline;
pub(crate) use self::fields::Fields;
use self::host::Host;
pub(crate) use self::host::Parts;
pub(crate) use self::listen::serve;
pub(crate) use self::messages::{IDEMPOTENCY_KEY, REPLAYED};
pub(crate) use self::outbox::{asked, page, told, unknown_message, whole};
pub use self::problem::Problem;
pub(crate) use self::public_url::PublicUrl;
pub(crate) use self::redrive::{Many, dropped, many, retried};
pub(crate) use self::which::Shown;

/// The largest body of a request to the API.
pub const MAX_BODY: usize = 1024 * 1024;

/// How long the host may take to answer. What is not answered then is not acknowledged, and comes again.
const DEADLINE: Duration = Duration::from_mins(1);
/// How long a client may pause while it sends a body.
const BODY_PAUSE: Duration = Duration::from_secs(20);

/// All routes over one host.
pub(crate) fn router(parts: Parts) -> Router {
    let in_time = || middleware::from_fn_with_state(DEADLINE, deadline);
    let api = Router::new()
        .route("/api/v1/events", get(events::list))
        .route("/api/v1/messages/{id}", get(outbox::show))
        .route("/api/v1/broadcasts/{id}", get(broadcasts::show))
        .route("/api/v1/broadcasts/{id}/pause", post(broadcasts::pause))
        .route("/api/v1/broadcasts/{id}/resume", post(broadcasts::resume))
        .route("/api/v1/broadcasts/{id}/cancel", post(broadcasts::cancel))
        .route("/api/v1/channels", get(api::channels))
        .route("/api/v1/channels/{id}/operations", get(operations::list))
        .route("/api/v1/channels/{id}/connection", get(connection::last))
        .route("/api/v1/channels/{id}/conversations/{person}", get(conversations::show))
        .route("/api/v1/oauth/{type}/login", post(oauth::login))
        .route("/metrics", get(health::metrics))
        .layer(in_time())
        // Outside the deadline: a message takes as long as its calls do, each with a deadline of its own, and to give up on
        // it would invite whoever asked to send it again. A stream lives as long as its reader.
        .route("/api/v1/messages", post(messages::send).get(outbox::list))
        .route("/api/v1/messages/batch", post(batch::send))
        .route(
            "/api/v1/broadcasts",
            post(broadcasts::create).get(broadcasts::list).layer(DefaultBodyLimit::max(broadcasts::MAX_LIST)),
        )
        .route("/api/v1/messages/{id}/retry", post(redrive::retry))
        .route("/api/v1/messages/{id}/drop", post(redrive::drop))
        // Each message is written down.
        .route("/api/v1/messages/retry", post(redrive::retry_all))
        .route("/api/v1/messages/drop", post(redrive::drop_all))
        // As long as it takes to look through all that is stored.
        .route("/api/v1/channels/{id}/people/{person}", delete(people::erase))
        // Files have limits and clocks of their own.
        .route(
            "/api/v1/channels/{id}/media",
            get(media::download).post(media::upload).layer(DefaultBodyLimit::disable()),
        )
        .merge(set_up())
        .route("/api/v1/events/stream", get(stream::follow))
        .layer(middleware::from_fn_with_state(parts.api_keys.clone(), access::key));
    let open = Router::new()
        .merge(webhooks())
        // The address itself is the key.
        .route("/media/{token}", get(received_media::show))
        .route("/health", get(health::alive))
        .route("/ready", get(health::ready))
        .layer(in_time());
    api.merge(open)
        .fallback(problem::no_route)
        .method_not_allowed_fallback(problem::no_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
        .layer(middleware::from_fn(log))
        .with_state(Host::new(parts))
}

/// Where providers deliver: one address a channel, and one for all channels of a type. Some are entered with a slash at the end.
fn webhooks() -> Router<Host> {
    let webhook = get(webhooks::subscribe).post(webhooks::deliver);
    let mut router = Router::new();
    for base in ["", "/api/v1"] {
        for path in ["{channel_type}", "{channel_type}/", "{channel_type}/{channel_id}", "{channel_type}/{channel_id}/"]
        {
            router = router.route(&format!("{base}/webhooks/{path}"), webhook.clone());
        }
    }
    router
}

/// What an operator does to a channel. Each is a few calls to the provider, one after the other.
fn set_up() -> Router<Host> {
    let profile = get(profile::read).put(profile::put).delete(profile::delete);
    Router::new()
        // POST is for `test-{type}` only, so a channel may have any id.
        .route("/api/v1/channels/{id}", get(api::channel).post(connection::test))
        .route("/api/v1/channels/{id}/pause", post(pace::pause))
        .route("/api/v1/channels/{id}/resume", post(pace::resume))
        .route("/api/v1/channels/{id}/linktor/redrive", post(linktor::redrive))
        .route("/api/v1/channels/{id}/linktor/publish", post(linktor::publish))
        .route("/api/v1/channels/{id}/operations/{name}", get(operations::one).post(operations::call))
        .route("/api/v1/channels/{id}/profile", profile)
        .route("/api/v1/channels/{id}/profile/{name}", put(profile::put_property).delete(profile::delete_property))
        .route("/api/v1/channels/{id}/connection/check", post(connection::check))
        .route("/api/v1/channels/{id}/connection/repair", post(connection::repair))
        .route("/api/v1/channels/{id}/connection/unsubscribe", post(connection::unsubscribe))
        .route("/api/v1/oauth/{type}/callback", post(oauth::callback))
}

/// One line a request, with the name of the key that opened it. The route's pattern, never the query: a handshake's query holds the verify token.
async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    let started = std::time::Instant::now();
    let response = next.run(request).await;
    let status = response.status();
    let api_key = response.extensions().get::<KeyName>().map(KeyName::as_str);
    tracing::debug!(%method, route, api_key, status = status.as_u16(), took = ?started.elapsed(), "answered");
    response
}
