//! The media host: files are put here, and fetched by whoever was sent their address.

use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::StreamExt as _;
use serde_json::json;

use super::refusal::ApiError;
use super::{Answer, read};
use crate::media::MediaFile;
use crate::platform::Platform;

type Shared = State<Arc<Platform>>;

/// Puts a file, or replaces it. The address is the one that the caller came by.
pub(super) async fn put(State(platform): Shared, headers: HeaderMap, body: Bytes) -> Answer {
    let file: MediaFile = read(&body)?;
    if let Some(problem) = file.problem() {
        return Err(ApiError::invalid(problem));
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let url = format!("http://{host}/_sim/media/{}", file.name);
    platform.world().media.insert(file.name.clone(), file);
    Ok(axum::Json(json!({ "url": url })))
}

/// What is there, and how often each was fetched.
pub(super) async fn list(State(platform): Shared) -> Answer {
    let files: Vec<MediaFile> = platform.world().media.values().cloned().collect();
    Ok(axum::Json(json!({ "media": files })))
}

/// The part that is asked for, as far as it is there: `bytes=2-5`, `bytes=2-`.
fn part(headers: &HeaderMap, whole: usize) -> Option<Range<usize>> {
    let (first, last) = headers.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
    let first = first.parse().ok()?;
    let end = last.parse().map_or(whole, |last: usize| last.saturating_add(1).min(whole));
    Some(first..end.max(first))
}

pub(super) async fn fetch(State(platform): Shared, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let file = {
        let mut world = platform.world();
        let Some(file) = world.media.get_mut(&name) else {
            return ApiError::new(StatusCode::NOT_FOUND, "no_such_media", "there is no such file").into_response();
        };
        file.fetched += 1;
        file.clone()
    };
    let bytes = file.bytes.map_or_else(|| Bytes::from(file.text.clone()), |bytes| Bytes::from(vec![b'x'; bytes]));
    let mut response = Response::builder().status(file.status);
    let whole = bytes.len();
    let bytes = match part(&headers, whole).filter(|_| file.status == 200) {
        None => bytes,
        Some(part) if part.start >= whole => return StatusCode::RANGE_NOT_SATISFIABLE.into_response(),
        Some(part) => {
            let told = format!("bytes {}-{}/{whole}", part.start, part.end - 1);
            response = response.status(StatusCode::PARTIAL_CONTENT).header(header::CONTENT_RANGE, told);
            bytes.slice(part)
        }
    };
    if !file.content_type.is_empty() {
        response = response.header(header::CONTENT_TYPE, &file.content_type);
    }
    if let Some(elsewhere) = &file.redirect {
        response = response.status(StatusCode::FOUND).header(header::LOCATION, elsewhere);
    }
    let once = |bytes| futures::stream::iter([Ok::<_, Infallible>(bytes)]);
    let body = if file.hang {
        let stop = platform.stop.clone().cancelled_owned();
        let end = futures::stream::once(stop).filter_map(async |()| None);
        Body::from_stream(once(bytes).chain(end))
    } else if file.without_length {
        Body::from_stream(once(bytes))
    } else {
        Body::from(bytes)
    };
    response.body(body).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
