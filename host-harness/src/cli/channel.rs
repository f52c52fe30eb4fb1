use std::path::PathBuf;
use std::sync::Arc;

use channel_api::calls::Unobserved;
use channel_api::{CallObserver, ChannelAdapter, Registry};
use clap::Args;

use super::{Failure, environment};
use crate::app::http_client;
use crate::channels::ChannelList;
use crate::config::{ChannelConfig, HostConfig};

/// The channel that a command works on.
#[derive(Debug, Args)]
pub(super) struct ChannelChoice {
    /// The configuration file with the channel
    #[arg(long, default_value = "linktor.toml", value_name = "FILE")]
    config: PathBuf,
    /// The channel's id. May be left out where the file has one channel only
    #[arg(long, value_name = "ID")]
    channel: Option<String>,
}

impl ChannelChoice {
    /// Builds the channel.
    pub(super) fn open(&self) -> Result<Arc<dyn ChannelAdapter>, Failure> {
        self.open_of(None, None)
    }

    /// What the file says.
    pub(super) fn config(&self) -> Result<HostConfig, Failure> {
        Ok(HostConfig::load(&self.config, &Registry::discover()?, environment)?)
    }

    /// Builds the channel: of this type, where one is asked for, and the one that `named` says, where nobody chose another.
    pub(super) fn open_of(
        &self,
        channel_type: Option<&str>,
        named: Option<&str>,
    ) -> Result<Arc<dyn ChannelAdapter>, Failure> {
        let registry = Registry::discover()?;
        let config = HostConfig::load(&self.config, &registry, environment)?;
        let wanted = channel_type.map(|channel_type| registry.get(channel_type)).transpose()?;
        let mut of_type = Vec::new();
        for channel in config.channels {
            let id = registry.get(&channel.channel_type)?.id;
            if wanted.is_none_or(|wanted| wanted.id == id) {
                of_type.push(channel);
            }
        }
        let kind = wanted.map(|wanted| format!("{} ", wanted.id)).unwrap_or_default();
        let chosen = self.choose(of_type, named, &kind)?;
        let id = chosen.id.clone();
        let channels = ChannelList::build(&[chosen], &registry, &http_client(environment)?, environment, |_| {
            Arc::new(Unobserved)
        })?;
        channels.get(&id).map(Arc::clone).ok_or_else(|| Failure::new(format!("channel {id} was not built"), None))
    }

    fn choose(
        &self,
        mut of_type: Vec<ChannelConfig>,
        named: Option<&str>,
        kind: &str,
    ) -> Result<ChannelConfig, Failure> {
        let file = self.config.display();
        let known: Vec<&str> = of_type.iter().map(|channel| channel.id.as_str()).collect();
        let known = known.join(", ");
        match self.channel.as_deref().or(named) {
            Some(id) => {
                let at = of_type.iter().position(|channel| channel.id == id);
                at.map(|at| of_type.swap_remove(at)).ok_or_else(|| {
                    let hint = if known.is_empty() { None } else { Some(format!("--channel is one of: {known}")) };
                    Failure::new(format!("{file} has no {kind}channel {id:?}"), hint.as_deref())
                })
            }
            None if of_type.len() == 1 => Ok(of_type.swap_remove(0)),
            None if of_type.is_empty() => Err(Failure::new(
                format!("{file} has no {kind}channel"),
                Some("add a [[channels]] section of this type"),
            )),
            None => {
                let message = format!("{file} has {} {kind}channels, and the command works on one", of_type.len());
                Err(Failure::new(message, Some(&format!("choose with --channel: {known}"))))
            }
        }
    }
}

/// Builds every channel of a file.
pub(super) fn all(config: &HostConfig) -> Result<ChannelList, Failure> {
    let client = http_client(environment)?;
    let unobserved = |_: &str| -> Arc<dyn CallObserver> { Arc::new(Unobserved) };
    Ok(ChannelList::build(&config.channels, &Registry::discover()?, &client, environment, unobserved)?)
}
