//! `get_started`: the button that begins a conversation.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/discovery/welcome-screen>

use channel_api::Pointer;
use serde_json::{Value, json};

use super::members::Members;
use super::notes::Notes;
use crate::limits;
use crate::send::rules;

const ADVICE: &str = "say what comes back with a tap";

/// `{"payload": …}`, with the channel's id in the seed's call, or the bare payload.
pub(super) fn read(value: &Value, at: &Pointer<'_>, notes: &mut Notes) -> Value {
    if let Some(payload) = value.as_str() {
        rules::words(at, Some(payload), ADVICE, &limits::GET_STARTED_PAYLOAD, &mut notes.rules);
        return json!({ "payload": payload });
    }
    let Some(members) = Members::read(value, at, &["payload", "channel_id"], notes) else { return Value::Null };
    let payload = members.text("payload", notes);
    rules::words(&members.at("payload"), payload, ADVICE, &limits::GET_STARTED_PAYLOAD, &mut notes.rules);
    json!({ "payload": payload })
}
