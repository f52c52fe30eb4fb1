mod ended;
mod show;

use channel_api::connection::Subscribed;
use channel_api::{ChannelAdapter, ConnectionStatus, Issue, Timestamp};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::channel::ChannelChoice;
use super::{Failure, output};
use crate::connections::{self, State};

#[derive(Debug, Args)]
#[command(after_help = "\
Exit code 0: it works, perhaps with warnings, or the subscription was ended. 1: it is broken, or could not be asked.

Examples:
  host-harness connection check
  host-harness connection check --channel ch_facebook_123 --json
  host-harness connection repair
  host-harness connection unsubscribe --channel ch_facebook_123")]
pub(super) struct ConnectionCommand {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Ask the provider about the account, the credentials, the permissions and the webhooks
    Check(Chosen),
    /// Subscribe to the webhooks that are missing, then check again
    Repair(Chosen),
    /// Have the provider send no more webhooks, until the connection is repaired
    Unsubscribe(Chosen),
}

#[derive(Debug, Args)]
struct Chosen {
    #[command(flatten)]
    channel: ChannelChoice,
    /// Print JSON: {"channelId","state","status"}, after repair also "repaired" and "warnings", after unsubscribe "unsubscribed"
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    channel_id: &'a str,
    state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    repaired: Option<bool>,
    #[serde(skip_serializing_if = "<[Issue]>::is_empty")]
    warnings: &'a [Issue],
    #[serde(skip_serializing_if = "Option::is_none")]
    unsubscribed_at: Option<Timestamp>,
    status: &'a ConnectionStatus,
}

impl ConnectionCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self.step {
            Step::Check(chosen) => {
                let adapter = chosen.channel.open()?;
                report(&chosen, &*adapter, None).await
            }
            Step::Repair(chosen) => {
                let adapter = chosen.channel.open()?;
                let config = chosen.channel.config()?;
                if ended::at(&config, &*adapter).await?.is_some() {
                    // It has to be forgotten as well that somebody has ended it.
                    return ended::repair(&config, adapter.channel_id(), chosen.json).await;
                }
                let webhook = connections::webhook(&*adapter, config.public_url.as_deref());
                let told = connections::repair(&*adapter, webhook.as_deref()).await?;
                if !chosen.json {
                    output::text(show::repaired(!told.added.is_empty()))?;
                }
                report(&chosen, &*adapter, Some(&told)).await
            }
            Step::Unsubscribe(chosen) => {
                let (adapter, config) = (chosen.channel.open()?, chosen.channel.config()?);
                ended::unsubscribe(&config, adapter.channel_id(), chosen.json).await
            }
        }
    }
}

async fn report(chosen: &Chosen, adapter: &dyn ChannelAdapter, repair: Option<&Subscribed>) -> Result<(), Failure> {
    let config = chosen.channel.config()?;
    let webhook = connections::webhook(adapter, config.public_url.as_deref());
    let mut status = connections::check(adapter, webhook.as_deref()).await?;
    let unsubscribed_at = ended::at(&config, adapter).await?;
    if let Some(at) = unsubscribed_at {
        connections::told_as_ended(&mut status, at);
    }
    let state = State::of(&status);
    let channel_id = adapter.channel_id().as_str();
    let warnings = repair.map(|told| told.warnings.as_slice()).unwrap_or_default();
    let repaired = repair.map(|told| !told.added.is_empty());
    if chosen.json {
        output::pretty(&Told { channel_id, state, repaired, warnings, unsubscribed_at, status: &status })?;
    } else {
        output::text(&show::connection(channel_id, &status, unsubscribed_at, warnings))?;
    }
    if state == State::Broken { Err(Failure::Shown) } else { Ok(()) }
}
