//! Whether each channel can work: asked on start, on a schedule and on demand, and kept in memory.
//!
//! It is news for operators only. A channel that is broken still takes its webhooks, and may be tried for sending: the provider
//! has the last word on both.

mod news;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use channel_api::facets::required;
use channel_api::{ChannelAdapter, ChannelId, ConnectionStatus, Error, ErrorKind, Result, Retry, Timestamp};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long one check may take. It is a handful of calls, each with a deadline of its own.
const DEADLINE: Duration = Duration::from_mins(1);
/// How many channels are checked at once, so that a host with many does not call for all of them in one moment.
const AT_ONCE: usize = 4;

/// What is known of every channel's connection.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    channels: BTreeMap<ChannelId, Watched>,
    slots: Semaphore,
}

#[derive(Debug)]
struct Watched {
    adapter: Arc<dyn ChannelAdapter>,
    /// Where the provider shall deliver, where this host knows its own address.
    webhook: Option<String>,
    /// When the last check began. Held while one is made: whoever asks meanwhile waits for the next.
    checking: tokio::sync::Mutex<Option<Instant>>,
    known: Mutex<Connection>,
}

/// What is known of one channel's connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// In one word.
    pub state: State,
    /// When `status` was found.
    pub checked_at: Option<Timestamp>,
    /// What the last check found that could be made.
    pub status: Option<ConnectionStatus>,
    /// Why the last check could not be made. Until one can, the state is unknown, and `status` is what was found before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// A connection in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not checked yet, or the last check could not be made.
    #[default]
    Unknown,
    /// All is well.
    Ok,
    /// It works, and may not tomorrow.
    Warning,
    /// It does not work as it should.
    Broken,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Ok, Self::Warning, Self::Broken];

    /// What a check found, in one word.
    pub fn of(status: &ConnectionStatus) -> Self {
        match (status.problems.is_empty(), status.warnings.is_empty()) {
            (true, true) => Self::Ok,
            (true, false) => Self::Warning,
            (false, _) => Self::Broken,
        }
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Broken => "broken",
        }
    }
}

/// Why a check could not be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Stable.
    pub code: String,
    /// For people.
    pub message: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl From<&Error> for Reason {
    fn from(error: &Error) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string(), hint: error.hint().map(str::to_owned) }
    }
}

/// What came of a repair.
#[derive(Debug)]
pub struct Repaired {
    /// Whether there was something to repair, and the provider took it.
    pub repaired: bool,
    /// What is known now.
    pub connection: Connection,
}

impl Connections {
    pub(crate) fn new<'a>(
        channels: impl Iterator<Item = &'a Arc<dyn ChannelAdapter>>,
        public_url: Option<&str>,
    ) -> Self {
        let watch = |adapter: &Arc<dyn ChannelAdapter>| {
            let adapter = Arc::clone(adapter);
            let id = adapter.channel_id().clone();
            let webhook = webhook(&*adapter, public_url);
            (id, Watched { adapter, webhook, checking: tokio::sync::Mutex::default(), known: Mutex::default() })
        };
        Self(Arc::new(Inner { channels: channels.map(watch).collect(), slots: Semaphore::new(AT_ONCE) }))
    }

    /// What is known of this channel, without asking the provider.
    pub fn known(&self, id: &ChannelId) -> Connection {
        self.0.channels.get(id).map(Watched::known).unwrap_or_default()
    }

    /// What is known of all channels.
    pub fn all(&self) -> impl Iterator<Item = (&ChannelId, Connection)> {
        self.0.channels.iter().map(|(id, watched)| (id, watched.known()))
    }

    /// Asks the provider. Two who ask at once share one answer.
    pub async fn check(&self, id: &ChannelId) -> Connection {
        match self.0.channels.get(id) {
            Some(watched) => watched.check(Instant::now()).await,
            None => Connection::default(),
        }
    }

    /// Asks the provider, subscribes to what is missing, and asks again.
    ///
    /// # Errors
    /// Why the provider did not take the subscription, or could not be asked.
    pub async fn repair(&self, id: &ChannelId) -> Result<Repaired> {
        let Some(watched) = self.0.channels.get(id) else {
            return Ok(Repaired { repaired: false, connection: Connection::default() });
        };
        let repaired = repair(&*watched.adapter, watched.webhook.as_deref()).await;
        // Also after a failure: what is shown shall be what is.
        let connection = watched.check(Instant::now()).await;
        Ok(Repaired { repaired: repaired?, connection })
    }

    /// Checks every channel now and then every so often, until `stopping`. Returns at once.
    pub(crate) fn watch(&self, every: Duration, stopping: &CancellationToken, tasks: &TaskTracker) {
        for id in self.0.channels.keys() {
            let (id, connections, stopping) = (id.clone(), self.clone(), stopping.clone());
            tasks.spawn(async move {
                let watching = connections.keep_checking(&id, every);
                // A check only reads, so it may be cut off.
                stopping.run_until_cancelled(watching).await;
            });
        }
    }

    async fn keep_checking(&self, id: &ChannelId, every: Duration) {
        let Some(watched) = self.0.channels.get(id) else { return };
        loop {
            {
                // The semaphore is never closed; should it ever be, a check without a permit does no harm.
                let _permit = self.0.slots.acquire().await;
                watched.check(Instant::now()).await;
            }
            tokio::time::sleep(spread(every)).await;
        }
    }
}

impl Watched {
    fn known(&self) -> Connection {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn check(&self, asked: Instant) -> Connection {
        let mut last = self.checking.lock().await;
        if last.is_some_and(|began| began >= asked) {
            return self.known();
        }
        let began = Instant::now();
        let found = check(&*self.adapter, self.webhook.as_deref()).await;
        let before = self.known();
        let after = match found {
            Ok(status) => Connection {
                state: State::of(&status),
                checked_at: Some(Timestamp::now()),
                status: Some(status),
                reason: None,
            },
            Err(error) => Connection { state: State::Unknown, reason: Some(Reason::from(&error)), ..before.clone() },
        };
        news::tell(self.adapter.channel_id(), &before, &after);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = after.clone();
        *last = Some(began);
        after
    }
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

/// Asks the provider and subscribes to what is missing. Tells whether there was something.
///
/// # Errors
/// When the check could not be made, or the provider did not take the subscription.
pub(crate) async fn repair(adapter: &dyn ChannelAdapter, webhook: Option<&str>) -> Result<bool> {
    if !check(adapter, webhook).await?.can_be_repaired() {
        return Ok(false);
    }
    required(adapter.connection(), "connection_subscribe")?.subscribe(webhook).await?;
    tracing::info!(channel_id = %adapter.channel_id(), "the subscription was repaired");
    Ok(true)
}

/// A tenth more or less, so that channels do not all ask in the same moment for ever.
fn spread(every: Duration) -> Duration {
    // Without chance from the system the schedule is merely even.
    let chance = getrandom::u32().unwrap_or(u32::MAX / 2);
    every.mul_f64(0.9 + 0.2 * f64::from(chance) / f64::from(u32::MAX))
}
