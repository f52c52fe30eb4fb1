//! The store of a configuration, for a command that writes: its own while it works, or the running host's.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Failure, output};
use crate::config::HostConfig;
use crate::store::sqlite::{Reader, Sqlite};
use crate::store::{Holder, StoreError, Stores};

/// How long a command waits for another one to end.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(100);

/// Who writes into the store.
pub(super) enum Opened {
    /// This command.
    Own(Stores),
    /// A host that runs with it, and is to be asked.
    Running,
}

/// Where is looked at what a store keeps.
pub(super) enum Readable {
    /// In the store, beside whatever command works with it.
    Here {
        reader: Reader,
        /// No command does.
        is_free: bool,
    },
    /// By the host that runs with it.
    Running,
}

/// Opens the store to look at it. Nobody is waited for, and nobody has to wait.
pub(super) fn to_read(config: &HostConfig) -> Result<Readable, Failure> {
    match Sqlite::check_free(&config.data_dir) {
        Err(StoreError::InUse { holder, .. }) if is_host(holder.as_ref()) => Ok(Readable::Running),
        free @ (Ok(()) | Err(StoreError::InUse { .. })) => {
            Ok(Readable::Here { reader: Reader::open(&config.data_dir)?, is_free: free.is_ok() })
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a host holds the store. An earlier release names nobody.
pub(super) fn is_host(holder: Option<&Holder>) -> bool {
    holder.is_none_or(Holder::is_host)
}

/// Opens the store for this command. One that another command holds is waited for.
pub(super) async fn open(config: &HostConfig, command: &str) -> Result<Opened, Failure> {
    let (until, mut is_told) = (Instant::now() + PATIENCE, false);
    loop {
        let holder = match Stores::open_for(&config.data_dir, command) {
            Ok(stores) => return Ok(Opened::Own(stores)),
            Err(StoreError::InUse { holder, .. }) => match holder.filter(|holder| !holder.is_host()) {
                Some(holder) => holder,
                None => return Ok(Opened::Running),
            },
            Err(error) => return Err(error.into()),
        };
        if Instant::now() >= until {
            return Err(still_held(&holder));
        }
        if !is_told {
            is_told = true;
            output::note(&format!(
                "waiting for {holder}, which works with this store: {} s at most",
                PATIENCE.as_secs()
            ))?;
        }
        sleep(LOOK).await;
    }
}

fn still_held(holder: &Holder) -> Failure {
    let hint = "nothing was done. Do it again when that command has ended, or end it with Ctrl-C where it runs: what it has not sent is \
                kept. While a host serves with this store, commands ask it and wait for nobody";
    Failure::new(format!("{holder} still works with this store"), Some(hint))
}
