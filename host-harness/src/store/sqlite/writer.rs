//! The one writer: a thread that takes every request that waits into one transaction and commits once.
//!
//! A commit costs a flush of the disk, however much it holds. While one runs, the next requests gather in the queue;
//! they share the next. So the store keeps up with any load of small requests without losing durability.

mod group;

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use rusqlite::Connection;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::{oneshot, watch};

pub(super) use self::group::Scope;
use self::group::{Job, Pending};
use crate::store::{LogStats, SqliteFault, StoreError};

/// How much may wait, and how much one commit takes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests that may wait for the writer; one more is [`StoreError::Busy`]. At least 1.
    pub queue: usize,
    /// Requests in one commit, at most. At least 1.
    pub requests_per_commit: usize,
    /// After so many records a commit takes no further request, so that none waits long for another's bulk.
    pub records_per_commit: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { queue: 1_024, requests_per_commit: 512, records_per_commit: 4_096 }
    }
}

/// Waits for the readers, then cuts the write-ahead log off.
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
const BUSY: std::ffi::c_int = rusqlite::ffi::SQLITE_BUSY;

/// A handle to the writer thread. The thread ends after [`Writer::close`], or when the last handle is gone.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Request>,
    committed: watch::Receiver<u64>,
    ended: watch::Receiver<Option<Result<(), SqliteFault>>>,
    counters: Arc<Counters>,
}

/// Whoever waits for something to be done.
type Done = oneshot::Sender<Result<(), StoreError>>;

#[derive(Debug)]
enum Request {
    Write {
        job: Box<dyn Job>,
        records: usize,
        /// It has to reach the disk.
        synced: bool,
    },
    /// Moves all that is committed into the database, and leaves nothing in the log beside it.
    Checkpoint(Done),
    Close,
}

/// Which events are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    /// The number from which on they are.
    pub(super) first_seq: u64,
    /// The last number given out.
    pub(super) last_seq: u64,
}

#[derive(Debug, Default)]
struct Counters {
    commits: AtomicU64,
    requests: AtomicU64,
    first_seq: AtomicU64,
}

impl Writer {
    /// Starts the thread. It owns the connection and, until it has ended, the lock.
    pub(super) fn start(connection: Connection, lock: File, kept: Kept, limits: Limits) -> std::io::Result<Self> {
        let (queue, requests) = mpsc::channel(limits.queue.max(1));
        let (committed_sender, committed) = watch::channel(kept.last_seq);
        let (ended_sender, ended) = watch::channel(None);
        let counters = Arc::new(Counters { first_seq: kept.first_seq.into(), ..Counters::default() });
        let worker = Worker {
            connection,
            requests,
            limits,
            committed: committed_sender,
            counters: Arc::clone(&counters),
            synced: true,
        };
        thread::Builder::new().name("event-store".to_owned()).spawn(move || {
            let outcome = worker.run();
            drop(lock);
            ended_sender.send_replace(Some(outcome));
        })?;
        Ok(Self { queue, committed, ended, counters })
    }

    /// Runs `work` in the next transaction and returns its value after the commit. `records` is about how many rows
    /// it writes. Refused at once when the queue is full.
    pub(super) async fn submit<T, F>(&self, records: usize, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Scope<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (job, reply) = Pending::request(work);
        self.queue.try_send(Request::Write { job, records, synced: true }).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::Busy { capacity: self.queue.max_capacity() },
            TrySendError::Closed(_) => StoreError::Closed,
        })?;
        answer(reply).await
    }

    /// Like [`submit`](Self::submit), but waits for room: for what must be written down since it has happened.
    pub(super) async fn submit_when_room<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Scope<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.when_room(work, true).await
    }

    /// Like [`submit_when_room`](Self::submit_when_room), for what may be lost with the machine's power: for its own sake nobody
    /// waits for the disk.
    pub(super) async fn submit_unsynced<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Scope<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.when_room(work, false).await
    }

    async fn when_room<T, F>(&self, work: F, synced: bool) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Scope<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (job, reply) = Pending::request(work);
        self.queue.send(Request::Write { job, records: 1, synced }).await.map_err(|_| StoreError::Closed)?;
        answer(reply).await
    }

    /// Leaves nothing of what was overwritten or deleted in the files. It waits for those who read.
    pub(super) async fn checkpoint(&self) -> Result<(), StoreError> {
        let (done, reply) = oneshot::channel();
        self.queue.send(Request::Checkpoint(done)).await.map_err(|_| StoreError::Closed)?;
        answer(reply).await
    }

    pub(super) async fn close(&self) -> Result<(), StoreError> {
        // A refusal means that another call was first: wait for its end.
        drop(self.queue.send(Request::Close).await);
        let mut ended = self.ended.clone();
        let outcome = ended.wait_for(Option::is_some).await.map_err(|_| StoreError::Closed)?;
        match *outcome {
            Some(Err(source)) => Err(StoreError::Storage { operation: "come to rest", source }),
            _ => Ok(()),
        }
    }

    pub(super) fn committed(&self) -> watch::Receiver<u64> {
        self.committed.clone()
    }

    pub(super) fn first_seq(&self) -> u64 {
        self.counters.first_seq.load(Ordering::Relaxed)
    }

    pub(super) fn stats(&self) -> LogStats {
        LogStats {
            commits: self.counters.commits.load(Ordering::Relaxed),
            requests: self.counters.requests.load(Ordering::Relaxed),
            queued: self.queue.max_capacity() - self.queue.capacity(),
            queue_capacity: self.queue.max_capacity(),
        }
    }
}

