use std::path::PathBuf;

use channel_api::{ChannelAdapterExt as _, Delivered, ErrorKind, OutboundMessage, Registry};
use clap::Args;
use serde_json::json;

use super::denormalize::{read_message, refuse, warn};
use super::{Failure, environment, output};
use crate::app::http_client;
use crate::channels::Channels;
use crate::config::HostConfig;

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
        let channels = Channels::build(&config.channels, &registry, &http_client(environment)?, environment)?;
        let message = match read_message()? {
            Ok(message) => message,
            Err(error) => return refuse(&error),
        };
        let (read, _) = OutboundMessage::read(&message);
        let channel = channels.get(&read.channel_id).ok_or_else(|| {
            let known: Vec<_> = config.channels.iter().map(|channel| channel.id.as_str()).collect();
            Failure::new(
                format!("{} has no channel {:?}", self.config.display(), read.channel_id),
                Some(&format!("`channelId` is one of: {}", known.join(", "))),
            )
        })?;
        let translated = match channel.denormalize_json(&message) {
            Ok(translated) => translated,
            Err(error) if error.kind() == ErrorKind::InvalidMessage => return refuse(&error),
            Err(error) => return Err(error.into()),
        };
        warn(&translated.warnings)?;
        let Delivered { receipts, failure } = channel.deliver(&translated.requests).await;
        if !receipts.is_empty() {
            // Also when a later part failed: these have been sent.
            output::line(&json!({ "channelId": channel.channel_id(), "to": read.to, "receipts": receipts }))?;
        }
        failure.map_or(Ok(()), |error| Err(error.into()))
    }
}
