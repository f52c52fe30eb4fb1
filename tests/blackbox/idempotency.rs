//! `Idempotency-Key`: a caller that saw no answer may ask again, and the person hears it once.

use serde_json::{Value, json};
use tests::{Graph, HostConfig, HostProcess, Reply, ids};

fn message(text: &str) -> Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": text}})
}

async fn send(host: &HostProcess, key: &str, text: &str) -> Reply {
    host.send_with(&[("idempotency-key", key)], message(text)).await
}

#[tokio::test]
async fn the_same_key_and_message_are_sent_once_and_answered_alike() {
    let graph = Graph::start().await;
    graph.messages().ok("m_once").ok("m_twice");
    let host = HostConfig::with_graph(&graph).serve().await;
    let first = send(&host, "order-17", "hello").await.expect_status(200);
    let second = send(&host, "order-17", "hello").await.expect_status(200);
    assert_eq!(first.json(), second.json());
    assert_eq!(first.json()["receipts"][0]["messageId"], "m_once");
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn the_same_key_at_the_same_time_is_sent_once() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let (a, b, c) = tokio::join!(
        send(&host, "order-17", "hello"),
        send(&host, "order-17", "hello"),
        send(&host, "order-17", "hello")
    );
    assert_eq!(graph.sent().len(), 1);
    let statuses = [a.status, b.status, c.status];
    assert!(statuses.contains(&200), "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
}

#[tokio::test]
async fn the_same_key_with_another_message_is_refused() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    send(&host, "order-17", "hello").await.expect_status(200);
    let reply = send(&host, "order-17", "something else").await;
    assert!([409, 422].contains(&reply.status), "{} {}", reply.status, reply.text());
    assert!(reply.json()["code"].is_string());
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn another_key_or_none_is_another_message() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    send(&host, "order-17", "hello").await.expect_status(200);
    send(&host, "order-18", "hello").await.expect_status(200);
    host.send(message("hello")).await.expect_status(200);
    host.send(message("hello")).await.expect_status(200);
    assert_eq!(graph.sent().len(), 4);
}

#[tokio::test]
async fn a_key_whose_message_surely_was_not_sent_may_be_used_again() {
    let graph = Graph::start().await;
    graph.messages().error(4, 0, "(#4) Application request limit reached").ok("m_later");
    let host = HostConfig::with_graph(&graph).serve().await;
    let first = send(&host, "order-17", "hello").await;
    assert_ne!(first.status, 200);
    let second = send(&host, "order-17", "hello").await.expect_status(200);
    assert_eq!(second.json()["receipts"][0]["messageId"], "m_later");
}

#[tokio::test]
async fn a_key_whose_message_may_have_been_sent_is_not_sent_again() {
    let graph = Graph::start().await;
    graph.messages().reset();
    let host = HostConfig::with_graph(&graph).serve().await;
    let first = send(&host, "order-17", "hello").await;
    assert_ne!(first.status, 200);
    let second = send(&host, "order-17", "hello").await;
    assert_ne!(second.status, 200, "{}", second.text());
    assert_eq!(graph.sent().len(), 1, "a person may have read it already");
}
