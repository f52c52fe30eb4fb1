use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::params;

use super::Sqlite;
use crate::store::{Pauses, StoreError};

const ALL: &str = "SELECT channel_id, since FROM pauses ORDER BY channel_id";
const PAUSE: &str = "INSERT INTO pauses (channel_id, since) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
const RESUME: &str = "DELETE FROM pauses WHERE channel_id = ?1";

#[async_trait]
impl Pauses for Sqlite {
    async fn paused(&self) -> Result<Vec<(String, Timestamp)>, StoreError> {
        self.reader
            .run(|connection| {
                let failed = StoreError::storage("look up which channels are paused");
                let mut all = connection.prepare_cached(ALL).map_err(&failed)?;
                // A moment that is none is a moment all the same: what was paused stays so.
                let moment = |at: i64| Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
                let rows = all.query_map([], |row| Ok((row.get(0)?, moment(row.get(1)?)))).map_err(&failed)?;
                rows.collect::<Result<_, _>>().map_err(&failed)
            })
            .await
    }

    async fn pause(&self, channel_id: &str, since: Timestamp) -> Result<(), StoreError> {
        if channel_id.is_empty() {
            return Err(StoreError::Refused);
        }
        let channel_id = channel_id.to_owned();
        self.writer
            .submit_when_room(move |scope| {
                let row = params![channel_id, since.as_millisecond()];
                let put = scope.connection.prepare_cached(PAUSE).and_then(|mut put| put.execute(row));
                put.map(|_| ()).map_err(StoreError::storage("remember a pause"))
            })
            .await
    }

    async fn resume(&self, channel_id: &str) -> Result<(), StoreError> {
        let channel_id = channel_id.to_owned();
        self.writer
            .submit_when_room(move |scope| {
                let delete = scope.connection.prepare_cached(RESUME).and_then(|mut gone| gone.execute([channel_id]));
                delete.map(|_| ()).map_err(StoreError::storage("forget a pause"))
            })
            .await
    }
}
