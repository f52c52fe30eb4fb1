//! A file that is not whole is never told as kept (MED-3).

use std::io;

use bytes::Bytes;
use channel_api::Retry;
use channel_api::media::MediaStream;
use channel_http::stand_in::{Server, answer, within};
use channel_http::{Call, ExactLength, UploadWatch};
use http::Method;
use reqwest::multipart::{Form, Part};

use crate::acme::{ACME, client};

fn stream(pieces: Vec<io::Result<Bytes>>) -> MediaStream {
    Box::pin(futures::stream::iter(pieces))
}

fn upload(pieces: Vec<io::Result<Bytes>>) -> (Call<'static>, UploadWatch) {
    let (bytes, watch) = ExactLength::new(stream(pieces), 6);
    let part = Part::stream_with_length(reqwest::Body::wrap_stream(bytes), 6);
    (Call::new(Method::POST, "/upload").with_parts(Form::new().part("file", part)), watch)
}

#[tokio::test]
async fn a_file_that_is_not_whole_never_arrives_whole() {
    let pieces = |texts: &[&'static str]| texts.iter().map(|text| Ok(Bytes::from_static(text.as_bytes()))).collect();
    let off = || vec![Ok(Bytes::from_static(b"abc")), Err(io::Error::other("cannot read /home/canary"))];
    for (what, source, code, retry) in [
        ("broken off", off(), "media.broken_off", Retry::SAFE),
        ("too short", pieces(&["abc"]), "media.length", Retry::Never),
        ("empty", pieces(&[]), "media.length", Retry::Never),
        ("too long", pieces(&["abcdef", "g"]), "media.length", Retry::Never),
    ] {
        let server = Server::start(answer("200 OK", "{}")).await;
        let (call, watch) = upload(source);
        assert!(within(client(&server.url).call(call)).await.is_err(), "{what}");
        let error = watch.failure(&ACME).unwrap();
        assert_eq!((error.code(), error.retry()), (code, retry), "{what}");
        let shown = format!("{error:?} {:?}", error.issues());
        assert!(shown.contains("nothing is kept at Acme") && !shown.contains("canary"), "{what}: {shown}");
        // The end of a form is its last boundary: without it nobody reads a file.
        assert!(server.requests().iter().all(|request| !request.trim_end().ends_with("--")), "{what}");
    }
    let server = Server::start(answer("200 OK", "{}")).await;
    let (call, watch) = upload(pieces(&["abc", "", "def"]));
    within(client(&server.url).call(call)).await.unwrap();
    assert!(watch.failure(&ACME).is_none());
    assert!(server.requests()[0].contains("\r\n\r\nabcdef\r\n--"), "{:?}", server.requests());
}