/// A job that is dropped unanswered went down with the thread.
async fn answer<T>(reply: oneshot::Receiver<Result<T, StoreError>>) -> Result<T, StoreError> {
    reply.await.unwrap_or(Err(StoreError::Closed))
}

struct Worker {
    connection: Connection,
    requests: mpsc::Receiver<Request>,
    limits: Limits,
    committed: watch::Sender<u64>,
    counters: Arc<Counters>,
    /// Commits wait for the disk.
    synced: bool,
}

/// What is taken out of the queue together.
#[derive(Default)]
struct Group {
    /// For one commit.
    jobs: Vec<Box<dyn Job>>,
    /// It has to reach the disk.
    synced: bool,
    /// What comes after it.
    checkpoint: Option<Done>,
}

impl Worker {
    fn run(mut self) -> Result<(), SqliteFault> {
        while let Some(first) = self.requests.blocking_recv() {
            let Group { jobs, synced, checkpoint } = self.gather(first);
            if !jobs.is_empty() {
                self.commit(jobs, synced);
            }
            if let Some(done) = checkpoint {
                // Whoever asked may have gone away.
                drop(done.send(self.checkpoint()));
            }
        }
        // Leaves one plain file behind, and finds out now whether the disk still takes it.
        let rest = self.connection.query_row(CHECKPOINT, [], |_| Ok(()));
        let closed = self.connection.close().map_err(|(_, error)| error);
        rest.and(closed).map_err(SqliteFault::from)
    }

    /// Everything that waits behind `first`, up to the limits of one commit or to a checkpoint.
    fn gather(&mut self, first: Request) -> Group {
        let mut group = Group::default();
        let mut total = 0;
        let mut next = Some(first);
        while let Some(request) = next {
            match request {
                Request::Write { job, records, synced } => {
                    group.jobs.push(job);
                    group.synced |= synced;
                    total += records;
                }
                Request::Checkpoint(done) => return Group { checkpoint: Some(done), ..group },
                // What was queued before still comes out; nothing new goes in.
                Request::Close => self.requests.close(),
            }
            let full = group.jobs.len() >= self.limits.requests_per_commit || total >= self.limits.records_per_commit;
            next = if full { None } else { self.requests.try_recv().ok() };
        }
        group
    }

    fn checkpoint(&self) -> Result<(), StoreError> {
        let failed = StoreError::storage("overwrite what was deleted");
        let is_busy: bool = self.connection.query_row(CHECKPOINT, [], |row| row.get(0)).map_err(&failed)?;
        if is_busy {
            Err(failed(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(BUSY), None)))
        } else {
            Ok(())
        }
    }

    fn commit(&mut self, mut group: Vec<Box<dyn Job>>, synced: bool) {
        let before = *self.committed.borrow();
        let kept = Kept { first_seq: self.counters.first_seq.load(Ordering::Relaxed), last_seq: before };
        let outcome = self.synchronous(synced).and_then(|()| group::commit(&mut self.connection, &mut group, kept));
        // Counted before anyone is answered: who has an answer sees itself counted.
        self.counters.requests.fetch_add(group.len() as u64, Ordering::Relaxed);
        match &outcome {
            Ok(Kept { first_seq, last_seq }) => {
                self.counters.first_seq.store(*first_seq, Ordering::Relaxed);
                self.counters.commits.fetch_add(1, Ordering::Relaxed);
                if *last_seq > before {
                    self.committed.send_replace(*last_seq);
                }
            }
            Err(fault) => tracing::error!(error = %fault, requests = group.len(), "the event store could not commit"),
        }
        let outcome = outcome.map(|_| ());
        for job in group {
            job.answer(outcome);
        }
    }

    /// Whether the next commit waits for the disk. In the log of what was written it has its place all the same: it reaches the
    /// disk with the next one that waits.
    fn synchronous(&mut self, synced: bool) -> Result<(), SqliteFault> {
        if self.synced != synced {
            let wanted = if synced { "FULL" } else { "NORMAL" };
            self.connection.pragma_update(None, "synchronous", wanted)?;
            self.synced = synced;
        }
        Ok(())
    }
}
