use std::fmt;

use serde::{Deserialize, Serialize};

/// How the provider itself named the failure: what its support asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ProviderError {
    /// The provider's error code.
    pub code: Option<ProviderCode>,
    /// The provider's finer code.
    pub subcode: Option<ProviderCode>,
    /// The provider's own sentence.
    pub message: Option<String>,
    /// The heading of what the provider says to people. Some put the reason here alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_title: Option<String>,
    /// What the provider says to people, in the language it takes for theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_message: Option<String>,
    /// The provider's id for this request.
    pub trace_id: Option<String>,
}

impl ProviderError {
    /// A failure that the provider named by this code.
    pub fn new(code: Option<ProviderCode>) -> Self {
        Self { code, ..Self::default() }
    }

    /// The code, where it is a number.
    pub fn code_number(&self) -> Option<i64> {
        self.code.as_ref().and_then(ProviderCode::as_number)
    }

    /// The finer code, where it is a number.
    pub fn subcode_number(&self) -> Option<i64> {
        self.subcode.as_ref().and_then(ProviderCode::as_number)
    }

    /// Adds the finer code.
    #[must_use]
    pub fn with_subcode(mut self, subcode: Option<ProviderCode>) -> Self {
        self.subcode = subcode;
        self
    }

    /// Adds the provider's own sentence. Take secrets out of it first.
    #[must_use]
    pub fn with_message(mut self, message: Option<String>) -> Self {
        self.message = message;
        self
    }

    /// Adds what the provider says to people: a heading and a text. Take secrets out of them first.
    #[must_use]
    pub fn with_words_for_people(mut self, title: Option<String>, message: Option<String>) -> Self {
        (self.user_title, self.user_message) = (title, message);
        self
    }

    /// The provider's words, those for people last: its sentence, and heading and text as one. Each is there once.
    pub fn words(&self) -> Vec<String> {
        let for_people: Vec<&str> =
            [&self.user_title, &self.user_message].into_iter().flatten().map(String::as_str).collect();
        let mut words: Vec<String> = self.message.iter().cloned().collect();
        words
            .extend(Some(for_people.join(": ")).filter(|said| !said.is_empty() && self.message.as_ref() != Some(said)));
        words
    }

    /// Adds the provider's id for this request.
    #[must_use]
    pub fn with_trace_id(mut self, trace_id: Option<String>) -> Self {
        self.trace_id = trace_id;
        self
    }
}

/// A provider's error code: a number at some, a word at others. In JSON it is what the provider wrote.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum ProviderCode {
    /// `190`.
    Number(i64),
    /// `channel_not_found`.
    Text(String),
}

impl ProviderCode {
    /// The number, where it is one.
    pub const fn as_number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
        }
    }
}

impl From<i64> for ProviderCode {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for ProviderCode {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Display for ProviderCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => fmt::Display::fmt(number, f),
            Self::Text(text) => f.write_str(text),
        }
    }
}
