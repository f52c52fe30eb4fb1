//! Webhooks: order, retries, subscriptions, the handshake.

use serde_json::json;

use super::stage::{PAGE, Stage, page, until, within};
use crate::{SimulatorEvent, SubscribeError};

#[tokio::test]
async fn an_unacknowledged_webhook_comes_again_before_the_next() {
    let mut stage = Stage::new().await;
    stage.answers.lock().unwrap().extend([503, 204]);
    let mut events = stage.sim.events();
    stage.sim.say(None, "first").unwrap();
    stage.sim.say(None, "second").unwrap();
    let mut texts = Vec::new();
    for _ in 0..4 {
        texts.push(stage.webhook().await["message"]["text"].clone());
    }
    // 204 is no acknowledgement either: Meta wants 200.
    assert_eq!(texts, ["first", "first", "first", "second"]);
    let attempt = until(&mut events, |event| match event {
        SimulatorEvent::WebhookDelivered { attempt, .. } => Some(*attempt),
        _ => None,
    })
    .await;
    assert_eq!(attempt, 3);
    within(stage.sim.settled()).await;
}

#[tokio::test]
async fn it_gives_up_after_the_last_attempt_and_goes_on() {
    let mut stage = Stage::new().await;
    stage.answers.lock().unwrap().extend([500; 4]);
    let mut events = stage.sim.events();
    stage.sim.say(None, "lost").unwrap();
    stage.sim.say(None, "kept").unwrap();
    let failure = until(&mut events, |event| match event {
        SimulatorEvent::WebhookFailed { gave_up: true, attempt, reason, .. } => Some((*attempt, reason.clone())),
        _ => None,
    })
    .await;
    assert_eq!(failure, (4, "the host answered 500".to_owned()));
    within(stage.sim.settled()).await;
    let mut last = None;
    while let Ok(received) = stage.webhooks.try_recv() {
        last = Some(received.messaging()["message"]["text"].clone());
    }
    assert_eq!(last.unwrap(), "kept");
}

#[tokio::test]
async fn only_subscribed_fields_are_delivered() {
    let mut stage = Stage::in_conversation().await;
    let path = format!("/v26.0/{PAGE}/subscribed_apps?subscribed_fields=message_reads");
    assert_eq!(stage.post(&path, &json!({})).await.0, 200);
    stage.sent(json!({"text": "Hi"})).await;
    assert!(stage.webhook().await["read"].is_object());
    within(stage.sim.settled()).await;
    assert!(stage.webhooks.try_recv().is_err());
}

#[tokio::test]
async fn the_handshake_tells_what_is_wrong() {
    let stage = Stage::new().await;
    let mut events = stage.sim.events();
    within(stage.sim.subscribe(PAGE)).await.unwrap();
    assert!(matches!(events.recv().await.unwrap(), SimulatorEvent::WebhookVerified { .. }));
    assert!(matches!(stage.sim.subscribe("1").await, Err(SubscribeError::UnknownPage(_))));

    let hook = stage.get("/_sim/state").await.1["pages"][0]["webhookUrl"].as_str().unwrap().to_owned();
    let mut changed = page();
    changed.verify_token = "another".into();
    changed.webhook_url = Some(hook);
    stage.sim.put_page(changed.clone()).unwrap();
    assert!(matches!(within(stage.sim.subscribe(PAGE)).await, Err(SubscribeError::Refused(403))));
    changed.webhook_url = Some(format!("{}/_sim/state", stage.sim.url()));
    stage.sim.put_page(changed.clone()).unwrap();
    assert!(matches!(within(stage.sim.subscribe(PAGE)).await, Err(SubscribeError::WrongChallenge)));
    changed.webhook_url = None;
    stage.sim.put_page(changed).unwrap();
    assert!(matches!(stage.sim.subscribe(PAGE).await, Err(SubscribeError::NoWebhookUrl(_))));
    let (status, refused) = stage.post("/_sim/subscribe", &json!({})).await;
    assert_eq!((status, &refused["error"]["code"]), (409, &json!("not_verified")));
}

#[tokio::test]
async fn any_body_can_be_delivered_signed() {
    let mut stage = Stage::new().await;
    stage.answers.lock().unwrap().push_back(418);
    let body = json!({"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": [{"odd": "ü"}]}]});
    let (status, answer) = stage.post("/_sim/deliver", &json!({ "body": body })).await;
    assert_eq!((status, answer), (200, json!({"status": 418, "body": ""})));
    assert_eq!(stage.webhook().await, json!({"odd": "ü"}));

    let (_, answer) = stage.post("/_sim/deliver", &json!({"body": "not json"})).await;
    assert_eq!(answer["status"], 200);
    assert_eq!(within(stage.webhooks.recv()).await.unwrap().body, "not json");
}
