//! Labels on people.

use serde_json::{Value, json};

use super::stage::{GOOD, PSID, Stage, codes};

const LABELS: &str = "/v26.0/me/custom_labels";

async fn make(stage: &Stage, name: &str) -> String {
    stage.post(LABELS, &json!({"page_label_name": name})).await.1["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_label_is_made_put_on_somebody_taken_off_and_deleted() {
    let mut stage = Stage::new().await;
    let fields = "messages,inbox_labels";
    stage.post(&format!("/v26.0/me/subscribed_apps?subscribed_fields={fields}"), &json!({})).await;
    let (vip, late) = (make(&stage, "VIP").await, make(&stage, "late payer").await);
    let named =
        async |path: &str| -> Value { stage.get(&format!("{path}?fields=id,page_label_name")).await.1["data"].clone() };
    let both = json!([{"id": vip, "page_label_name": "VIP"}, {"id": late, "page_label_name": "late payer"}]);
    assert_eq!(named(LABELS).await, both);
    let (_, bare) = stage.get(&format!("{LABELS}?limit=1")).await;
    assert_eq!(bare["data"], json!([{"id": vip}]), "the name comes when it is asked for");
    assert_eq!(bare["paging"]["cursors"]["after"], vip);

    let on = format!("/v26.0/{vip}/label");
    assert_eq!(stage.post(&on, &json!({"user": PSID})).await.1, json!({"success": true}));
    assert_eq!(codes(&stage.post(&on, &json!({"user": PSID})).await), GOOD, "twice is once");
    let of_person = format!("/v26.0/{PSID}/custom_labels");
    assert_eq!(named(&of_person).await, json!([{"id": vip, "page_label_name": "VIP"}]));
    assert_eq!(stage.delete(&format!("{on}?user={PSID}"), &json!({})).await.1, json!({"success": true}));
    assert_eq!(named(&of_person).await, json!([]));
    let (_, one) = stage.get(&format!("/v26.0/{vip}?fields=page_label_name")).await;
    assert_eq!(one, json!({"id": vip, "page_label_name": "VIP"}));
    assert_eq!(stage.delete(&format!("/v26.0/{vip}"), &json!({})).await.1, json!({"success": true}));
    assert_eq!(codes(&stage.delete(&format!("/v26.0/{vip}"), &json!({})).await), (Some(100), Some(33)));

    let heard = stage.all_webhooks().await;
    let actions: Vec<&Value> = heard.iter().map(|(_, change)| &change["value"]["action"]).collect();
    assert_eq!(actions, ["add", "remove"]);
    assert_eq!(heard[0].1["field"], "inbox_labels");
}

#[tokio::test]
async fn labels_need_accepted_terms_a_permission_and_a_person_of_the_page() {
    let stage = Stage::new().await;
    let vip = make(&stage, "VIP").await;
    let on = format!("/v26.0/{vip}/label");
    assert_eq!(codes(&stage.post(&on, &json!({"user": "999"})).await), (Some(100), Some(2_018_001)));
    assert_eq!(codes(&stage.post(&on, &json!({})).await), (Some(100), None));
    assert_eq!(codes(&stage.post(LABELS, &json!({"page_label_name": ""})).await), (Some(100), None));
    assert_eq!(codes(&stage.get(&format!("{LABELS}?fields=name")).await), (Some(100), None), "its older name is gone");
    stage.act("settings", json!({"contactTermsAccepted": false})).await;
    for refused in [stage.get(LABELS).await, stage.post(LABELS, &json!({"page_label_name": "x"})).await] {
        assert_eq!(codes(&refused), (Some(2), Some(2_018_344)));
        assert_eq!(refused.1["error"]["is_transient"], Value::Null);
    }
    stage.act("settings", json!({"contactTermsAccepted": true, "scopes": ["pages_messaging"]})).await;
    assert_eq!(codes(&stage.get(LABELS).await), (Some(200), None));
}
