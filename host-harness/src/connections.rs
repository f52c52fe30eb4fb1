//! Whether each channel can work: asked on start, on a schedule and on demand, and kept in memory.
//!
//! It is news for operators only. A channel that is broken still takes its webhooks, and may be tried for sending: the provider
//! has the last word on both.

mod gauges;
mod known;
mod mending;
mod transition_log;
mod unsubscribing;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use channel_api::connection::Subscribed;
use channel_api::facets::required;
use channel_api::{ChannelAdapter, ChannelId, ConnectionStatus, Error, ErrorKind, Issue, Result, Retry, Timestamp};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::known::{Connection, Reason, State};
pub use self::unsubscribing::ConnectionError;
pub(crate) use self::unsubscribing::told_as_ended;
use crate::channels::{ChannelList, Channels};
use crate::sending::Pace;
use crate::store::{Subscription, Subscriptions};

/// How long one check may take. It is a handful of calls, each with a deadline of its own.
const DEADLINE: Duration = Duration::from_mins(1);
/// How many channels are checked at once, so that a host with many does not call for all of them in one moment.
const AT_ONCE: usize = 4;

/// What is known of every channel's connection.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    channels: Channels,
    public_url: Option<String>,
    found: Mutex<Found>,
    slots: Semaphore,
    /// What was done about subscriptions.
    subscriptions: Arc<dyn Subscriptions>,
    /// Where sending is held for credentials, until a check finds them accepted.
    pace: Option<Pace>,
}

/// What was found, of the channels of a list.
#[derive(Debug)]
struct Found {
    of: Arc<ChannelList>,
    by_id: Arc<BTreeMap<ChannelId, Arc<Watched>>>,
}

#[derive(Debug)]
struct Watched {
    adapter: Arc<dyn ChannelAdapter>,
    /// Where the provider shall deliver, where this host knows its own address.
    webhook: Option<String>,
    /// Cancelled when the channel is gone, or another adapter stands in its place.
    gone: CancellationToken,
    /// When the last check began. Held while one is made: whoever asks meanwhile waits for the next.
    checking: tokio::sync::Mutex<Option<Instant>>,
    known: Mutex<Connection>,
    /// How often a lost subscription was made again.
    mended: AtomicU64,
    /// What was missing still when it last was.
    not_taken: Mutex<Vec<String>>,
}

/// What came of a repair.
#[derive(Debug, Default)]
pub struct Repaired {
    /// Whether there was something to repair, and the provider took it.
    pub repaired: bool,
    /// What the provider did not take.
    pub warnings: Vec<Issue>,
    /// What is known now.
    pub connection: Connection,
}

impl Connections {
    /// `pace` is that of the host which sends, if it is one that checks.
    pub(crate) fn new(
        channels: Channels,
        public_url: Option<&str>,
        subscriptions: Arc<dyn Subscriptions>,
        pace: Option<Pace>,
    ) -> Self {
        let public_url = public_url.map(str::to_owned);
        let found = Found::none(channels.list(), public_url.as_deref());
        let (found, slots) = (Mutex::new(found), Semaphore::new(AT_ONCE));
        Self(Arc::new(Inner { channels, public_url, found, slots, subscriptions, pace }))
    }

    /// The channels of this moment, each with what was found of it.
    fn now(&self) -> Arc<BTreeMap<ChannelId, Arc<Watched>>> {
        let mut found = self.0.found.lock().unwrap_or_else(PoisonError::into_inner);
        // Asked for inside the lock, so that nobody goes back to an older list.
        let list = self.0.channels.list();
        if !Arc::ptr_eq(&found.of, &list) {
            found.follow(list, self.0.public_url.as_deref());
        }
        Arc::clone(&found.by_id)
    }

    /// What is known of this channel, without asking the provider.
    pub fn known(&self, id: &ChannelId) -> Connection {
        self.now().get(id).map(|watched| watched.known()).unwrap_or_default()
    }

    /// What is known of all channels.
    pub fn all(&self) -> Vec<(ChannelId, Connection)> {
        self.now().iter().map(|(id, watched)| (id.clone(), watched.known())).collect()
    }

    /// How often each channel's subscription was made again without being asked for.
    fn mended(&self) -> Vec<(ChannelId, u64)> {
        let times = |watched: &Watched| watched.mended.load(Ordering::Relaxed);
        self.now().iter().map(|(id, watched)| (id.clone(), times(watched))).collect()
    }

    /// Asks the provider. Two who ask at once share one answer.
    pub async fn check(&self, id: &ChannelId) -> Connection {
        match self.now().get(id) {
            Some(watched) => watched.check(Instant::now(), &self.0, Mending::No).await,
            None => Connection::default(),
        }
    }

