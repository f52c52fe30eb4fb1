//! What was said in a conversation, as the provider keeps it: [`Said`].

use crate::Timestamp;

/// A message of a conversation, read from the provider afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Said {
    /// The provider's id of it, as the [`Receipt`](crate::Receipt) of a send names it.
    pub message_id: String,
    /// Whether the account said it, whoever wrote it there, and not the person.
    pub by_account: bool,
    /// Its words; `None` where it has none.
    pub text: Option<String>,
    /// When, by the provider's clock.
    pub at: Option<Timestamp>,
}

impl Said {
    /// A message without words or time.
    pub fn new(message_id: impl Into<String>, by_account: bool) -> Self {
        Self { message_id: message_id.into(), by_account, text: None, at: None }
    }

    /// Adds its words.
    #[must_use]
    pub fn with_text(self, text: Option<String>) -> Self {
        Self { text, ..self }
    }

    /// Adds when it was said.
    #[must_use]
    pub fn with_time(self, at: Option<Timestamp>) -> Self {
        Self { at, ..self }
    }
}
