//! The channels that this process serves.

use std::collections::BTreeMap;
use std::sync::Arc;

use channel_api::{BuildContext, CallObserver, ChannelAdapter, ChannelId, Registration, Registry, Result};
use http::HeaderMap;
use tokio::sync::watch;

use crate::config::{ChannelConfig, Environment, Place, WindowRule};

/// A handle on the one list of channels, cheap to clone. The list may be replaced at any moment: whoever works with it asks for
/// it each time, and keeps it no longer than one piece of work takes.
#[derive(Clone, Debug, Default)]
pub struct Channels(watch::Sender<Arc<ChannelList>>);

/// The channels of one moment, by their ids and in the ids' order.
#[derive(Debug, Default)]
pub struct ChannelList(BTreeMap<String, Entry>);

#[derive(Debug)]
struct Entry {
    adapter: Arc<dyn ChannelAdapter>,
    kind: ChannelType,
    window: WindowRule,
    linktor: Option<Place>,
}

/// What a host has to know of a channel's type when a delivery comes.
#[derive(Clone, Debug)]
pub(crate) struct ChannelType {
    /// The words for it in a webhook's address.
    words: Vec<&'static str>,
    /// The accounts that a body speaks of.
    pub(crate) accounts: fn(&[u8]) -> Vec<String>,
    /// Judges a request before its body is read.
    pub(crate) check_head: fn(&HeaderMap) -> Result<()>,
}

impl From<&Registration> for ChannelType {
    fn from(registration: &Registration) -> Self {
        Self {
            words: std::iter::once(registration.id).chain(registration.aliases.iter().copied()).collect(),
            accounts: registration.accounts,
            check_head: registration.check_head,
        }
    }
}

impl Channels {
    /// The channels of this list, until it is [replaced](Self::replace).
    pub fn new(list: ChannelList) -> Self {
        Self(watch::Sender::new(Arc::new(list)))
    }

    /// The channels of this moment.
    pub fn list(&self) -> Arc<ChannelList> {
        Arc::clone(&self.0.borrow())
    }

    /// Puts another list in the place of this one, for every holder of a handle and at once. What has begun with a channel of
    /// the old list ends with it.
    pub fn replace(&self, list: ChannelList) {
        self.0.send_replace(Arc::new(list));
    }

    /// For who has something to do when the list is replaced.
    pub(crate) fn changes(&self) -> watch::Receiver<Arc<ChannelList>> {
        self.0.subscribe()
    }
}

impl ChannelList {
    /// Builds every channel. They share one HTTP client; `calls` hears of each channel's.
    ///
    /// # Errors
    /// The first channel's that cannot be built.
    pub(crate) fn build(
        configs: &[ChannelConfig],
        registry: &Registry,
        http: &reqwest::Client,
        environment: Environment,
        calls: impl Fn(&str) -> Arc<dyn CallObserver>,
    ) -> Result<Self> {
        let mut by_id = BTreeMap::new();
        for config in configs {
            let registration = registry.get(&config.channel_type)?;
            let context = BuildContext::new(ChannelId::new(config.id.as_str()))
                .with_environment(environment)
                .with_calls(calls(&config.id))
                .with_other_accounts_kept(config.keep_other_accounts)
                .with_shared(http.clone());
            let adapter = (registration.build)(&config.config.0, &context)
                .map_err(|error| error.with_context("channel_id", config.id.clone()))?;
            let (window, linktor) = (config.window, config.linktor.clone());
            by_id.insert(config.id.clone(), Entry { adapter, kind: registration.into(), window, linktor });
        }
        Ok(Self(by_id))
    }

    /// The channel of this id.
    pub fn get(&self, id: &str) -> Option<&Arc<dyn ChannelAdapter>> {
        self.0.get(id).map(|entry| &entry.adapter)
    }

    /// What becomes of a message that comes too late to this channel.
    pub(crate) fn window_rule(&self, id: &str) -> WindowRule {
        self.0.get(id).map(|entry| entry.window).unwrap_or_default()
    }

    /// Where a channel stands in Linktor, if it does.
    pub(crate) fn place(&self, id: &str) -> Option<&Place> {
        self.0.get(id)?.linktor.as_ref()
    }

    /// The channels that stand in Linktor, each with its place.
    pub(crate) fn in_linktor(&self) -> impl Iterator<Item = (&Place, &Arc<dyn ChannelAdapter>)> {
        self.0.values().filter_map(|entry| Some((entry.linktor.as_ref()?, &entry.adapter)))
    }

    /// The channels of a type by a word for it, and what is to be known of the type; `None` where there is none of it.
    pub(crate) fn of_type(&self, word: &str) -> Option<(&ChannelType, Vec<&Arc<dyn ChannelAdapter>>)> {
        let mut found = self.0.values().filter(|entry| entry.kind.words.contains(&word)).peekable();
        let kind = &found.peek()?.kind;
        Some((kind, found.map(|entry| &entry.adapter).collect()))
    }

    /// The ids of all channels, in a sentence.
    pub fn ids(&self) -> String {
        self.0.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// All channels.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn ChannelAdapter>> {
        self.0.values().map(|entry| &entry.adapter)
    }
}

#[cfg(test)]
impl ChannelList {
    /// The same channels, all of them in this place of Linktor.
    pub(crate) fn with_place(mut self, place: &Place) -> Self {
        self.0.values_mut().for_each(|entry| entry.linktor = Some(place.clone()));
        self
    }
}

/// Channels that no configuration describes.
#[cfg(test)]
impl FromIterator<Arc<dyn ChannelAdapter>> for ChannelList {
    fn from_iter<I: IntoIterator<Item = Arc<dyn ChannelAdapter>>>(adapters: I) -> Self {
        let entry = |adapter: Arc<dyn ChannelAdapter>| {
            let words = vec![adapter.channel_type()];
            let kind = ChannelType { words, accounts: |_| Vec::new(), check_head: |_| Ok(()) };
            (adapter.channel_id().to_string(), Entry { adapter, kind, window: WindowRule::default(), linktor: None })
        };
        Self(adapters.into_iter().map(entry).collect())
    }
}
