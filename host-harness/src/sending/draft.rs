use channel_api::message::{Body, SenderAction};
use channel_api::{OutboundMessage, Report};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A message as its author wrote it, read once.
#[derive(Debug)]
pub(crate) struct Draft {
    /// The author's JSON: what is wrong is told in its spelling, and two messages are the same when theirs is.
    pub(super) json: Value,
    pub(super) message: OutboundMessage,
    /// What was wrong with its shape.
    pub(super) report: Report,
    pub(super) key: Option<Key>,
}

/// What an author names a message by, so that it is sent once however often it is given: a text of 1 to [`MAX`](Self::MAX)
/// characters.
#[derive(Clone)]
pub(crate) struct Key(String);

impl Draft {
    /// Reads a message, with everything that is wrong in it.
    pub(crate) fn read(json: Value) -> Self {
        let (message, report) = OutboundMessage::read(&json);
        Self { json, message, report, key: None }
    }

    /// Names it.
    pub(crate) fn with_key(self, key: Option<Key>) -> Self {
        Self { key, ..self }
    }

    /// Whom it is for, as its author wrote that.
    pub(super) fn to(&self) -> Value {
        self.json.get("to").cloned().unwrap_or_default()
    }

    /// Whether it is remembered. A sign that somebody types or has read is worth nothing a moment later.
    pub(super) fn is_kept(&self) -> bool {
        let Body::SenderAction(action) = &self.message.content.body else { return true };
        !matches!(action, SenderAction::TypingOn | SenderAction::TypingOff | SenderAction::MarkSeen)
    }

    /// Who gets their messages one after the other: the person, or whatever names them.
    pub(super) fn line(&self) -> String {
        self.message.to.person().map_or_else(|| self.to().to_string(), String::from)
    }

    /// SHA-256 of the author's JSON. Not of what was read from it: that may change with a release, and a message that is given
    /// again would then be another one.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(self.json.to_string()).into()
    }
}

impl Key {
    /// How many characters it may have. The limit is this host's own: it keeps every key.
    pub(crate) const MAX: usize = 200;

    /// The key, if it is one.
    pub(crate) fn new(text: &str) -> Option<Self> {
        (1..=Self::MAX).contains(&text.chars().count()).then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

// It may be an order's number or anything else of its author's.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_measured_in_characters() {
        for (text, good) in
            [("", false), ("k", true), (&*"é".repeat(Key::MAX), true), (&*"k".repeat(Key::MAX + 1), false)]
        {
            assert_eq!(Key::new(text).is_some(), good, "{text}");
        }
    }
}
