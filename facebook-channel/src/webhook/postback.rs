//! Taps on buttons, the persistent menu, ice breakers and Get Started.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_postbacks>

use std::borrow::Cow;

use channel_api::{Direction, Event, EventBody};

use super::event_spec::EventSpec;
use super::fields::{FieldType, addition};
use super::json::Json;
use super::message::from_mid;
use super::normalize_error::NormalizeError;
use super::other;
use super::referral::REFERRAL;
use super::scalar;

pub(super) const SPECS: &[EventSpec] = &[EventSpec::with("postback", "facebook.postback", read).identified(id)];

fn id(payload: &Json<'_>) -> Option<String> {
    payload.get("mid").and_then(Json::as_str).filter(|mid| !mid.is_empty()).map(|mid| from_mid("postback_", mid))
}

fn read(mut tap: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
    if !matches!(tap, Json::Object(_)) {
        return Err(NormalizeError::shape("is not an object"));
    }
    if let Some(mid) = tap.take("mid").and_then(|json| scalar::id(json).ok()) {
        event.metadata.insert("mid", mid.as_ref());
    }
    let payload = tap.take("payload").and_then(scalar::payload);
    let title = match tap.take("title") {
        None => None,
        Some(Json::Text(title)) => Some(title).filter(|title| !title.is_empty()).map(Cow::into_owned),
        Some(_) => return Err(NormalizeError::shape("is not text").inside("title")),
    };
    if let Some(referral) = tap.take("referral").and_then(|json| addition(json, FieldType::One(REFERRAL))) {
        event.metadata.insert("referral", referral);
    } else if payload.is_none() && title.is_none() && event.metadata.is_empty() && !event.observed {
        // Another app's button has no payload and may have no words: in standby an empty tap is a tap.
        return Err(NormalizeError::shape("has none of its fields"));
    }
    if let Json::Object(members) = tap {
        other::keep(event, "", members);
    }
    // As with a quick reply: a tap is something that the person says.
    event.direction = Some(Direction::Inbound);
    event.body = EventBody::Postback { payload, title };
    Ok(())
}
