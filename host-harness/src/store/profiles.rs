//! What providers say of people, so that they are asked once in a while and not for every message.

use std::fmt;

use async_trait::async_trait;
use channel_api::JsonObject;
use jiff::Timestamp;

use super::StoreError;

/// Remembers what a provider said of a person.
#[async_trait]
pub trait Profiles: fmt::Debug + Send + Sync {
    /// What the provider said last, however long ago.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`]. A caller does well to go on without the profile.
    async fn get(&self, channel_id: &str, person: &str) -> Result<Option<Profile>, StoreError>;

    /// Remembers it, unless a later version is known.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] when the channel or the person is empty; [`StoreError::Busy`] at once when too much is waiting,
    /// [`StoreError::Storage`] or [`StoreError::Closed`]. Nothing is lost by going on without it.
    async fn put(&self, channel_id: &str, person: &str, profile: Profile) -> Result<(), StoreError>;

    /// Forgets at most so many profiles that it was time to ask for again before this moment, and tells how many those were.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// Forgets a person.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError>;
}

/// What a provider said of a person.
#[derive(Clone, PartialEq)]
pub struct Profile {
    /// Its fields, or why there are none: the failure's stable code, where one was given.
    pub answer: Result<JsonObject, Option<String>>,
    /// When it is time to ask again, to the millisecond.
    pub expires_at: Timestamp,
    /// Counts how often it has changed.
    pub version: u64,
}

// Who a person is stays out of logs.
impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.answer.is_ok();
        f.debug_struct("Profile").field("known", &known).field("version", &self.version).finish_non_exhaustive()
    }
}
