//! The key of media addresses: made once, kept in the data directory, and of no use for anything else. It outlives every secret of
//! a channel, so that an address that was given out stays good when those are replaced.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use channel_api::{Error, ErrorKind};
use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;

/// How the file is called in the data directory.
const FILE: &str = "media.key";
/// How many bytes it holds.
const LENGTH: usize = 32;
/// How many bytes of an HMAC prove an address: 128 bits, which nobody guesses.
pub(super) const PROOF: usize = 16;

/// The key itself.
#[derive(Clone)]
pub(crate) struct MediaKey(Hmac<Sha256>);

impl MediaKey {
    /// The key that lies in this directory, which is made if it is missing. Only the directory's one writer may ask.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when it can be neither read nor written, and when it is no key: another in its place would end all
    /// addresses that were given out, so that is the operator's to decide.
    pub(crate) fn kept_in(directory: &Path) -> channel_api::Result<Self> {
        let path = directory.join(FILE);
        let unusable = |source: io::Error| {
            let sentence = format!("the key of media addresses cannot be read or made: {}", path.display());
            Error::new(ErrorKind::Config, "host.media_key", sentence).with_source(source)
        };
        let key = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(directory, &path).map_err(unusable)?,
            read => read.map_err(unusable)?,
        };
        <[u8; LENGTH]>::try_from(key).map_err(|_| no_key(&path)).and_then(Self::of)
    }

    /// A key that ends with the process, for a store that does so too.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub(crate) fn passing() -> channel_api::Result<Self> {
        let random = random().map_err(|source| {
            Error::new(ErrorKind::Config, "host.media_key", "the system gives no random bytes").with_source(source)
        });
        Self::of(random?)
    }

    fn of(key: [u8; LENGTH]) -> channel_api::Result<Self> {
        let key = Hmac::new_from_slice(&key);
        key.map(Self).map_err(|_| Error::new(ErrorKind::Config, "host.media_key", "the key is too short"))
    }

    /// What this key makes of the pieces, for one purpose: what was made for another proves nothing here.
    pub(super) fn mac(&self, purpose: &str, pieces: [&[u8]; 2]) -> [u8; PROOF] {
        let made = self.begun(purpose, pieces).finalize().into_bytes();
        std::array::from_fn(|at| made[at])
    }

    /// Whether this key has made that. Takes equally long whatever differs.
    pub(super) fn has_made(&self, mac: &[u8; PROOF], purpose: &str, pieces: [&[u8]; 2]) -> bool {
        self.begun(purpose, pieces).verify_truncated_left(mac).is_ok()
    }

    fn begun(&self, purpose: &str, pieces: [&[u8]; 2]) -> Hmac<Sha256> {
        let Self(mut mac) = self.clone();
        mac.update(purpose.as_bytes());
        for piece in pieces {
            mac.update(&(piece.len() as u64).to_be_bytes());
            mac.update(piece);
        }
        mac
    }
}

impl fmt::Debug for MediaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MediaKey(..)")
    }
}

/// Makes a key and keeps it: whole or not at all, for its owner alone, and durable before an address is given out.
fn make(directory: &Path, path: &Path) -> io::Result<Vec<u8>> {
    let key = random()?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(&key)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    #[cfg(unix)]
    File::open(directory)?.sync_all()?;
    Ok(key.to_vec())
}

fn random() -> io::Result<[u8; LENGTH]> {
    let mut key = [0; LENGTH];
    getrandom::fill(&mut key)?;
    Ok(key)
}

fn no_key(path: &Path) -> Error {
    let sentence = format!("{} is no key of media addresses: it must hold {LENGTH} bytes", path.display());
    Error::new(ErrorKind::Config, "host.media_key", sentence).with_hint(
        "put it back from a backup; or delete it: a new one is made, and all media addresses given out so far end",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_by(key: &MediaKey) -> [u8; PROOF] {
        key.mac("a", [b"1", b"2"])
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let first = MediaKey::kept_in(directory.path()).unwrap();
        let again = MediaKey::kept_in(directory.path()).unwrap();
        assert_eq!(made_by(&first), made_by(&again));
        assert_ne!(made_by(&first), made_by(&MediaKey::passing().unwrap()));
        let file = directory.path().join(FILE);
        assert_eq!(fs::read(&file).unwrap().len(), LENGTH);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn what_is_no_key_is_told_and_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(FILE);
        fs::write(&file, "short").unwrap();
        let refused = MediaKey::kept_in(directory.path()).unwrap_err();
        assert!(refused.to_string().contains("32 bytes"), "{refused}");
        assert!(refused.hint().unwrap().contains("backup"));
        assert_eq!(fs::read(&file).unwrap(), b"short");
        let nowhere = MediaKey::kept_in(&directory.path().join("missing")).unwrap_err();
        assert!(nowhere.to_string().contains("media.key"), "{nowhere}");
    }

    #[test]
    fn each_purpose_and_each_border_between_pieces_counts() {
        let key = MediaKey::passing().unwrap();
        let made = made_by(&key);
        assert!(key.has_made(&made, "a", [b"1", b"2"]));
        for (purpose, pieces) in
            [("b", [&b"1"[..], b"2"]), ("a", [b"12", b""]), ("a", [b"", b"12"]), ("a", [b"1", b"3"])]
        {
            assert!(!key.has_made(&made, purpose, pieces), "{purpose} {pieces:?}");
        }
    }
}
