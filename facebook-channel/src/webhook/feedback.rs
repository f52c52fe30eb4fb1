//! What people answer to forms: customer feedback, customer information, lead forms, and a thumb up or down.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates/customer-feedback-template>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates/structured-information-template>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates/instant-form-template>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/response_feedback>

use super::fields::{Field, Form, field};
use super::kind::Kind;

pub(super) const KINDS: &[Kind] = &[
    Kind::fields("messaging_feedback", "facebook.messaging_feedback", FEEDBACK, &["feedbackScreens"]),
    Kind::fields(
        "messaging_customer_information",
        "facebook.messaging_customer_information",
        CUSTOMER_INFORMATION,
        &["screens"],
    ),
    Kind::fields("form", "facebook.form", FORM, &["formId"]),
    Kind::fields("response_feedback", "facebook.response_feedback", RESPONSE, &["feedback"]),
];

const FEEDBACK: &[Field] = &[field("feedback_screens", "feedbackScreens", Form::Many(FEEDBACK_SCREEN))];

const FEEDBACK_SCREEN: &[Field] = &[
    field("screen_id", "screenId", Form::Number),
    // Under the ids that the template's author gave the questions.
    field("questions", "questions", Form::Named(QUESTION)),
];

const QUESTION: &[Field] = &[
    field("type", "type", Form::Text),
    field("payload", "payload", Form::Payload),
    field("follow_up", "followUp", Form::One(FOLLOW_UP)),
];

const FOLLOW_UP: &[Field] = &[field("type", "type", Form::Text), field("payload", "payload", Form::Payload)];

const CUSTOMER_INFORMATION: &[Field] = &[field("screens", "screens", Form::Many(INFORMATION_SCREEN))];

const INFORMATION_SCREEN: &[Field] =
    &[field("screen_id", "screenId", Form::Number), field("responses", "responses", Form::Many(RESPONSE_OF_SCREEN))];

const RESPONSE_OF_SCREEN: &[Field] = &[field("key", "key", Form::Text), field("value", "value", Form::Payload)];

/// The form's `id` is `formId` here, for an event has an `id` of its own.
const FORM: &[Field] = &[field("id", "formId", Form::Id)];

const RESPONSE: &[Field] = &[field("feedback", "feedback", Form::Text), field("mid", "mid", Form::Id)];
