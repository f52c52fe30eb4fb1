//! Erasing a person from the log.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::Sqlite;
use super::expiry::Leaving;
use super::gone::Gone;
use super::writer::Scope;
use crate::store::StoreError;

/// So many events of a person go at a time: nobody waits long behind them.
const AT_A_TIME: i64 = 250;
/// So many events that are nobody's are looked through at a time.
const LOOKED_THROUGH: i64 = 10_000;

const THEIRS: &str = "SELECT seq, channel_id, id, received_at FROM events
     WHERE channel_id = ?1 AND person = ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4";
/// What is nobody's may name them all the same: an event that was not understood.
const NAMING: &str = "SELECT max(seq), json_group_array(seq) FILTER (WHERE names) FROM
     (SELECT seq, person IS NULL AND channel_id = ?1 AND instr(data, ?2) > 0 AS names
      FROM events WHERE seq > ?3 AND seq <= ?4 ORDER BY seq LIMIT ?5)";
const ONE: &str = "SELECT seq, channel_id, id, received_at FROM events WHERE seq = ?1";
const DELETE: &str = "DELETE FROM events WHERE seq = ?1";

impl Sqlite {
    /// First of all it is remembered that they are erased, so that nothing older comes in behind.
    pub(super) async fn erase_events(&self, channel_id: &str, person: &str, at: Timestamp) -> Result<u64, StoreError> {
        if channel_id.is_empty() || person.is_empty() {
            return Err(StoreError::Refused);
        }
        let failed = || StoreError::storage("erase a person");
        let key = || (Arc::clone(&self.gone), channel_id.to_owned(), person.to_owned());
        let (gone, channel, name) = key();
        let remember = move |scope: &mut Scope<'_>| {
            gone.erase(scope.connection, &channel, &name, at).map_err(failed())?;
            Ok(scope.last_seq.cast_signed())
        };
        let until = self.writer.submit_when_room(remember).await?;
        let mut erased = 0;
        loop {
            let (gone, channel, name) = key();
            let part = move |scope: &mut Scope<'_>| {
                let connection = scope.connection;
                let mut theirs = connection.prepare_cached(THEIRS)?;
                let rows = theirs.query_map(params![channel, name, until, AT_A_TIME], Leaving::of)?;
                leave(connection, &gone, &rows.collect::<Result<Vec<_>, _>>()?)
            };
            let part = self.writer.submit_when_room(move |scope| part(scope).map_err(failed())).await?;
            erased += part;
            if part == 0 {
                break;
            }
        }
        Ok(erased + self.erase_what_names(channel_id, person, until).await?)
    }

    /// Deletes a person's row in each of these tables.
    pub(super) async fn forget_person(
        &self,
        tables: &'static [&'static str],
        channel_id: &str,
        person: &str,
    ) -> Result<(), StoreError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        let failed = StoreError::storage("forget a person");
        let forget = move |scope: &mut Scope<'_>| {
            for table in tables {
                let delete = format!("DELETE FROM {table} WHERE channel_id = ?1 AND person = ?2");
                scope.connection.execute(&delete, [&channel_id, &person]).map_err(&failed)?;
            }
            Ok(())
        };
        self.writer.submit_when_room(forget).await
    }

    /// They are looked for beside the writer.
    async fn erase_what_names(&self, channel_id: &str, person: &str, until: i64) -> Result<u64, StoreError> {
        let failed = || StoreError::storage("look for what names a person");
        let (channel, quoted) = (channel_id.to_owned(), format!("\"{person}\""));
        let (mut after, mut erased) = (0, 0);
        loop {
            let (channel, quoted) = (channel.clone(), quoted.clone());
            let page = self.reader.run(move |connection| {
                let mut naming = connection.prepare_cached(NAMING).map_err(failed())?;
                let row = params![channel, quoted, after, until, LOOKED_THROUGH];
                let page = naming.query_row(row, |row| Ok((row.get(0)?, row.get(1)?)));
                page.map_err(failed())
            });
            let (last, naming): (Option<i64>, String) = page.await?;
            let Some(last) = last else { return Ok(erased) };
            after = last;
            let naming: Vec<i64> = serde_json::from_str(&naming).unwrap_or_default();
            let gone = Arc::clone(&self.gone);
            let part = move |scope: &mut Scope<'_>| {
                let one = |seq: i64| scope.connection.prepare_cached(ONE)?.query_row([seq], Leaving::of);
                let found: Vec<Leaving> = naming.into_iter().filter_map(|seq| one(seq).ok()).collect();
                leave(scope.connection, &gone, &found)
            };
            erased += self.writer.submit_when_room(move |scope| part(scope).map_err(failed())).await?;
        }
    }
}

fn leave(connection: &Connection, gone: &Gone, events: &[Leaving]) -> rusqlite::Result<u64> {
    let now = Timestamp::now();
    let mut delete = connection.prepare_cached(DELETE)?;
    for event in events {
        event.remember(connection, gone, now)?;
        delete.execute([event.seq])?;
    }
    Ok(events.len() as u64)
}
