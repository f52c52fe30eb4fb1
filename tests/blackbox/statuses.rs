//! What becomes of a message after it went out: by its echo, by receipts, over restarts, and each step told once.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::webhook::{ago, at, body, delivery, echo, read, text};
use tests::{EventStream, Graph, GraphRequest, HostConfig, HostProcess, StoredEvent, ids};

/// Our app, as echoes name it.
const APP: &str = "2233445566778899";

fn message(text: &str) -> Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": text}, "ref": text})
}

async fn asked(host: &HostProcess, id: &Value) -> Value {
    host.get(&format!("/api/v1/messages/{}", id.as_str().expect("an id"))).await.expect_status(200).json()
}

/// How a message came on.
async fn steps(host: &HostProcess, id: &Value) -> Vec<String> {
    let asked = asked(host, id).await;
    let steps = asked["steps"].as_array().expect("its steps").iter();
    steps.map(|step| step["status"].as_str().expect("a status").to_owned()).collect()
}

/// Meta's copy of what it was sent: with the same metadata.
fn echo_of(sent: &Value, mid: &str) -> Value {
    let mut echo = echo(mid, sent["message"]["text"].as_str().expect("words"));
    if let Some(metadata) = sent["message"].get("metadata") {
        echo["message"]["metadata"] = metadata.clone();
    }
    echo
}

/// Reads on until this message has come so far.
async fn until_told(stream: &mut EventStream, id: &Value, status: &str) -> Value {
    loop {
        let event = stream.next().await.expect("the stream goes on");
        let data: Value = serde_json::from_str::<Value>(&event.data).expect("JSON")["data"].take();
        if event.event == "message.status" && data["sendId"] == *id && data["status"] == status {
            return data;
        }
    }
}

/// How often each step of each message was told.
fn told(events: &[StoredEvent]) -> BTreeMap<(String, String), usize> {
    let mut told = BTreeMap::new();
    for event in events.iter().filter(|event| event.event == "message.status") {
        let word = |name: &str| event.data[name].as_str().expect("a word").to_owned();
        *told.entry((word("sendId"), word("status"))).or_default() += 1;
    }
    told
}

#[tokio::test]
async fn what_may_have_been_sent_is_settled_by_its_echo() {
    let graph = Graph::start().await;
    graph.messages().reset();
    let host = HostConfig::with_graph(&graph).set("app_id", APP).serve().await;
    let mut stream = host.stream("?after=0", &[]).await;
    let unknown = host.send(message("hello")).await.expect_status(202).json();
    assert_eq!(unknown["status"], "unknown");
    let data = until_told(&mut stream, &unknown["id"], "unknown").await;
    assert_eq!((&data["ref"], &data["to"]), (&json!("hello"), &json!(ids::PERSON)));
    assert!(data["error"]["code"].is_string() && data["error"]["hint"].is_string(), "{data}");

    host.deliver(body([echo_of(&graph.sent()[0], "m_1")])).await.expect_status(200);
    let data = until_told(&mut stream, &unknown["id"], "sent").await;
    assert_eq!((&data["messageIds"], &data["error"]), (&json!(["m_1"]), &Value::Null));
    let kept = asked(&host, &unknown["id"]).await;
    assert_eq!((&kept["status"], &kept["receipts"][0]["messageId"]), (&json!("sent"), &json!("m_1")));
    assert_eq!(kept["failure"], Value::Null);
    assert_eq!(graph.sent().len(), 1);
    let token = graph.sent()[0]["message"]["metadata"].as_str().expect("a stamp").replace("ltk:", "");
    for event in host.events().await {
        assert!(!event.data.to_string().contains(&token), "{}", event.data);
    }
    // A caller's own note goes out as it is, and its echo is known by what it says and whose it is.
    let noted = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "options": {"metadata": "my note"},
        "content": {"type": "text", "text": "noted"}});
    graph.messages().reset();
    let noted = host.send(noted).await.expect_status(202).json();
    assert_eq!(graph.sent()[1]["message"]["metadata"], "my note");
    host.deliver(body([at(echo_of(&graph.sent()[1], "m_2"), ago(0))])).await.expect_status(200);
    until_told(&mut stream, &noted["id"], "sent").await;
}

