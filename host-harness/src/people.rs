//! Who wrote: names and pictures, looked up beside the way of the messages and never in it.
//!
//! A profile is asked for after the message is stored and acknowledged. Readers get it with the event as soon as it is known;
//! an event is neither late nor lost because a profile is.

mod facts;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use channel_api::{ChannelAdapter, ErrorKind, Retry};
use jiff::{SignedDuration, Timestamp};
use serde_json::value::to_raw_value;
use serde_json::{Map, Value};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use self::facts::with_metadata;
use crate::engine::{PeopleCache, Person, StoredEvent};

/// After this, a person who writes again is looked up again. Pictures expire at Meta, and people change their names.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How long nobody asks again after the provider gave nothing.
const UNKNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);
/// How long nobody at all is looked up after the provider said that it is too much, or that the token is dead.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);
/// How many look-ups run at once.
const AT_ONCE: usize = 4;
/// How many people may wait to be looked up. The next ones are looked up when they write again.
const WAITING: usize = 1_000;
/// How many people are remembered in memory; beyond that the memory starts afresh from the store.
const REMEMBERED: usize = 10_000;

/// Looks people up and remembers them.
#[derive(Clone, Debug)]
pub struct People {
    cache: PeopleCache,
    state: Arc<Mutex<State>>,
    waiting: Arc<Semaphore>,
    running: Arc<Semaphore>,
    stopping: CancellationToken,
}

#[derive(Debug, Default)]
struct State {
    memory: HashMap<Key, Memory>,
    /// Until when nobody is looked up through a channel.
    paused: HashMap<String, Timestamp>,
}

type Key = (String, String);
type Facts = Option<Arc<Map<String, Value>>>;

#[derive(Clone, Debug)]
enum Memory {
    /// Being looked up. What was known before is still shown.
    Asked(Facts),
    /// Known, or known to be unknown; to be asked again after that time.
    Answered(Facts, Timestamp),
}

impl People {
    pub(crate) fn new(cache: PeopleCache, stopping: CancellationToken) -> Self {
        Self {
            cache,
            state: Arc::default(),
            waiting: Arc::new(Semaphore::new(WAITING)),
            running: Arc::new(Semaphore::new(AT_ONCE)),
            stopping,
        }
    }

    /// Looks a person up soon, unless that was done lately. Returns at once.
    pub(crate) fn look_up_soon(&self, adapter: &Arc<dyn ChannelAdapter>, person: &str) {
        if !adapter.capabilities().user_profiles {
            return;
        }
        let Ok(place) = Arc::clone(&self.waiting).try_acquire_owned() else { return };
        let key = (adapter.channel_id().to_string(), person.to_owned());
        if !self.ask(&key) {
            return;
        }
        let (people, adapter) = (self.clone(), Arc::clone(adapter));
        tokio::spawn(async move {
            let stopping = people.stopping.clone();
            // A look-up that is cut off is made again when the person writes again.
            stopping.run_until_cancelled(people.look_up(adapter, key, place)).await;
        });
    }

    async fn look_up(&self, adapter: Arc<dyn ChannelAdapter>, key: Key, _place: OwnedSemaphorePermit) {
        let Ok(_turn) = self.running.acquire().await else { return };
        let now = Timestamp::now();
        if let Ok(Some(known)) = self.cache.get(&key.0, &key.1, now).await {
            return self.remember(key, Memory::Answered(facts(&known), now + KNOWN_FOR));
        }
        let profile = match adapter.user_profile(&key.1).await {
            Ok(profile) => to_raw_value(&profile).ok(),
            Err(error) => {
                // Common and harmless: no consent, no permission, an account without a profile.
                tracing::debug!(channel_id = key.0, code = error.code(), "no profile");
                if matches!(error.kind(), ErrorKind::RateLimited | ErrorKind::Credentials) {
                    return self.pause(&key, now, error.retry_advice());
                }
                None
            }
        };
        let expires = now + if profile.is_some() { KNOWN_FOR } else { UNKNOWN_FOR };
        let person = profile.map_or(Person::Unavailable, Person::Known);
        let facts = facts(&person);
        if let Err(error) = self.cache.put(&key.0, &key.1, person, expires).await {
            tracing::debug!(%error, "a profile was not kept");
        }
        self.remember(key, Memory::Answered(facts, expires));
    }

    /// Puts what is known of the people who wrote these messages into the messages' metadata.
    pub(crate) async fn add_profiles(&self, events: &mut [StoredEvent]) {
        for event in events {
            if event.name != channel_api::event::name::MESSAGE_RECEIVED {
                continue;
            }
            let Some(person) = event.person.clone() else { continue };
            let facts = self.known((event.channel_id.clone(), person)).await;
            if let Some(data) = facts.and_then(|facts| with_metadata(&event.data, &facts)) {
                event.data = data;
            }
        }
    }

    /// What is known, however old: a name that was shown once shall not disappear again.
    async fn known(&self, key: Key) -> Facts {
        if let Some(Memory::Asked(facts) | Memory::Answered(facts, _)) = self.state().memory.get(&key) {
            return facts.clone();
        }
        let stored = self.cache.get(&key.0, &key.1, Timestamp::UNIX_EPOCH).await.ok().flatten();
        let facts = stored.as_ref().and_then(facts);
        // Past at once: only whoever writes again is looked up again.
        self.remember(key, Memory::Answered(facts.clone(), Timestamp::UNIX_EPOCH));
        facts
    }

    /// Whether it is time to ask; marks the person as asked about.
    fn ask(&self, key: &Key) -> bool {
        let now = Timestamp::now();
        let mut state = self.state();
        if state.paused.get(&key.0).is_some_and(|until| *until > now) {
            return false;
        }
        let before = match state.memory.get(key) {
            Some(Memory::Asked(_)) => return false,
            Some(Memory::Answered(_, again)) if *again > now => return false,
            Some(Memory::Answered(facts, _)) => facts.clone(),
            None => None,
        };
        if state.memory.len() >= REMEMBERED {
            state.memory.retain(|_, memory| matches!(memory, Memory::Asked(_)));
        }
        state.memory.insert(key.clone(), Memory::Asked(before));
        true
    }

    fn pause(&self, key: &Key, now: Timestamp, advice: Retry) {
        let told = match advice {
            Retry::Safe { after } | Retry::IfIdempotent { after } => after.and_then(|after| after.try_into().ok()),
            _ => None,
        };
        let mut state = self.state();
        state.paused.insert(key.0.clone(), now + told.unwrap_or(PAUSE).max(PAUSE));
        state.memory.remove(key);
    }

    fn remember(&self, key: Key, what: Memory) {
        self.state().memory.insert(key, what);
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn facts(person: &Person) -> Facts {
    match person {
        Person::Known(profile) => serde_json::from_str(profile.get()).ok().map(Arc::new),
        Person::Unavailable => None,
    }
}
