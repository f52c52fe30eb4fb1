use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};
use serde_json::value::RawValue;

use super::gone::Gone;
use super::{Reader, Sqlite, messages, outbox};
use crate::store::broadcasts::{ERASED, REPEATED_WITHIN};
use crate::store::{
    Accepted, Broadcast, BroadcastQuery, Broadcasts, CastState, Counts, Created, Message, NewBroadcast, Recipient,
    StoreError, Tally, Turn,
};

const SELECT: &str = "SELECT seq, id, channel_id, fingerprint, message, reference, state, at, created_at, changed_at,
     total FROM broadcasts";
const CREATE: &str = "INSERT INTO broadcasts
     (id, channel_id, key, fingerprint, message, reference, state, at, created_at, changed_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'gathering', ?7, ?8, ?8)
     ON CONFLICT (channel_id, key) WHERE key IS NOT NULL DO NOTHING";
const SAME: &str = "WHERE channel_id = ?1 AND fingerprint = ?2 AND key IS NULL AND created_at >= ?3";
const ADD: &str = "INSERT INTO recipients (broadcast, position, person)
     SELECT seq, (SELECT coalesce(max(position), 0) + 1 FROM recipients WHERE broadcast = seq), ?2
     FROM broadcasts WHERE id = ?1 AND state = 'gathering'
     ON CONFLICT (broadcast, person) DO NOTHING";
const ADDED: &str = "UPDATE broadcasts SET total = total + ?2 WHERE id = ?1";
const BRING: &str = "UPDATE broadcasts SET state = ?2, changed_at = ?3 WHERE seq = ?1";
const COUNT_ANEW: &str = "UPDATE broadcasts SET tried_before = ?2, refused_before = ?3 WHERE seq = ?1";
const NEXT: &str = "SELECT position, person FROM recipients
     WHERE broadcast = (SELECT seq FROM broadcasts WHERE id = ?1)
     AND position >= (SELECT next FROM broadcasts WHERE id = ?1) AND message IS NULL AND skipped IS NULL
     ORDER BY position LIMIT ?2";
const TURN: &str = "UPDATE recipients SET message = ?3, skipped = ?4
     WHERE broadcast = ?1 AND position = ?2 AND message IS NULL AND skipped IS NULL";
const TURNED: &str = "UPDATE broadcasts SET next = max(next, ?2 + 1), taken = taken + ?3 WHERE seq = ?1";
/// Those of whose messages nothing was tried, then the list's beginning, then the messages.
const GIVE_BACK: &str = "UPDATE recipients SET message = NULL
     WHERE broadcast = (SELECT seq FROM broadcasts WHERE id = ?1) AND person IN
         (SELECT person FROM messages WHERE broadcast = ?1 AND status = 'accepted' AND attempt IS NULL AND round = 0)";
const GIVEN_BACK: &str = "UPDATE broadcasts SET taken = taken - ?2, next =
         (SELECT position FROM recipients WHERE broadcast = seq AND message IS NULL AND skipped IS NULL
          ORDER BY position LIMIT 1)
     WHERE id = ?1";
const TAKE_BACK: &str =
    "DELETE FROM messages WHERE broadcast = ?1 AND status = 'accepted' AND attempt IS NULL AND round = 0";
const TALLY: &str = "SELECT seq, taken,
     (SELECT count(*) FROM messages WHERE broadcast = b.id AND status IN ('accepted', 'begun')),
     (SELECT count(*) FROM messages WHERE broadcast = b.id AND status = 'failed' AND tries = 0),
     (SELECT count(*) FROM messages WHERE broadcast = b.id AND status = 'failed' AND tries > 0),
     tried_before, refused_before,
     EXISTS (SELECT 1 FROM recipients WHERE broadcast = b.seq AND position >= b.next
             AND message IS NULL AND skipped IS NULL)
     FROM broadcasts b WHERE id = ?1";
