use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::Sqlite;
use crate::store::{Accepted, Attempt, End, Entry, Outbox, SendKey, State, StoreError};

const FIND: &str = "SELECT fingerprint, begun_at, outcome FROM outbox WHERE channel_id = ?1 AND key = ?2";
const ACCEPT: &str = "INSERT INTO outbox (channel_id, key, fingerprint, accepted_at) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (channel_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, accepted_at = excluded.accepted_at
     WHERE begun_at IS NULL AND fingerprint <> excluded.fingerprint";
const BEGIN: &str = "UPDATE outbox SET begun_at = ?4, attempt = random()
     WHERE channel_id = ?1 AND key = ?2 AND fingerprint = ?3 AND begun_at IS NULL RETURNING attempt";
const END: &str = "UPDATE outbox SET outcome = coalesce(outcome, ?4)
     WHERE channel_id = ?1 AND key = ?2 AND attempt = ?3";
const FREE: &str = "DELETE FROM outbox WHERE channel_id = ?1 AND key = ?2 AND attempt = ?3 AND outcome IS NULL";

#[async_trait]
impl Outbox for Sqlite {
    async fn find(&self, key: &SendKey) -> Result<Option<Entry>, StoreError> {
        let key = key.clone();
        self.reader.run(move |connection| find(connection, &key)).await
    }

    async fn accept(&self, key: &SendKey, fingerprint: [u8; 32]) -> Result<Accepted, StoreError> {
        let key = key.clone();
        let now = Timestamp::now().as_millisecond();
        self.writer
            .submit(1, move |scope| {
                let row = params![key.channel_id, key.key, fingerprint, now];
                let accept = scope.connection.prepare_cached(ACCEPT).and_then(|mut accept| accept.execute(row));
                if accept.map_err(StoreError::storage("accept a message"))? == 1 {
                    return Ok(Accepted::New);
                }
                find(scope.connection, &key)?.map(Accepted::Known).ok_or(StoreError::Refused)
            })
            .await
    }

    async fn begin(&self, key: &SendKey, fingerprint: [u8; 32]) -> Result<Option<Attempt>, StoreError> {
        let key = key.clone();
        let now = Timestamp::now().as_millisecond();
        self.writer
            .submit(1, move |scope| {
                let failed = StoreError::storage("begin to send a message");
                let mut begin = scope.connection.prepare_cached(BEGIN).map_err(&failed)?;
                let row = begin.query_row(params![key.channel_id, key.key, fingerprint, now], |row| row.get(0));
                Ok(row.optional().map_err(&failed)?.map(|number| Attempt { key, number }))
            })
            .await
    }

    async fn end(&self, attempt: &Attempt, end: End) -> Result<(), StoreError> {
        let Attempt { key: SendKey { channel_id, key }, number } = attempt.clone();
        let outcome = match end {
            // It is made of texts and numbers, which can always be written.
            End::Outcome(outcome) => Some(serde_json::to_string(&outcome).map_err(|_| StoreError::CorruptOutcome)?),
            End::NotSent => None,
        };
        self.writer
            .submit_when_room(move |scope| {
                let failed = StoreError::storage("write down how a message ended");
                let Some(outcome) = outcome else {
                    let mut free = scope.connection.prepare_cached(FREE).map_err(&failed)?;
                    return free.execute(params![channel_id, key, number]).map(|_| ()).map_err(&failed);
                };
                let mut end = scope.connection.prepare_cached(END).map_err(&failed)?;
                let changed = end.execute(params![channel_id, key, number, outcome]).map_err(&failed)?;
                if changed == 1 { Ok(()) } else { Err(StoreError::NotBegun) }
            })
            .await
    }
}

fn find(connection: &Connection, key: &SendKey) -> Result<Option<Entry>, StoreError> {
    let failed = StoreError::storage("look up a message");
    let mut find = connection.prepare_cached(FIND).map_err(&failed)?;
    let row = find.query_row([&key.channel_id, &key.key], entry).optional().map_err(&failed)?;
    row.transpose()
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Result<Entry, StoreError>> {
    let fingerprint = row.get(0)?;
    let begun_at: Option<i64> = row.get(1)?;
    let outcome: Option<String> = row.get(2)?;
    let state = match (outcome, begun_at) {
        (Some(outcome), _) => match serde_json::from_str(&outcome) {
            Ok(outcome) => State::Ended(outcome),
            Err(_) => return Ok(Err(StoreError::CorruptOutcome)),
        },
        (None, Some(at)) => State::Begun { at: Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH) },
        (None, None) => State::Accepted,
    };
    Ok(Ok(Entry { fingerprint, state }))
}
