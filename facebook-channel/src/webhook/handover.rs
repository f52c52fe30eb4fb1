//! Which app is responsible for a conversation.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_handovers>

use channel_api::event::Metadata;
use channel_api::{Event, EventBody, JsonObject, ThreadOwner};
use serde_json::Value;

use super::event_spec::EventSpec;
use super::fields::{self, Field, FieldType, Mismatch, addition, field};
use super::json::Json;
use super::normalize_error::NormalizeError;

const REQUEST: &str = "facebook.request_thread_control";

pub(super) const SPECS: &[EventSpec] = &[
    EventSpec::with("pass_thread_control", "facebook.pass_thread_control", control),
    EventSpec::with("take_thread_control", "facebook.take_thread_control", control),
    EventSpec::with("request_thread_control", REQUEST, control),
    EventSpec::with("app_roles", "facebook.app_roles", roles).without_sender(),
];

/// The previous owner is null when nobody was responsible, and older payloads name only one of the two.
const CONTROL: &[Field] = &[
    field("previous_owner_app_id", "previousOwnerAppId", FieldType::Id),
    field("new_owner_app_id", "newOwnerAppId", FieldType::Id),
    field("requested_owner_app_id", "requestedOwnerAppId", FieldType::Id),
    field("metadata", WORDS, FieldType::Payload),
];

/// The words of the app that acted. In an event's data the name is taken, so they go there, as with an echo.
const WORDS: &str = "metadata";

fn control(payload: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
    let mut fields = fields::read(payload, CONTROL, Mismatch::Refuse)?;
    if fields.is_empty() {
        return Err(NormalizeError::shape("has none of its fields"));
    }
    if let Some(words) = fields.take(WORDS) {
        event.metadata.insert(WORDS, words);
    }
    // A request changes nothing; passing to nobody in particular leaves the thread idle.
    event.owner = match (event.name == REQUEST, fields.get("newOwnerAppId").and_then(Value::as_str)) {
        (false, Some(app)) => Some(ThreadOwner::App(app.to_owned())),
        _ => None,
    };
    event.body = EventBody::Fields(fields);
    Ok(())
}

/// `{"2233445566778899": ["primary_receiver"]}`
fn roles(payload: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
    let Json::Object(apps) = payload else { return Err(NormalizeError::shape("is not an object")) };
    let mut roles = JsonObject::new();
    for (app_id, list) in apps {
        match addition(list, FieldType::Each(&FieldType::Text)) {
            Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
                roles.insert(app_id.into_owned(), list.into())
            }
            _ => return Err(NormalizeError::shape("is not a list of roles for each app")),
        };
    }
    event.body = EventBody::Fields(Metadata::from_iter([("appRoles", roles)]));
    Ok(())
}
