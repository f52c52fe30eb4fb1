//! What is sent, and what became of it: with it, a message that is given twice is not sent twice.

use std::fmt;

use async_trait::async_trait;
use channel_api::{Error, Issue, Receipt};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::StoreError;

/// What became of a message whose end is known.
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

/// Keeps messages under the key that their author gave them.
///
/// A message is accepted, begun and ended. Until it is begun nothing was sent. Once it is begun it may have been sent: if
/// nobody ends it, nobody can tell, and the outbox does not guess.
#[async_trait]
pub trait Outbox: fmt::Debug + Send + Sync {
    /// What is kept under a key.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`], [`StoreError::Closed`], or [`StoreError::CorruptOutcome`].
    async fn find(&self, key: &SendKey) -> Result<Option<Entry>, StoreError>;

    /// Writes a message down under its key, unless the key is in use, and returns when that is on the disk. A message that was
    /// accepted and never begun gives way to another one: nothing of it was sent.
    ///
    /// `fingerprint` is a SHA-256 of the message as its author wrote it, by which a key that is used twice for different messages
    /// is found out.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] at once when too much is waiting; [`StoreError::Refused`] when the channel or the key is empty;
    /// otherwise as [`find`](Self::find).
    async fn accept(&self, key: &SendKey, fingerprint: [u8; 32]) -> Result<Accepted, StoreError>;

    /// Asks for leave to send what was accepted, with this fingerprint. It is given to one caller alone, and it is on the disk
    /// before it is given. `None`: another has it, or has had it, or the key is free or another message's.
    ///
    /// # Errors
    ///
    /// On any error nothing may be sent. [`StoreError::Busy`] at once when too much is waiting, [`StoreError::Storage`] or
    /// [`StoreError::Closed`].
    async fn begin(&self, key: &SendKey, fingerprint: [u8; 32]) -> Result<Option<Attempt>, StoreError>;

    /// Writes down how an attempt ended. The first end stands: a later one is taken, and changes nothing. What has happened must
    /// be written down, so this waits for room rather than be [`StoreError::Busy`].
    ///
    /// # Errors
    ///
    /// The outcome then stays unknown. [`StoreError::NotBegun`] when an outcome comes for an attempt that is not kept, which it
    /// is no longer once it has ended as [`End::NotSent`]; otherwise [`StoreError::Storage`], [`StoreError::Closed`] or
    /// [`StoreError::CorruptOutcome`].
    async fn end(&self, attempt: &Attempt, end: End) -> Result<(), StoreError>;
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
    /// The key is in use: the same message was accepted before, or one was begun under it. The fingerprint tells whether it is the
    /// same.
    Known(Entry),
}

/// What is kept under a key.
#[derive(Clone, Debug)]
pub struct Entry {
    /// SHA-256 of the message.
    pub fingerprint: [u8; 32],
    /// How far it has come.
    pub state: State,
}

/// How far a message has come.
#[derive(Clone, Debug)]
pub enum State {
    /// Nothing was sent yet.
    Accepted,
    /// It is being sent, or its outcome was lost. It may have been sent.
    Begun {
        /// Since when, to the millisecond.
        at: Timestamp,
    },
    /// It is over.
    Ended(Box<Outcome>),
}

/// Leave to send a message once. Lost without an [`end`](Outbox::end), the outcome stays unknown.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a message that is not ended can never be sent again under its key"]
pub struct Attempt {
    /// The message's key.
    pub(super) key: SendKey,
    /// Which attempt: never the same for two attempts under one key.
    pub(super) number: i64,
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum End {
    /// With this outcome, for good: whoever comes again with the same key and message is told it.
    Outcome(Box<Outcome>),
    /// Surely nothing was sent. The key is free again.
    NotSent,
}

// A key may be an order's number or anything else of its author's.
impl fmt::Debug for SendKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendKey").field("channel_id", &self.channel_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("key", &self.key).finish_non_exhaustive()
    }
}
