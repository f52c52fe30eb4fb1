//! The channels that this process serves.

use std::collections::HashMap;
use std::sync::Arc;

use channel_api::{BuildContext, ChannelAdapter, ChannelId, Registry, Result};

use crate::config::{ChannelConfig, Environment};

/// Every configured channel, by its id.
#[derive(Debug)]
pub struct Channels {
    by_id: HashMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    adapter: Arc<dyn ChannelAdapter>,
    /// The words for its type in a webhook's address.
    words: Vec<&'static str>,
}

impl Channels {
    /// Builds every channel. They share one HTTP client.
    ///
    /// # Errors
    /// The first channel's that cannot be built.
    pub fn build(
        configs: &[ChannelConfig],
        registry: &Registry,
        http: &reqwest::Client,
        environment: Environment,
    ) -> Result<Self> {
        let mut by_id = HashMap::with_capacity(configs.len());
        for config in configs {
            let registration = registry.get(&config.channel_type)?;
            let context = BuildContext::new(ChannelId::new(config.id.as_str()))
                .with_environment(environment)
                .with_shared(http.clone());
            let adapter = (registration.build)(&config.config.0, &context)
                .map_err(|error| error.with_context("channel_id", config.id.clone()))?;
            let words = std::iter::once(registration.id).chain(registration.aliases.iter().copied()).collect();
            by_id.insert(config.id.clone(), Entry { adapter, words });
        }
        Ok(Self { by_id })
    }

    /// The channel of this id.
    pub fn get(&self, id: &str) -> Option<&Arc<dyn ChannelAdapter>> {
        self.by_id.get(id).map(|entry| &entry.adapter)
    }

    /// The channel that a webhook's address names. Both parts must fit: a Page's webhook at another type's address is a
    /// mistake to be told, not to be guessed at.
    pub fn at(&self, channel_type: &str, id: &str) -> Option<&Arc<dyn ChannelAdapter>> {
        let entry = self.by_id.get(id)?;
        entry.words.contains(&channel_type).then_some(&entry.adapter)
    }

    /// The ids of all channels, in order.
    pub fn ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.by_id.keys().cloned().collect();
        ids.sort_unstable();
        ids
    }

    /// All channels.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn ChannelAdapter>> {
        self.by_id.values().map(|entry| &entry.adapter)
    }
}
