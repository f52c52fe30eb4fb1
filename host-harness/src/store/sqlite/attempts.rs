//! What is done with one message inside a transaction: begun, ended, failed, sent again.

use channel_api::Error;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::messages::{GET, many, one};
use super::parts::{Whose, moment, number, of_message, read, status, step, written};
use super::{statuses, waiting_receipts};
use crate::store::heard;
use crate::store::parts;
use crate::store::{Again, Attempt, AttemptRecord, Call, Message, Outcome, Retried, Status, StoreError};

const BEGIN: &str = "UPDATE messages SET status = 'begun', changed_at = ?2, attempt = coalesce(attempt, 0) + 1,
     tries = tries + 1, tried_at = coalesce(tried_at, ?2), due_at = NULL
     WHERE id = ?1 AND status = 'accepted' RETURNING seq, attempt, channel_id, person";
const BEGIN_ATTEMPT: &str = "INSERT INTO attempts (message, number, began_at, calls) VALUES (?1, ?2, ?3, ?4)";
const OPEN_ATTEMPT: &str =
    "SELECT messages.seq, messages.round, messages.status, attempts.ended_at IS NULL, messages.channel_id,
     (SELECT person FROM parts WHERE message = messages.seq AND person IS NOT NULL LIMIT 1)
     FROM messages JOIN attempts ON attempts.message = messages.seq AND attempts.number = ?2 WHERE messages.id = ?1";
const END_ATTEMPT: &str =
    "UPDATE attempts SET ended_at = ?3, receipts = ?4, failure = ?5 WHERE message = ?1 AND number = ?2";
const END: &str = "UPDATE messages SET status = ?2, changed_at = ?3, outcome = ?4, parts = ?5, due_at = ?6,
     tries = tries - ?7, tried_at = iif(tries - ?7 > 0, tried_at, NULL) WHERE seq = ?1";
const FAIL: &str = "UPDATE messages SET status = 'failed', changed_at = ?2, outcome = ?3, due_at = NULL
     WHERE id = ?1 AND status = 'accepted' RETURNING seq, round";
const RETRY: &str = "UPDATE messages SET status = 'accepted', changed_at = ?2, round = round + 1, tries = 0,
     tried_at = NULL, due_at = NULL, retried_behind = (SELECT seq FROM sqlite_sequence WHERE name = 'messages'),
     implied = coalesce(?3, implied) WHERE id = ?1";
const ATTEMPTS: &str = "SELECT number, began_at, ended_at, calls, receipts, failure FROM attempts
     WHERE message = (SELECT seq FROM messages WHERE id = ?1) ORDER BY number";
const BEGUN: &str = "WHERE status IN ('accepted', 'begun', 'failed', 'unknown') AND status = 'begun'";
const NEVER_ENDED: &str = "UPDATE messages SET status = 'unknown', changed_at = ?2 WHERE seq = ?1";
const PARTS_NEVER_ENDED: &str = "UPDATE parts SET status = 'unknown' WHERE message = ?1 AND status = 'begun'";