    /// Asks the provider, subscribes to what is missing, and asks again. From then on a subscription that is lost is lost against
    /// somebody's will.
    ///
    /// # Errors
    /// Why the provider did not take the subscription, or could not be asked.
    pub async fn repair(&self, id: &ChannelId) -> Result<Repaired, ConnectionError> {
        let now = self.now();
        let Some(watched) = now.get(id) else { return Ok(Repaired::default()) };
        let repaired = {
            let _alone = watched.checking.lock().await;
            let kept = self.0.subscriptions.get(id.as_str()).await?;
            if kept.ended_at.is_some() {
                self.0.subscriptions.put(id.as_str(), Subscription { ended_at: None, ..kept }).await?;
            }
            repair(&*watched.adapter, watched.webhook.as_deref()).await
        };
        // Also after a failure: what is shown shall be what is.
        let mut connection = watched.check(Instant::now(), &self.0, Mending::No).await;
        let Subscribed { added, warnings } = repaired?;
        if let Some(status) = &mut connection.status {
            mending::not_at_once_again(status, &warnings);
        }
        Ok(Repaired { repaired: !added.is_empty(), warnings, connection })
    }

    /// Asks the provider to deliver nothing any more, and asks what is then. It stays so, over restarts, until somebody repairs the
    /// connection.
    ///
    /// # Errors
    /// Another channel needs the subscription, the provider did not end it, or it cannot be remembered. Where the provider's answer
    /// was lost, it counts as ended all the same.
    pub async fn unsubscribe(&self, id: &ChannelId) -> Result<Connection, ConnectionError> {
        let now = self.now();
        let Some(watched) = now.get(id) else { return Ok(Connection::default()) };
        self.refuse_where_needed(&self.0.channels.list(), &*watched.adapter).await?;
        let done = {
            let _alone = watched.checking.lock().await;
            let kept = self.0.subscriptions.get(id.as_str()).await?;
            let ended_at = kept.ended_at.or_else(|| Some(jiff::Timestamp::now()));
            // Before the call: a crash between the two must not have it made again.
            self.0.subscriptions.put(id.as_str(), Subscription { ended_at, ..kept }).await?;
            let done = unsubscribing::unsubscribe(&*watched.adapter).await;
            // Where the answer was lost, it may have ended: what somebody wanted must not be made again unawares.
            if done.as_ref().is_err_and(unsubscribing::is_certain) {
                self.0.subscriptions.put(id.as_str(), kept).await?;
            }
            done
        };
        let connection = watched.check(Instant::now(), &self.0, Mending::No).await;
        done?;
        Ok(connection)
    }

    /// Checks every channel now and then every so often, and each that comes later from then on, until `stopping`. Returns at
    /// once.
    pub(crate) fn watch(&self, every: Duration, stopping: &CancellationToken, tasks: &TaskTracker) {
        let (connections, stopping, checks) = (self.clone(), stopping.clone(), tasks.clone());
        tasks.spawn(async move {
            let mut changes = connections.0.channels.changes();
            let mut before: Arc<BTreeMap<ChannelId, Arc<Watched>>> = Arc::default();
            loop {
                // Marked as seen before it is read, so that what changes meanwhile wakes us again.
                changes.mark_unchanged();
                let now = connections.now();
                for (id, watched) in &*now {
                    if before.get(id).is_none_or(|known| !Arc::ptr_eq(known, watched)) {
                        let (connections, watched, stopping) =
                            (connections.clone(), Arc::clone(watched), stopping.clone());
                        checks.spawn(async move {
                            // A check reads, and what it mends is only added to: it may be cut off.
                            let checking = watched.gone.run_until_cancelled(connections.keep_checking(&watched, every));
                            stopping.run_until_cancelled(checking).await;
                        });
                    }
                }
                before = now;
                if !matches!(stopping.run_until_cancelled(changes.changed()).await, Some(Ok(()))) {
                    return;
                }
            }
        });
    }

    async fn keep_checking(&self, watched: &Watched, every: Duration) {
        loop {
            {
                // The semaphore is never closed; should it ever be, a check without a permit does no harm.
                let _permit = self.0.slots.acquire().await;
                watched.check(Instant::now(), &self.0, Mending::Yes).await;
            }
            tokio::time::sleep(spread(every)).await;
        }
    }
}

impl Found {
    /// Nothing yet.
    fn none(list: Arc<ChannelList>, public_url: Option<&str>) -> Self {
        let watched = |adapter: &Arc<dyn ChannelAdapter>| {
            (adapter.channel_id().clone(), Arc::new(Watched::new(Arc::clone(adapter), public_url)))
        };
        let by_id = Arc::new(list.iter().map(watched).collect());
        Self { of: list, by_id }
    }

    /// Goes on with another list. What was found of a channel counts as long as its adapter is the same: another one has other
    /// credentials.
    fn follow(&mut self, list: Arc<ChannelList>, public_url: Option<&str>) {
        let mut next = Self::none(list, public_url);
        let by_id = Arc::make_mut(&mut next.by_id);
        for (id, watched) in &*self.by_id {
            match by_id.get_mut(id) {
                Some(place) if Arc::ptr_eq(&place.adapter, &watched.adapter) => *place = Arc::clone(watched),
                _ => watched.gone.cancel(),
            }
        }
        *self = next;
    }
}

