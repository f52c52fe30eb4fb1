//! Media in both directions.

mod body;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use channel_api::Action;
use channel_api::facets::required;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use self::body::Taken;
use super::Problem;
use super::fields::Fields;
use super::request::Addressed;
use crate::media::{Downloads, Fetched, Outcome, Refusal, Uploads, largest};
use crate::telemetry;

/// What an upload's address may say.
#[derive(Debug)]
pub(super) struct UploadQuery {
    r#type: Option<String>,
    filename: Option<String>,
    fresh: bool,
}

/// Keeps something at the provider, to be sent by id: by its address (JSON), as a form's file, or as the body itself.
pub(super) async fn upload(
    State(uploads): State<Arc<Uploads>>,
    State(tasks): State<TaskTracker>,
    Addressed { adapter, .. }: Addressed,
    mut fields: Fields,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let (kind, filename, fresh) = (fields.text("type"), fields.text("filename"), fields.flag("fresh"));
    let query = UploadQuery { r#type: kind, filename, fresh: fresh.unwrap_or_default() };
    fields.end(|message| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", message)
            .hint("type: image, video, audio or file; filename; fresh: true to upload again")
    })?;
    required(adapter.media_up(), "upload")?;
    // Before the body is read: those who wait keep nothing on the disk.
    let _room = uploads.room().await.map_err(|_| stopping())?;
    let fresh = query.fresh;
    let at_most = largest(adapter.capabilities());
    let Taken { kind, given } = body::take(request, query, uploads.directory(), at_most).await?;
    // On a task of its own: a caller that hangs up must not lose the id of what is kept.
    let keeping = tasks.spawn({
        let uploads = Arc::clone(&uploads);
        async move {
            let kept = uploads.keep(&*adapter, kind, given, fresh).await;
            kept.inspect_err(|error| telemetry::failed(&*adapter, error, "media were not uploaded"))
        }
    });
    let Outcome { kept, cached } = keeping.await.map_err(|_| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", "the upload failed inside the host")
            .hint("try again")
            .action(Action::RetryLater)
    })??;
    let expires_at = kept.expires_at.map(|at| at.to_string());
    Ok(Json(json!({ "attachmentId": kept.attachment_id, "expiresAt": expires_at, "cached": cached })))
}

fn stopping() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", "the host is stopping")
}

/// Fetches what a person has sent. It comes as a download, so that no browser shows a stranger's file as a page of ours.
pub(super) async fn download(
    State(downloads): State<Arc<Downloads>>,
    Addressed { adapter, .. }: Addressed,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let url = fields.text("url");
    fields.end(|message| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", message)
            .hint("url: the attachment's address, percent-encoded")
    })?;
    let url = url.ok_or_else(|| refused(Refusal::NoAddress))?;
    let fetched = downloads.fetch(adapter.capabilities().media_hosts, &url, None).await.map_err(|refusal| {
        tracing::info!(channel_id = %adapter.channel_id(), code = refusal.code(), "media were not fetched");
        refused(refusal)
    })?;
    let Fetched { content_type, filename, length, body, .. } = fetched;
    let mut response = Body::from_stream(body).into_response();
    let headers = response.headers_mut();
    put(headers, header::CONTENT_TYPE, &content_type);
    put(headers, header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{filename}\""));
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, header::CACHE_CONTROL, "private");
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    Ok(response)
}

/// All values are made of letters, digits and signs that a header may hold.
pub(super) fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

pub(super) fn refused(refusal: Refusal) -> Problem {
    let problem = Problem::new(refusal.status(), refusal.code(), refusal.to_string()).hint(refusal.hint());
    let problem = problem.action(refusal.action());
    match refusal {
        Refusal::TooLarge(limit) => problem.with("limit", limit.into()),
        Refusal::Redirect(rule) => problem.with("rule", rule.into()),
        _ => problem,
    }
}
