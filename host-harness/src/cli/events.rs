use std::path::PathBuf;

use channel_api::Registry;
use clap::Args;

use super::outbox::at_least_one;
use super::{Failure, environment, output};
use crate::config::HostConfig;
use crate::store::sqlite::Reader;
use crate::store::{MAX_PAGE, Query};

#[derive(Debug, Args)]
pub(super) struct Events {
    /// The configuration file, which says where the event store is
    #[arg(long, default_value = "linktor.toml")]
    config: PathBuf,
    /// The directory of the event store, instead of the configuration's
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Only events with a higher sequence number
    #[arg(long, default_value_t = 0)]
    after: u64,
    /// Only events of this channel
    #[arg(long)]
    channel: Option<String>,
    /// At most so many events
    #[arg(long, value_parser = at_least_one)]
    limit: Option<usize>,
}

impl Events {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let data_dir = match self.data_dir {
            Some(data_dir) => data_dir,
            None => HostConfig::load(&self.config, &Registry::discover()?, environment)?.data_dir,
        };
        // Read-only, so that it works beside a server that is running.
        let reader = Reader::open(&data_dir)?;
        let (mut after, mut left) = (self.after, self.limit.unwrap_or(usize::MAX));
        let first = reader.first().await?;
        if after + 1 < first {
            output::note(&format!("the events {} to {} are not kept any more", after + 1, first - 1))?;
        }
        while left > 0 {
            let query = Query { after, limit: left.min(MAX_PAGE), channel_id: self.channel.clone(), names: &[] };
            let events = reader.read(query).await?;
            let Some(last) = events.last() else { break };
            after = last.seq;
            left -= events.len().min(left);
            events.iter().try_for_each(output::line)?;
        }
        Ok(())
    }
}
