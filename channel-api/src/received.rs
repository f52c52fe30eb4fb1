//! What a delivery holds: [`Received`], an event with its [`Identity`], and perhaps the [`Token`] of what it echoes.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{Event, Timestamp};

/// An event as an adapter hands it over. It has no id yet: the host's log gives it one, by its identity.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Received {
    /// By what a redelivery of it is known.
    pub identity: Identity,
    /// The token that was [stamped](crate::ChannelAdapter::stamp) on the message of which this is the provider's copy.
    pub correlation: Option<Token>,
    /// The message of which this is the provider's copy, by the id that the [`Receipt`](crate::Receipt) of its send names.
    pub copied: Option<String>,
    /// Whether that message was sent through this channel, and not by somebody else; `None` where the provider does not tell.
    pub ours: Option<bool>,
    /// The messages that it is about, such as the one that was edited, where the provider names them. It may come before them.
    pub concerns: Vec<Concern>,
    /// What happened.
    pub event: Event,
}

/// A message that an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Concern {
    /// The message's id, as the event itself names it.
    pub message_id: String,
    /// The ids of events that tell that message: it is known when one of them is.
    pub told_by: Vec<String>,
}

impl Concern {
    /// A message, known when one of these events is.
    pub fn new(message_id: impl Into<String>, told_by: Vec<String>) -> Self {
        Self { message_id: message_id.into(), told_by }
    }
}

impl Received {
    /// An event, known by this.
    pub const fn new(identity: Identity, event: Event) -> Self {
        Self { identity, correlation: None, copied: None, ours: None, concerns: Vec::new(), event }
    }

    /// The event with the id that a log gives to the first of its identity.
    pub fn into_event(self) -> Event {
        Event { id: Some(self.identity.id()), ..self.event }
    }

    /// Adds the token that came back with it.
    #[must_use]
    pub fn with_correlation(mut self, token: Option<Token>) -> Self {
        self.correlation = token;
        self
    }
}

/// By what an event is known when it is delivered again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Identity {
    /// The provider's own id of it.
    Own(String),
    /// The provider gives it none.
    Derived {
        /// What happened and who took part, without the time of the delivery.
        fingerprint: [u8; 16],
        /// What it is about (a template, a person's label, a post), where the event says what that now is.
        subject: Option<[u8; 16]>,
        /// When the provider put it into a delivery: the same in every redelivery.
        entry_time: Option<Timestamp>,
    },
}

impl Identity {
    /// Known by all that it says: `content` is its text with its keys in one order.
    pub fn of_content(content: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(content).into();
        Self::fingerprint(std::array::from_fn(|index| digest[index]))
    }

    /// Known by a fingerprint alone.
    pub const fn fingerprint(fingerprint: [u8; 16]) -> Self {
        Self::Derived { fingerprint, subject: None, entry_time: None }
    }

    /// The id that a log gives to the first event of this identity.
    pub fn id(&self) -> String {
        match self {
            Self::Own(id) => id.clone(),
            Self::Derived { fingerprint, .. } => {
                let digits = fingerprint.iter().flat_map(|byte| [byte >> 4, byte & 15]);
                let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
                "evt_".chars().chain(digits).collect()
            }
        }
    }
}

/// What a host stamps on a message, so that it knows the provider's copy of it again: 22 letters and digits, made at random.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Token(String);

impl Token {
    /// How long a token is, in characters: 16 bytes in base 62 need no more.
    pub const LENGTH: usize = 22;

    /// From 16 random bytes.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut rest = u128::from_le_bytes(bytes);
        let digit = |_| {
            let digit = DIGITS[(rest % 62) as usize];
            rest /= 62;
            char::from(digit)
        };
        Self((0..Self::LENGTH).map(digit).collect())
    }

    /// A text that is a token; `None` for any other.
    pub fn parse(text: &str) -> Option<Self> {
        let is_token = text.len() == Self::LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_token.then(|| Self(text.to_owned()))
    }

    /// The token.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl TryFrom<String> for Token {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("must be 22 letters and digits")
    }
}

impl From<Token> for String {
    fn from(token: Token) -> Self {
        token.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_an_id_in_hexadecimal() {
        let mut fingerprint = [0; 16];
        fingerprint[0] = 0xa5;
        assert_eq!(Identity::fingerprint(fingerprint).id(), "evt_a5000000000000000000000000000000");
        assert_eq!(Identity::Own("m_1".into()).id(), "m_1");
    }

    #[test]
    fn tokens_differ_and_are_known_again() {
        let token = Token::from_random([255; 16]);
        assert_eq!(token.as_str().len(), Token::LENGTH);
        assert_eq!(Token::parse(token.as_str()), Some(token.clone()));
        assert_ne!(Token::from_random([0; 16]), token);
        for text in ["", "short", "has a blank in it 1234", "01234567890123456789012"] {
            assert_eq!(Token::parse(text), None, "{text:?}");
        }
    }
}
