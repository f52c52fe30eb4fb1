use std::path::PathBuf;
use std::sync::Arc;

use channel_api::calls::Unobserved;
use channel_api::{ErrorKind, Registry};
use clap::Args;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::denormalize::{read_message, refuse, warn};
use super::{Failure, environment, output};
use crate::app::http_client;
use crate::channels::{ChannelList, Channels};
use crate::config::HostConfig;
use crate::media::Uploads;
use crate::people::Profiles;
use crate::sending::{Draft, NotSent, Sender};
use crate::store::Stores;
use crate::telemetry::Metrics;
use crate::threads::Threads;

#[derive(Debug, Args)]
pub(super) struct Send {
    /// The configuration file with the channel
    #[arg(long, default_value = "linktor.toml")]
    config: PathBuf,
}

impl Send {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let registry = Registry::discover()?;
        let config = HostConfig::load(&self.config, &registry, environment)?;
        let channels =
            ChannelList::build(&config.channels, &registry, &http_client(environment)?, environment, |_| {
                Arc::new(Unobserved)
            })?;
        let draft = match read_message()? {
            Ok(message) => Draft::read(message),
            Err(error) => return refuse(&error),
        };
        let sent = match sender(Channels::new(channels)).send(draft).await {
            Ok(sent) => sent,
            Err(NotSent::Refused(error)) if error.kind() == ErrorKind::InvalidMessage => return refuse(&error),
            Err(NotSent::Refused(error)) => return Err(error.into()),
            Err(reason) => return Err(Failure::new(reason.to_string(), reason.hint().as_deref())),
        };
        warn(&sent.outcome.warnings)?;
        if !sent.outcome.receipts.is_empty() {
            // Also when a later part failed: these have been sent.
            let receipts = &sent.outcome.receipts;
            output::line(&json!({ "channelId": sent.channel_id, "to": sent.to, "receipts": receipts }))?;
        }
        sent.outcome.failure.map_or(Ok(()), |error| Err(error.into()))
    }
}

/// A server may be running on the store, which has one writer: what is sent from here leaves nothing behind.
fn sender(channels: Channels) -> Sender {
    let stores = Stores::in_memory();
    let profiles = Profiles::new(stores.profiles, Arc::clone(&stores.events), CancellationToken::new());
    Sender::new(
        channels,
        stores.outbox,
        Arc::new(Uploads::new(stores.uploads, None)),
        profiles,
        Threads::new(stores.conversations, stores.events),
        Metrics::new().messages(),
        TaskTracker::new(),
    )
}
