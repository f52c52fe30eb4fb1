use async_trait::async_trait;
use jiff::Timestamp;

use super::Memory;
use crate::store::outbox::KEYS;
use crate::store::upkeep::TRUSTED;
use crate::store::{StoreError, Upkeep};

/// The most recent of each kind takes up little, and nothing of it is on a disk.
#[async_trait]
impl Upkeep for Memory {
    async fn size(&self) -> Result<u64, StoreError> {
        self.log.open().map(|()| 0)
    }

    async fn forget_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let ended = |at: Option<Timestamp>| at.is_some_and(|at| at < now);
        let keys = self.open(&self.outbox)?.free_keys(now - KEYS);
        Ok(keys + self.open(&self.uploads)?.forget(limit, |_, upload| ended(upload.expires_at)))
    }

    async fn give_back(&self) -> Result<bool, StoreError> {
        self.log.open().map(|()| false)
    }

    async fn trusted(&self) -> Result<Option<Timestamp>, StoreError> {
        let trusted = self.open(&self.cursors)?.get(TRUSTED).copied();
        Ok(trusted.and_then(|at| Timestamp::from_millisecond(at.cast_signed()).ok()))
    }

    async fn trust(&self, now: Timestamp) -> Result<(), StoreError> {
        self.open(&self.cursors)?.insert(TRUSTED.to_owned(), now.as_millisecond().cast_unsigned());
        Ok(())
    }

    async fn wipe(&self) -> Result<(), StoreError> {
        self.log.open()
    }
}
