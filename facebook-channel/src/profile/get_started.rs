//! `get_started`: the button that begins a conversation.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/discovery/welcome-screen>

use channel_api::{Pointer, Report};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::value::{PropertyValue, written};
use crate::limits;
use crate::rules;

/// Sets the button that begins a conversation.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["payload"]))]
pub(crate) struct SetGetStartedButton {
    /// What comes back with a tap.
    #[schemars(
        title = "Payload",
        length(min = limits::GET_STARTED_PAYLOAD.min, max = limits::GET_STARTED_PAYLOAD.max),
        extend("examples" = ["GET_STARTED"])
    )]
    payload: Option<String>,
}

impl PropertyValue for SetGetStartedButton {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        check(self.payload.as_deref(), &at.key("payload"), report);
    }

    fn to_meta(self) -> Value {
        written(&self)
    }
}

/// The payload alone stands for the button.
pub(super) fn from_text(payload: &str, at: &Pointer<'_>, report: &mut Report) -> Value {
    check(Some(payload), at, report);
    json!({ "payload": payload })
}

fn check(payload: Option<&str>, at: &Pointer<'_>, report: &mut Report) {
    rules::words(at, payload, "say what comes back with a tap", &limits::GET_STARTED_PAYLOAD, report);
}
