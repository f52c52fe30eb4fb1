//! What is sent, and what became of it: with it, a message that is given twice is not sent twice.

mod attempt;
mod message;
mod query;

use std::fmt;

use async_trait::async_trait;
use channel_api::Error;
use jiff::{SignedDuration, Timestamp};

pub use self::attempt::{Again, Attempt, AttemptRecord, Call};
pub use self::message::{Message, NewMessage, OUTCOME_LOST, OUTCOME_UNKNOWN, Origin, Outcome, Place, Status, Step};
pub use self::query::MessageQuery;
use super::StoreError;

/// Keeps every message that is sent, under the host's id and under the key that its author gave it, if any.
///
/// A message is accepted, begun and ended. Until it is begun nothing was sent. Once it is begun it may have been sent: if nobody
/// ends it, nobody can tell, and the outbox does not guess. An attempt of which surely nothing was sent may lead back to accepted.
/// Each time a message comes to an end, or on from there, a [`Step`] of it is kept in the same transaction.
#[async_trait]
pub trait Outbox: fmt::Debug + Send + Sync {
    /// Writes messages down, all or none and in their order, but those whose key is in use, and returns when that is on the disk.
    /// One that was [refused](NewMessage::refused) has ended with that.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] at once when too much is waiting; [`StoreError::Refused`] when an id, a channel or a key is empty,
    /// or an id is in use; otherwise as [`get`](Self::get).
    async fn accept(&self, messages: Vec<NewMessage>) -> Result<Vec<Accepted>, StoreError>;

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

    /// Messages, the newest first, or the oldest first after a place.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    async fn list(&self, query: MessageQuery) -> Result<Vec<Message>, StoreError>;

    /// Messages that are accepted and not begun, in the order in which they are to be sent, after a place.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    async fn waiting(&self, after: Option<Place>, limit: usize) -> Result<Vec<Message>, StoreError>;

    /// Asks for leave to make these calls of what was accepted. It is given to one caller alone, and it is on the disk with the
    /// calls before it is given. `None`: another has it, or has had it, or no such message is kept.
    ///
    /// # Errors
    ///
    /// On any error nothing may be sent. [`StoreError::Busy`] at once when too much is waiting, [`StoreError::Storage`] or
    /// [`StoreError::Closed`].
    async fn begin(&self, id: &str, calls: Vec<Call>) -> Result<Option<Attempt>, StoreError>;

    /// Writes down how an attempt ended: what is known of the message now, and when the next attempt is due if there is to be
    /// one. The first end stands: a later one is taken, and changes nothing. A part whose echo has come was sent, whatever its call
    /// came to; if others are left, the message is accepted again for them. Answers how far the message has come. What has happened
    /// must be written down, so this waits for room rather than be [`StoreError::Busy`].
    ///
    /// # Errors
    ///
    /// The outcome then stays unknown. [`StoreError::NotBegun`] when the attempt is not kept; otherwise [`StoreError::Storage`],
    /// [`StoreError::Closed`] or [`StoreError::CorruptOutcome`].
    async fn end(&self, attempt: &Attempt, outcome: Outcome, again: Option<Again>) -> Result<Status, StoreError>;

    /// Writes down that a message which was accepted will not be begun. False when it is not waiting: it is left as it is.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`], [`StoreError::Closed`] or [`StoreError::CorruptOutcome`].
    async fn fail(&self, id: &str, failure: Error) -> Result<bool, StoreError>;

    /// Accepts a message anew that has failed, behind all others and without the parts that went; with `force` also one that may
    /// have been sent. `implied` is by what the request is known that wants it, until it is [answered](Self::answered).
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    async fn retry(&self, id: &str, force: bool, implied: Option<[u8; 32]>) -> Result<Retried, StoreError>;

    /// The attempts at a message, the first one first.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    async fn attempts(&self, id: &str) -> Result<Vec<AttemptRecord>, StoreError>;

    /// Writes down which messages that were asked for without a key are not asked for again: who did that was answered, or has given
    /// up. It may be lost with the machine's power.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn answered(&self, ids: Vec<String>) -> Result<(), StoreError>;

    /// By what those are known, and the ids of those, whose request without a key was not answered: the oldest first.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    async fn unanswered(&self) -> Result<Vec<([u8; 32], String)>, StoreError>;

    /// Settles what a host has left that came to a sudden end, before anything else is sent: what it had begun is unknown. What it
    /// had accepted only still waits. Answers how many are unknown now.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`], [`StoreError::Closed`] or [`StoreError::CorruptOutcome`].
    async fn recover(&self) -> Result<u64, StoreError>;

    /// Deletes at most so many messages, with all that is kept of them, that ended before this moment, and tells how many those were.
    /// What waits, is being sent or may have been sent stays, whatever its age. Keys that were given within [`KEYS`] stay taken.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// Deletes a person's messages, with all that is kept of them. Those that are being sent stay: whoever erases them waits for their
    /// end. Keys that were given within [`KEYS`] stay taken.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`]. The rest is done by erasing again.
    async fn erase(&self, channel_id: &str, person: &str) -> Result<ErasedMessages, StoreError>;
}

/// How long a key is its message's, also when that is kept no longer.
pub(super) const KEYS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What was erased of a person's messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErasedMessages {
    /// How many are gone.
    pub erased: u64,
    /// How many are being sent.
    pub open: u64,
}

/// What became of the wish to send a message again.
#[derive(Debug)]
#[must_use]
pub enum Retried {
    /// It waits again.
    Again(Box<Message>),
    /// It may have been sent, and nobody insisted.
    NeedsForce,
    /// It is on its way, or has arrived.
    NotFailed(Status),
    /// There is no such message.
    NotFound,
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
    New {
        /// Its place among all messages.
        seq: u64,
    },
    /// The key is in use. The fingerprint tells whether by the same message.
    Known(Box<Message>),
    /// The key is that of a message which is kept no longer.
    Gone,
}

impl Retried {
    /// Why a message that has come so far is not sent again.
    pub(crate) fn refused(message: &Message, force: bool) -> Option<Self> {
        let is_open =
            message.status == Status::Unknown || message.failure().is_some_and(|error| error.code() == OUTCOME_UNKNOWN);
        match message.status {
            Status::Failed | Status::Unknown if is_open && !force => Some(Self::NeedsForce),
            Status::Failed | Status::Unknown => None,
            other => Some(Self::NotFailed(other)),
        }
    }
}

// A key may be an order's number or anything else of its author's.
impl fmt::Debug for SendKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendKey").field("channel_id", &self.channel_id).finish_non_exhaustive()
    }
}
