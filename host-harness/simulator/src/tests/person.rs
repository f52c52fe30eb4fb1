//! What people do on the phone.

use serde_json::{Value, json};

use super::stage::{PSID, Stage, answer, until};
use crate::SimulatorEvent;

async fn offer(stage: &mut Stage) {
    let template = json!({"attachment": {"type": "template", "payload": {"template_type": "button", "text": "?", "buttons": [
        {"type": "postback", "title": "View Orders", "payload": "VIEW_ORDERS"},
        {"type": "web_url", "title": "Website", "url": "https://example.org"},
        {"type": "phone_number", "title": "Call", "payload": "+34600000000"}]}}});
    stage.sent(template).await;
    for _ in 0..3 {
        stage.webhook().await;
    }
}

#[tokio::test]
async fn a_tap_on_a_button_comes_as_a_postback() {
    let mut stage = Stage::in_conversation().await;
    offer(&mut stage).await;
    stage.sent(json!({"text": "anything else?"})).await;
    for _ in 0..3 {
        stage.webhook().await;
    }
    for choice in [json!({"payload": "VIEW_ORDERS"}), json!({"from": PSID, "title": "View Orders"})] {
        let (status, tapped) = stage.post("/_sim/tap", &choice).await;
        assert_eq!(status, 200, "{tapped}");
        let webhook = stage.webhook().await;
        assert_eq!(webhook["sender"]["id"], PSID);
        let expected = json!({"mid": tapped["mid"], "title": "View Orders", "payload": "VIEW_ORDERS"});
        assert_eq!(webhook["postback"], expected);
    }
}

#[tokio::test]
async fn what_was_never_offered_cannot_be_tapped() {
    let mut stage = Stage::in_conversation().await;
    offer(&mut stage).await;
    let (status, refused) = stage.post("/_sim/tap", &json!({"payload": "REFUND"})).await;
    assert_eq!((status, &refused["error"]["code"]), (409, &json!("not_offered")));
    let titles: Vec<&Value> =
        refused["error"]["offered"].as_array().unwrap().iter().map(|offer| &offer["title"]).collect();
    assert_eq!(titles, ["View Orders", "Website", "Call"]);
    for (title, effect) in [("Website", "opens URL https://example.org"), ("Call", "calls +34600000000")] {
        let (status, refused) = stage.post("/_sim/tap", &json!({"title": title})).await;
        assert_eq!((status, &refused["error"]["code"]), (409, &json!("sends_nothing")));
        assert!(refused["error"]["message"].as_str().unwrap().contains(effect), "{refused}");
    }
    assert_eq!(stage.post("/_sim/tap", &json!({"payload": "A", "title": "B"})).await.0, 422);
    let (status, refused) = stage.post("/_sim/say", &json!({"from": "999", "text": "hi"})).await;
    assert_eq!((status, &refused["error"]["known"]), (404, &json!([PSID])));
    assert_eq!(stage.post("/_sim/say", &json!({"text": " "})).await.0, 422);
    // None of it reached the Page.
    assert!(stage.webhooks.try_recv().is_err());
}

#[tokio::test]
async fn quick_replies_belong_to_the_last_message_and_vanish_with_the_tap() {
    let mut stage = Stage::in_conversation().await;
    let replies = json!([
        {"content_type": "text", "title": "Great!", "payload": "RATING_GREAT"},
        {"content_type": "user_phone_number"}, {"content_type": "user_email"}]);
    stage.sent(json!({"text": "How was it?", "quick_replies": replies})).await;
    for _ in 0..3 {
        stage.webhook().await;
    }
    let mut events = stage.sim.events();
    // The profile has an e-mail address and no phone number, so one button stays hidden.
    let (_, transcript) = stage.get(&format!("/_sim/transcript?person={PSID}")).await;
    let shown = &transcript["conversations"][0]["quickReplies"];
    assert_eq!(
        (&shown[0]["title"], &shown[1]["title"], &shown[2]),
        (&json!("Great!"), &json!("ana@example.org"), &Value::Null)
    );

    let (status, tapped) = stage.post("/_sim/quick-reply", &json!({"payload": "RATING_GREAT"})).await;
    assert_eq!(status, 200);
    let expected = json!({"mid": tapped["mid"], "text": "Great!", "quick_reply": {"payload": "RATING_GREAT"}});
    assert_eq!(stage.webhook().await["message"], expected);
    let name = until(&mut events, |event| match event {
        SimulatorEvent::PersonTappedQuickReply { name, .. } => Some(name.clone()),
        _ => None,
    })
    .await;
    assert_eq!(name, "Ana Pérez");
    let (status, refused) = stage.post("/_sim/quick-reply", &json!({"payload": "RATING_GREAT"})).await;
    assert_eq!((status, &refused["error"]["offered"]), (409, &json!([])));

    let first = json!({"text": "Sure?", "quick_replies": [{"content_type": "text", "title": "Yes", "payload": "YES"}]});
    stage.sent(first).await;
    stage.sent(json!({"text": "Never mind."})).await;
    assert_eq!(stage.post("/_sim/quick-reply", &json!({"title": "Yes"})).await.0, 409);
}

