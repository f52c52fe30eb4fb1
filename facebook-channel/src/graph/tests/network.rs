//! Was it sent? Each way in which an answer can fail to arrive.

use std::time::Duration;

use channel_api::{Error, ErrorKind, ProviderRequest, Retry, Secret};
use reqwest::dns::{Name, Resolve, Resolving};
use serde_json::json;
use tokio::net::TcpListener;

use super::super::client::GraphClient;
use super::super::reply::{LONGEST_LIST, LONGEST_REPLY};
use super::super::transport::no_client;
use super::server::{PAGE, Server, TOKEN, Then, answer, answer_with, client, message, within};

fn facts(error: &Error) -> (ErrorKind, &str, Retry) {
    (error.kind(), error.code(), error.retry())
}

const NO_ANSWER: (ErrorKind, &str, Retry) = (ErrorKind::Unreachable, "network.no_answer", Retry::IF_IDEMPOTENT);

#[tokio::test]
async fn an_answer_that_does_not_come_leaves_open_whether_it_was_sent() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{\"message_id\":".to_vec();
    let half_chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"mes\r\n".to_vec();
    for (what, then) in [
        ("reset", Then::Reset),
        ("closed", Then::Write(Vec::new())),
        ("half a status line", Then::Write(b"HTTP/1.1 20".to_vec())),
        ("half a body", Then::Write(half)),
        ("half a chunk", Then::Write(half_chunked)),
        ("no HTTP", Then::Write(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())),
    ] {
        let server = Server::start(then).await;
        let error = within(server.client().send(&message())).await.unwrap_err();
        assert_eq!(facts(&error), NO_ANSWER, "{what}: {error:?}");
        assert!(error.hint().unwrap().contains("echo"), "{what}");
        assert_eq!(error.operation(), "send");
        assert_eq!(error.context(), [("call".into(), "POST /v26.0/{id}/messages".to_owned())], "{what}");
        assert_eq!(server.requests().len(), 1, "{what}: a call is made once");
    }
}

#[tokio::test]
async fn a_hanging_answer_ends_at_the_deadline() {
    let server = Server::start(Then::Hang).await;
    let client = server.client().with_timeout(Duration::from_millis(300));
    let error = within(client.send(&message())).await.unwrap_err();
    assert_eq!(facts(&error), NO_ANSWER);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_call_without_a_connection_was_not_sent() {
    // The address of a listener that is gone: nobody answers there.
    let refused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = within(client(&format!("http://{refused}")).send(&message())).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Unreachable, "network.unreachable", Retry::SAFE), "{error:?}");

    let no_tls = Server::start(Then::Interrupt(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())).await;
    let base = no_tls.url.replace("http://", "https://");
    let error = within(client(&base).send(&message())).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Unreachable, "network.tls", Retry::SAFE), "{error:?}");
    assert!(!no_tls.requests()[0].contains("Bearer"), "nothing goes over an open connection");

    let http = reqwest::Client::builder().dns_resolver(NoNames).build().unwrap();
    let lost = GraphClient::new(http, "https://graph.facebook.com", "v26.0", Secret::new(TOKEN), None).unwrap();
    let error = within(lost.send(&message())).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Unreachable, "network.dns", Retry::SAFE), "{error:?}");
}

#[derive(Clone)]
struct NoNames;

impl Resolve for NoNames {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err("no such name".into()) })
    }
}

#[tokio::test]
async fn no_more_of_an_answer_is_read_than_is_needed() {
    let long = format!("\"{}\"", "x".repeat(LONGEST_REPLY));
    let announced = answer("200 OK", &long);
    let chunk = format!("{:x}\r\n{long}\r\n", long.len());
    let unannounced = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(20));
    for then in [announced, Then::Write(unannounced.into())] {
        let server = Server::start(then).await;
        let error = within(server.client().send(&message())).await.unwrap_err();
        let expected = (ErrorKind::ProviderFailed, "facebook.reply_too_long", Retry::IF_IDEMPOTENT);
        assert_eq!(facts(&error), expected);
        assert!(error.to_string().contains("65536 bytes"), "{error}");
    }
    let longest = format!("\"{}\"", "x".repeat(LONGEST_REPLY - 2));
    let server = Server::start(answer("200 OK", &longest)).await;
    let answer = within(server.client().call(&message())).await.unwrap();
    assert_eq!(answer.as_str().map(str::len), Some(LONGEST_REPLY - 2));

    // A list is longer.
    let read = ProviderRequest::get("/v26.0/me/accounts", &[]);
    for (length, read_to_its_end) in [(LONGEST_LIST, true), (LONGEST_LIST + 1, false)] {
        let long = format!("\"{}\"", "x".repeat(length - 2));
        let server = Server::start(super::server::answer("200 OK", &long)).await;
        assert_eq!(within(server.client().call(&read)).await.is_ok(), read_to_its_end, "{length}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(answer("200 OK", json!({"message_id": "m_stolen"}))).await;
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let location = format!("location: {}/v26.0/{PAGE}/messages\r\n", elsewhere.url);
        let server = Server::start(answer_with(status, &location, "")).await;
        let error = within(server.client().send(&message())).await.unwrap_err();
        assert_eq!(facts(&error), (ErrorKind::Config, "facebook.redirected", Retry::Never), "{status}");
    }
    assert_eq!(elsewhere.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_system_without_certificates_is_told_so() {
    let error = no_client(reqwest::Client::builder().user_agent("\n").build().unwrap_err());
    assert_eq!(facts(&error), (ErrorKind::Config, "network.no_client", Retry::Never));
    assert!(error.hint().unwrap().contains("ca-certificates"));
}

#[tokio::test]
async fn calls_of_one_client_do_not_disturb_each_other() {
    let server = Server::start(answer("200 OK", json!({"message_id": "m_1"}))).await;
    let client = server.client();
    let request = message();
    let other = ProviderRequest::get("/v26.0/me", &[]);
    let (first, second, third) = tokio::join!(client.call(&request), client.call(&other), client.call(&request));
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    assert_eq!(server.requests().len(), 3);
}
