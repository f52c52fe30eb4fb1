use std::sync::Arc;

use async_trait::async_trait;
use channel_api::Error;
use jiff::Timestamp;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params, params_from_iter};

use super::gone::Gone;
use super::messages::{GET, SELECT, message, one};
use super::writer::Scope;
use super::{Reader, Sqlite, attempts};
use crate::store::{
    Accepted, Again, Attempt, AttemptRecord, Call, ErasedMessages, Message, MessageQuery, NewMessage, Outbox, Outcome,
    Place, Retried, SendKey, Status, StoreError,
};

const FIND: &str = "WHERE channel_id = ?1 AND key = ?2";
const ACCEPT: &str = "INSERT INTO messages
     (id, channel_id, person, key, fingerprint, message, status, accepted_at, changed_at, reference, implied, broadcast, origin)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'accepted', ?7, ?7, ?8, ?9, ?10, ?11)
     ON CONFLICT (channel_id, key) WHERE key IS NOT NULL DO NOTHING";
/// As the index over them says it: only then is it used.
const OPEN: &str = "status IN ('accepted', 'begun', 'failed', 'unknown')";
/// The code of what a message failed with last. An earlier release may have left an outcome that is no JSON.
const CODE: &str = "coalesce(iif(json_valid(outcome), json_extract(outcome, '$.failure.code'), NULL),
     iif(status = 'unknown', 'outcome_lost', NULL))";
/// Messages are accepted in the order of time, so the index over times leads to the first one's place.
const SINCE: &str =
    "(seq >= (SELECT seq FROM messages WHERE accepted_at >= ? ORDER BY accepted_at, seq LIMIT 1) AND accepted_at >= ?)";
/// And to the last one's.
const UNTIL: &str =
    "(seq <= (SELECT seq FROM messages WHERE accepted_at < ? ORDER BY accepted_at DESC, seq DESC LIMIT 1)
     AND accepted_at < ?)";

#[async_trait]
impl Outbox for Sqlite {
    async fn accept(&self, messages: Vec<NewMessage>) -> Result<Vec<Accepted>, StoreError> {
        let now = Timestamp::now().as_millisecond();
        let (records, gone) = (messages.len(), Arc::clone(&self.gone));
        let refused = messages.iter().any(|message| message.refused.is_some());
        let accepted = self.writer.submit(records, move |scope| {
            messages.into_iter().map(|message| accept(scope.connection, &gone, message, now)).collect()
        });
        let accepted = accepted.await?;
        if refused {
            self.came_on();
        }
        Ok(accepted)
    }

    async fn get(&self, id: &str) -> Result<Option<Message>, StoreError> {
        self.reader.message(id).await
    }

    async fn find(&self, key: &SendKey) -> Result<Option<Message>, StoreError> {
        let SendKey { channel_id, key } = key.clone();
        self.reader.look_up(move |connection| one(connection, FIND, [&channel_id, &key])).await
    }

    async fn list(&self, query: MessageQuery) -> Result<Vec<Message>, StoreError> {
        self.reader.messages(query).await
    }

    async fn waiting(&self, after: Option<Place>, limit: usize) -> Result<Vec<Message>, StoreError> {
        self.reader.run(move |connection| waiting(connection, after, limit)).await
    }

    async fn begin(&self, id: &str, calls: Vec<Call>) -> Result<Option<Attempt>, StoreError> {
        let id = id.to_owned();
        self.writer.submit(1, move |scope| attempts::begin(scope.connection, id, &calls)).await
    }

    async fn end(&self, attempt: &Attempt, outcome: Outcome, again: Option<Again>) -> Result<Status, StoreError> {
        let attempt = attempt.clone();
        let end = move |scope: &mut Scope<'_>| attempts::end(scope.connection, &attempt, outcome, again);
        let ended = self.writer.submit_when_room(end).await?;
        self.came_on();
        Ok(ended)
    }

    async fn fail(&self, id: &str, failure: Error) -> Result<bool, StoreError> {
        let id = id.to_owned();
        let fail = move |scope: &mut Scope<'_>| attempts::fail(scope.connection, &id, failure);
        let failed = self.writer.submit_when_room(fail).await?;
        self.came_on();
        Ok(failed)
    }

    async fn retry(&self, id: &str, force: bool, implied: Option<[u8; 32]>) -> Result<Retried, StoreError> {
        let id = id.to_owned();
        self.writer.submit(1, move |scope| attempts::retry(scope.connection, &id, force, implied)).await
    }

    async fn attempts(&self, id: &str) -> Result<Vec<AttemptRecord>, StoreError> {
        self.reader.attempts(id).await
    }

    async fn answered(&self, ids: Vec<String>) -> Result<(), StoreError> {
        self.writer.submit_unsynced(move |scope| answered(scope.connection, &ids)).await
    }

    async fn unanswered(&self) -> Result<Vec<([u8; 32], String)>, StoreError> {
        self.reader.run(unanswered).await
    }

    async fn recover(&self) -> Result<u64, StoreError> {
        self.writer.submit_when_room(move |scope| attempts::recover(scope.connection)).await
    }

    async fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.expire_messages(before, limit).await
    }

    async fn erase(&self, channel_id: &str, person: &str) -> Result<ErasedMessages, StoreError> {
        self.erase_messages(channel_id, person).await
    }
}

impl Reader {
    /// As [`Outbox::get`].
    pub(crate) async fn message(&self, id: &str) -> Result<Option<Message>, StoreError> {
        let id = id.to_owned();
        self.look_up(move |connection| one(connection, GET, [&id])).await
    }

