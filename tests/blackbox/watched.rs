//! What a command has had accepted is told, whatever happens while it is waited for: nobody shall send it a second time for want of
//! its id.

use hyper::Method;
use serde_json::json;
use tests::{ConfigFile, Graph, HostConfig, HostProcess, Run, ids, within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::stage::assert_says;

fn message(text: &str) -> String {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": text}}).to_string()
}

fn send(file: &ConfigFile, text: &str) -> Run {
    Run::new(["send"]).config(file).stdin(message(text))
}

fn retry(file: &ConfigFile, args: &[&str]) -> Run {
    Run::new([&["outbox", "retry"], args].concat()).config(file)
}

/// A host, and a file with its address.
async fn beside(config: HostConfig) -> (HostProcess, ConfigFile) {
    let file = config.write();
    let host = file.serve().await;
    file.overwrite(&file.text().replace("127.0.0.1:0", &host.address().to_string()));
    (host, file)
}

/// A host that has the store, and one in its place that is asked and says nothing by itself.
async fn beside_a_silent_one() -> (HostProcess, ConfigFile, TcpListener) {
    let (host, file) = beside(HostConfig::alone()).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = silent.local_addr().expect("an address").to_string();
    file.overwrite(&file.text().replace(&host.address().to_string(), &address));
    (host, file, silent)
}

/// Messages to people of their own, which the provider refused.
async fn failed(host: &HostProcess, graph: &Graph, count: usize) -> Vec<String> {
    let mut failed = Vec::new();
    for n in 0..count {
        graph.messages().error(551, 0, "(#551) This person isn't available right now.");
        let person = format!("900000000000000{n}");
        let told =
            host.send(json!({"channelId": ids::CHANNEL, "to": person, "content": {"type": "text", "text": "hello"}}));
        failed.push(told.await.expect_status(422).json()["id"].as_str().expect("an id").to_owned());
    }
    failed
}

/// The next message is one that holds its channel, for so many seconds.
fn hold(graph: &Graph, seconds: u32) {
    graph.messages().text(429, ("retry-after", &seconds.to_string()), "slow down");
}

#[tokio::test]
async fn a_message_is_told_whose_host_ends_while_it_waits() {
    let graph = Graph::start().await;
    let (host, file) = beside(HostConfig::with_graph(&graph)).await;
    hold(&graph, 25);
    let waiting = send(&file, "held").until("Ctrl-C").await;
    host.kill().await;
    let ran = waiting.end().await.expect_code(1);
    let told = ran.json();
    let id = told["id"].as_str().expect("an id");
    assert_eq!((&told["status"], &told["channelId"]), (&json!("pending"), &json!(ids::CHANNEL)));
    assert_says(&ran.stderr, &[&format!("{id} was accepted; it is kept: `outbox show {id}`"), "does not answer at"]);
}

#[tokio::test]
async fn each_message_is_told_that_is_sent_again_whose_host_ends_while_they_wait() {
    let graph = Graph::start().await;
    let (host, file) = beside(HostConfig::with_graph(&graph)).await;
    let ids = failed(&host, &graph, 2).await;
    hold(&graph, 25);
    hold(&graph, 25);
    let waiting = retry(&file, &[&ids[0], "msg_nobody", &ids[1]]).until(&format!("{} waits", ids[1])).await;
    host.kill().await;
    let ran = waiting.end().await.expect_code(1);
    let expected = format!("{}  pending\nmsg_nobody  left as it is\n{}  pending\n", ids[0], ids[1]);
    assert_eq!(ran.stdout, expected, "{}", ran.stderr);
    for id in ids {
        assert_says(&ran.stderr, &[&format!("{id} was accepted; it is kept"), &format!("{id}: a host runs")]);
    }
}

/// A request to a host that answers with this, or nothing at all.
async fn asked(listener: &TcpListener, answer: &str) -> (TcpStream, String) {
    let (mut connection, _) = within("a request", listener.accept()).await.expect("a connection");
    let mut head = vec![0; 8_192];
    let read = within("its head", connection.read(&mut head)).await.expect("bytes");
    connection.write_all(answer.as_bytes()).await.expect("a connection that is open");
    (connection, String::from_utf8_lossy(&head[..read]).into_owned())
}

#[tokio::test]
async fn ctrl_c_ends_the_waiting_for_a_host_that_answers_nothing() {
    let (_host, file, silent) = beside_a_silent_one().await;
    let sending = send(&file, "not taken").until("").await;
    let (_open, head) = asked(&silent, "").await;
    assert_says(&head, &["POST /api/v1/messages"]);
    let ran = sending.interrupt().await.expect_code(1);
    assert_eq!(ran.stdout, "");
    assert_says(&ran.stderr, &["has not answered, and is not waited for any longer", "`outbox list` tells"]);

    let sending = send(&file, "taken").until("").await;
    let body = json!({"id": "msg_1", "status": "pending", "channelId": ids::CHANNEL, "to": ids::PERSON}).to_string();
    let accepted = format!("HTTP/1.1 202 Accepted\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let (_open, _) = asked(&silent, &accepted).await;
    let (_open, head) = asked(&silent, "").await;
    assert_says(&head, &["GET /api/v1/messages/msg_1"]);
    let ran = sending.interrupt().await.expect_code(1);
    assert_eq!((&ran.json()["id"], &ran.json()["status"]), (&json!("msg_1"), &json!("pending")));
    assert_says(&ran.stderr, &["not waited for any longer; it is kept: `outbox show msg_1`"]);
}

#[tokio::test]
async fn what_was_done_with_many_is_told_before_they_are_waited_for() {
    let graph = Graph::start().await;
    let (host, file) = beside(HostConfig::with_graph(&graph)).await;
    failed(&host, &graph, 1).await;
    host.terminate().await;
    hold(&graph, 600);
    let ran = retry(&file, &["--status", "failed"]).until("Ctrl-C").await.interrupt().await.expect_code(1);
    assert_eq!(ran.stdout, "1 message tried again\n0 of them sent\n");
    assert_says(&ran.stderr, &["not waited for any longer; it is kept"]);
}

#[tokio::test]
async fn after_ctrl_c_no_other_message_is_sent_again() {
    let (_host, file, silent) = beside_a_silent_one().await;
    let ids = ["msg_1", "msg_2", "msg_3", "msg_4", "msg_5", "msg_6", "msg_7", "msg_8", "msg_9"];
    let retrying = retry(&file, &ids).until("").await;
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(asked(&silent, "").await);
    }
    let ran = retrying.interrupt().await.expect_code(1);
    assert_says(&ran.stderr, &["msg_8: the running host has not answered", "left as they were: msg_9\n"]);
}

#[tokio::test]
async fn who_has_had_enough_within_the_hour_is_named_as_what_a_message_waits_for() {
    let graph = Graph::start().await;
    let (host, file) = beside(HostConfig::with_graph(&graph).rate("per_person_per_hour", 1)).await;
    send(&file, "enough").run().await.expect_code(0);
    let ran = send(&file, "too much").run().await.expect_code(1);
    let id = ran.json()["id"].as_str().expect("an id").to_owned();
    assert_says(
        &ran.stderr,
        &[&format!("{id} waits: this person has got 1 messages"), "(person_limit), until 2", "[rate]"],
    );
    host.call(Method::POST, &format!("/api/v1/messages/{id}/drop"), "").await.expect_status(200);
}
