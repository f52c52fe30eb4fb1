use async_trait::async_trait;
use channel_api::Error;
use jiff::Timestamp;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};
use serde_json::value::RawValue;

use super::Sqlite;
use crate::store::{
    Accepted, Attempt, Message, MessageQuery, NewMessage, Outbox, Outcome, Recovered, SendKey, Status, StoreError,
};

const SELECT: &str =
    "SELECT seq, id, channel_id, person, fingerprint, message, accepted_at, changed_at, status, outcome FROM messages";
const GET: &str = "WHERE id = ?1";
const FIND: &str = "WHERE channel_id = ?1 AND key = ?2";
const ACCEPT: &str =
    "INSERT INTO messages (id, channel_id, person, key, fingerprint, message, status, accepted_at, changed_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'accepted', ?7, ?7) ON CONFLICT (channel_id, key) WHERE key IS NOT NULL DO NOTHING";
const BEGIN: &str = "UPDATE messages SET status = 'begun', changed_at = ?2, attempt = coalesce(attempt, 0) + 1
     WHERE id = ?1 AND status = 'accepted' RETURNING attempt";
const END: &str = "UPDATE messages SET status = ?3, changed_at = ?4, outcome = ?5, key = iif(?6, NULL, key)
     WHERE id = ?1 AND attempt = ?2 AND (status = 'begun' OR (status = 'unknown' AND outcome IS NULL))";
const IS_ATTEMPT: &str = "SELECT 1 FROM messages WHERE id = ?1 AND attempt = ?2";
const NEVER_ENDED: &str = "UPDATE messages SET status = 'unknown' WHERE status = 'begun'";
const NEVER_BEGUN: &str =
    "UPDATE messages SET status = 'failed', changed_at = ?1, outcome = ?2, key = NULL WHERE status = 'accepted'";

#[async_trait]
impl Outbox for Sqlite {
    async fn accept(&self, message: NewMessage) -> Result<Accepted, StoreError> {
        let now = Timestamp::now().as_millisecond();
        self.writer
            .submit(1, move |scope| {
                let NewMessage { id, channel_id, person, key, fingerprint, json } = message;
                let row = params![id, channel_id, person, key, fingerprint, json.get(), now];
                let accept = scope.connection.prepare_cached(ACCEPT).and_then(|mut accept| accept.execute(row));
                if accept.map_err(StoreError::storage("accept a message"))? == 1 {
                    return Ok(Accepted::New);
                }
                // The key alone may stand against it.
                let key = SendKey { channel_id, key: key.unwrap_or_default() };
                let known = one(scope.connection, FIND, [&key.channel_id, &key.key])?;
                known.map(|known| Accepted::Known(Box::new(known))).ok_or(StoreError::Refused)
            })
            .await
    }

    async fn get(&self, id: &str) -> Result<Option<Message>, StoreError> {
        let id = id.to_owned();
        self.reader.run(move |connection| one(connection, GET, [&id])).await
    }

    async fn find(&self, key: &SendKey) -> Result<Option<Message>, StoreError> {
        let SendKey { channel_id, key } = key.clone();
        self.reader.run(move |connection| one(connection, FIND, [&channel_id, &key])).await
    }

    async fn list(&self, query: MessageQuery) -> Result<Vec<Message>, StoreError> {
        self.reader.run(move |connection| list(connection, query)).await
    }

    async fn begin(&self, id: &str) -> Result<Option<Attempt>, StoreError> {
        let id = id.to_owned();
        let now = Timestamp::now().as_millisecond();
        self.writer
            .submit(1, move |scope| {
                let failed = StoreError::storage("begin to send a message");
                let mut begin = scope.connection.prepare_cached(BEGIN).map_err(&failed)?;
                let number = begin.query_row(params![id, now], |row| row.get(0)).optional().map_err(&failed)?;
                Ok(number.map(|number| Attempt { id, number }))
            })
            .await
    }

    async fn end(&self, attempt: &Attempt, outcome: Outcome) -> Result<(), StoreError> {
        let Attempt { id, number } = attempt.clone();
        let (status, free, now) = (outcome.status(), outcome.frees_its_key(), Timestamp::now().as_millisecond());
        let outcome = written(&outcome)?;
        self.writer
            .submit_when_room(move |scope| {
                let failed = StoreError::storage("write down how a message ended");
                let mut end = scope.connection.prepare_cached(END).map_err(&failed)?;
                if end.execute(params![id, number, status.as_str(), now, outcome, free]).map_err(&failed)? == 1 {
                    return Ok(());
                }
                let known: Option<i64> = scope
                    .connection
                    .query_row(IS_ATTEMPT, params![id, number], |row| row.get(0))
                    .optional()
                    .map_err(&failed)?;
                known.map(|_| ()).ok_or(StoreError::NotBegun)
            })
            .await
    }

