//! Who answers a person, when they were last heard of, and whether they can be reached.

use std::fmt;

use async_trait::async_trait;
use channel_api::ThreadOwner;
use jiff::Timestamp;

use super::StoreError;

/// Remembers who answers whom and who cannot be reached, as far as the host has heard of it.
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

    /// Why a person cannot be reached, where that is known.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn unavailable(&self, channel_id: &str, person: &str) -> Result<Option<Unavailable>, StoreError>;

    /// Writes down that a person cannot be reached, and answers with what stands: what was written down first, until
    /// [`set_available`](Self::set_available) takes it away. It waits for room rather than be [`StoreError::Busy`].
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] when the channel or the person is empty; [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn set_unavailable(
        &self,
        channel_id: &str,
        person: &str,
        unavailable: Unavailable,
    ) -> Result<Unavailable, StoreError>;

    /// Takes away what was written down of that moment or before: a person was heard from, or reached, then.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn set_available(&self, channel_id: &str, person: &str, at: Timestamp) -> Result<(), StoreError>;
}

/// Why a person cannot be reached, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable {
    /// The failure's stable code.
    pub code: String,
    /// When that was first told, to the millisecond.
    pub since: Timestamp,
}

/// Who answers a person, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// Who answers.
    pub owner: ThreadOwner,
    /// When that began, to the millisecond.
    pub since: Timestamp,
}
