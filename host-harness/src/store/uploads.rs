//! What providers keep for us, so that the same file is uploaded once.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use super::StoreError;

/// Remembers uploads by what was uploaded.
#[async_trait]
pub trait Uploads: fmt::Debug + Send + Sync {
    /// What is kept under this key, whether or not it has expired.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn get(&self, key: &UploadKey) -> Result<Option<Upload>, StoreError>;

    /// Remembers an upload, in place of what was kept under the key before.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] when the channel, the kind or the id is empty; [`StoreError::Storage`] or
    /// [`StoreError::Closed`]. The upload itself is good even so.
    async fn put(&self, key: UploadKey, upload: Upload) -> Result<(), StoreError>;

    /// Forgets an id that the provider no longer takes.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn forget(&self, channel_id: &str, attachment_id: &str) -> Result<(), StoreError>;
}

/// What was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UploadKey {
    /// The channel whose account keeps it.
    pub channel_id: String,
    /// As what it was uploaded.
    pub kind: &'static str,
    /// SHA-256 of what it is, and of the accounts whose it is.
    pub digest: [u8; 32],
}

/// What the provider keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The provider's id.
    pub attachment_id: String,
    /// When the provider forgets it, to the millisecond; `None` where it sets no end.
    pub expires_at: Option<Timestamp>,
}
