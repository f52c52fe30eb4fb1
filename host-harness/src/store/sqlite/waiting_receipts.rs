//! Receipts that came before it was known which message they are about, or that it was sent.

use channel_api::Timestamp as ProviderTime;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::store::parts::Part;
use crate::store::statuses::{MAX_WAITING, WAITS};
use crate::store::{Arrival, Received, StoreError, Watermark};

/// Of one message there may be several, told twice; of a person's watermarks the highest counts.
const KEEP: &str = "INSERT INTO receipts (channel_id, whose, id, status, watermark, ahead, heard_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (channel_id, whose, id, status) DO UPDATE SET
     watermark = excluded.watermark, ahead = excluded.ahead, heard_at = excluded.heard_at
     WHERE excluded.watermark >= receipts.watermark";
const FORGET: &str = "DELETE FROM receipts WHERE heard_at < ?1 OR seq <= (SELECT max(seq) FROM receipts) - ?2";
const OF: &str = "SELECT status, watermark, ahead, heard_at FROM receipts
     WHERE channel_id = ?1 AND whose = ?2 AND id = ?3 AND heard_at >= ?4";

/// Keeps what names a message.
pub(super) fn keep(connection: &Connection, received: &Received, id: &str, now: Timestamp) -> Result<(), StoreError> {
    put(connection, received, ("message", id), None, now)
}

/// Keeps a watermark of a person to whom something may have been sent.
pub(super) fn keep_watermark(
    connection: &Connection,
    received: &Received,
    person: &str,
    watermark: Watermark,
    now: Timestamp,
) -> Result<(), StoreError> {
    put(connection, received, ("person", person), Some(watermark), now)
}

fn put(
    connection: &Connection,
    received: &Received,
    (whose, id): (&str, &str),
    watermark: Option<Watermark>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let failed = StoreError::storage("keep a receipt");
    let until = watermark.map(|watermark| watermark.until.as_millis());
    let ahead = watermark.map(|watermark| watermark.ahead);
    let status = received.status.status().as_str();
    let row = params![received.channel_id, whose, id, status, until, ahead, now.as_millisecond()];
    connection.prepare_cached(KEEP).map_err(&failed)?.execute(row).map_err(&failed)?;
    Ok(())
}

/// Forgets what has waited too long, and the oldest of what is too much.
pub(super) fn forget(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let failed = StoreError::storage("forget the receipts that wait no longer");
    let given = params![(now - WAITS).as_millisecond(), MAX_WAITING];
    connection.prepare_cached(FORGET).map_err(&failed)?.execute(given).map_err(&failed)?;
    Ok(())
}

/// Applies what waits to a part that is known to have been sent now.
pub(super) fn apply(
    connection: &Connection,
    channel_id: &str,
    person: Option<&str>,
    part: &mut Part,
    now: Timestamp,
) -> Result<(), StoreError> {
    let failed = StoreError::storage("read the receipts that wait");
    let since = (now - WAITS).as_millisecond();
    let mut of = connection.prepare_cached(OF).map_err(&failed)?;
    let message_id = part.message_id.clone();
    for (whose, id) in [("message", message_id.as_deref()), ("person", person)] {
        let Some(id) = id else { continue };
        let mut rows = of.query(params![channel_id, whose, id, since]).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            let status: String = row.get(0).map_err(&failed)?;
            let until: Option<i64> = row.get(1).map_err(&failed)?;
            let ahead: Option<i64> = row.get(2).map_err(&failed)?;
            let watermark = until.and_then(ProviderTime::from_millis);
            let watermark = watermark.map(|until| Watermark { until, ahead: ahead.unwrap_or_default() });
            let heard_at: i64 = row.get(3).map_err(&failed)?;
            if watermark.is_none_or(|watermark| part.is_below(watermark) && part.began_at <= heard_at) {
                part.arrived(if status == "read" { Arrival::Read } else { Arrival::Delivered });
            }
        }
    }
    Ok(())
}
