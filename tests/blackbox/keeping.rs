//! What is old goes, readers are told what they have missed, and the room is given back.

use std::fs;

use serde_json::{Value, json};
use tests::webhook::{batch, body, text};
use tests::{Graph, HostConfig, HostProcess, Run, ids, within};

use crate::stage::assert_says;

/// Waits until nothing is stored any more.
async fn emptied(host: &HostProcess) {
    within("what is old to go", async { while !host.page("after=0").await.0.is_empty() {} }).await;
}

async fn gap(host: &HostProcess, after: u64) -> Value {
    host.get(&format!("/api/v1/events?after={after}")).await.expect_status(200).json()["gap"].take()
}

#[tokio::test]
async fn what_is_old_goes_and_who_reads_after_it_is_told() {
    let host = HostConfig::alone().section("retention", json!({"events": "1s"})).serve().await;
    assert_eq!(gap(&host, 0).await, Value::Null, "a new store has lost nothing");
    host.deliver(batch("m_", 3)).await.expect_status(200);
    emptied(&host).await;
    let page = host.get("/api/v1/events?after=0").await.json();
    assert_eq!(page, json!({"events": [], "next": 3, "gap": {"from": 1, "to": 3}}));
    assert_eq!(gap(&host, 1).await, json!({"from": 2, "to": 3}));
    assert_eq!(gap(&host, 3).await, Value::Null);

    let mut stream = host.stream("?after=1", &[]).await;
    assert_eq!(stream.last_id().await, "1");
    let told = stream.next().await.expect("the stream goes on");
    assert_eq!((told.event.as_str(), told.id.as_str(), told.data.as_str()), ("gap", "3", "{\"from\":2,\"to\":3}"));
    // A redelivery of what has gone is no news, and takes no number.
    host.deliver(batch("m_", 3)).await.expect_status(200);
    host.deliver(body([text("m_new", "hello")])).await.expect_status(200);
    let new = stream.next().await.expect("the stream goes on");
    assert_eq!((new.event.as_str(), new.id.as_str()), ("message.received", "4"));
    drop(stream);
    emptied(&host).await;
    let metrics = host.get("/metrics").await.text();
    assert_says(&metrics, &["linktor_retention_deleted_total{kind=\"events\"} 4", "linktor_retention_halted 0"]);
    assert!(!metrics.contains("linktor_store_bytes 0\n"), "{metrics}");

    let stopped = host.terminate().await;
    let ran = Run::new(["events"]).config(&stopped.config).run().await.expect_code(0);
    assert_eq!(ran.stdout, "");
    assert_says(&ran.stderr, &["the events 1 to 4 are not kept any more"]);
    let ran = Run::new(["events", "--after", "4"]).config(&stopped.config).run().await.expect_code(0);
    assert_eq!(ran.everything(), "\n");
}

#[tokio::test]
async fn a_stream_that_is_overtaken_is_told_what_it_misses() {
    let host = HostConfig::alone().section("retention", json!({"events": "1s"})).serve().await;
    let mut stream = host.stream("?after=0&channelId=another", &[]).await;
    assert_eq!(stream.last_id().await, "0");
    host.deliver(batch("m_", 3)).await.expect_status(200);
    emptied(&host).await;
    let mut later = host.stream("", &[("last-event-id", "1")]).await;
    assert_eq!(later.next().await.expect("the stream goes on").event, "gap");
    // Who has seen that all three were another channel's misses nothing.
    host.terminate().await;
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_message_that_has_gone_by_age_is_not_sent_again() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).section("retention", json!({"messages": "1s"})).serve().await;
    let message = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": "hello"}});
    let key = [("idempotency-key", "order-17")];
    let sent = host.send_with(&key, &message).await.expect_status(200).json();
    let path = format!("/api/v1/messages/{}", sent["id"].as_str().expect("an id"));
    within("the message to go", async { while host.get(&path).await.status != 404 {} }).await;
    assert_eq!(host.send_with(&key, &message).await.expect_status(410).json()["code"], "erased");
    let stopped = host.kill().await;
    let host = stopped.restart().await;
    host.send_with(&key, &message).await.expect_status(410);
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn a_store_is_compacted_while_no_host_runs_with_it() {
    let host = HostConfig::alone().section("retention", json!({"events": "1s"})).serve().await;
    for number in 0..20 {
        host.deliver(batch(&format!("m_{number}_"), 200)).await.expect_status(200);
    }
    emptied(&host).await;
    let refused = Run::new(["compact"]).config(host.config()).run().await.expect_code(1);
    assert_says(&refused.stderr, &["a host is running with the store", "stop it"]);
    assert_eq!(refused.stdout, "");
    let stopped = host.terminate().await;
    let told = Run::new(["compact", "--json"]).config(&stopped.config).run().await.expect_code(0).json();
    let file = fs::metadata(stopped.config.dir().join("data/events.sqlite3")).expect("a store");
    assert_eq!(told["after"], file.len());
    assert!(told["before"].as_u64() >= told["after"].as_u64(), "{told}");
    let ran = Run::new(["compact"]).config(&stopped.config).run().await.expect_code(0);
    assert_says(&ran.stdout, &[" MiB before, ", " MiB after"]);

    let host = stopped.restart().await;
    host.deliver(body([text("m_new", "hello")])).await.expect_status(200);
    assert_eq!(host.page("after=4000").await.0[0].mid(), "m_new");

    let nowhere = tempfile::tempdir().unwrap();
    let refused = Run::new(["compact", "--data-dir"]).path(nowhere.path()).run().await.expect_code(1);
    assert_says(&refused.stderr, &["there is no event store"]);
}
