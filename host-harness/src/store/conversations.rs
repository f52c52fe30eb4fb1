//! Who answers a person, and when they were last heard of.

use std::fmt;

use async_trait::async_trait;
use channel_api::ThreadOwner;
use jiff::Timestamp;

use super::StoreError;

/// Remembers who answers whom, as far as the host has heard of it.
#[async_trait]
pub trait Conversations: fmt::Debug + Send + Sync {
    /// What was last heard of who answers this person.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn owner(&self, channel_id: &str, person: &str) -> Result<Option<Owned>, StoreError>;

    /// Writes down who answers from `owned.since` on, unless something of that moment or later is known: what is told late was
    /// true earlier, and what is told again is no news. It waits for room rather than be [`StoreError::Busy`]: the hand-over has
    /// happened.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] when the channel or the person is empty; [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn set_owner(&self, channel_id: &str, person: &str, owned: Owned) -> Result<(), StoreError>;

    /// When the last message of either side was stored; a tap is a message.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn last_message(&self, channel_id: &str, person: &str) -> Result<Option<Timestamp>, StoreError>;
}

/// Who answers a person, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// Who answers.
    pub owner: ThreadOwner,
    /// When that began, to the millisecond.
    pub since: Timestamp,
}