    /// As [`Outbox::list`].
    pub(crate) async fn messages(&self, query: MessageQuery) -> Result<Vec<Message>, StoreError> {
        self.run(move |connection| list(connection, query)).await
    }

    /// As [`Outbox::attempts`].
    pub(crate) async fn attempts(&self, id: &str) -> Result<Vec<AttemptRecord>, StoreError> {
        let id = id.to_owned();
        self.run(move |connection| attempts::attempts(connection, &id)).await
    }
}

pub(super) fn accept(
    connection: &Connection,
    gone: &Gone,
    message: NewMessage,
    now: i64,
) -> Result<Accepted, StoreError> {
    let failed = StoreError::storage("accept a message");
    let NewMessage { id, channel_id, person, key, fingerprint, json, reference, implied, broadcast, origin, refused } =
        message;
    if let Some(key) = &key
        && gone.has_key(connection, &channel_id, key).map_err(&failed)?
    {
        return Ok(Accepted::Gone);
    }
    let row = params![
        id,
        channel_id,
        person,
        key,
        fingerprint,
        json.get(),
        now,
        reference,
        implied,
        broadcast,
        origin.as_str()
    ];
    let mut accept = connection.prepare_cached(ACCEPT).map_err(&failed)?;
    if accept.execute(row).map_err(&failed)? == 1 {
        let seq = connection.last_insert_rowid().cast_unsigned();
        if let Some(refused) = refused {
            attempts::fail(connection, &id, refused)?;
        }
        return Ok(Accepted::New { seq });
    }
    // The key alone may stand against it.
    let key = key.unwrap_or_default();
    let known = one(connection, FIND, [&channel_id, &key])?;
    known.map(|known| Accepted::Known(Box::new(known))).ok_or(StoreError::Refused)
}

fn answered(connection: &Connection, ids: &[String]) -> Result<(), StoreError> {
    let failed = StoreError::storage("write down which messages were answered");
    let mut update = connection.prepare_cached("UPDATE messages SET implied = NULL WHERE id = ?1").map_err(&failed)?;
    for id in ids {
        update.execute([id]).map_err(&failed)?;
    }
    Ok(())
}

fn unanswered(connection: &Connection) -> Result<Vec<([u8; 32], String)>, StoreError> {
    let failed = StoreError::storage("read which messages were not answered");
    // As the index over them says it.
    let select = "SELECT implied, id FROM messages WHERE implied IS NOT NULL ORDER BY seq";
    let mut select = connection.prepare_cached(select).map_err(&failed)?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(&failed)?;
    rows.map(|row| row.map_err(&failed)).collect()
}

fn list(connection: &Connection, query: MessageQuery) -> Result<Vec<Message>, StoreError> {
    let failed = StoreError::storage("list messages");
    let MessageQuery { before, after, limit, channel_id, person, statuses, code, since, until, reference, broadcast } =
        query;
    let order = if after.is_some() { "ASC" } else { "DESC" };
    let place = |place: u64| Sql::from(i64::try_from(place).unwrap_or(i64::MAX));
    let moment = |moment: Timestamp| Sql::from(moment.as_millisecond());
    let mut given = Vec::new();
    let mut conditions = Vec::new();
    for (condition, value) in [
        ("seq < ?", Some(before.map_or(Sql::from(i64::MAX), place))),
        ("seq > ?", after.map(place)),
        ("channel_id = ?", channel_id.map(Sql::from)),
        ("person = ?", person.map(Sql::from)),
        (SINCE, since.map(moment)),
        (UNTIL, until.map(moment)),
        ("reference = ?", reference.map(Sql::from)),
        ("broadcast = ?", broadcast.map(Sql::from)),
    ] {
        if let Some(value) = value {
            given.push(value);
            conditions.push(condition.replace('?', &format!("?{}", given.len())));
        }
    }
    if !statuses.is_empty() {
        let names: Vec<_> = statuses.iter().map(|status| format!("'{}'", status.as_str())).collect();
        conditions.push(format!("status IN ({})", names.join(", ")));
    }
    if code.is_some() || !statuses.is_empty() && !statuses.iter().any(|status| status.is_sent()) {
        conditions.push(OPEN.to_owned());
    }
    if let Some(code) = code {
        given.push(code.into());
        conditions.push(format!("{CODE} = ?{}", given.len()));
    }
    given.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
    let which = conditions.join(" AND ");
    let select = format!("{SELECT} WHERE {which} ORDER BY seq {order} LIMIT ?{}", given.len());
    let mut select = connection.prepare_cached(&select).map_err(&failed)?;
    let rows = select.query_map(params_from_iter(given), message).map_err(&failed)?;
    rows.map(|row| row.map_err(&failed)?).collect()
}

fn waiting(connection: &Connection, after: Option<Place>, limit: usize) -> Result<Vec<Message>, StoreError> {
    let failed = StoreError::storage("read what waits to be sent");
    let after = after.unwrap_or(Place { behind: 0, retried: false, seq: 0 });
    let place = "coalesce(retried_behind, seq), retried_behind IS NOT NULL, seq";
    let select =
        format!("{SELECT} WHERE {OPEN} AND status = 'accepted' AND ({place}) > (?1, ?2, ?3) ORDER BY {place} LIMIT ?4");
    let mut select = connection.prepare_cached(&select).map_err(&failed)?;
    let (behind, seq) = (after.behind.cast_signed(), after.seq.cast_signed());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = select.query_map(params![behind, after.retried, seq, limit], message).map_err(&failed)?;
    rows.map(|row| row.map_err(&failed)?).collect()
}
