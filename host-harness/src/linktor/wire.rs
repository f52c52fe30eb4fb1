//! What Linktor's core and its channels say to each other, as it goes over the bus: JSON with `snake_case` names, times in RFC 3339, and
//! what is empty left out. Read from Linktor's `internal/domain/plugin` and `internal/infrastructure/nats`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A person's message, on `linktor.messages.inbound.{type}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct InboundMessage {
    /// A UUID; the `Nats-Msg-Id`, too.
    pub(crate) id: String,
    pub(crate) tenant_id: String,
    pub(crate) channel_id: String,
    pub(crate) channel_type: String,
    /// The provider's id of it. One that the core has seen is refused.
    pub(crate) external_id: String,
    pub(crate) content_type: String,
    pub(crate) content: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) metadata: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<Attachment>,
    /// When the person wrote it.
    #[serde(with = "time")]
    pub(crate) timestamp: Timestamp,
}

/// An answer, on `linktor.messages.outbound.{type}`. What is missing in it is found out by who reads it, so that it can be told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct OutboundMessage {
    /// The core's, by which it knows the message in every status.
    pub(crate) id: String,
    pub(crate) tenant_id: String,
    pub(crate) channel_id: String,
    pub(crate) channel_type: String,
    pub(crate) conversation_id: String,
    pub(crate) contact_id: String,
    /// Whom it is for: what an inbound message had as `metadata["sender_id"]`.
    pub(crate) recipient_id: String,
    pub(crate) content_type: String,
    pub(crate) content: String,
    #[serde(deserialize_with = "texts", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) metadata: BTreeMap<String, String>,
    #[serde(deserialize_with = "or_empty", skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<Attachment>,
    /// When it was written.
    #[serde(with = "time::perhaps")]
    pub(crate) timestamp: Option<Timestamp>,
}

/// A picture, a voice message, a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Attachment {
    /// `image`, `video`, `audio`, `document`.
    pub(crate) r#type: String,
    pub(crate) url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) filename: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) thumbnail_url: Option<String>,
    #[serde(deserialize_with = "texts", skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) metadata: BTreeMap<String, String>,
}

/// What has become of an answer, on `linktor.messages.status.{type}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StatusUpdate {
    /// The core's id of the answer.
    pub(crate) message_id: String,
    /// The provider's; the core does not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) external_id: Option<String>,
    pub(crate) channel_type: String,
    /// `pending`, `sent`, `delivered`, `read` or `failed`: any other word becomes `pending` in the core.
    pub(crate) status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error_message: Option<String>,
    #[serde(with = "time")]
    pub(crate) timestamp: Timestamp,
}

/// Something that has happened, on `linktor.events.{type}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CoreEvent {
    pub(crate) r#type: String,
    pub(crate) tenant_id: String,
    pub(crate) payload: Value,
    #[serde(with = "time")]
    pub(crate) timestamp: Timestamp,
}

/// RFC 3339, to the nanosecond.
mod time {
    use jiff::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(time)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }

    /// What is no time is none.
    pub(super) mod perhaps {
        use jiff::Timestamp;
        use serde::{Deserialize as _, Deserializer, Serializer};
        use serde_json::Value;

        #[expect(clippy::ref_option, reason = "serde hands the field over so")]
        pub(in super::super) fn serialize<S: Serializer>(
            time: &Option<Timestamp>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match time {
                Some(time) => serializer.collect_str(time),
                None => serializer.serialize_none(),
            }
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Timestamp>, D::Error> {
            let given = Value::deserialize(deserializer)?;
            Ok(given.as_str().and_then(|text| text.parse().ok()))
        }
    }
}

/// Go writes an empty map as `null` where it is not left out, and a value that is no text is of no use to anybody.
fn texts<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let given = Option::<BTreeMap<String, Value>>::deserialize(deserializer)?.unwrap_or_default();
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    Ok(given.into_iter().map(|(name, value)| (name, text(value))).collect())
}

fn or_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Attachment>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_empty_is_left_out_and_may_be_null() {
        let given = json!({
            "id": "1", "tenant_id": "2", "channel_id": "3", "channel_type": "c", "conversation_id": "4",
            "contact_id": "5", "recipient_id": "6", "content_type": "text", "content": "Hi", "metadata": null,
            "attachments": null, "timestamp": "2026-11-28T11:55:40.062928753Z", "sent_by": "a later core",
        });
        let read: OutboundMessage = serde_json::from_value(given.clone()).unwrap();
        let mut written = serde_json::to_value(&read).unwrap();
        assert!(written.get("metadata").is_none() && written.get("attachments").is_none());
        for (name, value) in
            [("metadata", json!(null)), ("attachments", json!(null)), ("sent_by", json!("a later core"))]
        {
            written[name] = value;
        }
        assert_eq!(written, given);
    }

    #[test]
    fn a_value_that_is_no_text_becomes_one() {
        let read: OutboundMessage =
            serde_json::from_value(json!({"metadata": {"a": "x", "b": 1, "c": {"d": true}}})).unwrap();
        let texts: Vec<_> = read.metadata.values().map(String::as_str).collect();
        assert_eq!(texts, ["x", "1", r#"{"d":true}"#]);
    }
}
