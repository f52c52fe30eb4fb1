use async_trait::async_trait;
use channel_api::{Error, Timestamp as ProviderTime, Token};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use tokio::sync::watch;

use super::messages::{GET, many, one};
use super::parts::{self, Whose, number, written};
use super::{Reader, Sqlite, waiting_receipts};
use crate::store::heard::{self, settled};
use crate::store::parts::Part;
use crate::store::statuses::MAX_COVERED;
use crate::store::{
    Arrival, Call, Copied, Heard, Message, Outcome, Received, Status, Statuses, Step, StoreError, Watermark,
};

const OF_TOKEN: &str = "SELECT message, part FROM parts WHERE token = ?2 AND channel_id = ?1";
pub(super) const OF_MESSAGE_ID: &str = "SELECT message, part FROM parts WHERE channel_id = ?1 AND message_id = ?2";
const OPEN: &str =
    "SELECT message, part FROM parts WHERE channel_id = ?1 AND person = ?2 AND status IN ('begun', 'unknown')";
const SENT: &str = "SELECT message, part, message_id, status, began_at, sent_at FROM parts
     WHERE channel_id = ?1 AND person = ?2 AND status IN ('sent', 'delivered') AND (?3 OR status = 'sent')
     ORDER BY began_at DESC, message DESC, part DESC LIMIT ?4";
const OF_SEQ: &str = "WHERE seq = ?1";
const LAST_ATTEMPT: &str = "SELECT calls, ended_at FROM attempts WHERE message = ?1 ORDER BY number DESC LIMIT 1";
const COME: &str = "UPDATE messages SET status = ?2, outcome = ?3, due_at = iif(status = ?2, due_at, NULL), parts = ?5,
     changed_at = iif(status = ?2, changed_at, ?4) WHERE seq = ?1";
const WHOSE: &str = "UPDATE parts SET person = ?2 WHERE message = ?1 AND person IS NULL";
const TOLD: &str = "SELECT 1 FROM events WHERE channel_id = ?1 AND person = ?2 AND name = 'message.echo'
     AND json_extract(copy, '$.message_id') = ?3";
const UNKNOWN: &str =
    "WHERE status IN ('accepted', 'begun', 'failed', 'unknown') AND status = 'unknown' AND changed_at < ?1
     AND seq > ?3 ORDER BY seq LIMIT ?2";
const STEPS: &str = "SELECT seq, round, status, at, message FROM steps WHERE seq > ?1 ORDER BY seq LIMIT ?2";
const STEPS_OF: &str = "SELECT seq, round, status, at, message FROM steps
     WHERE message = (SELECT seq FROM messages WHERE id = ?1) ORDER BY seq";

#[async_trait]
impl Statuses for Sqlite {
    async fn hear(&self, heard: Vec<Heard>) -> Result<Vec<Message>, StoreError> {
        let again = self
            .writer
            .submit_when_room(move |scope| {
                let (connection, now) = (scope.connection, Timestamp::now());
                if heard.iter().any(|heard| matches!(heard, Heard::Receipt(_))) {
                    waiting_receipts::forget(connection, now)?;
                }
                let mut again = Vec::new();
                for heard in &heard {
                    match heard {
                        Heard::Copy(copied) => again.extend(copy(connection, copied, now)?),
                        Heard::Found(found) if was_told(connection, found)? => {}
                        Heard::Found(found) => again.extend(copy(connection, found, now)?),
                        Heard::Receipt(received) => receipt(connection, received, now)?,
                    }
                }
                let read = |id: &String| one(connection, GET, [id]).transpose();
                again.iter().filter_map(read).collect()
            })
            .await?;
        self.came_on();
        Ok(again)
    }

    async fn covered(
        &self,
        channel_id: &str,
        person: &str,
        status: Arrival,
        watermark: Watermark,
    ) -> Result<Vec<String>, StoreError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        self.reader
            .run(move |connection| {
                let sent = sent(connection, &channel_id, &person, status)?;
                let covered = sent.into_iter().rev().filter(|(_, part)| part.is_below(watermark));
                Ok(covered.filter_map(|(_, part)| part.message_id).collect())
            })
            .await
    }

    async fn unknown(&self, since: Timestamp, after: u64, limit: usize) -> Result<Vec<Message>, StoreError> {
        self.reader
            .run(move |connection| {
                many(connection, UNKNOWN, params![since.as_millisecond(), number(limit), after.cast_signed()])
            })
            .await
    }

    async fn give_up(&self, id: &str, failure: Error) -> Result<bool, StoreError> {
        let id = id.to_owned();
        let given_up = self
            .writer
            .submit_when_room(move |scope| {
                let Some(message) = one(scope.connection, GET, [&id])? else { return Ok(false) };
                if message.status != Status::Unknown {
                    return Ok(false);
                }
                let outcome = Outcome { failure: Some(failure), ..message.outcome.clone().unwrap_or_default() };
                come(scope.connection, &message, &outcome, Status::Failed, Timestamp::now())?;
                Ok(true)
            })
            .await?;
        self.came_on();
        Ok(given_up)
    }

    async fn steps(&self, after: u64, limit: usize) -> Result<Vec<(Step, Option<Message>)>, StoreError> {
        self.reader
            .run(move |connection| {
                let read = steps(connection, STEPS, params![after.cast_signed(), number(limit)])?;
                let of = |seq: i64| one(connection, OF_SEQ, [&seq.to_string()]);
                read.into_iter().map(|(step, seq)| Ok((step, of(seq)?))).collect()
            })
            .await
    }

    async fn steps_of(&self, id: &str) -> Result<Vec<Step>, StoreError> {
        self.reader.steps_of(id).await
    }

    fn stepped(&self) -> watch::Receiver<u64> {
        self.stepped.subscribe()
    }
}

