//! What was overtaken on its way. The log keeps the order of arrival; an event that comes after one that happened later says so,
//! when it is stored, so that what is stored is what is read.

use std::collections::HashMap;
use std::future::ready;
use std::sync::Arc;

use channel_api::{Event, Identity, Timestamp};
use moka::future::Cache;
use moka::ops::compute::Op;

use crate::store::{Conversations, Newest, StoreError};

/// Of how many conversations the newest event is remembered in memory; the store remembers the others.
const MAX_CACHED: u64 = 10_000;

/// A channel's id, and a person's.
type Key = (String, String);

/// Knows of each conversation what happened last, of all that was told.
#[derive(Clone, Debug)]
pub(super) struct Order {
    conversations: Arc<dyn Conversations>,
    newest: Cache<Key, Option<Newest>>,
}

impl Order {
    pub(super) fn new(conversations: Arc<dyn Conversations>) -> Self {
        Self { conversations, newest: Cache::new(MAX_CACHED) }
    }

    /// For the events of one delivery, in their order.
    pub(super) fn arrivals(&self) -> Arrivals<'_> {
        Arrivals { order: self, newest: HashMap::new() }
    }

    /// Forgets a conversation.
    pub(super) async fn forget(&self, channel_id: &str, person: &str) {
        self.newest.invalidate(&(channel_id.to_owned(), person.to_owned())).await;
    }

    /// `None` also when the store fails: then an event is not marked, and is stored or not.
    async fn newest(&self, key: &Key) -> Option<Newest> {
        let stored = self.conversations.newest(&key.0, &key.1);
        let newest: Result<_, Arc<StoreError>> = self.newest.try_get_with_by_ref(key, stored).await;
        newest.ok().flatten()
    }
}

/// The events of one delivery.
#[derive(Debug)]
pub(super) struct Arrivals<'a> {
    order: &'a Order,
    newest: HashMap<Key, Option<Newest>>,
}

impl Arrivals<'_> {
    /// Marks an event that happened before what was stored already of its conversation. What is told apart by its entry's time has
    /// neither a time of its own nor, before it is stored, an id.
    pub(super) async fn mark(&mut self, event: &mut Event, identity: &Identity, person: Option<&str>) {
        let (Some(person), Some(at), false) = (person, event.timestamp, event.imported) else { return };
        if matches!(identity, Identity::Derived { entry_time: Some(_), .. }) {
            return;
        }
        let key = (event.channel_id.to_string(), person.to_owned());
        if !self.newest.contains_key(&key) {
            let known = self.order.newest(&key).await;
            self.newest.insert(key.clone(), known);
        }
        let newest = self.newest.entry(key).or_default();
        match newest {
            Some(newest) if at < newest.at => event.overtaken_by = Some(newest.id.clone()),
            // Nothing has happened after it was told, whatever the provider's clock says.
            _ => *newest = Some(Newest { id: identity.id(), at: at.min(Timestamp::now()) }),
        }
    }

    /// A conversation of which something was not kept, since its person was erased.
    pub(super) fn forget(&mut self, channel_id: &str, person: &str) {
        self.newest.remove(&(channel_id.to_owned(), person.to_owned()));
    }

    /// All of them are stored. What another delivery has told meanwhile stands if it is newer.
    pub(super) async fn told(self) {
        for (key, newest) in self.newest {
            let newer = |known: Option<moka::Entry<Key, Option<Newest>>>| {
                let known = known.and_then(moka::Entry::into_value);
                let is_newer = newest.as_ref().map(|newest| newest.at) > known.map(|known| known.at);
                ready(if is_newer { Op::Put(newest) } else { Op::Nop })
            };
            self.order.newest.entry(key).and_compute_with(newer).await;
        }
    }
}
