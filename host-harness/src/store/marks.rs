//! What was published on a bus and is not known to have been taken from it.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;

/// Remembers what lies on a bus, so that nothing is published twice, and what its consumer did not take is found.
#[async_trait]
pub trait Marks: fmt::Debug + Send + Sync {
    /// Writes down that events were published, in place of what was written of them before, and all or none. Of a person who was erased
    /// meanwhile it stays [`Erased`](MarkState::Erased). It waits for room rather than be [`StoreError::Busy`].
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] without a channel; [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn put(&self, marks: Vec<Mark>) -> Result<(), StoreError>;

    /// Marks of a channel's events after this number, in the order of the log.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn of_channel(&self, channel_id: &str, after: u64, limit: usize) -> Result<Vec<Mark>, StoreError>;

    /// Marks of a kind whose copies lie after this place of the stream, in the stream's order.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn in_stream(&self, kind: MarkKind, after: u64, limit: usize) -> Result<Vec<Mark>, StoreError>;

    /// Marks that it stands so with, by channel and in the order of the log. For those that are few: not for what was only
    /// [published](MarkState::Published).
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn in_state(&self, state: MarkState, limit: usize) -> Result<Vec<Mark>, StoreError>;

    /// Changes how it stands with these, as far as they are still where their caller believes. Nobody who was erased comes back.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn change(&self, marks: Vec<Mark>, to: MarkState) -> Result<(), StoreError>;

    /// Forgets these, as far as they are still where their caller believes.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn forget(&self, marks: Vec<Mark>) -> Result<(), StoreError>;

    /// The first event of a channel that may have to be published again: one that was [published](MarkState::Published) or
    /// [given up](MarkState::GivenUp), or is [due](MarkState::Due).
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn first(&self, channel_id: &str) -> Result<Option<u64>, StoreError>;

    /// Leaves of a person's marks nothing but where the copies lie, so that they can be deleted, too.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError>;
}

/// That an event lies on the bus.
#[derive(Clone, PartialEq, Eq)]
pub struct Mark {
    /// The event's channel.
    pub channel_id: String,
    /// The event's number.
    pub event_seq: u64,
    /// As what it was published.
    pub kind: MarkKind,
    /// The person it is about.
    pub person: Option<String>,
    /// The id under which it was published, the latest.
    pub nats_id: String,
    /// Where in the stream it lies.
    pub stream_seq: u64,
    /// When it was published, to the millisecond.
    pub published_at: Timestamp,
    /// How often it was published anew.
    pub tries: u32,
    /// Whether its consumer was known to work when it was published: it had taken a later one before.
    pub proven: bool,
    /// Whether an earlier copy may have come there that nobody knows of.
    pub again: bool,
    /// A digest of the settings under which it was published.
    pub settings: u64,
    /// How it stands.
    pub state: MarkState,
}

/// As what an event was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarkKind {
    /// Something that a person said.
    Message,
    /// What became of an answer.
    Status,
}

/// How it stands with what was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkState {
    /// It lies there.
    Published,
    /// Its consumer does not take it, and it is published once more.
    GivenUp,
    /// It was not taken then either. It is published again when somebody says so.
    Refused,
    /// It is published again as soon as that can be: somebody said so.
    Due,
    /// Its person is erased: what still lies there has to go.
    Erased,
}

impl MarkKind {
    pub(super) const ALL: [Self; 2] = [Self::Message, Self::Status];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Status => "status",
        }
    }
}

impl MarkState {
    pub(super) const ALL: [Self; 5] = [Self::Published, Self::GivenUp, Self::Refused, Self::Due, Self::Erased];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::GivenUp => "given_up",
            Self::Refused => "refused",
            Self::Due => "due",
            Self::Erased => "erased",
        }
    }
}

// The person stays out of logs.
impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mark")
            .field("channel_id", &self.channel_id)
            .field("event_seq", &self.event_seq)
            .field("stream_seq", &self.stream_seq)
            .field("tries", &self.tries)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
