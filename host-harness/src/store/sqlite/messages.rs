//! Messages as they stand in their table.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter};
use serde_json::value::RawValue;

use crate::store::{Message, Origin, Status, StoreError};

/// Every statement that reads messages begins so.
pub(super) const SELECT: &str =
    "SELECT seq, id, channel_id, person, fingerprint, message, accepted_at, changed_at, status, outcome,
     reference, broadcast, round, tries, tried_at, due_at, retried_behind, origin FROM messages";
/// One by its id.
pub(super) const GET: &str = "WHERE id = ?1";

/// The message that is asked for behind the SELECT.
pub(super) fn one<const N: usize>(
    connection: &Connection,
    which: &str,
    given: [&String; N],
) -> Result<Option<Message>, StoreError> {
    let failed = StoreError::storage("look up a message");
    let mut select = connection.prepare_cached(&format!("{SELECT} {which}")).map_err(&failed)?;
    let found = select.query_row(params_from_iter(given), message).optional().map_err(&failed)?;
    found.transpose()
}

/// Messages, as they are asked for behind the SELECT.
pub(super) fn many(
    connection: &Connection,
    which: &str,
    given: impl rusqlite::Params,
) -> Result<Vec<Message>, StoreError> {
    let failed = StoreError::storage("read messages");
    let mut select = connection.prepare_cached(&format!("{SELECT} {which}")).map_err(&failed)?;
    let rows = select.query_map(given, message).map_err(&failed)?;
    rows.map(|row| row.map_err(&failed)?).collect()
}

/// The message of a row.
pub(super) fn message(row: &Row<'_>) -> rusqlite::Result<Result<Message, StoreError>> {
    let at = |index| -> rusqlite::Result<Option<Timestamp>> {
        let at: Option<i64> = row.get(index)?;
        Ok(at.map(|at| Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)))
    };
    let (json, status, outcome): (String, String, Option<String>) = (row.get(5)?, row.get(8)?, row.get(9)?);
    let (Some(status), Ok(json), Ok(outcome)) = (
        Status::written(&status),
        RawValue::from_string(json),
        outcome.map(|outcome| serde_json::from_str(&outcome)).transpose(),
    ) else {
        return Ok(Err(StoreError::CorruptOutcome));
    };
    Ok(Ok(Message {
        seq: row.get::<_, i64>(0)?.cast_unsigned(),
        id: row.get(1)?,
        channel_id: row.get(2)?,
        person: row.get(3)?,
        fingerprint: row.get(4)?,
        json,
        accepted_at: at(6)?.unwrap_or_default(),
        changed_at: at(7)?.unwrap_or_default(),
        status,
        outcome,
        reference: row.get(10)?,
        broadcast: row.get(11)?,
        round: row.get(12)?,
        tries: row.get(13)?,
        tried_at: at(14)?,
        due_at: at(15)?,
        retried_behind: row.get::<_, Option<i64>>(16)?.map(i64::cast_unsigned),
        origin: Origin::written(row.get::<_, Option<String>>(17)?.as_deref()),
    }))
}
