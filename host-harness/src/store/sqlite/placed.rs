//! Where an event stands, as its row says it.

use jiff::Timestamp;
use rusqlite::Row;

use crate::store::Placed;

/// Where that stands of which an event says nothing new: its number, and when it came.
pub(super) fn no_news(row: &Row<'_>) -> rusqlite::Result<Placed> {
    Ok(Placed { seq: row.get::<_, i64>(0)?.cast_unsigned(), received_at: time(row.get(1)?), new: false, erased: false })
}

/// Times are written by this program; one that is out of range was written by a hand, and is as good as the first.
pub(super) fn time(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}
