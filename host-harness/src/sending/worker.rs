//! Sends what waits: each channel by itself, so that one that is slow, limited or dead delays no other.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::attempt::Attempts;
use super::channel_queue::ChannelQueue;
use super::pace::Pace;
use super::queue::{Behind, Line, Waiting};
use crate::store::Place;

/// How many calls of a channel are under way at once.
const CALLS: usize = 64;
/// How often what is too old is looked for.
const SWEEP: Duration = Duration::from_mins(1);

/// One worker for each channel that has sent something. Handles share them.
#[derive(Clone, Debug)]
pub(super) struct Workers {
    attempts: Attempts,
    pace: Pace,
    channels: Arc<Mutex<HashMap<String, Arc<ChannelQueue>>>>,
    /// How many messages wait on all of them together.
    total: Arc<AtomicUsize>,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

/// How much waits on a channel.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) channel_id: String,
    pub(crate) messages: usize,
    /// How long the oldest has waited.
    pub(crate) oldest: Option<Duration>,
}

impl Workers {
    pub(super) fn new(attempts: Attempts, pace: Pace, tasks: TaskTracker, stopping: CancellationToken) -> Self {
        Self { attempts, pace, channels: Arc::default(), total: Arc::default(), tasks, stopping }
    }

    /// Puts messages of a channel in line.
    pub(super) fn push(&self, channel_id: &str, messages: impl IntoIterator<Item = Waiting>) {
        let channel = self.channel(channel_id);
        {
            let mut queue = channel.queue();
            for message in messages {
                queue.push(message);
            }
        }
        channel.ring();
    }

    /// Takes a message out that is not to be sent. False when it does not wait.
    pub(super) fn remove(&self, channel_id: &str, line: &Line, place: Place) -> bool {
        let channel = self.channel(channel_id);
        let removed = channel.queue().remove(line, place).is_some();
        channel.ring();
        removed
    }

    /// Lets a line go on that waits for a moment.
    pub(super) fn let_go(&self, channel_id: &str, line: &Line) {
        let channel = self.channel(channel_id);
        channel.queue().let_go(line);
        channel.ring();
    }

    /// Whether a message waits for others to the same person.
    pub(super) fn behind(&self, channel_id: &str, line: &Line, place: Place) -> Option<Behind> {
        let channel = self.channels().get(channel_id).map(Arc::clone)?;
        channel.queue().behind(line, place)
    }

    /// How many messages wait on all channels together.
    pub(super) fn waiting(&self) -> usize {
        self.total.load(Ordering::Relaxed)
    }

    /// How much waits on each channel.
    pub(super) fn pending(&self) -> Vec<Pending> {
        let of = |channel: &Arc<ChannelQueue>| {
            let queue = channel.queue();
            Pending { channel_id: channel.channel_id().to_owned(), messages: queue.len(), oldest: queue.oldest() }
        };
        self.channels().values().map(of).collect()
    }

    fn channel(&self, channel_id: &str) -> Arc<ChannelQueue> {
        let mut channels = self.channels();
        if let Some(channel) = channels.get(channel_id) {
            return Arc::clone(channel);
        }
        let channel = Arc::new(ChannelQueue::new(channel_id, Arc::clone(&self.total)));
        channels.insert(channel_id.to_owned(), Arc::clone(&channel));
        self.tasks.spawn(self.clone().work(Arc::clone(&channel)));
        channel
    }

    fn channels(&self) -> MutexGuard<'_, HashMap<String, Arc<ChannelQueue>>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what waits on a channel until the host stops.
    async fn work(self, channel: Arc<ChannelQueue>) {
        let stopping = self.stopping.clone();
        stopping.run_until_cancelled(self.send_all(channel)).await;
    }

    async fn send_all(self, channel: Arc<ChannelQueue>) {
        let calls = Arc::new(Semaphore::new(CALLS));
        let mut sweep = Instant::now() + SWEEP;
        loop {
            if sweep <= Instant::now() {
                self.attempts.expire(&channel).await;
                sweep = Instant::now() + SWEEP;
            }
            // What is too old is told even while a channel is held.
            let Ok(()) = timeout(SWEEP, self.pace.open(channel.channel_id())).await else { continue };
            let Ok(call) = Arc::clone(&calls).acquire_owned().await else { return };
            let (unit, next) = {
                let mut queue = channel.queue();
                (queue.take(Instant::now()), queue.next_due())
            };
            if unit.is_empty() {
                let until = next.map_or(sweep, |next| next.min(sweep));
                tokio::select! {
                    () = channel.rung() => {}
                    () = sleep_until(until) => {}
                }
                continue;
            }
            let (attempts, channel) = (self.attempts.clone(), Arc::clone(&channel));
            self.tasks.spawn(async move {
                attempts.carry_out(&channel, unit).await;
                drop(call);
            });
        }
    }
}
