use async_nats::jetstream::Message;
use jiff::Timestamp;
use serde_json::Value;

use crate::linktor::wire::CoreEvent;

const REACTION: &str = "message.reaction";
const EDIT: &str = "message.edit";
const REVOKE: &str = "message.revoke";
const READ: &str = "message.read";
const TYPING: &str = "presence.typing";

/// Where what agents do is told.
pub(super) fn subjects() -> Vec<String> {
    [REACTION, EDIT, REVOKE, READ, TYPING].map(|event| format!("linktor.events.{event}")).to_vec()
}

/// What an agent has done.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) act: Act,
    /// The core's id of the conversation.
    pub(super) conversation_id: String,
    pub(super) at: Option<Timestamp>,
    /// By which it is known when it comes again.
    pub(super) id: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// To a message of the person, which has the provider's id, or of the agents, which has none. An empty emoji takes it back.
    Reaction { channel_id: String, message_id: String, external_id: String, emoji: String },
    /// Somebody writes, or has stopped.
    Typing { is_typing: bool },
    /// Somebody has read what the person wrote.
    Read,
    /// An answer was changed or taken back.
    Change { message_id: String, what: &'static str },
}

impl Done {
    /// `None` of what is no such event.
    pub(super) fn read(message: &Message) -> Option<Self> {
        let header = message.headers.as_ref().and_then(|headers| headers.get("Nats-Msg-Id"));
        let place = || message.info().map(|info| info.stream_sequence.to_string()).unwrap_or_default();
        let id = header.map_or_else(place, |id| id.as_str().to_owned());
        Self::of(&message.payload, id)
    }

    fn of(payload: &[u8], id: String) -> Option<Self> {
        let CoreEvent { r#type, payload, timestamp, .. } = serde_json::from_slice(payload).ok()?;
        let text = |name: &str| payload.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (channel_id, message_id) = (text("channel_id"), text("message_id"));
        let act = match r#type.as_str() {
            REACTION => {
                Act::Reaction { channel_id, message_id, external_id: text("external_id"), emoji: text("emoji") }
            }
            TYPING => Act::Typing { is_typing: text("state") != "paused" },
            READ => Act::Read,
            EDIT => Act::Change { message_id, what: "edited" },
            REVOKE => Act::Change { message_id, what: "taken back" },
            _ => return None,
        };
        let conversation_id = text("conversation_id");
        Some(Self { act, conversation_id, at: Some(timestamp), id })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_agents_do_is_read_as_the_core_writes_it() {
        let of = |kind: &str, payload: Value| {
            let event = json!({
                "type": kind, "tenant_id": "t", "timestamp": "2026-11-28T11:55:44.733171929Z", "payload": payload,
            });
            Done::of(event.to_string().as_bytes(), "id".to_owned()).map(|done| (done.act, done.conversation_id))
        };
        let reaction = json!({
            "channel_id": "c", "conversation_id": "v", "emoji": "👍", "external_id": "", "message_id": "m",
            "sender_id": "a",
        });
        let text = str::to_owned;
        let (channel_id, message_id, external_id) = (text("c"), text("m"), String::new());
        for (kind, payload, act) in [
            (REACTION, reaction, Act::Reaction { channel_id, message_id, external_id, emoji: text("👍") }),
            (TYPING, json!({"conversation_id": "v", "state": "composing"}), Act::Typing { is_typing: true }),
            (TYPING, json!({"conversation_id": "v", "state": "paused"}), Act::Typing { is_typing: false }),
            (READ, json!({"conversation_id": "v", "message_ids": ["m"]}), Act::Read),
            (
                EDIT,
                json!({"conversation_id": "v", "message_id": "m"}),
                Act::Change { message_id: text("m"), what: "edited" },
            ),
            (
                REVOKE,
                json!({"conversation_id": "v", "message_id": "m"}),
                Act::Change { message_id: text("m"), what: "taken back" },
            ),
        ] {
            assert_eq!(of(kind, payload), Some((act, text("v"))), "{kind}");
        }
        assert_eq!(of("contact.created", json!({})), None);
        assert_eq!(of(READ, json!({"conversation_id": null})), Some((Act::Read, text(""))));
        assert_eq!(Done::of(b"{", "id".to_owned()), None);
    }
}