impl Reader {
    /// As [`Statuses::steps_of`].
    pub(crate) async fn steps_of(&self, id: &str) -> Result<Vec<Step>, StoreError> {
        let id = id.to_owned();
        self.run(move |connection| {
            let read = steps(connection, STEPS_OF, params![id])?;
            Ok(read.into_iter().map(|(step, _)| step).collect())
        })
        .await
    }
}

/// A part's message, by its place among all, and which part it is.
type Place = (i64, i64);

/// The message's id, if it waits again.
fn copy(connection: &Connection, copied: &Copied, now: Timestamp) -> Result<Option<String>, StoreError> {
    let known = [(OF_TOKEN, copied.token.as_ref().map(Token::as_str)), (OF_MESSAGE_ID, copied.message_id.as_deref())];
    let mut place = None;
    for (select, id) in known {
        if let (None, Some(id)) = (place, id) {
            place = first(connection, select, [&copied.channel_id, id])?;
        }
    }
    if place.is_none() && copied.token.is_none() && copied.ours == Some(true) {
        place = alike(connection, copied)?;
    }
    let Some((seq, part)) = place else { return Ok(None) };
    let Some(message) = one(connection, OF_SEQ, [&seq.to_string()])? else { return Ok(None) };
    let mut parts = parts::of_message(connection, seq)?;
    let person = copied.person.as_deref().or(message.person.as_deref());
    for part in parts.iter_mut().filter(|known| number(known.index) == part) {
        part.copied(copied);
        waiting_receipts::apply(connection, &copied.channel_id, person, part, now)?;
    }
    if message.person.is_none() && person.is_some() {
        let failed = StoreError::storage("write down whose a message is");
        let mut whose = connection.prepare_cached(WHOSE).map_err(&failed)?;
        whose.execute(params![seq, person]).map_err(&failed)?;
    }
    let reached = come_on(connection, &message, &parts, now)?;
    let again = reached == Some(Status::Accepted) && message.status != Status::Accepted;
    Ok(again.then_some(message.id))
}

/// Whether its copy has come: then it has been joined to its message, or is nobody's here.
fn was_told(connection: &Connection, found: &Copied) -> Result<bool, StoreError> {
    let failed = StoreError::storage("find the copy of a message");
    let mut told = connection.prepare_cached(TOLD).map_err(&failed)?;
    told.exists(params![found.channel_id, found.person, found.message_id]).map_err(&failed)
}

/// The one open part that this may be the copy of; `None` where there are several.
fn alike(connection: &Connection, copied: &Copied) -> Result<Option<Place>, StoreError> {
    let Some(person) = &copied.person else { return Ok(None) };
    let mut found = None;
    for (seq, part) in places(connection, OPEN, [&copied.channel_id, person])? {
        let Some(message) = one(connection, OF_SEQ, [&seq.to_string()])? else { continue };
        let (calls, _) = last_attempt(connection, seq)?;
        let parts = parts::of_message(connection, seq)?;
        let may_be = |known: &&Part| number(known.index) == part && known.may_be(copied, &message, &calls);
        if parts.iter().find(may_be).is_some() && found.replace((seq, part)).is_some() {
            return Ok(None);
        }
    }
    Ok(found)
}

fn receipt(connection: &Connection, received: &Received, now: Timestamp) -> Result<(), StoreError> {
    let Received { channel_id, person, status, message_ids, watermark } = received;
    let mut reached: Vec<Place> = Vec::new();
    for id in message_ids {
        match first(connection, OF_MESSAGE_ID, [channel_id, id])? {
            Some(place) => reached.push(place),
            None => waiting_receipts::keep(connection, received, id, now)?,
        }
    }
    if let (Some(person), Some(watermark)) = (person, watermark) {
        let below = sent(connection, channel_id, person, *status)?.into_iter().rev();
        reached.extend(below.filter(|(_, part)| part.is_below(*watermark)).map(|(place, _)| place));
        if !places(connection, OPEN, [channel_id, person])?.is_empty() {
            waiting_receipts::keep_watermark(connection, received, person, *watermark, now)?;
        }
    }
    reached.sort_unstable();
    reached.dedup();
    for of_message in reached.chunk_by(|(one, _), (other, _)| one == other) {
        let seq = of_message[0].0;
        let Some(message) = one(connection, OF_SEQ, [&seq.to_string()])? else { continue };
        let mut parts = parts::of_message(connection, seq)?;
        let mut news = false;
        for part in parts.iter_mut().filter(|part| of_message.contains(&(seq, number(part.index)))) {
            news |= part.arrived(*status);
        }
        if news {
            come_on(connection, &message, &parts, now)?;
        }
    }
    Ok(())
}

