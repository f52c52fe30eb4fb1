//! `outbox`: what became of messages, and failed ones sent again, beside a running host and without one.

use hyper::Method;
use serde_json::{Value, json};
use tests::{ConfigFile, Graph, GraphRequest, HostConfig, HostProcess, Ran, Run, Running, appsecret_proof, ids};

use crate::stage::assert_says;

fn message(text: &str) -> Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": text}})
}

async fn outbox(file: &ConfigFile, args: &[&str]) -> Ran {
    Run::new([&["outbox"], args].concat()).config(file).env("RUST_LOG", "trace").run().await
}

/// One that failed and one that may have been sent.
async fn two_left(host: &HostProcess, graph: &Graph) -> [String; 2] {
    graph.messages().error(551, 0, "(#551) This person isn't available right now.").reset();
    let id = |told: Value| told["id"].as_str().expect("an id").to_owned();
    let failed = id(host.send(message("failed")).await.expect_status(422).json());
    [failed, id(host.send(message("unknown")).await.expect_status(202).json())]
}

/// Shows, lists and sends again, wherever that is done.
async fn assert_works(file: &ConfigFile, graph: &Graph, [failed, unknown]: &[String; 2], sent: &str) {
    let listed = outbox(file, &["list"]).await.expect_code(0);
    assert_says(&listed.stdout, &["ID", "STATUS", failed, unknown, ids::PERSON, "failed", "unknown"]);
    let lines =
        outbox(file, &["list", "--json", "--status", "failed", "--since", "1h"]).await.expect_code(0).json_lines();
    assert_eq!((lines.len(), &lines[0]["id"]), (1, &json!(failed)));
    assert_eq!(outbox(file, &["list", "--json", "--before", "1h"]).await.expect_code(0).json_lines().len(), 0);
    let newest = outbox(file, &["list", "--limit", "1"]).await.expect_code(0);
    assert_eq!(newest.stdout.lines().count(), 2);
    assert_says(&newest.stderr, &["--limit shows more"]);

    let shown = outbox(file, &["show", failed]).await.expect_code(0);
    assert_says(&shown.stdout, &["attempt 1: ", "POST", "551", "trace id AbCdEfGhIjK", "→"]);
    let shown = outbox(file, &["show", sent]).await.expect_code(0);
    assert_says(&shown.stdout, &["sent", "m_1, trace id TraceOfM1"]);
    let nobody = outbox(file, &["show", "msg_nobody"]).await.expect_code(1);
    assert_says(&nobody.stderr, &["there is no such message"]);

    let looked = outbox(file, &["retry", "--status", "failed", "--dry-run"]).await.expect_code(0);
    assert_eq!(looked.stdout, "1 message would be sent again\n");
    let calls = graph.sent().len();
    let refused = outbox(file, &["retry", unknown]).await.expect_code(1);
    assert_says(&refused.stderr, &["it may have been sent already (needs_force)", "--force sends it"]);
    assert_eq!(graph.sent().len(), calls);
    let done = outbox(file, &["retry", failed]).await.expect_code(0);
    assert_eq!(done.stdout, format!("{failed}  sent\n"));
    let done = outbox(file, &["retry", unknown, "--force", "--json"]).await.expect_code(0).json();
    assert_eq!((&done["id"], &done["status"]), (&json!(unknown), &json!("sent")));
    assert_eq!(graph.sent().len(), calls + 2);
}

