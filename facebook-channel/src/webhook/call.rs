//! Calls, and whether somebody may be called.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/calling/webhooks>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/calling/biz2consumer/call-flow>

use channel_api::{Event, EventBody};

use super::event_spec::EventSpec;
use super::fields::{self, Field, FieldType, Mismatch, field};
use super::json::Json;
use super::normalize_error::NormalizeError;
use super::scalar;

pub(super) const SPECS: &[EventSpec] = &[PERMISSION_REPLY];

/// An element of `calls`. Its fields stand beside each other, under no key.
pub(super) const CALL: EventSpec = EventSpec::with("calls", "facebook.call", call).without_sender();

/// Stands on the entry itself by one page of Meta's, in a change by another.
pub(super) const PERMISSION_REPLY: EventSpec =
    EventSpec::fields("call_permission_reply", "facebook.call_permission_reply", REPLY, &["response"]);

const CALL_FIELDS: &[Field] = &[
    // An event has an `id` of its own.
    field("id", "callId", FieldType::Id),
    field("event", "event", FieldType::Text),
    field("call_direction", "callDirection", FieldType::Text),
    field("call_status", "callStatus", FieldType::Text),
    field("status", "status", FieldType::Text),
    field("start_time", "startTime", FieldType::Time),
    field("end_time", "endTime", FieldType::Time),
    // In seconds. Empty when nobody answered.
    field("duration", "duration", FieldType::Number),
    field("session", "session", FieldType::Free),
];

const REPLY: &[Field] = &[
    field("response", "response", FieldType::Text),
    field("expiration_timestamp", "expirationTimestamp", FieldType::Time),
];

fn call(mut call: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
    let mut party = |key| call.take(key).and_then(|json| scalar::id(json).ok()).map(std::borrow::Cow::into_owned);
    let (from, to, recipient) = (party("from"), party("to"), party("recipient_id"));
    event.from = from.or_else(|| event.from.take());
    event.to = to.or(recipient).or_else(|| event.to.take());
    let fields = fields::read(call, CALL_FIELDS, Mismatch::Refuse)?;
    if fields.get("event").is_none() {
        return Err(NormalizeError::shape("is missing").inside("event"));
    }
    event.body = EventBody::Fields(fields);
    Ok(())
}