/// Writes down how far the parts have come, and the message with them, if it comes on.
fn come_on(
    connection: &Connection,
    message: &Message,
    parts: &[Part],
    now: Timestamp,
) -> Result<Option<Status>, StoreError> {
    let seq = message.seq.cast_signed();
    Whose { seq, channel_id: message.channel_id.clone(), person: message.person.clone() }.put(connection, parts)?;
    let (_, ended_at) = last_attempt(connection, seq)?;
    let Some((outcome, status)) = settled(message, parts, ended_at, now) else { return Ok(None) };
    come(connection, message, &outcome, status, now)?;
    Ok(Some(status))
}

pub(super) fn come(
    connection: &Connection,
    message: &Message,
    outcome: &Outcome,
    status: Status,
    now: Timestamp,
) -> Result<(), StoreError> {
    let failed = StoreError::storage("write down how far a message has come");
    let (seq, now) = (message.seq.cast_signed(), now.as_millisecond());
    let mut come = connection.prepare_cached(COME).map_err(&failed)?;
    come.execute(params![seq, status.as_str(), written(outcome)?, now, number(outcome.parts)]).map_err(&failed)?;
    heard::steps(message.status, status).try_for_each(|step| parts::step(connection, seq, message.round, step, now))
}

/// The calls of the last attempt at a message, and when it ended.
fn last_attempt(connection: &Connection, seq: i64) -> Result<(Vec<Call>, Option<Timestamp>), StoreError> {
    let failed = StoreError::storage("read the last attempt at a message");
    let mut last = connection.prepare_cached(LAST_ATTEMPT).map_err(&failed)?;
    let row = last.query_row([seq], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?)));
    let Some((calls, ended_at)) = row.optional().map_err(&failed)? else { return Ok((Vec::new(), None)) };
    let ended_at = ended_at.and_then(|at| Timestamp::from_millisecond(at).ok());
    Ok((serde_json::from_str(&calls).map_err(|_| StoreError::CorruptOutcome)?, ended_at))
}

/// What is known to have been sent to a person and has not come so far, the newest first.
fn sent(
    connection: &Connection,
    channel_id: &str,
    person: &str,
    status: Arrival,
) -> Result<Vec<(Place, Part)>, StoreError> {
    let failed = StoreError::storage("read what was sent to a person");
    let mut sent = connection.prepare_cached(SENT).map_err(&failed)?;
    let row = params![channel_id, person, status == Arrival::Read, number(MAX_COVERED)];
    let rows = sent.query_map(row, |row| {
        let part = Part {
            index: usize::try_from(row.get::<_, i64>(1)?).unwrap_or(usize::MAX),
            token: None,
            message_id: row.get(2)?,
            status: parts::status(row, 3)?,
            began_at: row.get(4)?,
            sent_at: row.get::<_, Option<i64>>(5)?.and_then(ProviderTime::from_millis),
        };
        Ok(((row.get(0)?, row.get(1)?), part))
    });
    rows.map_err(&failed)?.collect::<rusqlite::Result<_>>().map_err(&failed)
}

fn first(connection: &Connection, select: &str, ids: [&str; 2]) -> Result<Option<Place>, StoreError> {
    Ok(places(connection, select, ids)?.first().copied())
}

fn places(connection: &Connection, select: &str, ids: [&str; 2]) -> Result<Vec<Place>, StoreError> {
    let failed = StoreError::storage("find the parts of a message");
    let mut places = connection.prepare_cached(select).map_err(&failed)?;
    let rows = places.query_map(ids, |row| Ok((row.get(0)?, row.get(1)?))).map_err(&failed)?;
    rows.collect::<rusqlite::Result<_>>().map_err(&failed)
}

/// Steps, each with its message's place among all.
fn steps(connection: &Connection, select: &str, given: impl rusqlite::Params) -> Result<Vec<(Step, i64)>, StoreError> {
    let failed = StoreError::storage("read how messages came on");
    let mut steps = connection.prepare_cached(select).map_err(&failed)?;
    let step = |row: &Row<'_>| {
        let seq: i64 = row.get(0)?;
        let at = Timestamp::from_millisecond(row.get(3)?).unwrap_or(Timestamp::UNIX_EPOCH);
        let step = Step { seq: seq.cast_unsigned(), round: row.get(1)?, status: parts::status(row, 2)?, at };
        Ok((step, row.get(4)?))
    };
    let rows = steps.query_map(given, step).map_err(&failed)?;
    rows.collect::<rusqlite::Result<_>>().map_err(&failed)
}
