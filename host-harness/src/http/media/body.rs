//! What is to be uploaded, in the three forms that it may come in.

use std::error::Error as StdError;
use std::path::PathBuf;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use bytes::Bytes;
use channel_api::{Error, ErrorKind, Issue, MediaKind, Pointer, Quote, Report, read};
use futures::Stream;
use http::{HeaderMap, StatusCode, header};
use multer::Multipart;
use serde::Deserialize;

use super::super::request::json;
use super::super::{MAX_BODY, Problem};
use super::UploadQuery;
use crate::media::{Given, SpoolError, Spooled, spool};

/// What was given, and as what.
pub(super) struct Taken {
    pub(super) kind: MediaKind,
    pub(super) given: Given,
}

/// `{"type": "image", "url": "https://…"}`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ByUrl {
    r#type: Option<String>,
    url: Option<String>,
}

/// Reads an upload to its end. Files go to the disk as they come.
pub(super) async fn take(
    request: Request,
    query: UploadQuery,
    directory: Option<PathBuf>,
    at_most: u64,
) -> Result<Taken, Problem> {
    let (parts, body) = request.into_parts();
    let content_type = content_type(&parts.headers)?;
    let disk = Disk { directory, at_most };
    match content_type.as_deref() {
        Some("application/json") => by_url(body, query).await,
        Some("multipart/form-data") => form(&parts.headers, body, query, disk).await,
        // What curl says when nobody has told it what it sends.
        Some("application/x-www-form-urlencoded") => Err(unknown_type()),
        plain => raw(&parts.headers, plain, body, query, disk).await,
    }
}

async fn by_url(body: Body, query: UploadQuery) -> Result<Taken, Problem> {
    let body = to_bytes(body, MAX_BODY).await.map_err(|error| {
        let too_large = error.source().is_some_and(<dyn StdError>::is::<http_body_util::LengthLimitError>);
        if too_large { Problem::too_large(MAX_BODY) } else { Problem::stopped("the JSON did not come to its end") }
    })?;
    let json = json(&body).map_err(|problem| {
        problem.hint("{\"type\": \"image\", \"url\": \"https://…\"}, or the file itself with its own Content-Type")
    })?;
    let mut report = Report::default();
    let root = Pointer::ROOT;
    let given: ByUrl = read(&json, &root, Quote::Values, &mut report);
    report.refuse_unknown_fields();
    let kind = kind(given.r#type.as_deref().or(query.r#type.as_deref()), &root.key("type"), &mut report);
    let url = given.url.filter(|url| !url.trim().is_empty());
    if url.is_none() && report.refusals.is_empty() {
        report.refuse(Issue::new(&root.key("url"), "required", "give the public address of the file"));
    }
    if kind.is_none() && report.refusals.is_empty() {
        let message = "say what it is: image, video, audio or file";
        report.refuse(Issue::new(&root.key("type"), "required", message));
    }
    match (kind, url) {
        (Some(kind), Some(url)) if report.refusals.is_empty() => Ok(Taken { kind, given: Given::Url(url) }),
        _ => Err(Error::refused(ErrorKind::InvalidMessage, "invalid_media", "the upload", report).into()),
    }
}

async fn raw(
    headers: &HeaderMap,
    content_type: Option<&str>,
    body: Body,
    query: UploadQuery,
    disk: Disk,
) -> Result<Taken, Problem> {
    let kind = named(query.r#type.as_deref())?;
    let content_type = match (content_type, kind) {
        (Some(content_type), _) => content_type.to_owned(),
        (None, Some(_)) => "application/octet-stream".to_owned(),
        (None, None) => return Err(unknown_type()),
    };
    let kind = kind.unwrap_or_else(|| MediaKind::of_content_type(&content_type));
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let file = disk.keep(body.into_data_stream(), length).await?;
    let name = filename(query.filename.as_deref(), kind);
    Ok(Taken { kind, given: Given::File { file, name, content_type } })
}

async fn form(headers: &HeaderMap, body: Body, query: UploadQuery, disk: Disk) -> Result<Taken, Problem> {
    let boundary =
        headers.get(header::CONTENT_TYPE).and_then(|value| multer::parse_boundary(value.to_str().ok()?).ok());
    let boundary = boundary.ok_or_else(|| bad_form("its Content-Type names no boundary"))?;
    let mut form = Multipart::new(body.into_data_stream(), boundary);
    let (mut named_kind, mut file) = (query.r#type, None);
    while let Some(mut field) = form.next_field().await.map_err(|error| unread(&error))? {
        match field.name() {
            Some("type") => {
                let mut text = Vec::new();
                while let Some(chunk) = field.chunk().await.map_err(|error| unread(&error))? {
                    text.extend_from_slice(&chunk);
                    if text.len() > 100 {
                        return Err(bad_form("its field `type` is too long"));
                    }
                }
                named_kind = Some(String::from_utf8_lossy(&text).trim().to_owned());
            }
            Some("file") if file.is_none() => {
                let name = field.file_name().map(str::to_owned);
                let content_type = field.content_type().map(|mime| mime.essence_str().to_owned());
                file = Some((disk.keep(field, None).await?, name, content_type));
            }
            Some("file") => return Err(bad_form("it has more than one field `file`; upload one at a time")),
            _ => return Err(bad_form("it has a field that is neither `type` nor `file`")),
        }
    }
    let Some((file, name, content_type)) = file else { return Err(bad_form("it has no field `file`")) };
    let kind = named(named_kind.as_deref())?;
    let content_type = content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
    let kind = kind.unwrap_or_else(|| MediaKind::of_content_type(&content_type));
    let name = filename(query.filename.as_deref().or(name.as_deref()), kind);
    Ok(Taken { kind, given: Given::File { file, name, content_type } })
}

struct Disk {
    directory: Option<PathBuf>,
    at_most: u64,
}

impl Disk {
    async fn keep<S, E>(&self, bytes: S, length: Option<u64>) -> Result<Spooled, Problem>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: std::error::Error,
    {
        if length.is_some_and(|length| length > self.at_most) {
            return Err(too_large(self.at_most));
        }
        let file = spool(self.directory.clone(), bytes, self.at_most).await.map_err(|error| match error {
            SpoolError::TooLarge(limit) => too_large(limit),
            SpoolError::Broken(_) => Problem::stopped("the file did not come to its end"),
            SpoolError::Disk(error) => {
                tracing::error!(%error, "a file that is to be uploaded could not be written to the disk");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "disk", "the host has no room for the file now")
                    .hint("try again in a moment; the host's operator looks at the disk")
            }
        })?;
        if file.is_empty() {
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_media", "the file is empty"));
        }
        Ok(file)
    }
}

/// The plain type of the body, without parameters and in lower case.
fn content_type(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(None) };
    let plain =
        value.to_str().ok().and_then(|text| text.split(';').next()).map(|text| text.trim().to_ascii_lowercase());
    let of_token = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let good = |text: &String| text.split_once('/').is_some_and(|(kind, subtype)| of_token(kind) && of_token(subtype));
    plain.filter(good).map(Some).ok_or_else(unknown_type)
}

fn kind(named: Option<&str>, at: &Pointer<'_>, report: &mut Report) -> Option<MediaKind> {
    let kind = serde_json::from_value(serde_json::Value::from(named?)).ok();
    if kind.is_none() {
        report.refuse(Issue::new(at, "unknown", "is image, video, audio or file"));
    }
    kind
}

/// The kind that the address or a form names, if it does.
fn named(kind_name: Option<&str>) -> Result<Option<MediaKind>, Problem> {
    let mut report = Report::default();
    let kind = kind(kind_name, &Pointer::ROOT.key("type"), &mut report);
    if report.refusals.is_empty() {
        return Ok(kind);
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_media", "the upload", report).into())
}

/// A name without a path and without what is not shown.
fn filename(given: Option<&str>, kind: MediaKind) -> String {
    let last = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control() && *c != '"').take(200).collect();
    let name = name.trim();
    if name.is_empty() || name.chars().all(|c| c == '.') { kind.as_str().to_owned() } else { name.to_owned() }
}

fn too_large(limit: u64) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("the file is larger than {limit} bytes"))
        .hint("send a link to it instead, or a smaller file")
        .with("limit", limit.into())
}

