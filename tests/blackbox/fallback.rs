//! What is over a limit is said in words, and the person answers with a number.

use serde_json::{Value, json};
use tests::{HostProcess, ids};

use crate::stage::Stage;

fn message(content: Value, options: Value) -> Value {
    let mut message = json!({"channelId": ids::CHANNEL, "to": ids::PERSON});
    (message["content"], message["options"]) = (content, options);
    message
}

/// A question with so many answers to tap.
fn sizes(count: usize) -> Value {
    let replies: Vec<_> =
        (1..=count).map(|n| json!({"title": format!("Size {n}"), "payload": format!("SIZE_{n}")})).collect();
    json!({"type": "text", "text": "Which size?", "quickReplies": replies})
}

/// What the last event of a person says: its name, its kind, the person's words, the payload and the title.
async fn last(host: &HostProcess) -> Value {
    let events = host.get("/api/v1/events?after=0&limit=1000").await.expect_status(200).json();
    let events = events["events"].as_array().expect("events");
    // What becomes of our own messages is told in between.
    let event = events.iter().rfind(|event| event["event"] == "message.received").expect("an event");
    let data = &event["data"];
    json!([event["event"], event["kind"], data["content"]["text"], data["payload"], data["text"]])
}

#[tokio::test]
async fn fourteen_quick_replies_are_a_numbered_text_whose_numbers_carry_their_payloads() {
    let stage = Stage::in_conversation().await;
    let refused = stage.host.send(message(sizes(14), json!({}))).await.expect_status(422).json();
    assert_eq!(refused["issues"][0]["code"], "quick_replies.count", "{refused:#}");
    let sent = stage.host.send(message(sizes(14), json!({"fallback": true}))).await.expect_status(200).json();
    let warning = &sent["warnings"][0];
    assert_eq!((&warning["code"], &warning["args"]["rule"]), (&json!("fallback.text"), &json!("quick_replies.count")));
    assert_eq!(warning["pointer"], "/content/quickReplies", "{warning:#}");
    let screen = stage.sim.screen().await;
    let shown = screen.last().expect("something on the phone").to_string();
    assert!(shown.contains("Which size?\\n\\n1. Size 1\\n2. Size 2\\n") && shown.contains("14. Size 14"), "{shown}");

    let answer = |words: &str, n: usize| {
        json!(["message.received", "message.quick_reply", words, format!("SIZE_{n}"), format!("Size {n}")])
    };
    let words = |words: &str| json!(["message.received", null, words, null, null]);
    stage.says("2").await;
    assert_eq!(last(&stage.host).await, answer("2", 2));
    let typing = json!({"type": "sender_action", "senderAction": "typing_on"});
    stage.host.send(message(typing, json!({}))).await.expect_status(200);
    stage.says("no, 3").await;
    assert_eq!(last(&stage.host).await, words("no, 3"));
    let Stage { sim, host } = stage;
    let host = host.terminate().await.restart().await;
    sim.connect(&host).await;
    let stage = Stage { sim, host };
    stage.says("size 3").await;
    assert_eq!(last(&stage.host).await, answer("size 3", 3), "a person may change their mind, and a host may restart");
    stage.sends("Thank you!").await.expect_status(200);
    stage.says("4").await;
    assert_eq!(last(&stage.host).await, words("4"), "as with what can be tapped, the next message ends it");
}

#[tokio::test]
async fn what_can_be_tapped_stays_as_it_is() {
    let stage = Stage::in_conversation().await;
    stage.host.send(message(sizes(13), json!({"fallback": true}))).await.expect_status(200);
    stage.says("2").await;
    assert_eq!(last(&stage.host).await, json!(["message.received", null, "2", null, null]));
}
