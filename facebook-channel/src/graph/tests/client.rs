use channel_api::{ErrorKind, Method, ProviderRequest, Retry, Secret};
use serde_json::{Value, json};

use super::super::client::{GraphClient, bearer};
use super::super::transport::http_client;
use super::server::{APP_SECRET, PAGE, PSID, Server, TOKEN, answer, call, client, message, within};

/// `hmac.new(b"canarysecret", b"canary-page-token", "sha256").hexdigest()` in Python.
const PROOF: &str = "a0d6b96cab20b4e331f0ff32bb25e07653db4eecfd6a984a81fc472f58be5ede";

#[tokio::test]
async fn a_call_is_what_meta_documents() {
    let server = Server::start(answer("200 OK", json!({"recipient_id": PSID, "message_id": "m_AbC-002"}))).await;
    let receipt = within(server.client().send(&message())).await.unwrap();
    assert_eq!(
        (receipt.message_id.as_deref(), receipt.recipient_id.as_deref(), receipt.attachment_id),
        (Some("m_AbC-002"), Some(PSID), None)
    );
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    let lines: Vec<&str> = head.lines().collect();
    assert_eq!(lines[0], format!("POST /v26.0/{PAGE}/messages?appsecret_proof={PROOF} HTTP/1.1"));
    assert!(lines.contains(&format!("authorization: Bearer {TOKEN}").as_str()), "{head}");
    assert!(lines.contains(&"content-type: application/json"), "{head}");
    assert!(lines.contains(&concat!("user-agent: linktor-facebook-channel/", env!("CARGO_PKG_VERSION"))), "{head}");
    assert!(!head.to_ascii_lowercase().contains("referer"), "{head}");
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), message().body);
}

#[tokio::test]
async fn parameters_are_escaped_and_the_token_stays_out_of_the_address() {
    let server = Server::start(answer("200 OK", json!({"data": []}))).await;
    let base = format!("{}/graph/", server.url);
    let request = ProviderRequest::get("/v26.0/me", &[("fields", "id,name"), ("q", "a&b=c d")]);
    call(&client(&base), &request).await.unwrap();
    let requests = server.requests();
    let line = requests[0].lines().next().unwrap();
    assert_eq!(line, format!("GET /graph/v26.0/me?fields=id%2Cname&q=a%26b%3Dc+d&appsecret_proof={PROOF} HTTP/1.1"));
    assert!(!requests[0].contains("content-type"), "{}", requests[0]);
}

#[tokio::test]
async fn without_an_app_secret_there_is_no_proof() {
    let server = Server::start(answer("200 OK", json!({"success": true}))).await;
    for secret in [None, Some(&Secret::new(""))] {
        let client =
            GraphClient::new(http_client().unwrap(), &server.url, "v26.0", Secret::new(TOKEN), secret).unwrap();
        let mut request = ProviderRequest::get("/v26.0/me/subscribed_apps", &[]);
        request.method = Method::Delete;
        call(&client, &request).await.unwrap();
    }
    for request in server.requests() {
        assert_eq!(request.lines().next(), Some("DELETE /v26.0/me/subscribed_apps HTTP/1.1"));
    }
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_is_refused_before_any_call() {
    let server = Server::start(answer("200 OK", json!({}))).await;
    let client = server.client();
    for path in [
        "",
        "/",
        "v26.0/me",
        "//evil.example/v26.0/me",
        "https://evil.example/v26.0/me",
        "/../me",
        "/v26.0/../me",
        "/v26.0/./me",
        "/v26.0/%2e%2e/me",
        "/v26.0//me",
        "/v26.0/me/",
        "/v26.0/me?access_token=x",
        "/v26.0/me#x",
        "/v26.0\\me",
        "/v26.0/m e",
        "/v26.0/me\n",
        "@evil.example/v26.0/me",
        "/v26.0/mé",
    ] {
        let error = call(&client, &ProviderRequest::get(path, &[])).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidMessage, "facebook.invalid_request"), "{path:?}");
        assert_eq!(error.retry(), Retry::Never);
        assert!(path.len() < 3 || !error.to_string().contains(path), "{error}");
    }
    for request in [
        ProviderRequest::get("/v26.0/me", &[("access_token", "other")]),
        ProviderRequest::get("/v26.0/me", &[("Appsecret_Proof", "other")]),
        ProviderRequest::post("/v26.0/me/messages", json!({"access_token": "other"})),
    ] {
        let error = call(&client, &request).await.unwrap_err();
        assert_eq!(error.code(), "facebook.invalid_request", "{request:?}");
    }
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[test]
fn a_token_is_sent_to_safe_addresses_only() {
    let new = |base: &str, token: &str| {
        let secret = Secret::new(APP_SECRET);
        GraphClient::new(http_client().unwrap(), base, "v26.0", Secret::new(token), Some(&secret))
    };
    for base in [
        "http://graph.facebook.com",
        "ftp://graph.facebook.com",
        "graph.facebook.com",
        "",
        "https://u@graph.facebook.com",
        "https://u:p@graph.facebook.com",
        "https://graph.facebook.com/?access_token=x",
        "https://graph.facebook.com/#x",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "file:///etc/passwd",
    ] {
        let error = new(base, TOKEN).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "facebook.unsafe_address"), "{base}");
    }
    for base in ["https://graph.facebook.com", "http://127.0.0.1:9", "http://localhost:9/graph", "http://[::1]:9"] {
        assert!(new(base, TOKEN).is_ok(), "{base}");
    }
    for token in ["", "line\nend", "null\0"] {
        let error = new("https://graph.facebook.com", token).unwrap_err();
        assert_eq!(error.code(), "facebook.unusable_token", "{token:?}");
        assert!(error.hint().is_some());
    }
}

#[test]
fn the_header_with_the_token_prints_nothing() {
    let header = bearer(&Secret::new(TOKEN)).unwrap();
    assert!(header.is_sensitive());
    assert_eq!(format!("{header:?}"), "Sensitive");
}
