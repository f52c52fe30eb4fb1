//! What happens to a message after it was sent: it is edited, or somebody reacts to it.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-edits>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/message-reactions>

use super::event_spec::EventSpec;
use super::events::{MESSAGE_EDITED, MESSAGE_REACTION};
use super::fields::{Field, FieldType, field};
use super::json::Json;
use super::message::from_mid;
use super::scalar;

pub(super) const SPECS: &[EventSpec] = &[
    EventSpec::fields("reaction", MESSAGE_REACTION, REACTION, &["action"]),
    EventSpec::fields("message_edit", MESSAGE_EDITED, EDIT, &["mid"]).identified(edit_id),
];

/// `unreact` may come without `reaction` and `emoji`.
const REACTION: &[Field] = &[
    field("mid", "mid", FieldType::Id),
    field("action", "action", FieldType::Text),
    field("reaction", "reaction", FieldType::Text),
    field("emoji", "emoji", FieldType::Text),
];

const EDIT: &[Field] = &[
    field("mid", "mid", FieldType::Id),
    field("text", "text", FieldType::Text),
    field("num_edit", "numEdit", FieldType::Number),
];

/// A message is edited up to five times, and each time counts.
fn edit_id(payload: &Json<'_>) -> Option<String> {
    let mid = payload.get("mid").and_then(Json::as_str).filter(|mid| !mid.is_empty())?;
    let count = payload.get("num_edit").and_then(scalar::number)?;
    Some(format!("{}_{count}", from_mid("edit_", mid)))
}
