//! Reviewed features and the receivers of the older protocol.

use serde_json::{Value, json};

use super::stage::{Stage, codes};

#[tokio::test]
async fn features_are_listed_with_their_review() {
    let stage = Stage::new().await;
    stage.act("settings", json!({"features": ["human_agent"]})).await;
    let (_, review) = stage.get("/v26.0/me/messaging_feature_review").await;
    assert_eq!(review, json!({"data": [{"feature": "human_agent", "status": "approved"}]}));
    stage.act("settings", json!({"scopes": []})).await;
    assert_eq!(codes(&stage.get("/v26.0/me/messaging_feature_review").await), (Some(200), None));
}

#[tokio::test]
async fn secondary_receivers_are_shown_to_the_default_app() {
    let stage = Stage::new().await;
    let read = async |default: Value| {
        stage.act("settings", json!({"defaultApp": default})).await;
        stage.get("/v26.0/me/secondary_receivers?fields=id,name").await
    };
    assert_eq!(codes(&read(Value::Null).await), (Some(100), Some(2_018_171)));
    assert_eq!(codes(&read("263902037430900".into()).await), (Some(10), Some(2_018_234)));
    let (_, seen) = read("2233445566778899".into()).await;
    assert_eq!(seen["data"], json!([{"id": "263902037430900", "name": "Page Inbox"}]));
}
