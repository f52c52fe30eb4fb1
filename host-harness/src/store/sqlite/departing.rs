//! Messages that go, with all that is kept of them.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::Sqlite;
use super::gone::Gone;
use super::writer::Scope;
use crate::store::outbox::KEYS;
use crate::store::{ErasedMessages, StoreError};

/// So many messages of a person go at a time: nobody waits long behind them.
const AT_A_TIME: i64 = 100;
/// So many messages that are nobody's are looked through at a time.
const LOOKED_THROUGH: i64 = 1_000;

const COLUMNS: &str = "seq, channel_id, key, accepted_at";
const OLDEST: &str = "SELECT seq, channel_id, key, accepted_at, changed_at < ?1
     AND status IN ('sent', 'delivered', 'read', 'failed')
     AND NOT EXISTS (SELECT 1 FROM broadcasts WHERE id = messages.broadcast AND state NOT IN ('done', 'cancelled'))
     FROM messages ORDER BY seq";
const THEIRS: &str = "channel_id = ?1 AND person = ?2";
/// What is nobody's may name them all the same: an answer to a comment is told to have reached them.
const NAMING: &str = "SELECT max(seq), json_group_array(seq) FILTER (WHERE names) FROM
     (SELECT seq, person IS NULL AND channel_id = ?1 AND status <> 'begun'
          AND (instr(message, ?2) > 0 OR instr(coalesce(outcome, ''), ?2) > 0
              OR EXISTS (SELECT 1 FROM parts WHERE parts.message = messages.seq AND parts.person = ?5)) AS names
      FROM messages WHERE seq > ?3 ORDER BY seq LIMIT ?4)";
/// Receipts that wait for their messages.
const RECEIPTS: &str = "DELETE FROM receipts WHERE channel_id = ?1 AND whose = 'person' AND id = ?2";
/// Up to which message keys are free again.
const KEYS_UNTIL: &str = "SELECT keys_until FROM log";
const OLD_KEYS: &str = "SELECT seq, accepted_at < ?1 FROM messages WHERE seq > ?2 ORDER BY seq LIMIT ?3";

/// A message's row, as far as it matters to its end.
struct Departing {
    seq: i64,
    channel_id: String,
    key: Option<String>,
    accepted_at: i64,
}

impl Departing {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { seq: row.get(0)?, channel_id: row.get(1)?, key: row.get(2)?, accepted_at: row.get(3)? })
    }

    /// Its key stays taken as long as somebody may give it again.
    fn depart(&self, connection: &Connection, gone: &Gone, now: Timestamp) -> rusqlite::Result<()> {
        let Self { seq, channel_id, key, accepted_at } = self;
        if let Some(key) = key.as_ref().filter(|_| *accepted_at >= (now - KEYS).as_millisecond()) {
            gone.key_goes(connection, channel_id, key, *accepted_at)?;
        }
        for table in ["attempts", "parts", "steps"] {
            connection.prepare_cached(&format!("DELETE FROM {table} WHERE message = ?1"))?.execute([seq])?;
        }
        connection.prepare_cached("DELETE FROM messages WHERE seq = ?1")?.execute([seq]).map(drop)
    }
}

