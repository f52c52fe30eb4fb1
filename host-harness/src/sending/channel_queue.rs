//! What waits on one channel, for its worker and for who brings more.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::queue::{Line, Queue, Waiting};

/// What waits on a channel, and its worker's bell.
pub(super) struct ChannelQueue {
    channel_id: String,
    queue: Mutex<Queue>,
    wake: Notify,
}

impl ChannelQueue {
    /// Nothing waits yet. `total` counts with those of other channels.
    pub(super) fn new(channel_id: &str, total: Arc<AtomicUsize>) -> Self {
        let (channel_id, queue) = (channel_id.to_owned(), Mutex::new(Queue::counted(total)));
        Self { channel_id, queue, wake: Notify::new() }
    }

    /// There may be something to do.
    pub(super) fn ring(&self) {
        self.wake.notify_one();
    }

    /// Waits until there may be something to do.
    pub(super) async fn rung(&self) {
        self.wake.notified().await;
    }

    pub(super) fn channel_id(&self) -> &str {
        &self.channel_id
    }

    /// A line's message has ended, or goes back into it: the next one may be sent, or not before `until`.
    pub(super) fn free(&self, line: &Line, back: Option<Waiting>, until: Option<Instant>) {
        self.queue().free(line, back, until);
        self.ring();
    }

    /// Brings back what was taken out.
    pub(super) fn push(&self, waiting: Waiting) {
        self.queue().push(waiting);
    }

    /// Takes out what is too old.
    pub(super) fn expired(&self) -> Vec<Waiting> {
        self.queue().expired(Instant::now())
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for ChannelQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChannelQueue").field("channel_id", &self.channel_id).finish_non_exhaustive()
    }
}
