//! What keeps the events and hands them to consumers.
//!
//! An event is stored before its delivery is acknowledged: [`Engine::append`] returns after the commit, never before.
//! Consumers follow by cursor: they [`watch`](Engine::watch) the last committed sequence number, then
//! [`read`](Engine::read) what comes after their own.
//!
//! The engine knows no channel. Its records are plain, so that another store can take its place.

mod data_dir;
mod discard;
mod embedded;
mod error;
mod people;
mod reader;
mod schema;
mod send_ledger;
#[cfg(test)]
mod tests;
mod threads;
mod uploads;
mod writer;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::watch;

pub use self::discard::Discard;
pub use self::embedded::Embedded;
pub use self::error::{EngineError, SqliteFault};
pub use self::people::{PeopleCache, Person};
pub use self::reader::EventReader;
pub use self::send_ledger::{Begin, OpenSend, SendLedger};
pub use self::threads::{Owned, ThreadTable};
pub use self::uploads::{UploadCache, UploadKept, UploadKey};
pub use self::writer::Limits;

/// The most events that one [`Engine::read`] returns, whatever the query asks for.
pub const MAX_PAGE: usize = 1_000;

/// Keeps events in the order of their arrival.
#[async_trait]
pub trait Engine: Send + Sync + fmt::Debug {
    /// Stores the events, in order and all or none, and returns after the commit.
    ///
    /// An event whose channel already has one of the same id is a duplicate: it is counted and dropped.
    ///
    /// # Errors
    ///
    /// [`EngineError::Busy`] at once when too much is waiting. On any error but [`EngineError::Refused`] the caller
    /// must not acknowledge and may append the same events again, since duplicates are dropped.
    async fn append(&self, events: Vec<NewEvent>) -> Result<Appended, EngineError>;

    /// Returns the events after a sequence number, in order.
    ///
    /// An empty answer means that nothing more is stored at this moment.
    ///
    /// # Errors
    ///
    /// [`EngineError::Storage`] or [`EngineError::Closed`]; [`EngineError::CorruptEvent`] when the very next event
    /// cannot be read.
    async fn read(&self, query: Query) -> Result<Vec<StoredEvent>, EngineError>;

    /// The sequence number of the last committed event, 0 before the first; it changes with every commit.
    fn watch(&self) -> watch::Receiver<u64>;

    /// Proves that the engine can store, by storing something.
    ///
    /// # Errors
    ///
    /// The error that an [`append`](Engine::append) would meet now.
    async fn health(&self) -> Result<(), EngineError>;

    /// Numbers for the metrics.
    fn stats(&self) -> EngineStats;

    /// Takes no more requests, commits those that wait, and lets go of the files. A second call waits for the first.
    ///
    /// # Errors
    ///
    /// [`EngineError::Storage`] when the files could not be brought to rest. What was acknowledged is stored even so.
    async fn close(&self) -> Result<(), EngineError>;
}

/// An event to be stored.
#[derive(Clone)]
pub struct NewEvent {
    /// The channel it came through.
    pub channel_id: Arc<str>,
    /// The deduplication key: unique within the channel, the same in every redelivery.
    pub id: String,
    /// The event's name, such as `message.received`.
    pub name: Cow<'static, str>,
    /// The person it is about, by the provider's id.
    pub person: Option<String>,
    /// Who answers the person from now on, where the event says so.
    pub owner: Option<Owned>,
    /// The event's `data`.
    pub data: Box<RawValue>,
}

/// An event as it is kept. It serialises as the API shows it: `{"seq","event","data"}`.
#[derive(Clone, Serialize)]
pub struct StoredEvent {
    /// Its place in the order of arrival. Numbers rise; they are never used twice, but may leave gaps.
    pub seq: u64,
    /// The channel it came through.
    #[serde(skip)]
    pub channel_id: String,
    /// The deduplication key.
    #[serde(skip)]
    pub id: String,
    /// The event's name, such as `message.received`.
    #[serde(rename = "event")]
    pub name: String,
    /// The person it is about, by the provider's id.
    #[serde(skip)]
    pub person: Option<String>,
    /// The event's `data`, exactly as it was appended.
    pub data: Box<RawValue>,
    /// When the engine took it, to the millisecond.
    #[serde(skip)]
    pub received_at: Timestamp,
}

/// Which events to read.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Only events with a higher sequence number; 0 reads from the first.
    pub after: u64,
    /// At most so many events, and never more than [`MAX_PAGE`].
    pub limit: usize,
    /// Only events of this channel.
    pub channel_id: Option<String>,
}

/// What became of appended events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// How many are new.
    pub stored: usize,
    /// How many were there before, or came twice in this request.
    pub duplicates: usize,
    /// The highest sequence number given out when this request had been written.
    pub last_seq: u64,
}

/// Numbers for the metrics, counted since the engine was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EngineStats {
    /// Transactions committed. Far fewer than `requests` under load: many requests share one.
    pub commits: u64,
    /// Requests that a commit has answered: appends, sends, people and health checks.
    pub requests: u64,
    /// Requests that wait for the writer now.
    pub queued: usize,
    /// How many may wait before [`EngineError::Busy`].
    pub queue_capacity: usize,
}

// What people wrote stays out of logs: neither Debug shows the data or the person.
impl fmt::Debug for NewEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEvent")
            .field("channel_id", &self.channel_id)
            .field("id", &self.id)
            .field("name", &self.name)
            .field("data_bytes", &self.data.get().len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredEvent")
            .field("seq", &self.seq)
            .field("channel_id", &self.channel_id)
            .field("id", &self.id)
            .field("name", &self.name)
            .field("data_bytes", &self.data.get().len())
            .finish_non_exhaustive()
    }
}
