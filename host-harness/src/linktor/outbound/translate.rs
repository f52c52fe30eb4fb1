//! From an answer as the core writes it to a message as this host takes it. It asks nobody: what is wrong is found and told.

mod interactive;
mod media;
mod rich;

use channel_api::json::Document;
use channel_api::{Issue, Pointer};
use serde_json::{Value, json};

use crate::linktor::wire::{Attachment, OutboundMessage};
use crate::sending::Key;

/// Of what an agent's client calls rich, JSON with `content` and `options` of the host's messages.
const RICH: &str = "rich";
/// Choices, in another provider's shape, as Linktor's bots and flows write them.
const INTERACTIVE: &str = "interactive";
/// The core sets it on every answer of an AI, perhaps to nothing.
const AI_MODEL: &str = "ai_model";

/// The message that this channel sends, in the JSON of `messages.send`. What cannot be understood stands in the document's flaws, and then
/// it holds no content that could be sent.
pub(super) fn translate(answer: &OutboundMessage, channel_id: &str) -> Document {
    let mut flaws = Vec::new();
    let sender = if answer.metadata.contains_key(AI_MODEL) { "bot" } else { "human" };
    let mut options = json!({"sender": sender, "split": true});
    let content = content(answer, &mut options).unwrap_or_else(|issues| {
        flaws.extend(issues);
        unreadable(&answer.content_type)
    });
    let mut message =
        json!({"channelId": channel_id, "to": answer.recipient_id, "content": content, "options": options});
    // By it a conversation's person is found where the core names the conversation alone.
    if (1..=Key::MAX).contains(&answer.conversation_id.chars().count()) {
        message["ref"] = answer.conversation_id.as_str().into();
    }
    Document::new(message).with_flaws(flaws)
}

fn content(answer: &OutboundMessage, options: &mut Value) -> Result<Value, Vec<Issue>> {
    let at = Pointer::ROOT;
    let OutboundMessage { content: words, metadata, attachments, .. } = answer;
    let kind = answer.content_type.as_str();
    if let Some(rich) = metadata.get(RICH) {
        return rich::content(rich, words, attachments, options, &at.key("metadata").key(RICH));
    }
    if let Some(interactive) = metadata.get(INTERACTIVE) {
        // What could be tapped is numbered where it is too much to tap, so that a flow goes on.
        options["fallback"] = true.into();
        return interactive::content(interactive, words, &at.key("metadata").key(INTERACTIVE));
    }
    if !attachments.is_empty() {
        return media::attached(words, attachments);
    }
    match kind {
        "template" | "interactive" => Err(vec![nothing_structured(kind)]),
        _ if media::is_media(kind) => media::in_words(kind, words, metadata),
        // A place or a contact that the core sends has its words, too.
        _ => Ok(text(words)),
    }
}

fn text(words: &str) -> Value {
    json!({"type": "text", "text": words})
}

/// Whoever sends it again by hand is refused again.
fn unreadable(kind: &str) -> Value {
    match kind {
        "" | "text" => Value::Null,
        kind => json!({ "type": kind }),
    }
}

fn nothing_structured(kind: &str) -> Issue {
    let message = format!("must stand beside a message of content_type {kind}, and is not there");
    let hint = r#"write {"content": {…}, "options": {…}} of this host's messages into it as JSON, for example {"content": {"type": "text", "text": "…", "quickReplies": [{"title": "Yes", "payload": "YES"}]}}; for words alone use content_type text"#;
    Issue::new(&Pointer::ROOT.key("metadata").key(RICH), "required", message).with_hint(hint)
}

#[cfg(test)]
mod tests;
