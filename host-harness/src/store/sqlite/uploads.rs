use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::Sqlite;
use crate::store::{StoreError, Upload, UploadKey, Uploads};

const GET: &str = "SELECT attachment_id, expires_at FROM uploads WHERE channel_id = ?1 AND kind = ?2 AND digest = ?3";
const PUT: &str =
    "INSERT INTO uploads (channel_id, kind, digest, attachment_id, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (channel_id, kind, digest) DO UPDATE
     SET attachment_id = excluded.attachment_id, expires_at = excluded.expires_at";
const FORGET: &str = "DELETE FROM uploads WHERE channel_id = ?1 AND attachment_id = ?2";

#[async_trait]
impl Uploads for Sqlite {
    async fn get(&self, key: &UploadKey) -> Result<Option<Upload>, StoreError> {
        let UploadKey { channel_id, kind, digest } = key.clone();
        let row: Option<(String, Option<i64>)> = self
            .reader
            .run(move |connection| {
                let failed = StoreError::storage("look an upload up");
                let mut get = connection.prepare_cached(GET).map_err(&failed)?;
                let row = get.query_row(params![channel_id, kind, digest], |row| Ok((row.get(0)?, row.get(1)?)));
                row.optional().map_err(&failed)
            })
            .await?;
        Ok(row.map(|(attachment_id, expires_at)| Upload {
            attachment_id,
            expires_at: expires_at.map(|at| Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)),
        }))
    }

    async fn put(&self, key: UploadKey, upload: Upload) -> Result<(), StoreError> {
        self.writer
            .submit_when_room(move |scope| {
                let expires_at = upload.expires_at.map(Timestamp::as_millisecond);
                let row = params![key.channel_id, key.kind, key.digest, upload.attachment_id, expires_at];
                let put = scope.connection.prepare_cached(PUT).and_then(|mut put| put.execute(row));
                put.map(|_| ()).map_err(StoreError::storage("remember an upload"))
            })
            .await
    }

    async fn forget(&self, channel_id: &str, attachment_id: &str) -> Result<(), StoreError> {
        let key = [channel_id.to_owned(), attachment_id.to_owned()];
        self.writer
            .submit_when_room(move |scope| {
                let forgot = scope.connection.prepare_cached(FORGET).and_then(|mut forget| forget.execute(key));
                forgot.map(|_| ()).map_err(StoreError::storage("forget an upload"))
            })
            .await
    }
}
