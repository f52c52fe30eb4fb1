use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::string_or_number;

/// How a message is sent. A channel reports an option that it does not know as an issue; it never ignores one silently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SendOptions {
    /// The provider's tag that allows sending outside the time window, such as `HUMAN_AGENT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The provider's kind of message, where the channel should not choose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messaging_type: Option<String>,
    /// How loudly the person's phone announces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_type: Option<String>,
    /// The persona that speaks.
    #[serde(deserialize_with = "string_or_number", skip_serializing_if = "Option::is_none")]
    pub persona_id: Option<String>,
    /// A note that comes back with the provider's copy of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// The provider's id of the message that this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Whether a text that is too long may be sent in several parts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub split: bool,
    /// Whether a plain text may stand in for content that the channel cannot show.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fallback: bool,
    /// Who answers this person from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_control: Option<ThreadControl>,
}

/// Handing a conversation over together with a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ThreadControl {
    /// What happens to it, in the channel's words: `pass`, `release`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_type: Option<String>,
    /// The app that gets it.
    #[serde(deserialize_with = "string_or_number", skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
}

impl SendOptions {
    /// Whether nothing was asked for.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
