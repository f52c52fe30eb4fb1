//! What is sent, and what became of it: with it, a message that is given twice is not sent twice.

use std::fmt;

use async_trait::async_trait;
use channel_api::{Error, Issue, Receipt, Retry};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::StoreError;

/// What became of a message.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// The provider's word for each part that it has taken, in their order.
    pub receipts: Vec<Receipt>,
    /// Of how many parts the message is.
    pub parts: usize,
    /// Why the part after the last receipt was not taken; `None` when all were.
    pub failure: Option<Error>,
    /// What the author should know even so.
    pub warnings: Vec<Issue>,
}

/// Keeps every message that is sent, under the host's id and under the key that its author gave it, if any.
///
/// A message is accepted, begun and ended. Until it is begun nothing was sent. Once it is begun it may have been sent: if nobody
/// ends it, nobody can tell, and the outbox does not guess.
#[async_trait]
pub trait Outbox: fmt::Debug + Send + Sync {
    /// Writes a message down, unless its key is in use, and returns when that is on the disk.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] at once when too much is waiting; [`StoreError::Refused`] when the id, the channel or the key is empty,
    /// or the id is in use; otherwise as [`get`](Self::get).
    async fn accept(&self, message: NewMessage) -> Result<Accepted, StoreError>;

    /// A message by its id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`], [`StoreError::Closed`], or [`StoreError::CorruptOutcome`].
    async fn get(&self, id: &str) -> Result<Option<Message>, StoreError>;

    /// The message that a key belongs to.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    async fn find(&self, key: &SendKey) -> Result<Option<Message>, StoreError>;

    /// Messages, the newest first.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    async fn list(&self, query: MessageQuery) -> Result<Vec<Message>, StoreError>;

    /// Asks for leave to send what was accepted. It is given to one caller alone, and it is on the disk before it is given. `None`:
    /// another has it, or has had it, or no such message is kept.
    ///
    /// # Errors
    ///
    /// On any error nothing may be sent. [`StoreError::Busy`] at once when too much is waiting, [`StoreError::Storage`] or
    /// [`StoreError::Closed`].
    async fn begin(&self, id: &str) -> Result<Option<Attempt>, StoreError>;

    /// Writes down how an attempt ended. The first end stands: a later one is taken, and changes nothing. The key of a message of
    /// which surely nothing was sent is free again. What has happened must be written down, so this waits for room rather than be
    /// [`StoreError::Busy`].
    ///
    /// # Errors
    ///
    /// The outcome then stays unknown. [`StoreError::NotBegun`] when the attempt is not kept; otherwise [`StoreError::Storage`],
    /// [`StoreError::Closed`] or [`StoreError::CorruptOutcome`].
    async fn end(&self, attempt: &Attempt, outcome: Outcome) -> Result<(), StoreError>;

    /// Writes down that a message which was accepted will not be begun, and frees its key. One that is begun is left as it is.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`], [`StoreError::Closed`] or [`StoreError::CorruptOutcome`].
    async fn abandon(&self, id: &str, never_begun: Error) -> Result<(), StoreError>;

    /// Settles what a host has left that came to a sudden end, before anything else is sent. What it had begun is unknown for good.
    /// What it had accepted only is failed with `never_begun`, and its key is free again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`], [`StoreError::Closed`] or [`StoreError::CorruptOutcome`].
    async fn recover(&self, never_begun: Error) -> Result<Recovered, StoreError>;
}

/// A message that is to be kept.
#[derive(Clone)]
pub struct NewMessage {
    /// The host's id.
    pub id: String,
    /// The channel.
    pub channel_id: String,
    /// Whom it is for, where that is one known person.
    pub person: Option<String>,
    /// What its author names it by within the channel.
    pub key: Option<String>,
    /// A SHA-256 of the message as its author wrote it, by which a key that is used twice for different messages is found out.
    pub fingerprint: [u8; 32],
    /// The message, as its author wrote it.
    pub json: Box<RawValue>,
}

/// A message that is kept.
#[derive(Clone)]
pub struct Message {
    /// Its place among all messages, which is none twice.
    pub seq: u64,
    /// The host's id.
    pub id: String,
    /// The channel.
    pub channel_id: String,
    /// Whom it is for, where that is one known person.
    pub person: Option<String>,
    /// SHA-256 of what its author wrote.
    pub fingerprint: [u8; 32],
    /// What its author wrote; an empty object where an earlier release kept no more than the outcome.
    pub json: Box<RawValue>,
    /// When it was accepted, to the millisecond.
    pub accepted_at: Timestamp,
    /// When it came to where it is, to the millisecond.
    pub changed_at: Timestamp,
    /// How far it has come.
    pub status: Status,
    /// What became of it: always there once it is sent or failed, and where something is known of one that is unknown.
    pub outcome: Option<Outcome>,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing was sent yet.
    Accepted,
    /// Its calls are being made.
    Begun,
    /// The provider has taken all of it.
    Sent,
    /// The provider has not taken all of it.
    Failed,
    /// It may have been sent.
    Unknown,
}

/// Which messages are asked for.
#[derive(Clone, Debug, Default)]
pub struct MessageQuery {
    /// Only those before this place.
    pub before: Option<u64>,
    /// How many at most.
    pub limit: usize,
    /// Only one channel's.
    pub channel_id: Option<String>,
    /// Only one person's.
    pub person: Option<String>,
    /// Only those that have come so far; empty for all.
    pub statuses: Vec<Status>,
}

/// A channel, and a key that a message's author has chosen within it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SendKey {
    /// The channel.
    pub channel_id: String,
    /// The key.
    pub key: String,
}

/// What the outbox made of a message.
#[derive(Debug)]
#[must_use]
pub enum Accepted {
    /// It is accepted now.
    New,
    /// The key is in use. The fingerprint tells whether by the same message.
    Known(Box<Message>),
}

/// Leave to send a message once. Lost without an [`end`](Outbox::end), the outcome stays unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a message that is not ended may have been sent for all that anybody knows"]
pub struct Attempt {
    /// The message's id.
    pub(super) id: String,
    /// Which attempt: never the same for two attempts at one message.
    pub(super) number: i64,
}

/// What was settled after a sudden end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// How many messages may have been sent.
    pub unknown: u64,
    /// How many were not begun.
    pub not_sent: u64,
}

impl Outcome {
    /// How far a message has come that ended so.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.failure.as_ref().map(Error::retry) {
            None => Status::Sent,
            Some(Retry::IfIdempotent { .. }) => Status::Unknown,
            Some(_) => Status::Failed,
        }
    }

    /// Whether surely nothing was sent, so that the same message may be sent again under its key.
    pub(super) fn frees_its_key(&self) -> bool {
        self.status() == Status::Failed && self.receipts.is_empty()
    }
}

impl Status {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [Self::Accepted, Self::Begun, Self::Sent, Self::Failed, Self::Unknown];

    /// As a store writes it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Begun => "begun",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

// A key may be an order's number or anything else of its author's.
impl fmt::Debug for SendKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendKey").field("channel_id", &self.channel_id).finish_non_exhaustive()
    }
}

// What is said, and to whom, is nobody's who reads a log.
impl fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, channel_id, .. } = self;
        f.debug_struct("NewMessage").field("id", id).field("channel_id", channel_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, id, channel_id, status, outcome, .. } = self;
        f.debug_struct("Message")
            .field("seq", seq)
            .field("id", id)
            .field("channel_id", channel_id)
            .field("status", status)
            .field("outcome", outcome)
            .finish_non_exhaustive()
    }
}
