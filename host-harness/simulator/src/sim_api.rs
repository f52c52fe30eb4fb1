//! The person's side and the workshop: `/_sim/…`, JSON, for this machine only.

mod acting;
mod asking;
mod media;
mod refusal;
mod staging;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::platform::Platform;
use refusal::{ApiError, this_machine_only};

type Answer = Result<axum::Json<Value>, ApiError>;

pub(super) fn router() -> Router<Arc<Platform>> {
    Router::new()
        .route("/", get(asking::help))
        .route("/state", get(asking::state))
        .route("/transcript", get(asking::transcript))
        .route("/requests", get(asking::requests))
        .route("/webhooks", get(asking::webhooks))
        .route("/say", post(acting::say))
        .route("/tap", post(acting::tap))
        .route("/quick-reply", post(acting::quick_reply))
        .route("/attach", post(acting::attach))
        .route("/react", post(acting::react))
        .route("/unreact", post(acting::unreact))
        .route("/edit", post(acting::edit))
        .route("/unsend", post(acting::unsend))
        .route("/read", post(acting::read_all))
        .route("/open", post(acting::open))
        .route("/opt-in", post(acting::opt_in))
        .route("/stop-notifications", post(acting::stop_notifications))
        .route("/resume-notifications", post(acting::resume_notifications))
        .route("/comment", post(acting::comment))
        .route("/post", post(acting::publish))
        .route("/block", post(acting::block))
        .route("/unblock", post(acting::unblock))
        .route("/leave", post(acting::leave))
        .route("/log-in", post(acting::log_in))
        .route("/inbox", post(acting::inbox))
        .route("/thread-control", post(acting::thread_control))
        .route("/deliver", post(staging::deliver))
        .route("/subscribe", post(staging::subscribe))
        .route("/pages", post(staging::pages))
        .route("/people", post(staging::people))
        .route("/settings", get(staging::settings_now).post(staging::settings))
        .route("/clock", post(staging::clock))
        .route("/faults", post(staging::faults))
        .route("/weather", post(staging::delivery_faults))
        .route("/flush", post(staging::flush))
        .route("/login", post(staging::login))
        .route("/media", get(media::list).post(media::put))
        .route("/media/{name}", get(media::fetch))
        .fallback(async || ApiError::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here; see GET /_sim"))
        .layer(middleware::from_fn(this_machine_only))
}

/// Reads a JSON body whatever its content type, so that `curl -d` is enough. No body is `{}`.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body)
        .map_err(|error| ApiError::invalid(format!("the body is not what is expected here: {error}")))
}
