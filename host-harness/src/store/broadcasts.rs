//! One message to a list of people: who is on it, and who has had their turn.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::value::RawValue;

use super::{Message, NewMessage, StoreError};

/// Keeps broadcasts. A recipient is waiting, then either taken with a message that is accepted in the same transaction, or skipped:
/// once each, whatever ends the host when.
#[async_trait]
pub trait Broadcasts: fmt::Debug + Send + Sync {
    /// Writes a broadcast down, whose people are still to be [added](Self::add), unless its key is in use, or it has none and is
    /// the same as another one without a key of the last ten minutes.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] when its id or channel is empty, or its id is in use; [`StoreError::Storage`] or
    /// [`StoreError::Closed`].
    async fn create(&self, broadcast: NewBroadcast) -> Result<Created, StoreError>;

    /// Adds people at the end of the list of one that is gathering. Who is on it already stays where they are.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn add(&self, id: &str, people: Vec<String>) -> Result<(), StoreError>;

    /// Brings a broadcast from one of these states to another. `None` when there is none, else what it is now, whether or not it
    /// was in one of them. Whoever resumes one that stopped begins to count its refusals anew.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`], [`StoreError::Closed`] or [`StoreError::CorruptOutcome`].
    async fn bring(&self, id: &str, from: &[CastState], to: CastState) -> Result<Option<Broadcast>, StoreError>;

    /// One broadcast.
    ///
    /// # Errors
    ///
    /// As [`bring`](Self::bring).
    async fn broadcast(&self, id: &str) -> Result<Option<Broadcast>, StoreError>;

    /// Broadcasts, the newest first: those before this place, of one channel or all, in these states or all.
    ///
    /// # Errors
    ///
    /// As [`bring`](Self::bring).
    async fn broadcasts(&self, query: BroadcastQuery) -> Result<Vec<Broadcast>, StoreError>;

    /// The next people who wait, in their order.
    ///
    /// # Errors
    ///
    /// As [`bring`](Self::bring).
    async fn next(&self, id: &str, limit: usize) -> Result<Vec<Recipient>, StoreError>;

    /// Gives the next people their turn, while the broadcast is running: those with a message have it accepted, the others are
    /// skipped. Answers what was accepted. Who does not wait any more is passed over.
    ///
    /// # Errors
    ///
    /// As [`bring`](Self::bring), and [`StoreError::Busy`] at once when too much is waiting.
    async fn take(&self, id: &str, turns: Vec<Turn>) -> Result<Vec<Message>, StoreError>;

    /// Takes the messages back that were accepted and never begun: their people wait for their turn again. Answers how many.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn give_back(&self, id: &str) -> Result<u64, StoreError>;

    /// How far it has come.
    ///
    /// # Errors
    ///
    /// As [`bring`](Self::bring).
    async fn tally(&self, id: &str) -> Result<Tally, StoreError>;

    /// The same, with what the whole list has to be looked through for.
    ///
    /// # Errors
    ///
    /// As [`bring`](Self::bring).
    async fn counts(&self, id: &str) -> Result<Counts, StoreError>;

    /// Deletes this one if it is still gathering, or all that an earlier host was: nobody was told of them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn forget_gathering(&self, id: Option<&str>) -> Result<(), StoreError>;

    /// Deletes at most so many rows of broadcasts that were done or cancelled before this moment, and answers how many.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// Takes a person off each list of a channel's broadcasts. Who waited is skipped.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError>;
}

/// A broadcast that is to be kept.
#[derive(Clone)]
pub struct NewBroadcast {
    /// The host's id.
    pub id: String,
    /// The channel.
    pub channel_id: String,
    /// What its author names it by within the channel.
    pub key: Option<String>,
    /// A SHA-256 of what its author wrote, by which a key that is used twice for different broadcasts is found out.
    pub fingerprint: [u8; 32],
    /// The message to all of them, without `to`.
    pub json: Box<RawValue>,
    /// The author's name for it.
    pub reference: Option<String>,
    /// Not before this time, to the millisecond.
    pub at: Option<Timestamp>,
}

