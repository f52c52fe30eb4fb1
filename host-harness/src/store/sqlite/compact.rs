//! Writing the whole database anew, without the room that is not in use.

use std::fs;
use std::path::{Path, PathBuf};

use super::data_dir::DataDir;
use super::{Sqlite, schema};
use crate::store::{Holder, StoreError};

/// How large the store's files were and are, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// Before.
    pub before: u64,
    /// After.
    pub after: u64,
}

impl Sqlite {
    /// Compacts the store in `data_dir`. It takes as long as to write all of it, and for that time once more its room on the disk. A
    /// store of an earlier release is brought up to date, and gives room back bit by bit from then on.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`] where there is none; otherwise as [`open`](Self::open).
    pub fn compact(data_dir: &Path) -> Result<Compacted, StoreError> {
        let dir = DataDir::new(data_dir);
        if !fs::metadata(dir.database()).is_ok_and(|file| file.is_file() && file.len() > 0) {
            return Err(StoreError::NotFound { path: data_dir.to_owned() });
        }
        let lock = dir.prepare(&Holder::this("compact"))?;
        let before = size(&dir);
        let connection = schema::open_for_writing(&dir, &lock)?;
        let failed = StoreError::storage("compact its database");
        // The mode of a database that is there changes only with its next VACUUM.
        connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM").map_err(&failed)?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(&failed)?;
        connection.close().map_err(|(_, error)| failed(error))?;
        Ok(Compacted { before, after: size(&dir) })
    }
}

/// The database and the log beside it, as far as they are there.
fn size(dir: &DataDir) -> u64 {
    let log = PathBuf::from(format!("{}-wal", dir.database().display()));
    [dir.database(), log].iter().filter_map(|file| fs::metadata(file).ok()).map(|file| file.len()).sum()
}
