//! How far the publishing of a channel has come, for whoever asks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Of each channel that stands in Linktor.
pub(in crate::linktor) type OfChannels = Arc<BTreeMap<String, Arc<Progress>>>;

/// Of one channel.
#[derive(Debug, Default)]
pub(in crate::linktor) struct Progress {
    waiting: AtomicU64,
}

impl Progress {
    /// How many events are not published yet.
    pub(in crate::linktor) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn wait(&self, events: u64) {
        self.waiting.store(events, Ordering::Relaxed);
    }
}
