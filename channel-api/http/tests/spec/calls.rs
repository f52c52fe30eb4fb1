//! How a call is made, and what the host hears of it.

use std::sync::Arc;

use channel_api::{ErrorKind, ProviderRequest, Retry, Secret};
use channel_http::stand_in::{Server, Then, answer, answer_with, nobody, within};
use channel_http::{Call, Client, builder};
use http::Method;
use serde_json::{Value, json};

use crate::acme::{ACME, Heard, TOKEN, client, context, facts, message};

#[tokio::test]
async fn a_call_is_what_was_asked_for() {
    let server = Server::start(answer("200 OK", json!({"id": "m_1"}))).await;
    let answer = within(client(&format!("{}/api/", server.url)).call(Call::of(&message()))).await.unwrap();
    assert_eq!(answer, json!({"id": "m_1"}));
    let requests = server.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    let lines: Vec<&str> = head.lines().collect();
    assert_eq!(lines[0], "POST /api/v1/accounts/7411/messages HTTP/1.1");
    assert!(lines.contains(&format!("authorization: Bearer {TOKEN}").as_str()), "{head}");
    assert!(lines.contains(&"content-type: application/json"), "{head}");
    assert!(head.contains("user-agent: linktor-channel-http/") && !head.contains("referer"), "{head}");
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), message().body);
}

#[tokio::test]
async fn a_secret_travels_where_the_provider_wants_it() {
    let server = Server::start(answer("200 OK", "{}")).await;
    let secret = Secret::new("7:canary-token");
    let anonymous = Client::new(&ACME, &server.url, &context()).unwrap();
    let in_path = anonymous.clone().with_path_token("/bot", &secret).unwrap();
    let in_query = anonymous.clone().with_query_secret("key", secret.clone());
    let read = ProviderRequest::get("/getMe", &[("q", "a&b=c d")]);
    for client in [in_path, in_query, anonymous.clone()] {
        within(client.call(Call::of(&read))).await.unwrap();
    }
    let form = Call::new(Method::POST, "/login").with_form(&[("code", secret.expose()), ("state", "a b")]);
    within(anonymous.call(form)).await.unwrap();
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().filter_map(|request| request.lines().next()).collect();
    assert_eq!(
        lines,
        [
            "GET /bot7:canary-token/getMe?q=a%26b%3Dc+d HTTP/1.1",
            "GET /getMe?q=a%26b%3Dc+d&key=7%3Acanary-token HTTP/1.1",
            "GET /getMe?q=a%26b%3Dc+d HTTP/1.1",
            "POST /login HTTP/1.1",
        ]
    );
    assert!(requests[3].contains("content-type: application/x-www-form-urlencoded"), "{}", requests[3]);
    assert!(requests[3].ends_with("\r\n\r\ncode=7%3Acanary-token&state=a+b"), "{}", requests[3]);
    assert!(requests.iter().all(|request| !request.contains("authorization")));
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_is_refused_before_any_call() {
    let server = Server::start(answer("200 OK", json!({}))).await;
    let heard = Arc::new(Heard::default());
    let client = heard.client(&server.url);
    for path in [
        "",
        "/",
        "v1/me",
        "//evil.example/v1/me",
        "https://evil.example/v1/me",
        "/../me",
        "/v1/../me",
        "/v1/./me",
        "/v1/%2e%2e/me",
        "/v1//me",
        "/v1/me//",
        "/v1/me?key=x",
        "/v1/me#x",
        "/v1\\me",
        "/v1/m e",
        "/v1/me\n",
        "@evil.example/v1/me",
        "/v1/mé",
    ] {
        let error = within(client.call(Call::of(&ProviderRequest::get(path, &[])))).await.unwrap_err();
        assert_eq!(facts(&error), (ErrorKind::InvalidMessage, "acme.invalid_request", Retry::Never), "{path:?}");
        assert!(path.len() < 3 || !error.to_string().contains(path), "{error}");
    }
    for request in
        [ProviderRequest::get("/v1/me", &[("Key", "other")]), ProviderRequest::post("/v1/me", json!({"key": "other"}))]
    {
        let error = within(client.call(Call::of(&request))).await.unwrap_err();
        assert_eq!(error.code(), "acme.invalid_request", "{request:?}");
        assert_eq!(error.hint(), Some("leave key out: the channel adds its own"));
    }
    assert_eq!(server.requests(), Vec::<String>::new());
    assert_eq!(heard.lines(), Vec::<String>::new(), "a call that is not made is none");
}

#[test]
fn what_cannot_be_used_is_refused_at_once() {
    let error = Client::new(&ACME, "http://api.acme.example", &context()).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "acme.unsafe_address"));
    let client = Client::new(&ACME, "https://api.acme.example", &context()).unwrap();
    for token in ["", " ", "line\nend", "null\0", "a/../b", "a?b"] {
        let secret = Secret::new(token);
        let in_path = client.clone().with_path_token("/bot", &secret).unwrap_err();
        assert_eq!((in_path.kind(), in_path.code()), (ErrorKind::Config, "acme.unusable_token"), "{token:?}");
        assert_eq!(client.clone().with_bearer(&secret).is_err(), !token.contains(['/', '?']), "{token:?}");
    }
}

#[tokio::test]
async fn the_host_hears_of_every_call() {
    let heard = Arc::new(Heard::default());
    let failure = json!({"error": {"code": 10, "trace": "t-2"}});
    let server = Server::script(vec![
        answer_with("200 OK", "x-acme-trace: t-1\r\nx-acme-used: 28\r\n", "{}"),
        answer_with("400 Bad Request", "x-acme-used: 97\r\n", &failure),
        answer("200 OK", "no JSON"),
        Then::Reset,
    ])
    .await;
    let client = heard.client(&server.url);
    for _ in 0..4 {
        drop(within(client.call(Call::of(&message()))).await);
    }
    drop(within(heard.client(&nobody().await).call(Call::of(&ProviderRequest::get("/v1/me", &[])))).await);
    assert_eq!(
        heard.lines(),
        [
            "POST /v1/accounts/{id}/messages 200 t-1 1 -",
            "POST /v1/accounts/{id}/messages 400 t-2 1 acme.permission",
            "POST /v1/accounts/{id}/messages 200 - 0 acme.unreadable_reply",
            "POST /v1/accounts/{id}/messages 0 - 0 network.no_answer",
            "GET /v1/me 0 - 0 network.unreachable",
        ]
    );
}

/// The provider counts it, whoever stopped waiting.
#[tokio::test]
async fn a_call_that_nobody_waits_for_is_heard_of() {
    let heard = Arc::new(Heard::default());
    let server = Server::start(Then::Hang).await;
    let (client, request) = (heard.client(&server.url), message());
    tokio::select! {
        outcome = client.call(Call::of(&request)) => panic!("{outcome:?}"),
        () = server.arrived(1) => {}
    }
    assert_eq!(heard.lines(), ["POST /v1/accounts/{id}/messages 0 - 0 network.abandoned"]);
}

#[tokio::test]
async fn calls_of_one_client_do_not_disturb_each_other() {
    let server = Server::start(answer("200 OK", json!({"id": "m_1"}))).await;
    let shared = context().with_shared(builder().build().unwrap());
    let client = Client::new(&ACME, &server.url, &shared).unwrap();
    let (write, read) = (message(), ProviderRequest::get("/v1/me", &[]));
    let (first, second, third) =
        tokio::join!(client.call(Call::of(&write)), client.call(Call::of(&read)), client.call(Call::of(&write)));
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    assert_eq!(server.requests().len(), 3);
}
