//! Somebody agrees to be written to: plugins, one-time and recurring notifications.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_optins>

use channel_api::{Event, EventBody};

use super::event_spec::EventSpec;
use super::fields::{self, Field, FieldType, Mismatch, field};
use super::json::Json;
use super::normalize_error::NormalizeError;

pub(super) const SPECS: &[EventSpec] = &[EventSpec::with("optin", "facebook.optin", read)];

const OPTIN: &[Field] = &[
    field("type", "type", FieldType::Text),
    field("ref", "ref", FieldType::Text),
    field("source", "source", FieldType::Text),
    field("user_ref", "userRef", FieldType::Id),
    field("payload", "payload", FieldType::Payload),
    field("title", "title", FieldType::Text),
    field("one_time_notif_token", "oneTimeNotifToken", FieldType::Text),
    field("notification_messages_token", "notificationMessagesToken", FieldType::Text),
    field("notification_messages_frequency", "notificationMessagesFrequency", FieldType::Text),
    field("notification_messages_reoptin", "notificationMessagesReoptin", FieldType::Text),
    field("notification_messages_timezone", "notificationMessagesTimezone", FieldType::Text),
    field("notification_messages_topic", "notificationMessagesTopic", FieldType::Text),
    field("notification_messages_status", "notificationMessagesStatus", FieldType::Text),
    field("token_expiry_timestamp", "tokenExpiryTimestamp", FieldType::Time),
    field("user_token_status", "userTokenStatus", FieldType::Text),
];

fn read(payload: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
    let fields = fields::read(payload, OPTIN, Mismatch::Refuse)?;
    if fields.is_empty() {
        return Err(NormalizeError::shape("has none of its fields"));
    }
    if fields.get("userRef").is_some() {
        // Who ticks a checkbox has no id yet: the reference stands for the sender, who is not missing.
        event.missing.retain(|what| *what != "sender");
    }
    event.body = EventBody::Fields(fields);
    Ok(())
}
