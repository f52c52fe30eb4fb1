//! What people have sent, at an address that a browser may be given: it opens one file, and nothing else of this host.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use channel_api::{Action, ErrorKind};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::Problem;
use super::media::{put, refused};
use crate::media::{Fetched, Missing, ReceivedMedia, Refusal, asked_for};

/// A browser may show it again without asking for so long: what was erased is gone soon.
const FRESH: &str = "private, max-age=300";

/// Pictures made of points, which hold nothing that a browser could run. SVG is a page.
const RASTER: [&str; 8] =
    ["image/avif", "image/bmp", "image/gif", "image/heic", "image/heif", "image/jpeg", "image/png", "image/webp"];

/// Gives what stands at such an address, or a part of it.
pub(super) async fn show(
    State(media): State<Arc<ReceivedMedia>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let mut response = match media.fetch(&token, asked_for(&headers)).await {
        Ok(fetched) => shown(fetched),
        Err(missing) => {
            let mut response = problem(missing).into_response();
            put(response.headers_mut(), header::CACHE_CONTROL, "no-store");
            response
        }
    };
    let headers = response.headers_mut();
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, header::CONTENT_SECURITY_POLICY, "sandbox");
    put(headers, header::REFERRER_POLICY, "no-referrer");
    response
}

fn shown(Fetched { content_type, filename, length, part, body }: Fetched) -> Response {
    let mut response = Body::from_stream(body).into_response();
    let headers = response.headers_mut();
    let disposition = if is_shown(&content_type) { "inline" } else { "attachment" };
    put(headers, header::CONTENT_TYPE, &content_type);
    put(headers, header::CONTENT_DISPOSITION, &format!("{disposition}; filename=\"{filename}\""));
    put(headers, header::CACHE_CONTROL, FRESH);
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    if let Some(part) = part {
        put(headers, header::CONTENT_RANGE, &part.to_string());
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

/// Whether a browser may show it in its place. Anything else is a download.
fn is_shown(content_type: &str) -> bool {
    content_type.starts_with("audio/") || content_type.starts_with("video/") || RASTER.contains(&content_type)
}

fn problem(missing: Missing) -> Problem {
    let gone = |hint| Problem::new(StatusCode::GONE, "media.gone", missing.to_string()).hint(hint).action(None);
    match missing {
        Missing::NotOurs => Problem::new(StatusCode::NOT_FOUND, "no_such_media", "there is nothing at this address")
            .hint("copy the whole address; it is good only at the host that gave it out"),
        Missing::NoChannel => Problem::unknown_channel().hint("configure the channel again under its id"),
        Missing::Gone => gone("the person was erased, or the event was older than [retention] events"),
        Missing::Refused(Refusal::Gone(_)) => {
            gone("the provider keeps it no longer; it is asked again within the hour")
        }
        Missing::Provider(ref error) if error.kind() == ErrorKind::Rejected => {
            gone("the provider tells no new address of it; it is asked again within the hour")
        }
        Missing::Refused(refusal) => refused(refusal),
        Missing::Provider(error) => Problem::from(error).action(Action::RetryLater),
        Missing::Store(error) => Problem::from(error),
    }
}
