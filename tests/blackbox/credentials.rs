//! Where secrets come from and how they go to Meta.

use std::fs;

use serde_json::json;
use tests::webhook::{body, text};
use tests::{Graph, HostConfig, HostProcess, appsecret_proof, ids};

async fn send(host: &HostProcess) {
    let text = json!({"type": "text", "text": "hello"});
    host.send(json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": text})).await.expect_status(200);
}

#[tokio::test]
async fn secrets_may_come_from_the_environment_and_from_files() {
    let graph = Graph::start().await;
    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("app_secret");
    fs::write(&secret, format!("{}\n", ids::APP_SECRET)).unwrap();
    let host = HostConfig::with_graph(&graph)
        .server("api_key", json!({"env": "TEST_API_KEY"}))
        .env("TEST_API_KEY", ids::API_KEY)
        .set("page_access_token", json!({"env": "TEST_PAGE_TOKEN"}))
        .env("TEST_PAGE_TOKEN", ids::PAGE_TOKEN)
        .set("app_secret", json!({"file": secret}))
        .serve()
        .await;
    host.deliver(body([text("m_1", "hello")])).await.expect_status(200);
    send(&host).await;
    let request = graph.received("a message", tests::GraphRequest::is_message).await;
    assert_eq!(request.header("authorization"), format!("Bearer {}", ids::PAGE_TOKEN));
}

#[tokio::test]
async fn both_spellings_of_the_keys_are_understood() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph)
        .without("page_id")
        .set("pageId", ids::PAGE)
        .without("page_access_token")
        .set("pageAccessToken", ids::PAGE_TOKEN)
        .without("app_secret")
        .set("appSecret", ids::APP_SECRET)
        .without("verify_token")
        .set("verifyToken", ids::VERIFY_TOKEN)
        .serve()
        .await;
    host.deliver(body([text("m_1", "hello")])).await.expect_status(200);
    send(&host).await;
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn the_token_goes_in_the_header_only_and_is_proved() {
    let graph = Graph::start().await;
    graph.person(ids::PERSON, "Ana", "Lima", "https://cdn.example.org/ana.jpg");
    let host = HostConfig::with_graph(&graph).serve().await;
    host.deliver(body([text("m_1", "hello")])).await.expect_status(200);
    graph.received("the person's profile", |request| request.is_profile_of(ids::PERSON)).await;
    send(&host).await;
    let proof = appsecret_proof(ids::APP_SECRET, ids::PAGE_TOKEN);
    for request in graph.requests() {
        assert_eq!(request.header("authorization"), format!("Bearer {}", ids::PAGE_TOKEN), "{}", request.path);
        assert!(!request.query.contains(ids::PAGE_TOKEN), "{}", request.query);
        assert!(!request.body.to_string().contains(ids::PAGE_TOKEN), "{}", request.body);
        let proved = request.query.contains(&format!("appsecret_proof={proof}"))
            || request.body["appsecret_proof"] == proof.as_str();
        assert!(proved, "{} {} without a proof", request.method, request.path);
    }
}

#[tokio::test]
async fn the_version_of_the_graph_api_is_the_operator_s_choice() {
    let graph = Graph::start().await;
    send(&HostConfig::with_graph(&graph).serve().await).await;
    send(&HostConfig::with_graph(&graph).set("graph_api_version", "v25.0").serve().await).await;
    let paths: Vec<_> =
        graph.requests().into_iter().filter(tests::GraphRequest::is_message).map(|request| request.path).collect();
    assert!(paths[0].starts_with("/v26.0/") && paths[1].starts_with("/v25.0/"), "{paths:?}");
}

#[tokio::test]
async fn whoever_has_one_of_the_keys_gets_in_under_its_name() {
    let keys = json!([
        {"name": "bot", "key": "key-of-the-bot-000000000000000001"},
        {"name": "crm", "key": {"env": "TEST_CRM_KEY"}},
    ]);
    let config = HostConfig::alone().section("api_keys", keys).env("TEST_CRM_KEY", "key-of-the-crm-000000000000000001");
    let host = config.env("RUST_LOG", "host_harness=debug").serve().await;
    for (key, status) in [
        (ids::API_KEY, 200),
        ("key-of-the-bot-000000000000000001", 200),
        ("key-of-the-crm-000000000000000001", 200),
        ("key-of-the-crm-000000000000000002", 401),
        ("default", 401),
    ] {
        let headers = [("x-api-key", key)];
        host.request(hyper::Method::GET, "/api/v1/events", &headers, "").await.expect_status(status);
    }
    let stopped = host.terminate().await;
    let asked = stopped.stderr.lines().filter(|line| line.contains("/api/v1/events"));
    let named =
        |line: &str| ["default", "bot", "crm"].into_iter().find(|name| line.contains(&format!("api_key=\"{name}\"")));
    assert_eq!(asked.map(named).collect::<Vec<_>>(), [Some("default"), Some("bot"), Some("crm"), None, None]);
    assert!(!stopped.stderr.contains("key-of-the-"), "{}", stopped.stderr);
}
