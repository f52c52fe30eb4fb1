//! What slows a channel down or stops it, and that it stops no other.

use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};
use tests::{ChannelConfig, Graph, HostConfig, HostProcess, ids, within};

/// Two channels of one app, and one of another.
const CHANNELS: [(&str, &str, &str); 3] = [
    ("ch_1", "1098765432100001", "one-app"),
    ("ch_2", "1098765432100002", "one-app"),
    ("ch_3", "1098765432100003", "another"),
];

async fn three(graph: &Graph) -> HostProcess {
    let channel = |(id, page, secret)| ChannelConfig::facebook(id).set("page_id", page).set("app_secret", secret);
    HostConfig::with_channels(CHANNELS.map(channel)).graph(graph).server("check_connections", "off").serve().await
}

fn message(channel_id: &str, text: &str) -> Value {
    json!({"channelId": channel_id, "to": ids::PERSON, "content": {"type": "text", "text": text}})
}

/// Has a message accepted that is not waited for.
async fn accepted(host: &HostProcess, message: Value) -> Value {
    host.call(Method::POST, "/api/v1/messages?wait=0", message).await.expect_status(202).json()
}

/// The message of an answer, as it is now.
async fn shown(host: &HostProcess, answer: &Value) -> Value {
    host.get(&format!("/api/v1/messages/{}", answer["id"].as_str().expect("an id"))).await.expect_status(200).json()
}

/// Whether a channel sends.
async fn sending(host: &HostProcess, channel_id: &str) -> Value {
    host.get(&format!("/api/v1/channels/{channel_id}")).await.expect_status(200).json()["sending"].clone()
}

/// Waits until a channel's sending is in this state.
async fn becomes(host: &HostProcess, channel_id: &str, state: &str) -> Value {
    within(&format!("{channel_id} to be {state}"), async {
        loop {
            let sending = sending(host, channel_id).await;
            if sending["state"] == state {
                return sending;
            }
        }
    })
    .await
}

