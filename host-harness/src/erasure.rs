//! Erasing a person, while the host works: what is remembered of them goes with what is stored.

use jiff::Timestamp;

use crate::ingest::Ingest;
use crate::people::Profiles;
use crate::store::{Erased, StoreError, Stores};

/// Erases people.
#[derive(Clone, Debug)]
pub(crate) struct Erasure {
    stores: Stores,
    people: Profiles,
    ingest: Ingest,
}

impl Erasure {
    pub(crate) fn new(stores: Stores, people: Profiles, ingest: Ingest) -> Self {
        Self { stores, people, ingest }
    }

    /// Erases a person. What is told of them later is kept as of somebody new.
    ///
    /// # Errors
    /// [`StoreError`]; the rest is done by erasing again.
    pub(crate) async fn erase(&self, channel_id: &str, person: &str) -> Result<(Erased, Timestamp), StoreError> {
        let at = Timestamp::now();
        let mut erased = Erased::default();
        self.people.forget(channel_id, person).await;
        loop {
            let Erased { events } = self.stores.erase(channel_id, person, at).await?;
            erased.events += events;
            self.ingest.forget(channel_id, person).await;
            // Whoever was looked up meanwhile was written down again.
            if !self.people.forget(channel_id, person).await {
                return Ok((erased, at));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use channel_api::{ChannelAdapter, UserProfile};
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::scripted::Scripted;
    use crate::statuses::{Clocks, Watermarks};
    use crate::store::Query;

    #[tokio::test]
    async fn who_is_looked_up_while_they_are_erased_is_not_known_afterwards() {
        let stores = Stores::in_memory();
        let events = Arc::clone(&stores.events);
        let people = Profiles::new(Arc::clone(&stores.profiles), Arc::clone(&events), CancellationToken::new());
        let watermarks = Watermarks::new(Arc::clone(&stores.statuses), Clocks::default());
        let ingest = Ingest::new(Arc::clone(&events), Arc::clone(&stores.conversations), people.clone(), watermarks);
        let ana = UserProfile { first_name: Some("Ana".to_owned()), ..UserProfile::default() };
        let stub = Arc::new(Scripted::new("ch_1").knowing(Ok(ana)).slow());
        let channel: Arc<dyn ChannelAdapter> = Arc::<Scripted>::clone(&stub);
        people.prefetch(&channel, "7411").await;
        let erasure = Erasure::new(stores.clone(), people.clone(), ingest);
        let erasing = tokio::spawn(async move { erasure.erase("ch_1", "7411").await });
        stub.go_on();
        let erasing = tokio::time::timeout(std::time::Duration::from_secs(20), erasing);
        erasing.await.unwrap().unwrap().unwrap();
        assert!(people.known("ch_1", "7411").await.answer.is_err());
        assert!(stores.profiles.get("ch_1", "7411").await.unwrap().is_none());
        let left = events.read(Query { limit: 10, ..Query::default() }).await.unwrap();
        assert!(left.is_empty(), "{left:?}");
    }
}
