//! A small bot. It knows events and messages in Linktor's form, and nothing of Messenger.

use serde_json::{Value, json};

use super::consumer::Consumer;
use super::replies::{self, Heard, Reply};

/// Answers until it is stopped.
pub(super) async fn run(consumer: Consumer) {
    let mut seen = 0;
    while let Some(mut events) = consumer.follow(seen).await {
        while let Some(event) = events.next().await {
            seen = event["seq"].as_u64().unwrap_or(seen);
            if let Some(answer) = answer(&event)
                && let Err(error) = carry_out(&consumer, &event["data"], answer).await
            {
                tracing::warn!(error, "the bot's answer was not sent");
            }
        }
    }
}

async fn carry_out(consumer: &Consumer, data: &Value, reply: Reply) -> Result<(), String> {
    let (content, hands_over) = match reply {
        Reply::Say(content) => (content, false),
        Reply::HandOver(content) => (content, true),
    };
    let message = |content: Value| json!({ "channelId": data["channelId"], "to": data["from"], "content": content });
    for content in [json!({ "type": "mark_seen" }), json!({ "type": "typing_on" }), content] {
        consumer.send(&message(content)).await?;
    }
    if hands_over {
        let input = json!({ "person": data["from"], "targetApp": "inbox", "metadata": "asks for a person" });
        consumer.perform(data["channelId"].as_str().unwrap_or_default(), "passThreadControl", &input).await?;
    }
    Ok(())
}

/// What to do about an event, if anything.
fn answer(event: &Value) -> Option<Reply> {
    let data = &event["data"];
    if data["observed"] == true {
        // Somebody else answers this person.
        return None;
    }
    if data["threadOwner"]["who"] == "us" {
        return Some(replies::back());
    }
    match event["event"].as_str()? {
        "message.received" | "facebook.quick_reply" | "facebook.postback" => Some(replies::to(&Heard {
            first_name: data["metadata"]["firstName"].as_str(),
            words: data["content"]["text"].as_str(),
            payload: data["payload"].as_str(),
        })),
        _ => None,
    }
}
