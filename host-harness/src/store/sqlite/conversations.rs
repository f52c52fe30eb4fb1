use async_trait::async_trait;
use channel_api::Opening;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::Sqlite;
use super::expiry::Ending;
use super::gone::Hash;
use crate::store::{Conversations, Known, Newest, Offered, Owned, RECENT, StoreError, Unavailable};

const OWNER: &str = "SELECT owner, since FROM threads WHERE channel_id = ?1 AND person = ?2";
/// What was so until somebody was erased is not written down any more.
const NOT_ERASED: &str = "NOT EXISTS (SELECT 1 FROM erased WHERE channel_id = ?1 AND person = ?5 AND at >= ?4)";
const SET_OWNER: &str =
    "INSERT INTO threads (channel_id, person, owner, since) SELECT ?1, ?2, ?3, ?4 WHERE {NOT_ERASED}
     ON CONFLICT (channel_id, person) DO UPDATE SET owner = excluded.owner, since = excluded.since
     WHERE excluded.since > threads.since";
const LAST_MESSAGE: &str = "SELECT received_at FROM events WHERE channel_id = ?1 AND person = ?2
     AND (name IN ('message.received', 'message.echo') OR kind IN ('message.postback', 'message.quick_reply'))
     ORDER BY seq DESC LIMIT 1";

const RECENTLY: &str = "SELECT name, id, data, received_at FROM events WHERE channel_id = ?1 AND person = ?2
     AND name <> 'message.status' ORDER BY seq DESC LIMIT ?3";
const OPENINGS: &str = "SELECT opened_by, opened_at FROM openings WHERE channel_id = ?1 AND person = ?2
     ORDER BY opened_at DESC";
const UNAVAILABLE: &str = "SELECT code, since FROM unavailable WHERE channel_id = ?1 AND person = ?2";
const SET_UNAVAILABLE: &str =
    "INSERT INTO unavailable (channel_id, person, code, since) SELECT ?1, ?2, ?3, ?4 WHERE {NOT_ERASED}
     ON CONFLICT (channel_id, person) DO NOTHING";
const ALL: [Ending; 4] = [
    Ending { table: "choices", key: &["channel_id", "person"], at: "since" },
    Ending { table: "threads", key: &["channel_id", "person"], at: "since" },
    Ending { table: "openings", key: &["channel_id", "person", "opened_by"], at: "opened_at" },
    Ending { table: "unavailable", key: &["channel_id", "person"], at: "since" },
];
const SET_AVAILABLE: &str = "DELETE FROM unavailable WHERE channel_id = ?1 AND person = ?2 AND since <= ?3";
const CHOICES: &str = "SELECT choices, since FROM choices WHERE channel_id = ?1 AND person = ?2";
const SET_CHOICES: &str =
    "INSERT INTO choices (channel_id, person, choices, since) SELECT ?1, ?2, ?3, ?4 WHERE {NOT_ERASED}
     ON CONFLICT (channel_id, person) DO UPDATE SET choices = excluded.choices, since = excluded.since
     WHERE excluded.since >= choices.since";
const NO_CHOICES: &str = "DELETE FROM choices WHERE channel_id = ?1 AND person = ?2 AND since <= ?3";

#[async_trait]
impl Conversations for Sqlite {
    async fn known(&self, channel_id: &str, person: &str) -> Result<Known, StoreError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        let failed = StoreError::storage("look up what is known of a person");
        self.reader.look_up(move |connection| known(connection, &channel_id, &person).map_err(failed)).await
    }

    async fn set_owner(&self, channel_id: &str, person: &str, owned: Owned) -> Result<(), StoreError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        let hash = self.gone.hash(&channel_id, &person);
        self.writer
            .submit_when_room(move |scope| {
                set_owner(scope.connection, (&channel_id, &person, hash), &owned)
                    .map_err(StoreError::storage("write down who answers"))
            })
            .await
    }

    async fn last_message(&self, channel_id: &str, person: &str) -> Result<Option<Timestamp>, StoreError> {
        let key = [channel_id.to_owned(), person.to_owned()];
        let at: Option<i64> = self
            .reader
            .run(move |connection| {
                let failed = StoreError::storage("find a person's last message");
                let mut last = connection.prepare_cached(LAST_MESSAGE).map_err(&failed)?;
                last.query_row(key, |row| row.get(0)).optional().map_err(&failed)
            })
            .await?;
        Ok(at.and_then(|at| Timestamp::from_millisecond(at).ok()))
    }

    async fn newest(&self, channel_id: &str, person: &str) -> Result<Option<Newest>, StoreError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        let failed = StoreError::storage("find what happened last");
        self.reader.run(move |connection| newest(connection, &channel_id, &person).map_err(failed)).await
    }

    async fn set_unavailable(
        &self,
        channel_id: &str,
        person: &str,
        given: Unavailable,
    ) -> Result<Unavailable, StoreError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        let hash = self.gone.hash(&channel_id, &person);
        self.writer
            .submit_when_room(move |scope| {
                let row = params![channel_id, person, given.code, given.since.as_millisecond(), hash];
                let set = scope.connection.prepare_cached(&unless_erased(SET_UNAVAILABLE));
                let set = set.and_then(|mut set| set.execute(row));
                let stands = set.and_then(|_| unavailable(scope.connection, &channel_id, &person));
                let stands = stands.map_err(StoreError::storage("write down who cannot be reached"))?;
                Ok(stands.unwrap_or(given))
            })
            .await
    }

    async fn set_available(&self, channel_id: &str, person: &str, at: Timestamp) -> Result<(), StoreError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        self.writer
            .submit_when_room(move |scope| {
                let row = params![channel_id, person, at.as_millisecond()];
                let set = scope.connection.prepare_cached(SET_AVAILABLE).and_then(|mut set| set.execute(row));
                set.map(drop).map_err(StoreError::storage("write down who can be reached"))
            })
            .await
    }

    async fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut expired = 0;
        for ending in &ALL {
            expired += self.delete_ended(ending, before, limit - expired.min(limit)).await?;
        }
        Ok(expired)
    }

    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError> {
        self.forget_person(&["threads", "openings", "unavailable", "choices"], channel_id, person).await
    }

    async fn choices(&self, channel_id: &str, person: &str) -> Result<Option<Offered>, StoreError> {
        let key = [channel_id.to_owned(), person.to_owned()];
        let row: Option<(String, i64)> = self
            .reader
            .run(move |connection| {
                let failed = StoreError::storage("look up what a number means");
                let mut choices = connection.prepare_cached(CHOICES).map_err(&failed)?;
                choices.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(&failed)
            })
            .await?;
        // A damaged entry is as good as none: the person's words are told as they are.
        Ok(row.and_then(|(choices, since)| {
            Some(Offered {
                choices: serde_json::from_str(&choices).ok()?,
                since: Timestamp::from_millisecond(since).ok()?,
            })
        }))
    }

    async fn set_choices(&self, channel_id: &str, person: &str, offered: Offered) -> Result<(), StoreError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        let hash = self.gone.hash(&channel_id, &person);
        self.writer
            .submit_when_room(move |scope| {
                let set = set_choices(scope.connection, (&channel_id, &person, hash), &offered);
                set.map_err(StoreError::storage("write down what a number means"))
            })
            .await
    }
}

