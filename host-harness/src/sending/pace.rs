//! How fast messages go out, and whether they do: the host's own limits, the providers' word, what calls came to, and whoever
//! has paused a channel.
//!
//! What stops one channel stops no other, unless their provider counts them as one app. What is counted is in memory: a host that
//! starts anew learns from the first replies how it is. Only a pause is remembered.

mod breaker;
mod gate;
mod lane;
mod pressure;
mod sliding;
mod state;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use channel_api::{CallObserver, Error, Exchange};
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use self::gate::Gates;
use self::lane::Lane;
pub(crate) use self::state::{SendingState, Wait, Word};
use crate::channels::Channels;
use crate::config::RateLimits;
use crate::store::{Pauses, StoreError};

/// How many calls go out together at most, so that they leave room for answers to others within the same second.
pub(super) const AT_ONCE: usize = 25;

/// When messages go out. Handles share it.
#[derive(Clone, Debug)]
pub(crate) struct Pace(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limits: RateLimits,
    channels: Channels,
    pauses: Arc<dyn Pauses>,
    /// Two who pause and resume at once do it one after the other, in the store and here.
    pausing: tokio::sync::Mutex<()>,
    lanes: Mutex<HashMap<String, Arc<Lane>>>,
    gates: Mutex<Gates>,
    /// Wakes whoever waits for a gate.
    changed: watch::Sender<()>,
}

/// What is about to go out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// To whom, where that is known, and where it is a message.
    pub(super) person: Option<&'a str>,
    /// In how many calls.
    pub(super) calls: usize,
    /// Whether audio or video is in it.
    pub(super) media: bool,
    pub(super) class: Class,
}

impl<'a> Wanted<'a> {
    /// A message of one call.
    const fn one_to(person: Option<&'a str>) -> Self {
        Self { person, calls: 1, media: false, class: Class::Answer }
    }
}

/// What comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// To one person.
    Answer,
    /// To many: behind answers, and at half the rate.
    Broadcast,
}

impl Class {
    /// Its share of a rate.
    const fn share(self, rate: usize) -> usize {
        match self {
            Self::Answer => rate,
            Self::Broadcast if rate < 2 => 1,
            Self::Broadcast => rate / 2,
        }
    }
}

impl Pace {
    /// Nothing is paused until it is [recalled](Self::recall).
    pub(crate) fn new(channels: Channels, limits: RateLimits, pauses: Arc<dyn Pauses>) -> Self {
        Self(Arc::new(Shared {
            limits,
            channels,
            pauses,
            pausing: tokio::sync::Mutex::default(),
            lanes: Mutex::default(),
            gates: Mutex::default(),
            changed: watch::Sender::new(()),
        }))
    }

