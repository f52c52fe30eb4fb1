//! Too many calls.

use std::time::Duration;

use serde_json::{Value, json};

use super::stage::{GOOD, PAGE, START_MS, Stage, TOKEN, codes, simulator, within};
use crate::Clock;

async fn timed() -> (Stage, Clock) {
    let clock = Clock::fixed(START_MS);
    let stage = Stage::with(simulator().clock(clock.clone())).await;
    stage.sim.say(None, "hello").unwrap();
    (stage, clock)
}

/// Status and the two headers.
async fn usage(stage: &Stage) -> (u16, Option<Value>, Option<Value>) {
    let request = stage.http.get(format!("{}/v26.0/me", stage.sim.url())).bearer_auth(TOKEN);
    let response = within(request.send()).await.unwrap();
    let header =
        |name: &str| response.headers().get(name).map(|value| serde_json::from_str(value.to_str().unwrap()).unwrap());
    (response.status().as_u16(), header("x-app-usage"), header("x-business-use-case-usage"))
}

#[tokio::test]
async fn the_headers_rise_until_the_calls_are_refused_and_time_heals() {
    let (stage, clock) = timed().await;
    assert_eq!(usage(&stage).await, (200, None, None), "a Page that calls little gets no headers");
    stage.act("settings", json!({"limits": {"calls": 4, "seconds": 600}})).await;
    clock.advance(Duration::from_mins(10));
    for percent in [25, 50, 75, 100] {
        clock.advance(Duration::from_secs(30));
        let (status, app, page) = usage(&stage).await;
        assert_eq!((status, &app.unwrap()["call_count"]), (200, &json!(percent)));
        let minutes = if percent < 100 { 0 } else { 9 };
        let messenger = &page.unwrap()[PAGE][0];
        let named = (&messenger["type"], &messenger["call_count"], &messenger["estimated_time_to_regain_access"]);
        assert_eq!(named, (&json!("messenger"), &json!(percent), &json!(minutes)));
    }
    let refused = stage.message(json!({"text": "Hi"})).await;
    assert_eq!(
        (refused.0, codes(&refused), &refused.1["error"]["is_transient"]),
        (400, (Some(80_006), None), &json!(true))
    );
    // A refused call counts as well: of the four that fill the budget, the oldest is gone and a new one is in.
    clock.advance(Duration::from_secs(600 - 90));
    assert_eq!(usage(&stage).await.0, 400);
    clock.advance(Duration::from_mins(10));
    assert_eq!(codes(&stage.message(json!({"text": "Hi"})).await), GOOD);
}

#[tokio::test]
async fn the_code_is_the_one_that_was_chosen() {
    for code in [4, 17, 32, 341, 613, 80_001, 80_006] {
        let (stage, _) = timed().await;
        stage.act("settings", json!({"limits": {"calls": 1, "code": code}})).await;
        assert_eq!(stage.get("/v26.0/me").await.0, 200);
        let refused = stage.get("/v26.0/me").await;
        assert_eq!(codes(&refused), (Some(code), None));
        assert!(refused.1["error"]["message"].as_str().unwrap().starts_with(&format!("(#{code}) ")));
    }
    let (stage, _) = timed().await;
    assert_eq!(stage.post("/_sim/settings", &json!({"limits": {"code": 5}})).await.0, 422);
}

#[tokio::test]
async fn a_second_holds_so_many_messages_of_each_load() {
    let (stage, clock) = timed().await;
    let limits = json!({"textsASecond": 2, "mediaASecond": 1, "privateRepliesAnHour": 1});
    stage.act("settings", json!({ "limits": limits })).await;
    let text = json!({"text": "Hi"});
    let video = json!({"attachment": {"type": "video", "payload": {"url": "https://cdn.example.org/a.mp4"}}});
    let too_fast = (Some(613), None);
    for (message, expected) in [(&text, GOOD), (&text, GOOD), (&text, too_fast), (&video, GOOD), (&video, too_fast)] {
        assert_eq!(codes(&stage.message(message.clone()).await), expected, "{message}");
    }
    clock.advance(Duration::from_secs(1));
    assert_eq!(codes(&stage.message(text).await), GOOD);
    assert_eq!(codes(&stage.message(video).await), GOOD);
    clock.advance(Duration::from_secs(1));
    for expected in [GOOD, too_fast] {
        let id = stage.act("comment", json!({"text": "How much?"})).await["commentId"].clone();
        let body = json!({"recipient": {"comment_id": id}, "message": {"text": "Hi"}});
        assert_eq!(codes(&stage.post("/v26.0/me/messages", &body).await), expected);
        clock.advance(Duration::from_secs(1));
    }
}
