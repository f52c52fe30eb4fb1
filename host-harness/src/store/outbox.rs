//! What is sent, and what became of it: with it, a message that is given twice is not sent twice.

use std::fmt;

use async_trait::async_trait;
use channel_api::{Error, Issue, ProviderRequest, Receipt, Retry, Token};
use jiff::{SignedDuration, Timestamp};
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
    /// The author's name for it, which comes back in all that is told of it.
    pub reference: Option<String>,
    /// By what a request that named no key is known when it is made again.
    pub implied: Option<[u8; 32]>,
    /// The broadcast that it is part of.
    pub broadcast: Option<String>,
    /// Who brought it.
    pub origin: Origin,
    /// Why it will not be sent: it is kept as failed from the first.
    pub refused: Option<Error>,
}

/// Who brought a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Whoever calls this host.
    #[default]
    Api,
    /// Linktor's core, whose id of the message is the host's, too.
    Linktor,
}

/// A message that is kept.
#[derive(Clone)]
pub struct Message {
    /// Its place among all messages, which is none twice.
    pub seq: u64,
    /// Behind which message it was put when it was last retried.
    pub retried_behind: Option<u64>,
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
    /// The author's name for it.
    pub reference: Option<String>,
    /// The broadcast that it is part of.
    pub broadcast: Option<String>,
    /// Who brought it.
    pub origin: Origin,
    /// When it was accepted, to the millisecond.
    pub accepted_at: Timestamp,
    /// When it came to where it is, to the millisecond.
    pub changed_at: Timestamp,
    /// How far it has come.
    pub status: Status,
    /// How often it was retried by hand.
    pub round: u32,
    /// How many attempts were made in this round.
    pub tries: u32,
    /// When this round's first attempt began, to the millisecond.
    pub tried_at: Option<Timestamp>,
    /// When the next attempt may be made, to the millisecond, where it has to wait.
    pub due_at: Option<Timestamp>,
    /// What is known of it: always there once it is sent or failed, and where something is known of one that is unknown.
    pub outcome: Option<Outcome>,
}

/// The code of a message that was being sent when its host ended.
pub const OUTCOME_LOST: &str = "outcome_lost";
/// The code of a message whose outcome nobody has found out.
pub const OUTCOME_UNKNOWN: &str = "outcome_unknown";

/// Where a message stands among those that wait: in the order in which they were accepted, a retried one behind all that there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub(super) behind: u64,
    pub(super) retried: bool,
    pub(super) seq: u64,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It waits to be sent, perhaps again; surely nothing was sent that is not in its receipts.
    Accepted,
    /// Its calls are being made.
    Begun,
    /// The provider has taken all of it.
    Sent,
    /// It has reached the person.
    Delivered,
    /// The person has read it.
    Read,
    /// The provider has not taken all of it.
    Failed,
    /// It may have been sent.
    Unknown,
}

/// A call that is about to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    /// Which part of the message it delivers, the first being 0.
    pub part: usize,
    /// The call. It holds no credentials.
    pub request: ProviderRequest,
    /// What the provider's copy of it brings back, where it carries one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
}

/// What one attempt did and came to.
#[derive(Clone, Debug)]
pub struct AttemptRecord {
    /// Which attempt at the message, the first being 1.
    pub number: i64,
    /// When it began, to the millisecond.
    pub began_at: Timestamp,
    /// When it ended, to the millisecond; `None` where nobody knows.
    pub ended_at: Option<Timestamp>,
    /// What was to be called.
    pub calls: Vec<Call>,
    /// What the provider said to the calls that it took, in their order.
    pub receipts: Vec<Receipt>,
    /// What the call after those ended with.
    pub failure: Option<Error>,
}

/// Another attempt at what was surely not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    /// Not before this time, to the millisecond.
    pub due: Timestamp,
    /// Whether the one that ended counts among the [`tries`](Message::tries). It does not where it only met a closed door.
    pub counts: bool,
}