const STATUSES: &str = "SELECT status, count(*) FROM messages WHERE broadcast = ?1 GROUP BY status";
const FAILURES: &str = "SELECT coalesce(json_extract(outcome, '$.failure.code'), ''), count(*) FROM messages
     WHERE broadcast = ?1 AND status = 'failed' GROUP BY 1";
const SKIPPED: &str = "SELECT skipped, count(*) FROM recipients
     WHERE broadcast = (SELECT seq FROM broadcasts WHERE id = ?1) AND skipped IS NOT NULL GROUP BY skipped";
const ERASE: &str =
    "UPDATE recipients SET person = NULL, skipped = CASE WHEN message IS NULL THEN coalesce(skipped, ?3) END
     WHERE broadcast IN (SELECT seq FROM broadcasts WHERE channel_id = ?1) AND person = ?2";
const EXPIRE_PEOPLE: &str = "DELETE FROM recipients WHERE (broadcast, position) IN
     (SELECT broadcast, position FROM recipients WHERE broadcast IN
         (SELECT seq FROM broadcasts WHERE state IN ('done', 'cancelled') AND changed_at < ?1) LIMIT ?2)";
const EXPIRE: &str = "DELETE FROM broadcasts WHERE state IN ('done', 'cancelled') AND changed_at < ?1
     AND NOT EXISTS (SELECT 1 FROM recipients WHERE broadcast = seq)";
const FORGET_PEOPLE: &str = "DELETE FROM recipients WHERE broadcast IN
     (SELECT seq FROM broadcasts WHERE state = 'gathering' AND id = coalesce(?1, id))";
const FORGET: &str = "DELETE FROM broadcasts WHERE state = 'gathering' AND id = coalesce(?1, id)";

#[async_trait]
impl Broadcasts for Sqlite {
    async fn create(&self, broadcast: NewBroadcast) -> Result<Created, StoreError> {
        self.writer.submit_when_room(move |scope| create(scope.connection, broadcast)).await
    }

    async fn add(&self, id: &str, people: Vec<String>) -> Result<(), StoreError> {
        let id = id.to_owned();
        let add = move |connection: &Connection| -> rusqlite::Result<()> {
            let mut add = connection.prepare_cached(ADD)?;
            let mut added = 0;
            for person in &people {
                added += add.execute([&id, person])?;
            }
            connection.execute(ADDED, params![id, i64::try_from(added).unwrap_or(i64::MAX)]).map(|_| ())
        };
        let failed = StoreError::storage("write a list of people down");
        self.writer.submit_when_room(move |scope| add(scope.connection).map_err(failed)).await
    }

    async fn bring(&self, id: &str, from: &[CastState], to: CastState) -> Result<Option<Broadcast>, StoreError> {
        let (id, from) = (id.to_owned(), from.to_vec());
        self.writer.submit_when_room(move |scope| bring(scope.connection, &id, &from, to)).await
    }

    async fn broadcast(&self, id: &str) -> Result<Option<Broadcast>, StoreError> {
        self.reader.broadcast(id).await
    }

    async fn broadcasts(&self, query: BroadcastQuery) -> Result<Vec<Broadcast>, StoreError> {
        self.reader.run(move |connection| list(connection, query)).await
    }

    async fn next(&self, id: &str, limit: usize) -> Result<Vec<Recipient>, StoreError> {
        let (id, limit) = (id.to_owned(), i64::try_from(limit).unwrap_or(i64::MAX));
        let next = move |connection: &Connection| -> rusqlite::Result<Vec<_>> {
            let mut next = connection.prepare_cached(NEXT)?;
            let recipient =
                |row: &Row<'_>| Ok(Recipient { position: row.get::<_, i64>(0)?.cast_unsigned(), person: row.get(1)? });
            next.query_map(params![id, limit], recipient)?.collect()
        };
        let failed = StoreError::storage("read whose turn it is in a broadcast");
        self.reader.run(move |connection| next(connection).map_err(failed)).await
    }

