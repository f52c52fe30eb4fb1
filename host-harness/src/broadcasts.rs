//! One message to a list of people: taken, run, paused and told. Who uses it brings a [`Request`] and shows a [`Report`].

mod report;
mod request;
mod run;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use self::report::Report;
pub(crate) use self::request::{MOST_PEOPLE, Request};
use self::run::Run;
use crate::sending::{Bar, NotSent, Sender};
use crate::store::sqlite::Reader;
use crate::store::{Broadcast, BroadcastQuery, Broadcasts as Store, CastState, Created, NewBroadcast, StoreError};

/// So many people are written down at a time: nobody waits long behind them.
const AT_A_TIME: usize = 2_000;
/// So many broadcasts are looked at when a host starts.
const LATEST: usize = 1_000;

/// Takes broadcasts and runs them. Handles share it.
#[derive(Clone, Debug)]
pub(crate) struct Broadcasts {
    store: Arc<dyn Store>,
    sender: Sender,
    running: Arc<Mutex<HashMap<String, Arc<Run>>>>,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

/// What somebody wants of a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Pause,
    Resume,
    Cancel,
}

impl Wish {
    /// Whether a broadcast in this state is as it was wished.
    pub(crate) fn is_done(self, state: CastState) -> bool {
        match self {
            Self::Pause => state == CastState::Paused,
            Self::Resume => state.is_active(),
            Self::Cancel => state == CastState::Cancelled,
        }
    }
}

/// What has become of a broadcast, as it stands in a store that somebody else may work with.
///
/// # Errors
/// The store's.
pub(crate) async fn kept(store: &Reader, id: &str) -> Result<Option<Report>, StoreError> {
    let Some(broadcast) = store.broadcast(id).await? else { return Ok(None) };
    let counts = store.counts(id).await?;
    Ok(Some(Report::new(&broadcast, &counts, None, Timestamp::now())))
}

/// How many people on a list may be written to now.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Windows {
    total: u64,
    open: u64,
    window_closed: u64,
    window_unknown: u64,
    person_unavailable: u64,
}

impl Broadcasts {
    pub(crate) fn new(store: Arc<dyn Store>, sender: Sender, tasks: TaskTracker, stopping: CancellationToken) -> Self {
        Self { store, sender, running: Arc::default(), tasks, stopping }
    }

