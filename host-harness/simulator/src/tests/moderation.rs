//! People who are shut out, and conversations that are put away.

use serde_json::{Value, json};

use super::stage::{GOOD, PSID, Stage, codes};

async fn moderate(stage: &Stage, people: Value, actions: Value) -> (u16, Value) {
    stage.post("/v26.0/me/moderate_conversations", &json!({"user_ids": people, "actions": actions})).await
}

#[tokio::test]
async fn who_is_blocked_cannot_write_until_they_are_let_in_again() {
    let stage = Stage::in_conversation().await;
    let ana = json!([{"id": PSID}]);
    for (out, back) in [("block_user", "unblock_user"), ("ban_user", "unban_user")] {
        assert_eq!(moderate(&stage, ana.clone(), json!([out])).await.1, json!({"success": true}));
        let (status, refused) = stage.post("/_sim/say", &json!({"text": "let me in"})).await;
        assert_eq!((status, &refused["error"]["code"]), (409, &json!("shut_out")), "{out}");
        assert_eq!(codes(&stage.message(json!({"text": "Hi"})).await), (Some(551), Some(1_545_041)));
        assert_eq!(codes(&moderate(&stage, ana.clone(), json!([back])).await), GOOD);
        stage.act("say", json!({"text": "thank you"})).await;
        assert_eq!(codes(&stage.message(json!({"text": "Hi"})).await), GOOD);
    }
    let inbox = async |folder: &str| {
        stage.get(&format!("/v26.0/me/conversations?folder={folder}")).await.1["data"].as_array().unwrap().len()
    };
    assert_eq!(codes(&moderate(&stage, ana, json!(["block_user", "move_to_spam"])).await), GOOD);
    assert_eq!((inbox("inbox").await, inbox("spam").await), (0, 1));
}

#[tokio::test]
async fn ten_people_two_actions_and_no_contradiction() {
    let stage = Stage::in_conversation().await;
    let ana = json!([{"id": PSID}]);
    let block = json!(["block_user"]);
    for (people, actions, expected) in [
        (json!(vec![json!({"id": PSID}); 10]), json!(["move_to_spam"]), GOOD),
        (json!(vec![json!({"id": PSID}); 11]), block.clone(), (Some(105), None)),
        (json!([]), block.clone(), (Some(100), None)),
        (json!([{"psid": PSID}]), block.clone(), (Some(100), None)),
        (json!([{"id": PSID}, {"id": "999"}]), block.clone(), (Some(100), Some(2_018_001))),
        (ana.clone(), json!([]), (Some(100), None)),
        (ana.clone(), json!(["hide_user"]), (Some(100), None)),
        (ana.clone(), json!(["block_user", "unblock_user"]), (Some(100), None)),
        (ana.clone(), json!(["block_user", "ban_user", "move_to_spam"]), (Some(105), None)),
    ] {
        assert_eq!(codes(&moderate(&stage, people.clone(), actions.clone()).await), expected, "{people} {actions}");
    }
    stage.act("say", json!({"text": "nobody was blocked by a refusal"})).await;
    stage.act("people", json!({"psid": "9001"})).await;
    let stranger = moderate(&stage, json!([{"id": "9001"}]), block.clone()).await;
    assert_eq!(codes(&stranger), (Some(100), Some(2_018_001)), "there is no conversation");
    stage.act("settings", json!({"scopes": []})).await;
    assert_eq!(codes(&moderate(&stage, ana, block).await), (Some(200), None));
}
