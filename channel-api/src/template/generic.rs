use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Button;
use crate::JsonObject;
use crate::extra::flat_extra;

/// Cards side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(!deny_unknown_fields)]
pub struct GenericTemplate {
    /// The cards, from left to right.
    pub elements: Vec<GenericElement>,
    /// What only the channel knows. What it does not [declare](crate::Capabilities::extras) is refused.
    #[serde(skip)]
    pub extra: JsonObject,
}

/// One card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(!deny_unknown_fields)]
pub struct GenericElement {
    /// The headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The line below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// The picture above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// What a tap on the card does: a `web_url` button without words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_action: Option<Button>,
    /// The card's buttons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// What only the channel knows. What it does not [declare](crate::Capabilities::extras) is refused.
    #[serde(skip)]
    pub extra: JsonObject,
}

flat_extra!(GenericTemplate, GenericElement);
