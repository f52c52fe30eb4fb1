//! An account at the business, linked and unlinked.

use std::time::Duration;

use serde_json::json;

use super::stage::{PAGE, PSID, START_MS, Stage, codes, simulator};
use crate::Clock;

async fn timed() -> (Stage, Clock) {
    let clock = Clock::fixed(START_MS);
    let stage = Stage::with(simulator().clock(clock.clone())).await;
    let fields = "messages,messaging_account_linking";
    assert_eq!(stage.post(&format!("/v26.0/me/subscribed_apps?subscribed_fields={fields}"), &json!({})).await.0, 200);
    (stage, clock)
}

#[tokio::test]
async fn a_person_logs_in_and_is_linked_until_the_page_unlinks_them() {
    let (mut stage, _) = timed().await;
    assert_eq!(stage.post("/_sim/log-in", &json!({"authorizationCode": "c-1"})).await.0, 409, "not at the page yet");
    let token = stage.act("log-in", json!({})).await["accountLinkingToken"].clone();
    let whose = format!("/v26.0/me?fields=recipient&account_linking_token={}", token.as_str().unwrap());
    assert_eq!(stage.get(&whose).await.1, json!({"id": PAGE, "recipient": PSID}));
    stage.act("log-in", json!({"authorizationCode": "c-1"})).await;
    let linked = stage.webhook().await;
    assert_eq!(linked["account_linking"], json!({"status": "linked", "authorization_code": "c-1"}));
    for _ in 0..2 {
        let (_, unlinked) = stage.post("/v26.0/me/unlink_accounts", &json!({"psid": PSID})).await;
        assert_eq!(unlinked, json!({"result": "unlink account success"}));
    }
    let heard = stage.all_webhooks().await;
    assert_eq!(heard.len(), 1, "there was nothing left to unlink");
    assert_eq!(heard[0].1["account_linking"], json!({"status": "unlinked"}));
    assert_eq!(
        codes(&stage.post("/v26.0/me/unlink_accounts", &json!({"psid": "999"})).await),
        (Some(100), Some(2_018_001))
    );
}

#[tokio::test]
async fn a_linking_token_is_good_for_five_minutes() {
    let (stage, clock) = timed().await;
    let token = stage.act("log-in", json!({})).await["accountLinkingToken"].clone();
    let whose = format!("/v26.0/me?fields=recipient&account_linking_token={}", token.as_str().unwrap());
    clock.advance(Duration::from_mins(5));
    assert_eq!(codes(&stage.get(&whose).await), (Some(10_303), None));
    assert_eq!(
        stage.post("/_sim/log-in", &json!({"authorizationCode": "c-1"})).await.1["error"]["code"],
        "not_linking"
    );
    let unknown = stage.get("/v26.0/me?fields=recipient&account_linking_token=x").await;
    assert_eq!(codes(&unknown), (Some(10_303), None));
    let (_, requests) = stage.get("/_sim/requests").await;
    assert!(!requests.to_string().contains(token.as_str().unwrap()), "a credential is not kept");
}
