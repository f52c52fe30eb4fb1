use std::path::PathBuf;

use channel_api::{ChannelAdapterExt as _, ErrorKind, OutboundMessage, Registry};
use clap::Args;
use serde_json::json;

use super::denormalize::{read_message, refuse};
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
        let channels = Channels::build(&config.channels, &registry, &http_client()?, environment)?;
        let message = match read_message()? {
            Ok(message) => message,
            Err(issue) => return refuse(&[issue]),
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
            Err(error) if error.kind() == ErrorKind::InvalidMessage => return refuse(error.issues()),
            Err(error) => return Err(error.into()),
        };
        for warning in &translated.warnings {
            output::note(&format!("warning: {warning}"))?;
        }
        for request in &translated.requests {
            // One receipt a line, as they come: when a later part fails, these have been sent.
            let receipt = channel.send(request).await?;
            output::line(&json!({ "channelId": channel.channel_id(), "to": read.to, "receipt": receipt }))?;
        }
        Ok(())
    }
}
