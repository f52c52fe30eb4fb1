use std::path::PathBuf;

use channel_api::Registry;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use super::opened::{self, Opened};
use super::{Failure, environment, output, running_host};
use crate::config::HostConfig;
use crate::linktor::Again;

#[derive(Debug, Args)]
pub(super) struct LinktorCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Publish again what Linktor's core has given up
    Redrive(Common),
    /// Publish what people said before their channel came on the bus
    Publish {
        #[command(flatten)]
        common: Common,
        /// From that moment on, as RFC 3339 writes it: 2026-01-02T15:04:05Z. Left out, all that the log has
        #[arg(long, value_name = "TIME")]
        since: Option<Timestamp>,
    },
}

#[derive(Debug, Args)]
struct Common {
    /// The configuration file
    #[arg(long, default_value = "linktor.toml", value_name = "FILE")]
    config: PathBuf,
    /// The channel's id. Left out, all that stand in Linktor
    #[arg(long, value_name = "ID")]
    channel: Option<String>,
    /// Print JSON, a line a channel: {"id","due"}
    #[arg(long)]
    json: bool,
}

/// What is to be published.
#[derive(Clone, Copy)]
enum What {
    GivenUp,
    Older(Timestamp),
}

impl LinktorCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self.action {
            Action::Redrive(common) => common.publish(What::GivenUp).await,
            Action::Publish { common, since } => {
                common.publish(What::Older(since.unwrap_or(Timestamp::UNIX_EPOCH))).await
            }
        }
    }
}

impl Common {
    async fn publish(self, what: What) -> Result<(), Failure> {
        let config = HostConfig::load(&self.config, &Registry::discover()?, environment)?;
        let channels = self.channels(&config)?;
        let opened = opened::open(&config, "linktor").await?;
        for id in channels {
            let told = match &opened {
                Opened::Own(stores) => {
                    let again = Again::of(stores);
                    let due = match what {
                        What::GivenUp => again.given_up(&id).await?,
                        What::Older(since) => again.older(&id, since).await?,
                    };
                    json!({"id": id, "due": due})
                }
                Opened::Running => ask(&config, &id, what).await?,
            };
            if self.json {
                output::line(&told)?;
                continue;
            }
            let when = if matches!(opened, Opened::Own(_)) { ", when a host serves" } else { "" };
            output::text(&format!("{id}: {} message(s) go to Linktor{when}", told["due"]))?;
        }
        if let Opened::Own(stores) = opened {
            stores.events.close().await?;
        }
        Ok(())
    }

    fn channels(&self, config: &HostConfig) -> Result<Vec<String>, Failure> {
        let in_linktor = config.channels.iter().filter(|channel| channel.linktor.is_some());
        let chosen = in_linktor.map(|channel| channel.id.clone());
        let chosen: Vec<_> = chosen.filter(|id| self.channel.as_ref().is_none_or(|wanted| wanted == id)).collect();
        if config.linktor.is_none() || chosen.is_empty() {
            let hint = "set [linktor] nats, and linktor_channel_id of the channel";
            return Err(Failure::new("no such channel stands in Linktor", Some(hint)));
        }
        Ok(chosen)
    }
}

async fn ask(config: &HostConfig, id: &str, what: What) -> Result<serde_json::Value, Failure> {
    let since;
    let (action, query) = match what {
        What::GivenUp => ("redrive", Vec::new()),
        What::Older(moment) => {
            since = moment.to_string();
            ("publish", vec![("since", since.as_str())])
        }
    };
    running_host::post(config, &["channels", id, "linktor", action], &query, Vec::new()).await?.good()
}
