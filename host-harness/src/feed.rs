//! What consumers read: the stored events, with what is known by now of the people in them.

use std::sync::Arc;

use tokio::sync::watch;

use crate::people::People;
use crate::store::{EventLog, Query, StoreError, StoredEvent};

/// Reads events in order.
#[derive(Clone, Debug)]
pub struct Feed {
    events: Arc<dyn EventLog>,
    people: People,
}

impl Feed {
    pub(crate) fn new(events: Arc<dyn EventLog>, people: People) -> Self {
        Self { events, people }
    }

    /// The events after a place.
    ///
    /// # Errors
    /// The store's.
    pub async fn read(&self, query: Query) -> Result<Vec<StoredEvent>, StoreError> {
        let mut events = self.events.read(query).await?;
        self.people.add_profiles(&mut events).await;
        Ok(events)
    }

    /// The number of the last event that is stored.
    pub fn last(&self) -> u64 {
        self.events.last()
    }

    /// Changes whenever events are stored.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.events.watch()
    }
}
