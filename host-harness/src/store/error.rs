//! What can go wrong in a store, each in a sentence for the operator.

use std::path::PathBuf;
use std::{fmt, io};

use super::Holder;

/// A store's failure. No variant carries anything of an event.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Too many requests wait. Nothing was stored; the same request may be made again.
    #[error(
        "the event store has no room: {capacity} requests already wait for its disk; try again in a moment, and look at \
         the disk if this lasts"
    )]
    Busy {
        /// How many may wait.
        capacity: usize,
    },
    /// The store was closed, or its writer has died. What was acknowledged is stored.
    #[error("the event store is closed; start the server again")]
    Closed,
    /// The database or its disk failed.
    #[error("the event store could not {operation}; check that its disk is present, writable and not full")]
    Storage {
        /// What was attempted.
        operation: &'static str,
        /// The database's answer.
        #[source]
        source: SqliteFault,
    },
    /// A record without a channel, an id or a name. Its whole request was not stored, and would be refused again.
    #[error(
        "the event store refused a record that lacks its channel, id or name; this is a fault in the channel adapter"
    )]
    Refused,
    /// An attempt was to be ended that is not to be found. Only a hand in the database can cause it.
    #[error("the attempt to be ended is not in the outbox; was the database changed or restored by hand?")]
    NotBegun,
    /// An event's stored data is no JSON. Only a hand or a fault in the database can cause it.
    #[error("event {seq} of the event store cannot be read; read on after it, and check the database file")]
    CorruptEvent {
        /// The event.
        seq: u64,
    },
    /// An outcome in the outbox cannot be understood. Only a hand or a fault in the database can cause it.
    #[error("the outcome kept for this message cannot be read; check the database file")]
    CorruptOutcome,
    /// The data directory or a file in it cannot be made or opened.
    #[error("the data directory {} cannot be used; check that it exists and belongs to the server's user", .path.display())]
    DataDir {
        /// The directory.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// Another process writes there.
    #[error("the store in {} is in use: {}", .path.display(), held(.holder.as_ref()))]
    InUse {
        /// The directory.
        path: PathBuf,
        /// Which, where it says so.
        holder: Option<Holder>,
    },
    /// There is no event store to read.
    #[error("there is no event store in {}; a host that serves makes it, or data_dir is wrong", .path.display())]
    NotFound {
        /// The directory.
        path: PathBuf,
    },
    /// The database was written by an earlier release, and what only reads it may not change it.
    #[error(
        "the event store has format {found}, this release reads format {known}; let a host of this release serve it \
         once, which brings it up to date"
    )]
    OlderFormat {
        /// The database's `user_version`.
        found: u32,
        /// The one that this release reads.
        known: u32,
    },
    /// The database was written by a later release.
    #[error(
        "the event store has format {found}, this release knows up to {known}; use the release that made it, or a later one"
    )]
    NewerFormat {
        /// The database's `user_version`.
        found: u32,
        /// The highest that this release knows.
        known: u32,
    },
}

impl StoreError {
    /// The stable code, for replies and metric labels.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Busy { .. } => "store_busy",
            Self::Closed => "store_closed",
            Self::Storage { .. } => "store_failed",
            Self::Refused => "store_refused",
            Self::NotBegun => "send_not_begun",
            Self::CorruptEvent { .. } | Self::CorruptOutcome => "store_corrupt",
            Self::DataDir { .. } => "data_dir_unusable",
            Self::InUse { .. } => "data_dir_in_use",
            Self::NotFound { .. } => "store_not_found",
            Self::OlderFormat { .. } => "store_older_format",
            Self::NewerFormat { .. } => "store_newer_format",
        }
    }

    /// Whether the same request may succeed later, without anyone changing it.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Closed | Self::Storage { .. })
    }

    /// For `map_err`: a failure of the database while doing `operation`.
    pub(super) fn storage(operation: &'static str) -> impl Fn(rusqlite::Error) -> Self {
        move |error| {
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) {
                return Self::Refused;
            }
            Self::Storage { operation, source: error.into() }
        }
    }
}

/// What to do about a store that somebody else writes into.
fn held(holder: Option<&Holder>) -> String {
    match holder {
        Some(host) if host.is_host() => format!("a host runs with it, {host}; stop that one first"),
        Some(command) => format!("{command} works with it; do this again when that has ended"),
        None => "another process works with it; do this again when that has ended, or stop it first".to_owned(),
    }
}

/// The database's result code. Its text is the library's own for that code, so it can hold nothing of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqliteFault {
    extended_code: Option<i32>,
}

impl SqliteFault {
    /// Not a failure of the database, but a value of another type than this release writes.
    pub(super) const UNEXPECTED: Self = Self { extended_code: None };
}

impl From<rusqlite::Error> for SqliteFault {
    fn from(error: rusqlite::Error) -> Self {
        Self { extended_code: error.sqlite_error().map(|error| error.extended_code) }
    }
}

impl fmt::Display for SqliteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.extended_code {
            Some(code) => write!(f, "{} (SQLite {code})", rusqlite::ffi::code_to_str(code)),
            None => f.write_str("the database holds what this release does not expect"),
        }
    }
}

impl std::error::Error for SqliteFault {}
