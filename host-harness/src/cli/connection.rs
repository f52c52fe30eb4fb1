mod show;

use channel_api::{ChannelAdapter, ConnectionStatus};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::channel::ChannelChoice;
use super::{Failure, output};
use crate::connections::{self, State};

#[derive(Debug, Args)]
#[command(after_help = "\
Exit code 0: it works, perhaps with warnings. 1: it is broken, or could not be checked.

Examples:
  host-harness connection check
  host-harness connection check --channel ch_facebook_123 --json
  host-harness connection repair")]
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
}

#[derive(Debug, Args)]
struct Chosen {
    #[command(flatten)]
    channel: ChannelChoice,
    /// Print JSON: {"channelId","state","status"}, after repair also "repaired"
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
    status: &'a ConnectionStatus,
}

impl ConnectionCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self.step {
            Step::Check(chosen) => {
                let adapter = chosen.channel.open()?;
                let webhook = chosen.channel.webhook(&*adapter)?;
                report(&*adapter, webhook.as_deref(), None, chosen.json).await
            }
            Step::Repair(chosen) => {
                let adapter = chosen.channel.open()?;
                let webhook = chosen.channel.webhook(&*adapter)?;
                let repaired = connections::repair(&*adapter, webhook.as_deref()).await?;
                if !chosen.json {
                    let message =
                        if repaired { "the subscription was repaired" } else { "there was nothing to repair" };
                    output::text(message)?;
                }
                report(&*adapter, webhook.as_deref(), Some(repaired), chosen.json).await
            }
        }
    }
}

async fn report(
    adapter: &dyn ChannelAdapter,
    webhook: Option<&str>,
    repaired: Option<bool>,
    as_json: bool,
) -> Result<(), Failure> {
    let status = connections::check(adapter, webhook).await?;
    let state = State::of(&status);
    let channel_id = adapter.channel_id().as_str();
    if as_json {
        output::pretty(&Told { channel_id, state, repaired, status: &status })?;
    } else {
        output::text(&show::connection(channel_id, &status))?;
    }
    if state == State::Broken { Err(Failure::Shown) } else { Ok(()) }
}
