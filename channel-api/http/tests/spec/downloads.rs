//! A file that only the token's owner may fetch.

use std::sync::Arc;

use channel_api::media::{ByteRange, Download};
use channel_api::{Error, ErrorKind, Result, Retry};
use channel_http::Call;
use channel_http::stand_in::{Server, Then, answer, answer_with, within};
use futures::TryStreamExt as _;
use http::Method;

use crate::acme::{Heard, TOKEN, client, facts};

async fn fetched(server: &Server, range: Option<ByteRange>) -> Result<Download> {
    within(client(&server.url).download(Call::new(Method::GET, "/files/7.jpg"), range)).await
}

#[tokio::test]
async fn a_file_comes_as_it_is_or_in_part() {
    let server = Server::script(vec![
        answer_with("200 OK", "content-type: image/jpeg\r\n", "whole"),
        answer_with("206 Partial Content", "content-range: bytes 1-3/5\r\n", "hol"),
        answer("200 OK", "whole"),
        answer_with("206 Partial Content", "content-range: bytes 0-2/5\r\n", "who"),
        answer("206 Partial Content", "hol"),
    ])
    .await;
    let Download::Body { content_type, length, bytes } = fetched(&server, None).await.unwrap() else {
        panic!("no bytes")
    };
    assert_eq!((content_type.as_deref(), length), (Some("image/jpeg"), Some(5)));
    assert_eq!(bytes.try_collect::<Vec<_>>().await.unwrap().concat(), b"whole");

    let range = Some(ByteRange::new(1).with_last(Some(3)));
    let Download::Body { bytes, .. } = fetched(&server, range).await.unwrap() else { panic!("no bytes") };
    assert_eq!(bytes.try_collect::<Vec<_>>().await.unwrap().concat(), b"hol");
    // All of it instead of a part would be shown as the part.
    let error = fetched(&server, range).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Unsupported, "acme.no_ranges", Retry::Never));

    // And so would another part, or one that does not say which it is.
    for _ in 0..2 {
        let error = fetched(&server, range).await.unwrap_err();
        assert_eq!(facts(&error), (ErrorKind::ProviderFailed, "acme.wrong_part", Retry::IF_IDEMPOTENT));
    }

    let asked: Vec<_> = server.requests().iter().map(|request| request.contains("range: bytes=1-3\r\n")).collect();
    assert_eq!(asked, [false, true, true, true, true]);
    assert!(server.requests()[0].contains(TOKEN));
}

#[tokio::test]
async fn what_is_no_file_is_an_error_as_for_any_call() {
    let half = Then::Write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nwho".to_vec());
    let refused = r#"{"error":{"code":10,"message":"no"}}"#;
    let whole = answer("200 OK", "whole");
    let server = Server::script(vec![answer("403 Forbidden", refused), Then::Reset, half, whole]).await;
    let heard = Arc::new(Heard::default());
    let client = heard.client(&server.url);
    let call = || Call::new(Method::GET, "/files/7.jpg");
    let error = within(client.download(call(), None)).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Permission, "acme.permission", Retry::Never));
    let error = within(client.download(call(), None)).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Unreachable, "network.no_answer", Retry::IF_IDEMPOTENT));
    let Download::Body { bytes, .. } = within(client.download(call(), None)).await.unwrap() else { panic!("no bytes") };
    assert_eq!(heard.lines().len(), 2, "a call ends with its last byte");
    let error = within(bytes.try_collect::<Vec<_>>()).await.unwrap_err();
    assert!(!format!("{error:?}").contains("127.0.0.1"), "{error:?}");
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()).unwrap();
    assert_eq!(facts(inner), (ErrorKind::Unreachable, "network.no_answer", Retry::IF_IDEMPOTENT));
    // Whoever counts the bytes asks for none after the last one.
    let Download::Body { mut bytes, .. } = within(client.download(call(), None)).await.unwrap() else {
        panic!("no bytes")
    };
    assert_eq!(within(bytes.try_next()).await.unwrap().unwrap(), "whole");
    drop(bytes);
    // And who goes away before has not got the file.
    drop(within(client.download(call(), None)).await.unwrap());
    assert_eq!(
        heard.lines(),
        [
            "GET /files/{id} 403 - 0 acme.permission",
            "GET /files/{id} 0 - 0 network.no_answer",
            "GET /files/{id} 200 - 0 network.no_answer",
            "GET /files/{id} 200 - 0 -",
            "GET /files/{id} 200 - 0 network.abandoned",
        ]
    );
}