    async fn abandon(&self, id: &str, never_begun: Error) -> Result<(), StoreError> {
        let id = id.to_owned();
        let now = Timestamp::now().as_millisecond();
        let outcome = written(&Outcome { failure: Some(never_begun), ..Outcome::default() })?;
        self.writer
            .submit_when_room(move |scope| {
                let row = params![now, outcome, id];
                let abandoned = scope.connection.execute(&format!("{NEVER_BEGUN} AND id = ?3"), row);
                abandoned.map(|_| ()).map_err(StoreError::storage("write down that a message is not sent"))
            })
            .await
    }

    async fn recover(&self, never_begun: Error) -> Result<Recovered, StoreError> {
        let now = Timestamp::now().as_millisecond();
        let outcome = written(&Outcome { failure: Some(never_begun), ..Outcome::default() })?;
        self.writer
            .submit_when_room(move |scope| {
                let failed = StoreError::storage("settle what was left in its outbox");
                let unknown = scope.connection.execute(NEVER_ENDED, []).map_err(&failed)?;
                let not_sent = scope.connection.execute(NEVER_BEGUN, params![now, outcome]).map_err(&failed)?;
                Ok(Recovered { unknown: unknown as u64, not_sent: not_sent as u64 })
            })
            .await
    }
}

/// An outcome is made of texts and numbers, which can always be written.
fn written(outcome: &Outcome) -> Result<String, StoreError> {
    serde_json::to_string(outcome).map_err(|_| StoreError::CorruptOutcome)
}

fn one<const N: usize>(
    connection: &Connection,
    which: &str,
    given: [&String; N],
) -> Result<Option<Message>, StoreError> {
    let failed = StoreError::storage("look up a message");
    let mut select = connection.prepare_cached(&format!("{SELECT} {which}")).map_err(&failed)?;
    let found = select.query_row(params_from_iter(given), message).optional().map_err(&failed)?;
    found.transpose()
}

fn list(connection: &Connection, query: MessageQuery) -> Result<Vec<Message>, StoreError> {
    let failed = StoreError::storage("list messages");
    let MessageQuery { before, limit, channel_id, person, statuses } = query;
    let mut given = vec![Sql::from(before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX)))];
    let mut conditions = vec!["seq < ?1".to_owned()];
    for (column, value) in [("channel_id", channel_id), ("person", person)] {
        if let Some(value) = value {
            given.push(value.into());
            conditions.push(format!("{column} = ?{}", given.len()));
        }
    }
    if !statuses.is_empty() {
        let names: Vec<_> = statuses.iter().map(|status| format!("'{}'", status.as_str())).collect();
        conditions.push(format!("status IN ({})", names.join(", ")));
    }
    given.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
    let which = conditions.join(" AND ");
    let select = format!("{SELECT} WHERE {which} ORDER BY seq DESC LIMIT ?{}", given.len());
    let mut select = connection.prepare_cached(&select).map_err(&failed)?;
    let rows = select.query_map(params_from_iter(given), message).map_err(&failed)?;
    rows.map(|row| row.map_err(&failed)?).collect()
}

fn message(row: &Row<'_>) -> rusqlite::Result<Result<Message, StoreError>> {
    let at = |index| -> rusqlite::Result<Timestamp> {
        Ok(Timestamp::from_millisecond(row.get(index)?).unwrap_or(Timestamp::UNIX_EPOCH))
    };
    let (json, status, outcome): (String, String, Option<String>) = (row.get(5)?, row.get(8)?, row.get(9)?);
    let Some(status) = Status::ALL.into_iter().find(|known| known.as_str() == status) else {
        return Ok(Err(StoreError::CorruptOutcome));
    };
    let (Ok(json), Ok(outcome)) =
        (RawValue::from_string(json), outcome.map(|outcome| serde_json::from_str(&outcome)).transpose())
    else {
        return Ok(Err(StoreError::CorruptOutcome));
    };
    Ok(Ok(Message {
        seq: row.get::<_, i64>(0)?.cast_unsigned(),
        id: row.get(1)?,
        channel_id: row.get(2)?,
        person: row.get(3)?,
        fingerprint: row.get(4)?,
        json,
        accepted_at: at(6)?,
        changed_at: at(7)?,
        status,
        outcome,
    }))
}
