//! Ways to reach a person other than the PSID.

use std::time::Duration;

use serde_json::{Value, json};

use super::stage::{GOOD, PSID, START_MS, Stage, codes, person, simulator};
use crate::{Clock, Person};

const DAY: Duration = Duration::from_hours(24);

async fn to(stage: &Stage, recipient: Value) -> (u16, Value) {
    let body = json!({"recipient": recipient, "messaging_type": "UPDATE", "message": {"text": "Hi"}});
    stage.post("/v26.0/me/messages", &body).await
}

async fn timed() -> (Stage, Clock) {
    let clock = Clock::fixed(START_MS);
    let stage = Stage::with(simulator().clock(clock.clone())).await;
    let fields = "messages,messaging_optins,feed";
    assert_eq!(stage.post(&format!("/v26.0/me/subscribed_apps?subscribed_fields={fields}"), &json!({})).await.0, 200);
    (stage, clock)
}

#[tokio::test]
async fn a_comment_and_a_post_are_answered_once_within_a_week() {
    let (mut stage, clock) = timed().await;
    for (what, key, answer) in [("comment", "comment_id", "commentId"), ("post", "post_id", "postId")] {
        stage.all_webhooks().await;
        let id = stage.act(what, json!({"text": "How much?"})).await[answer].clone();
        let webhook = &stage.all_webhooks().await[0];
        assert_eq!((webhook.0.as_str(), &webhook.1["value"]["item"]), ("changes", &json!(what)));
        let (status, sent) = to(&stage, json!({ key: id })).await;
        assert_eq!((status, &sent["recipient_id"]), (200, &json!(PSID)), "{sent}");
        assert_eq!(codes(&to(&stage, json!({ key: id })).await), (Some(10_900), None), "a second answer");
        assert_eq!(codes(&to(&stage, json!({"id": PSID})).await), (Some(10), Some(2_018_278)), "no window by that");

        let id = stage.act(what, json!({"text": "Anybody?"})).await[answer].clone();
        clock.advance(DAY * 7);
        assert_eq!(codes(&to(&stage, json!({ key: id })).await), (Some(10_903), None));
        assert_eq!(codes(&to(&stage, json!({key: "1_2"})).await), (Some(100), Some(2_018_292)));
    }
}

#[tokio::test]
async fn a_checkbox_opens_the_window_without_telling_who_it_is() {
    let (mut stage, clock) = timed().await;
    stage.act("opt-in", json!({"userRef": "guest-123", "ref": "cart-9"})).await;
    let optin = stage.all_webhooks().await[0].1.clone();
    assert_eq!(optin["optin"], json!({"ref": "cart-9", "user_ref": "guest-123"}));
    assert!(optin["sender"].is_null(), "nobody knows who it is");
    let (status, sent) = to(&stage, json!({"user_ref": "guest-123"})).await;
    assert_eq!((status, &sent["recipient_id"]), (200, &Value::Null), "{sent}");
    assert!(sent["message_id"].is_string());

    stage.sim.say(None, "Hello").unwrap();
    let first = stage.all_webhooks().await[0].1.clone();
    assert_eq!(first["prior_message"], json!({"source": "checkbox_plugin", "identifier": "guest-123"}));
    stage.sim.say(None, "Hello?").unwrap();
    assert!(stage.all_webhooks().await[0].1["prior_message"].is_null(), "once");
    clock.advance(DAY);
    assert_eq!(codes(&to(&stage, json!({"user_ref": "guest-123"})).await), (Some(10), Some(2_018_278)));
    assert_eq!(codes(&to(&stage, json!({"user_ref": "nobody"})).await), (Some(100), Some(2_018_001)));
}

#[tokio::test]
async fn a_one_time_token_is_good_for_one_message_in_a_year() {
    let (mut stage, clock) = timed().await;
    stage.sim.say(None, "hello").unwrap();
    let ask = json!({"template_type": "one_time_notif_req", "title": "Back in stock", "payload": "STOCK"});
    stage.sent(json!({"attachment": {"type": "template", "payload": ask}})).await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        tokens.push(stage.act("tap", json!({"title": "Notify Me"})).await["mid"].clone());
    }
    let webhooks = stage.all_webhooks().await;
    let optin = &webhooks.iter().find(|(_, element)| element["optin"].is_object()).unwrap().1["optin"];
    let expected = json!({"type": "one_time_notif_req", "payload": "STOCK", "one_time_notif_token": tokens[0]});
    assert_eq!(optin, &expected);
    clock.advance(DAY * 300);
    assert_eq!(codes(&to(&stage, json!({"one_time_notif_token": tokens[0]})).await), GOOD);
    assert_eq!(codes(&to(&stage, json!({"one_time_notif_token": tokens[0]})).await), (Some(100), None));
    clock.advance(DAY * 65);
    assert_eq!(codes(&to(&stage, json!({"one_time_notif_token": tokens[1]})).await), (Some(100), None));
}

#[tokio::test]
async fn a_notification_token_waits_two_days_and_can_be_stopped() {
    let (stage, clock) = timed().await;
    stage.act("settings", json!({"country": "JP"})).await;
    stage.sim.say(None, "hello").unwrap();
    let ask = json!({"template_type": "notification_messages", "title": "News", "payload": "NEWS"});
    stage.sent(json!({"attachment": {"type": "template", "payload": ask}})).await;
    let token = stage.act("tap", json!({"payload": "NEWS"})).await["mid"].clone();
    let address = json!({"notification_messages_token": token});
    clock.advance(DAY * 30);
    assert_eq!(codes(&to(&stage, address.clone()).await), GOOD);
    clock.advance(DAY);
    let early = to(&stage, address.clone()).await;
    assert_eq!((codes(&early), &early.1["error"]["is_transient"]), ((Some(4), Some(2_018_354)), &json!(true)));
    clock.advance(DAY);
    assert_eq!(codes(&to(&stage, address.clone()).await), GOOD);
    clock.advance(DAY * 2);
    stage.act("stop-notifications", json!({"token": token})).await;
    assert_eq!(codes(&to(&stage, address.clone()).await), (Some(10), Some(1_893_015)));
    stage.act("resume-notifications", json!({"token": token})).await;
    assert_eq!(codes(&to(&stage, address.clone()).await), GOOD);
    stage.act("settings", json!({"country": "US"})).await;
    assert_eq!(codes(&to(&stage, address).await), (Some(100), None), "not in this country any more");
}

#[tokio::test]
async fn a_phone_number_needs_its_permission_and_a_match() {
    let stage = Stage::with(simulator().person(Person { phone: Some("+34 600 000 000".into()), ..person() })).await;
    stage.sim.say(None, "hello").unwrap();
    let number = json!({"phone_number": "+34600000000", "name": {"first_name": "Ana", "last_name": "Pérez"}});
    assert_eq!(codes(&to(&stage, number.clone()).await), (Some(200), Some(2_018_027)));
    stage.act("settings", json!({"scopes": ["pages_messaging", "pages_messaging_phone_number"]})).await;
    let (status, sent) = to(&stage, number).await;
    assert_eq!((status, &sent["recipient_id"]), (200, &Value::Null));
    assert_eq!(codes(&to(&stage, json!({"phone_number": "+1"})).await), (Some(100), Some(2_018_001)));
}
