//! Who answers a person, as far as the host has heard of it.

use channel_api::ThreadOwner;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::writer::Writer;
use super::{EngineError, EventReader};

const GET: &str = "SELECT owner, since FROM threads WHERE channel_id = ?1 AND person = ?2";
/// What is told late was true earlier: it does not replace what came after it.
const PUT: &str = "INSERT INTO threads (channel_id, person, owner, since) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (channel_id, person) DO UPDATE SET owner = excluded.owner, since = excluded.since
     WHERE excluded.since >= threads.since";
/// Messages of either side. A tap on a quick reply is a message too, and has a name of its own on each channel.
const LAST_MESSAGE: &str = "SELECT received_at FROM events WHERE channel_id = ?1 AND person = ?2
     AND (name IN ('message.received', 'message.echo') OR name LIKE '%.quick\\_reply' ESCAPE '\\')
     ORDER BY seq DESC LIMIT 1";

/// Remembers who answers whom.
#[derive(Debug, Clone)]
pub struct ThreadTable {
    writer: Writer,
    reader: EventReader,
}

/// Who answers a person, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// Who answers.
    pub owner: ThreadOwner,
    /// When that began, to the millisecond.
    pub since: Timestamp,
}

impl ThreadTable {
    pub(super) const fn new(writer: Writer, reader: EventReader) -> Self {
        Self { writer, reader }
    }

    /// What was last heard of who answers this person.
    ///
    /// # Errors
    ///
    /// [`EngineError::Storage`] or [`EngineError::Closed`].
    pub async fn get(&self, channel_id: &str, person: &str) -> Result<Option<Owned>, EngineError> {
        let key = [channel_id.to_owned(), person.to_owned()];
        let row: Option<(String, i64)> = self
            .reader
            .run(move |connection| {
                let failed = EngineError::storage("look up who answers");
                let mut get = connection.prepare_cached(GET).map_err(&failed)?;
                get.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(&failed)
            })
            .await?;
        // A damaged entry is as good as none: the next event says it again.
        Ok(row.and_then(|(owner, since)| {
            Some(Owned { owner: serde_json::from_str(&owner).ok()?, since: Timestamp::from_millisecond(since).ok()? })
        }))
    }

    /// Writes down who answers from `owned.since` on, unless something later is known. It waits for room rather than be
    /// [`EngineError::Busy`]: the hand-over has happened.
    ///
    /// # Errors
    ///
    /// [`EngineError::Storage`] or [`EngineError::Closed`].
    pub async fn put(&self, channel_id: &str, person: &str, owned: Owned) -> Result<(), EngineError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        self.writer
            .submit_when_room(move |scope| {
                put(scope.connection, &channel_id, &person, &owned)
                    .map_err(EngineError::storage("write down who answers"))
            })
            .await
    }

    /// When the last message of either side was stored.
    ///
    /// # Errors
    ///
    /// [`EngineError::Storage`] or [`EngineError::Closed`].
    pub async fn last_message(&self, channel_id: &str, person: &str) -> Result<Option<Timestamp>, EngineError> {
        let key = [channel_id.to_owned(), person.to_owned()];
        let at: Option<i64> = self
            .reader
            .run(move |connection| {
                let failed = EngineError::storage("find a person's last message");
                let mut last = connection.prepare_cached(LAST_MESSAGE).map_err(&failed)?;
                last.query_row(key, |row| row.get(0)).optional().map_err(&failed)
            })
            .await?;
        Ok(at.and_then(|at| Timestamp::from_millisecond(at).ok()))
    }
}

pub(super) fn put(connection: &Connection, channel_id: &str, person: &str, owned: &Owned) -> rusqlite::Result<()> {
    let json = serde_json::to_string(&owned.owner);
    let json = json.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let row = params![channel_id, person, json, owned.since.as_millisecond()];
    connection.prepare_cached(PUT)?.execute(row).map(|_| ())
}
