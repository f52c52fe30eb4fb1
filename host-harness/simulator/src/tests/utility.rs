//! Utility templates: made, approved, sent.

use serde_json::{Value, json};

use super::stage::{GOOD, PSID, Stage, codes};

const TEMPLATES: &str = "/v26.0/me/message_templates";

fn template(name: &str, body: &str) -> Value {
    json!({"name": name, "language": "en_US", "category": "UTILITY", "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}"},
        {"type": "BODY", "text": body},
        {"type": "BUTTONS", "buttons": [{"type": "POSTBACK", "text": "Where is it", "payload": "TRACK_{{1}}"}]}]})
}

fn sent(name: &str, header: &[&str], body: &[&str]) -> Value {
    let texts = |texts: &[&str]| texts.iter().map(|text| json!({"type": "text", "text": text})).collect::<Vec<_>>();
    json!({"template": {"name": name, "language": {"code": "en_US"}, "components": [
        {"type": "header", "parameters": texts(header)}, {"type": "body", "parameters": texts(body)},
        {"type": "buttons", "parameters": [{"type": "POSTBACK", "payload": "A-17"}]}]}})
}

async fn send(stage: &Stage, message: Value) -> (u16, Value) {
    let request = json!({"recipient": {"id": PSID}, "messaging_type": "UTILITY", "message": message});
    stage.post("/v26.0/me/messages", &request).await
}

#[tokio::test]
async fn a_template_is_sent_when_it_is_approved_and_its_parameters_fit() {
    // Nobody has written: a utility message needs no window.
    let stage = Stage::new().await;
    let (status, created) = stage.post(TEMPLATES, &template("order_left", "Hello {{1}}, order {{2}} left.")).await;
    assert_eq!((status, &created["status"], &created["category"]), (200, &json!("APPROVED"), &json!("UTILITY")));
    let (_, rejected) = stage.post(TEMPLATES, &template("bad", "{{1}} is your code.")).await;
    assert_eq!(rejected["status"], "REJECTED");
    let bad = (Some(100), None);
    for (message, expected) in [
        (sent("order_left", &["A-17"], &["Ana", "A-17"]), GOOD),
        (sent("order_left", &["A-17"], &["Ana"]), bad),
        (sent("order_left", &["A-17"], &["Ana", "A-17", "more"]), bad),
        (sent("bad", &["A-17"], &["Ana"]), bad),
        (sent("unknown", &["A-17"], &["Ana"]), bad),
        (json!({"text": "Hi"}), bad),
        (json!({"text": "Hi", "template": {"name": "order_left", "language": {"code": "en_US"}}}), bad),
        (json!({"template": {"name": "order_left", "language": {"code": "de_DE"}}}), bad),
        (json!({"template": {"name": "order_left"}}), bad),
    ] {
        assert_eq!(codes(&send(&stage, message.clone()).await), expected, "{message}");
    }
    // Outside of UTILITY it does not go at all.
    assert_eq!(codes(&stage.message(sent("order_left", &["A"], &["B", "C"])).await), bad);
}

#[tokio::test]
async fn named_parameters_carry_their_names() {
    let stage = Stage::new().await;
    let named = json!({"name": "named", "language": "en_US", "category": "UTILITY", "parameter_format": "NAMED",
        "components": [{"type": "BODY", "text": "Order {{order_id}} left."}]});
    assert_eq!(stage.post(TEMPLATES, &named).await.1["status"], "APPROVED");
    for (parameter, expected) in [
        (json!({"type": "text", "text": "A-17", "parameter_name": "order_id"}), GOOD),
        (json!({"type": "text", "text": "A-17"}), (Some(100), None)),
    ] {
        let message = json!({"template": {"name": "named", "language": {"code": "en_US"},
            "components": [{"type": "body", "parameters": [parameter]}]}});
        assert_eq!(codes(&send(&stage, message).await), expected);
    }
}

#[tokio::test]
async fn templates_are_listed_and_deleted() {
    let stage = Stage::new().await;
    for name in ["one", "two"] {
        assert_eq!(stage.post(TEMPLATES, &template(name, "Hello {{1}}!")).await.0, 200);
    }
    assert_eq!(codes(&stage.post(TEMPLATES, &template("one", "Hello {{1}}!")).await), (Some(100), None), "twice");
    let (_, listed) = stage.get(&format!("{TEMPLATES}?name=two&status=APPROVED")).await;
    assert_eq!((listed["data"].as_array().unwrap().len(), &listed["data"][0]["name"]), (1, &json!("two")));
    assert_eq!(stage.delete(TEMPLATES, &json!({"name": "two"})).await.1, json!({"success": true}));
    assert_eq!(codes(&stage.delete(TEMPLATES, &json!({"name": "two"})).await), (Some(100), None));
    let (_, listed) = stage.get(TEMPLATES).await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    for wrong in ["category", "language", "components", "name"] {
        let mut template = template("three", "Hello {{1}}!");
        template.as_object_mut().unwrap().remove(wrong);
        assert_eq!(codes(&stage.post(TEMPLATES, &template).await), (Some(100), None), "without {wrong}");
    }
}
