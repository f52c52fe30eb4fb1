//! What people answer to forms: customer feedback, customer information, lead forms, and a thumb up or down.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates/customer-feedback-template>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates/structured-information-template>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates/instant-form-template>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/response_feedback>

use super::event_spec::EventSpec;
use super::fields::{Field, FieldType, field};

/// Somebody called a message good or bad.
pub(super) const RESPONSE_FEEDBACK: &str = "facebook.response_feedback";

pub(super) const SPECS: &[EventSpec] = &[
    EventSpec::fields("messaging_feedback", "facebook.messaging_feedback", FEEDBACK, &["feedbackScreens"]),
    EventSpec::fields(
        "messaging_customer_information",
        "facebook.messaging_customer_information",
        CUSTOMER_INFORMATION,
        &["screens"],
    ),
    EventSpec::fields("form", "facebook.form", FORM, &["formId"]),
    EventSpec::fields("response_feedback", RESPONSE_FEEDBACK, RESPONSE, &["feedback"]),
];

const FEEDBACK: &[Field] = &[field("feedback_screens", "feedbackScreens", FieldType::Many(FEEDBACK_SCREEN))];

const FEEDBACK_SCREEN: &[Field] = &[
    field("screen_id", "screenId", FieldType::Number),
    // Under the ids that the template's author gave the questions.
    field("questions", "questions", FieldType::Named(QUESTION)),
];

const QUESTION: &[Field] = &[
    field("type", "type", FieldType::Text),
    field("payload", "payload", FieldType::Payload),
    field("follow_up", "followUp", FieldType::One(FOLLOW_UP)),
];

const FOLLOW_UP: &[Field] = &[field("type", "type", FieldType::Text), field("payload", "payload", FieldType::Payload)];

const CUSTOMER_INFORMATION: &[Field] = &[field("screens", "screens", FieldType::Many(INFORMATION_SCREEN))];

const INFORMATION_SCREEN: &[Field] = &[
    field("screen_id", "screenId", FieldType::Number),
    field("responses", "responses", FieldType::Many(RESPONSE_OF_SCREEN)),
];

const RESPONSE_OF_SCREEN: &[Field] =
    &[field("key", "key", FieldType::Text), field("value", "value", FieldType::Payload)];

/// The form's `id` is `formId` here, for an event has an `id` of its own.
const FORM: &[Field] = &[field("id", "formId", FieldType::Id)];

const RESPONSE: &[Field] = &[field("feedback", "feedback", FieldType::Text), field("mid", "mid", FieldType::Id)];
