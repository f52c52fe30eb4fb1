use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

/// Whose limit it is, and so who has to slow down or wait. Nobody but the channel knows; a host that is not told takes it for
/// the [account](Self::Account)'s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scope {
    /// The app's, and so every channel's that calls in its name: those that have the same
    /// [verifier](crate::ChannelAdapter::verifier).
    App,
    /// The account's, or that of whoever its token stands for: this channel's.
    #[default]
    Account,
    /// That of one kind of call: whoever makes other ones goes on.
    Call,
    /// That of one message or person: everything else goes on.
    Message,
}

impl Scope {
    const ALL: [Self; 4] = [Self::App, Self::Account, Self::Call, Self::Message];

    /// The scope as a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Account => "account",
            Self::Call => "call",
            Self::Message => "message",
        }
    }

    /// A scope of a later version of this contract reads as none.
    pub(super) fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
        let word = Option::<Cow<'_, str>>::deserialize(deserializer)?;
        Ok(word.and_then(|word| Self::ALL.into_iter().find(|scope| scope.as_str() == word)))
    }
}
