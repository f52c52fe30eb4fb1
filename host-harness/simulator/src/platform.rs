//! The running simulator, shared by its two sides.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::clock::Clock;
use super::delivery_faults::DeliveryFaults;
use super::delivery_policy::DeliveryPolicy;
use super::entities::Page;
use super::event::SimulatorEvent;
use super::fault::Faults;
use super::ids::Ids;
use super::journal::Journal;
use super::record::Record;
use super::version::ExpiredVersions;
use super::webhook::Webhook;
use super::world::World;

/// A follower that is this many events behind loses the oldest.
const EVENTS: usize = 4096;

#[derive(Debug)]
pub(super) struct Platform {
    world: Mutex<World>,
    faults: Mutex<Faults>,
    record: Mutex<Record>,
    journal: Mutex<Journal>,
    delivery_faults: Mutex<DeliveryFaults>,
    /// How often everything that was held back was let go.
    pub(super) flushes: watch::Sender<u64>,
    /// One queue a Page, so that a Page's webhooks stay in order and Pages do not wait for each other.
    outboxes: Mutex<HashMap<String, mpsc::UnboundedSender<Webhook>>>,
    tasks: Mutex<JoinSet<()>>,
    events: broadcast::Sender<SimulatorEvent>,
    pub(super) pending: watch::Sender<usize>,
    pub(super) ids: Ids,
    pub(super) http: reqwest::Client,
    pub(super) seed: u64,
    pub(super) clock: Clock,
    pub(super) policy: DeliveryPolicy,
    pub(super) expired_versions: ExpiredVersions,
    pub(super) stop: CancellationToken,
}

/// How a simulator is run.
#[derive(Clone, Debug)]
pub(super) struct SimulatorOptions {
    pub(super) seed: u64,
    pub(super) clock: Clock,
    pub(super) policy: DeliveryPolicy,
    pub(super) expired_versions: ExpiredVersions,
}

impl Platform {
    pub(super) fn new(options: SimulatorOptions, http: reqwest::Client) -> Self {
        let SimulatorOptions { seed, clock, policy, expired_versions } = options;
        Self {
            world: Mutex::default(),
            faults: Mutex::default(),
            record: Mutex::default(),
            journal: Mutex::default(),
            delivery_faults: Mutex::default(),
            flushes: watch::Sender::new(0),
            outboxes: Mutex::default(),
            tasks: Mutex::default(),
            events: broadcast::Sender::new(EVENTS),
            pending: watch::Sender::new(0),
            ids: Ids::new(seed),
            http,
            seed,
            clock,
            policy,
            expired_versions,
            stop: CancellationToken::new(),
        }
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    pub(super) fn record(&self) -> MutexGuard<'_, Record> {
        lock(&self.record)
    }

    pub(super) fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    pub(super) fn delivery_faults(&self) -> MutexGuard<'_, DeliveryFaults> {
        lock(&self.delivery_faults)
    }

    /// Lets everything go that is held back.
    pub(super) fn flush(&self) {
        self.flushes.send_modify(|flushes| *flushes += 1);
    }

    pub(super) fn emit(&self, event: SimulatorEvent) {
        // An error only says that nobody follows.
        drop(self.events.send(event));
    }

    pub(super) fn follow(&self) -> broadcast::Receiver<SimulatorEvent> {
        self.events.subscribe()
    }

    /// Adds or replaces a Page and starts its delivery task. Says what is wrong otherwise.
    pub(super) fn put_page(self: &Arc<Self>, page: Page) -> Result<(), String> {
        if let Some(problem) = page.problem() {
            return Err(problem);
        }
        let mut world = self.world();
        if world.pages.iter().any(|other| other.id != page.id && other.access_token == page.access_token) {
            return Err(format!("page {:?}: another Page has the same accessToken", page.id));
        }
        let id = page.id.clone();
        world.put_page(page);
        lock(&self.outboxes).entry(id.clone()).or_insert_with(|| {
            let (sender, receiver) = mpsc::unbounded_channel();
            lock(&self.tasks).spawn(Arc::clone(self).deliver_all(id, receiver));
            sender
        });
        Ok(())
    }

    /// Queues webhooks of one Page, in this order, as far as it is subscribed to them. Called with the world locked, so
    /// that the order of webhooks is the order of events.
    pub(super) fn enqueue(&self, page: &Page, webhooks: impl IntoIterator<Item = Webhook>) {
        let outboxes = lock(&self.outboxes);
        let Some(outbox) = outboxes.get(&page.id) else { return };
        for mut webhook in webhooks {
            if !page.subscribed_fields.iter().any(|field| field == webhook.field) {
                continue;
            }
            self.pending.send_modify(|pending| *pending += 1);
            webhook.flushes = *self.flushes.borrow();
            if outbox.send(webhook).is_err() {
                // The delivery task has ended: the simulator is shutting down.
                self.pending.send_modify(|pending| *pending -= 1);
            }
        }
    }

    /// The delivery tasks, to be awaited at shutdown.
    pub(super) fn take_tasks(&self) -> JoinSet<()> {
        std::mem::take(&mut *lock(&self.tasks))
    }
}

/// A panic while holding a lock leaves plain data behind; going on is better than failing every later call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
