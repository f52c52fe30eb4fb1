//! How far those have come who follow the log, so that a restart goes on where it was.

use std::fmt;

use async_trait::async_trait;

use super::StoreError;

/// Remembers, by name, the number of the last thing that a consumer has dealt with.
#[async_trait]
pub trait Cursors: fmt::Debug + Send + Sync {
    /// Where a consumer stands; 0 for one that has never moved.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn place(&self, consumer: &str) -> Result<u64, StoreError>;

    /// Moves a consumer on, if it still stands where its caller believes. Whether it does: of two who move it one is told that it did
    /// not. No consumer moves back. It waits for room rather than be [`StoreError::Busy`].
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] when the name is empty; [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn advance(&self, consumer: &str, from: u64, to: u64) -> Result<bool, StoreError>;
}
