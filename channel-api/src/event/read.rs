//! The event read back: what a consumer in Rust holds is what the adapter said.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Direction, Event, EventBody, Metadata, Origin, Raw, ThreadOwner, UNKNOWN_MESSAGES, UnknownReason, name};
use crate::{ChannelId, Content, Timestamp};

#[derive(Deserialize)]
struct Envelope {
    event: String,
    #[serde(default)]
    kind: Option<String>,
    data: Data,
}

/// The event's own members, and beside them those of its body.
#[derive(Default)]
struct Data {
    id: Option<String>,
    channel_id: Option<ChannelId>,
    channel_type: String,
    direction: Option<Direction>,
    from: Option<String>,
    to: Option<String>,
    content: Option<Content>,
    timestamp: Option<Timestamp>,
    metadata: Metadata,
    observed: bool,
    imported: bool,
    overtaken_by: Option<String>,
    unknown_messages: Vec<String>,
    owner: Option<ThreadOwner>,
    missing: Vec<String>,
    raw: Option<Raw>,
    fields: Metadata,
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Envelope { event: name, kind, mut data } = Envelope::deserialize(deserializer)?;
        let body = body(&name, kind.as_deref(), &mut data).map_err(D::Error::custom)?;
        let channel_id = data.channel_id.ok_or_else(|| D::Error::missing_field("channelId"))?;
        Ok(Self {
            id: data.id,
            direction: data.direction,
            from: data.from,
            to: data.to,
            timestamp: data.timestamp,
            metadata: data.metadata,
            observed: data.observed,
            imported: data.imported,
            overtaken_by: data.overtaken_by,
            unknown_messages: data.unknown_messages,
            owner: data.owner,
            missing: data.missing.into_iter().map(Cow::Owned).collect(),
            raw: data.raw,
            ..Self::new(name, channel_id, data.channel_type, body)
        })
    }
}

fn body(event: &str, kind: Option<&str>, data: &mut Data) -> Result<EventBody, serde_json::Error> {
    let content = data.content.take();
    let fields = &mut data.fields;
    Ok(match (kind.unwrap_or(event), content) {
        (name::MESSAGE_QUICK_REPLY, content) => EventBody::QuickReply {
            payload: take(fields, "payload")?.unwrap_or_default(),
            text: take(fields, "text")?,
            answers: take(fields, "answers")?,
            content,
        },
        (name::MESSAGE_POSTBACK, _) => {
            EventBody::Postback { payload: take(fields, "payload")?, title: take(fields, "title")? }
        }
        (_, Some(content)) => EventBody::Message { content },
        (name::MESSAGE_DELIVERED, None) => {
            EventBody::Delivered { message_ids: ids(fields)?, watermark: take(fields, "watermark")? }
        }
        (name::MESSAGE_READ, None) => {
            EventBody::Read { message_ids: ids(fields)?, watermark: take(fields, "watermark")? }
        }
        (name::MESSAGE_SENT, None) => EventBody::Sent { message_ids: ids(fields)? },
        (name::MESSAGE_FAILED, None) if fields.get("error").is_some() => {
            let error = serde_json::from_value(fields.take("error").unwrap_or_default())?;
            EventBody::Failed { message_ids: ids(fields)?, error }
        }
        (kind, None) if kind.ends_with(".unknown") && fields.get("reason").is_some() => EventBody::Unknown {
            reason: take(fields, "reason")?.unwrap_or(UnknownReason::UnknownKind),
            detail: take(fields, "detail")?,
            origin: Origin {
                object: take(fields, "object")?,
                account: take(fields, "account")?,
                list: take(fields, "list")?,
                items: take(fields, "items")?,
            },
            raw: data.raw.take(),
        },
        (_, None) => EventBody::Fields(std::mem::take(fields)),
    })
}

fn take<T: serde::de::DeserializeOwned>(fields: &mut Metadata, name: &str) -> Result<Option<T>, serde_json::Error> {
    fields.take(name).map(serde_json::from_value).transpose()
}

fn ids(fields: &mut Metadata) -> Result<Vec<String>, serde_json::Error> {
    Ok(take(fields, "messageIds")?.unwrap_or_default())
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Data;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the event's data")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Data, A::Error> {
                let mut data = Data::default();
                while let Some(name) = members.next_key::<String>()? {
                    match name.as_str() {
                        "id" => data.id = members.next_value()?,
                        "channelId" => data.channel_id = members.next_value()?,
                        "channelType" => data.channel_type = members.next_value()?,
                        "direction" => data.direction = members.next_value()?,
                        "from" => data.from = members.next_value()?,
                        "to" => data.to = members.next_value()?,
                        "content" => data.content = members.next_value()?,
                        "timestamp" => data.timestamp = members.next_value()?,
                        "metadata" => data.metadata = members.next_value()?,
                        "observed" => data.observed = members.next_value()?,
                        "imported" => data.imported = members.next_value()?,
                        // `overtakenBy` says it, too.
                        "late" => drop(members.next_value::<IgnoredAny>()?),
                        "overtakenBy" => data.overtaken_by = members.next_value()?,
                        UNKNOWN_MESSAGES => data.unknown_messages = members.next_value()?,
                        "threadOwner" => data.owner = members.next_value()?,
                        "missing" => data.missing = members.next_value()?,
                        // Also `null`, which may be what came.
                        "raw" => data.raw = Some(members.next_value()?),
                        _ => data.fields.insert(name, members.next_value::<Value>()?),
                    }
                }
                Ok(data)
            }
        }

        deserializer.deserialize_map(Members)
    }
}
