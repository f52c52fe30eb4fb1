//! `Idempotency-Key`: a caller that saw no answer may ask again, and the person hears it once.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};
use tests::{ChannelConfig, Graph, GraphRequest, HostConfig, HostProcess, Reply, ids, within};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

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
    let told = [a, b, c].map(|reply| reply.expect_status(200).json());
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
}

#[tokio::test]
async fn the_same_key_with_another_message_is_refused() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    send(&host, "order-17", "hello").await.expect_status(200);
    let reply = send(&host, "order-17", "something else").await.expect_status(422);
    assert_eq!(reply.json()["code"], "idempotency_key_reused");
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
async fn a_key_whose_message_was_refused_for_good_says_so_again() {
    let graph = Graph::start().await;
    graph.messages().error(10, 2_018_278, "(#10) This message is sent outside of allowed window.").ok("m_never");
    let host = HostConfig::with_graph(&graph).serve().await;
    let first = send(&host, "order-17", "hello").await.expect_status(422);
    let second = send(&host, "order-17", "hello").await.expect_status(422);
    assert_eq!(first.json(), second.json());
    assert_eq!(second.header("idempotent-replayed"), "true");
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn a_key_whose_message_may_have_been_sent_is_not_sent_again() {
    let graph = Graph::start().await;
    graph.messages().reset();
    let host = HostConfig::with_graph(&graph).serve().await;
    for replayed in ["", "true"] {
        let told = send(&host, "order-17", "hello").await.expect_status(202);
        assert_eq!(told.header("idempotent-replayed"), replayed);
        assert_eq!(
            (&told.json()["status"], &told.json()["failure"]["retry"]["advice"]),
            (&json!("unknown"), &json!("if_idempotent"))
        );
    }
    assert_eq!(graph.sent().len(), 1, "a person may have read it already");
}

#[tokio::test]
async fn a_caller_who_hangs_up_leaves_no_key_in_use_with_nothing_sent() {
    const CALLERS: u64 = 300;
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph)
        .rate("messages_per_second", 10_000)
        .rate("per_person_per_hour", 10_000)
        .serve()
        .await;
    let (key, text) = (|n: u64| format!("order-{n}"), |n: u64| format!("order {n} has left"));
    for n in 0..CALLERS {
        let body = message(&text(n)).to_string();
        let head = format!(
            "POST /api/v1/messages HTTP/1.1\r\nhost: linktor.test\r\nauthorization: Bearer {}\r\nidempotency-key: {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            ids::API_KEY,
            key(n),
            body.len()
        );
        let mut caller = TcpStream::connect(host.address()).await.unwrap();
        caller.write_all((head + &body).as_bytes()).await.unwrap();
        // Gone after 0 to 3 ms, whether or not an answer begins to come.
        let patience = Duration::from_micros(n * 10);
        let _answered = tokio::time::timeout(patience, caller.readable()).await;
        caller.set_zero_linger().unwrap();
    }
    // What is under way is finished before a host stops: what is in use afterwards stays so.
    let host = host.terminate().await.restart().await;
    for n in 0..CALLERS {
        let reply = send(&host, &key(n), &text(n)).await;
        assert_eq!(reply.status, 200, "key {n} of {CALLERS}: {}", reply.text());
    }
    let mut texts: Vec<String> = graph.sent().iter().map(|sent| sent["message"]["text"].to_string()).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!((graph.sent().len(), texts.len()), (300, 300), "each was sent, and once");
}

/// Asks for a batch whose answer never comes, and stops waiting for it when `until` has happened.
async fn send_batch_until(host: &HostProcess, messages: Value, until: impl Future<Output = ()>) {
    tokio::select! {
        answer = host.call(Method::POST, "/api/v1/messages/batch", json!({ "messages": messages })) => {
            panic!("it is not over: {}", answer.text())
        }
        () = until => {}
    }
}

#[tokio::test]
async fn a_message_of_a_batch_that_waits_for_a_name_leaves_no_key_in_doubt() {
    let graph = Graph::start().await;
    graph.profiles().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    let mut messages = [message("hello"), message("Hi {{user_first_name}}!")];
    messages[0]["idempotencyKey"] = "order-17".into();
    send_batch_until(&host, json!(messages), async {
        graph.received("a name", |request| request.is_profile_of(ids::PERSON)).await;
    })
    .await;
    let host = host.kill().await.restart().await;
    send(&host, "order-17", "hello").await.expect_status(200);
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn a_channel_that_hangs_leaves_no_key_of_another_in_doubt() {
    const WELL: &str = "ch_well";
    let (hangs, well) = (Graph::start().await, Graph::start().await);
    hangs.messages().hang();
    let channel = |id: &str, graph: &Graph| ChannelConfig::facebook(id).set("graph_api_url", graph.url());
    let channels = [channel(ids::CHANNEL, &hangs), channel(WELL, &well).set("page_id", ids::OTHER_PAGE)];
    let host = HostConfig::with_channels(channels).serve().await;
    let mut messages = [message("hello"), message("hello")];
    messages[1]["channelId"] = WELL.into();
    let other = messages[1].clone();
    let ask = async |host: &HostProcess| host.send_with(&[("idempotency-key", "order-17")], other.clone()).await;
    for message in &mut messages {
        message["idempotencyKey"] = "order-17".into();
    }
    let until = async {
        hangs.received("a message", GraphRequest::is_message).await;
        well.received("a message", GraphRequest::is_message).await;
        within("the other channel's outcome", async { while ask(&host).await.status != 200 {} }).await;
    };
    Box::pin(send_batch_until(&host, json!(messages), until)).await;
    let host = host.kill().await.restart().await;
    let reply = ask(&host).await.expect_status(200);
    assert_eq!(reply.header("idempotent-replayed"), "true");
    let reply = send(&host, "order-17", "hello").await.expect_status(202);
    assert_eq!(reply.json()["status"], "unknown");
    assert_eq!((hangs.sent().len(), well.sent().len()), (1, 1));
}

#[tokio::test]
async fn a_message_that_was_sent_is_answered_alike_though_it_would_be_refused_now() {
    let graph = Graph::start().await;
    graph.profiles().error_with_status(500, 2, 0, "(#2) Service temporarily unavailable");
    let host = HostConfig::with_graph(&graph).serve().await;
    // Without the name it fits.
    let text = format!("Hi {{{{user_first_name}}}}! {}", "x".repeat(1990));
    let first = send(&host, "order-17", &text).await.expect_status(200);
    graph.person(ids::PERSON, "Bartholomew", "Lima", "https://cdn.example.org/b.jpg");
    let host = host.terminate().await.restart().await;
    let again = send(&host, "order-17", &text).await.expect_status(200);
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(
        graph.requests().iter().filter(|request| request.is_profile_of(ids::PERSON)).count(),
        1,
        "nobody is asked"
    );
    let now = send(&host, "order-18", &text).await.expect_status(422).json();
    assert_eq!(now["issues"][0]["pointer"], "/content/text", "{now:#}");
    assert_eq!(graph.sent().len(), 1);
}
