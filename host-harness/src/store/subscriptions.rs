//! What was done here about channels' subscriptions, so that a restart does not undo it.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;

/// Remembers what was done about a channel's subscription.
#[async_trait]
pub trait Subscriptions: fmt::Debug + Send + Sync {
    /// What was done; nothing of a channel that is not known.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`]. A caller must not take that for nothing.
    async fn get(&self, channel_id: &str) -> Result<Subscription, StoreError>;

    /// Remembers it, in place of what was remembered before.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] when the channel is empty; [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn put(&self, channel_id: &str, subscription: Subscription) -> Result<(), StoreError>;
}

/// What was done about a channel's subscription, each to the millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subscription {
    /// When somebody ended it; `None` once somebody has asked for it again.
    pub ended_at: Option<Timestamp>,
    /// When it was last made again without being asked for.
    pub mended_at: Option<Timestamp>,
}
