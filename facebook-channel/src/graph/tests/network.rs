//! In which words a lost call is told. That it is made once and classified truly, the kit's own tests show.

use channel_api::{Error, ErrorKind, Retry};
use channel_http::builder;
use channel_http::stand_in::{NoNames, nobody};
use serde_json::json;

use super::super::client::GraphClient;
use super::server::{Server, Then, answer, answer_with, client, context, message, within};

async fn failure(client: &GraphClient) -> Error {
    let error = within(client.send(&message())).await.unwrap_err();
    assert_eq!(error.operation(), "send");
    assert!(error.context().contains(&("call".into(), "POST /v26.0/{id}/messages".to_owned())), "{error:?}");
    error
}

fn words(error: &Error) -> (ErrorKind, &str, Retry, String, &str) {
    (error.kind(), error.code(), error.retry(), error.to_string(), error.hint().unwrap_or_default())
}

#[tokio::test]
async fn a_call_that_was_not_made_is_told_so() {
    let error = failure(&client(&nobody().await)).await;
    assert_eq!(
        words(&error),
        (
            ErrorKind::Unreachable,
            "network.unreachable",
            Retry::SAFE,
            "the Graph API cannot be reached; nothing was sent".to_owned(),
            "check graph_api_url, this machine's network and its firewall; metastatus.com shows Meta's own state",
        )
    );

    let no_tls = Server::start(Then::Interrupt(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())).await;
    let error = failure(&client(&no_tls.url.replace("http://", "https://"))).await;
    assert_eq!(
        words(&error),
        (
            ErrorKind::Unreachable,
            "network.tls",
            Retry::SAFE,
            "no secure connection to the Graph API; nothing was sent".to_owned(),
            "check this machine's clock and CA certificates, and whether a proxy stands in between",
        )
    );

    let nameless = context().with_shared(builder().dns_resolver(NoNames).build().unwrap());
    let lost = GraphClient::new(&nameless, "https://graph.facebook.com", "v26.0", "token".into(), None).unwrap();
    assert_eq!(
        words(&failure(&lost).await),
        (
            ErrorKind::Unreachable,
            "network.dns",
            Retry::SAFE,
            "the name of the Graph API cannot be resolved; nothing was sent".to_owned(),
            "check graph_api_url and this machine's DNS",
        )
    );
}

#[tokio::test]
async fn a_call_that_may_have_been_made_is_told_so() {
    let echo = "the call may have been carried out: for a message, wait for its echo (webhook field message_echoes) before \
        sending it again";
    let server = Server::start(Then::Reset).await;
    let error = failure(&client(&server.url)).await;
    let sentence = "the Graph API was called but its answer did not arrive".to_owned();
    assert_eq!(words(&error), (ErrorKind::Unreachable, "network.no_answer", Retry::IF_IDEMPOTENT, sentence, echo));
    assert_eq!(server.requests().len(), 1, "a call is made once");

    let server = Server::start(answer("200 OK", "x".repeat(64 * 1024 + 1))).await;
    let error = failure(&client(&server.url)).await;
    let sentence = "Meta's answer is longer than 65536 bytes and was not read to its end".to_owned();
    let expected = (ErrorKind::ProviderFailed, "facebook.reply_too_long", Retry::IF_IDEMPOTENT, sentence, echo);
    assert_eq!(words(&error), expected);

    let server = Server::start(answer("200 OK", "<html>")).await;
    let error = failure(&client(&server.url)).await;
    let sentence = "Meta's answer is no JSON".to_owned();
    let expected = (ErrorKind::ProviderFailed, "facebook.unreadable_reply", Retry::IF_IDEMPOTENT, sentence, echo);
    assert_eq!(words(&error), expected);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(answer("200 OK", json!({"message_id": "m_stolen"}))).await;
    let location = format!("location: {}/v26.0/me/messages\r\n", elsewhere.url);
    let server = Server::start(answer_with("307 Temporary Redirect", &location, "")).await;
    let error = failure(&client(&server.url)).await;
    assert_eq!(
        words(&error),
        (
            ErrorKind::Config,
            "facebook.redirected",
            Retry::Never,
            "The address of the Graph API answers with a redirect, which is not followed: the token would go along."
                .to_owned(),
            "enter the final address as graph_api_url",
        )
    );
    assert_eq!(elsewhere.requests(), Vec::<String>::new());
}
