//! What programs see: the key, the cursor, health and metrics.

use bytes::Bytes;
use hyper::Method;
use serde_json::json;
use tests::webhook::{at, attachment, batch, body, delivery, echo, event, read, text};
use tests::{ChannelConfig, Graph, HostConfig, HostProcess, ids, sign};

const GUARDED: [(&str, &str); 4] =
    [("POST", "/api/v1/messages"), ("GET", "/api/v1/events"), ("GET", "/api/v1/events/stream"), ("GET", "/metrics")];

async fn status(host: &HostProcess, method: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
    let method: Method = method.parse().expect("a method");
    let body = if method == Method::POST { Bytes::from_static(b"{}") } else { Bytes::new() };
    let reply = host.request(method, path, headers, body).await;
    assert!(!reply.everything().contains(ids::API_KEY));
    reply.status
}

#[tokio::test]
async fn the_api_needs_its_key() {
    let host = HostConfig::alone().serve().await;
    let almost = format!("Bearer {}", &ids::API_KEY[..ids::API_KEY.len() - 1]);
    let wrong: [&[(&str, &str)]; 7] = [
        &[],
        &[("authorization", "Bearer wrong")],
        &[("authorization", "Bearer ")],
        &[("authorization", &almost)],
        &[("authorization", ids::API_KEY)],
        &[("x-api-key", "wrong")],
        &[("x-api-key", "")],
    ];
    for (method, path) in GUARDED {
        for headers in wrong {
            assert_eq!(status(&host, method, path, headers).await, 401, "{method} {path} with {headers:?}");
        }
        let in_the_query = format!("{path}?api_key={0}&key={0}&access_token={0}", ids::API_KEY);
        assert_eq!(status(&host, method, &in_the_query, &[]).await, 401, "a key in a URL ends up in logs");
    }
}

#[tokio::test]
async fn either_header_carries_the_key() {
    let host = HostConfig::alone().serve().await;
    let bearer = format!("Bearer {}", ids::API_KEY);
    for headers in [[("authorization", bearer.as_str())], [("x-api-key", ids::API_KEY)]] {
        for path in ["/api/v1/events", "/metrics"] {
            assert_eq!(status(&host, "GET", path, &headers).await, 200, "{path} with {headers:?}");
        }
    }
}

#[tokio::test]
async fn health_and_readiness_need_no_key() {
    let host = HostConfig::alone().serve().await;
    let health = host.get_without_key("/health").await.expect_status(200);
    assert_eq!(health.json()["status"], "ok");
    host.get_without_key("/ready").await.expect_status(200);
}

#[tokio::test]
async fn metrics_are_prometheus_text_and_count_webhooks() {
    let host = HostConfig::alone().serve().await;
    let before = host.get("/metrics").await.expect_status(200);
    assert!(before.text().contains("# TYPE "), "{}", before.text());
    host.deliver(body([text("m_1", "hello")])).await.expect_status(200);
    host.deliver_with(&[], body([text("m_2", "hello")])).await.expect_status(401);
    let after = host.get("/metrics").await.expect_status(200).text();
    let webhook_lines = |metrics: &str| -> Vec<String> {
        metrics.lines().filter(|line| !line.starts_with('#') && line.contains("webhook")).map(str::to_owned).collect()
    };
    assert_ne!(webhook_lines(&after), webhook_lines(&before.text()), "{after}");
    assert!(!after.contains(ids::PERSON), "a person's id is no label");
}

#[tokio::test]
async fn an_unknown_path_is_not_found_and_another_method_is_not_allowed() {
    let host = HostConfig::alone().serve().await;
    host.get("/api/v1/nothing").await.expect_status(404);
    host.call(Method::PUT, "/api/v1/messages", json!({})).await.expect_status(405);
    host.request(Method::DELETE, "/webhooks/facebook/ch_facebook_123", &[], Bytes::new()).await.expect_status(405);
}

#[tokio::test]
async fn a_cursor_walks_through_all_events_once() {
    let host = HostConfig::alone().serve().await;
    host.deliver(batch("m_", 5)).await.expect_status(200);
    let mut seen = Vec::new();
    let mut cursor = 0;
    for expected in [2, 2, 1, 0, 0] {
        let (events, next) = host.page(&format!("after={cursor}&limit=2")).await;
        assert_eq!(events.len(), expected);
        assert!(events.windows(2).all(|pair| pair[0].seq < pair[1].seq));
        assert!(events.iter().all(|event| event.seq > cursor));
        assert_eq!(next, events.last().map_or(cursor, |last| last.seq));
        seen.extend(events.iter().map(|event| event.mid().to_owned()));
        cursor = next;
    }
    assert_eq!(seen, ["m_0", "m_1", "m_2", "m_3", "m_4"]);

    host.deliver(body([text("m_5", "later")])).await.expect_status(200);
    let (events, _) = host.page(&format!("after={cursor}")).await;
    assert_eq!(events.iter().map(tests::StoredEvent::mid).collect::<Vec<_>>(), ["m_5"]);
}

#[tokio::test]
async fn without_a_cursor_events_start_at_the_beginning() {
    let host = HostConfig::alone().serve().await;
    host.deliver(batch("m_", 3)).await.expect_status(200);
    assert_eq!(host.page("").await.0.len(), 3);
    assert_eq!(host.page("limit=1").await.0[0].mid(), "m_0");
}

