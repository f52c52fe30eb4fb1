use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use channel_api::{
    BuildContext, CallObserver, Capabilities, ChannelAdapter, ChannelAdapterExt as _, ChannelId, Delivery,
    Denormalized, Event, Exchange, ProviderRequest, Received, Registration, Result, Verified,
};
use http::HeaderMap;
use serde_json::Value;

use super::finding::{Finding, describe};
use super::upstream::Upstream;
use super::{Fixture, Layers, Outbound};

/// The id of the channel that the suite builds.
pub(super) const CHANNEL_ID: &str = "ch_conformance";

/// What a case works with: the adapter's registration, its fixture, and a stand-in for its provider.
pub struct CaseContext {
    registration: Registration,
    fixture: Arc<dyn Fixture>,
    layers: Layers,
    upstream: OnceLock<Upstream>,
    heard: Arc<Heard>,
}

/// What a host hears of the calls that are made.
#[derive(Debug, Default)]
struct Heard(Mutex<Vec<String>>);

impl CallObserver for Heard {
    fn called(&self, exchange: &Exchange<'_>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{exchange:?}"));
    }
}

impl std::fmt::Debug for CaseContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseContext").field("registration", &self.registration).finish_non_exhaustive()
    }
}

impl CaseContext {
    pub(super) fn new(registration: Registration, fixture: Arc<dyn Fixture>, layers: Layers) -> Self {
        Self { registration, fixture, layers, upstream: OnceLock::new(), heard: Arc::default() }
    }

    /// The adapter's registration.
    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    /// What the adapter brought, for what outlives a case's own turn.
    pub(super) fn shared_fixture(&self) -> Arc<dyn Fixture> {
        Arc::clone(&self.fixture)
    }

    /// What the adapter brought.
    pub fn fixture(&self) -> &dyn Fixture {
        &*self.fixture
    }

    /// The stand-in for the provider. Each case has its own.
    pub(super) fn upstream(&self) -> Result<&Upstream, Finding> {
        if let Some(upstream) = self.upstream.get() {
            return Ok(upstream);
        }
        let started = Upstream::start().map_err(|error| Finding::this_machine(&error))?;
        Ok(self.upstream.get_or_init(|| started))
    }

    /// The fixture's configuration, which calls the stand-in.
    pub(super) fn config(&self) -> Result<Value, Finding> {
        Ok(self.fixture.config(&self.upstream()?.url()))
    }

    /// A channel of a configuration, in the layers in which a host runs it.
    pub(super) fn build(&self, config: &Value, id: &str) -> Result<Arc<dyn ChannelAdapter>> {
        let heard: Arc<dyn CallObserver> = Arc::<Heard>::clone(&self.heard);
        let built = (self.registration.build)(config, &BuildContext::new(ChannelId::new(id)).with_calls(heard))?;
        Ok((self.layers)(built))
    }

    /// All that a host has heard of calls so far, in one text.
    pub(super) fn heard(&self) -> String {
        self.heard.0.lock().unwrap_or_else(PoisonError::into_inner).concat()
    }

    /// The channel of the fixture's configuration.
    pub(super) fn channel(&self) -> Result<Arc<dyn ChannelAdapter>, Finding> {
        self.channel_of(&self.config()?, CHANNEL_ID)
    }

    pub(super) fn channel_of(&self, config: &Value, id: &str) -> Result<Arc<dyn ChannelAdapter>, Finding> {
        self.build(config, id).map_err(|error| Finding::failed("the fixture's configuration", "a channel", &error))
    }

    /// A channel without an account.
    pub(super) fn offline(&self, secret: Option<&str>) -> Arc<dyn ChannelAdapter> {
        (self.layers)((self.registration.offline)(ChannelId::new(CHANNEL_ID), secret.map(channel_api::Secret::from)))
    }

    pub(super) fn capabilities(&self) -> Capabilities {
        self.offline(None).capabilities().clone()
    }

    /// The headers of a delivery that the provider sends.
    pub(super) fn signed(&self, body: &[u8]) -> HeaderMap {
        self.fixture.sign(self.fixture.webhook_secret(), body)
    }

    /// Whether a delivery with these headers is accepted.
    pub(super) fn verify(channel: &dyn ChannelAdapter, headers: &HeaderMap, body: &[u8]) -> Result<()> {
        Delivery::new(headers, body).verify(channel).map(drop)
    }

    /// The events of a body, whoever sent it: what is looked at here is the translation.
    #[expect(clippy::disallowed_methods, reason = "a sample of the fixture, not a request")]
    pub(super) fn normalize(channel: &dyn ChannelAdapter, body: &[u8]) -> Result<Vec<Event>> {
        Ok(channel.normalize(&Verified::recorded(body))?.into_iter().map(Received::into_event).collect())
    }

    /// The events of these items in one delivery.
    pub(super) fn events(
        &self,
        channel: &dyn ChannelAdapter,
        items: &[Value],
        at: &str,
    ) -> Result<Vec<Event>, Finding> {
        Self::normalize(channel, &self.fixture.body(items)).map_err(|error| Finding::failed(at, "events", &error))
    }

    /// The fixture's messages; at least one.
    pub(super) fn messages(&self) -> Result<Vec<Outbound>, Finding> {
        let messages = self.fixture.messages();
        if messages.is_empty() {
            return Err(Finding::not_brought("a message that is good"));
        }
        Ok(messages)
    }

    /// The fixture's first message: a plain text.
    pub(super) fn text(&self) -> Result<Value, Finding> {
        Ok(self.messages()?.swap_remove(0).message)
    }

    pub(super) fn denormalize(
        channel: &dyn ChannelAdapter,
        message: &Value,
        at: impl Into<String>,
    ) -> Result<Denormalized, Finding> {
        channel.denormalize_json(message).map_err(|error| Finding::failed(at, "the calls that deliver it", &error))
    }

    /// The call that delivers the fixture's plain text.
    pub(super) fn text_request(&self, channel: &dyn ChannelAdapter) -> Result<ProviderRequest, Finding> {
        let requests = Self::denormalize(channel, &self.text()?, "the first message")?.requests;
        let mut requests = requests.into_iter();
        match (requests.next(), requests.next()) {
            (Some(request), None) => Ok(request),
            (first, _) => {
                let got = if first.is_some() { "several" } else { "none" };
                Err(Finding::new("the first message", "one call for a plain text", got))
            }
        }
    }
}

/// A result in one line, for a finding.
pub(super) fn outcome_of<T>(result: &Result<T>, good: &str) -> String {
    match result {
        Ok(_) => good.to_owned(),
        Err(error) => describe(error),
    }
}
