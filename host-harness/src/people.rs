//! Who writes: names and pictures, looked up beside the way of the messages and never in it.
//!
//! What is known of a person goes into the metadata of what they say, before it is stored. They are looked up after it is stored
//! and acknowledged; what is learnt then is an event of its own, `contact.updated`. So an event is neither late nor lost because
//! a profile is, and what is stored is what is read.

mod name;
mod pauses;
mod sender;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use channel_api::event::name::CONTACT_UPDATED;
use channel_api::{ChannelAdapter, Error, ErrorKind, Event, EventBody, Identity, JsonObject, Retry};
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use moka::ops::compute::{CompResult, Op};
use moka::policy::EvictionPolicy;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

pub(crate) use self::name::Name;
use self::pauses::Pauses;
pub(crate) use self::sender::introduce;
use crate::store::{self, EventLog, NewEvent, Profile, StoreError};

/// After this, a person who writes again is looked up again. Pictures expire at the provider, and people change their names.
const PROFILE_TTL: SignedDuration = SignedDuration::from_hours(24);
/// How long nobody asks again after the provider gave no name, or nothing at all: it may be too early, and soon there is one.
const NEGATIVE_TTL: SignedDuration = SignedDuration::from_hours(1);
/// How long a person is not asked about again after the provider failed.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);
/// How many look-ups run at once.
const MAX_LOOKUPS: usize = 4;
/// How many people may wait to be looked up. The next ones are looked up when they write again.
const MAX_WAITING: usize = 1_000;
/// How many people are remembered in memory; the store remembers the others.
const MAX_CACHED: u64 = 10_000;

/// What providers say of people: looked up, kept, and told.
#[derive(Clone, Debug)]
pub(crate) struct Profiles {
    store: Arc<dyn store::Profiles>,
    events: Arc<dyn EventLog>,
    cache: Cache<Key, CacheEntry>,
    /// Until when nobody is looked up through a channel.
    pauses: Arc<Mutex<Pauses>>,
    /// Why a channel may look nobody up, where that is so.
    not_allowed: Arc<Mutex<HashMap<String, String>>>,
    waiting: Arc<Semaphore>,
    running: Arc<Semaphore>,
    stopping: CancellationToken,
}

/// A channel's id, and a person's.
type Key = (String, String);

#[derive(Clone, Debug)]
enum CacheEntry {
    /// Being looked up, until the receiver's other end is gone. What was known before is still told.
    Pending(Arc<Profile>, watch::Receiver<()>),
    /// Known, or known to be unknown, until it is time to ask again.
    Resolved(Arc<Profile>),
}

impl CacheEntry {
    fn profile(&self) -> &Arc<Profile> {
        let (Self::Pending(profile, _) | Self::Resolved(profile)) = self;
        profile
    }

    fn is_due(&self) -> bool {
        match self {
            // A look-up that was cut off leaves its entry behind.
            Self::Pending(_, ended) => ended.has_changed().is_err(),
            Self::Resolved(profile) => profile.expires_at <= Timestamp::now(),
        }
    }
}

/// Nobody has asked yet.
fn unknown() -> Arc<Profile> {
    Arc::new(Profile { answer: Err(None), expires_at: Timestamp::UNIX_EPOCH, version: 0 })
}

impl Profiles {
    pub(crate) fn new(store: Arc<dyn store::Profiles>, events: Arc<dyn EventLog>, stopping: CancellationToken) -> Self {
        Self {
            store,
            events,
            // By recency: an entry that is not let in would let its person be looked up twice at once.
            cache: Cache::builder().max_capacity(MAX_CACHED).eviction_policy(EvictionPolicy::lru()).build(),
            pauses: Arc::default(),
            not_allowed: Arc::default(),
            waiting: Arc::new(Semaphore::new(MAX_WAITING)),
            running: Arc::new(Semaphore::new(MAX_LOOKUPS)),
            stopping,
        }
    }

    /// What is known of a person, however old: a name that was told once shall not disappear again. Nobody is asked for it.
    pub(crate) async fn known(&self, channel_id: &str, person: &str) -> Arc<Profile> {
        let key = (channel_id.to_owned(), person.to_owned());
        Arc::clone(self.entry(&key).await.profile())
    }

