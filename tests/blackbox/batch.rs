//! Many messages in one request: one call to Meta, and each answered on its own.

use hyper::Method;
use serde_json::{Value, json};
use tests::ids;

use crate::stage::Stage;

/// Another person.
const BO: &str = "9000000000000001";

fn text(to: &str, text: &str) -> Value {
    json!({"channelId": ids::CHANNEL, "to": to, "content": {"type": "text", "text": text}})
}

async fn send(stage: &Stage, messages: Value) -> tests::Reply {
    stage.host.call(Method::POST, "/api/v1/messages/batch", json!({ "messages": messages })).await
}

/// The calls that carried items.
async fn outer(stage: &Stage) -> usize {
    let calls = stage.sim.calls("").await;
    calls.iter().filter(|call| call["body"]["batch"].is_string()).count()
}

#[tokio::test]
async fn good_and_bad_stand_side_by_side_and_each_is_classified() {
    let stage = Stage::in_conversation().await;
    stage.sim.act("people", json!({"psid": BO, "firstName": "Bo"})).await;
    let mut image = text(ids::PERSON, "");
    image["content"] = json!({"type": "image", "image": {"url": "https://cdn.example.org/a.jpg"}});
    let messages = json!([
        text(ids::PERSON, "one"),
        text(BO, "Bo never wrote"),
        text("9999999999999999", "nobody"),
        text(ids::PERSON, &"x".repeat(2001)),
        {"channelId": "ch_none", "to": ids::PERSON, "content": {"type": "text", "text": "?"}},
        image,
        text(ids::PERSON, "two"),
    ]);
    let reply = send(&stage, messages).await.expect_status(200).json();
    let results = reply["results"].as_array().unwrap();
    let told: Vec<String> = results
        .iter()
        .map(|result| match result["kind"].as_str().or(result["code"].as_str()) {
            Some(kind) => kind.to_owned(),
            None => format!("sent {}", result["receipts"].as_array().map_or(0, Vec::len)),
        })
        .collect();
    let expected =
        ["sent 1", "window_closed", "recipient_unavailable", "invalid_message", "unknown_channel", "sent 1", "sent 1"];
    assert_eq!(told, expected, "{reply:#}");
    assert_eq!(results[3]["issues"][0]["limit"], 2000);
    assert_eq!(outer(&stage).await, 1, "one request for those to different people");
    let shown: Vec<Value> = stage.sim.screen().await.into_iter().filter(|entry| entry["from"] == "page").collect();
    assert_eq!(shown.len(), 3);
    assert_eq!((&shown[0]["text"], &shown[2]["text"]), (&json!("one"), &json!("two")), "in their order");
}

#[tokio::test]
async fn fifty_fit_and_more_do_not() {
    let stage = Stage::in_conversation().await;
    let many =
        |count: usize| Value::from((0..count).map(|n| text(ids::PERSON, &format!("message {n}"))).collect::<Vec<_>>());
    let reply = send(&stage, many(50)).await.expect_status(200).json();
    let sent =
        reply["results"].as_array().unwrap().iter().filter(|result| result["receipts"][0]["messageId"].is_string());
    assert_eq!(sent.count(), 50, "{reply:#}");
    let shown = stage.sim.screen().await;
    let texts = shown.iter().skip(1).map(|entry| entry["text"].as_str().unwrap_or_default());
    assert!(texts.eq((0..50).map(|n| format!("message {n}"))), "in their order: {shown:?}");
    let refused = send(&stage, many(51)).await.expect_status(422).json();
    assert_eq!((&refused["issues"][0]["limit"], &refused["issues"][0]["actual"]), (&json!(50), &json!(51)));
    send(&stage, json!([])).await.expect_status(422);
    assert_eq!(stage.sim.screen().await.len(), 51);
}

#[tokio::test]
async fn a_key_keeps_a_message_of_a_batch_from_going_twice() {
    let stage = Stage::in_conversation().await;
    let mut keyed = text(ids::PERSON, "once");
    keyed["idempotencyKey"] = "order-17".into();
    let first = send(&stage, json!([keyed])).await.expect_status(200).json();
    let second = send(&stage, json!([keyed, text(ids::PERSON, "new")])).await.expect_status(200).json();
    assert_eq!(first["results"][0]["receipts"], second["results"][0]["receipts"], "{second:#}");
    let shown = stage.sim.screen().await;
    assert_eq!(shown.iter().filter(|entry| entry["text"] == "once").count(), 1);
}

#[tokio::test]
async fn an_item_that_was_not_completed_may_have_been_sent_and_says_so() {
    let stage = Stage::in_conversation().await;
    stage.sim.act("people", json!({"psid": BO, "firstName": "Bo"})).await;
    stage.sim.act("say", json!({"from": BO, "text": "hello"})).await;
    stage.sim.act("faults", json!({"path": "/messages", "after": 1, "hang": true, "carryOut": true})).await;
    let messages = json!([text(ids::PERSON, "one"), text(BO, "to Bo"), text(ids::PERSON, "two")]);
    let results = send(&stage, messages).await.expect_status(200).json()["results"].clone();
    let statuses: Vec<_> = results.as_array().unwrap().iter().map(|result| result["status"].clone()).collect();
    assert_eq!(statuses, ["sent", "unknown", "sent"], "{results:#}");
    let error = &results[1]["failure"];
    assert_eq!(error["retry"]["advice"], "if_idempotent", "whether it was sent is not known: {results:#}");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("echo")), "{results:#}");
    let texts: Vec<Value> = stage.sim.screen().await.into_iter().map(|entry| entry["text"].clone()).collect();
    assert_eq!(texts, ["hello", "one", "two"], "nothing was sent twice");
    assert_eq!(outer(&stage).await, 1);
}

#[tokio::test]
async fn what_stands_beside_the_messages_is_not_ignored() {
    let stage = Stage::in_conversation().await;
    let body = json!({"messages": [text(ids::PERSON, "one")], "options": {"tag": "HUMAN_AGENT"}});
    let refused = stage.host.call(Method::POST, "/api/v1/messages/batch", body).await.expect_status(422).json();
    let issue = &refused["issues"][0];
    assert_eq!((&issue["pointer"], &issue["code"]), (&json!("/options"), &json!("unknown_field")));
    assert_eq!(stage.sim.screen().await.len(), 1, "nothing was sent");
}
