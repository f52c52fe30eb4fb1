//! Who wrote: names and pictures, looked up beside the way of the messages and never in it.
//!
//! A profile is asked for after the message is stored and acknowledged. Readers get it with the event as soon as it is known;
//! an event is neither late nor lost because a profile is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use channel_api::ChannelAdapter;
use jiff::{SignedDuration, Timestamp};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::engine::{PeopleCache, Person, StoredEvent};

/// How long a profile is believed. Pictures expire at Meta, and people change their names.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How long nobody asks again after the provider gave nothing.
const UNKNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);
/// How many look-ups run at once.
const AT_ONCE: usize = 4;
/// How many people are remembered in memory; beyond that the memory starts afresh from the store.
const REMEMBERED: usize = 10_000;

/// Looks people up and remembers them.
#[derive(Clone, Debug)]
pub struct People {
    cache: PeopleCache,
    memory: Arc<Mutex<HashMap<Key, Memory>>>,
    permits: Arc<Semaphore>,
    tasks: TaskTracker,
}

type Key = (String, String);

#[derive(Clone, Debug)]
enum Memory {
    /// Being looked up.
    Asked,
    /// Looked up, until then. `None` when the provider gave nothing.
    Answered(Option<Arc<Map<String, Value>>>, Timestamp),
}

impl People {
    pub(crate) fn new(cache: PeopleCache, tasks: TaskTracker) -> Self {
        Self { cache, memory: Arc::default(), permits: Arc::new(Semaphore::new(AT_ONCE)), tasks }
    }

    /// Looks a person up unless that was done lately. Returns at once.
    pub(crate) fn meet(&self, adapter: &Arc<dyn ChannelAdapter>, person: &str) {
        let key = (adapter.channel_id().to_string(), person.to_owned());
        if !adapter.capabilities().user_profiles || !self.ask(&key) {
            return;
        }
        let (people, adapter) = (self.clone(), Arc::clone(adapter));
        self.tasks.spawn(async move {
            let now = Timestamp::now();
            let known = people.cache.get(&key.0, &key.1, now).await.ok().flatten();
            let (profile, expires) = match known {
                Some(Person::Known(profile)) => (serde_json::from_str(profile.get()).ok(), now + KNOWN_FOR),
                Some(Person::Unavailable) => (None, now + UNKNOWN_FOR),
                None => people.look_up(&*adapter, &key, now).await,
            };
            people.remember(key, Memory::Answered(profile.map(Arc::new), expires));
        });
    }

    async fn look_up(
        &self,
        adapter: &dyn ChannelAdapter,
        key: &Key,
        now: Timestamp,
    ) -> (Option<Map<String, Value>>, Timestamp) {
        let _permit = self.permits.acquire().await;
        let profile = match adapter.user_profile(&key.1).await {
            Ok(profile) => Some(profile),
            Err(error) => {
                // Common and harmless: no consent, no permission, an account without a profile.
                tracing::debug!(channel_id = key.0, code = error.code(), "no profile");
                None
            }
        };
        let raw = profile.as_ref().and_then(|profile| to_raw_value(profile).ok());
        let expires = now + if raw.is_some() { KNOWN_FOR } else { UNKNOWN_FOR };
        let person = raw.clone().map_or(Person::Unavailable, Person::Known);
        if let Err(error) = self.cache.put(&key.0, &key.1, person, expires).await {
            tracing::debug!(%error, "a profile was not kept");
        }
        (raw.and_then(|raw| serde_json::from_str(raw.get()).ok()), expires)
    }

    /// Puts what is known of the person who wrote a message into the message's metadata.
    pub(crate) async fn introduce(&self, event: &mut StoredEvent) {
        if event.name != channel_api::event::name::MESSAGE_RECEIVED {
            return;
        }
        let Some(person) = event.person.clone() else { return };
        let key = (event.channel_id.clone(), person);
        let profile = match self.recall(&key) {
            Some(Memory::Answered(profile, _)) => profile,
            Some(Memory::Asked) => None,
            None => match self.cache.get(&key.0, &key.1, Timestamp::now()).await {
                Ok(Some(Person::Known(profile))) => serde_json::from_str(profile.get()).ok().map(Arc::new),
                _ => None,
            },
        };
        if let Some(data) = profile.and_then(|profile| with_metadata(&event.data, &profile)) {
            event.data = data;
        }
    }

    /// Whether nobody has asked yet; marks it as asked.
    fn ask(&self, key: &Key) -> bool {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        match memory.get(key) {
            Some(Memory::Asked) => return false,
            Some(Memory::Answered(_, expires)) if *expires > Timestamp::now() => return false,
            _ => {}
        }
        if memory.len() >= REMEMBERED {
            memory.retain(|_, memory| matches!(memory, Memory::Asked));
        }
        memory.insert(key.clone(), Memory::Asked);
        true
    }

    fn remember(&self, key: Key, what: Memory) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).insert(key, what);
    }

    fn recall(&self, key: &Key) -> Option<Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }
}

fn with_metadata(data: &RawValue, facts: &Map<String, Value>) -> Option<Box<RawValue>> {
    let mut data: Map<String, Value> = serde_json::from_str(data.get()).ok()?;
    let metadata = data.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
    for (name, value) in facts {
        metadata.as_object_mut()?.entry(name).or_insert_with(|| value.clone());
    }
    to_raw_value(&data).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn facts_are_added_and_never_replace_the_provider_s() {
        let data = to_raw_value(&json!({"id": "1", "metadata": {"mid": "m_1", "firstName": "Ana"}})).unwrap();
        let facts = json!({"firstName": "Other", "lastName": "Lima"});
        let data = with_metadata(&data, facts.as_object().unwrap()).unwrap();
        let data: Value = serde_json::from_str(data.get()).unwrap();
        assert_eq!(data, json!({"id": "1", "metadata": {"mid": "m_1", "firstName": "Ana", "lastName": "Lima"}}));
    }
}