pub(super) fn begin(connection: &Connection, id: String, calls: &[Call]) -> Result<Option<Attempt>, StoreError> {
    let failed = StoreError::storage("begin to send a message");
    let now = Timestamp::now().as_millisecond();
    let mut leave = connection.prepare_cached(BEGIN).map_err(&failed)?;
    let begun = leave.query_row(params![id, now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
    let Some((seq, number, channel_id, person)) = begun.optional().map_err(&failed)? else { return Ok(None) };
    let whose = Whose { seq, channel_id, person };
    let mut attempt = connection.prepare_cached(BEGIN_ATTEMPT).map_err(&failed)?;
    attempt.execute(params![seq, number, now, written(calls)?]).map_err(&failed)?;
    let mut begun = Vec::new();
    parts::begin(&mut begun, calls, now);
    whose.put(connection, &begun)?;
    Ok(Some(Attempt { id, number, first: calls.first().map_or(0, |call| call.part) }))
}

pub(super) fn end(
    connection: &Connection,
    attempt: &Attempt,
    outcome: Outcome,
    again: Option<Again>,
) -> Result<Status, StoreError> {
    let failed = StoreError::storage("write down how a message ended");
    let now = Timestamp::now().as_millisecond();
    let mut open = connection.prepare_cached(OPEN_ATTEMPT).map_err(&failed)?;
    let row = open.query_row(params![attempt.id, attempt.number], |row| {
        Ok((row.get(0)?, row.get(1)?, status(row, 2)?, row.get(3)?, row.get(4)?, row.get(5)?))
    });
    let (seq, round, come, is_open, channel_id, person): (i64, u32, Status, bool, String, Option<String>) =
        row.optional().map_err(&failed)?.ok_or(StoreError::NotBegun)?;
    if !is_open || !matches!(come, Status::Begun | Status::Unknown) {
        return Ok(come);
    }
    let receipts = written(outcome.receipts.get(attempt.first..).unwrap_or_default())?;
    let failure = outcome.failure.as_ref().map(written).transpose()?;
    let mut ended = connection.prepare_cached(END_ATTEMPT).map_err(&failed)?;
    ended.execute(params![seq, attempt.number, now, receipts, failure]).map_err(&failed)?;
    let mut all = of_message(connection, seq)?;
    let (outcome, mut reached) = parts::end(&mut all, outcome, again.is_some());
    for part in all.iter_mut().filter(|part| part.status.is_sent()) {
        waiting_receipts::apply(connection, &channel_id, person.as_deref(), part, moment(now))?;
    }
    if reached.is_sent() {
        reached = parts::reached(&all);
    }
    Whose { seq, channel_id, person }.put(connection, &all)?;
    let again = again.filter(|_| reached == Status::Accepted);
    let (due, uncounted) = (again.map(|again| again.due.as_millisecond()), again.is_some_and(|again| !again.counts));
    let mut end = connection.prepare_cached(END).map_err(&failed)?;
    let row = params![seq, reached.as_str(), now, written(&outcome)?, number(outcome.parts), due, uncounted];
    end.execute(row).map_err(&failed)?;
    if reached.is_sent() && reached != Status::Sent {
        step(connection, seq, round, Status::Sent, now)?;
    }
    if reached != Status::Accepted && reached != come {
        step(connection, seq, round, reached, now)?;
    }
    Ok(reached)
}

pub(super) fn fail(connection: &Connection, id: &str, failure: Error) -> Result<bool, StoreError> {
    let failed = StoreError::storage("write down that a message is not sent");
    let now = Timestamp::now().as_millisecond();
    let Some(message) = one(connection, GET, [&id.to_owned()])? else { return Ok(false) };
    // Parts of it may have gone.
    let outcome = Outcome { failure: Some(failure), ..message.outcome.unwrap_or_default() };
    let mut fail = connection.prepare_cached(FAIL).map_err(&failed)?;
    let row = fail.query_row(params![id, now, written(&outcome)?], |row| Ok((row.get(0)?, row.get(1)?)));
    let Some((seq, round)) = row.optional().map_err(&failed)? else { return Ok(false) };
    step(connection, seq, round, Status::Failed, now)?;
    Ok(true)
}

pub(super) fn retry(
    connection: &Connection,
    id: &str,
    force: bool,
    implied: Option<[u8; 32]>,
) -> Result<Retried, StoreError> {
    let failed = StoreError::storage("send a message again");
    let Some(message) = one(connection, GET, [&id.to_owned()])? else { return Ok(Retried::NotFound) };
    if let Some(refused) = Retried::refused(&message, force) {
        return Ok(refused);
    }
    connection.execute(RETRY, params![id, Timestamp::now().as_millisecond(), implied]).map_err(&failed)?;
    let again = one(connection, GET, [&id.to_owned()])?;
    Ok(again.map_or(Retried::NotFound, |message| Retried::Again(Box::new(message))))
}

pub(super) fn attempts(connection: &Connection, id: &str) -> Result<Vec<AttemptRecord>, StoreError> {
    let failed = StoreError::storage("read the attempts at a message");
    let mut attempts = connection.prepare_cached(ATTEMPTS).map_err(&failed)?;
    let rows = attempts.query_map([id], |row| {
        Ok(AttemptRecord {
            number: row.get(0)?,
            began_at: moment(row.get(1)?),
            ended_at: row.get::<_, Option<i64>>(2)?.map(moment),
            calls: read(row, 3)?.unwrap_or_default(),
            receipts: read(row, 4)?.unwrap_or_default(),
            failure: read(row, 5)?,
        })
    });
    rows.map_err(&failed)?.collect::<rusqlite::Result<_>>().map_err(|error| match error {
        rusqlite::Error::FromSqlConversionFailure(..) => StoreError::CorruptOutcome,
        error => failed(error),
    })
}

pub(super) fn recover(connection: &Connection) -> Result<u64, StoreError> {
    let failed = StoreError::storage("settle what was left in its outbox");
    let now = Timestamp::now();
    let mut unknown = 0;
    for begun in many(connection, BEGUN, [])? {
        let seq = begun.seq.cast_signed();
        connection.execute(PARTS_NEVER_ENDED, [seq]).map_err(&failed)?;
        let left = Message { status: Status::Unknown, ..begun };
        match heard::settled(&left, &of_message(connection, seq)?, None, now) {
            Some((outcome, status)) if status.is_sent() => statuses::come(connection, &left, &outcome, status, now)?,
            _ => {
                connection.execute(NEVER_ENDED, params![seq, now.as_millisecond()]).map_err(&failed)?;
                step(connection, seq, left.round, Status::Unknown, now.as_millisecond())?;
                unknown += 1;
            }
        }
    }
    Ok(unknown)
}
