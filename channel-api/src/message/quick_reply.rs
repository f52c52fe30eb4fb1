use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::string_or_number;
use crate::JsonObject;
use crate::extra::flat_extra;

/// An answer that the person can tap. It disappears once one is tapped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(!deny_unknown_fields)]
pub struct QuickReply {
    /// What a tap sends.
    pub content_type: QuickReplyKind,
    /// The words on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What comes back with a tap.
    #[serde(deserialize_with = "string_or_number", skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// A small picture beside the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// What only the channel knows. What it does not [declare](crate::Capabilities::extras) is refused.
    #[serde(skip)]
    pub extra: JsonObject,
}

flat_extra!(QuickReply);

impl QuickReply {
    /// A reply with words and what comes back.
    pub fn text(title: impl Into<String>, payload: impl Into<String>) -> Self {
        Self { title: Some(title.into()), payload: Some(payload.into()), ..Self::default() }
    }
}

/// What a tap on a quick reply sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum QuickReplyKind {
    /// Its title and payload.
    #[default]
    Text,
    /// Something that the channel may know, such as a fact from the person's profile.
    #[serde(untagged)]
    Other(String),
}

/// By hand: what is derived for a kind that is not known would copy every one that is.
impl<'de> Deserialize<'de> for QuickReplyKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

        let Name(name) = Name::deserialize(deserializer)?;
        Ok(match &*name {
            "text" => Self::Text,
            _ => Self::Other(name.into_owned()),
        })
    }
}
