//! Media that the provider keeps.

use std::time::Duration;

use channel_api::{Error, ErrorKind, MediaSource, Pointer, ProviderRequest, Report, Result, Retry, Upload, Uploaded};
use serde_json::{Value, json};

use super::answer::{self, interpret};
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
            client::call(account.api, &account.token, &request).await?
        }
        MediaSource::File { name: _, content_type, length, bytes } => {
            let mut report = Report::default();
            let size = usize::try_from(length).unwrap_or(usize::MAX);
            limits::check(&limits::UPLOAD, size, &Pointer::ROOT.key("file"), &mut report);
            refuse(report)?;
            let path = format!("{MEDIA}?kind={kind}");
            client::send_file(account.api, &account.token, &path, &content_type, (length, bytes)).await?
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
    Ok(Uploaded { attachment_id: id.to_owned(), expires_in: answer["expires_in"].as_u64().map(Duration::from_secs) })
}
