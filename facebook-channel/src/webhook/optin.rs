//! Somebody agrees to be written to: plugins, one-time and recurring notifications.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_optins>

use channel_api::{Event, EventBody};

use super::fields::{self, Field, Form, Mismatch, field};
use super::json::Json;
use super::kind::Kind;
use super::trouble::Trouble;

pub(super) const KINDS: &[Kind] = &[Kind::with("optin", "facebook.optin", read)];

const OPTIN: &[Field] = &[
    field("type", "type", Form::Text),
    field("ref", "ref", Form::Text),
    field("source", "source", Form::Text),
    field("user_ref", "userRef", Form::Id),
    field("payload", "payload", Form::Payload),
    field("title", "title", Form::Text),
    field("one_time_notif_token", "oneTimeNotifToken", Form::Text),
    field("notification_messages_token", "notificationMessagesToken", Form::Text),
    field("notification_messages_frequency", "notificationMessagesFrequency", Form::Text),
    field("notification_messages_reoptin", "notificationMessagesReoptin", Form::Text),
    field("notification_messages_timezone", "notificationMessagesTimezone", Form::Text),
    field("notification_messages_topic", "notificationMessagesTopic", Form::Text),
    field("notification_messages_status", "notificationMessagesStatus", Form::Text),
    field("token_expiry_timestamp", "tokenExpiryTimestamp", Form::Time),
    field("user_token_status", "userTokenStatus", Form::Text),
];

fn read(payload: Json<'_>, event: &mut Event) -> Result<(), Trouble> {
    let fields = fields::read(payload, OPTIN, Mismatch::Refuse)?;
    if fields.is_empty() {
        return Err(Trouble::shape("has none of its fields"));
    }
    if fields.get("userRef").is_some() {
        // Who ticks a checkbox has no id yet: the reference stands for the sender, who is not missing.
        event.missing.retain(|what| *what != "sender");
    }
    event.body = EventBody::Fields(fields);
    Ok(())
}
