//! Uploads, over the wire: whole files, broken ones, and what is refused before.

use std::io;

use bytes::Bytes;
use channel_api::media::MediaStream;
use channel_api::{Error, ErrorKind, MediaKind, MediaSource, Result, Retry, Upload, Uploaded};
use futures_core::Stream;
use serde_json::{Value, json};

use super::*;
use crate::graph::tests::secrets::{assert_clean, printed};
use crate::graph::tests::server::{PAGE, Server, Then, answer, client, within};

/// Yields one piece after the other.
struct Pieces(std::vec::IntoIter<io::Result<Bytes>>);

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

fn stream(pieces: Vec<io::Result<Bytes>>) -> MediaStream {
    Box::pin(Pieces(pieces.into_iter()))
}

fn file(kind: MediaKind, content_type: &str, length: u64, pieces: Vec<io::Result<Bytes>>) -> Upload {
    let source = MediaSource::File {
        name: "folder/cat \"1\".jpg".to_owned(),
        content_type: content_type.to_owned(),
        length,
        bytes: stream(pieces),
    };
    Upload::new(kind, source)
}

fn pieces(texts: &[&'static str]) -> Vec<io::Result<Bytes>> {
    texts.iter().map(|text| Ok(Bytes::from_static(text.as_bytes()))).collect()
}

async fn upload_to(server: &Server, media: Upload) -> Result<Uploaded> {
    let graph = client(&server.url);
    within(upload(Page { id: PAGE, graph: &graph, app: None }, media)).await
}

fn kept() -> Then {
    answer("200 OK", json!({"attachment_id": "1745504518999123"}))
}

fn codes(error: &Error) -> Vec<(&str, &str)> {
    error.issues().iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect()
}

#[tokio::test]
async fn an_address_is_given_to_meta() {
    let server = Server::start(kept()).await;
    let media = Upload::new(MediaKind::Video, MediaSource::Url("https://cdn.example/a.mp4?s=1".to_owned()));
    let uploaded = upload_to(&server, media).await.unwrap();
    assert_eq!(uploaded.attachment_id, "1745504518999123");
    assert_eq!(uploaded.expires_in.map(|span| span.as_secs()), Some(90 * 24 * 60 * 60));
    let requests = server.requests();
    assert!(requests[0].starts_with(&format!("POST /v26.0/{PAGE}/message_attachments?appsecret_proof=")));
    let body: Value = serde_json::from_str(requests[0].split_once("\r\n\r\n").unwrap().1).unwrap();
    let payload = json!({"url": "https://cdn.example/a.mp4?s=1", "is_reusable": true});
    assert_eq!(body, json!({"message": {"attachment": {"type": "video", "payload": payload}}}));
}

#[tokio::test]
async fn a_file_goes_out_piece_by_piece() {
    for (kind, content_type) in [
        (MediaKind::Image, "image/jpeg"),
        (MediaKind::Audio, "audio/mpeg"),
        (MediaKind::File, "image/jpeg"),
        (MediaKind::File, "text/plain"),
    ] {
        let server = Server::start(kept()).await;
        upload_to(&server, file(kind, content_type, 9, pieces(&["one", "", "two", "333"]))).await.unwrap();
        let requests = server.requests();
        let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
        assert!(head.contains("content-type: multipart/form-data; boundary="), "{head}");
        assert!(head.contains(&format!("content-length: {}", body.len())), "the length is known beforehand: {head}");
        let message =
            format!("{{\"attachment\":{{\"payload\":{{\"is_reusable\":true}},\"type\":\"{}\"}}}}", kind.as_str());
        assert!(body.contains("name=\"message\"\r\n\r\n") && body.contains(&message), "{body}");
        assert!(
            body.contains("name=\"filedata\"; filename=\"cat %221%22.jpg\"")
                || body.contains("name=\"filedata\"; filename=\"cat \\\"1\\\".jpg\""),
            "{body}"
        );
        assert!(body.contains(&format!("Content-Type: {content_type}\r\n\r\nonetwo333\r\n")), "{body}");
    }
}

#[tokio::test]
async fn what_meta_would_refuse_is_not_sent() {
    let server = Server::start(kept()).await;
    let limit = limits::UPLOAD.max as u64;
    for (media, expected) in [
        (
            file(MediaKind::Image, "application/pdf", 3, pieces(&["abc"])),
            &[("/contentType", "upload.content_type")][..],
        ),
        (file(MediaKind::Audio, "video/mp4", 3, pieces(&["abc"])), &[("/contentType", "upload.content_type")]),
        (
            file(MediaKind::Video, "image/png", limit + 1, pieces(&[])),
            &[("/file", "upload.bytes"), ("/contentType", "upload.content_type")],
        ),
        (file(MediaKind::File, "text/plain", 0, pieces(&[])), &[("/file", "required")]),
        (file(MediaKind::File, "nonsense\r\nx: y", 3, pieces(&["abc"])), &[("/contentType", "format")]),
        (Upload::new(MediaKind::Image, MediaSource::Url("cat.jpg".to_owned())), &[("/url", "url")]),
        (Upload::new(MediaKind::Image, MediaSource::Url("file:///etc/passwd".to_owned())), &[("/url", "url.scheme")]),
    ] {
        let error = upload_to(&server, media).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidMessage, "upload"));
        assert_eq!(codes(&error), expected);
    }
    let error = upload_to(&server, file(MediaKind::File, "text/plain", limit + 1, pieces(&[]))).await.unwrap_err();
    assert_eq!((error.issues()[0].limit, error.issues()[0].actual), (Some(limit), Some(limit + 1)));
    assert_eq!(server.requests(), Vec::<String>::new());
    upload_to(&server, file(MediaKind::Image, "IMAGE/PNG", 3, pieces(&["abc"]))).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_not_whole_leaves_nothing_behind() {
    let off = |before: &[&'static str]| {
        let mut all = pieces(before);
        all.push(Err(io::Error::other("cannot read /home/canary words")));
        all
    };
    for (what, source, code, retry) in [
        ("broken off", off(&["abc"]), "media.broken_off", Retry::SAFE),
        ("broken off at once", off(&[]), "media.broken_off", Retry::SAFE),
        ("too short", pieces(&["abc"]), "media.length", Retry::Never),
        ("empty", pieces(&[]), "media.length", Retry::Never),
        ("too long", pieces(&["abcdef", "g"]), "media.length", Retry::Never),
        ("far too long", pieces(&["abcdefghijklmnop"]), "media.length", Retry::Never),
    ] {
        let server = Server::start(kept()).await;
        let error = upload_to(&server, file(MediaKind::File, "text/plain", 6, source)).await.unwrap_err();
        assert_eq!((error.code(), error.retry()), (code, retry), "{what}: {error:?}");
        let text = format!("{error} {:?}", error.issues());
        assert!(text.contains("nothing is kept"), "{what}: {text}");
        assert_clean(what, &printed(&error), "appsecret_proof=");
        for request in server.requests() {
            // The end of a form is its last boundary: without it Meta reads no file.
            assert!(!request.trim_end().ends_with("--"), "{what}: {request}");
        }
    }
}

