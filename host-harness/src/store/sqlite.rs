//! The store of one machine: an embedded SQL database in the data directory.

mod attempts;
mod broadcasts;
mod compact;
mod conversations;
mod cursors;
mod data_dir;
mod departing;
mod derived;
mod entry_times;
mod erasure;
mod events;
mod expiry;
mod gone;
mod look_ups;
mod marks;
mod messages;
mod outbox;
mod parts;
mod pauses;
mod placed;
mod profiles;
mod reader;
mod replies;
mod schema;
mod statuses;
mod subscriptions;
#[cfg(test)]
mod tests;
mod upkeep;
mod uploads;
mod waiting_receipts;
mod writer;

use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch;

pub use self::compact::Compacted;
use self::data_dir::DataDir;
use self::gone::Gone;
pub use self::reader::Reader;
pub use self::writer::Limits;
use self::writer::Writer;
use super::{Holder, StoreError};

/// Keeps all of a host's state in `events.sqlite3` of a data directory, with one writer and readers beside it.
///
/// Only one process at a time may hold a directory so; a [`Reader`] works next to it.
#[derive(Debug)]
pub struct Sqlite {
    writer: Writer,
    reader: Reader,
    /// How often a message may have come on.
    stepped: watch::Sender<u64>,
    gone: Arc<Gone>,
}

impl Sqlite {
    /// Opens the store in `data_dir`, which is made if missing, readable by its owner alone. It blocks for a moment.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] when another process holds the directory, [`StoreError::DataDir`],
    /// [`StoreError::NewerFormat`] or [`StoreError::Storage`].
    pub fn open(data_dir: &Path) -> Result<Self, StoreError> {
        Self::open_with(data_dir, Holder::HOST, Limits::default())
    }

    /// Like [`open`](Self::open), for a command that ends by itself.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_for(data_dir: &Path, command: &str) -> Result<Self, StoreError> {
        Self::open_with(data_dir, command, Limits::default())
    }

    /// Finds out whether nobody writes into the store in `data_dir`.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] with who does; [`StoreError::DataDir`] where it cannot be found out.
    pub fn check_free(data_dir: &Path) -> Result<(), StoreError> {
        DataDir::new(data_dir).check_free()
    }

    /// Like [`open_for`](Self::open_for), with other limits.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_with(data_dir: &Path, command: &str, limits: Limits) -> Result<Self, StoreError> {
        let dir = DataDir::new(data_dir);
        let lock = dir.prepare(&Holder::this(command))?;
        let connection = schema::open_for_writing(&dir, &lock)?;
        let kept = schema::kept(&connection)?;
        let gone = Gone::read(&connection).map_err(StoreError::storage("find out what is gone"))?;
        let reader = Reader::over(dir.clone())?;
        let writer = Writer::start(connection, lock, kept, limits).map_err(dir.unusable())?;
        Ok(Self { writer, reader, stepped: watch::Sender::new(0), gone: Arc::new(gone) })
    }

    /// Tells whoever waits for it that a message may have come on.
    fn came_on(&self) {
        self.stepped.send_modify(|times| *times += 1);
    }
}
