//! Media that the provider keeps.

use std::time::Duration;

use bytes::Bytes;
use channel_api::{
    ByteRange, Download, Error, ErrorKind, MediaRef, MediaSource, Pointer, ProviderRequest, Report, Result, Retry,
    Timestamp, Upload, Uploaded,
};
use http::StatusCode;
use http::header::{CONTENT_RANGE, CONTENT_TYPE};
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};

use super::answer::{self, interpret};
use super::client::Answer;
use super::config::Account;
use super::{client, limits};

const MEDIA: &str = "/v1/media";

pub(super) async fn upload(account: &Account, media: Upload) -> Result<Uploaded> {
    let kind = media.kind.as_str();
    let answer = match media.source {
        MediaSource::Url(url) => {
            let mut report = Report::default();
            if !url.starts_with("https://") {
                let issue = channel_api::Issue::new(&Pointer::ROOT.key("url"), "url", "give an https address");
                report.refuse(issue);
            }
            refuse(report)?;
            let request = ProviderRequest::post(MEDIA, json!({"kind": kind, "url": url}));
            client::call(&account.api, &account.token, &request).await?
        }
        MediaSource::File { name: _, content_type, length, bytes } => {
            let mut report = Report::default();
            let size = usize::try_from(length).unwrap_or(usize::MAX);
            limits::check(&limits::UPLOAD, size, &Pointer::ROOT.key("file"), &mut report);
            refuse(report)?;
            let path = format!("{MEDIA}?kind={kind}");
            client::send_file(&account.api, &account.token, &path, &content_type, (length, bytes)).await?
        }
        _ => return Err(Error::unsupported("upload")),
    };
    kept(&interpret(&answer, &answer::secrets(account))?)
}

fn refuse(report: Report) -> Result<()> {
    if report.refusals.is_empty() {
        return Ok(());
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_upload", "the upload", report))
}

fn kept(answer: &Value) -> Result<Uploaded> {
    let id = answer["id"].as_str().filter(|id| !id.is_empty()).ok_or_else(|| {
        Error::new(ErrorKind::Unexpected, "memory.no_id", "the provider gave the upload no id")
            .with_retry(Retry::IF_IDEMPOTENT)
            .with_hint("upload it again: nothing was sent to anybody")
    })?;
    Ok(Uploaded::new(id).with_expires_in(answer["expires_in"].as_u64().map(Duration::from_secs)))
}

/// What a person sent: its address, or its bytes where the provider gives no address.
pub(super) async fn download(account: &Account, media: &MediaRef, range: Option<ByteRange>) -> Result<Download> {
    let id = media.id.as_deref().filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let Some(id) = id else {
        return Err(Error::new(ErrorKind::InvalidMessage, "memory.no_medium", "this is no id of a medium"));
    };
    let path = format!("{MEDIA}/{id}");
    let answer = client::call(&account.api, &account.token, &ProviderRequest::get(path.as_str(), &[])).await?;
    let described = interpret(&answer, &answer::secrets(account))?;
    if let Some(url) = described["url"].as_str() {
        let expires = described["expires_at"].as_i64().and_then(Timestamp::from_millis);
        return Ok(Download::Address { url: url.to_owned(), expires });
    }
    let answer = client::bytes(&account.api, &account.token, &format!("{path}/bytes"), range).await?;
    if !answer.status.is_success() {
        interpret(&answer, &answer::secrets(account))?;
    }
    let content_type = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let bytes = match range {
        Some(range) if answer.status == StatusCode::PARTIAL_CONTENT => as_asked_for(&answer, range)?,
        range => part(answer.body, range),
    };
    let length = Some(bytes.len() as u64);
    let bytes = Full::new(bytes).map_err(|never| match never {}).into_data_stream();
    Ok(Download::Body { content_type, length, bytes: Box::pin(bytes) })
}

/// What the provider cut, where it says that it is what was asked for.
fn as_asked_for(answer: &Answer, ByteRange { first, last, .. }: ByteRange) -> Result<Bytes> {
    let said = answer.headers.get(CONTENT_RANGE).and_then(|range| range.to_str().ok()).unwrap_or_default();
    let from_there = said.starts_with(&format!("bytes {first}-"));
    if from_there && last.is_none_or(|last| said.contains(&format!("-{last}/"))) {
        return Ok(answer.body.clone());
    }
    Err(Error::new(ErrorKind::ProviderFailed, "memory.wrong_part", "the provider gave another part than was asked for")
        .with_retry(Retry::IF_IDEMPOTENT)
        .with_hint("ask for the whole file"))
}

/// What was asked for of a whole that the provider did not cut.
fn part(whole: Bytes, range: Option<ByteRange>) -> Bytes {
    let Some(ByteRange { first, last, .. }) = range else { return whole };
    let place = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(whole.len());
    let (first, end) = (place(first), last.map_or(whole.len(), |last| place(last.saturating_add(1))));
    whole.slice(first.min(end)..end)
}
