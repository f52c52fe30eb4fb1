use std::path::PathBuf;

use channel_api::Registry;
use clap::Args;
use serde_json::json;

use super::opened::is_host;
use super::{Failure, environment, output};
use crate::config::HostConfig;
use crate::store::StoreError;
use crate::store::sqlite::{Compacted, Sqlite};

#[derive(Debug, Args)]
pub(super) struct Compact {
    /// The configuration file, which says where the store is
    #[arg(long, default_value = "linktor.toml")]
    config: PathBuf,
    /// The directory of the store, instead of the configuration's
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Print JSON: {"before","after"}, in bytes
    #[arg(long)]
    json: bool,
}

impl Compact {
    pub(super) fn run(self) -> Result<(), Failure> {
        let data_dir = match self.data_dir {
            Some(data_dir) => data_dir,
            None => HostConfig::load(&self.config, &Registry::discover()?, environment)?.data_dir,
        };
        let Compacted { before, after } = Sqlite::compact(&data_dir).map_err(|error| match error {
            StoreError::InUse { path, holder } if is_host(holder.as_ref()) => Failure::new(
                format!("a host is running with the store in {}", path.display()),
                Some("stop it, compact the store, and start it again; what it deletes meanwhile, it gives back by itself"),
            ),
            error => error.into(),
        })?;
        if self.json {
            return output::pretty(&json!({ "before": before, "after": after }));
        }
        output::text(&format!("{}: {} before, {} after", data_dir.display(), mebibytes(before), mebibytes(after)))
    }
}

fn mebibytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) >> 20;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
