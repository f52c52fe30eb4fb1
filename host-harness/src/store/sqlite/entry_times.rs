//! Earlier releases stored no entry times. What is delivered again after the change of releases shall still be no news.

use channel_api::Timestamp;
use rusqlite::{Connection, params};
use serde::Deserialize;

use crate::store::StoreError;

/// Their ids are `evt_` and the fingerprint in hexadecimal.
const EVENTS: &str = "SELECT channel_id, unhex(substr(id, 5)), data, seq, received_at FROM events
     WHERE id GLOB 'evt_????????????????????????????????' AND unhex(substr(id, 5)) IS NOT NULL";
const INSERT: &str = "INSERT OR IGNORE INTO entry_times (channel_id, fingerprint, entry_time, seq, received_at)
     VALUES (?1, ?2, ?3, ?4, ?5)";

/// Without a time of its own, the entry's is what an event shows as its time.
#[derive(Deserialize)]
struct Data {
    timestamp: Option<Timestamp>,
}

/// Remembers the times that the events show.
pub(super) fn of_events(connection: &Connection) -> Result<(), StoreError> {
    let failed = StoreError::storage("understand the events of an earlier release");
    let mut events = connection.prepare(EVENTS).map_err(&failed)?;
    let mut insert = connection.prepare(INSERT).map_err(&failed)?;
    let mut rows = events.query([]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let data: String = row.get(2).map_err(&failed)?;
        let Ok(Data { timestamp: Some(time) }) = serde_json::from_str(&data) else { continue };
        let (channel_id, fingerprint): (String, Vec<u8>) =
            row.get(0).and_then(|channel| Ok((channel, row.get(1)?))).map_err(&failed)?;
        let (seq, received_at): (i64, i64) = row.get(3).and_then(|seq| Ok((seq, row.get(4)?))).map_err(&failed)?;
        insert.execute(params![channel_id, fingerprint, time.as_millis(), seq, received_at]).map_err(&failed)?;
    }
    Ok(())
}
