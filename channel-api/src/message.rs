//! What a host wants said: [`OutboundMessage`], in the JSON of Linktor's `messages.send`.

mod content;
mod options;
mod quick_reply;
#[cfg(test)]
mod roundtrip;
mod uploads;

use std::borrow::Cow;

pub(crate) use content::as_written;
pub use content::{Body, Content, Link, Location, Media, SenderAction, Sticker};
pub use options::{SendOptions, Sender};
pub use quick_reply::{QuickReply, QuickReplyKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::read::elsewhere;
pub use crate::read::string_or_number;
use crate::{Error, ErrorKind, Issue, JsonObject, Pointer, Quote, Report, Result, read};

/// A message to be sent, as a host writes it.
///
/// ```
/// use channel_api::OutboundMessage;
/// use serde_json::json;
///
/// let message = OutboundMessage::parse(&json!({
///     "channelId": "ch_facebook_123",
///     "to": "1234567890",
///     "content": {"type": "text", "text": "Hello! How can I help you today?"}
/// }))?;
/// assert_eq!(message, OutboundMessage::text("ch_facebook_123", "1234567890", "Hello! How can I help you today?"));
/// # Ok::<(), channel_api::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OutboundMessage {
    /// The channel that sends it.
    pub channel_id: String,
    /// The person who gets it.
    pub to: Recipient,
    /// What is said.
    pub content: Content,
    /// How it is said.
    #[serde(skip_serializing_if = "SendOptions::is_default")]
    pub options: SendOptions,
}

/// Who gets a message.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Recipient {
    /// The person's id on this channel. For Messenger: the Page-scoped id (PSID).
    Id(String),
    /// Another way to name them that the channel knows, such as `{"commentId": "…"}`.
    By(JsonObject),
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Envelope {
    #[serde(deserialize_with = "string_or_number")]
    channel_id: Option<String>,
    // `Recipient` and `Content` read these two.
    #[serde(deserialize_with = "elsewhere")]
    to: (),
    #[serde(deserialize_with = "elsewhere")]
    content: (),
    options: SendOptions,
}

impl OutboundMessage {
    /// A message with the given content and no options.
    pub fn new(channel_id: impl Into<String>, to: impl Into<String>, content: Content) -> Self {
        Self { channel_id: channel_id.into(), to: Recipient::Id(to.into()), content, options: SendOptions::default() }
    }

    /// A plain text.
    pub fn text(channel_id: impl Into<String>, to: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(channel_id, to, Content::text(text))
    }

    /// Reads a message and everything that is wrong with its shape. The message that comes back holds what could be read, so
    /// that a channel can check its rules on it and an author hears of both at once.
    pub fn read(json: &Value) -> (Self, Report) {
        let mut report = Report::default();
        let root = Pointer::ROOT;
        let envelope: Envelope = read(json, &root, Quote::Values, &mut report);
        let part = |name: &str| json.get(name).unwrap_or(&Value::Null);
        let to = Recipient::read(part("to"), &root.key("to"), &mut report);
        let content = Content::read(part("content"), &root.key("content"), &mut report);
        // What nobody reads would be left out of what is said.
        report.refuse_unknown_fields();
        let channel_id = envelope.channel_id.unwrap_or_default();
        if channel_id.is_empty() && json.is_object() {
            report.refuse(Issue::new(&root.key("channelId"), "required", "name the channel that sends this"));
        }
        (Self { channel_id, to, content, options: envelope.options }, report)
    }

    /// Reads a message whose shape must be right.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidMessage`] with an issue for each thing that is wrong.
    pub fn parse(json: &Value) -> Result<Self> {
        match Self::read(json) {
            (message, report) if report.refusals.is_empty() => Ok(message),
            (_, report) => Err(Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report)),
        }
    }
}

impl<'de> Deserialize<'de> for OutboundMessage {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (message, report) = Self::read(&Value::deserialize(deserializer)?);
        match report.refusals.first() {
            None => Ok(message),
            Some(issue) => Err(serde::de::Error::custom(issue)),
        }
    }
}

impl Recipient {
    /// The person, where they are named by the id that events carry.
    pub fn person(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Id(id) if !id.is_empty() => Some(Cow::Borrowed(id)),
            Self::Id(_) => None,
            Self::By(by) => match by.get("id")? {
                Value::String(id) if !id.is_empty() => Some(Cow::Borrowed(id)),
                Value::Number(id) => Some(Cow::Owned(id.to_string())),
                _ => None,
            },
        }
    }

    fn read(value: &Value, at: &Pointer<'_>, report: &mut Report) -> Self {
        match value {
            Value::String(id) if !id.trim().is_empty() => return Self::Id(id.clone()),
            Value::Number(id) if !id.is_f64() => return Self::Id(id.to_string()),
            Value::Object(by) if !by.is_empty() => return Self::By(by.clone()),
            Value::Null | Value::String(_) => {
                report.refuse(Issue::new(at, "required", "name the person who gets this"));
            }
            Value::Number(_) => {
                let message = "must be the person's id as a string, and is no whole number: write it in quotes";
                report.refuse(Issue::new(at, "type", message));
            }
            _ => report.refuse(Issue::new(at, "type", "must be the person's id as a string")),
        }
        Self::Id(String::new())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_without_anything_is_told_everything() {
        let (_, report) = OutboundMessage::read(&json!({"options": {"split": 5}}));
        let found: Vec<_> = report.refusals.iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
        assert_eq!(
            found,
            [("/options/split", "type"), ("/to", "required"), ("/content", "required"), ("/channelId", "required")]
        );
    }

    #[test]
    fn ids_may_be_numbers_and_people_may_be_named_otherwise() {
        let of = |to: Value| {
            OutboundMessage::read(&json!({"channelId": 1, "to": to, "content": {"type": "text", "text": "x"}}))
        };
        assert_eq!(of(json!(12)).0.to, Recipient::Id("12".into()));
        let (message, report) = of(json!({"userRef": "u"}));
        assert_eq!(report, Report::default());
        assert_eq!(serde_json::to_value(&message).unwrap()["to"], json!({"userRef": "u"}));
        assert_eq!(message.channel_id, "1");
        // A float is written with its decimals: it would pass for something else.
        for (to, reason) in [(json!(1e15), "no whole number"), (json!(1.5), "no whole number"), (json!(true), "string")]
        {
            let (message, report) = of(to);
            let [issue] = report.refusals.as_slice() else { panic!("{report:?}") };
            assert_eq!(
                (issue.pointer.as_str(), &*issue.code, &message.to),
                ("/to", "type", &Recipient::Id(String::new()))
            );
            assert!(issue.message.contains(reason), "{issue}");
        }
    }

    #[test]
    fn a_person_is_named_by_an_id() {
        for (to, expected) in [
            (json!("7411"), Some("7411")),
            (json!(7411), Some("7411")),
            (json!({"id": "7411"}), Some("7411")),
            (json!({"id": 7411}), Some("7411")),
            (json!({"id": ""}), None),
            (json!({"commentId": "c"}), None),
            (json!(""), None),
            (json!(null), None),
        ] {
            let (message, _) = OutboundMessage::read(&json!({ "to": to }));
            assert_eq!(message.to.person().as_deref(), expected, "{to}");
        }
    }
}
