//! Who wrote: names and pictures, looked up beside the way of the messages and never in it.
//!
//! A profile is asked for after the message is stored and acknowledged. Readers get it with the event as soon as it is known;
//! an event is neither late nor lost because a profile is.

mod facts;
mod name;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use channel_api::{ChannelAdapter, Error, ErrorKind, Retry, UserProfile};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

use self::facts::{metadata, with_metadata};
pub(crate) use self::name::Name;
use crate::store::{Profile, Profiles, StoredEvent};

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
    profiles: Arc<dyn Profiles>,
    state: Arc<Mutex<State>>,
    /// Changes whenever a look-up has ended.
    answered: Arc<watch::Sender<()>>,
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

/// What is known of a person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// What the provider says of them.
    pub(crate) facts: Option<Arc<Map<String, Value>>>,
    /// Why it says nothing: the failure's code.
    pub(crate) trouble: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
enum Memory {
    /// Being looked up. What was known before is still shown.
    Asked(Known),
    /// Known, or known to be unknown; to be asked again after that time.
    Answered(Known, Timestamp),
}

impl People {
    pub(crate) fn new(profiles: Arc<dyn Profiles>, stopping: CancellationToken) -> Self {
        Self {
            profiles,
            state: Arc::default(),
            answered: Arc::new(watch::Sender::new(())),
            waiting: Arc::new(Semaphore::new(WAITING)),
            running: Arc::new(Semaphore::new(AT_ONCE)),
            stopping,
        }
    }

    /// Looks a person up soon, unless that was done lately. Returns at once.
    pub(crate) fn look_up_soon(&self, adapter: &Arc<dyn ChannelAdapter>, person: &str) {
        if adapter.people().is_none() {
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

    /// The person's name: as it is known, else looked up, but never waited for longer than `patience`. A look-up that takes
    /// longer goes on, for the next time.
    pub(crate) async fn name(
        &self,
        adapter: &Arc<dyn ChannelAdapter>,
        person: &str,
        patience: Duration,
    ) -> Option<Name> {
        let key = (adapter.channel_id().to_string(), person.to_owned());
        let mut answered = self.answered.subscribe();
        let known = self.known(&key).await;
        if known.facts.is_none() {
            self.look_up_soon(adapter, person);
            let done = async { while self.is_asked(&key) && answered.changed().await.is_ok() {} };
            // Too late is as good as unknown.
            let _late = tokio::time::timeout(patience, done).await;
        }
        Name::of(&*self.known(&key).await.facts?)
    }

    async fn look_up(&self, adapter: Arc<dyn ChannelAdapter>, key: Key, _place: OwnedSemaphorePermit) {
        let Ok(_turn) = self.running.acquire().await else { return };
        let now = Timestamp::now();
        let stored = self.profiles.get(&key.0, &key.1).await.ok().flatten();
        if let Some(profile) = stored.filter(|profile| profile.expires_at > now) {
            return self.remember(key, Memory::Answered(known(&profile), profile.expires_at));
        }
        let Some(people) = adapter.people() else { return };
        match people.look_up(&key.1).await {
            Ok(profile) => self.keep(key, now, &profile).await,
            Err(error) => self.note(key, now, &error).await,
        }
    }

    async fn keep(&self, key: Key, now: Timestamp, profile: &UserProfile) {
        let said = match serde_json::to_value(profile) {
            Ok(Value::Object(fields)) => Ok(fields),
            _ => Err(None),
        };
        self.put(key, Profile { said, expires_at: now + KNOWN_FOR, version: 0 }).await;
    }

    /// Common and harmless: no consent, no permission, an account without a profile.
    async fn note(&self, key: Key, now: Timestamp, error: &Error) {
        tracing::debug!(channel_id = key.0, code = error.code(), kind = error.kind().as_str(), "no profile");
        match error.kind() {
            ErrorKind::RateLimited | ErrorKind::Credentials => self.pause(&key, now, error.retry()),
            // It says nothing about the person: what was known stays known.
            ErrorKind::ProviderFailed | ErrorKind::Unreachable => {
                let before = self.known(&key).await;
                let trouble = before.facts.is_none().then(|| Arc::from(error.code()));
                self.remember(key, Memory::Answered(Known { trouble, ..before }, now + PAUSE));
            }
            _ => {
                let said = Err(Some(error.code().to_owned()));
                self.put(key, Profile { said, expires_at: now + UNKNOWN_FOR, version: 0 }).await;
            }
        }
    }

    async fn put(&self, key: Key, profile: Profile) {
        let (known, expires_at) = (known(&profile), profile.expires_at);
        if let Err(error) = self.profiles.put(&key.0, &key.1, profile).await {
            tracing::debug!(%error, "a profile was not kept");
        }
        self.remember(key, Memory::Answered(known, expires_at));
    }

    /// Puts what is known of the people who wrote these messages into the messages' metadata.
    pub(crate) async fn add_profiles(&self, events: &mut [StoredEvent]) {
        for event in events {
            if event.name != channel_api::event::name::MESSAGE_RECEIVED {
                continue;
            }
            let Some(person) = event.person.clone() else { continue };
            let key = (event.channel_id.clone(), person);
            let known = self.known(&key).await;
            if let Some(data) = with_metadata(&event.data, &metadata(&key.1, known.facts.as_deref())) {
                event.data = data;
            }
        }
    }

    /// What is known, however old: a name that was shown once shall not disappear again.
    pub(crate) async fn known(&self, key: &Key) -> Known {
        if let Some(Memory::Asked(known) | Memory::Answered(known, _)) = self.state().memory.get(key) {
            return known.clone();
        }
        let stored = self.profiles.get(&key.0, &key.1).await.ok().flatten();
        let known = stored.as_ref().map(known).unwrap_or_default();
        // Past at once: only whoever writes again is looked up again. And never over what was begun meanwhile.
        let fresh = || Memory::Answered(known.clone(), Timestamp::UNIX_EPOCH);
        self.state().memory.entry(key.clone()).or_insert_with(fresh);
        known
    }

    fn is_asked(&self, key: &Key) -> bool {
        matches!(self.state().memory.get(key), Some(Memory::Asked(_)))
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
            Some(Memory::Answered(known, _)) => known.clone(),
            None => Known::default(),
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
        {
            let mut state = self.state();
            state.paused.insert(key.0.clone(), now + told.unwrap_or(PAUSE).max(PAUSE));
            state.memory.remove(key);
        }
        self.answered.send_replace(());
    }

    fn remember(&self, key: Key, what: Memory) {
        self.state().memory.insert(key, what);
        self.answered.send_replace(());
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn known(profile: &Profile) -> Known {
    match &profile.said {
        Ok(fields) => Known { facts: Some(Arc::new(fields.clone())), trouble: None },
        Err(code) => Known { facts: None, trouble: code.as_deref().map(Arc::from) },
    }
}

#[cfg(test)]
mod tests;
