//! What became of messages after they went out: the provider's copies, receipts, and what is told of both.

use std::fmt;

use async_trait::async_trait;
use channel_api::{Error, Timestamp as ProviderTime, Token};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::{Message, Status, Step, StoreError};

/// How long a receipt waits for the message that it names: a call's answer and the provider's copy may come after it.
pub(super) const WAITS: SignedDuration = SignedDuration::from_mins(10);
/// How many receipts wait, at most: the oldest give way.
pub(super) const MAX_WAITING: u32 = 10_000;
/// How many messages one watermark covers, at most, and the newest first.
pub(super) const MAX_COVERED: usize = 1_000;
/// For how long after an attempt has ended a part that turns out to be sent lets the parts behind it follow. Later, others may have
/// been written to the same person.
pub const HELD: SignedDuration = SignedDuration::from_secs(30);

/// Joins what is heard of messages to what was sent, and keeps what is to be told of them.
///
/// A message goes from sent to delivered to read and never back. One that may have been sent is sent when its copy comes, also after
/// it was given up.
#[async_trait]
pub trait Statuses: fmt::Debug + Send + Sync {
    /// Takes what was heard, in its order and all or none. What is heard again changes nothing. Answers the messages that wait
    /// again, now that it is known that a part of them went which held the others up. It waits for room rather than be
    /// [`StoreError::Busy`].
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`], [`StoreError::Closed`] or [`StoreError::CorruptOutcome`].
    async fn hear(&self, heard: Vec<Heard>) -> Result<Vec<Message>, StoreError>;

    /// The provider's ids of what a watermark covers that has not come so far yet, the oldest first: what is known to have been sent
    /// until then, that moment included, and nothing that may only have been.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn covered(
        &self,
        channel_id: &str,
        person: &str,
        status: Arrival,
        watermark: Watermark,
    ) -> Result<Vec<String>, StoreError>;

    /// Messages of which nobody knows since before that moment whether they were sent, in order, after a place.
    ///
    /// # Errors
    ///
    /// As [`hear`](Self::hear).
    async fn unknown(&self, since: Timestamp, after: u64, limit: usize) -> Result<Vec<Message>, StoreError>;

    /// Writes down that nobody will find out. False when the message is not unknown any more: it is left as it is.
    ///
    /// # Errors
    ///
    /// As [`hear`](Self::hear).
    async fn give_up(&self, id: &str, failure: Error) -> Result<bool, StoreError>;

    /// How messages came on, in order, after a place. With each step the message as it is now, unless it is kept no longer.
    ///
    /// # Errors
    ///
    /// As [`hear`](Self::hear).
    async fn steps(&self, after: u64, limit: usize) -> Result<Vec<(Step, Option<Message>)>, StoreError>;

    /// How one message came on, in order.
    ///
    /// # Errors
    ///
    /// As [`hear`](Self::hear).
    async fn steps_of(&self, id: &str) -> Result<Vec<Step>, StoreError>;

    /// Changes when a message may have come on.
    fn stepped(&self) -> watch::Receiver<u64>;
}

/// What was heard of messages that went out.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// The provider's copy of one.
    Copy(Copied),
    /// One that stands in its conversation. It counts as a copy unless its own has come: what that could not be joined to, somebody
    /// else has written.
    Found(Copied),
    /// Some have come so far.
    Receipt(Received),
}

/// A copy of a message, as the provider tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Copied {
    /// The channel.
    pub channel_id: String,
    /// Whom it is for.
    pub person: Option<String>,
    /// The token that was stamped on it.
    pub token: Option<Token>,
    /// The provider's id of it.
    pub message_id: Option<String>,
    /// Whether it was sent through this channel, where that is told.
    pub ours: Option<bool>,
    /// When it was sent, by the provider's clock.
    pub at: Option<ProviderTime>,
    /// What kind of content it has: `text`, `image`.
    pub kind: Option<String>,
    /// Its words.
    pub text: Option<String>,
}

/// A receipt, as the provider tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The channel.
    pub channel_id: String,
    /// Who has received something.
    pub person: Option<String>,
    /// How far it has come.
    pub status: Arrival,
    /// The provider's ids of the messages.
    pub message_ids: Vec<String>,
    /// Everything until then.
    pub watermark: Option<Watermark>,
}

/// Everything until a moment, that moment included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watermark {
    /// The moment, by the provider's clock.
    pub until: ProviderTime,
    /// How many milliseconds this machine's clock is ahead of the provider's.
    pub ahead: i64,
}

/// How far a message has come with its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It has reached them.
    Delivered,
    /// They have read it.
    Read,
}

impl Arrival {
    /// The status of a message that has come so far.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Delivered => Status::Delivered,
            Self::Read => Status::Read,
        }
    }
}
