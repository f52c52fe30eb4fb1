use channel_api::{ErrorKind, Method, ProviderRequest, Retry};
use serde_json::{Value, json};

use super::server::{PAGE, PSID, Server, TOKEN, answer, call, client, client_of, message, within};

/// `hmac.new(b"canarysecret", b"canary-page-token", "sha256").hexdigest()` in Python.
const PROOF: &str = "a0d6b96cab20b4e331f0ff32bb25e07653db4eecfd6a984a81fc472f58be5ede";

#[tokio::test]
async fn a_call_is_what_meta_documents() {
    let server = Server::start(answer("200 OK", json!({"recipient_id": PSID, "message_id": "m_AbC-002"}))).await;
    let receipt = within(client(&server.url).send(&message())).await.unwrap();
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
    for secret in [None, Some("")] {
        let client = client_of(&server.url, TOKEN, secret).unwrap();
        let mut request = ProviderRequest::get("/v26.0/me/subscribed_apps", &[]);
        request.method = Method::DELETE;
        call(&client, &request).await.unwrap();
    }
    for request in server.requests() {
        assert_eq!(request.lines().next(), Some("DELETE /v26.0/me/subscribed_apps HTTP/1.1"));
    }
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_is_refused_before_any_call() {
    let server = Server::start(answer("200 OK", json!({}))).await;
    let client = client(&server.url);
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
    for base in ["http://graph.facebook.com", "graph.facebook.com", "https://graph.facebook.com/?access_token=x"] {
        let error = client_of(base, TOKEN, None).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "facebook.unsafe_address"), "{base}");
        assert_eq!(error.to_string(), "the Graph API's address cannot be used");
        let hint = "enter an https address without user or query as graph_api_url; http only on this machine";
        assert_eq!(error.hint(), Some(hint));
    }
    for token in ["", "line\nend", "null\0"] {
        let error = client_of("https://graph.facebook.com", token, None).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "facebook.unusable_token"), "{token:?}");
        assert_eq!(error.to_string(), "the Page Access Token is empty or damaged");
        assert_eq!(error.hint(), Some("copy it again, without spaces or line ends"));
    }
}
