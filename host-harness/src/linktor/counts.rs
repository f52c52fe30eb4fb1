//! What is counted of the bus, and what is wrong with it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// What is counted from the start of the host on.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// What people said and was published.
    pub(super) published_messages: AtomicU64,
    /// What became of answers and was published.
    pub(super) published_statuses: AtomicU64,
    /// What else happened and was published.
    pub(super) published_events: AtomicU64,
    /// Answers that were taken from the bus and are kept.
    pub(super) taken: AtomicU64,
    /// Those of them that broke a rule, and failed at once.
    pub(super) refused: AtomicU64,
    /// Agents' acts that were taken.
    pub(super) acts: AtomicU64,
    /// Pulls that were silent, and made again.
    pub(super) pulls_rebuilt: AtomicU64,
    /// Why a consumer cannot be used.
    troubles: Mutex<BTreeMap<String, String>>,
}

impl Counts {
    /// Says why a consumer cannot be used, or that it can.
    pub(super) fn trouble(&self, consumer: &str, reason: Option<String>) {
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        match reason {
            Some(reason) => drop(troubles.insert(consumer.to_owned(), reason)),
            None => drop(troubles.remove(consumer)),
        }
    }

    pub(super) fn reasons(&self) -> Vec<String> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(super) fn add(count: &AtomicU64) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}