    async fn take(&self, id: &str, turns: Vec<Turn>) -> Result<Vec<Message>, StoreError> {
        let (id, records, gone) = (id.to_owned(), turns.len(), Arc::clone(&self.gone));
        self.writer.submit(records, move |scope| take(scope.connection, &gone, &id, turns)).await
    }

    async fn give_back(&self, id: &str) -> Result<u64, StoreError> {
        let id = id.to_owned();
        let failed = StoreError::storage("take messages of a broadcast back");
        let back = move |connection: &Connection| -> rusqlite::Result<u64> {
            let given_back = connection.prepare_cached(GIVE_BACK)?.execute([&id])?;
            if given_back > 0 {
                let counted = params![id, i64::try_from(given_back).unwrap_or(i64::MAX)];
                connection.prepare_cached(GIVEN_BACK)?.execute(counted)?;
                connection.prepare_cached(TAKE_BACK)?.execute([&id])?;
            }
            Ok(given_back as u64)
        };
        self.writer.submit_when_room(move |scope| back(scope.connection).map_err(failed)).await
    }

    async fn tally(&self, id: &str) -> Result<Tally, StoreError> {
        let id = id.to_owned();
        self.reader.run(move |connection| Ok(tally(connection, &id)?.unwrap_or_default().since)).await
    }

    async fn counts(&self, id: &str) -> Result<Counts, StoreError> {
        self.reader.counts(id).await
    }

    async fn forget_gathering(&self, id: Option<&str>) -> Result<(), StoreError> {
        let id = id.map(str::to_owned);
        let forget = move |connection: &Connection| -> rusqlite::Result<()> {
            connection.execute(FORGET_PEOPLE, [&id])?;
            connection.execute(FORGET, [&id]).map(drop)
        };
        let failed = StoreError::storage("forget broadcasts that were not whole");
        self.writer.submit_when_room(move |scope| forget(scope.connection).map_err(failed)).await
    }

    async fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let (before, limit) = (before.as_millisecond(), i64::try_from(limit).unwrap_or(i64::MAX));
        let expire = move |connection: &Connection| -> rusqlite::Result<usize> {
            let people = connection.prepare_cached(EXPIRE_PEOPLE)?.execute(params![before, limit])?;
            Ok(people + connection.prepare_cached(EXPIRE)?.execute([before])?)
        };
        let failed = StoreError::storage("delete old broadcasts");
        self.writer.submit_when_room(move |scope| expire(scope.connection).map_err(failed)).await
    }

    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        let failed = StoreError::storage("erase a person");
        self.writer
            .submit_when_room(move |scope| {
                let erase = scope.connection.prepare_cached(ERASE);
                let erased = erase.and_then(|mut erase| erase.execute(params![channel_id, person, ERASED]));
                erased.map(|_| ()).map_err(failed)
            })
            .await
    }
}

impl Reader {
    /// As [`Broadcasts::broadcast`].
    pub(crate) async fn broadcast(&self, id: &str) -> Result<Option<Broadcast>, StoreError> {
        let id = id.to_owned();
        self.run(move |connection| one(connection, &id)).await
    }

    /// As [`Broadcasts::counts`].
    pub(crate) async fn counts(&self, id: &str) -> Result<Counts, StoreError> {
        let id = id.to_owned();
        let counts = move |connection: &Connection| -> rusqlite::Result<Counts> {
            let all = |select| -> rusqlite::Result<BTreeMap<String, u64>> {
                let mut select = connection.prepare_cached(select)?;
                let row = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()));
                select.query_map([&id], row)?.collect()
            };
            let taken = connection.query_row("SELECT taken FROM broadcasts WHERE id = ?1", [&id], |row| row.get(0));
            let taken: i64 = taken.optional()?.unwrap_or_default();
            Ok(Counts {
                taken: taken.cast_unsigned(),
                statuses: all(STATUSES)?,
                failures: all(FAILURES)?,
                skipped: all(SKIPPED)?,
            })
        };
        let failed = StoreError::storage("count what became of a broadcast");
        self.run(move |connection| counts(connection).map_err(failed)).await
    }
}

