//! The engine that keeps nothing.

use async_trait::async_trait;
use tokio::sync::watch;

use super::{Appended, Engine, EngineError, EngineStats, NewEvent, Query, StoredEvent};

/// Numbers events and throws them away: what the server costs without a store.
///
/// For measurements only, **never for production**: it acknowledges what is not stored, and drops no duplicates.
#[derive(Debug)]
pub struct Discard {
    last_seq: watch::Sender<u64>,
}

impl Discard {
    /// Starts at sequence number 0.
    #[must_use]
    pub fn new() -> Self {
        Self { last_seq: watch::Sender::new(0) }
    }
}

impl Default for Discard {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Engine for Discard {
    async fn append(&self, events: Vec<NewEvent>) -> Result<Appended, EngineError> {
        let stored = events.len();
        let mut last_seq = 0;
        self.last_seq.send_modify(|seq| {
            *seq += stored as u64;
            last_seq = *seq;
        });
        Ok(Appended { stored, duplicates: 0, last_seq })
    }

    async fn read(&self, _: Query) -> Result<Vec<StoredEvent>, EngineError> {
        Ok(Vec::new())
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.last_seq.subscribe()
    }

    async fn health(&self) -> Result<(), EngineError> {
        Ok(())
    }

    fn stats(&self) -> EngineStats {
        EngineStats::default()
    }

    async fn close(&self) -> Result<(), EngineError> {
        Ok(())
    }
}
