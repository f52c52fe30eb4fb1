//! What consumers read: the stored events, with what is known by now of the people in them.

use std::sync::Arc;

use tokio::sync::watch;

use crate::engine::{Engine, EngineError, Query, StoredEvent};
use crate::people::People;

/// Reads events in order.
#[derive(Clone, Debug)]
pub struct Feed {
    engine: Arc<dyn Engine>,
    people: Option<People>,
}

impl Feed {
    pub(crate) fn new(engine: Arc<dyn Engine>, people: Option<People>) -> Self {
        Self { engine, people }
    }

    /// The events after a place.
    ///
    /// # Errors
    /// The engine's.
    pub async fn read(&self, query: Query) -> Result<Vec<StoredEvent>, EngineError> {
        let mut events = self.engine.read(query).await?;
        if let Some(people) = &self.people {
            people.add_profiles(&mut events).await;
        }
        Ok(events)
    }

    /// The number of the last event that is stored.
    pub fn last(&self) -> u64 {
        *self.engine.watch().borrow()
    }

    /// Changes whenever events are stored.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.engine.watch()
    }
}