#[tokio::test]
async fn what_nobody_finds_out_is_given_up_and_still_settled_by_a_late_echo() {
    let graph = Graph::start().await;
    graph.messages().reset();
    let host = HostConfig::with_graph(&graph).section("retry", json!({"unknown_after": "1s"})).serve().await;
    let mut stream = host.stream("?after=0", &[]).await;
    let unknown = host.send(message("hello")).await.expect_status(202).json();
    let data = until_told(&mut stream, &unknown["id"], "failed").await;
    assert_eq!(data["error"]["code"], "outcome_unknown");
    host.deliver(body([echo_of(&graph.sent()[0], "m_1"), delivery(&["m_1"], ago(0))])).await.expect_status(200);
    until_told(&mut stream, &unknown["id"], "delivered").await;
    assert_eq!(steps(&host, &unknown["id"]).await, ["unknown", "failed", "sent", "delivered"]);
}

#[tokio::test]
async fn what_stands_in_its_conversation_was_sent() {
    let graph = Graph::start().await;
    graph.messages().reset();
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S+0000").to_string();
    let said = json!({"id": "m_1", "message": "hello", "created_time": now, "from": {"id": ids::PAGE}});
    graph.conversations().json(json!({"data": [{"id": "t_1", "messages": {"data": [said]}}]}));
    let host = HostConfig::with_graph(&graph).section("retry", json!({"unknown_after": "5s"})).serve().await;
    let mut stream = host.stream("?after=0", &[]).await;
    let unknown = host.send(message("hello")).await.expect_status(202).json();
    let data = until_told(&mut stream, &unknown["id"], "sent").await;
    assert_eq!(data["messageIds"], json!(["m_1"]));
    graph.received("the conversation", |request| request.path.ends_with("/conversations")).await;
}

#[tokio::test]
async fn a_watermark_names_exactly_what_it_covers_over_a_restart_and_nothing_twice() {
    let graph = Graph::start().await;
    graph.messages().ok("m_1").ok("m_2").ok("m_3");
    let host = HostConfig::with_graph(&graph).serve().await;
    let mut sent = Vec::new();
    for words in ["one", "two", "three"] {
        sent.push(host.send(message(words)).await.expect_status(200).json()["id"].clone());
    }
    let start = ago(60_000);
    let echoes = graph.sent().into_iter().zip([("m_1", 0), ("m_2", 10), ("m_3", 11)]);
    let echoes = echoes.map(|(sent, (mid, later))| at(echo_of(&sent, mid), start + later));
    host.deliver(body(echoes)).await.expect_status(200);
    let host = host.kill().await.restart().await;
    let mut stream = host.stream("?after=0", &[]).await;
    // Up to and including the second.
    host.deliver(body([at(read(start + 10), start + 20)])).await.expect_status(200);
    until_told(&mut stream, &sent[1], "read").await;
    host.deliver(body([at(read(start + 10), start + 30), at(read(start + 11), start + 40)])).await.expect_status(200);
    until_told(&mut stream, &sent[2], "read").await;
    let reads: Vec<_> = host.events().await.into_iter().filter(|event| event.event == "message.read").collect();
    let named: Vec<_> = reads.iter().map(|event| event.data["messageIds"].clone()).collect();
    let named: Vec<_> = named.into_iter().filter(|ids| !ids.is_null()).collect();
    assert_eq!(named, [json!(["m_1", "m_2"]), json!(["m_3"])]);
    for id in &sent {
        assert_eq!(steps(&host, id).await, ["sent", "read"]);
    }
}

