//! A file on its way to the provider. It waits on the disk, not in memory, and its name is nowhere: the system removes it when it
//! is closed, also when the process dies.

use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use channel_api::media::MediaStream;
use futures::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};
use tokio_util::io::ReaderStream;

/// A file that was taken whole.
#[derive(Debug)]
pub(crate) struct Spooled {
    pub(super) file: File,
    pub(super) length: u64,
    /// SHA-256 of the bytes.
    pub(super) digest: [u8; 32],
}

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpoolError<E> {
    /// The file is larger than allowed.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// Whoever sends it broke off.
    #[error(transparent)]
    Broken(E),
    /// It cannot be kept.
    #[error("the file cannot be written to the disk")]
    Disk(#[from] io::Error),
}

/// Takes a file, in a directory or where the system keeps what is temporary, hashing it on the way.
///
/// # Errors
/// [`SpoolError`]; nothing is left behind then.
pub(crate) async fn spool<S, E>(
    directory: Option<PathBuf>,
    mut bytes: S,
    at_most: u64,
) -> Result<Spooled, SpoolError<E>>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let file = tokio::task::spawn_blocking(move || match directory {
        Some(directory) => tempfile::tempfile_in(directory),
        None => tempfile::tempfile(),
    });
    let mut file = File::from_std(file.await.map_err(io::Error::other)??);
    let (mut length, mut digest) = (0_u64, Sha256::new());
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk.map_err(SpoolError::Broken)?;
        length = length.saturating_add(chunk.len() as u64);
        if length > at_most {
            return Err(SpoolError::TooLarge(at_most));
        }
        digest.update(&chunk);
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    file.rewind().await?;
    Ok(Spooled { file, length, digest: digest.finalize().into() })
}

impl Spooled {
    /// Whether there is nothing in it.
    pub(crate) const fn is_empty(&self) -> bool {
        self.length == 0
    }

    pub(super) fn into_stream(self) -> MediaStream {
        Box::pin(ReaderStream::with_capacity(self.file, 64 * 1024))
    }
}
