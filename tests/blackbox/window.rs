//! The time in which a person may be written to: known from what they did, judged at each attempt, and by the channel's rule.

use channel_api::Timestamp;
use hyper::Method;
use serde_json::{Value, json};
use tests::webhook::{ago, at, body, echo, entries, event, text};
use tests::{Graph, GraphRequest, HostConfig, HostProcess, Run, ids};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A host whose channel has this rule, and what stands for Meta.
async fn host(rule: &str) -> (Graph, HostProcess) {
    let graph = Graph::start().await;
    let host = HostConfig::with_graph(&graph).channel("window", rule).serve().await;
    (graph, host)
}

/// The person wrote at this moment, and the host hears of it now.
async fn wrote_at(host: &HostProcess, moment: u64) {
    host.deliver(body([at(text(&format!("m_{moment}"), "Hi"), moment)])).await.expect_status(200);
}

fn message(options: &Value) -> Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": "Hello"},
        "options": options})
}

fn codes(issues: &Value) -> Vec<&str> {
    issues.as_array().into_iter().flatten().filter_map(|issue| issue["code"].as_str()).collect()
}

async fn conversation(host: &HostProcess) -> Value {
    host.channel(Method::GET, &format!("conversations/{}", ids::PERSON), "").await.expect_status(200).json()
}

/// When the conversation says that its window was opened.
async fn opened_at(host: &HostProcess) -> Option<u64> {
    let ends_at = conversation(host).await["windowEndsAt"].take();
    let ends_at: Option<Timestamp> = serde_json::from_value(ends_at).expect("a time, or none");
    Some(u64::try_from(ends_at?.as_millis()).expect("after 1970") - DAY)
}

#[tokio::test]
async fn what_comes_too_late_is_warned_of_or_refused_and_an_answer_in_person_has_a_week() {
    let (plain, human) = (json!({}), json!({"sender": "human"}));
    let tagged = json!("HUMAN_AGENT");
    for (silent_for, options, warned, refused, tag) in [
        (DAY - MINUTE, &plain, vec![], false, Value::Null),
        (DAY - MINUTE, &human, vec![], false, Value::Null),
        (DAY + MINUTE, &plain, vec!["window.closed"], true, Value::Null),
        (DAY + MINUTE, &human, vec![], false, tagged.clone()),
        (7 * DAY - MINUTE, &human, vec![], false, tagged),
        (7 * DAY + MINUTE, &human, vec!["window.closed"], true, Value::Null),
    ] {
        for rule in ["warn", "refuse"] {
            let (graph, host) = host(rule).await;
            wrote_at(&host, ago(silent_for)).await;
            let reply = host.send(message(options)).await;
            if refused && rule == "refuse" {
                let problem = reply.expect_status(422).json();
                assert_eq!(codes(&problem["issues"]), ["window.closed"], "{silent_for} {options}: {problem:#}");
                assert_eq!(problem["issues"][0]["pointer"], "/to", "{problem:#}");
                let lawful = problem["issues"][0]["hint"].as_str().unwrap();
                assert!(lawful.contains("utility template"), "{lawful}");
                assert_eq!(graph.sent().len(), 0, "nothing is sent");
            } else {
                let sent = reply.expect_status(200).json();
                assert_eq!(codes(&sent["warnings"]), warned, "{silent_for} {options} {rule}: {sent:#}");
                assert_eq!(graph.sent()[0]["tag"], tag, "{silent_for} {options} {rule}");
            }
        }
    }
}

#[tokio::test]
async fn where_nothing_is_known_a_message_is_warned_of_and_never_refused() {
    let (graph, host) = host("refuse").await;
    assert!(conversation(&host).await.get("windowEndsAt").is_none());
    let sent = host.send(message(&json!({"sender": "human"}))).await.expect_status(200).json();
    assert_eq!(codes(&sent["warnings"]), ["window.unknown"], "{sent:#}");
    assert_eq!((&sent["warnings"][0]["pointer"], graph.sent()[0]["tag"].is_null()), (&json!("/to"), true));

    let to = |to: Value, content: Value| json!({"channelId": ids::CHANNEL, "to": to, "content": content});
    let text = json!({"type": "text", "text": "Hello"});
    let utility = json!({"type": "utility", "name": "order_update", "language": {"code": "en_US"}});
    for quiet in [
        to(json!(ids::PERSON), json!({"type": "sender_action", "senderAction": "typing_on"})),
        to(json!(ids::PERSON), json!({"type": "template", "template": utility})),
        to(json!({"commentId": "122_456"}), text.clone()),
        to(json!({"userRef": "a-checkbox-1"}), text),
    ] {
        let sent = host.send(&quiet).await.expect_status(200).json();
        assert!(!codes(&sent["warnings"]).iter().any(|code| code.starts_with("window.")), "{quiet}: {sent:#}");
    }
}

