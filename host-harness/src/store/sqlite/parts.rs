//! Parts and steps of messages as they stand in their tables.

use channel_api::Token;
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::parts::Part;
use crate::store::{Status, StoreError};

const PUT_PART: &str =
    "INSERT INTO parts (message, part, channel_id, person, token, message_id, status, began_at, sent_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (message, part) DO UPDATE SET
     token = excluded.token, message_id = excluded.message_id, status = excluded.status, began_at = excluded.began_at,
     sent_at = excluded.sent_at";
const PARTS: &str =
    "SELECT part, token, message_id, status, began_at, sent_at FROM parts WHERE message = ?1 ORDER BY part";
const STEP: &str = "INSERT INTO steps (message, round, status, at) VALUES (?1, ?2, ?3, ?4)";

/// Writes down that a message came on.
pub(super) fn step(connection: &Connection, seq: i64, round: u32, status: Status, at: i64) -> Result<(), StoreError> {
    let failed = StoreError::storage("write down how a message came on");
    let mut step = connection.prepare_cached(STEP).map_err(&failed)?;
    step.execute(params![seq, round, status.as_str(), at]).map_err(&failed)?;
    Ok(())
}

/// The parts of a message that were begun.
pub(super) fn of_message(connection: &Connection, seq: i64) -> Result<Vec<Part>, StoreError> {
    let failed = StoreError::storage("read the parts of a message");
    let mut parts = connection.prepare_cached(PARTS).map_err(&failed)?;
    let rows = parts.query_map([seq], |row| {
        Ok(Part {
            index: usize::try_from(row.get::<_, i64>(0)?).unwrap_or(usize::MAX),
            token: row.get::<_, Option<String>>(1)?.as_deref().and_then(Token::parse),
            message_id: row.get(2)?,
            status: status(row, 3)?,
            began_at: row.get(4)?,
            sent_at: row.get::<_, Option<i64>>(5)?.and_then(channel_api::Timestamp::from_millis),
        })
    });
    rows.map_err(&failed)?.collect::<rusqlite::Result<_>>().map_err(&failed)
}

/// A message whose parts are written.
pub(super) struct Whose {
    pub(super) seq: i64,
    /// Not written again once a part is there.
    pub(super) channel_id: String,
    pub(super) person: Option<String>,
}

impl Whose {
    pub(super) fn put(&self, connection: &Connection, parts: &[Part]) -> Result<(), StoreError> {
        let failed = StoreError::storage("write down the parts of a message");
        let mut put = connection.prepare_cached(PUT_PART).map_err(&failed)?;
        for Part { index, token, message_id, status, began_at, sent_at } in parts {
            let token = token.as_ref().map(Token::as_str);
            let sent_at = sent_at.map(channel_api::Timestamp::as_millis);
            let Self { seq, channel_id, person } = self;
            let row =
                params![seq, number(*index), channel_id, person, token, message_id, status.as_str(), began_at, sent_at];
            put.execute(row).map_err(&failed)?;
        }
        Ok(())
    }
}

pub(super) fn status(row: &Row<'_>, index: usize) -> rusqlite::Result<Status> {
    let text: String = row.get(index)?;
    let unknown = || rusqlite::Error::InvalidColumnType(index, "status".to_owned(), Type::Text);
    Status::written(&text).ok_or_else(unknown)
}

pub(super) fn number(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

pub(super) fn moment(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(super) fn read<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(index)?;
    let read = |text: String| {
        serde_json::from_str(&text)
            .map_err(|error| rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error)))
    };
    text.map(read).transpose()
}

/// What is kept is made of texts and numbers, which can always be written.
pub(super) fn written<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::CorruptOutcome)
}
