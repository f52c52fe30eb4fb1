use std::sync::{Arc, OnceLock};

use channel_api::calls::CallObserver;
use channel_api::{
    BuildContext, Capabilities, ChannelAdapter, ChannelAdapterExt as _, ChannelId, Delivery, Denormalized, Event,
    Proof, ProviderRequest, Received, Registration, Result, Verified,
};
use http::HeaderMap;
use serde_json::Value;

use super::finding::{Finding, describe};
use super::logs::Logs;
use super::observer::{Recorder, Reported};
use super::upstream::Upstream;
use super::{Fixture, Outbound};

/// The id of the channel that the suite builds.
pub(super) const CHANNEL_ID: &str = "ch_conformance";

/// What a host wraps around a channel.
pub type Layers = fn(Arc<dyn ChannelAdapter>) -> Arc<dyn ChannelAdapter>;

/// What a case works with: the adapter's registration, its fixture, and a stand-in for its provider.
pub struct CaseContext {
    registration: Registration,
    fixture: Arc<dyn Fixture>,
    layers: Layers,
    upstream: OnceLock<Upstream>,
    calls: Arc<Recorder>,
    logs: Logs,
}

impl std::fmt::Debug for CaseContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseContext").field("registration", &self.registration).finish_non_exhaustive()
    }
}

impl CaseContext {
    pub(super) fn new(registration: Registration, fixture: Arc<dyn Fixture>, layers: Layers) -> Self {
        Self { registration, fixture, layers, upstream: OnceLock::new(), calls: Arc::default(), logs: Logs::default() }
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
        let observer: Arc<dyn CallObserver> = Arc::<Recorder>::clone(&self.calls);
        let context = BuildContext::new(ChannelId::new(id)).with_calls(observer);
        let built = (self.registration.build)(config, &context)?;
        Ok((self.layers)(built))
    }

    /// What was reported of calls so far. It is taken out.
    pub(super) fn reported(&self) -> Vec<Reported> {
        self.calls.take()
    }

    /// What is logged on this thread while the case runs.
    pub(super) fn logs(&self) -> &Logs {
        &self.logs
    }

    /// A channel with an account at a provider that is not there, for what needs no call.
    pub(super) fn apart(&self) -> Option<Arc<dyn ChannelAdapter>> {
        self.build(&self.fixture.config("http://127.0.0.1:9"), CHANNEL_ID).ok()
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

    /// Whether a delivery with these headers is accepted, and by what.
    pub(super) fn verify(channel: &dyn ChannelAdapter, headers: &HeaderMap, body: &[u8]) -> Result<Option<Proof>> {
        Delivery::new(headers, body).verify(channel).map(|verified| verified.proof())
    }

    /// What a body becomes, whoever sent it: what is looked at here is the translation.
    #[expect(clippy::disallowed_methods, reason = "a sample of the fixture, not a request")]
    pub(super) fn received_in(channel: &dyn ChannelAdapter, body: &[u8]) -> Result<Vec<Received>> {
        channel.normalize(&Verified::recorded(body))
    }

    /// The events of a body, as the first of their identity are kept.
    pub(super) fn normalize(channel: &dyn ChannelAdapter, body: &[u8]) -> Result<Vec<Event>> {
        Ok(Self::received_in(channel, body)?.into_iter().map(Received::into_event).collect())
    }

    /// What these items become in one delivery.
    pub(super) fn received(
        &self,
        channel: &dyn ChannelAdapter,
        items: &[Value],
        at: &str,
    ) -> Result<Vec<Received>, Finding> {
        Self::received_in(channel, &self.fixture.body(items)).map_err(|error| Finding::failed(at, "events", &error))
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