    /// Looks a person up soon, unless that was done lately.
    pub(crate) async fn prefetch(&self, adapter: &Arc<dyn ChannelAdapter>, person: &str) {
        let key = (adapter.channel_id().to_string(), person.to_owned());
        if adapter.people().is_none() || self.is_paused(&key.0) || !self.entry(&key).await.is_due() {
            return;
        }
        let Ok(place) = Arc::clone(&self.waiting).try_acquire_owned() else { return };
        let Some((before, ended)) = self.begin(&key).await else { return };
        let (profiles, adapter) = (self.clone(), Arc::clone(adapter));
        // On a task of its own: it goes on when nobody waits for it any more.
        tokio::spawn(async move {
            let stopping = profiles.stopping.clone();
            // A look-up that is cut off is made again when the person writes again.
            stopping.run_until_cancelled(profiles.look_up(&*adapter, key, before, place)).await;
            drop(ended);
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
        if self.entry(&key).await.profile().answer.is_err() {
            self.prefetch(adapter, person).await;
            if let Some(CacheEntry::Pending(_, mut ended)) = self.cache.get(&key).await {
                // Too late is as good as unknown.
                let _late = tokio::time::timeout(patience, ended.changed()).await;
            }
        }
        Name::of(self.entry(&key).await.profile().answer.as_ref().ok()?)
    }

    /// Why a channel may look nobody up, as its provider said when it was last asked.
    pub(crate) fn not_allowed(&self, channel_id: &str) -> Option<String> {
        self.not_allowed.lock().unwrap_or_else(PoisonError::into_inner).get(channel_id).cloned()
    }

    /// Forgets a person, once nobody looks them up any more. Tells whether somebody did: what that found is in the store.
    pub(crate) async fn forget(&self, channel_id: &str, person: &str) -> bool {
        let key = (channel_id.to_owned(), person.to_owned());
        let mut was_looked_up = false;
        while let Some(CacheEntry::Pending(_, mut ended)) = self.cache.get(&key).await {
            was_looked_up = true;
            if ended.changed().await.is_err() && self.cache.get(&key).await.is_some_and(|entry| entry.is_due()) {
                break;
            }
        }
        self.cache.invalidate(&key).await;
        was_looked_up
    }

    async fn entry(&self, key: &Key) -> CacheEntry {
        let stored = async {
            let stored = self.store.get(&key.0, &key.1).await?;
            Ok::<_, StoreError>(CacheEntry::Resolved(stored.map_or_else(unknown, Arc::new)))
        };
        // It ends with the last who waits for it, which does no harm to a look into the store.
        let entry = self.cache.try_get_with_by_ref(key, stored).await;
        entry.unwrap_or_else(|_| CacheEntry::Resolved(unknown()))
    }

    /// Marks a person as asked about. `None` when somebody else was faster.
    async fn begin(&self, key: &Key) -> Option<(Arc<Profile>, watch::Sender<()>)> {
        let (sender, ended) = watch::channel(());
        let mut before = None;
        let begun = self.cache.entry_by_ref(key).and_compute_with(|entry| {
            let entry = entry.map(moka::Entry::into_value);
            let is_due = entry.as_ref().is_none_or(CacheEntry::is_due);
            let known = entry.map_or_else(unknown, |entry| Arc::clone(entry.profile()));
            before = Some(Arc::clone(&known));
            std::future::ready(if is_due { Op::Put(CacheEntry::Pending(known, ended)) } else { Op::Nop })
        });
        match begun.await {
            CompResult::Inserted(_) | CompResult::ReplacedWith(_) => Some((before?, sender)),
            _ => None,
        }
    }

    async fn look_up(
        &self,
        adapter: &dyn ChannelAdapter,
        key: Key,
        before: Arc<Profile>,
        _place: OwnedSemaphorePermit,
    ) {
        let Ok(_turn) = self.running.acquire().await else { return };
        let Some(people) = adapter.people() else { return };
        // Who has waited for their turn meanwhile waits for the end of the pause, too.
        let after = if self.is_paused(&key.0) {
            Profile::clone(&before)
        } else {
            match people.look_up(&key.1).await {
                Ok(profile) => {
                    self.pauses().answered(&key.0);
                    self.not_allowed.lock().unwrap_or_else(PoisonError::into_inner).remove(&key.0);
                    match serde_json::to_value(&profile) {
                        Ok(Value::Object(fields)) => self.learn(adapter, &key.1, &before, fields).await,
                        _ => keep_for(&before, PAUSE),
                    }
                }
                Err(error) => self.note(&key, &before, &error).await,
            }
        };
        self.cache.insert(key, CacheEntry::Resolved(Arc::new(after))).await;
    }

    /// Tells what is new, then remembers it: after a crash in between it is learnt again, and the log knows the event.
    async fn learn(&self, adapter: &dyn ChannelAdapter, person: &str, before: &Profile, fields: JsonObject) -> Profile {
        let is_named = Name::of(&fields).is_some();
        if !is_named && before.answer.as_ref().is_ok_and(|before| Name::of(before).is_some()) {
            // A name that was told once shall not disappear again.
            return self.keep(adapter.channel_id().as_str(), person, keep_for(before, NEGATIVE_TTL)).await;
        }
        let known = before.answer.as_ref().is_ok_and(|before| lasting(before) == lasting(&fields));
        let version = before.version + u64::from(!known);
        let after = Profile {
            answer: Ok(fields),
            expires_at: Timestamp::now() + if is_named { PROFILE_TTL } else { NEGATIVE_TTL },
            version,
        };
        // Before it is told: who hears of it and asks must not find what was known before.
        let key = (adapter.channel_id().to_string(), person.to_owned());
        self.cache.insert(key, CacheEntry::Resolved(Arc::new(after.clone()))).await;
        if version > before.version
            && let Some(event) = updated(adapter, person, &after)
            && let Err(error) = self.events.append(vec![event]).await
        {
            tracing::warn!(%error, channel_id = %adapter.channel_id(), "a profile was not told, and is asked for again");
            return keep_for(before, PAUSE);
        }
        self.keep(adapter.channel_id().as_str(), person, after).await
    }

    /// Common and harmless: no consent, no permission, an account without a profile.
    async fn note(&self, key: &Key, before: &Profile, error: &Error) -> Profile {
        tracing::debug!(channel_id = key.0, code = error.code(), kind = error.kind().as_str(), "no profile");
        match error.kind() {
            // It says nothing about the person: what was known stays known.
            ErrorKind::RateLimited | ErrorKind::Credentials => {
                self.pauses().throttled(&key.0, wait(error.retry()), Timestamp::now());
                before.clone()
            }
            ErrorKind::ProviderFailed | ErrorKind::Unreachable => {
                self.pauses().failed(&key.0, wait(error.retry()), Timestamp::now());
                let answer = before.answer.clone().map_err(|_| Some(error.code().to_owned()));
                Profile { answer, ..keep_for(before, PAUSE) }
            }
            kind => {
                self.pauses().answered(&key.0);
                if kind == ErrorKind::Permission {
                    let hint = error.hint().map(|hint| format!(" {hint}")).unwrap_or_default();
                    let mut not_allowed = self.not_allowed.lock().unwrap_or_else(PoisonError::into_inner);
                    not_allowed.insert(key.0.clone(), format!("{error}{hint}"));
                }
                let answer = Err(Some(error.code().to_owned()));
                let version = before.version + u64::from(before.answer != answer);
                let after = Profile { answer, expires_at: Timestamp::now() + NEGATIVE_TTL, version };
                self.keep(&key.0, &key.1, after).await
            }
        }
    }

    async fn keep(&self, channel_id: &str, person: &str, profile: Profile) -> Profile {
        if let Err(error) = self.store.put(channel_id, person, profile.clone()).await {
            tracing::debug!(%error, "a profile was not kept");
        }
        profile
    }

    fn is_paused(&self, channel_id: &str) -> bool {
        self.pauses().is_paused(channel_id, Timestamp::now())
    }

    fn pauses(&self) -> MutexGuard<'_, Pauses> {
        self.pauses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long the provider says to wait.
fn wait(advice: Retry) -> Option<SignedDuration> {
    match advice {
        Retry::Safe { after } | Retry::IfIdempotent { after } => after.and_then(|after| after.try_into().ok()),
        _ => None,
    }
}

/// The same, and asked for again after this time.
fn keep_for(profile: &Profile, span: SignedDuration) -> Profile {
    Profile { expires_at: Timestamp::now() + span, ..profile.clone() }
}

/// What stays the same while nothing changes. A picture's address does not: its query is signed anew for each look-up.
fn lasting(fields: &JsonObject) -> JsonObject {
    let lasting = |(name, value): (&String, &Value)| {
        let address = value.as_str().filter(|text| text.starts_with("https://") || text.starts_with("http://"));
        let value = match address.and_then(|address| address.split_once('?')) {
            Some((place, _signature)) => place.into(),
            None => value.clone(),
        };
        (name.clone(), value)
    };
    fields.iter().map(lasting).collect()
}

/// The event that tells what is known of a person now. `None` where that is nothing.
fn updated(adapter: &dyn ChannelAdapter, person: &str, profile: &Profile) -> Option<NewEvent> {
    let fields = profile.answer.as_ref().ok().filter(|fields| !fields.is_empty())?;
    let body = EventBody::Fields(fields.clone().into_iter().collect());
    let mut event = Event::new(CONTACT_UPDATED, adapter.channel_id().clone(), adapter.channel_type(), body);
    event.from = Some(person.to_owned());
    event.timestamp = channel_api::Timestamp::from_millis(Timestamp::now().as_millisecond());
    // The same change has the same id, however often it is learnt; the same words later are another change.
    let change = Sha256::new()
        .chain_update(person)
        .chain_update([0])
        .chain_update(profile.version.to_be_bytes())
        .chain_update(Value::Object(lasting(fields)).to_string())
        .finalize();
    let identity = Identity::Own(format!("contact_{}", hex::encode(&change[..16])));
    NewEvent::of(event, identity, Some(person.to_owned())).ok()
}

#[cfg(test)]
mod tests;
