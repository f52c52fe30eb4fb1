//! [`AdapterBuilder`]: channels that no configuration has yet.

use channel_api::{BuildContext, ChannelId, Registry};

use crate::config::Environment;

/// What channels are built from that are not configured yet: to try a configuration, to sign in.
#[derive(Debug)]
pub(crate) struct AdapterBuilder {
    pub(crate) registry: Registry,
    client: reqwest::Client,
    environment: Environment,
}

impl AdapterBuilder {
    pub(crate) const fn new(registry: Registry, client: reqwest::Client, environment: Environment) -> Self {
        Self { registry, client, environment }
    }

    /// What a channel is built with that belongs to no configuration.
    pub(crate) fn context(&self, channel_id: &str) -> BuildContext {
        BuildContext::new(ChannelId::new(channel_id))
            .with_environment(self.environment)
            .with_shared(self.client.clone())
    }
}
