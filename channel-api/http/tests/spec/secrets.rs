//! Nothing secret and nobody's words in anything that can be printed (SND-6, SEC-1), wherever the secret travels.

use std::sync::Arc;
use std::time::Duration;

use channel_api::{CallObserver, Secret};
use channel_http::stand_in::{Server, Then, answer, printed, within};
use channel_http::{Call, Client};
use serde_json::json;

use crate::acme::{ACME, Heard, context, message};

/// None of them looks like a token, so that only knowing them can hide them.
const SECRETS: [&str; 4] = ["canary-bearer", "canary:path", "canary query", "canary-of-the-call"];

fn client(base: &str, calls: Arc<Heard>) -> Client {
    let [bearer, path, query, _] = SECRETS.map(Secret::new);
    let calls: Arc<dyn CallObserver> = calls;
    let client = Client::new(&ACME, base, &context().with_calls(calls)).unwrap();
    let client = client.with_bearer(&bearer).unwrap().with_path_token("/bot", &path).unwrap();
    client.with_query_secret("key", query).with_deadline(Duration::from_millis(500))
}

#[tokio::test]
async fn no_failure_shows_a_secret() {
    let own = Secret::new(SECRETS[3]);
    let known = Server::start(answer("200 OK", "{}")).await;
    let heard = Arc::new(Heard::default());
    let request = message();
    within(client(&known.url, Arc::clone(&heard)).call(Call::of(&request))).await.unwrap();
    let seen = known.requests().concat();
    assert!(["Bearer canary-bearer", "/botcanary:path/", "key=canary+query"].iter().all(|sent| seen.contains(sent)));

    // A stand-in that repeats every secret it was given.
    let said = format!("Malformed {}", SECRETS.join(", "));
    let body = json!({"error": {"code": 10, "message": said, "trace": said}});
    let gateway = format!("<html>{said} canary words</html>");
    for (what, then) in [
        ("an error", answer("400 Bad Request", &body)),
        ("a gateway's page", answer("502 Bad Gateway", &gateway)),
        ("a page in a success", answer("200 OK", &gateway)),
        ("too long an answer", answer("200 OK", gateway.repeat(1000))),
        ("half an answer", Then::Write(format!("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{said}").into_bytes())),
        ("a reset", Then::Reset),
        ("silence", Then::Hang),
        ("no HTTP", Then::Write(said.clone().into_bytes())),
    ] {
        let server = Server::start(then).await;
        let client = client(&server.url, Arc::clone(&heard));
        let secrets = [&own];
        let error = within(client.call(Call::of(&request).with_secrets(&secrets))).await.unwrap_err();
        assert_clean(what, &printed(&error));
    }
    for base in ["http://127.0.0.1:1", "https://127.0.0.1:1"] {
        let error = within(client(base, Arc::clone(&heard)).call(Call::of(&request))).await.unwrap_err();
        assert_clean(base, &printed(&error));
    }
    // A path that is itself the secret.
    let mut leading = message();
    leading.path = format!("/v1/{}/{}", SECRETS[1], SECRETS[3]);
    let client = client(&known.url, Arc::clone(&heard));
    within(client.call(Call::of(&leading).with_secrets(&[&own]))).await.unwrap();
    assert_clean("what the host hears", &heard.lines().concat());
    // An operator entered the address, and may see it.
    assert_clean("the client", &format!("{client:?} {client:#?}").replace(&known.url, ""));
}

fn assert_clean(what: &str, text: &str) {
    for secret in SECRETS.iter().copied().chain(["canary", "Bearer", "http://", "https://", "key="]) {
        assert!(!text.contains(secret), "{what} shows {secret:?}: {text}");
    }
}
