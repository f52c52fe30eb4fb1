use async_trait::async_trait;

use super::{Memory, to_millisecond};
use crate::store::{StoreError, Subscription, Subscriptions};

#[async_trait]
impl Subscriptions for Memory {
    async fn get(&self, channel_id: &str) -> Result<Subscription, StoreError> {
        Ok(self.open(&self.subscriptions)?.get(channel_id).copied().unwrap_or_default())
    }

    async fn put(&self, channel_id: &str, subscription: Subscription) -> Result<(), StoreError> {
        if channel_id.is_empty() {
            return Err(StoreError::Refused);
        }
        let Subscription { ended_at, mended_at } = subscription;
        let kept = Subscription { ended_at: ended_at.map(to_millisecond), mended_at: mended_at.map(to_millisecond) };
        self.open(&self.subscriptions)?.insert(channel_id.to_owned(), kept);
        Ok(())
    }
}
