//! Who controls a thread, and what the others see of it.

use std::time::Duration;

use serde_json::{Value, json};

use super::stage::{GOOD, PAGE, PSID, START_MS, Stage, codes, page, simulator};
use crate::{Clock, Page};

const INBOX: &str = "263902037430900";
const OURS: &str = "2233445566778899";
const ANOTHER_APP: (Option<i64>, Option<i64>) = (Some(10), Some(2_018_300));

async fn timed() -> (Stage, Clock) {
    let clock = Clock::fixed(START_MS);
    let stage = Stage::with(simulator().clock(clock.clone())).await;
    let fields = "messages,message_echoes,messaging_postbacks,messaging_handovers,standby";
    assert_eq!(stage.post(&format!("/v26.0/me/subscribed_apps?subscribed_fields={fields}"), &json!({})).await.0, 200);
    stage.sim.say(None, "hello").unwrap();
    (stage, clock)
}

async fn control(stage: &Stage, action: &str, more: Value) -> (Option<i64>, Option<i64>) {
    let mut body = json!({"recipient": {"id": PSID}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    codes(&stage.post(&format!("/v26.0/{PAGE}/{action}_thread_control"), &body).await)
}

async fn owner(stage: &Stage) -> Value {
    stage.get(&format!("/v26.0/me/thread_owner?recipient={PSID}")).await.1["data"][0]["thread_owner"].clone()
}

async fn send(stage: &Stage) -> (Option<i64>, Option<i64>) {
    codes(&stage.message(json!({"text": "Hi"})).await)
}

#[tokio::test]
async fn a_thread_that_was_passed_on_is_heard_on_standby_only() {
    let (mut stage, _) = timed().await;
    let offer = json!({"template_type": "button", "text": "?", "buttons": [{"type": "postback", "title": "Buy", "payload": "BUY"}]});
    stage.sent(json!({"attachment": {"type": "template", "payload": offer}})).await;
    stage.all_webhooks().await;
    assert_eq!(control(&stage, "pass", json!({"target_app_id": INBOX, "metadata": "a human, please"})).await, GOOD);
    assert_eq!(send(&stage).await, ANOTHER_APP);
    assert!(owner(&stage).await["app_id"].is_null(), "only the owner is told who the owner is");
    stage.sim.say(None, "anybody?").unwrap();
    stage.act("tap", json!({"title": "Buy"})).await;
    stage.act("inbox", json!({"text": "I am here."})).await;
    stage.act("react", json!({})).await;
    let heard = stage.all_webhooks().await;
    assert!(heard.iter().all(|(member, _)| member == "standby"), "{heard:?}");
    assert_eq!(heard.len(), 5, "a reaction does not come on standby");
    assert_eq!(heard[0].1["message"]["text"], "anybody?");
    assert_eq!((&heard[1].1["postback"]["title"], &heard[1].1["postback"]["payload"]), (&json!("Buy"), &Value::Null));
    assert_eq!(heard[2].1["message"]["app_id"], 263_902_037_430_900_u64);
    assert!(heard[3].1["delivery"].is_object() && heard[4].1["read"].is_object());

    stage.act("thread-control", json!({"action": "pass", "metadata": "done"})).await;
    let (member, event) = stage.all_webhooks().await.remove(0);
    let expected = json!({"previous_owner_app_id": INBOX, "new_owner_app_id": OURS, "metadata": "done"});
    assert_eq!((member.as_str(), &event["pass_thread_control"]), ("messaging", &expected));
    assert_eq!(send(&stage).await, GOOD);
    assert_eq!(owner(&stage).await["app_id"], 2_233_445_566_778_899_u64);
}

#[tokio::test]
async fn each_action_has_its_conditions() {
    let (stage, _) = timed().await;
    let (not_the_owner, no_default) = ((Some(100), Some(2_534_037)), (Some(100), Some(2_018_171)));
    let none = json!({});
    let pass = json!({"target_app_id": INBOX});
    assert_eq!(control(&stage, "take", none.clone()).await, no_default);
    assert_eq!(control(&stage, "release", none.clone()).await, not_the_owner);
    assert_eq!(control(&stage, "extend", json!({"duration": 60})).await, not_the_owner);
    assert_eq!(control(&stage, "pass", none.clone()).await, (Some(100), None));
    assert_eq!(
        control(&stage, "pass", json!({"target_app_id": INBOX, "metadata": "x".repeat(1001)})).await.0,
        Some(100)
    );
    assert_eq!(control(&stage, "keep", none.clone()).await, (Some(100), None));
    let stranger = json!({"recipient": {"id": "999"}});
    assert_eq!(control(&stage, "request", stranger).await, (Some(100), Some(2_018_001)));
    assert_eq!(control(&stage, "pass", pass.clone()).await, GOOD, "idle, and no default app");
    assert_eq!(control(&stage, "pass", pass.clone()).await, not_the_owner);
    assert_eq!(control(&stage, "request", json!({"metadata": "please"})).await, GOOD);

    stage.act("settings", json!({"defaultApp": OURS})).await;
    assert_eq!(control(&stage, "take", none.clone()).await, GOOD, "the default app takes what it wants");
    for (seconds, expected) in [(604_800, GOOD), (604_801, (Some(100), None)), (0, (Some(100), None))] {
        assert_eq!(control(&stage, "extend", json!({"duration": seconds})).await, expected, "{seconds}");
    }
    assert_eq!(control(&stage, "release", none.clone()).await, GOOD);
    assert_eq!(owner(&stage).await, Value::Null);

    stage.act("settings", json!({"defaultApp": INBOX})).await;
    assert_eq!(send(&stage).await, ANOTHER_APP, "an idle thread is the default app's");
    assert_eq!(control(&stage, "pass", pass).await, not_the_owner);
    assert_eq!(control(&stage, "take", none.clone()).await, GOOD, "but it can be taken");
    assert_eq!(send(&stage).await, GOOD);
    stage.act("thread-control", json!({"action": "take"})).await;
    assert_eq!(control(&stage, "take", none).await, ANOTHER_APP, "and not from its owner");
}

#[tokio::test]
async fn control_lapses_after_a_day_without_a_word() {
    let (stage, clock) = timed().await;
    control(&stage, "pass", json!({"target_app_id": INBOX})).await;
    clock.advance(Duration::from_hours(23));
    stage.sim.say(None, "still there?").unwrap();
    clock.advance(Duration::from_hours(24) - Duration::from_secs(1));
    assert_eq!(send(&stage).await, ANOTHER_APP);
    clock.advance(Duration::from_secs(1));
    stage.sim.say(None, "hello?").unwrap();
    assert_eq!(send(&stage).await, GOOD);
}

#[tokio::test]
async fn the_owner_is_told_when_others_take_or_ask() {
    let (mut stage, _) = timed().await;
    stage.act("settings", json!({"defaultApp": OURS})).await;
    stage.sim.say(None, "hello again").unwrap();
    stage.all_webhooks().await;
    stage.act("thread-control", json!({"action": "request", "app": "5566778899001122", "metadata": "mine"})).await;
    stage.act("inbox", json!({"text": "A human answers."})).await;
    let heard = stage.all_webhooks().await;
    let asked = json!({"requested_owner_app_id": 5_566_778_899_001_122_u64, "metadata": "mine"});
    assert_eq!(heard[0].1["request_thread_control"], asked);
    let taken = json!({"previous_owner_app_id": OURS, "new_owner_app_id": INBOX});
    assert_eq!(heard[1].1["take_thread_control"], taken);
    assert_eq!((heard[2].0.as_str(), &heard[2].1["message"]["text"]), ("standby", &json!("A human answers.")));
    assert_eq!(send(&stage).await, ANOTHER_APP);
    stage.act("thread-control", json!({"action": "release"})).await;
    assert_eq!(send(&stage).await, GOOD);
    assert!(
        stage.all_webhooks().await.iter().all(|(_, event)| event["message"]["is_echo"] == true),
        "a release is silent"
    );
}

#[tokio::test]
async fn a_message_can_hand_the_thread_over_as_it_goes() {
    let (stage, _) = timed().await;
    let request =
        |control: Value| json!({"recipient": {"id": PSID}, "message": {"text": "Bye"}, "thread_control": control});
    let pass = request(json!({"control_type": "pass", "app_id": INBOX}));
    assert_eq!(codes(&stage.post("/v26.0/me/messages", &pass).await), GOOD);
    assert_eq!(send(&stage).await, ANOTHER_APP);
    stage.act("thread-control", json!({"action": "pass"})).await;
    assert_eq!(codes(&stage.post("/v26.0/me/messages", &request(json!({}))).await), GOOD);
    assert_eq!(owner(&stage).await, Value::Null, "without a type it is released");
}

#[tokio::test]
async fn the_page_tells_whether_threads_are_routed() {
    let stage = Stage::with(simulator().page(Page { ..page() })).await;
    let read = async || {
        stage.get("/v26.0/me?fields=messaging_feature_status").await.1["messaging_feature_status"]["msgr_multi_app"]
            .clone()
    };
    assert_eq!(read().await, false);
    stage.act("settings", json!({"defaultApp": OURS})).await;
    assert_eq!(read().await, true);
}
