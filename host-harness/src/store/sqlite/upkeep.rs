use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::params;

use super::Sqlite;
use super::expiry::Ending;
use super::writer::Scope;
use crate::store::events::REMEMBERED;
use crate::store::outbox::KEYS;
use crate::store::upkeep::TRUSTED;
use crate::store::{StoreError, Upkeep};

/// By what an event is known to be no news, and what is kept at the provider no longer.
const NO_NEWS: [Ending; 3] = [
    Ending { table: "gone_ids", key: &["channel_id", "digest"], at: "received_at" },
    Ending { table: "entry_times", key: &["channel_id", "fingerprint", "entry_time"], at: "received_at" },
    Ending { table: "subjects", key: &["channel_id", "subject"], at: "received_at" },
];
const KEYS_OF: Ending = Ending { table: "gone_keys", key: &["channel_id", "digest"], at: "accepted_at" };
const UPLOADS: Ending = Ending { table: "uploads", key: &["channel_id", "kind", "digest"], at: "expires_at" };

const TRUST: &str = "INSERT INTO cursors (consumer, place) VALUES (?1, ?2)
     ON CONFLICT (consumer) DO UPDATE SET place = excluded.place";

/// So many pages are given back at a time: to move them takes about as long as to write them.
const PAGES: usize = 256;

#[async_trait]
impl Upkeep for Sqlite {
    async fn size(&self) -> Result<u64, StoreError> {
        let failed = StoreError::storage("look how large it is");
        let pragma = |connection: &rusqlite::Connection, name: &str| {
            connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
        };
        self.reader
            .run(move |connection| {
                let pages = pragma(connection, "page_count").map_err(&failed)?;
                let free = pragma(connection, "freelist_count").map_err(&failed)?;
                let size = pragma(connection, "page_size").map_err(&failed)?;
                Ok(((pages - free) * size).cast_unsigned())
            })
            .await
    }

    async fn forget_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut forgotten = self.delete_ended(&UPLOADS, now, limit).await?;
        forgotten += self.delete_ended(&KEYS_OF, now - KEYS, limit - forgotten.min(limit)).await?;
        forgotten += self.free_keys(now, limit - forgotten.min(limit)).await?;
        for ending in &NO_NEWS {
            forgotten += self.delete_ended(ending, now - REMEMBERED, limit - forgotten.min(limit)).await?;
        }
        Ok(forgotten)
    }

    async fn give_back(&self) -> Result<bool, StoreError> {
        let failed = StoreError::storage("give room back");
        self.writer
            .submit_when_room(move |scope: &mut Scope<'_>| {
                let free = || {
                    scope.connection.query_row("PRAGMA freelist_count", [], |row| row.get::<_, i64>(0)).map_err(&failed)
                };
                let before = free()?;
                // One row a page, each of which has to be asked for.
                let mut give =
                    scope.connection.prepare(&format!("PRAGMA incremental_vacuum({PAGES})")).map_err(&failed)?;
                let mut pages = give.query([]).map_err(&failed)?;
                while pages.next().map_err(&failed)?.is_some() {}
                let after = free()?;
                Ok(after > 0 && after < before)
            })
            .await
    }

    async fn trusted(&self) -> Result<Option<Timestamp>, StoreError> {
        let trusted = self.place_of(TRUSTED).await?;
        Ok(trusted.and_then(|at| Timestamp::from_millisecond(at).ok()))
    }

    async fn trust(&self, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .submit_unsynced(move |scope| {
                let trust = scope.connection.prepare_cached(TRUST);
                let trusted = trust.and_then(|mut trust| trust.execute(params![TRUSTED, now.as_millisecond()]));
                trusted.map(drop).map_err(StoreError::storage("write down what the clock shows"))
            })
            .await
    }

    async fn wipe(&self) -> Result<(), StoreError> {
        self.writer.checkpoint().await
    }
}