    /// Settles what an earlier host has left. Called before anything is sent, so that nothing goes out of what was ended.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn settle(&self) -> Result<(), StoreError> {
        self.store.forget_gathering(None).await?;
        let states = vec![CastState::Paused, CastState::Stopped, CastState::Cancelled];
        for held in self.store.broadcasts(BroadcastQuery { limit: LATEST, states, ..BroadcastQuery::default() }).await?
        {
            self.store.give_back(&held.id).await?;
        }
        Ok(())
    }

    /// Goes on with those that are to go on.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn start(&self) -> Result<(), StoreError> {
        let states = vec![CastState::Scheduled, CastState::Running];
        for active in
            self.store.broadcasts(BroadcastQuery { limit: LATEST, states, ..BroadcastQuery::default() }).await?
        {
            self.launch(&active.id);
        }
        Ok(())
    }

    /// Takes a broadcast, or tells which one its key belongs to, and whether that was so.
    ///
    /// # Errors
    /// What is wrong with it, and that the store does not take it.
    pub(crate) async fn create(&self, request: Request) -> Result<(Broadcast, bool), NotSent> {
        self.sender.check(&request.json, request.first())?;
        let broadcasts = self.clone();
        // It goes on when whoever asked does not wait for it.
        self.tasks.spawn(async move { broadcasts.gather(request).await }).await.map_err(|_| NotSent::Lost)?
    }

    async fn gather(&self, request: Request) -> Result<(Broadcast, bool), NotSent> {
        let fingerprint = request.fingerprint;
        let Request { channel_id, reference, at, key, people, .. } = request;
        let json = serde_json::value::to_raw_value(&request.json).map_err(|_| NotSent::Lost)?;
        let id = new_id()?;
        let new = NewBroadcast { id: id.clone(), channel_id, key, fingerprint, json, reference, at };
        match self.store.create(new).await? {
            // It may come to nothing yet.
            Created::Known(known) if known.state == CastState::Gathering => return Err(NotSent::NotStored),
            Created::Known(known) if known.fingerprint == fingerprint => return Ok((*known, true)),
            Created::Known(_) => return Err(NotSent::KeyReused),
            Created::New => {}
        }
        let to = if at.is_some() { CastState::Scheduled } else { CastState::Running };
        match self.complete(&id, people, to).await {
            Ok(broadcast) => {
                self.launch(&id);
                Ok((broadcast, false))
            }
            Err(error) => {
                // Nobody is told of it. If this fails as well, the next start forgets it.
                if let Err(error) = self.store.forget_gathering(Some(&id)).await {
                    tracing::warn!(%error, broadcast = id, "a broadcast that was not whole is still kept");
                }
                Err(error)
            }
        }
    }

    /// Writes the people down, then that they are all there.
    async fn complete(&self, id: &str, mut people: Vec<String>, to: CastState) -> Result<Broadcast, NotSent> {
        while !people.is_empty() {
            let rest = people.split_off(people.len().min(AT_A_TIME));
            self.store.add(id, std::mem::replace(&mut people, rest)).await?;
        }
        self.store.bring(id, &[CastState::Gathering], to).await?.ok_or(NotSent::Lost)
    }

    /// How many of these people may be written to now.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub(crate) async fn windows(&self, request: &Request) -> Result<Windows, NotSent> {
        self.sender.check(&request.json, request.first())?;
        let mut windows = Windows::default();
        // Who stands on the list twice gets it once.
        let people: HashSet<&str> = request.people.iter().map(String::as_str).collect();
        for person in people {
            windows.total += 1;
            *match self.sender.bar(&request.json, person).await? {
                None => &mut windows.open,
                Some(Bar::WindowClosed) => &mut windows.window_closed,
                Some(Bar::WindowUnknown) => &mut windows.window_unknown,
                Some(Bar::Unavailable) => &mut windows.person_unavailable,
            } += 1;
        }
        Ok(windows)
    }

    /// Does what is wished, where that can be, and answers what the broadcast is now.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn wish(&self, id: &str, wish: Wish) -> Result<Option<Broadcast>, StoreError> {
        use CastState::{Cancelled, Paused, Running, Scheduled, Stopped};
        let found = match wish {
            Wish::Pause => self.store.bring(id, &[Scheduled, Running], Paused).await?,
            Wish::Resume => {
                let at = self.store.broadcast(id).await?.and_then(|broadcast| broadcast.at);
                let to = if at.is_some_and(|at| at > Timestamp::now()) { Scheduled } else { Running };
                self.store.bring(id, &[Paused, Stopped], to).await?
            }
            Wish::Cancel => self.store.bring(id, &[Scheduled, Running, Paused, Stopped], Cancelled).await?,
        };
        let Some(found) = found else { return Ok(None) };
        if matches!(found.state, Paused | Cancelled) {
            self.store.give_back(id).await?;
        }
        if found.state == Cancelled {
            self.sender.withdraw(id).await?;
        }
        self.launch(id);
        Ok(Some(found))
    }

    /// What has become of a broadcast.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn report(&self, id: &str) -> Result<Option<Report>, StoreError> {
        let Some(broadcast) = self.store.broadcast(id).await? else { return Ok(None) };
        let counts = self.store.counts(id).await?;
        let run = self.running().get(id).map(Arc::clone);
        Ok(Some(Report::new(&broadcast, &counts, run.as_deref(), Timestamp::now())))
    }

    /// Broadcasts, the newest first.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn list(&self, query: BroadcastQuery) -> Result<Vec<Broadcast>, StoreError> {
        self.store.broadcasts(query).await
    }

    /// Runs a broadcast, or tells the one that runs it that something has changed.
    fn launch(&self, id: &str) {
        let mut running = self.running();
        if let Some(run) = running.get(id) {
            run.changed.notify_one();
            return;
        }
        let run = Arc::new(Run::new(Instant::now()));
        running.insert(id.to_owned(), Arc::clone(&run));
        let (broadcasts, id) = (self.clone(), id.to_owned());
        self.tasks.spawn(async move {
            let stopping = broadcasts.stopping.clone();
            let ended = stopping.run_until_cancelled(broadcasts.run(&id, &run)).await;
            broadcasts.running().remove(&id);
            // It may have been resumed at the last moment.
            let again = ended.is_some()
                && broadcasts.store.broadcast(&id).await.is_ok_and(|now| now.is_some_and(|now| now.state.is_active()));
            if again {
                broadcasts.launch(&id);
            }
        });
    }

    fn running(&self) -> MutexGuard<'_, HashMap<String, Arc<Run>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What nobody guesses, in the order of time.
fn new_id() -> Result<String, NotSent> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).map_err(|_| NotSent::Lost)?;
    Ok(format!("bc_{:012x}{}", Timestamp::now().as_millisecond(), hex::encode(bytes)))
}
