//! Personas.

use serde_json::{Value, json};

use super::stage::{GOOD, PSID, Stage, codes};

const PERSONAS: &str = "/v26.0/me/personas";

async fn make(stage: &Stage, name: &str) -> String {
    let persona = json!({"name": name, "profile_picture_url": "https://cdn.example.org/a.png"});
    stage.post(PERSONAS, &persona).await.1["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_message_speaks_as_a_persona_until_it_is_deleted() {
    let stage = Stage::in_conversation().await;
    let id = make(&stage, "John").await;
    let send = async || {
        let body = json!({"recipient": {"id": PSID}, "message": {"text": "Hi"}, "persona_id": id});
        codes(&stage.post("/v26.0/me/messages", &body).await)
    };
    assert_eq!(send().await, GOOD);
    let entries = stage.sim.transcript(PSID).unwrap().entries;
    assert_eq!(entries.last().unwrap().persona.as_deref(), Some(id.as_str()));
    let path = format!("/v26.0/{id}");
    let (_, read) = stage.get(&path).await;
    assert_eq!(read, json!({"id": id, "name": "John", "profile_picture_url": "https://cdn.example.org/a.png"}));
    assert_eq!(stage.delete(&path, &json!({})).await.1, json!({"success": true}));
    assert_eq!(send().await, (Some(100), None));
    assert_eq!(stage.get(&path).await.0, 200, "old messages keep it");
    assert_eq!(codes(&stage.delete(&path, &json!({})).await), (Some(100), Some(33)));
}

#[tokio::test]
async fn personas_are_listed_page_by_page() {
    let stage = Stage::new().await;
    for (name, expected) in
        [("x".repeat(50), GOOD), ("x".repeat(51), (Some(100), None)), (String::new(), (Some(100), None))]
    {
        let persona = json!({"name": name, "profile_picture_url": "https://cdn.example.org/a.png"});
        assert_eq!(codes(&stage.post(PERSONAS, &persona).await), expected, "{}", name.len());
    }
    let wrong = json!({"name": "John", "profile_picture_url": "a.png"});
    assert_eq!(codes(&stage.post(PERSONAS, &wrong).await), (Some(100), None));
    for name in ["b", "c"] {
        make(&stage, name).await;
    }
    let (mut seen, mut after) = (0, String::new());
    loop {
        let (_, listed) = stage.get(&format!("{PERSONAS}?limit=2{after}")).await;
        let Value::String(cursor) = &listed["paging"]["cursors"]["after"] else { break };
        seen += listed["data"].as_array().unwrap().len();
        after = format!("&after={cursor}");
    }
    assert_eq!(seen, 3);
}
