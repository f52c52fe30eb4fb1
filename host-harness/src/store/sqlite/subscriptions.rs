use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::{Reader, Sqlite};
use crate::store::{StoreError, Subscription, Subscriptions};

const GET: &str = "SELECT ended_at, mended_at FROM subscriptions WHERE channel_id = ?1";
const PUT: &str = "INSERT INTO subscriptions (channel_id, ended_at, mended_at) VALUES (?1, ?2, ?3)
     ON CONFLICT (channel_id) DO UPDATE SET ended_at = excluded.ended_at, mended_at = excluded.mended_at";

impl Reader {
    /// What was done about a channel's subscription.
    ///
    /// # Errors
    ///
    /// As [`Subscriptions::get`].
    pub async fn subscription(&self, channel_id: &str) -> Result<Subscription, StoreError> {
        let channel_id = channel_id.to_owned();
        let row: Option<(Option<i64>, Option<i64>)> = self
            .run(move |connection| {
                let failed = StoreError::storage("look a subscription up");
                let mut get = connection.prepare_cached(GET).map_err(&failed)?;
                get.query_row([channel_id], |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(&failed)
            })
            .await?;
        let (ended, mended) = row.unwrap_or_default();
        // A moment that is none is a moment all the same: what was ended stays so.
        let moment = |at: i64| Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Subscription { ended_at: ended.map(moment), mended_at: mended.map(moment) })
    }
}

#[async_trait]
impl Subscriptions for Sqlite {
    async fn get(&self, channel_id: &str) -> Result<Subscription, StoreError> {
        self.reader.subscription(channel_id).await
    }

    async fn put(&self, channel_id: &str, subscription: Subscription) -> Result<(), StoreError> {
        if channel_id.is_empty() {
            return Err(StoreError::Refused);
        }
        let channel_id = channel_id.to_owned();
        self.writer
            .submit_when_room(move |scope| {
                let [ended, mended] =
                    [subscription.ended_at, subscription.mended_at].map(|at| at.map(Timestamp::as_millisecond));
                let row = params![channel_id, ended, mended];
                let put = scope.connection.prepare_cached(PUT).and_then(|mut put| put.execute(row));
                put.map(|_| ()).map_err(StoreError::storage("remember a subscription"))
            })
            .await
    }
}
