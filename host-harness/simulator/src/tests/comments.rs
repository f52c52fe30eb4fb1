//! Comments: the public answer and the private one.

use serde_json::{Value, json};

use super::stage::{GOOD, PAGE, Stage, codes};

#[tokio::test]
async fn a_comment_is_answered_in_public_and_privately() {
    let mut stage = Stage::new().await;
    stage.post("/v26.0/me/subscribed_apps?subscribed_fields=feed,messages", &json!({})).await;
    let comment = stage.act("comment", json!({"text": "How much is it?"})).await["commentId"].clone();
    let comment = comment.as_str().unwrap();
    let path = format!("/v26.0/{comment}");
    let (status, answered) = stage.post(&format!("{path}/comments"), &json!({"message": "We wrote to you."})).await;
    assert_eq!(status, 200, "{answered}");
    let heard = stage.all_webhooks().await;
    let by_the_page = &heard[1].1["value"];
    assert_eq!((&by_the_page["from"]["id"], &by_the_page["parent_id"]), (&json!(PAGE), &json!(comment)));
    assert_eq!(by_the_page["comment_id"], answered["id"]);
    let private = json!({"recipient": {"comment_id": comment}, "message": {"text": "It is 10 €"}});
    assert_eq!(codes(&stage.post("/v26.0/me/messages", &private).await), GOOD);
    assert_eq!(codes(&stage.post("/v26.0/me/messages", &private).await), (Some(10_900), None), "once");

    let (_, read) = stage.get(&format!("{path}?fields=message,from{{name}},is_hidden")).await;
    let ana = json!({"id": comment, "message": "How much is it?", "from": {"id": super::stage::PSID, "name": "Ana Pérez"},
        "is_hidden": false});
    assert_eq!(read, ana);
    let (_, answers) = stage.get(&format!("{path}/comments?fields=message")).await;
    assert_eq!(answers["data"][0]["message"], "We wrote to you.");
    assert_eq!(stage.post(&path, &json!({"is_hidden": true})).await.1, json!({"success": true}));
    assert_eq!(stage.get(&format!("{path}?fields=is_hidden")).await.1["is_hidden"], true);
    assert_eq!(codes(&stage.post(&format!("{path}/likes"), &json!({})).await), GOOD);
    assert_eq!(stage.delete(&path, &json!({})).await.1, json!({"success": true}));
    assert_eq!(codes(&stage.get(&path).await), (Some(100), Some(33)));
}

#[tokio::test]
async fn answers_have_a_text_a_permission_and_something_to_answer() {
    let stage = Stage::new().await;
    let comment = stage.act("comment", json!({"text": "?"})).await["commentId"].clone();
    let path = format!("/v26.0/{}/comments", comment.as_str().unwrap());
    let text = |length: usize| json!({"message": "x".repeat(length)});
    for (body, expected) in [
        (text(8000), GOOD),
        (text(8001), (Some(100), None)),
        (text(0), (Some(100), None)),
        (json!({}), (Some(100), None)),
    ] {
        assert_eq!(codes(&stage.post(&path, &body).await), expected);
    }
    assert_eq!(codes(&stage.post("/v26.0/1_2/comments", &text(1)).await), (Some(100), Some(33)));
    stage.act("settings", json!({"scopes": ["pages_read_engagement"]})).await;
    assert_eq!(codes(&stage.post(&path, &text(1)).await), (Some(200), None));
    let post: Value = stage.act("post", json!({"text": "I like this shop"})).await["postId"].clone();
    let (_, read) = stage.get(&format!("/v26.0/{}?fields=message,parent", post.as_str().unwrap())).await;
    assert_eq!(read, json!({"id": post, "message": "I like this shop"}));
}