#[tokio::test]
async fn a_cursor_that_is_no_number_is_refused() {
    let host = HostConfig::alone().serve().await;
    for query in ["after=abc", "after=-1", "limit=-1", "limit=many", "limit=0", "limit=1001"] {
        let reply = host.get(&format!("/api/v1/events?{query}")).await;
        assert_eq!(reply.status, 400, "for {query}: {}", reply.text());
        let problem = reply.json();
        let field = query.split('=').next().expect("a name");
        assert_eq!(
            (&problem["code"], &problem["issues"][0]["pointer"]),
            (&json!("bad_query"), &json!(format!("/{field}")))
        );
    }
}

#[tokio::test]
async fn an_error_is_a_problem_document() {
    let host = HostConfig::alone().serve().await;
    let reply = host.get("/api/v1/events?after=abc").await.expect_status(400);
    assert_eq!(reply.headers["content-type"], "application/problem+json");
    let problem = reply.json();
    assert_eq!((&problem["type"], &problem["title"]), (&json!("about:blank"), &json!("Bad Request")), "{problem:#}");
    assert_eq!((&problem["status"], &problem["code"]), (&json!(400), &json!("bad_query")), "{problem:#}");
    assert!(problem["message"].is_string() && problem["message"] == problem["detail"], "{problem:#}");
    // Where clients of Linktor's core look for it.
    assert_eq!(problem["error"], json!({"code": problem["code"], "message": problem["message"]}), "{problem:#}");
}

#[tokio::test]
async fn events_can_be_read_by_channel_and_an_id_counts_within_its_channel() {
    let channels = [ChannelConfig::facebook("ch_one"), ChannelConfig::facebook("ch_two")];
    let host = HostConfig::with_channels(channels).serve().await;
    let same = body([text("m_same", "hello")]);
    let signature = sign(ids::APP_SECRET, &same);
    for channel in ["ch_one", "ch_two", "ch_two"] {
        let headers = [("x-hub-signature-256", signature.as_str())];
        let path = format!("/webhooks/messenger/{channel}");
        host.request(Method::POST, &path, &headers, same.clone()).await.expect_status(200);
    }
    assert_eq!(host.events().await.len(), 2);
    let (events, _) = host.page("channelId=ch_two").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].data["channelId"], "ch_two");
    assert_eq!(host.page("channelId=ch_none").await.0, []);
}

#[tokio::test]
async fn the_everyday_kinds_have_their_names_and_contents() {
    let host = HostConfig::alone().serve().await;
    let location =
        json!({"type": "location", "title": "Here", "payload": {"coordinates": {"lat": 41.38, "long": 2.17}}});
    let kinds = [
        (attachment("m_i", "image", "https://cdn.example.org/a.jpg"), "message.received"),
        (attachment("m_v", "video", "https://cdn.example.org/a.mp4"), "message.received"),
        (attachment("m_a", "audio", "https://cdn.example.org/a.mp3"), "message.received"),
        (attachment("m_f", "file", "https://cdn.example.org/a.pdf"), "message.received"),
        (event("message", json!({"mid": "m_l", "attachments": [location]})), "message.received"),
        (echo("m_e", "from the Page"), "message.echo"),
        (delivery(&["m_e"], ids::NOW_MS), "message.delivered"),
        (read(ids::NOW_MS), "message.read"),
    ];
    let names: Vec<_> = kinds.iter().map(|(_, name)| *name).collect();
    host.deliver(body(kinds.map(|(event, _)| event))).await.expect_status(200);
    let events = host.events().await;
    assert_eq!(events.iter().map(|event| event.event.as_str()).collect::<Vec<_>>(), names);
    for (event, (kind, url)) in
        events.iter().zip([("image", "a.jpg"), ("video", "a.mp4"), ("audio", "a.mp3"), ("file", "a.pdf")])
    {
        assert_eq!(event.data["content"]["type"], kind);
        assert_eq!(event.data["content"][kind]["url"], format!("https://cdn.example.org/{url}"));
    }
    assert_eq!(events[4].data["content"]["type"], "location");
    assert_eq!(events[5].data["direction"], "outbound");
}

#[tokio::test]
async fn several_attachments_and_a_text_are_all_kept() {
    let host = HostConfig::alone().serve().await;
    let photo = |name: &str| json!({"type": "image", "payload": {"url": format!("https://cdn.example.org/{name}")}});
    let message = json!({"mid": "m_3", "text": "three", "attachments": [photo("1"), photo("2"), photo("3")]});
    host.deliver(body([at(event("message", message), ids::NOW_MS)])).await.expect_status(200);
    let events = host.events().await;
    assert_eq!(events.len(), 1);
    let content = events[0].data["content"].to_string();
    for part in ["three", "cdn.example.org/1", "cdn.example.org/2", "cdn.example.org/3"] {
        assert!(content.contains(part), "{content}");
    }
    assert_eq!(events[0].data["content"]["attachments"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn the_address_of_the_graph_api_may_come_from_the_environment() {
    let graph = Graph::start().await;
    let config = HostConfig::alone().without("graph_api_url").env("LINKTOR_GRAPH_API_URL", &graph.url());
    let host = config.serve().await;
    let text = json!({"type": "text", "text": "hello"});
    let message = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": text});
    host.send(message).await.expect_status(200);
    assert_eq!(graph.sent().len(), 1);
}
