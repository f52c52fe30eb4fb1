//! Where state lives: small traits, each of which another kind of store can keep its promises about.
//!
//! Each method is idempotent, or changes only what is still as its caller believes it to be; none shares a transaction with
//! another trait. Whoever changes two of them does it in an order after which a crash can be made good by doing both again.
//!
//! [`sqlite`] keeps all of it on the disk of one machine. [`memory`] keeps the most recent of it while the process lives. The
//! same tests show what both promise.

mod broadcasts;
mod conversations;
mod cursors;
mod error;
mod events;
mod heard;
mod holder;
mod marks;
pub mod memory;
mod outbox;
mod parts;
mod pauses;
mod profiles;
pub mod sqlite;
mod statuses;
mod subscriptions;
#[cfg(test)]
mod tests;
mod upkeep;
mod uploads;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

pub use self::broadcasts::{
    BROADCAST_ENDED, Broadcast, BroadcastQuery, Broadcasts, CastState, Counts, Created, NewBroadcast, Recipient, Tally,
    Turn,
};
pub use self::conversations::{Conversations, Known, Newest, Offered, Owned, RECENT, Unavailable};
pub use self::cursors::Cursors;
pub use self::error::{SqliteFault, StoreError};
pub use self::events::{Appended, CopyOf, EventLog, LogStats, MAX_PAGE, NewEvent, Placed, Query, StoredEvent};
pub use self::holder::Holder;
pub use self::marks::{Mark, MarkKind, MarkState, Marks};
use self::memory::Memory;
pub use self::outbox::{
    Accepted, Again, Attempt, AttemptRecord, Call, ErasedMessages, Message, MessageQuery, NewMessage, OUTCOME_LOST,
    OUTCOME_UNKNOWN, Origin, Outbox, Outcome, Place, Retried, SendKey, Status, Step,
};
pub use self::pauses::Pauses;
pub use self::profiles::{Profile, Profiles};
use self::sqlite::Sqlite;
pub use self::statuses::{Arrival, Copied, HELD, Heard, Received, Statuses, Watermark};
pub use self::subscriptions::{Subscription, Subscriptions};
pub use self::upkeep::Upkeep;
pub use self::uploads::{Upload, UploadKey, Uploads};

/// All that a host keeps. A part is handed only to those who need it.
#[derive(Clone, Debug)]
pub struct Stores {
    /// What happened.
    pub events: Arc<dyn EventLog>,
    /// What is sent, and what became of it.
    pub outbox: Arc<dyn Outbox>,
    /// Who answers whom.
    pub conversations: Arc<dyn Conversations>,
    /// What providers say of people.
    pub profiles: Arc<dyn Profiles>,
    /// What providers keep for us.
    pub uploads: Arc<dyn Uploads>,
    /// What was done about channels' subscriptions.
    pub subscriptions: Arc<dyn Subscriptions>,
    /// Which channels are paused.
    pub pauses: Arc<dyn Pauses>,
    /// What goes to many.
    pub broadcasts: Arc<dyn Broadcasts>,
    /// What became of messages after they went out.
    pub statuses: Arc<dyn Statuses>,
    /// How far consumers of the log have come.
    pub cursors: Arc<dyn Cursors>,
    /// What lies on a bus.
    pub marks: Arc<dyn Marks>,
    /// What keeps it small.
    pub upkeep: Arc<dyn Upkeep>,
}

impl Stores {
    /// Opens the store in `data_dir` for a host, which is made if missing. It blocks for a moment.
    ///
    /// # Errors
    ///
    /// As [`Sqlite::open`].
    pub fn open(data_dir: &Path) -> Result<Self, StoreError> {
        Self::open_for(data_dir, Holder::HOST)
    }

    /// The same for a command that ends by itself. Whoever finds the store in use is told its name.
    ///
    /// # Errors
    ///
    /// As [`Sqlite::open`].
    pub fn open_for(data_dir: &Path, command: &str) -> Result<Self, StoreError> {
        Ok(Self::of(Sqlite::open_for(data_dir, command)?))
    }

    /// A store that forgets: for measurements and tests, **never for production**.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::of(Memory::default())
    }

    /// Erases a person: all that is kept of them goes, and nothing is left in the store's files. What happened until `at` does not
    /// come back, whoever tells it. What is being sent to them has to end before. It may be done again at any time, and has to be after an error.
    ///
    /// # Errors
    ///
    /// As [`EventLog::erase`].
    pub async fn erase(&self, channel_id: &str, person: &str, at: Timestamp) -> Result<Erased, StoreError> {
        // Before their messages, or they would be given another.
        self.broadcasts.erase(channel_id, person).await?;
        let ErasedMessages { erased: messages, .. } = self.outbox.erase(channel_id, person).await?;
        let events = self.events.erase(channel_id, person, at).await?;
        self.marks.erase(channel_id, person).await?;
        self.conversations.erase(channel_id, person).await?;
        self.profiles.erase(channel_id, person).await?;
        self.upkeep.wipe().await?;
        Ok(Erased { events, messages })
    }

    fn of<S>(store: S) -> Self
    where
        S: EventLog
            + Outbox
            + Conversations
            + Profiles
            + Uploads
            + Subscriptions
            + Pauses
            + Broadcasts
            + Statuses
            + Cursors
            + Marks
            + Upkeep
            + 'static,
    {
        let store = Arc::new(store);
        Self {
            events: Arc::<S>::clone(&store),
            outbox: Arc::<S>::clone(&store),
            conversations: Arc::<S>::clone(&store),
            profiles: Arc::<S>::clone(&store),
            uploads: Arc::<S>::clone(&store),
            subscriptions: Arc::<S>::clone(&store),
            pauses: Arc::<S>::clone(&store),
            broadcasts: Arc::<S>::clone(&store),
            statuses: Arc::<S>::clone(&store),
            cursors: Arc::<S>::clone(&store),
            marks: Arc::<S>::clone(&store),
            upkeep: store,
        }
    }
}

/// What was erased of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many events.
    pub events: u64,
    /// How many messages.
    pub messages: u64,
}