    /// Recalls what is paused. Called before anything is sent.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn recall(&self) -> Result<(), StoreError> {
        let paused = self.0.pauses.paused().await?;
        for (channel_id, since) in &paused {
            tracing::warn!(channel_id, %since, "this channel's sending is paused: its messages wait until it is resumed");
        }
        self.gates().paused = paused.into_iter().collect();
        Ok(())
    }

    /// Waits while the channel is paused, its breaker open, its credentials refused or a limit used up.
    pub(super) async fn open(&self, channel_id: &str) {
        let (mut changed, mut replaced) = (self.0.changed.subscribe(), self.0.channels.changes());
        loop {
            // Not held while it waits.
            let Some(shut) = self.gates().shut(&self.0.channels.list(), channel_id, Instant::now()) else { return };
            let passed = async {
                match shut.until {
                    Some(until) => sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = passed => {}
                _ = changed.changed() => {}
                _ = replaced.changed() => {}
            }
        }
    }

    /// Waits until these messages may go out together, and counts them. More calls than there is ever room for go when there is
    /// nothing else. False where the channel is not [open](Self::open), or not any more: then they do not go out.
    pub(super) async fn take(&self, channel_id: &str, wanted: &[Wanted<'_>]) -> bool {
        let (lane, limits) = (self.lane(channel_id), &self.0.limits);
        // Kept from one look to the next: whoever finds no room after all is not behind those who came later.
        let mut place = None;
        loop {
            if self.gates().shut(&self.0.channels.list(), channel_id, Instant::now()).is_some() {
                return false;
            }
            if let Some(at) = lane.people_at(wanted, limits) {
                place = None;
                sleep_until(at).await;
                continue;
            }
            let place = place.get_or_insert_with(|| lane.enter(wanted, limits));
            place.room(|| self.rate(channel_id)).await;
            // What has happened meanwhile counts.
            let (mut gates, channels, now) = (self.gates(), self.0.channels.list(), Instant::now());
            let rate = gates.rate(&channels, channel_id, now, limits);
            if gates.shut(&channels, channel_id, now).is_some() {
                return false;
            }
            if place.take(wanted, rate) {
                gates.begin(&channels, channel_id, now);
                return true;
            }
        }
    }

    /// Until when this person may get no more, if they have had enough in this hour.
    pub(super) fn full_until(&self, channel_id: &str, wanted: Wanted<'_>) -> Option<Instant> {
        self.lane(channel_id).people_at(&[wanted], &self.0.limits)
    }

    /// How many calls may go out together at this moment: one where one message shows whether others may follow.
    pub(super) fn at_once(&self, channel_id: &str, class: Class) -> usize {
        if self.gates().is_trying(&self.0.channels.list(), channel_id) {
            return 1;
        }
        class.share(self.rate(channel_id)).min(AT_ONCE)
    }

    /// Tells how a call ended: one that failed may slow a channel down or stop it, and one that went well lets it go on.
    pub(super) fn ended(&self, channel_id: &str, failure: Option<&Error>) {
        if self.gates().ended(&self.0.channels.list(), channel_id, failure, Instant::now()) {
            self.0.changed.send_replace(());
        }
    }

    /// Sends nothing more on a channel, from now on and after a restart, until it is [resumed](Self::resume). What is under way
    /// ends.
    ///
    /// # Errors
    /// The store's. It is not paused then.
    pub(crate) async fn pause(&self, channel_id: &str) -> Result<(), StoreError> {
        let _one_by_one = self.0.pausing.lock().await;
        let since = Timestamp::now();
        self.0.pauses.pause(channel_id, since).await?;
        if let Entry::Vacant(free) = self.gates().paused.entry(channel_id.to_owned()) {
            free.insert(since);
            tracing::info!(channel_id, "sending is paused");
        }
        Ok(())
    }

    /// Sends again.
    ///
    /// # Errors
    /// The store's. It is still paused then.
    pub(crate) async fn resume(&self, channel_id: &str) -> Result<(), StoreError> {
        let _one_by_one = self.0.pausing.lock().await;
        self.0.pauses.resume(channel_id).await?;
        let mut gates = self.gates();
        // Whoever says so may have mended at the provider what held it: the next message shows it.
        let held = gates.forget(channel_id);
        if gates.paused.remove(channel_id).is_some() || held {
            tracing::info!(channel_id, "sending is resumed");
            self.0.changed.send_replace(());
        }
        Ok(())
    }

    /// Whether a channel sends, and why not.
    pub(crate) fn state(&self, channel_id: &str) -> SendingState {
        self.gates().state(&self.0.channels.list(), channel_id, Instant::now())
    }

    /// Why what is brought for this person waits, if it does.
    pub(crate) fn wait(&self, channel_id: &str, person: Option<&str>) -> Option<Wait> {
        let held = || self.state(channel_id).wait();
        let enough = || {
            let (most, wanted) = (self.0.limits.per_person_per_hour.get(), Wanted::one_to(person));
            let until = self.full_until(channel_id, wanted)?;
            Some(Wait::for_an_hour(most, state::shown(until, Instant::now())))
        };
        held().or_else(enough)
    }

    /// The provider accepts the channel's credentials: whoever was held for them is held no longer.
    pub(crate) fn accepted_credentials(&self, channel_id: &str) {
        if self.gates().accepted_credentials(&self.0.channels.list(), channel_id) {
            self.0.changed.send_replace(());
        }
    }

    /// The channels that it stands for.
    pub(crate) fn channels(&self) -> &Channels {
        &self.0.channels
    }

    /// Hears of every call of a channel's, and tells another one of it.
    pub(crate) fn listening(&self, channel_id: &str, next: Arc<dyn CallObserver>) -> Arc<dyn CallObserver> {
        Arc::new(Listening { channel_id: channel_id.to_owned(), pace: self.clone(), next })
    }

    fn rate(&self, channel_id: &str) -> usize {
        self.gates().rate(&self.0.channels.list(), channel_id, Instant::now(), &self.0.limits)
    }

    fn lane(&self, channel_id: &str) -> Arc<Lane> {
        let mut lanes = locked(&self.0.lanes);
        match lanes.get(channel_id) {
            Some(lane) => Arc::clone(lane),
            None => Arc::clone(lanes.entry(channel_id.to_owned()).or_insert_with(|| Arc::new(Lane::new()))),
        }
    }

    fn gates(&self) -> MutexGuard<'_, Gates> {
        locked(&self.0.gates)
    }
}

/// Whoever panicked while it was locked has left nothing half done.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
struct Listening {
    channel_id: String,
    pace: Pace,
    next: Arc<dyn CallObserver>,
}

impl CallObserver for Listening {
    fn called(&self, exchange: &Exchange<'_>) {
        if !exchange.pressure.is_empty() {
            let channels = self.pace.0.channels.list();
            if self.pace.gates().tell(&channels, &self.channel_id, exchange.pressure, Instant::now()) {
                self.pace.0.changed.send_replace(());
            }
        }
        self.next.called(exchange);
    }
}
