//! What an event says of messages that went out.

use channel_api::Timestamp;
use channel_api::event::name::{MESSAGE_DELIVERED, MESSAGE_ECHO, MESSAGE_READ};
use serde::Deserialize;

use super::clocks::Clocks;
use crate::store::{Arrival, Copied, CopyOf, Heard, Received, StoredEvent, Watermark};

/// What is read of an event's data.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    #[serde(default)]
    content: Content,
    timestamp: Option<Timestamp>,
    #[serde(default)]
    message_ids: Vec<String>,
    watermark: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
struct Content {
    #[serde(rename = "type")]
    kind: Option<String>,
    text: Option<String>,
}

/// `None` where it says nothing that could be joined to a message.
pub(super) fn of(event: StoredEvent, clocks: &Clocks) -> Option<Heard> {
    let Data { content, timestamp, message_ids, watermark } = serde_json::from_str(event.data.get()).ok()?;
    let StoredEvent { channel_id, name, person, copy, .. } = event;
    let arrival = match name.as_str() {
        MESSAGE_ECHO => {
            let CopyOf { token, message_id, ours } = copy?;
            let Content { kind, text } = content;
            let at = timestamp;
            return Some(Heard::Copy(Copied { channel_id, person, token, message_id, ours, at, kind, text }));
        }
        MESSAGE_DELIVERED => Arrival::Delivered,
        MESSAGE_READ => Arrival::Read,
        _ => return None,
    };
    let ahead = clocks.ahead(&channel_id);
    let watermark = watermark.map(|until| Watermark { until, ahead });
    Some(Heard::Receipt(Received { channel_id, person, status: arrival, message_ids, watermark }))
}
