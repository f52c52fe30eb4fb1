//! Reading beside the writer: a few connections that can only read, used on the blocking pool.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::data_dir::DataDir;
use super::look_ups::LookUps;
use super::schema;
use crate::store::events::with_id;
use crate::store::{MAX_PAGE, Query, StoreError, StoredEvent};

/// Reads at the same time. A read is short; more would only compete for the disk and the blocking pool.
const CONNECTIONS: usize = 4;

const SELECT: &str =
    "SELECT seq, channel_id, id, name, person, data, received_at, kind, copy FROM events WHERE seq > ?1";

/// Reads a store, also while a server writes to it.
#[derive(Debug, Clone)]
pub struct Reader {
    pool: Arc<Pool>,
}

#[derive(Debug)]
struct Pool {
    dir: DataDir,
    slots: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
    look_ups: LookUps,
}

impl Reader {
    /// Opens the store in `data_dir`. It blocks for a moment; it changes nothing and locks nobody out.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::OlderFormat`], [`StoreError::NewerFormat`] or [`StoreError::Storage`].
    pub fn open(data_dir: &Path) -> Result<Self, StoreError> {
        Self::over(DataDir::new(data_dir))
    }

    pub(super) fn over(dir: DataDir) -> Result<Self, StoreError> {
        if !dir.database().is_file() {
            return Err(StoreError::NotFound { path: dir.path().to_owned() });
        }
        let first = schema::open_for_reading(&dir)?;
        let pool = Pool {
            dir,
            slots: Arc::new(Semaphore::new(CONNECTIONS)),
            idle: Mutex::new(vec![first]),
            look_ups: LookUps::default(),
        };
        Ok(Self { pool: Arc::new(pool) })
    }

    /// Returns the events that the query asks for, in order.
    ///
    /// # Errors
    ///
    /// As [`EventLog::read`](crate::store::EventLog::read).
    pub async fn read(&self, query: Query) -> Result<Vec<StoredEvent>, StoreError> {
        self.run(move |connection| read(connection, &query)).await
    }

    /// The number from which on events are kept.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    pub async fn first(&self) -> Result<u64, StoreError> {
        self.run(schema::first_seq).await
    }

    /// Runs `work` with a connection of the pool, where it may block.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let pool = Arc::clone(&self.pool);
        // On a task of its own: a place in line that its caller does not come for would keep everybody else from reading.
        let task = tokio::spawn(async move {
            let slot = Arc::clone(&pool.slots).acquire_owned().await.map_err(|_| StoreError::Closed)?;
            let reading = spawn_blocking(move || {
                // Held by the work: a caller that goes away does not end it.
                let _slot = slot;
                let connection = pool.take()?;
                let outcome = work(&connection);
                pool.give_back(connection);
                outcome
            });
            reading.await.unwrap_or(Err(StoreError::Closed))
        });
        // The runtime drops a task only when it goes down.
        task.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Runs what takes a moment, on a thread that it shares with others of its kind.
    pub(super) async fn look_up<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        if self.pool.slots.is_closed() {
            return Err(StoreError::Closed);
        }
        let (answer, must_serve) = self.pool.look_ups.push(work);
        if must_serve {
            let pool = Arc::clone(&self.pool);
            spawn_blocking(move || {
                let taken = pool.look_ups.serving().all(|| pool.take());
                if let Some(connection) = taken {
                    pool.give_back(connection);
                }
            });
        }
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Refuses further reads and closes the connections, those in use as soon as they come back.
    pub(super) fn close(&self) {
        self.pool.slots.close();
        self.pool.idle().clear();
    }
}

impl Pool {
    fn take(&self) -> Result<Connection, StoreError> {
        let idle = self.idle().pop();
        idle.map_or_else(|| schema::open_for_reading(&self.dir), Ok)
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.idle();
        if !self.slots.is_closed() {
            idle.push(connection);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(connection: &Connection, query: &Query) -> Result<Vec<StoredEvent>, StoreError> {
    let failed = StoreError::storage("read events");
    let after = i64::try_from(query.after).unwrap_or(i64::MAX);
    let limit = i64::try_from(query.limit.min(MAX_PAGE)).unwrap_or(i64::MAX);
    let mut sql = SELECT.to_owned();
    if query.channel_id.is_some() {
        sql.push_str(" AND channel_id = ?3");
    }
    if !query.names.is_empty() {
        // They are this program's own words.
        let names = query.names.join("', '");
        sql.extend([" AND name IN ('", &names, "')"]);
    }
    sql.push_str(" ORDER BY seq LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql).map_err(&failed)?;
    let mut rows = match &query.channel_id {
        Some(channel_id) => statement.query(params![after, limit, channel_id]),
        None => statement.query(params![after, limit]),
    }
    .map_err(&failed)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        match event(row).map_err(&failed)? {
            Ok(event) => events.push(event),
            // What comes before a damaged event is still read; only then does the reader stand before it.
            Err(seq) if events.is_empty() => return Err(StoreError::CorruptEvent { seq }),
            Err(_) => break,
        }
    }
    Ok(events)
}

/// The event of a row, or the number of one whose data or time cannot be understood.
fn event(row: &Row<'_>) -> rusqlite::Result<Result<StoredEvent, u64>> {
    let seq = row.get::<_, i64>(0)?.cast_unsigned();
    let id: String = row.get(2)?;
    let data = with_id(&id, row.get(5)?);
    let received_at = Timestamp::from_millisecond(row.get(6)?);
    let (Some(data), Ok(received_at)) = (data, received_at) else { return Ok(Err(seq)) };
    Ok(Ok(StoredEvent {
        seq,
        channel_id: row.get(1)?,
        id,
        name: row.get(3)?,
        kind: row.get(7)?,
        person: row.get(4)?,
        data,
        // A copy that cannot be read is none: its message stays as it is.
        copy: row.get::<_, Option<String>>(8)?.and_then(|copy| serde_json::from_str(&copy).ok()),
        received_at,
    }))
}