fn unknown_type() -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unknown_type", "the request does not say what the file is")
        .hint("send it with its own Content-Type, such as image/jpeg, or name its type in the address: ?type=image")
}

fn bad_form(what: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_form", format!("the form cannot be used: {what}"))
        .hint("its fields are `file`, with the file, and `type`: image, video, audio or file")
}

fn unread(error: &multer::Error) -> Problem {
    match error {
        multer::Error::StreamReadFailed(_) => Problem::stopped("the form did not come to its end"),
        _ => bad_form("it is not well-formed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_keep_no_path() {
        for (given, expected) in [
            (Some("offer.pdf"), "offer.pdf"),
            (Some("../../etc/passwd"), "passwd"),
            (Some("C:\\Users\\ana\\cat.png"), "cat.png"),
            (Some("a\r\nb\"c.txt"), "abc.txt"),
            (Some("Angebot für Ana.pdf"), "Angebot für Ana.pdf"),
            (Some(".."), "file"),
            (Some(""), "file"),
            (None, "file"),
        ] {
            assert_eq!(filename(given, MediaKind::File), expected, "{given:?}");
        }
    }

    #[test]
    fn types_are_read_without_their_parameters() {
        let of = |text: &str| {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, text.parse().unwrap())]);
            content_type(&headers).map_err(|problem| problem.parts().0.as_u16())
        };
        assert_eq!(of("Image/JPEG; charset=x"), Ok(Some("image/jpeg".to_owned())));
        assert_eq!(of("image/svg+xml"), Ok(Some("image/svg+xml".to_owned())));
        assert_eq!(of("image"), Err(415));
        assert_eq!(of("image/a b"), Err(415));
    }
}
