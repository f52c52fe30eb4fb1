use async_trait::async_trait;
use rusqlite::{OptionalExtension as _, params};

use super::Sqlite;
use crate::store::{Cursors, StoreError};

const PLACE: &str = "SELECT place FROM cursors WHERE consumer = ?1";
const ADVANCE: &str = "INSERT INTO cursors (consumer, place) SELECT ?1, ?3 WHERE ?2 = 0 OR EXISTS (SELECT 1 FROM cursors WHERE consumer = ?1)
     ON CONFLICT (consumer) DO UPDATE SET place = excluded.place WHERE cursors.place = ?2";

impl Sqlite {
    /// Where a consumer stands, if it has ever moved.
    pub(super) async fn place_of(&self, consumer: &str) -> Result<Option<i64>, StoreError> {
        let consumer = consumer.to_owned();
        self.reader
            .run(move |connection| {
                let failed = StoreError::storage("look up how far a consumer has come");
                let mut place = connection.prepare_cached(PLACE).map_err(&failed)?;
                place.query_row([consumer], |row| row.get(0)).optional().map_err(&failed)
            })
            .await
    }
}

#[async_trait]
impl Cursors for Sqlite {
    async fn place(&self, consumer: &str) -> Result<u64, StoreError> {
        Ok(self.place_of(consumer).await?.unwrap_or_default().cast_unsigned())
    }

    async fn advance(&self, consumer: &str, from: u64, to: u64) -> Result<bool, StoreError> {
        if consumer.is_empty() {
            return Err(StoreError::Refused);
        }
        if to <= from {
            return Ok(false);
        }
        let consumer = consumer.to_owned();
        self.writer
            .submit_when_room(move |scope| {
                let row = params![consumer, from.cast_signed(), to.cast_signed()];
                let moved = scope.connection.prepare_cached(ADVANCE).and_then(|mut advance| advance.execute(row));
                moved.map(|rows| rows == 1).map_err(StoreError::storage("remember how far a consumer has come"))
            })
            .await
    }
}