#[tokio::test]
async fn failures_are_classified_as_for_any_call() {
    let error = |code: i64, subcode: i64| json!({"error": {"code": code, "error_subcode": subcode, "message": "m"}});
    for (then, code, retry) in [
        (answer("400 Bad Request", error(100, 2_018_047)), "facebook.attachment_type", Retry::Never),
        (answer("400 Bad Request", error(190, 463)), "facebook.token_expired", Retry::Never),
        (Then::Reset, "network.no_answer", Retry::IF_IDEMPOTENT),
        (answer("200 OK", json!({})), "facebook.no_attachment_id", Retry::IF_IDEMPOTENT),
        (answer("200 OK", json!({"attachment_id": ""})), "facebook.no_attachment_id", Retry::IF_IDEMPOTENT),
    ] {
        for by_url in [true, false] {
            let media = if by_url {
                let address = "https://canary.example/canary words".replace(' ', "-");
                Upload::new(MediaKind::Image, MediaSource::Url(address))
            } else {
                file(MediaKind::Image, "image/png", 3, pieces(&["abc"]))
            };
            let server = Server::start(then.clone()).await;
            let found = upload_to(&server, media).await.unwrap_err();
            if code != "facebook.attachment_type" {
                assert_eq!(found.code(), code, "{found:?}");
            }
            assert_eq!((found.retry(), found.operation()), (retry, "upload"), "{code}");
            assert!(!printed(&found).contains("canary.example"), "{found:?}");
            assert_eq!(server.requests().len(), 1);
        }
    }
}

#[test]
fn names_lose_what_is_no_name() {
    for (given, name) in [
        ("cat.jpg", "cat.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\pictures\\cat.jpg", "cat.jpg"),
        ("a\r\nb.jpg", "ab.jpg"),
        ("", "image"),
        ("folder/", "image"),
    ] {
        assert_eq!(file_name(given, MediaKind::Image), name);
    }
}
