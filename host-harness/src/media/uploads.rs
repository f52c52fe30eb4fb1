//! Keeping media at the provider: the same file once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use channel_api::capability::Unit;
use channel_api::facets::required;
use channel_api::{Capabilities, ChannelAdapter, MediaKind, MediaSource, Upload, Uploaded};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

use super::Spooled;
use crate::store::{self, UploadKey};

/// An id is not given out again so shortly before it ends: it shall still be good when the message is sent.
const MARGIN: SignedDuration = SignedDuration::from_hours(24);
/// How many files may be on the disk at once. The next ones wait.
const AT_ONCE: usize = 8;
/// How large a file may be where the channel names no limit, in bytes.
const LARGEST: u64 = 25 * 1024 * 1024;

/// How large a file a channel takes, in bytes: the largest of its limits named `media.…`.
pub(crate) fn largest(capabilities: &Capabilities) -> u64 {
    let of_media =
        |limit: &&channel_api::capability::Limit| limit.unit == Unit::Bytes && limit.name.starts_with("media.");
    capabilities.limits.iter().filter(of_media).map(|limit| limit.max as u64).max().unwrap_or(LARGEST)
}

/// Keeps media at providers and remembers their ids.
#[derive(Debug)]
pub(crate) struct Uploads {
    known: Arc<dyn store::Uploads>,
    directory: Option<PathBuf>,
    underway: Mutex<HashMap<UploadKey, Arc<tokio::sync::Mutex<()>>>>,
    room: Semaphore,
}

/// What is to be kept.
#[derive(Debug)]
pub(crate) enum Given {
    /// What the provider fetches from a public address.
    Url(String),
    /// A file that the host has taken.
    File { file: Spooled, name: String, content_type: String },
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) kept: store::Upload,
    /// Whether it was kept already, so that nothing was called.
    pub(crate) cached: bool,
}

impl Uploads {
    pub(crate) fn new(known: Arc<dyn store::Uploads>, directory: Option<&Path>) -> Self {
        let directory = directory.map(Path::to_owned);
        Self { known, directory, underway: Mutex::default(), room: Semaphore::new(AT_ONCE) }
    }

    /// Where files wait.
    pub(crate) fn directory(&self) -> Option<PathBuf> {
        self.directory.clone()
    }

    /// Room for one file on the disk, for as long as it is held.
    ///
    /// # Errors
    /// None: the room is never closed.
    pub(crate) async fn room(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.room.acquire().await
    }

    /// Keeps something at the provider, or finds that it is kept there. `fresh` asks the provider again. Two who bring the same
    /// at once make one call.
    ///
    /// # Errors
    /// The adapter's.
    pub(crate) async fn keep(
        &self,
        adapter: &dyn ChannelAdapter,
        kind: MediaKind,
        given: Given,
        fresh: bool,
    ) -> channel_api::Result<Outcome> {
        let key = UploadKey {
            channel_id: adapter.channel_id().to_string(),
            kind: kind.as_str(),
            digest: given.digest(kind, adapter.accounts()),
        };
        let lock = self.lock(&key);
        let _alone = lock.lock().await;
        if let Some(kept) = self.known(&key).await.filter(|_| !fresh) {
            return Ok(Outcome { kept, cached: true });
        }
        let source = given.into_source();
        let Uploaded { attachment_id, expires_in, .. } =
            required(adapter.media_up(), "upload")?.upload(Upload::new(kind, source)).await?;
        // To the second, as it is told: what is kept and what is told are the same.
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default();
        let expires_at = expires_in.and_then(|span| now.checked_add(span).ok());
        let kept = store::Upload { attachment_id, expires_at };
        if let Err(error) = self.known.put(key, kept.clone()).await {
            tracing::warn!(%error, "an upload was not remembered, and will be made again");
        }
        Ok(Outcome { kept, cached: false })
    }

    /// Forgets an id that the provider has refused: it may have ended. The next upload of the same file is made anew.
    pub(crate) async fn forget(&self, channel_id: &str, attachment_id: &str) {
        if let Err(error) = self.known.forget(channel_id, attachment_id).await {
            tracing::warn!(%error, "an upload that may have ended was not forgotten");
        }
    }

    async fn known(&self, key: &UploadKey) -> Option<store::Upload> {
        let kept = self.known.get(key).await.ok().flatten()?;
        let good = kept.expires_at.is_none_or(|at| at - MARGIN > Timestamp::now());
        good.then_some(kept)
    }

    fn lock(&self, key: &UploadKey) -> Arc<tokio::sync::Mutex<()>> {
        let mut underway = self.underway.lock().unwrap_or_else(PoisonError::into_inner);
        underway.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(underway.entry(key.clone()).or_default())
    }
}

impl Given {
    /// What tells it from everything else that is kept for a channel. An id belongs to the account that made it: a channel that
    /// is given another account uploads anew.
    fn digest(&self, kind: MediaKind, accounts: &[String]) -> [u8; 32] {
        let content = match self {
            // Not the same as a file that holds this address.
            Self::Url(url) => <[u8; 32]>::from(Sha256::new().chain_update(b"url\0").chain_update(url).finalize()),
            // People see a file's name, so it is another file under another one.
            Self::File { file, name, .. } if kind == MediaKind::File => {
                Sha256::new().chain_update(file.digest).chain_update(name).finalize().into()
            }
            Self::File { file, .. } => file.digest,
        };
        let digest = Sha256::new().chain_update(content);
        accounts
            .iter()
            .fold(digest, |digest, account| digest.chain_update(account).chain_update(b"\0"))
            .finalize()
            .into()
    }

    fn into_source(self) -> MediaSource {
        match self {
            Self::Url(url) => MediaSource::Url(url),
            Self::File { file, name, content_type } => {
                MediaSource::File { name, content_type, length: file.length, bytes: file.into_stream() }
            }
        }
    }
}
