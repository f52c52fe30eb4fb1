use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::JsonObject;
use crate::extra::flat_extra;

/// How a message is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(!deny_unknown_fields)]
pub struct SendOptions {
    /// Who speaks: some providers give people longer to answer than programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Sender>,
    /// The provider's id of the message that this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// A note that comes back with the provider's copy of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// Whether a text that is too long may be sent in several parts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub split: bool,
    /// Whether texts may stand in for what the channel cannot show, or not within its limits: what could be tapped is numbered then,
    /// and a person answers with a number. What is wrong otherwise is refused all the same.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fallback: bool,
    /// The channel's own options, by name. What it does not [declare](crate::Capabilities::options) is refused.
    #[serde(skip)]
    pub extra: JsonObject,
}

flat_extra!(SendOptions);

/// Who speaks to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Sender {
    /// Somebody who answers in person.
    Human,
    /// A program.
    Bot,
}

impl SendOptions {
    /// Whether nothing was asked for.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
