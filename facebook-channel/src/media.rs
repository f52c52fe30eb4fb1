//! Media that Meta keeps, to be sent by id.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/attachment-upload-api>

use std::time::Duration;

use channel_api::{
    Error, ErrorKind, Issue, MediaKind, MediaSource, Pointer, ProviderRequest, Report, Result, Upload, Uploaded,
};
use channel_http::ExactLength;
use reqwest::Body;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::address;
use crate::graph::{self, META, Page, VIDEO};
use crate::limits;

/// An id is good for 90 days, for the Page that uploaded it.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/saving-assets>
const UPLOAD_TTL: Duration = Duration::from_hours(24 * limits::UPLOAD_EXPIRY.max as u64);

/// The slowest line on which an upload succeeds, in bytes a second. The deadline grows with the file.
const SLOWEST: u64 = 128 * 1024;

/// Uploads once.
pub(crate) async fn upload(page: Page<'_>, media: Upload) -> Result<Uploaded> {
    let answer = match media.source {
        MediaSource::Url(url) => by_url(page, media.kind, url).await,
        file @ MediaSource::File { .. } => by_file(page, media.kind, file).await,
        _ => Err(Error::unsupported("upload")),
    };
    let uploaded = answer.and_then(|answer| match answer.get("attachment_id").and_then(graph::id) {
        Some(attachment_id) => Ok(Uploaded::new(attachment_id).with_expires_in(Some(UPLOAD_TTL))),
        None => Err(graph::unreadable("facebook.no_attachment_id", "Meta took the upload but gave it no id")
            .with_hint("it may be kept, but nobody knows its id: uploading again does no harm")),
    });
    uploaded.map_err(|error| error.with_operation("upload"))
}

/// Meta fetches it: within 10 seconds, or 75 for a film.
async fn by_url(page: Page<'_>, kind: MediaKind, url: String) -> Result<Value> {
    let mut report = Report::default();
    // An operator who cannot give a public address uploads the file itself.
    address::fetched(&Pointer::ROOT.key("url"), Some(&url), "upload the file itself", &mut report);
    accepted(report)?;
    let payload = json!({"url": url, "is_reusable": true});
    let body = json!({"message": {"attachment": {"type": kind.as_str(), "payload": payload}}});
    page.graph.call(&ProviderRequest::post(path(page)?, body)).await
}

/// The bytes go to Meta as they come, piece by piece.
async fn by_file(page: Page<'_>, kind: MediaKind, source: MediaSource) -> Result<Value> {
    let MediaSource::File { name, content_type, length, bytes } = source else {
        return Err(Error::unsupported("upload"));
    };
    let mut report = Report::default();
    check(kind, &content_type, length, &mut report);
    let (bytes, watch) = ExactLength::new(bytes, length);
    let file = Part::stream_with_length(Body::wrap_stream(bytes), length)
        .file_name(file_name(&name, kind))
        .mime_str(&content_type);
    let file = match file {
        Ok(file) if report.refusals.is_empty() => file,
        Err(_) if report.refusals.is_empty() => {
            let advice = "is no MIME type: write it like image/jpeg";
            report.refuse(Issue::new(&Pointer::ROOT.key("contentType"), "format", advice));
            return Err(refused(report));
        }
        _ => return Err(refused(report)),
    };
    let message = json!({"attachment": {"type": kind.as_str(), "payload": {"is_reusable": true}}});
    let form = Form::new().text("message", message.to_string()).part("filedata", file);
    let fetched = if kind == MediaKind::Video { VIDEO } else { Duration::ZERO };
    let longer = fetched + Duration::from_secs(length / SLOWEST);
    let answer = page.graph.post_file(&path(page)?, form, longer).await;
    // Without its end Meta reads no file: whatever came back, nothing is kept.
    match (answer, watch.failure(&META)) {
        (Err(_), Some(broken)) => Err(broken),
        (answer, _) => answer,
    }
}

/// What Meta would refuse, before the file is sent.
fn check(kind: MediaKind, content_type: &str, length: u64, report: &mut Report) {
    let root = Pointer::ROOT;
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length == 0 {
        report.refuse(Issue::new(&root.key("file"), "required", "is empty").with_limit(limits::UPLOAD.min, 0));
    } else if length > limits::UPLOAD.max {
        let message =
            format!("is {length} bytes long; at most {} are allowed: send a link to it instead", limits::UPLOAD.max);
        report
            .refuse(Issue::new(&root.key("file"), limits::UPLOAD.name, message).with_limit(limits::UPLOAD.max, length));
    }
    // Anything may be a file; the others must be what they say.
    if kind != MediaKind::File && MediaKind::of_content_type(&content_type.to_ascii_lowercase()) != kind {
        let message = format!(
            "does not belong to {}: give a MIME type that begins with {0}/, or upload it as a file",
            kind.as_str()
        );
        report.refuse(Issue::new(&root.key("contentType"), "upload.content_type", message));
    }
}

fn accepted(report: Report) -> Result<()> {
    if report.refusals.is_empty() { Ok(()) } else { Err(refused(report)) }
}

fn refused(report: Report) -> Error {
    Error::refused(ErrorKind::InvalidMessage, "invalid_upload", "the upload", report)
}

fn path(page: Page<'_>) -> Result<String> {
    page.graph.path(&[page.id, "message_attachments"])
}

/// A name on one line, without the folders it came from.
fn file_name(name: &str, kind: MediaKind) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    if name.trim().is_empty() { kind.as_str().to_owned() } else { name }
}

#[cfg(test)]
mod tests;