/// What was sent to each Page, in order.
fn sent(graph: &Graph) -> Vec<String> {
    graph.sent().iter().map(|sent| sent["message"]["text"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn number(host: &HostProcess, metric: &str) -> String {
    let metrics = host.get("/metrics").await.expect_status(200).text();
    let line = metrics.lines().find_map(|line| line.strip_prefix(metric)).map(str::trim);
    line.unwrap_or_else(|| panic!("no {metric} in {metrics}")).to_owned()
}

#[tokio::test]
async fn a_pause_lasts_over_a_restart_and_what_waits_goes_out_when_it_is_over() {
    let graph = Graph::start().await;
    let host = three(&graph).await;
    assert_eq!(sending(&host, "ch_1").await, json!({"state": "open"}));
    let set = async |host: &HostProcess, what: &str| {
        host.call(Method::POST, &format!("/api/v1/channels/ch_1/{what}"), "").await.expect_status(200).json()
    };
    let paused = set(&host, "pause").await;
    assert_eq!((&paused["id"], &paused["sending"]["state"]), (&json!("ch_1"), &json!("paused")));
    assert_eq!(set(&host, "pause").await, paused, "asked for twice it is done once");
    let told = accepted(&host, message("ch_1", "waits")).await;
    assert_eq!((&told["status"], &told["waiting"]["code"]), (&json!("pending"), &json!("channel_paused")), "{told}");
    let shown = shown(&host, &told).await;
    assert_eq!((&shown["waiting"], &shown["nextAttemptAt"]), (&told["waiting"], &Value::Null));
    assert!(told["waiting"]["hint"].as_str().is_some_and(|hint| hint.contains("resume")), "{told}");
    let listed = host.get("/api/v1/messages?status=pending").await.expect_status(200).json();
    assert_eq!(listed["data"][0]["waiting"], told["waiting"]);
    host.send(message("ch_2", "goes")).await.expect_status(200);
    assert_eq!(number(&host, "linktor_channel_pending{channel_id=\"ch_1\"}").await, "1");

    let host = host.terminate().await.restart().await;
    assert_eq!(sending(&host, "ch_1").await, paused["sending"]);
    host.send(message("ch_2", "goes too")).await.expect_status(200);
    assert_eq!(sent(&graph), ["goes", "goes too"]);
    for _ in 0..2 {
        assert_eq!(set(&host, "resume").await, json!({"id": "ch_1", "sending": {"state": "open"}}));
    }
    graph.received("what waited", |request| request.body.to_string().contains("waits")).await;
    let host = host.kill().await.restart().await;
    assert_eq!(sending(&host, "ch_1").await, json!({"state": "open"}));
    host.call(Method::POST, "/api/v1/channels/nobody/pause", "").await.expect_status(404);
}

#[tokio::test]
async fn a_429_holds_its_channel_for_as_long_as_it_asks_and_no_other() {
    let graph = Graph::start().await;
    graph.messages().text(429, ("retry-after", "3"), "slow down");
    let host = three(&graph).await;
    let started = Instant::now();
    let others = async {
        let held = becomes(&host, "ch_1", "held").await;
        assert!(held["until"].is_string() && held["reason"]["code"] == "facebook.rate_limited", "{held}");
        host.send(message("ch_2", "of the same app")).await.expect_status(200);
        host.send(message("ch_3", "of another")).await.expect_status(200);
        started.elapsed()
    };
    let (held, others) = tokio::join!(host.send(message("ch_1", "held")), others);
    held.expect_status(200);
    assert!(others < Duration::from_secs(3) && started.elapsed() >= Duration::from_secs(3), "{others:?}");
    assert_eq!(sent(&graph), ["held", "of the same app", "of another", "held"]);
    assert_eq!(becomes(&host, "ch_1", "open").await, json!({"state": "open"}));
}

#[tokio::test]
async fn an_app_s_limit_holds_all_its_channels_and_no_other_app_s() {
    let graph = Graph::start().await;
    graph.messages().error(4, 0, "(#4) Application request limit reached");
    let host = three(&graph).await;
    accepted(&host, message("ch_1", "one")).await;
    becomes(&host, "ch_1", "held").await;
    assert_eq!(
        (&sending(&host, "ch_2").await["state"], &sending(&host, "ch_3").await["state"]),
        (&json!("held"), &json!("open"))
    );
}

#[tokio::test]
async fn credentials_that_are_refused_hold_their_channel_and_what_waits_is_counted() {
    let graph = Graph::start().await;
    graph.messages().error(190, 463, "expired");
    let host = three(&graph).await;
    for text in ["one", "two"] {
        accepted(&host, message("ch_1", text)).await;
    }
    let held = becomes(&host, "ch_1", "held").await;
    assert_eq!(held["reason"]["code"], "facebook.token_expired");
    host.send(message("ch_2", "goes")).await.expect_status(200);
    assert_eq!(sent(&graph).len(), 2);
    assert_eq!(number(&host, "linktor_channel_sending{channel_id=\"ch_1\",state=\"held\"}").await, "1");
    assert_eq!(number(&host, "linktor_channel_pending{channel_id=\"ch_1\"}").await, "2");
    assert!(host.log().contains("sending is held"), "{}", host.log());
    // Somebody has mended it, and the host begins anew.
    let host = host.terminate().await.restart().await;
    graph.received("what waited longest", |request| request.body.to_string().contains("two")).await;
    becomes(&host, "ch_1", "open").await;
}

#[tokio::test]
async fn what_is_held_for_its_credentials_says_so_and_goes_on_when_a_check_finds_them_accepted() {
    let graph = Graph::start().await;
    graph.messages().error(190, 463, "expired");
    let host = three(&graph).await;
    let tried = accepted(&host, message("ch_1", "one")).await;
    let held = becomes(&host, "ch_1", "held").await;
    let behind = accepted(&host, message("ch_1", "two")).await;
    for answer in [&tried, &behind] {
        let told = shown(&host, answer).await;
        let waiting = &told["waiting"];
        assert_eq!(
            (&waiting["code"], &waiting["action"]),
            (&json!("facebook.token_expired"), &json!("reconnect")),
            "{told}"
        );
        assert!(waiting["hint"].is_string() && waiting["message"].is_string(), "{told}");
        assert_eq!(told["nextAttemptAt"], waiting["until"], "{told}");
        assert!(apart(&waiting["until"], &held["until"]).abs().as_secs() < 5, "{told}, and {held}");
    }
    assert_eq!(sent(&graph), ["one"]);
    host.call(Method::POST, "/api/v1/channels/ch_1/connection/check", "").await.expect_status(200);
    graph.received("what waited behind", |request| request.body.to_string().contains("two")).await;
    becomes(&host, "ch_1", "open").await;
    assert_eq!(shown(&host, &behind).await["waiting"], Value::Null);
}

/// How long it is from the second time to the first. A time that is told twice is worked out twice, and never quite the same.
fn apart(one: &Value, other: &Value) -> jiff::SignedDuration {
    let time = |time: &Value| time.as_str().expect("a time").parse::<jiff::Timestamp>().expect("a time");
    time(one).duration_since(time(other))
}

#[tokio::test]
async fn the_usage_that_any_reply_tells_slows_its_app_down() {
    let graph = Graph::start().await;
    let used = ("x-app-usage", r#"{"call_count":95,"total_time":10,"total_cputime":10}"#);
    graph.page().text(200, used, r#"{"id":"1098765432100001","name":"Facebook Support"}"#);
    let host = three(&graph).await;
    host.call(Method::POST, "/api/v1/channels/ch_1/connection/check", "").await.expect_status(200);
    for (channel_id, state) in [("ch_1", "slowed"), ("ch_2", "slowed"), ("ch_3", "open")] {
        assert_eq!(sending(&host, channel_id).await["state"], state, "{channel_id}");
    }
    let reason = &sending(&host, "ch_2").await["reason"];
    assert_eq!(reason, &json!({"code": "limit_used", "message": "95 % of the limit `app` is used"}));
}
