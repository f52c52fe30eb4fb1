//! The directory that holds the store: made private, and used by one writer at a time.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::store::{Holder, StoreError};

/// For how long those who only look may hold up who writes: much longer than a look takes.
const LOOKS: Duration = Duration::from_secs(1);
/// Between two attempts.
const LOOK: Duration = Duration::from_millis(5);

/// Paths of one data directory.
#[derive(Debug, Clone)]
pub(super) struct DataDir {
    path: PathBuf,
}

impl DataDir {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn database(&self) -> PathBuf {
        self.path.join("events.sqlite3")
    }

    /// Makes the directory and an empty database where they are missing, and takes the writer's lock.
    ///
    /// The lock lasts as long as the returned file; the system drops it when the process dies, however it dies. What is in the file
    /// says whose it is, or was last.
    pub(super) fn prepare(&self, holder: &Holder) -> Result<File, StoreError> {
        self.create().map_err(self.unusable())?;
        let mut lock = private().open(self.lock()).map_err(self.unusable())?;
        self.lock_for_writing(&lock)?;
        // On a full disk nobody is named: what makes room has to be able to open the store.
        let _unnamed = lock.set_len(0).and_then(|()| lock.write_all(holder.line().as_bytes()));
        // Under the lock: closing a descriptor of the database would drop the locks that SQLite holds in this process.
        self.create_database().map_err(self.unusable())?;
        Ok(lock)
    }

    /// Finds out whether nobody writes there.
    pub(super) fn check_free(&self) -> Result<(), StoreError> {
        // Without the file nobody ever did.
        File::open(self.lock()).map_or(Ok(()), |lock| lock.try_lock_shared().map_err(|error| self.refused(error)))
    }

    /// A look holds the lock too, with others that look, and for a moment: that refuses nobody.
    fn lock_for_writing(&self, lock: &File) -> Result<(), StoreError> {
        let until = Instant::now() + LOOKS;
        loop {
            let Err(error) = lock.try_lock() else { return Ok(()) };
            // Who may look as well finds no writer there.
            let only_looks = matches!(error, TryLockError::WouldBlock) && lock.try_lock_shared().is_ok();
            if !only_looks || Instant::now() >= until {
                return Err(self.refused(error));
            }
            lock.unlock().map_err(self.unusable())?;
            thread::sleep(LOOK);
        }
    }

    fn lock(&self) -> PathBuf {
        self.path.join("writer.lock")
    }

    fn refused(&self, error: TryLockError) -> StoreError {
        match error {
            TryLockError::WouldBlock => {
                let mut line = String::new();
                // Where another system lets nobody read it, nobody is named.
                let read = File::open(self.lock()).and_then(|mut lock| lock.read_to_string(&mut line));
                let holder = read.ok().and_then(|_| Holder::read(&line));
                StoreError::InUse { path: self.path.clone(), holder }
            }
            TryLockError::Error(source) => self.unusable()(source),
        }
    }

    pub(super) fn unusable(&self) -> impl Fn(io::Error) -> StoreError {
        let path = self.path.clone();
        move |source| StoreError::DataDir { path: path.clone(), source }
    }

    fn create(&self) -> io::Result<()> {
        if self.path.is_dir() {
            return Ok(());
        }
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.path)?;
        match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
            _ => sync_dir(Path::new(".")),
        }
    }

    /// The write-ahead log gets the mode of the database, so that must be private before a connection opens it.
    fn create_database(&self) -> io::Result<()> {
        let file = private().open(self.database())?;
        warn_if_readable_by_others(&file, &self.database())?;
        file.sync_all()?;
        sync_dir(&self.path)
    }
}

fn private() -> OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A new name is durable once its directory is.
fn sync_dir(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _: &Path = path;
    Ok(())
}

fn warn_if_readable_by_others(file: &File, path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&file.metadata()?.permissions()) & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "other users may read the event store, which holds people's messages");
    }
    #[cfg(not(unix))]
    let _: (&File, &Path) = (file, path);
    Ok(())
}
