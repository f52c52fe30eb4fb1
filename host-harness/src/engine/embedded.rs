//! The default engine: an embedded SQL database in the data directory.

use std::path::Path;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::params;
use tokio::sync::watch;

use super::data_dir::DataDir;
use super::writer::{Limits, Scope, Writer};
use super::{
    Appended, Engine, EngineError, EngineStats, EventReader, NewEvent, PeopleCache, Query, SendLedger, StoredEvent,
    ThreadTable, UploadCache, schema, threads,
};

const INSERT: &str = "INSERT INTO events (channel_id, id, name, person, data, received_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (channel_id, id) DO NOTHING";
const PROVE: &str = "INSERT INTO health (id, checks) VALUES (1, 1)
     ON CONFLICT (id) DO UPDATE SET checks = checks + 1";

/// Keeps events in `events.sqlite3` of a data directory, with one writer and readers beside it.
///
/// Only one process at a time may hold a directory so; [`Embedded::open_read_only`] works next to it.
#[derive(Debug)]
pub struct Embedded {
    writer: Writer,
    reader: EventReader,
}

impl Embedded {
    /// Opens the store in `data_dir`, which is made if missing, readable by its owner alone. It blocks for a moment.
    ///
    /// # Errors
    ///
    /// [`EngineError::InUse`] when another process holds the directory, [`EngineError::DataDir`],
    /// [`EngineError::NewerFormat`] or [`EngineError::Storage`].
    pub fn open(data_dir: &Path) -> Result<Self, EngineError> {
        Self::open_with(data_dir, Limits::default())
    }

    /// Like [`open`](Self::open), with other limits.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_with(data_dir: &Path, limits: Limits) -> Result<Self, EngineError> {
        let dir = DataDir::new(data_dir);
        let lock = dir.prepare()?;
        let connection = schema::open_for_writing(&dir, &lock)?;
        let last_seq = schema::last_seq(&connection)?;
        let reader = EventReader::over(dir.clone())?;
        let writer = Writer::start(connection, lock, last_seq, limits).map_err(dir.unusable())?;
        Ok(Self { writer, reader })
    }

    /// Opens the store in `data_dir` for reading only, also while a server has it open.
    ///
    /// # Errors
    ///
    /// As [`EventReader::open`].
    pub fn open_read_only(data_dir: &Path) -> Result<EventReader, EngineError> {
        EventReader::open(data_dir)
    }

    /// The ledger of sends, in the same database.
    #[must_use]
    pub fn sends(&self) -> SendLedger {
        SendLedger::new(self.writer.clone())
    }

    /// The cache of people, in the same database.
    #[must_use]
    pub fn people(&self) -> PeopleCache {
        PeopleCache::new(self.writer.clone(), self.reader.clone())
    }

    /// Who answers whom, in the same database.
    #[must_use]
    pub fn threads(&self) -> ThreadTable {
        ThreadTable::new(self.writer.clone(), self.reader.clone())
    }

    /// What the provider keeps for us, in the same database.
    #[must_use]
    pub fn uploads(&self) -> UploadCache {
        UploadCache::new(self.writer.clone(), self.reader.clone())
    }

    #[cfg(test)]
    pub(super) const fn writer(&self) -> &Writer {
        &self.writer
    }
}

#[async_trait]
impl Engine for Embedded {
    async fn append(&self, events: Vec<NewEvent>) -> Result<Appended, EngineError> {
        let received_at = Timestamp::now().as_millisecond();
        self.writer.submit(events.len(), move |scope| insert(scope, &events, received_at)).await
    }

    async fn read(&self, query: Query) -> Result<Vec<StoredEvent>, EngineError> {
        self.reader.read(query).await
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.writer.committed()
    }

    async fn health(&self) -> Result<(), EngineError> {
        // A real write: a disk that is full or read-only shows only then.
        self.writer.submit(1, |scope| prove(scope).map_err(EngineError::storage("write"))).await
    }

    fn stats(&self) -> EngineStats {
        self.writer.stats()
    }

    async fn close(&self) -> Result<(), EngineError> {
        // Readers first: the last connection to leave tidies the write-ahead log away.
        self.reader.close();
        self.writer.close().await
    }
}

fn insert(scope: &mut Scope<'_>, events: &[NewEvent], received_at: i64) -> Result<Appended, EngineError> {
    let failed = EngineError::storage("store events");
    let mut statement = scope.connection.prepare_cached(INSERT).map_err(&failed)?;
    let mut stored = 0;
    for NewEvent { channel_id, id, name, person, owner, data } in events {
        let row = params![&**channel_id, id, name, person, data.get(), received_at];
        if statement.execute(row).map_err(&failed)? == 1 {
            stored += 1;
            scope.last_seq = scope.connection.last_insert_rowid().cast_unsigned();
            // With the event or not at all; and a duplicate, which may come late, turns nothing back.
            if let (Some(person), Some(owned)) = (person.as_deref().filter(|person| !person.is_empty()), owner) {
                threads::put(scope.connection, channel_id, person, owned).map_err(&failed)?;
            }
        }
    }
    Ok(Appended { stored, duplicates: events.len() - stored, last_seq: scope.last_seq })
}

fn prove(scope: &Scope<'_>) -> rusqlite::Result<()> {
    scope.connection.prepare_cached(PROVE)?.execute([]).map(|_| ())
}
