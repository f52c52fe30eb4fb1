//! What reached the person, and what they saw.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-deliveries>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-reads>

use channel_api::event::name;
use channel_api::{Event, EventBody, Timestamp};

use super::event_spec::EventSpec;
use super::fields::{FieldType, addition};
use super::json::Json;
use super::normalize_error::NormalizeError;
use super::other;
use super::scalar;

pub(super) const SPECS: &[EventSpec] = &[
    EventSpec::with("read", name::MESSAGE_READ, read),
    EventSpec::with("delivery", name::MESSAGE_DELIVERED, delivery),
];

fn read(payload: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
    let (message_ids, watermark) = receipt(payload, event)?;
    event.body = EventBody::Read { message_ids, watermark };
    Ok(())
}

fn delivery(payload: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
    let (message_ids, watermark) = receipt(payload, event)?;
    event.body = EventBody::Delivered { message_ids, watermark };
    Ok(())
}

fn receipt(mut payload: Json<'_>, event: &mut Event) -> Result<(Vec<String>, Option<Timestamp>), NormalizeError> {
    let mut message_ids = Vec::new();
    match payload.take("mids") {
        None => {}
        Some(Json::List(mids)) => {
            for mid in mids {
                message_ids.push(message_id(mid).map_err(|error| error.inside("mids"))?);
            }
        }
        Some(_) => return Err(NormalizeError::shape("is not a list").inside("mids")),
    }
    if let Some(mid) = payload.take("mid") {
        message_ids.push(message_id(mid).map_err(|error| error.inside("mid"))?);
    }
    let watermark = match payload.take("watermark") {
        None => None,
        Some(json) => Some(scalar::time(&json).ok_or_else(|| NormalizeError::shape("is no time").inside("watermark"))?),
    };
    if message_ids.is_empty() && watermark.is_none() {
        return Err(NormalizeError::shape("names neither messages nor a time"));
    }
    if let Some(seq) = payload.take("seq").and_then(|json| addition(json, FieldType::Number)) {
        event.metadata.insert("seq", seq);
    }
    if let Json::Object(members) = payload {
        other::keep(event, "", members);
    }
    Ok((message_ids, watermark))
}

fn message_id(json: Json<'_>) -> Result<String, NormalizeError> {
    scalar::id(json).map(std::borrow::Cow::into_owned).map_err(|_| NormalizeError::shape("is not an id"))
}
