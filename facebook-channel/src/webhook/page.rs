//! What Meta and the Page's staff do: labels, restrictions, templates, marketing messages.
//!
//! Sources: <https://developers.facebook.com/docs/graph-api/webhooks/reference/page>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/marketing-messages-on-messenger>

use channel_api::{Event, EventBody};

use super::fields::{self, Field, Form, Mismatch, field};
use super::json::Json;
use super::kind::{Kind, Subject};
use super::scalar;
use super::trouble::Trouble;

const TEMPLATE_STATUS: &str = "facebook.message_template_status_update";

/// Changes, by their `field`.
pub(super) const CHANGES: &[Kind] = &[
    Kind::with("inbox_labels", "facebook.inbox_labels", label).about(labelled),
    Kind::fields("business_integrity", "facebook.business_integrity", INTEGRITY, &["status"]),
    Kind::fields("message_template_status_update", TEMPLATE_STATUS, TEMPLATE, &["event"]).about(template),
    // As the tables of the Messenger pages spell it.
    Kind::fields("messenger_template_status_update", TEMPLATE_STATUS, TEMPLATE, &["event"]).about(template),
];

/// Changes, or elements whose fields stand beside their `field`. Where Meta puts them in the envelope is not documented.
pub(super) const MARKETING: &[Kind] = &[
    Kind::with("marketing_message_clicks", "facebook.marketing_message_clicks", marketing),
    Kind::with("marketing_message_deliveries", "facebook.marketing_message_deliveries", marketing)
        .about(marketing_message),
    Kind::with("marketing_message_delivery_failed", "facebook.marketing_message_delivery_failed", marketing)
        .about(marketing_message),
    Kind::with("marketing_message_echoes", "facebook.marketing_message_echoes", marketing).about(marketing_message),
    Kind::with("marketing_message_reads", "facebook.marketing_message_reads", marketing).about(marketing_message),
];

/// It is sent, delivered and read once; but somebody may click it twice.
fn marketing_message(message: &Json<'_>) -> Option<Subject> {
    ["mid", "message_id"].into_iter().find_map(|key| message.get(key).and_then(scalar::text_id)).map(|id| vec![id])
}

const LABEL: &[Field] = &[field("id", "labelId", Form::Id), field("page_label_name", "pageLabelName", Form::Text)];

fn label(mut change: Json<'_>, event: &mut Event) -> Result<(), Trouble> {
    let label = change.take("label").ok_or_else(|| Trouble::shape("is missing").inside("label"))?;
    let mut fields = fields::read(label, LABEL, Mismatch::Refuse).map_err(|trouble| trouble.inside("label"))?;
    let Some(Json::Text(action)) = change.take("action") else {
        return Err(Trouble::shape("is missing").inside("action"));
    };
    fields.insert("action", action.as_ref());
    // The person who is labelled. It is not they who do it.
    let person = change.take("user").and_then(|mut user| user.take("id")).and_then(|json| scalar::id(json).ok());
    if let Some(person) = person {
        fields.insert("userId", person.as_ref());
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
    field("status", "status", Form::Text),
    field("violations", "violations", Form::Many(VIOLATION)),
    field("restrictions", "restrictions", Form::Many(RESTRICTION)),
    field("action_events", "actionEvents", Form::Many(ACTION)),
];

const VIOLATION: &[Field] = &[
    field("type", "type", Form::Text),
    field("description", "description", Form::Text),
    field("url", "url", Form::Text),
];

const RESTRICTION: &[Field] = &[
    field("feature", "feature", Form::Text),
    field("status", "status", Form::Text),
    field("description", "description", Form::Text),
    field("applied_time", "appliedTime", Form::Time),
    field("expiration_time", "expirationTime", Form::Time),
];

const ACTION: &[Field] = &[
    field("type", "type", Form::Text),
    field("status", "status", Form::Text),
    field("created_time", "createdTime", Form::Time),
    field("updated_time", "updatedTime", Form::Time),
];

const TEMPLATE: &[Field] = &[
    field("event", "event", Form::Text),
    field("message_template_id", "messageTemplateId", Form::Id),
    field("message_template_name", "messageTemplateName", Form::Text),
    field("message_template_language", "messageTemplateLanguage", Form::Text),
    field("message_template_category", "messageTemplateCategory", Form::Text),
    field("reason", "reason", Form::Text),
];

const MARKETING_FIELDS: &[Field] = &[
    field("app_id", "appId", Form::Id),
    field("page_id", "pageId", Form::Id),
    field("business_id", "businessId", Form::Id),
    field("mid", "mid", Form::Id),
    field("message_id", "messageId", Form::Id),
    field("marketing_message_tracking_id", "marketingMessageTrackingId", Form::Id),
    field("messenger_subscription_token", "messengerSubscriptionToken", Form::Text),
    field("error_message", "errorMessage", Form::Text),
];

fn marketing(mut message: Json<'_>, event: &mut Event) -> Result<(), Trouble> {
    let person = message.take("recipient_id").and_then(|json| scalar::id(json).ok());
    let fields = fields::read(message, MARKETING_FIELDS, Mismatch::Refuse)?;
    if fields.is_empty() {
        return Err(Trouble::shape("has none of its fields"));
    }
    // The person who got the message, as in delivery and read receipts; only an echo goes the other way.
    let page = fields.get("pageId").and_then(serde_json::Value::as_str).map(str::to_owned);
    let person = person.map(std::borrow::Cow::into_owned);
    (event.from, event.to) = if event.name.ends_with("_echoes") { (page, person) } else { (person, page) };
    event.missing.retain(|what| *what == "timestamp");
    event.body = EventBody::Fields(fields);
    Ok(())
}
