use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::JsonObject;
use crate::extra::flat_extra;
use crate::read::string_or_number;

/// A text with buttons.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(!deny_unknown_fields)]
pub struct ButtonTemplate {
    /// The text above the buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The buttons, from top to bottom.
    pub buttons: Vec<Button>,
    /// What only the channel knows. What it does not [declare](crate::Capabilities::extras) is refused.
    #[serde(skip)]
    pub extra: JsonObject,
}

/// A button. Which fields belong to which `type` is the channel's rule, so that a wrong combination is explained and not only
/// refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(!deny_unknown_fields)]
pub struct Button {
    /// What a tap does.
    #[serde(rename = "type")]
    pub kind: ButtonKind,
    /// The words on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What comes back with a tap, or the number to call.
    #[serde(deserialize_with = "string_or_number", skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// The page to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What only the channel knows. What it does not [declare](crate::Capabilities::extras) is refused.
    #[serde(skip)]
    pub extra: JsonObject,
}

flat_extra!(ButtonTemplate, Button);

/// What a tap on a button does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ButtonKind {
    /// Sends its payload back.
    #[default]
    Postback,
    /// Opens a page.
    WebUrl,
    /// Calls a number.
    PhoneNumber,
    /// Something that the channel may know.
    #[serde(untagged)]
    Other(String),
}
