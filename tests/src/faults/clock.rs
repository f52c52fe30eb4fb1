//! A clock that jumps: `libfaketime` (<https://github.com/wolfcw/libfaketime>) in front of the host's.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::HostConfig;

/// Where distributions put it.
const LIBRARIES: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib64/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
];

/// The time of day as the host has it. What it measures durations with goes on.
#[derive(Debug)]
pub(super) struct Clock {
    library: PathBuf,
    dir: TempDir,
}

impl Clock {
    /// A clock that goes right.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn new() -> Result<Self, String> {
        let library = LIBRARIES.iter().map(Path::new).find(|library| library.is_file());
        let library = library.ok_or("libfaketime is not installed (Debian: apt-get install libfaketime)")?.to_owned();
        let dir = TempDir::with_prefix("linktor-clock-").map_err(|error| error.to_string())?;
        let clock = Self { library, dir };
        clock.jump("+0");
        Ok(clock)
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("offset")
    }

    /// A host that goes by this clock.
    pub(super) fn of(&self, config: HostConfig) -> HostConfig {
        config
            .env("LD_PRELOAD", &self.library.to_string_lossy())
            .env("FAKETIME_TIMESTAMP_FILE", &self.file().to_string_lossy())
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    }

    /// From now on the clock is so much ahead: `+3h`, `-2d`.
    pub(super) fn jump(&self, to: &str) {
        // Put in place at once: the host reads it all the time.
        let new = self.dir.path().join("new");
        fs::write(&new, format!("{to}\n")).expect("a file in a temporary directory");
        fs::rename(new, self.file()).expect("a file in a temporary directory");
    }
}
