//! The messages that an event is about, and by which events they are told.

use channel_api::{Concern, Event, EventBody};

use super::events::{MESSAGE_DELETED, MESSAGE_EDITED, MESSAGE_REACTION};
use super::feedback::RESPONSE_FEEDBACK;
use super::message::from_mid;

/// What tells a message: what a person said, or an echo; each also to another app.
const TELLING: [&str; 6] = ["msg_", "echo_", "postback_", "standby_msg_", "standby_echo_", "standby_postback_"];

/// The messages that it names.
pub(super) fn concerns(event: &Event) -> Vec<Concern> {
    match &event.body {
        EventBody::Delivered { message_ids, .. } | EventBody::Read { message_ids, .. } => {
            message_ids.iter().map(|mid| concern(mid)).collect()
        }
        EventBody::Fields(fields)
            if matches!(&*event.name, MESSAGE_EDITED | MESSAGE_DELETED | MESSAGE_REACTION | RESPONSE_FEEDBACK) =>
        {
            let mid = fields.get("mid").and_then(serde_json::Value::as_str);
            mid.map(concern).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn concern(mid: &str) -> Concern {
    Concern::new(mid, told_by(mid))
}

/// The ids of the events that may tell a message.
pub(crate) fn told_by(mid: &str) -> Vec<String> {
    TELLING.iter().map(|prefix| from_mid(prefix, mid)).collect()
}
