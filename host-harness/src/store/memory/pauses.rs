use async_trait::async_trait;
use jiff::Timestamp;

use super::{Memory, to_millisecond};
use crate::store::{Pauses, StoreError};

#[async_trait]
impl Pauses for Memory {
    async fn paused(&self) -> Result<Vec<(String, Timestamp)>, StoreError> {
        Ok(self.open(&self.pauses)?.iter().map(|(channel, since)| (channel.clone(), *since)).collect())
    }

    async fn pause(&self, channel_id: &str, since: Timestamp) -> Result<(), StoreError> {
        if channel_id.is_empty() {
            return Err(StoreError::Refused);
        }
        self.open(&self.pauses)?.entry(channel_id.to_owned()).or_insert_with(|| to_millisecond(since));
        Ok(())
    }

    async fn resume(&self, channel_id: &str) -> Result<(), StoreError> {
        self.open(&self.pauses)?.remove(channel_id);
        Ok(())
    }
}
