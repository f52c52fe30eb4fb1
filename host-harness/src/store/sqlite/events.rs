use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::watch;

use super::Sqlite;
use super::derived::Derived;
use super::gone::Gone;
use super::placed::{no_news, time};
use super::writer::Scope;
use crate::store::events::with_unknown_messages;
use crate::store::{Appended, EventLog, LogStats, NewEvent, Placed, Query, StoreError, StoredEvent};

const INSERT: &str = "INSERT INTO events (channel_id, id, name, kind, person, data, received_at, copy)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (channel_id, id) DO NOTHING";
const FIND: &str = "SELECT seq, received_at FROM events WHERE channel_id = ?1 AND id = ?2";
const PERSON_OF: &str = "SELECT person FROM events WHERE channel_id = ?1 AND id = ?2 AND person IS NOT NULL";
const TOLD: &str = "SELECT 1 FROM events WHERE channel_id = ?1 AND id = ?2";
const OPEN: &str = "INSERT INTO openings (channel_id, person, opened_by, opened_at) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (channel_id, person, opened_by) DO UPDATE SET opened_at = excluded.opened_at
     WHERE excluded.opened_at > openings.opened_at";
const PROVE: &str = "INSERT INTO health (id, checks) VALUES (1, 1)
     ON CONFLICT (id) DO UPDATE SET checks = checks + 1";

#[async_trait]
impl EventLog for Sqlite {
    async fn append(&self, events: Vec<NewEvent>) -> Result<Appended, StoreError> {
        let now = Timestamp::now().as_millisecond();
        let gone = Arc::clone(&self.gone);
        self.writer.submit(events.len(), move |scope| append(scope, &gone, &events, now)).await
    }

    async fn read(&self, query: Query) -> Result<Vec<StoredEvent>, StoreError> {
        self.reader.read(query).await
    }

    async fn person_of(&self, channel_id: &str, ids: Vec<String>) -> Result<Option<String>, StoreError> {
        let channel_id = channel_id.to_owned();
        self.reader.run(move |connection| person_of(connection, &channel_id, &ids)).await
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.writer.committed()
    }

    fn first(&self) -> u64 {
        self.writer.first_seq()
    }

    async fn expire(&self, before: Timestamp, below: u64, limit: usize) -> Result<usize, StoreError> {
        self.expire_events(before, below, limit).await
    }

    async fn erase(&self, channel_id: &str, person: &str, at: Timestamp) -> Result<u64, StoreError> {
        self.erase_events(channel_id, person, at).await
    }

    async fn health(&self) -> Result<(), StoreError> {
        // A real write: a disk that is full or read-only shows only then.
        self.writer.submit(1, |scope| prove(scope).map_err(StoreError::storage("write"))).await
    }

    fn stats(&self) -> LogStats {
        self.writer.stats()
    }

    async fn close(&self) -> Result<(), StoreError> {
        // Readers first: the last connection to leave tidies the write-ahead log away.
        self.reader.close();
        self.writer.close().await
    }
}

fn person_of(connection: &Connection, channel_id: &str, ids: &[String]) -> Result<Option<String>, StoreError> {
    let failed = StoreError::storage("look up whose event it is");
    let mut person = connection.prepare_cached(PERSON_OF).map_err(&failed)?;
    for id in ids {
        let found = person.query_row(params![channel_id, id], |row| row.get(0)).optional().map_err(&failed)?;
        if let Some(person) = found {
            return Ok(Some(person));
        }
    }
    Ok(None)
}

fn append(scope: &mut Scope<'_>, gone: &Gone, events: &[NewEvent], now: i64) -> Result<Appended, StoreError> {
    let failed = StoreError::storage("store events");
    let connection = scope.connection;
    let mut insert = connection.prepare_cached(INSERT).map_err(&failed)?;
    let mut find = connection.prepare_cached(FIND).map_err(&failed)?;
    let mut told = connection.prepare_cached(TOLD).map_err(&failed)?;
    let mut placed = Vec::with_capacity(events.len());
    for event in events {
        let NewEvent { channel_id, identity, name, kind, person, .. } = event;
        let erased = person.as_deref().map(|person| gone.erased_at(connection, channel_id, person));
        let erased = erased.transpose().map_err(&failed)?.flatten();
        if erased.is_some_and(|at| event.happened_until(at)) {
            placed.push(Placed::erased(time(now)));
            continue;
        }
        let derived = Derived::of(connection, channel_id, identity);
        let known = match &derived {
            Some(derived) => derived.known(now),
            None => gone.event(connection, channel_id, &identity.id()),
        };
        if let Some(known) = known.map_err(&failed)? {
            placed.push(known.erased_at(erased));
            continue;
        }
        let id = match &derived {
            Some(derived) => derived.next_id().map_err(&failed)?,
            None => identity.id(),
        };
        let mut is_told = |id: &String| told.exists(params![&**channel_id, id]);
        let data = with_unknown_messages(event, |concern| any(&concern.told_by, &mut is_told)).map_err(&failed)?;
        // It is made of texts, which can always be written.
        let copy = event.copy.as_ref().and_then(|copy| serde_json::to_string(copy).ok());
        let row = params![&**channel_id, id, name, kind, person, data, now, copy];
        if insert.execute(row).map_err(&failed)? == 1 {
            scope.last_seq = connection.last_insert_rowid().cast_unsigned();
            let new = Placed { seq: scope.last_seq, received_at: time(now), new: true, erased: false };
            if let Some(derived) = &derived {
                derived.remember(new).map_err(&failed)?;
            }
            open(connection, event, new.received_at).map_err(&failed)?;
            placed.push(new);
        } else {
            placed.push(find.query_row(params![&**channel_id, id], no_news).map_err(&failed)?);
        }
    }
    Ok(Appended { events: placed, last_seq: scope.last_seq })
}

/// Whether one of the ids has it.
fn any(ids: &[String], mut has: impl FnMut(&String) -> rusqlite::Result<bool>) -> rusqlite::Result<bool> {
    for id in ids {
        if has(id)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Keeps what a new event opens, unless the same has happened later.
fn open(connection: &Connection, event: &NewEvent, first_told: Timestamp) -> rusqlite::Result<()> {
    let Some((person, opening)) = event.opens(first_told) else { return Ok(()) };
    let row = params![&*event.channel_id, person, opening.by, opening.at.as_millis()];
    connection.prepare_cached(OPEN)?.execute(row).map(drop)
}

fn prove(scope: &Scope<'_>) -> rusqlite::Result<()> {
    scope.connection.prepare_cached(PROVE)?.execute([]).map(|_| ())
}
