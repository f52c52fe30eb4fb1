//! Which channels send nothing because somebody said so, so that a restart does not undo it.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;

/// Remembers which channels are paused.
#[async_trait]
pub trait Pauses: fmt::Debug + Send + Sync {
    /// The channels that are paused, and since when.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`]. A caller must not take that for none.
    async fn paused(&self) -> Result<Vec<(String, Timestamp)>, StoreError>;

    /// Remembers that a channel is paused, to the millisecond. One that is paused stays so since it was.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] when the channel is empty; [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn pause(&self, channel_id: &str, since: Timestamp) -> Result<(), StoreError>;

    /// Remembers that it is not.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn resume(&self, channel_id: &str) -> Result<(), StoreError>;
}
