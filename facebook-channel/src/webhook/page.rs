//! What Meta and the Page's staff do: labels, restrictions, templates, marketing messages.
//!
//! Sources: <https://developers.facebook.com/docs/graph-api/webhooks/reference/page>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/marketing-messages-on-messenger>

use channel_api::{Event, EventBody};
use serde_json::Value;

use super::event_spec::{EventSpec, Subject};
use super::fields::{self, Field, FieldType, Mismatch, field};
use super::json::Json;
use super::normalize_error::NormalizeError;
use super::other::{self, OTHER};
use super::scalar;

const TEMPLATE_STATUS: &str = "facebook.message_template_status_update";

/// Changes, by their `field`.
pub(super) const CHANGES: &[EventSpec] = &[
    EventSpec::with("inbox_labels", "facebook.inbox_labels", label).about(labelled).of_page(),
    EventSpec::fields("business_integrity", "facebook.business_integrity", INTEGRITY, &["status"]).of_page(),
    EventSpec::fields("message_template_status_update", TEMPLATE_STATUS, TEMPLATE, &["event"])
        .about(template)
        .of_page(),
    // As the tables of the Messenger pages spell it.
    EventSpec::fields("messenger_template_status_update", TEMPLATE_STATUS, TEMPLATE, &["event"])
        .about(template)
        .of_page(),
];

/// Changes, or elements whose fields stand beside their `field`. Where Meta puts them in the envelope is not documented.
pub(super) const MARKETING: &[EventSpec] = &[
    EventSpec::with("marketing_message_clicks", "facebook.marketing_message_clicks", marketing),
    EventSpec::with("marketing_message_deliveries", "facebook.marketing_message_deliveries", marketing)
        .about(marketing_message),
    EventSpec::with("marketing_message_delivery_failed", "facebook.marketing_message_delivery_failed", marketing)
        .about(marketing_message),
    EventSpec::with("marketing_message_echoes", "facebook.marketing_message_echoes", marketing)
        .about(marketing_message),
    EventSpec::with("marketing_message_reads", "facebook.marketing_message_reads", marketing).about(marketing_message),
];

/// It is sent, delivered and read once; but somebody may click it twice.
fn marketing_message(message: &Json<'_>) -> Option<Subject> {
    ["mid", "message_id"].into_iter().find_map(|key| message.get(key).and_then(scalar::text_id)).map(|id| vec![id])
}

const LABEL: &[Field] =
    &[field("id", "labelId", FieldType::Id), field("page_label_name", "pageLabelName", FieldType::Text)];

fn label(mut change: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
    let label = change.take("label").ok_or_else(|| NormalizeError::shape("is missing").inside("label"))?;
    let mut fields = fields::read(label, LABEL, Mismatch::Refuse).map_err(|error| error.inside("label"))?;
    let Some(Json::Text(action)) = change.take("action") else {
        return Err(NormalizeError::shape("is missing").inside("action"));
    };
    fields.insert("action", action.as_ref());
    // The person who is labelled. It is not they who do it.
    let mut user = change.take("user").unwrap_or_default();
    if let Some(person) = user.take("id").and_then(|json| scalar::id(json).ok()) {
        fields.insert("userId", person.as_ref());
    }
    other::put_back_into(&mut change, "user", user);
    if let Some(Value::Object(of_label)) = fields.take(OTHER) {
        other::add(event, "label", of_label);
    }
    if let Json::Object(members) = change {
        other::keep(event, "", members);
    }
    event.body = EventBody::Fields(fields);
    Ok(())
}

/// A person's label: there, or not there.
fn labelled(change: &Json<'_>) -> Option<Subject> {
    let person = scalar::text_id(change.get("user")?.get("id")?)?;
    let label = change.get("label")?;
    let label = label.get("id").and_then(scalar::text_id);
    Some(vec![person, label?])
}

/// A template in one language: its status.
fn template(change: &Json<'_>) -> Option<Subject> {
    let id = |key| change.get(key).and_then(scalar::text_id);
    let name = || Some(vec![id("message_template_name")?, id("message_template_language")?]);
    id("message_template_id").map(|id| vec![id]).or_else(name)
}

const INTEGRITY: &[Field] = &[
    field("status", "status", FieldType::Text),
    field("violations", "violations", FieldType::Many(VIOLATION)),
    field("restrictions", "restrictions", FieldType::Many(RESTRICTION)),
    field("action_events", "actionEvents", FieldType::Many(ACTION)),
];

const VIOLATION: &[Field] = &[
    field("type", "type", FieldType::Text),
    field("description", "description", FieldType::Text),
    field("url", "url", FieldType::Text),
];

const RESTRICTION: &[Field] = &[
    field("feature", "feature", FieldType::Text),
    field("status", "status", FieldType::Text),
    field("description", "description", FieldType::Text),
    field("applied_time", "appliedTime", FieldType::Time),
    field("expiration_time", "expirationTime", FieldType::Time),
];

const ACTION: &[Field] = &[
    field("type", "type", FieldType::Text),
    field("status", "status", FieldType::Text),
    field("created_time", "createdTime", FieldType::Time),
    field("updated_time", "updatedTime", FieldType::Time),
];

const TEMPLATE: &[Field] = &[
    field("event", "event", FieldType::Text),
    field("message_template_id", "messageTemplateId", FieldType::Id),
    field("message_template_name", "messageTemplateName", FieldType::Text),
    field("message_template_language", "messageTemplateLanguage", FieldType::Text),
    field("message_template_category", "messageTemplateCategory", FieldType::Text),
    field("reason", "reason", FieldType::Text),
];

const MARKETING_FIELDS: &[Field] = &[
    field("app_id", "appId", FieldType::Id),
    field("page_id", "pageId", FieldType::Id),
    field("business_id", "businessId", FieldType::Id),
    field("mid", "mid", FieldType::Id),
    field("message_id", "messageId", FieldType::Id),
    field("marketing_message_tracking_id", "marketingMessageTrackingId", FieldType::Id),
    field("messenger_subscription_token", "messengerSubscriptionToken", FieldType::Text),
    field("error_message", "errorMessage", FieldType::Text),
];

fn marketing(mut message: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
    let person = message.take("recipient_id").and_then(|json| scalar::id(json).ok());
    let fields = fields::read(message, MARKETING_FIELDS, Mismatch::Refuse)?;
    if fields.is_empty() {
        return Err(NormalizeError::shape("has none of its fields"));
    }
    // The person who got the message, as in delivery and read receipts; only an echo goes the other way.
    let page = fields.get("pageId").and_then(serde_json::Value::as_str).map(str::to_owned);
    let person = person.map(std::borrow::Cow::into_owned);
    (event.from, event.to) = if event.name.ends_with("_echoes") { (page, person) } else { (person, page) };
    event.missing.retain(|what| *what == "timestamp");
    event.body = EventBody::Fields(fields);
    Ok(())
}
