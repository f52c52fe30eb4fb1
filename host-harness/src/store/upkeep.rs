//! What a store does for itself: it forgets what is of no more use, and gives room back.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;

/// Among the cursors' names: how far the clock has come that a host trusted, in milliseconds since 1970.
pub(super) const TRUSTED: &str = "clock.trusted";

/// Keeps a store small. Each call is short, so that nobody waits long behind it.
#[async_trait]
pub trait Upkeep: fmt::Debug + Send + Sync {
    /// How many bytes are in use. What was deleted and is not given back yet does not count.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn size(&self) -> Result<u64, StoreError>;

    /// Forgets at most so many of what no more than helps: uploads that have expired, and by what an event is known to be no news,
    /// once nobody delivers it again. Tells how many those were.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn forget_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// Gives some of the room back that is not in use. Tells whether there is more. A store of an earlier release has none to give
    /// until it was compacted.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn give_back(&self) -> Result<bool, StoreError>;

    /// What the clock showed when a host last trusted it, to the millisecond, if one ever did.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn trusted(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Writes down what the clock shows that is trusted now. It may be lost with the machine's power.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn trust(&self, now: Timestamp) -> Result<(), StoreError>;

    /// Lets nothing that was deleted be found in the store's files.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`], also when somebody reads on and on, or [`StoreError::Closed`].
    async fn wipe(&self) -> Result<(), StoreError>;
}