/// A tally, and what has to be known to begin another.
#[derive(Default)]
struct Tallied {
    seq: i64,
    since: Tally,
    tried: u64,
    refused: u64,
}

fn tally(connection: &Connection, id: &str) -> Result<Option<Tallied>, StoreError> {
    let read = |row: &Row<'_>| {
        let count = |index| -> rusqlite::Result<u64> { Ok(row.get::<_, i64>(index)?.cast_unsigned()) };
        let (taken, open, untried, refused) = (count(1)?, count(2)?, count(3)?, count(4)?);
        let tried = taken.saturating_sub(open + untried);
        let since = Tally {
            taken,
            open,
            tried: tried.saturating_sub(count(5)?),
            refused: refused.saturating_sub(count(6)?),
            waiting: row.get(7)?,
        };
        Ok(Tallied { seq: row.get(0)?, since, tried, refused })
    };
    let tallied = connection.prepare_cached(TALLY).and_then(|mut tally| tally.query_row([id], read).optional());
    tallied.map_err(StoreError::storage("count how far a broadcast has come"))
}

fn create(connection: &Connection, broadcast: NewBroadcast) -> Result<Created, StoreError> {
    let failed = StoreError::storage("write a broadcast down");
    let NewBroadcast { id, channel_id, key, fingerprint, json, reference, at } = broadcast;
    let at = at.map(Timestamp::as_millisecond);
    let now = Timestamp::now().as_millisecond();
    if key.is_none() {
        let same = connection.prepare_cached(&format!("{SELECT} {SAME} ORDER BY seq DESC LIMIT 1"));
        let since = now - i64::try_from(REPEATED_WITHIN.as_millis()).unwrap_or(i64::MAX);
        let row = params![channel_id, fingerprint, since];
        let same = same.and_then(|mut same| same.query_row(row, broadcast_of).optional()).map_err(&failed)?;
        if let Some(same) = same.transpose()? {
            return Ok(Created::Known(Box::new(same)));
        }
    }
    let row = params![id, channel_id, key, fingerprint, json.get(), reference, at, now];
    let created = connection.prepare_cached(CREATE).and_then(|mut create| create.execute(row)).map_err(&failed)?;
    if created == 1 {
        return Ok(Created::New);
    }
    let known = connection.prepare_cached(&format!("{SELECT} WHERE channel_id = ?1 AND key = ?2"));
    let known = known.and_then(|mut known| known.query_row(params![channel_id, key], broadcast_of).optional());
    let known = known.map_err(&failed)?.transpose()?;
    known.map(|known| Created::Known(Box::new(known))).ok_or(StoreError::Refused)
}

fn bring(
    connection: &Connection,
    id: &str,
    from: &[CastState],
    to: CastState,
) -> Result<Option<Broadcast>, StoreError> {
    let failed = StoreError::storage("change a broadcast's state");
    let Some(found) = one(connection, id)? else { return Ok(None) };
    if from.contains(&found.state) {
        if found.state == CastState::Stopped
            && let Some(Tallied { seq, tried, refused, .. }) = tally(connection, id)?
        {
            let before = params![seq, tried.cast_signed(), refused.cast_signed()];
            connection.execute(COUNT_ANEW, before).map_err(&failed)?;
        }
        let now = Timestamp::now().as_millisecond();
        connection.execute(BRING, params![found.seq.cast_signed(), to.as_str(), now]).map_err(&failed)?;
    }
    one(connection, id)
}

