//! What a provider keeps for us, so that the same file is uploaded once.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::writer::Writer;
use super::{EngineError, EventReader};

const GET: &str = "SELECT attachment_id, expires_at FROM uploads WHERE channel_id = ?1 AND kind = ?2 AND digest = ?3";
const PUT: &str =
    "INSERT INTO uploads (channel_id, kind, digest, attachment_id, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (channel_id, kind, digest) DO UPDATE
     SET attachment_id = excluded.attachment_id, expires_at = excluded.expires_at";
const FORGET: &str = "DELETE FROM uploads WHERE channel_id = ?1 AND attachment_id = ?2";

/// Remembers uploads by what was uploaded.
#[derive(Debug, Clone)]
pub struct UploadCache {
    writer: Writer,
    reader: EventReader,
}

/// What was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UploadKey {
    /// The channel whose account keeps it.
    pub channel_id: String,
    /// As what it was uploaded.
    pub kind: &'static str,
    /// SHA-256 of what it is.
    pub digest: [u8; 32],
}

/// What the provider keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadKept {
    /// The provider's id.
    pub attachment_id: String,
    /// When the provider forgets it; `None` where it sets no end.
    pub expires_at: Option<Timestamp>,
}

impl UploadCache {
    pub(super) const fn new(writer: Writer, reader: EventReader) -> Self {
        Self { writer, reader }
    }

    /// What is kept under this key, whether or not it has expired.
    ///
    /// # Errors
    ///
    /// [`EngineError::Storage`] or [`EngineError::Closed`].
    pub async fn get(&self, key: &UploadKey) -> Result<Option<UploadKept>, EngineError> {
        let UploadKey { channel_id, kind, digest } = key.clone();
        let row: Option<(String, Option<i64>)> = self
            .reader
            .run(move |connection| {
                let failed = EngineError::storage("look an upload up");
                let mut get = connection.prepare_cached(GET).map_err(&failed)?;
                let row = get.query_row(params![channel_id, kind, digest], |row| Ok((row.get(0)?, row.get(1)?)));
                row.optional().map_err(&failed)
            })
            .await?;
        Ok(row.map(|(attachment_id, expires_at)| UploadKept {
            attachment_id,
            expires_at: expires_at.map(|at| Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)),
        }))
    }

    /// Remembers an upload, in place of what was kept under the key before.
    ///
    /// # Errors
    ///
    /// As [`Engine::append`](super::Engine::append). The upload itself is good even so.
    pub async fn put(&self, key: UploadKey, kept: UploadKept) -> Result<(), EngineError> {
        self.writer
            .submit_when_room(move |scope| {
                let expires_at = kept.expires_at.map(Timestamp::as_millisecond);
                let row = params![key.channel_id, key.kind, key.digest, kept.attachment_id, expires_at];
                let put = scope.connection.prepare_cached(PUT).and_then(|mut put| put.execute(row));
                put.map(|_| ()).map_err(EngineError::storage("remember an upload"))
            })
            .await
    }

    /// Forgets an id that the provider no longer takes.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    pub async fn forget(&self, channel_id: &str, attachment_id: &str) -> Result<(), EngineError> {
        let key = [channel_id.to_owned(), attachment_id.to_owned()];
        self.writer
            .submit_when_room(move |scope| {
                let forgot = scope.connection.prepare_cached(FORGET).and_then(|mut forget| forget.execute(key));
                forgot.map(|_| ()).map_err(EngineError::storage("forget an upload"))
            })
            .await
    }
}
