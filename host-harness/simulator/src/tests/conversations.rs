//! Conversations as the Page reads them.

use std::time::Duration;

use serde_json::json;

use super::stage::{GOOD, PAGE, PSID, START_MS, Stage, codes, simulator};
use crate::Clock;

const CONVERSATIONS: &str = "/v26.0/me/conversations?platform=messenger";

async fn timed() -> (Stage, Clock) {
    let clock = Clock::fixed(START_MS);
    (Stage::with(simulator().clock(clock.clone())).await, clock)
}

#[tokio::test]
async fn a_conversation_has_its_people_its_messages_and_its_owner() {
    let (stage, clock) = timed().await;
    stage.sim.say(None, "hello").unwrap();
    clock.advance(Duration::from_secs(1));
    let mid = stage.sent(json!({"text": "Hi"})).await;
    let fields = "participants,messages{id,message,created_time,from},is_owner,updated_time";
    let path = format!("{CONVERSATIONS}&user_id={PSID}&fields={fields}");
    let (status, listed) = stage.get(&path).await;
    assert_eq!((status, listed["data"].as_array().unwrap().len()), (200, 1));
    let found = &listed["data"][0];
    assert_eq!(found["participants"]["data"][0]["id"], PSID);
    assert_eq!(found["updated_time"], "2026-11-22T12:00:01Z");
    assert_eq!(found["is_owner"], false, "an idle thread is nobody's");
    let newest = json!({"id": mid, "message": "Hi", "created_time": "2026-11-22T12:00:01Z",
        "from": {"id": PAGE, "name": "Acme Support", "email": format!("{PAGE}@facebook.com")}});
    assert_eq!(found["messages"]["data"][0], newest);
    assert_eq!(found["messages"]["data"][1]["from"]["id"], PSID);

    stage.act("settings", json!({"defaultApp": "2233445566778899"})).await;
    stage.sim.say(None, "still me").unwrap();
    assert_eq!(stage.get(&path).await.1["data"][0]["is_owner"], true);
    clock.advance(Duration::from_secs(1));
    let id = found["id"].as_str().unwrap();
    let (_, one) = stage.get(&format!("/v26.0/{id}?fields=message_count,snippet")).await;
    assert_eq!(one, json!({"id": id, "message_count": 3, "snippet": "still me"}));
    let (_, messages) = stage.get(&format!("/v26.0/{id}/messages?fields=message&limit=2")).await;
    assert_eq!((&messages["data"][0]["message"], &messages["data"][1]["message"]), (&json!("still me"), &json!("Hi")));
    clock.advance(Duration::from_secs(1));
    assert_eq!(stage.get(&format!("{CONVERSATIONS}&user_id=999")).await.1, json!({"data": []}));
    assert_eq!(codes(&stage.get(&format!("{CONVERSATIONS}&fields=nonsense")).await), (Some(100), None));
}

#[tokio::test]
async fn only_the_last_twenty_messages_can_be_read() {
    let (stage, clock) = timed().await;
    let mids: Vec<String> = (0..21).map(|n| stage.sim.say(None, &format!("message {n}")).unwrap()).collect();
    let read = async |mid: &str| {
        clock.advance(Duration::from_secs(1));
        codes(&stage.get(&format!("/v26.0/{mid}?fields=message,from")).await)
    };
    assert_eq!(read(&mids[0]).await, (Some(9_000_001), None));
    assert_eq!(read(&mids[1]).await, GOOD);
    assert_eq!(read("m_unknown").await, (Some(100), Some(33)));
    let (_, listed) = stage.get(&format!("{CONVERSATIONS}&fields=messages{{id}},message_count")).await;
    let (messages, count) = (&listed["data"][0]["messages"]["data"], &listed["data"][0]["message_count"]);
    assert_eq!((messages.as_array().unwrap().len(), count), (20, &json!(21)));
}

#[tokio::test]
async fn reading_needs_permissions_and_patience() {
    let (stage, clock) = timed().await;
    stage.sim.say(None, "hello").unwrap();
    let read = async || codes(&stage.get(CONVERSATIONS).await);
    assert_eq!([read().await, read().await, read().await], [GOOD, GOOD, (Some(613), None)], "two in a second");
    clock.advance(Duration::from_secs(1));
    assert_eq!(read().await, GOOD);
    stage.act("settings", json!({"scopes": ["pages_messaging", "pages_manage_metadata"]})).await;
    assert_eq!(read().await, (Some(200), None));
}
