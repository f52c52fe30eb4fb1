//! Signs that are no messages.

/// A sign to the person that is not a message. In JSON it is a `type` of its own, or stands under `senderAction`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SenderAction {
    /// Show that an answer is being written.
    TypingOn,
    /// Stop showing it.
    TypingOff,
    /// Mark what they wrote as seen.
    MarkSeen,
    /// React to a message: `{"type": "react", "messageId": "…", "reaction": "…"}`.
    React {
        /// The provider's id of the message.
        message_id: Option<String>,
        /// The emoji.
        reaction: Option<String>,
    },
    /// Take a reaction back: `{"type": "unreact", "messageId": "…"}`.
    Unreact {
        /// The provider's id of the message.
        message_id: Option<String>,
    },
    /// A sign that this version does not know.
    Other(String),
}

impl SenderAction {
    /// Its name in JSON.
    pub fn name(&self) -> &str {
        match self {
            Self::TypingOn => "typing_on",
            Self::TypingOff => "typing_off",
            Self::MarkSeen => "mark_seen",
            Self::React { .. } => "react",
            Self::Unreact { .. } => "unreact",
            Self::Other(name) => name,
        }
    }

    pub(super) fn of(name: &str, message_id: Option<String>, reaction: Option<String>) -> Self {
        match name {
            "typing_on" => Self::TypingOn,
            "typing_off" => Self::TypingOff,
            "mark_seen" => Self::MarkSeen,
            "react" => Self::React { message_id, reaction },
            "unreact" => Self::Unreact { message_id },
            _ => Self::Other(name.to_owned()),
        }
    }
}
