//! Erasing a person, while the host works: what is remembered of them goes with what is stored.

use jiff::Timestamp;

use crate::ingest::Ingest;
use crate::people::Profiles;
use crate::sending::Sender;
use crate::store::{Erased, StoreError, Stores};

/// Erases people.
#[derive(Clone, Debug)]
pub(crate) struct Erasure {
    stores: Stores,
    sender: Sender,
    people: Profiles,
    ingest: Ingest,
}

impl Erasure {
    pub(crate) fn new(stores: Stores, sender: Sender, people: Profiles, ingest: Ingest) -> Self {
        Self { stores, sender, people, ingest }
    }

    /// Erases a person. What is told of them later is kept as of somebody new.
    ///
    /// # Errors
    /// [`StoreError`]; the rest is done by erasing again.
    pub(crate) async fn erase(&self, channel_id: &str, person: &str) -> Result<(Erased, Timestamp), StoreError> {
        // Before the moment from which on they are new: that of all that was told of these messages is earlier.
        let mut erased = Erased { messages: self.sender.erase(channel_id, person).await?, ..Erased::default() };
        let at = Timestamp::now();
        self.people.forget(channel_id, person).await;
        loop {
            let Erased { events, messages } = self.stores.erase(channel_id, person, at).await?;
            erased = Erased { events: erased.events + events, messages: erased.messages + messages };
            self.ingest.forget(channel_id, person).await;
            // Whoever was looked up meanwhile was written down again.
            if !self.people.forget(channel_id, person).await {
                return Ok((erased, at));
            }
        }
    }
}