fn take(connection: &Connection, gone: &Gone, id: &str, turns: Vec<Turn>) -> Result<Vec<Message>, StoreError> {
    let failed = StoreError::storage("give people their turn in a broadcast");
    let Some(broadcast) = one(connection, id)?.filter(|broadcast| broadcast.state == CastState::Running) else {
        return Ok(Vec::new());
    };
    let seq = broadcast.seq.cast_signed();
    let Some(last) = turns.iter().map(|turn| turn.position).max() else { return Ok(Vec::new()) };
    let now = Timestamp::now().as_millisecond();
    let mut taken = Vec::new();
    for Turn { position, given } in turns {
        let (message, skipped) = match &given {
            Ok(message) => (Some(&message.id), None),
            Err(why) => (None, Some(why)),
        };
        let row = params![seq, position.cast_signed(), message, skipped];
        let waited = connection.prepare_cached(TURN).and_then(|mut turn| turn.execute(row)).map_err(&failed)?;
        let Some(message) = given.ok().filter(|_| waited == 1) else { continue };
        let id = message.id.clone();
        // It has no key, so that nothing can stand against it.
        if let Accepted::New { .. } = outbox::accept(connection, gone, message, now)? {
            taken.extend(messages::one(connection, messages::GET, [&id])?);
        }
    }
    let counted = params![seq, last.cast_signed(), i64::try_from(taken.len()).unwrap_or(i64::MAX)];
    connection.execute(TURNED, counted).map_err(&failed)?;
    Ok(taken)
}

fn one(connection: &Connection, id: &str) -> Result<Option<Broadcast>, StoreError> {
    let one = connection.prepare_cached(&format!("{SELECT} WHERE id = ?1"));
    let one = one.and_then(|mut one| one.query_row([id], broadcast_of).optional());
    one.map_err(StoreError::storage("look up a broadcast"))?.transpose()
}

fn list(connection: &Connection, query: BroadcastQuery) -> Result<Vec<Broadcast>, StoreError> {
    let failed = StoreError::storage("list broadcasts");
    let BroadcastQuery { before, limit, channel_id, states } = query;
    let before = before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX));
    let mut given = vec![Sql::from(before), i64::try_from(limit).unwrap_or(i64::MAX).into()];
    let mut which = "seq < ?1".to_owned();
    if let Some(channel_id) = channel_id {
        given.push(channel_id.into());
        which.push_str(" AND channel_id = ?3");
    }
    if !states.is_empty() {
        let names: Vec<_> = states.iter().map(|state| format!("'{}'", state.as_str())).collect();
        which.extend([" AND state IN (", &names.join(", "), ")"]);
    }
    let select = format!("{SELECT} WHERE {which} ORDER BY seq DESC LIMIT ?2");
    let mut select = connection.prepare_cached(&select).map_err(&failed)?;
    let rows = select.query_map(params_from_iter(given), broadcast_of).map_err(&failed)?;
    rows.map(|row| row.map_err(&failed)?).collect()
}

fn broadcast_of(row: &Row<'_>) -> rusqlite::Result<Result<Broadcast, StoreError>> {
    let at = |index| -> rusqlite::Result<Option<Timestamp>> {
        let at: Option<i64> = row.get(index)?;
        Ok(at.map(|at| Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)))
    };
    let (json, state): (String, String) = (row.get(4)?, row.get(6)?);
    let (Ok(json), Some(state)) = (RawValue::from_string(json), CastState::written(&state)) else {
        return Ok(Err(StoreError::CorruptOutcome));
    };
    Ok(Ok(Broadcast {
        seq: row.get::<_, i64>(0)?.cast_unsigned(),
        id: row.get(1)?,
        channel_id: row.get(2)?,
        fingerprint: row.get(3)?,
        json,
        reference: row.get(5)?,
        state,
        at: at(7)?,
        created_at: at(8)?.unwrap_or_default(),
        changed_at: at(9)?.unwrap_or_default(),
        total: row.get::<_, i64>(10)?.cast_unsigned(),
    }))
}
