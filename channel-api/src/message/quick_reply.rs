use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::string_or_number;

/// An answer that the person can tap. It disappears once one is tapped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
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
}

impl QuickReply {
    /// A reply with words and what comes back.
    pub fn text(title: impl Into<String>, payload: impl Into<String>) -> Self {
        Self { title: Some(title.into()), payload: Some(payload.into()), ..Self::default() }
    }

    /// A reply that sends a fact from the person's profile.
    pub fn of(content_type: QuickReplyKind) -> Self {
        Self { content_type, ..Self::default() }
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
    /// The phone number of the person's profile.
    UserPhoneNumber,
    /// The e-mail address of the person's profile.
    UserEmail,
    /// Something this version does not know.
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
            "user_phone_number" => Self::UserPhoneNumber,
            "user_email" => Self::UserEmail,
            _ => Self::Other(name.into_owned()),
        })
    }
}
