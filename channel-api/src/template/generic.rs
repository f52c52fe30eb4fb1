use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Button;

/// Cards side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GenericTemplate {
    /// The cards, from left to right.
    pub elements: Vec<GenericElement>,
    /// Whether the person may pass it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharable: Option<bool>,
    /// The shape of the pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_aspect_ratio: Option<String>,
}

impl GenericTemplate {
    /// Cards from left to right.
    pub fn new(elements: impl IntoIterator<Item = GenericElement>) -> Self {
        Self { elements: elements.into_iter().collect(), ..Self::default() }
    }
}

/// One card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
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
}

impl GenericElement {
    /// A card with a headline and a line below it.
    pub fn new(title: impl Into<String>, subtitle: impl Into<String>) -> Self {
        Self { title: Some(title.into()), subtitle: Some(subtitle.into()), ..Self::default() }
    }

    /// Adds the picture.
    #[must_use]
    pub fn with_image(mut self, url: impl Into<String>) -> Self {
        self.image_url = Some(url.into());
        self
    }

    /// Adds buttons.
    #[must_use]
    pub fn with_buttons(mut self, buttons: impl IntoIterator<Item = Button>) -> Self {
        self.buttons.extend(buttons);
        self
    }
}
