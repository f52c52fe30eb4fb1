mod fitting;
mod kinds;

use serde_json::{Value, json};

use super::*;

pub(super) const PERSON: &str = "7411002233445566";

/// An event as the log hands it out.
pub(super) fn stored(name: &str, kind: Option<&str>, data: &Value) -> StoredEvent {
    let id = "msg_1".to_owned();
    StoredEvent {
        seq: 1,
        channel_id: "ch_1".to_owned(),
        id,
        name: name.to_owned(),
        kind: kind.map(str::to_owned),
        person: Some(PERSON.to_owned()),
        data: serde_json::value::to_raw_value(data).unwrap(),
        copy: None,
        received_at: "2026-11-28T11:55:04Z".parse().unwrap(),
    }
}

/// Somebody's message with this content.
pub(super) fn message(content: &Value) -> StoredEvent {
    let data = json!({
        "id": "msg_1", "channelId": "ch_1", "channelType": "scripted", "direction": "inbound", "from": PERSON,
        "content": content, "timestamp": "2026-11-28T11:55:03.409Z", "metadata": {"mid": "m_1"},
    });
    stored("message.received", None, &data)
}

pub(super) fn place() -> Place {
    Place {
        tenant_id: "a9719ab9-9593-49ee-8fc2-031fc765904f".to_owned(),
        channel_id: "571eac0f-760d-403f-b150-05b6b7b16c95".to_owned(),
    }
}

/// What the core is told where the host has no address of its own.
pub(super) fn told_of(event: &StoredEvent) -> Told {
    told(event, None, &Rules { place: &place(), channel_type: "scripted", media_in_content: true, address: &|_| None })
}

pub(super) fn inbound(told: Told) -> InboundMessage {
    match told {
        Told::Inbound(inbound) => *inbound,
        other => panic!("no message: {other:?}"),
    }
}
