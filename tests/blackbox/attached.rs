//! Words with something attached: the person reads and sees both, or the author hears why not.

use serde_json::{Value, json};
use tests::{Run, ids};

use crate::stage::Stage;

const FILE: &str = "https://cdn.example.org/a.pdf";

#[expect(clippy::needless_pass_by_value, reason = "every caller makes it on the spot")]
fn message(content: Value) -> Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": content})
}

/// What the Page's side of the conversation shows: words, or what kind of thing.
async fn shown(stage: &Stage) -> Vec<Value> {
    let screen = stage.sim.screen().await.into_iter().filter(|entry| entry["from"] == "page");
    screen
        .map(
            |entry| {
                if entry["text"].is_string() { entry["text"].clone() } else { entry["attachments"][0]["type"].clone() }
            },
        )
        .collect()
}

#[tokio::test]
async fn both_reach_the_person_in_their_order_however_they_are_written() {
    let stage = Stage::in_conversation().await;
    let file = json!({"type": "file", "file": {"url": FILE}});
    for content in [
        json!({"type": "file", "file": {"url": FILE}, "text": "Your invoice"}),
        json!({"type": "text", "text": "Your invoice", "attachments": [file]}),
    ] {
        let reply = stage.host.send(message(content)).await.expect_status(200).json();
        assert_eq!(reply["receipts"].as_array().map(Vec::len), Some(2), "{reply:#}");
        assert_eq!(reply["warnings"], json!([]));
    }
    let captioned = json!({"type": "image", "image": {"url": "https://cdn.example.org/a.jpg", "caption": "row 3"}});
    stage.host.send(message(captioned)).await.expect_status(200);
    assert_eq!(shown(&stage).await, ["Your invoice", "file", "Your invoice", "file", "image", "row 3"]);
}

#[tokio::test]
async fn quick_replies_stand_below_the_last_of_them() {
    let stage = Stage::in_conversation().await;
    let content = json!({
        "type": "video", "video": {"url": "https://cdn.example.org/a.mp4"}, "text": "Watch this",
        "quickReplies": [{"title": "Seen", "payload": "SEEN"}]
    });
    stage.host.send(message(content)).await.expect_status(200);
    let calls = stage.sim.calls("/messages").await;
    let asked: Vec<bool> = calls.iter().map(|call| call["body"]["message"]["quick_replies"].is_array()).collect();
    assert_eq!(asked, [false, true], "{calls:#?}");
}

#[tokio::test]
async fn who_can_get_one_message_only_gets_neither_half() {
    let stage = Stage::in_conversation().await;
    let mut private = message(json!({"type": "file", "file": {"url": FILE}, "text": "Your invoice"}));
    private["to"] = json!({"commentId": format!("{}_1", ids::PAGE)});
    let refused = stage.host.send(private).await.expect_status(422).json();
    assert_eq!(refused["issues"][0]["pointer"], "/content/text", "{refused:#}");
    assert_eq!(stage.sim.calls("/messages").await, Vec::<Value>::new());
}

#[tokio::test]
async fn what_belongs_nowhere_is_refused_and_not_left_out() {
    let stage = Stage::in_conversation().await;
    for (content, place) in [
        (json!({"type": "typing_on", "text": "One moment"}), "/content/text"),
        (json!({"type": "text", "text": "See", "file": {"url": FILE}}), "/content/file"),
        (json!({"type": "text", "text": "See", "quick_replys": []}), "/content/quick_replys"),
    ] {
        let refused = stage.host.send(message(content)).await.expect_status(422).json();
        assert_eq!(refused["issues"][0]["pointer"], place, "{refused:#}");
    }
    assert_eq!(shown(&stage).await, Vec::<Value>::new());
    // The same on the command line, which asks nobody.
    let content = json!({"type": "audio", "audio": {"attachmentId": "7"}, "text": "Listen"});
    let run = Run::new(["denormalize", "facebook"]).stdin(message(content).to_string()).run().await.expect_code(0);
    let bodies: Vec<Value> = run.json_lines().iter().map(|request| request["body"]["message"].clone()).collect();
    assert_eq!((bodies.len(), &bodies[0]), (2, &json!({"text": "Listen"})));
}
