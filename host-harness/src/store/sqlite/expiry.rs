//! Deleting what is old, a little at a time.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::Sqlite;
use super::gone::Gone;
use super::writer::Scope;
use crate::store::StoreError;
use crate::store::events::REMEMBERED;

const OLDEST: &str = "SELECT seq, channel_id, id, received_at FROM events ORDER BY seq LIMIT ?1";
const DELETE: &str = "DELETE FROM events WHERE seq <= ?1";
const BEGIN_AT: &str = "UPDATE log SET first_seq = ?1";

/// A table whose rows end by themselves: which it is, by what a row is found, and when it ends.
pub(super) struct Ending {
    pub(super) table: &'static str,
    pub(super) key: &'static [&'static str],
    pub(super) at: &'static str,
}

/// An event's row, as far as it matters to its end.
pub(super) struct Leaving {
    pub(super) seq: i64,
    pub(super) channel_id: String,
    pub(super) id: String,
    pub(super) received_at: i64,
}

impl Leaving {
    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { seq: row.get(0)?, channel_id: row.get(1)?, id: row.get(2)?, received_at: row.get(3)? })
    }

    /// Keeps in mind that it was here, as long as it may be delivered again.
    pub(super) fn remember(&self, connection: &Connection, gone: &Gone, now: Timestamp) -> rusqlite::Result<()> {
        if self.received_at < (now - REMEMBERED).as_millisecond() {
            return Ok(());
        }
        gone.goes(connection, (&self.channel_id, &self.id), (self.seq, self.received_at))
    }
}

/// The first events go, up to one that was stored later or has this number: what is left of the log has no hole at its beginning.
pub(super) fn events(
    scope: &mut Scope<'_>,
    gone: &Gone,
    (before, below): (Timestamp, u64),
    limit: usize,
) -> rusqlite::Result<usize> {
    let connection = scope.connection;
    let mut oldest = connection.prepare_cached(OLDEST)?;
    let rows = oldest.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], Leaving::of)?;
    let rows: Vec<Leaving> = rows.collect::<Result<_, _>>()?;
    let goes = |event: &&Leaving| event.received_at < before.as_millisecond() && event.seq.cast_unsigned() < below;
    let leaving = rows.iter().take_while(goes);
    let (now, mut last) = (Timestamp::now(), None);
    for event in leaving {
        event.remember(connection, gone, now)?;
        last = Some(event.seq);
    }
    let Some(last) = last else { return Ok(0) };
    connection.prepare_cached(BEGIN_AT)?.execute([last + 1])?;
    scope.first_seq = last.cast_unsigned() + 1;
    connection.prepare_cached(DELETE)?.execute([last])
}

impl Sqlite {
    /// Deletes rows that ended before this moment. They are looked for beside the writer, since that may take longer than anybody
    /// should wait behind it.
    pub(super) async fn delete_ended(
        &self,
        ending: &'static Ending,
        before: Timestamp,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let Ending { table, key, at } = ending;
        let before = before.as_millisecond();
        let columns = key.join(", ");
        let find = format!("SELECT {columns} FROM {table} WHERE {at} < ?1 LIMIT ?2");
        let failed = StoreError::storage("look for what is old");
        let keys = self.reader.run(move |connection| {
            let mut find = connection.prepare_cached(&find).map_err(&failed)?;
            let key = |row: &Row<'_>| (0..key.len()).map(|column| row.get(column)).collect::<Result<Vec<_>, _>>();
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let keys = find.query_map(params![before, limit], key).map_err(&failed)?;
            keys.collect::<Result<Vec<Vec<rusqlite::types::Value>>, _>>().map_err(&failed)
        });
        let keys = keys.await?;
        if keys.is_empty() {
            return Ok(0);
        }
        let same: Vec<_> = key.iter().enumerate().map(|(n, column)| format!("{column} = ?{}", n + 2)).collect();
        let delete = format!("DELETE FROM {table} WHERE {at} < ?1 AND {}", same.join(" AND "));
        let failed = StoreError::storage("delete what is old");
        let delete = move |scope: &mut Scope<'_>| {
            let mut delete = scope.connection.prepare_cached(&delete).map_err(&failed)?;
            let mut deleted = 0;
            for key in keys {
                let row = std::iter::once(before.into()).chain(key);
                deleted += delete.execute(rusqlite::params_from_iter(row)).map_err(&failed)?;
            }
            Ok(deleted)
        };
        self.writer.submit_when_room(delete).await
    }

    pub(super) async fn expire_events(&self, before: Timestamp, below: u64, limit: usize) -> Result<usize, StoreError> {
        let gone = Arc::clone(&self.gone);
        let expire = move |scope: &mut Scope<'_>| {
            events(scope, &gone, (before, below), limit).map_err(StoreError::storage("delete what is old"))
        };
        self.writer.submit_when_room(expire).await
    }
}