#[tokio::test]
async fn attachments_arrive_in_metas_shapes() {
    let mut stage = Stage::new().await;
    let image = json!({"type": "image", "url": "https://cdn.example.org/cat.jpg"});
    assert_eq!(stage.post("/_sim/attach", &image).await.0, 200);
    let expected = json!([{"type": "image", "payload": {"url": "https://cdn.example.org/cat.jpg"}}]);
    assert_eq!(stage.webhook().await["message"]["attachments"], expected);
    let place = json!({"from": PSID, "type": "location", "lat": 41.38, "long": 2.17, "title": "Home"});
    assert_eq!(stage.post("/_sim/attach", &place).await.0, 200);
    let expected =
        json!([{"type": "location", "title": "Home", "payload": {"coordinates": {"lat": 41.38, "long": 2.17}}}]);
    assert_eq!(stage.webhook().await["message"]["attachments"], expected);
    assert_eq!(stage.post("/_sim/attach", &json!({"type": "image", "url": "cat.jpg"})).await.0, 422);
    assert_eq!(stage.post("/_sim/attach", &json!({"type": "smell"})).await.0, 422);
}

#[tokio::test]
async fn pages_and_people_can_be_added_and_secrets_stay_inside() {
    let stage = Stage::new().await;
    let page = json!({"id": "2000000000000002", "appId": "1", "appSecret": "other-secret", "accessToken": "other-token",
                      "verifyToken": "v", "subscribedFields": ["messages"]});
    assert_eq!(stage.post("/_sim/pages", &page).await.0, 200);
    // A change keeps what it does not name.
    let change = json!({"id": "2000000000000002", "webhookUrl": "http://127.0.0.1:9/hook"});
    assert_eq!(stage.post("/_sim/pages", &change).await.0, 200);
    let person = json!({"psid": "9000", "first_name": "Bo", "pageId": "2000000000000002"});
    assert_eq!(stage.post("/_sim/people", &person).await.0, 200);
    let (_, known) = stage.get("/_sim/state").await;
    assert_eq!(known["pages"][1]["webhookUrl"], "http://127.0.0.1:9/hook");
    assert_eq!(known["pages"][1]["subscribedFields"], json!(["messages"]));
    assert_eq!(known["people"][1]["pageId"], "2000000000000002");
    assert!(!known.to_string().contains("other-secret") && !known.to_string().contains("other-token"));
    let (status, refused) = stage.post("/_sim/pages", &json!({"id": "3"})).await;
    assert_eq!(status, 422);
    assert!(refused["error"]["message"].as_str().unwrap().contains("appId"), "{refused}");
    let (_, refused) =
        stage.post("/v26.0/me/messages", &json!({"recipient": {"id": "9000"}, "message": {"text": "Hi"}})).await;
    assert_eq!(refused["error"]["error_subcode"], 2_018_001, "a PSID of another Page");
}

#[tokio::test]
async fn a_web_page_cannot_reach_this_side() {
    let stage = Stage::new().await;
    for (name, value) in [("origin", "https://evil.example"), ("host", "evil.example")] {
        let request =
            stage.http.post(format!("{}/_sim/say", stage.sim.url())).header(name, value).body(r#"{"text":"hi"}"#);
        assert_eq!(answer(request).await.0, 403, "{name}");
    }
    let request = stage.http.post(format!("{}/_sim/say", stage.sim.url())).body(r#"{"text":"hi"}"#);
    assert_eq!(answer(request).await.0, 200);
}
