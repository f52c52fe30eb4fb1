//! Sends what waits: each channel by itself, so that one that is slow, limited or dead delays no other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::attempt::Attempts;
use super::pace::Pace;
use super::queue::{Line, Queue, Waiting};
use super::retry::earlier;
use crate::store::Place;

/// How many calls of a channel are under way at once.
const CALLS: usize = 64;
/// How long a message waits before it is too old to be sent.
const EXPIRES: Duration = Duration::from_hours(24);
/// How often what is too old is looked for.
const SWEEP: Duration = Duration::from_mins(1);

/// One worker for each channel that has sent something. Handles share them.
#[derive(Clone, Debug)]
pub(super) struct Workers {
    attempts: Attempts,
    pace: Pace,
    lanes: Arc<Mutex<HashMap<String, Arc<Lane>>>>,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

/// What waits on a channel, and its worker's bell.
pub(super) struct Lane {
    channel_id: String,
    queue: Mutex<Queue>,
    wake: Notify,
}

/// How much waits on a channel.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) channel_id: String,
    pub(crate) messages: usize,
    /// Since when the oldest has waited.
    pub(crate) oldest: Option<Timestamp>,
}

impl Workers {
    pub(super) fn new(attempts: Attempts, pace: Pace, tasks: TaskTracker, stopping: CancellationToken) -> Self {
        Self { attempts, pace, lanes: Arc::default(), tasks, stopping }
    }

    /// Puts messages of a channel in line.
    pub(super) fn push(&self, channel_id: &str, messages: impl IntoIterator<Item = Waiting>) {
        let lane = self.lane(channel_id);
        {
            let mut queue = lane.queue();
            for message in messages {
                queue.push(message);
            }
        }
        lane.wake.notify_one();
    }

    /// Takes a message out that is not to be sent. False when it does not wait.
    pub(super) fn remove(&self, channel_id: &str, line: &Line, place: Place) -> bool {
        let lane = self.lane(channel_id);
        let removed = lane.queue().remove(line, place).is_some();
        lane.wake.notify_one();
        removed
    }

    /// Lets a line go on that waits for a moment.
    pub(super) fn let_go(&self, channel_id: &str, line: &Line) {
        let lane = self.lane(channel_id);
        lane.queue().let_go(line);
        lane.wake.notify_one();
    }

    /// How many messages wait on all channels together.
    pub(super) fn waiting(&self) -> usize {
        self.lanes().values().map(|lane| lane.queue().len()).sum()
    }

    /// How much waits on each channel.
    pub(super) fn pending(&self) -> Vec<Pending> {
        let of = |lane: &Arc<Lane>| {
            let queue = lane.queue();
            Pending { channel_id: lane.channel_id.clone(), messages: queue.len(), oldest: queue.oldest() }
        };
        self.lanes().values().map(of).collect()
    }

    fn lane(&self, channel_id: &str) -> Arc<Lane> {
        let mut lanes = self.lanes();
        if let Some(lane) = lanes.get(channel_id) {
            return Arc::clone(lane);
        }
        let channel_id = channel_id.to_owned();
        let (queue, wake) = (Mutex::default(), Notify::new());
        let lane = Arc::new(Lane { channel_id: channel_id.clone(), queue, wake });
        lanes.insert(channel_id, Arc::clone(&lane));
        self.tasks.spawn(self.clone().work(Arc::clone(&lane)));
        lane
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<String, Arc<Lane>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what waits on a channel until the host stops.
    async fn work(self, lane: Arc<Lane>) {
        let stopping = self.stopping.clone();
        stopping.run_until_cancelled(self.send_all(lane)).await;
    }

    async fn send_all(self, lane: Arc<Lane>) {
        let calls = Arc::new(Semaphore::new(CALLS));
        let mut sweep = Instant::now() + SWEEP;
        loop {
            if sweep <= Instant::now() {
                self.attempts.expire(&lane, earlier(Timestamp::now(), EXPIRES)).await;
                sweep = Instant::now() + SWEEP;
            }
            // What is too old is told even while a channel is held.
            let Ok(()) = timeout(SWEEP, self.pace.open(&lane.channel_id)).await else { continue };
            let Ok(call) = Arc::clone(&calls).acquire_owned().await else { return };
            let (unit, next) = {
                let mut queue = lane.queue();
                (queue.take(Instant::now()), queue.next_due())
            };
            if unit.is_empty() {
                let until = next.map_or(sweep, |next| next.min(sweep));
                tokio::select! {
                    () = lane.wake.notified() => {}
                    () = sleep_until(until) => {}
                }
                continue;
            }
            let (attempts, lane) = (self.attempts.clone(), Arc::clone(&lane));
            self.tasks.spawn(async move {
                attempts.carry_out(&lane, unit).await;
                drop(call);
            });
        }
    }
}

impl Lane {
    pub(super) fn channel_id(&self) -> &str {
        &self.channel_id
    }

    /// A line's message has ended, or goes back into it: the next one may be sent, or not before `until`.
    pub(super) fn free(&self, line: &Line, back: Option<Waiting>, until: Option<Instant>) {
        self.queue().free(line, back, until);
        self.wake.notify_one();
    }

    pub(super) fn expired(&self, before: Timestamp) -> Vec<Waiting> {
        self.queue().expired(before)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lane").field("channel_id", &self.channel_id).finish_non_exhaustive()
    }
}