async fn sent(host: &HostProcess, graph: &Graph) -> String {
    let answer = json!({"recipient_id": ids::PERSON, "message_id": "m_1"}).to_string();
    graph.messages().text(200, ("x-fb-trace-id", "TraceOfM1"), &answer);
    let told = host.send(message("sent")).await.expect_status(200).json();
    assert_eq!(told["receipts"][0]["traceId"], "TraceOfM1");
    told["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn beside_a_running_host() {
    let graph = Graph::start().await;
    let file = HostConfig::with_graph(&graph).write();
    let host = file.serve().await;
    file.overwrite(&file.text().replace("127.0.0.1:0", &host.address().to_string()));
    let sent = sent(&host, &graph).await;
    let left = two_left(&host, &graph).await;
    assert_works(&file, &graph, &left, &sent).await;
    let [failed, unknown] = two_left(&host, &graph).await;
    let dropped = outbox(&file, &["drop", &failed]).await.expect_code(0);
    assert_eq!((dropped.stdout, &*dropped.stderr), (format!("{failed}  had failed already\n"), ""));
    let many = outbox(&file, &["retry", "--channel", ids::CHANNEL, "--json"]).await.expect_code(0).json();
    assert_eq!((&many["retried"], &many["left"]), (&json!(1), &json!([])), "{many}");
    for _ in 0..2 {
        let dropped = outbox(&file, &["drop", &unknown]).await.expect_code(0);
        assert_eq!(dropped.stdout, format!("{unknown}  given up\n"));
        assert_says(
            &dropped.stderr,
            &["nobody knows whether it was sent", "(outcome_unknown)", "`outbox retry ID --force`"],
        );
    }
    assert_says(&outbox(&file, &["drop", &failed]).await.expect_code(1).stderr, &["it was sent (already_sent)"]);
}

#[tokio::test]
async fn while_no_host_runs() {
    let graph = Graph::start().await;
    let file = HostConfig::with_graph(&graph).write();
    let host = file.serve().await;
    let sent = sent(&host, &graph).await;
    let left = two_left(&host, &graph).await;
    let more = two_left(&host, &graph).await;
    host.terminate().await;
    let looked = outbox(&file, &["drop", "--status", "unknown", "--dry-run"]).await.expect_code(0);
    assert_eq!(looked.stdout, "2 messages would be given up, which may have been sent\n");
    let dropped = outbox(&file, &["drop", "--status", "unknown", "--json"]).await.expect_code(0).json();
    assert_eq!(dropped["dropped"], 2);
    let many = outbox(&file, &["retry", "--code", "outcome_unknown"]).await.expect_code(1);
    assert_says(&many.stdout, &["0 messages tried again"]);
    assert_says(&many.stderr, &["2 left: it may have been sent already (needs_force)"]);
    let many = outbox(&file, &["retry", "--code", "outcome_unknown", "--force"]).await.expect_code(0);
    assert_eq!(many.stdout, "2 messages tried again\n2 of them sent\n");
    graph.messages().error(551, 0, "(#551) This person isn't available right now.");
    let again = outbox(&file, &["retry", &more[0]]).await.expect_code(1);
    assert_eq!(again.stdout, format!("{}  failed\n", more[0]));
    assert_says(&again.stderr, &["(facebook.person_unavailable)", "→"]);
    outbox(&file, &["retry", &more[0]]).await.expect_code(0);
    let lines = outbox(&file, &["list", "--json", "--status", "failed"]).await.expect_code(0).json_lines();
    assert_eq!((lines.len(), &lines[0]["id"]), (1, &json!(left[0])));
    let shown = outbox(&file, &["show", &sent]).await.expect_code(0);
    assert_says(&shown.stdout, &["m_1, trace id TraceOfM1"]);
}

#[tokio::test]
async fn what_is_meant_must_be_said() {
    let graph = Graph::start().await;
    let file = HostConfig::with_graph(&graph).write();
    for wrong in [
        &["retry"][..],
        &["drop"],
        &["retry", "msg_1", "--status", "failed"],
        &["drop", "msg_1", "--dry-run"],
        &["drop", "--force", "msg_1"],
        &["list", "--status", "lost"],
        &["show"],
        &["forget"],
        &["list", "--limit", "0"],
    ] {
        outbox(&file, wrong).await.expect_code(2);
    }
    let bad = outbox(&file, &["list", "--since", "yesterday"]).await.expect_code(2);
    assert_says(&bad.stderr, &["--since", "must be a time"]);
    assert_says(&outbox(&file, &["drop", "--status", "sent"]).await.expect_code(1).stderr, &["status must be"]);
}

#[tokio::test]
async fn no_secret_is_shown() {
    let graph = Graph::start().await;
    let file = HostConfig::with_graph(&graph).write();
    let host = file.serve().await;
    let words = format!("(#190) Malformed access token {}", ids::PAGE_TOKEN);
    graph.messages().error(551, 0, &words);
    let id = host.send(message("hello")).await.expect_status(422).json()["id"].as_str().expect("an id").to_owned();
    host.terminate().await;
    let stamped = graph.sent()[0]["message"]["metadata"].as_str().expect("its token").to_owned();
    let proof = appsecret_proof(ids::APP_SECRET, ids::PAGE_TOKEN);
    for args in [&["show", &id][..], &["show", "--json", &id], &["list", "--json"], &["retry", &id]] {
        let said = outbox(&file, args).await.everything();
        assert!(said.contains(&id));
        for canary in [ids::APP_SECRET, ids::PAGE_TOKEN, ids::VERIFY_TOKEN, ids::API_KEY, &proof, &stamped] {
            assert!(!said.contains(canary), "a secret came out of outbox {}", args.join(" "));
        }
    }
}

/// A message that a channel holds back for as long as the provider asks.
async fn held(file: &ConfigFile, graph: &Graph) -> Running {
    graph.messages().text(429, ("retry-after", "600"), "slow down");
    Run::new(["send"]).config(file).stdin(message("held").to_string()).until("Ctrl-C").await
}

#[tokio::test]
async fn what_waits_says_why_and_is_kept_after_ctrl_c() {
    let graph = Graph::start().await;
    let file = HostConfig::with_graph(&graph).write();
    let ran = held(&file, &graph).await.interrupt().await.expect_code(1);
    assert_says(&ran.stderr, &[" waits: ", "(facebook.rate_limited), until 2"]);
    assert_eq!(ran.json()["status"], "pending");
    assert_says(&ran.stderr, &["it is kept: `outbox show msg_", "`outbox drop msg_"]);
    let kept = outbox(&file, &["list", "--json"]).await.expect_code(0).json_lines();
    assert_eq!((kept.len(), &kept[0]["status"]), (1, &json!("pending")));
    assert_says(&ran.stderr, &[kept[0]["id"].as_str().expect("an id")]);
}

#[tokio::test]
async fn who_finds_the_store_in_use_is_told_by_which_command() {
    let graph = Graph::start().await;
    let file = HostConfig::with_graph(&graph).write();
    let sending = held(&file, &graph).await;
    let named = format!("`send` (process {})", sending.process());
    let kept = outbox(&file, &["list", "--json"]).await.expect_code(0).json_lines();
    let id = kept[0]["id"].as_str().expect("an id");
    assert_says(&outbox(&file, &["show", id]).await.expect_code(0).stdout, &[id, "pending", "attempt 1"]);
    let waiting = Run::new(["outbox", "retry", id]).config(&file).until("waiting for").await.interrupt().await;
    assert_says(&waiting.stderr, &[&named]);
    let refused = HostProcess::start(&file).await.expect_err("the store is in use");
    assert_says(&refused.stderr, &[&named, "do this again when that has ended"]);
    assert!(!refused.stderr.contains("data_dir"), "{refused}");
    sending.interrupt().await.expect_code(1);
    file.serve().await;
}

#[tokio::test]
async fn a_paused_channel_is_told_at_once_and_not_waited_for() {
    let graph = Graph::start().await;
    let file = HostConfig::with_graph(&graph).write();
    let host = file.serve().await;
    file.overwrite(&file.text().replace("127.0.0.1:0", &host.address().to_string()));
    let [failed, _] = two_left(&host, &graph).await;
    host.channel(Method::POST, "pause", "").await.expect_status(200);
    let send = async || Run::new(["send"]).config(&file).stdin(message("waits").to_string()).run().await;
    let assert_waits = async || {
        let ran = send().await.expect_code(1);
        assert_eq!(ran.json()["status"], "pending");
        let id = ran.json()["id"].as_str().expect("an id").to_owned();
        assert_says(&ran.stderr, &[&id, "(channel_paused)", "/resume`", "it is kept"]);
        id
    };
    let beside = assert_waits().await;
    let again = outbox(&file, &["retry", &failed]).await.expect_code(1);
    assert_eq!(again.stdout, format!("{failed}  pending\n"));
    assert_says(&again.stderr, &[&failed, "(channel_paused)"]);
    host.terminate().await;
    let alone = assert_waits().await;
    let dropped = outbox(&file, &["drop", &beside, &alone]).await.expect_code(0);
    assert_eq!(dropped.stdout, format!("{beside}  dropped\n{alone}  dropped\n"));
    let calls = graph.sent();
    assert!(calls.iter().all(|call| call["message"]["text"] != "waits"), "{calls:?}");
}

#[tokio::test]
async fn a_mistyped_channel_is_no_empty_list_and_one_that_is_gone_is_listed() {
    let graph = Graph::start().await;
    let file = HostConfig::with_graph(&graph).write();
    Run::new(["send"]).config(&file).stdin(message("hello").to_string()).run().await.expect_code(0);
    let list = async |channel: &str| outbox(&file, &["list", "--json", "--channel", channel]).await;
    for args in [&["list"][..], &["retry", "--dry-run"], &["drop"]] {
        let refused = outbox(&file, &[args, &["--channel", "ch_facebok"]].concat()).await.expect_code(1);
        assert_says(&refused.stderr, &["there is no channel \"ch_facebok\"", ids::CHANNEL]);
    }
    file.overwrite(&file.text().replace(ids::CHANNEL, "ch_new"));
    assert_eq!(list(ids::CHANNEL).await.expect_code(0).json_lines().len(), 1);
    assert_eq!(list("ch_new").await.expect_code(0).stdout, "");
}

#[tokio::test]
async fn what_a_host_left_is_told_as_it_is_while_no_host_runs() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let file = HostConfig::with_graph(&graph).write();
    let host = file.serve().await;
    let accepted = async |text: &str| {
        let told = host.call(Method::POST, "/api/v1/messages?wait=0", message(text)).await.expect_status(202).json();
        told["id"].as_str().expect("an id").to_owned()
    };
    let open = accepted("open").await;
    graph.received("the message", GraphRequest::is_message).await;
    let behind = accepted("behind it").await;
    host.kill().await;
    for (id, status, code) in [(&open, "unknown", "outcome_lost"), (&behind, "pending", "no_host")] {
        let shown = outbox(&file, &["show", id]).await.expect_code(0);
        assert_says(&shown.stdout, &[&format!("{id}: {status}"), code, "→"]);
        let listed = outbox(&file, &["list", "--json", "--status", status]).await.expect_code(0).json_lines();
        assert_eq!((listed.len(), &listed[0]["id"], &listed[0]["status"]), (1, &json!(id), &json!(status)));
    }
    for said in [true, false] {
        let dropped = outbox(&file, &["drop", &behind]).await.expect_code(0);
        let unknown = "1 message(s) may have been sent; `outbox list --status unknown` has them";
        assert_eq!(dropped.stderr.contains(unknown), said, "told once: {}", dropped.stderr);
    }
    let host = file.serve().await;
    assert_eq!(host.get(&format!("/api/v1/messages/{open}")).await.expect_status(200).json()["status"], "unknown");
}
