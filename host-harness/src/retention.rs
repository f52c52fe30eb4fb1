//! Nothing is kept longer than the configuration says: what is old is swept out once an hour, a little at a time, so that no
//! webhook waits behind it.

mod clock;
mod gauges;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::clock::{Clock, Seen};
use self::gauges::Counts;
use crate::config;
use crate::linktor::Untaken;
use crate::store::{StoreError, Stores};

/// How long from one sweep to the next, unless something ends sooner.
const EVERY: Duration = Duration::from_hours(1);
/// No sweep follows another sooner than this.
const SOONEST: Duration = Duration::from_secs(1);
/// How often the clock is looked at.
const LOOK: Duration = Duration::from_mins(1);
/// How much is deleted in one transaction. It takes about as long as a few webhooks.
const AT_A_TIME: usize = 100;
/// How many times as long as a transaction took others have the disk for themselves after it.
const PAUSE: u32 = 3;
/// What is younger than this is not deleted for a store that is too large: somebody may be about to read it.
const YOUNG: SignedDuration = SignedDuration::from_hours(1);
/// What is older than this goes at once when a store is too large.
const OLDEST: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);

/// Sweeps out what is old.
#[derive(Clone, Debug)]
pub(crate) struct Retention {
    stores: Stores,
    rules: config::Retention,
    /// What of the log is still needed, where there is a bus.
    untaken: Option<Untaken>,
    counts: Arc<Counts>,
}

impl Retention {
    pub(crate) fn new(stores: Stores, rules: config::Retention) -> Self {
        Self { stores, rules, untaken: None, counts: Arc::default() }
    }

    /// With a bus, which may need what is old.
    pub(crate) fn with_bus(self, untaken: Option<Untaken>) -> Self {
        Self { untaken, ..self }
    }

    /// Sweeps from now on, until the host stops.
    pub(crate) fn watch(&self, stopping: &CancellationToken, tasks: &TaskTracker) {
        let sweeping = self.clone().run();
        let stopping = stopping.clone();
        tasks.spawn(async move { stopping.run_until_cancelled(sweeping).await });
    }

    async fn run(self) {
        let every = self.every();
        let (mut clock, mut seen) = Clock::start(Timestamp::now(), Instant::now(), self.trusted().await);
        let mut due = Instant::now();
        loop {
            let now = Timestamp::now();
            if self.may_delete(seen) {
                // Before anything is deleted by it, and while all is well: a host that starts later compares its clock with this.
                if let Err(error) = self.stores.upkeep.trust(now).await {
                    tracing::warn!(%error, "it was not written down what the clock shows");
                }
                if Instant::now() >= due {
                    if let Err(error) = self.sweep(now).await {
                        tracing::warn!(%error, "what is old was not swept out, and is tried again");
                    }
                    due = Instant::now() + every;
                }
            }
            sleep(every.min(LOOK)).await;
            seen = clock.look(Timestamp::now(), Instant::now());
        }
    }

    /// When a host trusted the clock last.
    async fn trusted(&self) -> Option<Timestamp> {
        loop {
            match self.stores.upkeep.trusted().await {
                Ok(trusted) => return trusted,
                // Without it nothing is deleted.
                Err(error) => tracing::warn!(%error, "nothing old is deleted until the store can be read"),
            }
            sleep(LOOK).await;
        }
    }

    /// As often as the shortest age asks for.
    fn every(&self) -> Duration {
        let config::Retention { events, messages, people, .. } = self.rules;
        let ages = [events, messages, people].into_iter().flatten();
        ages.min().map_or(EVERY, |age| age.unsigned_abs().clamp(SOONEST, EVERY))
    }

