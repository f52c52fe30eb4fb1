//! A step of a message, as an event.

use channel_api::event::Metadata;
use channel_api::event::name::MESSAGE_STATUS;
use channel_api::{Direction, Error, ErrorKind, Event, EventBody, Identity, Retry, Timestamp};
use serde_json::{Value, json};

use crate::channels::ChannelList;
use crate::store::{Message, NewEvent, OUTCOME_UNKNOWN, Status, Step};

/// `None` for a step that is not told.
pub(super) fn event(step: Step, message: &Message, channels: &ChannelList) -> Option<NewEvent> {
    let word = match step.status {
        Status::Sent => "sent",
        Status::Delivered => "delivered",
        Status::Read => "read",
        Status::Failed => "failed",
        Status::Unknown => "unknown",
        Status::Accepted | Status::Begun => return None,
    };
    let Message { id, channel_id, person, reference, broadcast, outcome, .. } = message;
    let outcome = outcome.as_ref();
    let mut fields = Metadata::default();
    fields.insert("sendId", id.as_str());
    fields.insert("status", word);
    fields.insert("round", step.round);
    if let Some(reference) = reference {
        fields.insert("ref", reference.as_str());
    }
    if let Some(broadcast) = broadcast {
        fields.insert("broadcast", broadcast.as_str());
    }
    let receipts = outcome.map(|outcome| outcome.receipts.as_slice()).unwrap_or_default();
    let ids: Vec<_> = receipts.iter().filter_map(|receipt| receipt.message_id.as_deref()).collect();
    if !ids.is_empty() {
        fields.insert("messageIds", json!(ids));
    }
    if matches!(step.status, Status::Failed | Status::Unknown) {
        // It may have come on since: then the reason is not known any more.
        let failure = outcome.and_then(|outcome| outcome.failure.clone()).unwrap_or_else(lost);
        fields.insert("error", serde_json::to_value(failure).unwrap_or(Value::Null));
    }
    let adapter = channels.get(channel_id);
    let channel = channel_api::ChannelId::new(channel_id.as_str());
    // A channel that is no longer configured has no type that anybody knows.
    let channel_type = adapter.map_or("", |adapter| adapter.channel_type());
    let mut event = Event::new(MESSAGE_STATUS, channel, channel_type, EventBody::Fields(fields));
    event.direction = Some(Direction::Outbound);
    event.to.clone_from(person);
    event.timestamp = Timestamp::from_millis(step.at.as_millisecond());
    let identity = Identity::Own(format!("{id}-{}-{word}", step.round));
    NewEvent::of(event, identity, person.clone()).ok()
}

/// Nobody knows what became of the call.
fn lost() -> Error {
    Error::new(ErrorKind::Unexpected, OUTCOME_UNKNOWN, "nobody knows whether this message was sent")
        .with_retry(Retry::IF_IDEMPOTENT)
        .with_hint("look for it in the conversation before sending it again")
}