/// The statement with its condition.
fn unless_erased(statement: &str) -> String {
    statement.replace("{NOT_ERASED}", NOT_ERASED)
}

fn newest(connection: &Connection, channel_id: &str, person: &str) -> rusqlite::Result<Option<Newest>> {
    let mut recently = connection.prepare_cached(RECENTLY)?;
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let rows = recently.query_map(params![channel_id, person, RECENT], row)?;
    let events: Vec<(String, String, String, i64)> = rows.collect::<Result<_, _>>()?;
    Ok(Newest::of(events.iter().map(|(name, id, data, stored)| (name.as_str(), id.as_str(), data.as_str(), *stored))))
}

fn openings(connection: &Connection, channel_id: &str, person: &str) -> rusqlite::Result<Vec<Opening>> {
    let mut openings = connection.prepare_cached(OPENINGS)?;
    let rows = openings.query_map([channel_id, person], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows: Vec<(String, i64)> = rows.collect::<Result<_, _>>()?;
    // A moment that no calendar has is as good as none: the next event says it again.
    let of = |(by, at): (String, i64)| Some(Opening::new(channel_api::Timestamp::from_millis(at)?, by));
    Ok(rows.into_iter().filter_map(of).collect())
}

fn known(connection: &Connection, channel_id: &str, person: &str) -> rusqlite::Result<Known> {
    Ok(Known {
        owner: owner(connection, channel_id, person)?,
        openings: openings(connection, channel_id, person)?,
        unavailable: unavailable(connection, channel_id, person)?,
    })
}

/// A damaged entry is as good as none: the next event says it again.
fn owner(connection: &Connection, channel_id: &str, person: &str) -> rusqlite::Result<Option<Owned>> {
    let mut get = connection.prepare_cached(OWNER)?;
    let row: Option<(String, i64)> =
        get.query_row([channel_id, person], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(row.and_then(|(owner, since)| {
        Some(Owned { owner: serde_json::from_str(&owner).ok()?, since: Timestamp::from_millisecond(since).ok()? })
    }))
}

fn unavailable(connection: &Connection, channel_id: &str, person: &str) -> rusqlite::Result<Option<Unavailable>> {
    let mut get = connection.prepare_cached(UNAVAILABLE)?;
    let row = get.query_row([channel_id, person], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let of = |(code, since): (String, i64)| Some(Unavailable { code, since: Timestamp::from_millisecond(since).ok()? });
    Ok(row.and_then(of))
}

fn set_owner(
    connection: &Connection,
    (channel_id, person, hash): (&str, &str, Hash),
    owned: &Owned,
) -> rusqlite::Result<()> {
    let json = serde_json::to_string(&owned.owner);
    let json = json.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let row = params![channel_id, person, json, owned.since.as_millisecond(), hash];
    connection.prepare_cached(&unless_erased(SET_OWNER))?.execute(row).map(|_| ())
}

fn set_choices(
    connection: &Connection,
    (channel_id, person, hash): (&str, &str, Hash),
    offered: &Offered,
) -> rusqlite::Result<()> {
    let since = offered.since.as_millisecond();
    if offered.choices.is_empty() {
        return connection.prepare_cached(NO_CHOICES)?.execute(params![channel_id, person, since]).map(drop);
    }
    let json = serde_json::to_string(&offered.choices);
    let json = json.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let row = params![channel_id, person, json, since, hash];
    connection.prepare_cached(&unless_erased(SET_CHOICES))?.execute(row).map(drop)
}
