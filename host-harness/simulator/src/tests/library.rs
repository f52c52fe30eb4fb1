//! Utility templates that Meta has written.

use serde_json::{Value, json};

use super::stage::{GOOD, PSID, Stage, codes};

const TEMPLATES: &str = "/v26.0/me/message_templates";

async fn found(stage: &Stage, query: &str) -> Vec<Value> {
    stage.get(&format!("/v26.0/message_template_library?{query}")).await.1["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_library_is_searched_by_name_text_and_language() {
    let stage = Stage::new().await;
    assert_eq!(found(&stage, "").await.len(), 6);
    assert_eq!(found(&stage, "language=en_US").await.len(), 3);
    let shipped = found(&stage, "name_or_content=order_shipped&language=en_US").await;
    assert_eq!(shipped.len(), 1);
    assert_eq!((&shipped[0]["category"], &shipped[0]["body_params"]), (&json!("UTILITY"), &json!(["Ana", "A-17"])));
    assert_eq!(
        found(&stage, "name_or_content=appointment%20is&language=en_GB").await[0]["name"],
        "appointment_reminder_1"
    );
    assert_eq!(found(&stage, "language=de_DE").await.len(), 0);
}

#[tokio::test]
async fn a_template_from_the_library_is_made_and_sent() {
    let stage = Stage::in_conversation().await;
    let ready = |more: Value| {
        let mut body = json!({"name": "shipped", "category": "UTILITY", "language": "en_US",
            "library_template_name": "order_shipped_1"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let button = json!([{"type": "URL", "text": "Track", "url": {"base_url": "https://shop.example.org/track"}}]);
    for wrong in [
        ready(json!({})),
        ready(json!({"library_template_name": "unknown", "library_template_button_inputs": button})),
        ready(json!({"language": "de_DE", "library_template_button_inputs": button})),
        ready(json!({"library_template_button_inputs": [{"type": "URL", "url": {"base_url": "no"}}]})),
    ] {
        assert_eq!(codes(&stage.post(TEMPLATES, &wrong).await), (Some(100), None), "{wrong}");
    }
    let (_, created) = stage.post(TEMPLATES, &ready(json!({"library_template_button_inputs": button}))).await;
    assert_eq!((&created["status"], &created["category"]), (&json!("APPROVED"), &json!("UTILITY")));
    let (_, listed) = stage.get(&format!("{TEMPLATES}?name_or_content=on%20its%20way")).await;
    assert_eq!(listed["data"][0]["library_template_name"], "order_shipped_1");
    let text = |text: &str| json!({"type": "text", "text": text});
    let send = json!({"recipient": {"id": PSID}, "messaging_type": "UTILITY", "message": {"template": {
        "name": "shipped", "language": {"code": "en_US"},
        "components": [{"type": "body", "parameters": [text("Ana"), text("A-17")]}]}}});
    assert_eq!(codes(&stage.post("/v26.0/me/messages", &send).await), GOOD);
}

#[tokio::test]
async fn a_template_is_read_and_changed_by_its_id() {
    let stage = Stage::new().await;
    let body = |text: &str| json!([{"type": "BODY", "text": text}]);
    let new =
        json!({"name": "n", "language": "en_US", "category": "UTILITY", "components": body("Hello {{1}}, it left.")});
    let (_, created) = stage.post(TEMPLATES, &new).await;
    let path = format!("/v26.0/{}", created["id"].as_str().unwrap());
    assert_eq!(stage.get(&path).await.1["status"], "APPROVED");
    assert_eq!(stage.post(&path, &json!({"components": body("{{1}}")})).await.1, json!({"success": true}));
    let (_, read) = stage.get(&path).await;
    assert_eq!((&read["status"], &read["rejected_reason"]), (&json!("REJECTED"), &json!("INCORRECT_PARAMS")));
    assert_eq!(codes(&stage.post(&path, &json!({})).await), (Some(100), None));
    stage.act("settings", json!({"scopes": ["pages_messaging"]})).await;
    assert_eq!(codes(&stage.get(&path).await), (Some(200), None));
}
