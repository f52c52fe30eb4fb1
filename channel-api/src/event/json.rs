//! The event's JSON. Written by hand because the body's fields stand beside the event's own, in the seed's flat form.

use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use super::{Event, EventBody, Origin, UNKNOWN_MESSAGES};

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut envelope = serializer.serialize_struct("Event", 3)?;
        envelope.serialize_field("event", &self.name)?;
        if self.kind() == self.name {
            envelope.skip_field("kind")?;
        } else {
            envelope.serialize_field("kind", self.kind())?;
        }
        envelope.serialize_field("data", &self.data())?;
        envelope.end()
    }
}

impl Event {
    /// The event's `data` alone, for a host that keeps the name beside it.
    pub fn data(&self) -> impl Serialize + '_ {
        Data(self)
    }
}

struct Data<'a>(&'a Event);

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Event {
            name: _,
            id,
            channel_id,
            channel_type,
            direction,
            from,
            to,
            body,
            timestamp,
            metadata,
            observed,
            imported,
            overtaken_by,
            unknown_messages,
            owner,
            missing,
            raw,
        } = self.0;
        let mut data = serializer.serialize_map(None)?;
        optional(&mut data, "id", id.as_ref())?;
        data.serialize_entry("channelId", channel_id)?;
        data.serialize_entry("channelType", channel_type)?;
        optional(&mut data, "direction", direction.as_ref())?;
        optional(&mut data, "from", from.as_ref())?;
        optional(&mut data, "to", to.as_ref())?;
        write_body(&mut data, body)?;
        optional(&mut data, "timestamp", timestamp.as_ref())?;
        if !metadata.is_empty() {
            data.serialize_entry("metadata", metadata)?;
        }
        if *observed {
            data.serialize_entry("observed", observed)?;
        }
        if *imported {
            data.serialize_entry("imported", imported)?;
        }
        if overtaken_by.is_some() {
            data.serialize_entry("late", &true)?;
            data.serialize_entry("overtakenBy", overtaken_by)?;
        }
        if !unknown_messages.is_empty() {
            data.serialize_entry(UNKNOWN_MESSAGES, unknown_messages)?;
        }
        optional(&mut data, "threadOwner", owner.as_ref())?;
        if !missing.is_empty() {
            data.serialize_entry("missing", missing)?;
        }
        // What is not understood has its JSON in the body, under the same name.
        if !matches!(body, EventBody::Unknown { .. }) {
            optional(&mut data, "raw", raw.as_ref())?;
        }
        data.end()
    }
}

fn write_body<M: SerializeMap>(data: &mut M, body: &EventBody) -> Result<(), M::Error> {
    match body {
        EventBody::Message { content } => data.serialize_entry("content", content),
        EventBody::Delivered { message_ids, watermark } | EventBody::Read { message_ids, watermark } => {
            if !message_ids.is_empty() {
                data.serialize_entry("messageIds", message_ids)?;
            }
            optional(data, "watermark", watermark.as_ref())
        }
        EventBody::Sent { message_ids } => data.serialize_entry("messageIds", message_ids),
        EventBody::Failed { message_ids, error } => {
            data.serialize_entry("messageIds", message_ids)?;
            data.serialize_entry("error", error)
        }
        EventBody::Postback { payload, title } => {
            optional(data, "payload", payload.as_ref())?;
            optional(data, "title", title.as_ref())
        }
        EventBody::QuickReply { payload, text, answers, content } => {
            data.serialize_entry("payload", payload)?;
            optional(data, "text", text.as_ref())?;
            optional(data, "answers", answers.as_ref())?;
            optional(data, "content", content.as_ref())
        }
        EventBody::Fields(fields) => fields.iter().try_for_each(|(name, value)| data.serialize_entry(name, value)),
        EventBody::Unknown { reason, detail, origin, raw } => {
            data.serialize_entry("reason", reason)?;
            optional(data, "detail", detail.as_ref())?;
            let Origin { object, account, list, items } = origin;
            for (name, value) in [("object", object), ("account", account), ("list", list)] {
                optional(data, name, value.as_ref())?;
            }
            optional(data, "items", items.as_ref())?;
            optional(data, "raw", raw.as_ref())
        }
    }
}

fn optional<M: SerializeMap>(data: &mut M, name: &str, value: Option<&impl Serialize>) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| data.serialize_entry(name, value))
}