/// A broadcast that is kept.
#[derive(Clone)]
pub struct Broadcast {
    /// Its place among all broadcasts.
    pub seq: u64,
    /// The host's id.
    pub id: String,
    /// The channel.
    pub channel_id: String,
    /// SHA-256 of what its author wrote.
    pub fingerprint: [u8; 32],
    /// The message to all of them, without `to`.
    pub json: Box<RawValue>,
    /// The author's name for it.
    pub reference: Option<String>,
    /// How far it has come.
    pub state: CastState,
    /// Not before this time.
    pub at: Option<Timestamp>,
    /// When it was created, to the millisecond.
    pub created_at: Timestamp,
    /// When it came to this state, to the millisecond.
    pub changed_at: Timestamp,
    /// How many people are on its list.
    pub total: u64,
}

/// How far a broadcast has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CastState {
    /// Its list is being written down.
    Gathering,
    /// It waits for its time.
    Scheduled,
    /// Its people get their turns.
    Running,
    /// Somebody has paused it.
    Paused,
    /// Too much of it was refused.
    Stopped,
    /// Somebody has ended it.
    Cancelled,
    /// Everybody had their turn, and what became of it is known.
    Done,
}

/// Which broadcasts are asked for.
#[derive(Clone, Debug, Default)]
pub struct BroadcastQuery {
    /// Only those before this place.
    pub before: Option<u64>,
    /// How many at most.
    pub limit: usize,
    /// Only one channel's.
    pub channel_id: Option<String>,
    /// Only those in these states; empty for all.
    pub states: Vec<CastState>,
}

/// Somebody on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Their place on it.
    pub position: u64,
    /// The person.
    pub person: String,
}

/// What somebody's turn comes to.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Their place on the list.
    pub position: u64,
    /// The message that they get, or why they get none.
    pub given: Result<NewMessage, String>,
}

/// What became of the wish to keep a broadcast.
#[derive(Debug)]
#[must_use]
pub enum Created {
    /// It is kept, and its people may be added.
    New,
    /// The key is in use. The fingerprint tells whether by the same broadcast.
    Known(Box<Broadcast>),
}

/// How far a broadcast has come, by what is looked up fast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many got a message of their own.
    pub taken: u64,
    /// How many of those messages have come to no end yet.
    pub open: u64,
    /// How many of them have, since it was last resumed after it had stopped.
    pub tried: u64,
    /// How many of those the provider has refused.
    pub refused: u64,
    /// Whether somebody still waits for their turn.
    pub waiting: bool,
}

/// What became of everybody on a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many got a message of their own.
    pub taken: u64,
    /// Those messages by how far they have come.
    pub statuses: BTreeMap<String, u64>,
    /// Those that failed, by the code of the failure.
    pub failures: BTreeMap<String, u64>,
    /// Who was skipped, by why.
    pub skipped: BTreeMap<String, u64>,
}

/// For how long the same words without a key are the same broadcast: a client that got no answer asks again by itself.
pub(super) const REPEATED_WITHIN: Duration = Duration::from_mins(10);
/// Why somebody is skipped who was erased.
pub(super) const ERASED: &str = "erased";

impl CastState {
    /// All of them.
    pub(crate) const ALL: [Self; 7] =
        [Self::Gathering, Self::Scheduled, Self::Running, Self::Paused, Self::Stopped, Self::Cancelled, Self::Done];

    /// As it is written and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gathering => "gathering",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Cancelled => "cancelled",
            Self::Done => "done",
        }
    }

    /// As it was written.
    pub(crate) fn written(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether a host has to go on with it.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Scheduled | Self::Running)
    }
}

/// The code of a message that was taken and not begun before its broadcast came to an end.
pub const BROADCAST_ENDED: &str = "broadcast_ended";

// What is said is nobody's who reads a log.
impl fmt::Debug for NewBroadcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, channel_id, .. } = self;
        f.debug_struct("NewBroadcast").field("id", id).field("channel_id", channel_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Broadcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, channel_id, state, .. } = self;
        f.debug_struct("Broadcast")
            .field("id", id)
            .field("channel_id", channel_id)
            .field("state", state)
            .finish_non_exhaustive()
    }
}
