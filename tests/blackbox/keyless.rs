//! Without an `Idempotency-Key`: standard clients repeat by themselves what they saw fail, and the person hears it once. Who got an
//! answer and sends the same words again means it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};
use tests::{Graph, GraphRequest, HostConfig, HostProcess, Reply, ids, within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

const MESSAGES: &str = "/api/v1/messages?wait=0";
const BATCH: &str = "/api/v1/messages/batch?wait=0";

fn message(text: &str) -> Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": text}})
}

fn request(path: &str, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "POST {path} HTTP/1.1\r\nhost: linktor.test\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        ids::API_KEY,
        body.len()
    )
}

/// A connection on which a request was written whose answer nobody has read.
async fn asked(address: SocketAddr, path: &str, body: &Value) -> TcpStream {
    let mut caller = TcpStream::connect(address).await.expect("the host listens");
    caller.write_all(request(path, body).as_bytes()).await.expect("it takes a request");
    caller
}

async fn ask(host: &HostProcess, path: &str, body: &Value) -> Reply {
    host.call(Method::POST, path, body).await
}

/// The ids of all messages that are kept, the newest first.
async fn kept(host: &HostProcess) -> Vec<String> {
    let reply = host.get("/api/v1/messages").await.expect_status(200).json();
    reply["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|message| message["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn who_gives_up_and_asks_again_asks_for_the_same_message() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    let caller = asked(host.address(), "/api/v1/messages", &message("hello")).await;
    graph.received("the message", GraphRequest::is_message).await;
    let while_open = ask(&host, MESSAGES, &message("hello")).await.expect_status(202);
    assert_eq!(while_open.header("idempotent-replayed"), "true");
    drop(caller);
    // The one who gave up may be the last to end, or the one who was answered: either way there is one message so far.
    assert_eq!(kept(&host).await, [while_open.json()["id"].as_str().unwrap()]);
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn who_was_cut_off_by_the_end_of_the_host_asks_for_the_same_message() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    let caller = asked(host.address(), "/api/v1/messages", &message("hello")).await;
    graph.received("the message", GraphRequest::is_message).await;
    let host = host.kill().await.restart().await;
    drop(caller);
    let again = ask(&host, MESSAGES, &message("hello")).await.expect_status(202);
    assert_eq!((again.header("idempotent-replayed"), again.json()["status"].as_str()), ("true", Some("unknown")));
    assert_eq!(kept(&host).await, [again.json()["id"].as_str().unwrap()]);
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn who_was_answered_means_the_same_words_again() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let send = async |host: &HostProcess| {
        let reply = host.send(message("hello")).await.expect_status(200);
        assert_eq!(reply.header("idempotent-replayed"), "");
    };
    send(&host).await;
    send(&host).await;
    // What is under way is written down before a host stops.
    let host = host.terminate().await.restart().await;
    send(&host).await;
    assert_eq!(graph.sent().len(), 3);
}

#[tokio::test]
async fn what_was_refused_before_it_was_stored_is_refused_again() {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).serve().await;
    let refused = message(&"x".repeat(2001));
    for _ in 0..2 {
        let reply = host.send(&refused).await.expect_status(422);
        assert_eq!(reply.header("idempotent-replayed"), "");
    }
}

#[tokio::test]
async fn a_batch_that_is_asked_for_again_is_the_same_messages() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    // The same words twice in one batch are two messages.
    let batch = json!({ "messages": [message("hello"), message("hello")] });
    let caller = asked(host.address(), "/api/v1/messages/batch", &batch).await;
    graph.received("the first", GraphRequest::is_message).await;
    let ids = |reply: &Reply| {
        let results = reply.json()["results"].as_array().unwrap().clone();
        results.iter().map(|result| result["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let again = ask(&host, BATCH, &batch).await.expect_status(200);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let mut all = kept(&host).await;
    all.reverse();
    assert_eq!((ids(&again), all.len()), (all, 2));
    drop(caller);
    let host = host.kill().await.restart().await;
    let after = ask(&host, BATCH, &batch).await.expect_status(200);
    assert_eq!((after.header("idempotent-replayed"), ids(&after)), ("true", ids(&again)));
    let meant = ask(&host, BATCH, &batch).await.expect_status(200);
    assert_eq!(meant.header("idempotent-replayed"), "");
    assert_eq!(kept(&host).await.len(), 4);
}

/// Asks until an answer has come, as the libraries do that people use: again after each 408, 425, 429 and 5xx, and whenever a
/// connection breaks or takes too long. It waits longer each time.
async fn insist(host: Arc<Mutex<SocketAddr>>, body: Value, mut patience: Duration) {
    loop {
        let address = *host.lock().expect("nobody panicked");
        // Where nobody listens there is nothing to wait for.
        let Ok(mut caller) = TcpStream::connect(address).await else {
            tokio::task::yield_now().await;
            continue;
        };
        let answer = async {
            caller.write_all(request("/api/v1/messages", &body).as_bytes()).await.ok()?;
            let mut head = [0; 12];
            timeout(patience, caller.read_exact(&mut head)).await.ok()?.ok()?;
            str::from_utf8(&head[9..]).expect("a status").parse::<u16>().ok()
        };
        match answer.await {
            Some(408 | 425 | 429 | 500..) | None => patience *= 2,
            Some(_) => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_insists_is_heard_once_though_the_host_is_killed_meanwhile() {
    const MESSAGES: u32 = 100;
    let graph = Graph::start().await;
    let mut host = HostConfig::with_graph(&graph).rate("messages_per_second", 10_000).serve().await;
    for round in 0..2 {
        let address = Arc::new(Mutex::new(host.address()));
        // From no patience at all to what is enough.
        let patience = |n: u32| Duration::from_micros(200) + n * Duration::from_micros(100);
        let mut insisting: JoinSet<()> = (0..MESSAGES)
            .map(|n| {
                let mut message = message(&format!("order {round}-{n} has left"));
                message["to"] = format!("{}", 7_411_002_233_000_000_u64 + u64::from(round * MESSAGES + n)).into();
                insist(Arc::clone(&address), message, patience(n))
            })
            .collect();
        let some = (round * MESSAGES + MESSAGES / 4) as usize;
        within("some of them", async {
            while graph.sent().len() < some {
                tokio::task::yield_now().await;
            }
        })
        .await;
        let again = host.kill().await.restart().await;
        *address.lock().unwrap() = again.address();
        within("all answers", async {
            while let Some(ended) = insisting.join_next().await {
                ended.unwrap();
            }
        })
        .await;
        host = again;
    }
    let mut times: HashMap<String, usize> = HashMap::new();
    for sent in graph.sent() {
        *times.entry(sent["message"]["text"].to_string()).or_default() += 1;
    }
    let twice: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
