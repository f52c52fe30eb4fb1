//! An agent's answer.

use std::collections::BTreeMap;

use serde_json::Value;

/// What an agent's client posts.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What the client says that it is.
    pub content_type: String,
    /// The words.
    pub content: String,
    /// Everything else.
    pub metadata: BTreeMap<String, String>,
    /// Files, which only bots and flows send.
    pub attachments: Value,
}

impl Answer {
    /// Words.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::of("text", text)
    }

    /// Of any type.
    #[must_use]
    pub fn of(content_type: &str, content: &str) -> Self {
        let (content_type, content) = (content_type.to_owned(), content.to_owned());
        Self { content_type, content, metadata: BTreeMap::new(), attachments: Value::Null }
    }

    /// With something in its metadata; whatever is no text goes there as JSON.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        self.metadata.insert(key.to_owned(), value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        self
    }

    /// With files.
    #[must_use]
    pub fn attached(mut self, attachments: Value) -> Self {
        self.attachments = attachments;
        self
    }
}
