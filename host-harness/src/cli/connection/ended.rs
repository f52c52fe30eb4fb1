//! Ending a subscription, and what is remembered of it: in the store, which a running host keeps for itself.

use std::sync::Arc;

use channel_api::{ChannelAdapter, ChannelId, Timestamp};
use serde_json::{Value, json};

use super::super::{Failure, channel, output, running_host};
use super::show;
use crate::channels::Channels;
use crate::cli::opened::{self, Opened};
use crate::config::HostConfig;
use crate::connections::{ConnectionError, Connections, State};
use crate::store::sqlite::Reader;
use crate::store::{StoreError, Stores};

/// When somebody ended the channel's subscription, where nobody has asked for it again.
pub(super) async fn at(config: &HostConfig, adapter: &dyn ChannelAdapter) -> Result<Option<Timestamp>, Failure> {
    let reader = match Reader::open(&config.data_dir) {
        Ok(reader) => reader,
        // A host that has never run, or not since its store could hold it, remembers nothing.
        Err(StoreError::NotFound { .. } | StoreError::OlderFormat { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let kept = reader.subscription(adapter.channel_id().as_str()).await?;
    Ok(kept.ended_at.and_then(|at| Timestamp::from_millis(at.as_millisecond())))
}

/// Ends the subscription and remembers it.
pub(super) async fn unsubscribe(config: &HostConfig, id: &ChannelId, as_json: bool) -> Result<(), Failure> {
    let told = match opened::open(config, "connection unsubscribe").await? {
        Opened::Own(stores) => {
            let connections = over(&stores, config)?;
            let ended = connections.unsubscribe(id).await;
            stores.events.close().await?;
            let connection = ended?;
            json!({"unsubscribed": true, "state": connection.state, "status": connection.status})
        }
        Opened::Running => asked(config, id, "unsubscribe").await?,
    };
    if as_json {
        return tell(id, told);
    }
    output::text(&format!(
        "{id}: the subscription was ended, and is not mended by itself\n  → host-harness connection repair, with the same options, makes it again"
    ))
}

/// Forgets that the subscription was ended, and makes it again.
pub(super) async fn repair(config: &HostConfig, id: &ChannelId, as_json: bool) -> Result<(), Failure> {
    let told = match opened::open(config, "connection repair").await? {
        Opened::Own(stores) => {
            let connections = over(&stores, config)?;
            let repaired = connections.repair(id).await;
            stores.events.close().await?;
            let done = repaired?;
            let mut told =
                json!({"repaired": done.repaired, "state": done.connection.state, "status": done.connection.status});
            if !done.warnings.is_empty() {
                told["warnings"] = json!(done.warnings);
            }
            if !as_json {
                output::text(show::repaired(done.repaired))?;
                let status = done.connection.status.unwrap_or_default();
                output::text(&show::connection(id.as_str(), &status, None, &done.warnings))?;
            }
            told
        }
        Opened::Running => {
            let told = asked(config, id, "repair").await?;
            if !as_json {
                output::text(show::repaired(told["repaired"] == true))?;
                output::text(&format!("{id}: {}", told["state"].as_str().unwrap_or("unknown")))?;
            }
            told
        }
    };
    let broken = told["state"] == State::Broken.as_str();
    if as_json {
        tell(id, told)?;
    }
    if broken { Err(Failure::Shown) } else { Ok(()) }
}

/// What the host that runs with this store makes of it.
async fn asked(config: &HostConfig, id: &ChannelId, step: &str) -> Result<Value, Failure> {
    running_host::post(config, &["channels", id.as_str(), "connection", step], &[], Vec::new()).await?.good()
}

/// All channels, for one may need what another ends.
fn over(stores: &Stores, config: &HostConfig) -> Result<Connections, Failure> {
    let channels = Channels::new(channel::all(config)?);
    Ok(Connections::new(channels, config.public_url.as_deref(), Arc::clone(&stores.subscriptions), None))
}

fn tell(id: &ChannelId, mut told: Value) -> Result<(), Failure> {
    told["channelId"] = json!(id);
    output::pretty(&told)
}

impl From<ConnectionError> for Failure {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::Channel(error) => error.into(),
            ConnectionError::Store(error) => error.into(),
        }
    }
}