#[tokio::test]
async fn receipts_that_come_early_twice_and_out_of_order_lead_on_and_never_back() {
    let graph = Graph::start().await;
    graph.messages().ok("m_1");
    let host = HostConfig::with_graph(&graph).serve().await;
    let mut stream = host.stream("?after=0", &[]).await;
    // Before anybody here knows of it.
    host.deliver(body([delivery(&["m_1"], ago(0))])).await.expect_status(200);
    let sent = host.send(message("hello")).await.expect_status(200).json();
    until_told(&mut stream, &sent["id"], "delivered").await;
    let read = at(read(ago(0) + 60_000), ago(0));
    for events in [vec![read.clone(), delivery(&["m_1"], ago(0))], vec![read], vec![text("m_in", "thanks")]] {
        host.deliver(body(events)).await.expect_status(200);
    }
    let data = until_told(&mut stream, &sent["id"], "read").await;
    assert_eq!(data["messageIds"], json!(["m_1"]));
    assert_eq!(steps(&host, &sent["id"]).await, ["sent", "delivered", "read"]);
    let asked = asked(&host, &sent["id"]).await;
    assert_eq!(asked["status"], "read");
    assert!(asked["steps"][2]["at"].is_string(), "{asked}");
}

#[tokio::test]
async fn each_step_is_told_once_whenever_the_host_is_killed() {
    let graph = Graph::start().await;
    let mut host = HostConfig::with_graph(&graph).serve().await;
    let mut sent = Vec::new();
    for round in 0..4 {
        let mids: Vec<_> = (0..5).map(|n| format!("m_{round}_{n}")).collect();
        let first = graph.sent().len();
        for mid in &mids {
            graph.messages().ok(mid);
            sent.push(host.send(message(mid)).await.expect_status(200).json()["id"].clone());
        }
        let echoes = graph.sent().into_iter().skip(first).zip(&mids).map(|(sent, mid)| at(echo_of(&sent, mid), ago(0)));
        host.deliver(body(echoes.collect::<Vec<_>>())).await.expect_status(200);
        let mids: Vec<_> = mids.iter().map(String::as_str).collect();
        host.deliver(body([delivery(&mids, ago(0))])).await.expect_status(200);
        // At whatever it is doing then.
        host = host.kill().await.restart().await;
    }
    let mut stream = host.stream("?after=0", &[]).await;
    for id in &sent {
        let asked = asked(&host, id).await;
        assert_eq!(asked["status"], "delivered", "{asked}");
    }
    until_told(&mut stream, sent.last().expect("messages"), "delivered").await;
    let told = told(&host.events().await);
    assert_eq!(told.len(), sent.len() * 2, "sent and delivered of each");
    assert!(told.values().all(|times| *times == 1), "{told:?}");
}

#[tokio::test]
async fn a_crash_in_the_middle_of_a_call_is_settled_by_an_echo_that_came_before_the_restart() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    let key = [("idempotency-key", "order-17")];
    tokio::select! {
        reply = host.send_with(&key, message("hello")) => panic!("{}", reply.text()),
        _ = graph.received("the message", GraphRequest::is_message) => {}
    }
    host.deliver(body([echo_of(&graph.sent()[0], "m_1")])).await.expect_status(200);
    let host = host.kill().await.restart().await;
    let again = host.send_with(&key, message("hello")).await.expect_status(200).json();
    assert_eq!((&again["status"], &again["receipts"][0]["messageId"]), (&json!("sent"), &json!("m_1")));
    assert_eq!(steps(&host, &again["id"]).await, ["sent"], "it was never unknown to anybody");
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn the_rest_of_a_message_follows_when_the_echo_of_its_first_part_comes() {
    let graph = Graph::start().await;
    graph.messages().reset().ok("m_2");
    let host = HostConfig::with_graph(&graph).serve().await;
    let mut stream = host.stream("?after=0", &[]).await;
    let long = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "options": {"split": true},
        "content": {"type": "text", "text": format!("{}. {}", "a".repeat(1990), "b".repeat(100))}});
    let unknown = host.send(long).await.expect_status(202).json();
    assert_eq!((&unknown["status"], graph.sent().len()), (&json!("unknown"), 1));
    host.deliver(body([echo_of(&graph.sent()[0], "m_1")])).await.expect_status(200);
    let data = until_told(&mut stream, &unknown["id"], "sent").await;
    assert_eq!(data["messageIds"], json!(["m_1", "m_2"]));
    assert_eq!(graph.sent().len(), 2);
}