impl Sqlite {
    pub(super) async fn expire_messages(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let failed = StoreError::storage("look for messages that are old");
        let before = before.as_millisecond();
        // They are looked for beside the writer. What was accepted later has not ended before.
        let old = self.reader.run(move |connection| {
            let mut oldest = connection.prepare_cached(OLDEST).map_err(&failed)?;
            let mut rows = oldest.query([before]).map_err(&failed)?;
            let mut old = Vec::new();
            while old.len() < limit
                && let Some(row) = rows.next().map_err(&failed)?
            {
                let message = Departing::of(row).map_err(&failed)?;
                if message.accepted_at >= before {
                    break;
                }
                if row.get(4).map_err(&failed)? {
                    old.push(message.seq);
                }
            }
            Ok(old)
        });
        let old = old.await?;
        if old.is_empty() {
            return Ok(0);
        }
        let gone = Arc::clone(&self.gone);
        let depart = move |scope: &mut Scope<'_>| {
            let which = "seq = ?1 AND changed_at < ?2 AND status IN ('sent', 'delivered', 'read', 'failed')";
            depart(scope.connection, &gone, which, old.iter().map(|seq| params_of(*seq, before)))
                .map_err(StoreError::storage("delete messages that are old"))
        };
        self.writer.submit_when_room(depart).await
    }

    pub(super) async fn erase_messages(&self, channel_id: &str, person: &str) -> Result<ErasedMessages, StoreError> {
        let failed = || StoreError::storage("erase a person's messages");
        let mut erased = 0;
        loop {
            let (gone, channel, name) = (Arc::clone(&self.gone), channel_id.to_owned(), person.to_owned());
            let part = move |scope: &mut Scope<'_>| {
                let which = format!("{THEIRS} AND status <> 'begun' LIMIT {AT_A_TIME}");
                depart(scope.connection, &gone, &which, [[channel.clone().into(), name.clone().into()]])
            };
            let part = self.writer.submit_when_room(move |scope| part(scope).map_err(failed())).await?;
            erased += part as u64;
            if part == 0 {
                break;
            }
        }
        let mut after = 0;
        loop {
            let (channel, name, quoted) = (channel_id.to_owned(), person.to_owned(), format!("\"{person}\""));
            let page = self.reader.run(move |connection| {
                let mut naming = connection.prepare_cached(NAMING).map_err(failed())?;
                let row = params![channel, quoted, after, LOOKED_THROUGH, name];
                naming.query_row(row, |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed())
            });
            let (last, naming): (Option<i64>, String) = page.await?;
            let Some(last) = last else { break };
            after = last;
            let naming: Vec<i64> = serde_json::from_str(&naming).unwrap_or_default();
            if naming.is_empty() {
                continue;
            }
            let gone = Arc::clone(&self.gone);
            let part = move |scope: &mut Scope<'_>| {
                let which = "seq = ?1 AND status <> 'begun'";
                depart(scope.connection, &gone, which, naming.iter().map(|seq| [(*seq).into()])).map_err(failed())
            };
            erased += self.writer.submit_when_room(part).await? as u64;
        }
        let (channel, name) = (channel_id.to_owned(), person.to_owned());
        let receipts = move |scope: &mut Scope<'_>| {
            scope.connection.execute(RECEIPTS, [&channel, &name]).map(drop).map_err(failed())
        };
        self.writer.submit_when_room(receipts).await?;
        let (channel, name) = (channel_id.to_owned(), person.to_owned());
        let open = self.reader.run(move |connection| {
            let count = format!("SELECT count(*) FROM messages WHERE {THEIRS} AND status = 'begun'");
            connection.query_row(&count, [channel, name], |row| row.get::<_, i64>(0)).map_err(failed())
        });
        Ok(ErasedMessages { erased, open: open.await?.cast_unsigned() })
    }

    /// Lets keys be given to other messages that were given long ago, and tells how many messages were looked at for that.
    pub(super) async fn free_keys(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let before = (now - KEYS).as_millisecond();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let free = move |connection: &Connection| {
            let until: i64 = connection.query_row(KEYS_UNTIL, [], |row| row.get(0))?;
            let mut old = connection.prepare_cached(OLD_KEYS)?;
            let rows = old.query_map(params![before, until, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let rows: Vec<(i64, bool)> = rows.collect::<Result<_, _>>()?;
            let old: Vec<i64> = rows.into_iter().take_while(|(_, is_old)| *is_old).map(|(seq, _)| seq).collect();
            let Some(last) = old.last() else { return Ok(0) };
            let free = "UPDATE messages SET key = NULL WHERE seq > ?1 AND seq <= ?2 AND key IS NOT NULL";
            connection.execute(free, [until, *last])?;
            connection.execute("UPDATE log SET keys_until = ?1", [last])?;
            Ok(old.len())
        };
        let free = move |scope: &mut Scope<'_>| free(scope.connection).map_err(StoreError::storage("free old keys"));
        self.writer.submit_when_room(free).await
    }
}

type Given<const N: usize> = [rusqlite::types::Value; N];

fn params_of(seq: i64, before: i64) -> Given<2> {
    [seq.into(), before.into()]
}

/// Lets those depart that are meant, for each of what is given.
fn depart<const N: usize>(
    connection: &Connection,
    gone: &Gone,
    which: &str,
    given: impl IntoIterator<Item = Given<N>>,
) -> rusqlite::Result<usize> {
    let now = Timestamp::now();
    let mut find = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE {which}"))?;
    let mut departed = 0;
    for given in given {
        let found = find.query_map(rusqlite::params_from_iter(given), Departing::of)?;
        let found: Vec<Departing> = found.collect::<Result<_, _>>()?;
        for message in &found {
            message.depart(connection, gone, now)?;
        }
        departed += found.len();
    }
    Ok(departed)
}