#[tokio::test]
async fn after_an_advertisement_nobody_knows_for_a_week() {
    let (graph, host) = host("refuse").await;
    let (came, wrote_again) = (ago(DAY + HOUR), ago(DAY + HOUR - MINUTE));
    let ad = json!({"mid": "m_ad", "text": "Hi", "referral": {"source": "ADS", "type": "OPEN_THREAD", "ad_id": "17"}});
    host.deliver(body([at(event("message", ad), came)])).await.expect_status(200);
    assert_eq!(conversation(&host).await["windowOpenedBy"], "ad");
    wrote_at(&host, wrote_again).await;
    assert_eq!(opened_at(&host).await, Some(wrote_again));
    assert_eq!(conversation(&host).await["windowOpenedBy"], "message");
    let sent = host.send(message(&json!({}))).await.expect_status(200).json();
    assert_eq!(codes(&sent["warnings"]), ["window.unknown"], "{sent:#}");
    let sent = host.send(message(&json!({"sender": "human"}))).await.expect_status(200).json();
    assert_eq!((codes(&sent["warnings"]), &graph.sent()[1]["tag"]), (vec![], &json!("HUMAN_AGENT")), "{sent:#}");
}

#[tokio::test]
async fn the_newest_opening_counts_whatever_came_last_and_outlives_a_restart() {
    let (_graph, host) = host("warn").await;
    let (early, late) = (ago(3 * DAY), ago(2 * DAY));
    for moment in [late, early] {
        wrote_at(&host, moment).await;
        assert_eq!(opened_at(&host).await, Some(late));
    }
    host.deliver(body([at(echo("m_echo", "Hello"), ago(HOUR))])).await.expect_status(200);
    host.deliver(body([at(event("read", json!({"watermark": late})), ago(HOUR))])).await.expect_status(200);
    assert_eq!(opened_at(&host).await, Some(late), "what the Page writes and what is only read opens nothing");
    let host = host.terminate().await.restart().await;
    assert_eq!(opened_at(&host).await, Some(late));
    assert_eq!(conversation(&host).await["windowOpenedBy"], "message");

    let on_standby = ago(MINUTE);
    let entry = json!({"id": ids::PAGE, "time": on_standby, "standby": [at(text("m_standby", "Hi"), on_standby)]});
    host.deliver(entries([entry])).await.expect_status(200);
    assert_eq!(opened_at(&host).await, Some(on_standby), "the window is the Page's, whoever answers");
}

#[tokio::test]
async fn a_refused_message_leaves_its_key_free_and_each_attempt_is_judged_anew() {
    let (graph, host) = host("refuse").await;
    let limited = json!({"error": {"message": "(#613) Calls to this api have exceeded the rate limit.", "code": 613}});
    graph.messages().text(400, ("retry-after", "2"), &limited.to_string()).ok("m_1");
    let ask = async |options: Value| host.send_with(&[("idempotency-key", "order-17")], message(&options)).await;
    wrote_at(&host, ago(8 * DAY)).await;
    let human = json!({"sender": "human"});
    ask(human.clone()).await.expect_status(422);
    wrote_at(&host, ago(DAY + MINUTE)).await;
    let waits = async {
        graph.received("the first attempt", GraphRequest::is_message).await;
        wrote_at(&host, ago(DAY - MINUTE)).await;
    };
    let (sent, ()) = tokio::join!(ask(human.clone()), waits);
    let sent = sent.expect_status(200);
    let tags: Vec<Value> = graph.sent().iter().map(|sent| sent["tag"].clone()).collect();
    assert_eq!(tags, [json!("HUMAN_AGENT"), Value::Null]);
    let again = ask(human).await.expect_status(200);
    assert_eq!((again.header("idempotent-replayed"), again.json()), ("true", sent.json()));
    assert_eq!(graph.sent().len(), 2);
}

#[tokio::test]
async fn a_replay_says_what_was_said_when_it_was_sent() {
    let (_graph, host) = host("warn").await;
    let ask = async || host.send_with(&[("idempotency-key", "order-17")], message(&json!({}))).await;
    wrote_at(&host, ago(2 * DAY)).await;
    let sent = ask().await.expect_status(200).json();
    assert_eq!(codes(&sent["warnings"]), ["window.closed"], "{sent:#}");
    wrote_at(&host, ago(MINUTE)).await;
    assert_eq!(ask().await.expect_status(200).json(), sent);
}

#[tokio::test]
async fn a_batch_and_the_command_line_go_the_same_way() {
    let (graph, host) = host("refuse").await;
    wrote_at(&host, ago(2 * DAY)).await;
    let messages = json!({"messages": [message(&json!({})), message(&json!({"sender": "human"}))]});
    let reply = host.call(Method::POST, "/api/v1/messages/batch", messages).await.expect_status(200).json();
    assert_eq!(codes(&reply["results"][0]["issues"]), ["window.closed"], "{reply:#}");
    let carried = graph.requests().iter().any(|request| format!("{request:?}").contains("HUMAN_AGENT"));
    assert!(carried, "{:?}", graph.requests());

    let file = HostConfig::with_graph(&graph).write();
    let run = Run::new(["send"]).config(&file).stdin(message(&json!({})).to_string()).run().await;
    let told = run.expect_code(0).stderr;
    assert!(told.contains("warning: /to: may come too late"), "{told}");
}
