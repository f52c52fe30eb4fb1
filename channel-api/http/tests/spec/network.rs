//! Was it sent? Each way in which an answer can fail to arrive.

use std::time::Duration;

use channel_api::{ErrorKind, ProviderRequest, Retry};
use channel_http::stand_in::{NoNames, Server, Then, answer, answer_with, nobody, within};
use channel_http::{Call, Client, builder};
use serde_json::json;

use crate::acme::{ACME, TOKEN, client, context, facts, message};

const NO_ANSWER: (ErrorKind, &str, Retry) = (ErrorKind::Unreachable, "network.no_answer", Retry::IF_IDEMPOTENT);

/// SND-1, SND-3, SND-4.
#[tokio::test]
async fn an_answer_that_does_not_come_leaves_open_whether_it_was_sent() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{\"id\":".to_vec();
    let half_chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"id\":\r\n".to_vec();
    for (what, then) in [
        ("reset", Then::Reset),
        ("closed", Then::Write(Vec::new())),
        ("half a status line", Then::Write(b"HTTP/1.1 20".to_vec())),
        ("half a body", Then::Write(half)),
        ("half a chunk", Then::Write(half_chunked)),
        ("no HTTP", Then::Write(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec())),
    ] {
        let server = Server::start(then).await;
        let error = within(client(&server.url).call(Call::of(&message()))).await.unwrap_err();
        assert_eq!(facts(&error), NO_ANSWER, "{what}: {error:?}");
        assert_eq!(error.hint(), Some("wait for its echo"), "{what}");
        assert_eq!(error.context(), [("call".into(), "POST /v1/accounts/{id}/messages".to_owned())], "{what}");
        assert_eq!(server.requests().len(), 1, "{what}: a call is made once");
    }
}

/// SND-5.
#[tokio::test]
async fn a_hanging_answer_ends_at_the_deadline() {
    let server = Server::start(Then::Hang).await;
    let client = client(&server.url).with_deadline(Duration::from_millis(300));
    let error = within(client.call(Call::of(&message()))).await.unwrap_err();
    assert_eq!(facts(&error), NO_ANSWER);
    assert_eq!(server.requests().len(), 1);
}

/// SND-7.
#[tokio::test]
async fn a_call_without_a_connection_was_not_sent() {
    let error = within(client(&nobody().await).call(Call::of(&message()))).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Unreachable, "network.unreachable", Retry::SAFE), "{error:?}");
    assert!(error.hint().unwrap().ends_with("its firewall; acme.example shows how Acme is"), "{error:?}");

    let no_tls = Server::start(Then::Interrupt(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())).await;
    let base = no_tls.url.replace("http://", "https://");
    let error = within(client(&base).call(Call::of(&message()))).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Unreachable, "network.tls", Retry::SAFE), "{error:?}");
    assert!(!no_tls.requests()[0].contains(TOKEN), "nothing goes over an open connection");

    // The client that the host shares is the one that calls.
    let nameless = context().with_shared(builder().dns_resolver(NoNames).build().unwrap());
    let lost = Client::new(&ACME, "https://api.acme.example", &nameless).unwrap();
    let error = within(lost.call(Call::of(&message()))).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Unreachable, "network.dns", Retry::SAFE), "{error:?}");
    assert_eq!(error.hint(), Some("check api_url and this machine's DNS"));
}

/// SND-5.
#[tokio::test]
async fn no_more_of_an_answer_is_read_than_is_needed() {
    let long = format!("\"{}\"", "x".repeat(64 * 1024));
    let announced = answer("200 OK", &long);
    let chunk = format!("{:x}\r\n{long}\r\n", long.len());
    let unannounced = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(20));
    for then in [announced, Then::Write(unannounced.into())] {
        let server = Server::start(then).await;
        let error = within(client(&server.url).call(Call::of(&message()))).await.unwrap_err();
        assert_eq!(facts(&error), (ErrorKind::ProviderFailed, "acme.reply_too_long", Retry::IF_IDEMPOTENT));
        assert!(error.to_string().contains("65536 bytes"), "{error}");
    }
    // What is only read may be a list; and a call may ask for less.
    let (write, read) = (message(), ProviderRequest::get("/v1/accounts", &[]));
    for (request, asked, longest) in [(&write, None, 64 * 1024), (&read, None, 2 * 1024 * 1024), (&read, Some(10), 10)]
    {
        for (length, is_read) in [(longest, true), (longest + 1, false)] {
            let server = Server::start(answer("200 OK", format!("\"{}\"", "x".repeat(length - 2)))).await;
            let call = Call::of(request);
            let call = match asked {
                Some(longest) => call.with_longest_answer(longest),
                None => call,
            };
            assert_eq!(within(client(&server.url).call(call)).await.is_ok(), is_read, "{length}");
        }
    }
}

/// SND-9.
#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(answer("200 OK", json!({"id": "stolen"}))).await;
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let location = format!("location: {}/v1/messages\r\n", elsewhere.url);
        let server = Server::start(answer_with(status, &location, "")).await;
        let error = within(client(&server.url).call(Call::of(&message()))).await.unwrap_err();
        assert_eq!(facts(&error), (ErrorKind::Config, "acme.redirected", Retry::Never), "{status}");
        assert_eq!(error.hint(), Some("enter the final address as api_url"));
    }
    assert_eq!(elsewhere.requests(), Vec::<String>::new());
}
