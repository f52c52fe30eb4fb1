//! Calls, and whether somebody may be called.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/calling/webhooks>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/calling/biz2consumer/call-flow>

use channel_api::{Event, EventBody};

use super::fields::{self, Field, Form, Mismatch, field};
use super::json::Json;
use super::kind::Kind;
use super::scalar;
use super::trouble::Trouble;

pub(super) const KINDS: &[Kind] = &[PERMISSION_REPLY];

/// An element of `calls`. Its fields stand beside each other, under no key.
pub(super) const CALL: Kind = Kind::with("calls", "facebook.call", call).without_sender();

/// Stands on the entry itself by one page of Meta's, in a change by another.
pub(super) const PERMISSION_REPLY: Kind =
    Kind::fields("call_permission_reply", "facebook.call_permission_reply", REPLY, &["response"]);

const CALL_FIELDS: &[Field] = &[
    // An event has an `id` of its own.
    field("id", "callId", Form::Id),
    field("event", "event", Form::Text),
    field("call_direction", "callDirection", Form::Text),
    field("call_status", "callStatus", Form::Text),
    field("status", "status", Form::Text),
    field("start_time", "startTime", Form::Time),
    field("end_time", "endTime", Form::Time),
    // In seconds. Empty when nobody answered.
    field("duration", "duration", Form::Number),
    field("session", "session", Form::Free),
];

const REPLY: &[Field] =
    &[field("response", "response", Form::Text), field("expiration_timestamp", "expirationTimestamp", Form::Time)];

fn call(mut call: Json<'_>, event: &mut Event) -> Result<(), Trouble> {
    let mut party = |key| call.take(key).and_then(|json| scalar::id(json).ok()).map(std::borrow::Cow::into_owned);
    let (from, to, recipient) = (party("from"), party("to"), party("recipient_id"));
    event.from = from.or_else(|| event.from.take());
    event.to = to.or(recipient).or_else(|| event.to.take());
    let fields = fields::read(call, CALL_FIELDS, Mismatch::Refuse)?;
    if fields.get("event").is_none() {
        return Err(Trouble::shape("is missing").inside("event"));
    }
    event.body = EventBody::Fields(fields);
    Ok(())
}