/// How a message came on, told once each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place among all steps.
    pub seq: u64,
    /// In which round.
    pub round: u32,
    /// How far.
    pub status: Status,
    /// When, to the millisecond.
    pub at: Timestamp,
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

/// Which messages are asked for.
#[derive(Clone, Debug, Default)]
pub struct MessageQuery {
    /// Only those before this place.
    pub before: Option<u64>,
    /// Only those after this place, and the oldest first.
    pub after: Option<u64>,
    /// How many at most.
    pub limit: usize,
    /// Only one channel's.
    pub channel_id: Option<String>,
    /// Only one person's.
    pub person: Option<String>,
    /// Only those of one broadcast.
    pub broadcast: Option<String>,
    /// Only those that have come so far; empty for all.
    pub statuses: Vec<Status>,
    /// Only those that have not arrived, and failed last with this code.
    pub code: Option<String>,
    /// Only those that were accepted at this time or later.
    pub since: Option<Timestamp>,
    /// Only those that were accepted before this time.
    pub until: Option<Timestamp>,
    /// Only those to which their author gave this name.
    pub reference: Option<String>,
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

/// Leave to send a message once. Lost without an [`end`](Outbox::end), the outcome stays unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a message that is not ended may have been sent for all that anybody knows"]
pub struct Attempt {
    /// The message's id.
    pub(super) id: String,
    /// Which attempt: never the same for two attempts at one message.
    pub(super) number: i64,
    /// The first of the parts that are called.
    pub(super) first: usize,
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
}

impl Message {
    /// With what it failed last, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<&Error> {
        self.outcome.as_ref()?.failure.as_ref()
    }

    /// The code of what it failed with last.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        let lost = (self.status == Status::Unknown).then_some(OUTCOME_LOST);
        self.failure().map(Error::code).or(lost)
    }

    /// Where it stands among those that wait.
    #[must_use]
    pub fn place(&self) -> Place {
        let Self { seq, retried_behind, .. } = *self;
        Place { behind: retried_behind.unwrap_or(seq), retried: retried_behind.is_some(), seq }
    }
}

impl MessageQuery {
    /// Whether a message is one of those that are asked for, wherever it stands.
    #[must_use]
    pub fn wants(&self, message: &Message) -> bool {
        let is = |asked: &Option<String>, found: Option<&str>| asked.is_none() || asked.as_deref() == found;
        let failed_with = |code: &String| !message.status.is_sent() && message.code() == Some(code);
        is(&self.channel_id, Some(&message.channel_id))
            && is(&self.person, message.person.as_deref())
            && (self.statuses.is_empty() || self.statuses.contains(&message.status))
            && self.code.as_ref().is_none_or(failed_with)
            && self.since.is_none_or(|since| message.accepted_at >= since)
            && self.until.is_none_or(|until| message.accepted_at < until)
            && is(&self.reference, message.reference.as_deref())
            && is(&self.broadcast, message.broadcast.as_deref())
    }
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

impl Place {
    /// The place of a message that was never retried.
    #[must_use]
    pub const fn accepted(seq: u64) -> Self {
        Self { behind: seq, retried: false, seq }
    }
}

impl Origin {
    /// As a store writes it, which writes nothing of the usual one.
    pub(super) const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Api => None,
            Self::Linktor => Some("linktor"),
        }
    }

    /// As it was written.
    pub(super) fn written(text: Option<&str>) -> Self {
        text.and_then(|text| [Self::Linktor].into_iter().find(|origin| origin.as_str() == Some(text)))
            .unwrap_or_default()
    }
}

impl Status {
    /// All of them.
    pub(crate) const ALL: [Self; 7] =
        [Self::Accepted, Self::Begun, Self::Sent, Self::Delivered, Self::Read, Self::Failed, Self::Unknown];

    /// As a store writes it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Begun => "begun",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// As it was written.
    pub(super) fn written(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether all of the message has gone.
    #[must_use]
    pub const fn is_sent(self) -> bool {
        matches!(self, Self::Sent | Self::Delivered | Self::Read)
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