    fn may_delete(&self, seen: Seen) -> bool {
        match seen {
            Seen::Jumped(by) => tracing::warn!(
                seconds = by.as_secs(),
                "the clock has jumped: nothing old is deleted until it has been steady for an hour; look at the machine's time, \
                 and if it is wrong set it right before that"
            ),
            Seen::Away(by) => tracing::warn!(
                seconds = by.as_secs(),
                "the clock is so far from where it was when a host last ran with this store: if no host ran for so long there is \
                 nothing to do, and if one did the machine's time is wrong and has to be set right; nothing old is deleted for \
                 an hour"
            ),
            Seen::SteadyAgain => tracing::info!("the clock has been steady for an hour: what is old is deleted again"),
            Seen::Steady | Seen::Doubtful => {}
        }
        let halted = matches!(seen, Seen::Jumped(_) | Seen::Away(_) | Seen::Doubtful);
        self.counts.halted.store(halted, Ordering::Relaxed);
        !halted
    }

    /// Deletes what is old at this moment, then the oldest if the store is still too large, and gives the room back.
    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        let Stores { events, outbox, broadcasts, conversations, profiles, upkeep, .. } = &self.stores;
        let before = |age: Option<SignedDuration>| age.and_then(|age| now.checked_sub(age).ok());
        if let Some(before) = before(self.rules.events) {
            let below = self.needed().await?;
            all(&self.counts.events, || events.expire(before, below, AT_A_TIME)).await?;
        }
        if let Some(before) = before(self.rules.messages) {
            all(&self.counts.messages, || outbox.expire(before, AT_A_TIME)).await?;
            all(&AtomicU64::default(), || broadcasts.expire(before, AT_A_TIME)).await?;
        }
        if let Some(before) = before(self.rules.people) {
            all(&self.counts.people, || conversations.expire(before, AT_A_TIME)).await?;
            all(&self.counts.people, || profiles.expire(before, AT_A_TIME)).await?;
        }
        all(&AtomicU64::default(), || upkeep.forget_expired(now, AT_A_TIME)).await?;
        if let Some(max_size) = self.rules.max_size {
            self.fit(max_size, now).await?;
        }
        let mut started = Instant::now();
        while upkeep.give_back().await? {
            sleep(started.elapsed() * PAUSE).await;
            started = Instant::now();
        }
        self.counts.size.store(upkeep.size().await?, Ordering::Relaxed);
        Ok(())
    }

    /// From which event on the log is needed, however old it is.
    async fn needed(&self) -> Result<u64, StoreError> {
        match &self.untaken {
            Some(untaken) => untaken.first().await,
            None => Ok(u64::MAX),
        }
    }

    /// Deletes the oldest until the store is no larger than it may be. By and by: of what is of about the same age each kind goes.
    async fn fit(&self, max_size: u64, now: Timestamp) -> Result<(), StoreError> {
        let Stores { events, outbox, upkeep, .. } = &self.stores;
        let mut age = OLDEST;
        while upkeep.size().await? > max_size {
            if age == YOUNG {
                let size = upkeep.size().await?;
                tracing::warn!(
                    size,
                    max_size,
                    "the store is larger than [retention] max_size, and nothing in it is old"
                );
                break;
            }
            age = (age / 16 * 15).max(YOUNG);
            let before = now.checked_sub(age).unwrap_or(Timestamp::MIN);
            while upkeep.size().await? > max_size {
                let started = Instant::now();
                let below = self.needed().await?;
                let parts = [events.expire(before, below, AT_A_TIME).await?, outbox.expire(before, AT_A_TIME).await?];
                for (count, part) in [&self.counts.events, &self.counts.messages].into_iter().zip(parts) {
                    count.fetch_add(part as u64, Ordering::Relaxed);
                }
                if parts == [0, 0] {
                    break;
                }
                sleep(started.elapsed() * PAUSE).await;
            }
        }
        Ok(())
    }
}

/// Deletes until nothing is left to delete. Between two transactions others have their turn.
async fn all<'a>(
    count: &AtomicU64,
    delete: impl Fn() -> BoxFuture<'a, Result<usize, StoreError>>,
) -> Result<(), StoreError> {
    loop {
        let started = Instant::now();
        let deleted = delete().await?;
        if deleted == 0 {
            return Ok(());
        }
        count.fetch_add(deleted as u64, Ordering::Relaxed);
        sleep(started.elapsed() * PAUSE).await;
    }
}
