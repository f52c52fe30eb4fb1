//! Nothing secret and nobody's words in anything that can be printed.

use std::time::Duration;

use channel_api::{ProviderRequest, Timestamp};
pub(crate) use channel_http::stand_in::printed;
use serde_json::json;

use super::super::connection::{self, Expected};
use super::server::{APP, APP_SECRET, Server, TOKEN, Then, answer, app_client, client, message, within};
use crate::graph::{App, Page};
use crate::webhook_field::DEFAULT_FIELDS;

pub(crate) fn assert_clean(what: &str, text: &str, proof: &str) {
    for secret in [TOKEN, APP_SECRET, proof, "canary words", "http://", "https://127", "appsecret_proof=", "?fields"] {
        // The documentation's addresses are the only ones that may appear.
        let text = text.replace("https://developers.facebook.com", "");
        assert!(!text.contains(secret), "{what} shows {secret:?}: {text}");
    }
}

#[tokio::test]
async fn no_failure_shows_a_secret() {
    let known = Server::start(answer("200 OK", json!({"message_id": "m_1"}))).await;
    within(client(&known.url).send(&message())).await.unwrap();
    let requests = known.requests();
    let (_, rest) = requests[0].split_once("appsecret_proof=").unwrap();
    let proof = rest.split(' ').next().unwrap().to_owned();
    assert_eq!(proof.len(), 64);
    assert!(requests[0].contains(TOKEN), "the canary is really sent");

    // A stand-in that repeats every secret it was given, as Meta does with a malformed token. The app secret is never sent.
    let words = format!("Malformed access token {TOKEN}, proof {proof}");
    let body = json!({"error": {"code": 190, "message": words, "fbtrace_id": TOKEN, "error_user_title": words,
        "error_user_msg": words}});
    let gateway = format!("<html>{words} canary words</html>");
    for (what, then) in [
        ("an error", answer("400 Bad Request", &body)),
        ("an unknown error", answer("400 Bad Request", json!({"error": words}))),
        ("a gateway's page", answer("502 Bad Gateway", &gateway)),
        ("a page in a success", answer("200 OK", &gateway)),
        ("a success without an id", answer("200 OK", json!({"told": words}))),
        ("too long an answer", answer("200 OK", gateway.repeat(1000))),
        ("half an answer", Then::Write(format!("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{words}").into_bytes())),
        ("a reset", Then::Reset),
        ("silence", Then::Hang),
        ("no HTTP", Then::Write(words.clone().into_bytes())),
    ] {
        let server = Server::start(then).await;
        let client = client(&server.url).with_deadline(Duration::from_millis(500));
        let error = within(client.send(&message())).await.unwrap_err();
        assert_clean(what, &printed(&error), &proof);
        // A batch may take longer than this test.
        if what != "silence" {
            for outcome in within(client.send_batch(&[message(), message()])).await {
                assert_clean(what, &printed(&outcome.unwrap_err()), &proof);
            }
        }
        let app = app_client(&server.url).with_deadline(Duration::from_millis(500));
        let expected = Expected { fields: DEFAULT_FIELDS, webhook: None, now: Timestamp::now() };
        let page = Page { id: "1", graph: &client, app: Some(App { id: APP, graph: &app }) };
        let checked = within(connection::check(page, expected)).await;
        let shown = checked.map_or_else(|error| printed(&error), |status| format!("{status:?}"));
        assert_clean(what, &shown, &proof);
    }
    for base in ["http://127.0.0.1:1", "https://127.0.0.1:1"] {
        let error = within(client(base).send(&message())).await.unwrap_err();
        assert_clean(base, &printed(&error), &proof);
    }
    let refused = ProviderRequest::get(format!("/v26.0/me?access_token={TOKEN}"), &[]);
    let error = within(client(&known.url).call(&refused)).await.unwrap_err();
    assert_clean("a refused path", &printed(&error), &proof);
}

#[test]
fn the_client_prints_no_secret() {
    let client = client("https://graph.facebook.com");
    let shown = format!("{client:?} {client:#?}");
    assert!(shown.contains("graph.facebook.com"), "{shown}");
    for secret in [TOKEN, APP_SECRET, "Bearer"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