impl Watched {
    fn new(adapter: Arc<dyn ChannelAdapter>, public_url: Option<&str>) -> Self {
        let webhook = webhook(&*adapter, public_url);
        Self {
            adapter,
            webhook,
            gone: CancellationToken::new(),
            checking: tokio::sync::Mutex::default(),
            known: Mutex::default(),
            mended: AtomicU64::default(),
            not_taken: Mutex::default(),
        }
    }

    fn known(&self) -> Connection {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn check(&self, asked: Instant, host: &Inner, mending: Mending) -> Connection {
        let Inner { subscriptions, pace, .. } = host;
        let mut last = self.checking.lock().await;
        if last.is_some_and(|began| began >= asked) {
            return self.known();
        }
        let began = Instant::now();
        let mut found = check(&*self.adapter, self.webhook.as_deref()).await;
        if let (Mending::Yes, Ok(status)) = (mending, &found)
            && mending::mend(self, &**subscriptions, status).await
        {
            found = check(&*self.adapter, self.webhook.as_deref()).await;
        }
        if let (Some(pace), Ok(status)) = (pace, &found)
            && accepts_credentials(status)
        {
            pace.accepted_credentials(self.adapter.channel_id().as_str());
        }
        let before = self.known();
        let unsubscribed_at = self.ended_at(&**subscriptions).await;
        if let (Ok(status), Some(at)) = (&mut found, unsubscribed_at) {
            told_as_ended(status, at);
        }
        let after = match found {
            Ok(status) => Connection {
                state: State::of(&status),
                checked_at: Some(Timestamp::now()),
                status: Some(status),
                reason: None,
                unsubscribed_at,
            },
            Err(error) => Connection {
                state: State::Unknown,
                reason: Some(Reason::from(&error)),
                unsubscribed_at,
                ..before.clone()
            },
        };
        transition_log::write(self.adapter.channel_id(), &before, &after);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = after.clone();
        *last = Some(began);
        after
    }
}

impl Watched {
    /// When somebody ended the subscription.
    async fn ended_at(&self, subscriptions: &dyn Subscriptions) -> Option<Timestamp> {
        let kept = subscriptions.get(self.adapter.channel_id().as_str()).await.unwrap_or_default();
        Timestamp::from_millis(kept.ended_at?.as_millisecond())
    }
}

/// Whether a check mends what it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mending {
    Yes,
    No,
}

/// Whether the provider accepts the channel's credentials, as far as a check tells: where it says nothing of them, it has told them whose
/// account they are for, or there is no problem at all.
fn accepts_credentials(status: &ConnectionStatus) -> bool {
    let ConnectionStatus { credentials, account_id, problems, .. } = status;
    credentials.as_ref().map_or(account_id.is_some() || problems.is_empty(), |credentials| credentials.valid)
}

/// Whose connection it is, for the log.
fn account_of(status: &ConnectionStatus) -> &str {
    status.account_name.as_deref().or(status.account_id.as_deref()).unwrap_or_default()
}

/// Where the provider shall deliver this channel's webhooks.
pub(crate) fn webhook(adapter: &dyn ChannelAdapter, public_url: Option<&str>) -> Option<String> {
    Some(format!("{}/webhooks/{}/{}", public_url?, adapter.channel_type(), adapter.channel_id()))
}

/// Asks the provider, inside a deadline.
///
/// # Errors
/// When the check could not be made.
pub(crate) async fn check(adapter: &dyn ChannelAdapter, webhook: Option<&str>) -> Result<ConnectionStatus> {
    let connection = required(adapter.connection(), "connection_check")?;
    tokio::time::timeout(DEADLINE, connection.check(webhook)).await.unwrap_or_else(|_| {
        Err(Error::new(
            ErrorKind::Unreachable,
            "connection.deadline",
            format!("the check did not end within {} seconds", DEADLINE.as_secs()),
        )
        .with_hint("the provider is slow or cannot be reached; check again later")
        .with_retry(Retry::SAFE)
        .with_operation("connection_check"))
    })
}

/// Asks the provider and subscribes to what is missing. Tells what was added, and what was not taken.
///
/// # Errors
/// When the check could not be made, or the provider did not take the subscription.
pub(crate) async fn repair(adapter: &dyn ChannelAdapter, webhook: Option<&str>) -> Result<Subscribed> {
    if !check(adapter, webhook).await?.can_be_repaired() {
        return Ok(Subscribed::default());
    }
    let told = required(adapter.connection(), "connection_subscribe")?.subscribe(webhook).await?;
    if !told.added.is_empty() {
        tracing::info!(channel_id = %adapter.channel_id(), "the subscription was repaired");
    }
    Ok(told)
}

/// A tenth more or less, so that channels do not all ask in the same moment for ever.
fn spread(every: Duration) -> Duration {
    // Without chance from the system the schedule is merely even.
    let chance = getrandom::u32().unwrap_or(u32::MAX / 2);
    every.mul_f64(0.9 + 0.2 * f64::from(chance) / f64::from(u32::MAX))
}
