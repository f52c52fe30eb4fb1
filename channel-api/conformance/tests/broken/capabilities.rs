//! What is declared.

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use channel_api::capability::Limit;
use channel_api::event::name;
use channel_api::facets::{
    Connection, Handshake, MediaDownload, MediaUpload, Operations, People, ProfileHooks, Window,
};
use channel_api::{
    Capabilities, ChannelAdapter, ChannelId, Delivery, Denormalized, Error, ErrorKind, OutboundMessage, Proof,
    ProviderRequest, Receipt, Received, Registration, Result, Token, UserProfile, Verified, VerifierId, WebhookReply,
};

use crate::kit::{BrokenAdapter, Defect, Inner, memory, wrapped};

/// The reference adapter, declared otherwise.
#[derive(Debug)]
struct Declared {
    inner: Arc<dyn ChannelAdapter>,
    capabilities: Capabilities,
    connected: bool,
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl ChannelAdapter for Declared {
    fn channel_type(&self) -> &'static str {
        self.inner.channel_type()
    }
    fn channel_id(&self) -> &ChannelId {
        self.inner.channel_id()
    }
    fn accounts(&self) -> &[String] {
        self.inner.accounts()
    }
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }
    fn verifier(&self) -> VerifierId {
        self.inner.verifier()
    }
    fn verify(&self, delivery: &Delivery<'_>) -> Result<Proof> {
        self.inner.verify(delivery)
    }
    fn normalize(&self, delivery: &Verified<'_>) -> Result<Vec<Received>> {
        self.inner.normalize(delivery)
    }
    fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized> {
        self.inner.denormalize(message)
    }
    fn stamp(&self, request: &mut ProviderRequest, token: &Token) -> bool {
        self.inner.stamp(request, token)
    }
    fn told_by(&self, message_id: &str) -> Vec<String> {
        self.inner.told_by(message_id)
    }
    async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        self.inner.send(request).await
    }
    async fn send_batch(&self, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
        self.inner.send_batch(requests).await
    }
    fn reply(&self, delivery: &Verified<'_>) -> WebhookReply {
        self.inner.reply(delivery)
    }
    fn handshake(&self) -> Option<&dyn Handshake> {
        self.inner.handshake()
    }
    fn profile(&self) -> Option<&dyn ProfileHooks> {
        self.inner.profile()
    }
    fn connection(&self) -> Option<&dyn Connection> {
        self.inner.connection().filter(|_| self.connected)
    }
    fn media_up(&self) -> Option<&dyn MediaUpload> {
        self.inner.media_up()
    }
    fn media_down(&self) -> Option<&dyn MediaDownload> {
        self.inner.media_down()
    }
    fn people(&self) -> Option<&dyn People> {
        self.inner.people()
    }
    fn operations(&self) -> Option<&dyn Operations> {
        self.inner.operations()
    }
    fn window(&self) -> Option<&dyn Window> {
        self.inner.window()
    }
}

fn declared(inner: Arc<dyn ChannelAdapter>, change: fn(&mut Capabilities)) -> Arc<dyn ChannelAdapter> {
    let mut capabilities = inner.capabilities().clone();
    change(&mut capabilities);
    Arc::new(Declared { inner, capabilities, connected: true })
}

/// A registration whose channels declare something else, with an account and without.
macro_rules! declares {
    ($change:expr) => {{
        let mut registration = memory();
        registration.build = |json, context| Ok(declared((memory().build)(json, context)?, $change));
        registration.offline = |id, secret| declared((memory().offline)(id, secret), $change);
        registration
    }};
}

/// The limits with one of them changed.
fn limits(change: fn(&mut Vec<Limit>)) -> &'static [Limit] {
    let channel = (memory().offline)(ChannelId::new("ch_limits"), None);
    let mut limits = channel.capabilities().limits.to_vec();
    change(&mut limits);
    limits.leak()
}

static GENEROUS: LazyLock<&[Limit]> = LazyLock::new(|| {
    limits(|limits| {
        for limit in limits.iter_mut().filter(|limit| limit.name == "button.title.length") {
            limit.max = 30;
        }
    })
});
static SECRETIVE: LazyLock<&[Limit]> =
    LazyLock::new(|| limits(|limits| limits.retain(|limit| limit.name != "text.length")));
static UNSOURCED: LazyLock<&[Limit]> =
    LazyLock::new(|| limits(|limits| limits.iter_mut().for_each(|limit| limit.source = "common knowledge")));

#[derive(Debug, Default)]
struct NobodyKnown;

#[async_trait]
impl Defect for NobodyKnown {
    async fn user_profile(&self, _: &Inner, _: &str) -> Result<UserProfile> {
        Err(Error::unsupported("user_profile"))
    }
}

#[derive(Debug, Default)]
struct AnybodyKnown;

#[async_trait]
impl Defect for AnybodyKnown {
    async fn user_profile(&self, inner: &Inner, person: &str) -> Result<UserProfile> {
        Ok(inner.channel.people().unwrap().look_up(person).await.unwrap_or_default())
    }
}

/// Asks the provider with a token that it does not have.
#[derive(Debug, Default)]
struct AsksOffline;

#[async_trait]
impl Defect for AsksOffline {
    async fn user_profile(&self, _: &Inner, _: &str) -> Result<UserProfile> {
        Err(Error::new(ErrorKind::Credentials, "memory.credentials", "the provider does not accept the token"))
    }
}

fn asking_offline() -> Registration {
    let mut registration = memory();
    registration.offline = |id, secret| {
        let channel = (memory().offline)(id, secret);
        wrapped(Inner { channel, config: serde_json::Value::Null }, AsksOffline)
    };
    registration
}

/// The events that the reference adapter declares, without echoes.
static WITHOUT_ECHOES: LazyLock<&[&str]> = LazyLock::new(|| {
    let channel = (memory().offline)(ChannelId::new("ch_events"), None);
    let all = channel.capabilities().receives_events.iter().copied();
    all.filter(|name| *name != name::MESSAGE_ECHO).collect::<Vec<_>>().leak()
});

/// A layer that spoils what the channel declares.
pub(crate) fn without_sources(channel: Arc<dyn ChannelAdapter>) -> Arc<dyn ChannelAdapter> {
    declared(channel, |capabilities| capabilities.limits = *UNSOURCED)
}

/// Can more than it says.
fn modest() -> Registration {
    declares!(|capabilities| {
        capabilities.sends_tags = &[];
        // What it declares of events, without echoes.
        capabilities.receives_events = *WITHOUT_ECHOES;
    })
}

/// Hands out no connection: nothing is wrong with that, and some cases do not apply.
pub(crate) fn unconnected() -> Registration {
    fn cut(inner: Arc<dyn ChannelAdapter>) -> Arc<dyn ChannelAdapter> {
        let capabilities = inner.capabilities().clone();
        Arc::new(Declared { inner, capabilities, connected: false })
    }
    let mut registration = memory();
    registration.build = |json, context| Ok(cut((memory().build)(json, context)?));
    registration.offline = |id, secret| cut((memory().offline)(id, secret));
    registration
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::new(
            "declares a content type that it does not send",
            "capabilities.sends_what_it_declares",
            declares!(
                |capabilities| capabilities.sends_content = &["text", "image", "template", "sender_action", "video"]
            ),
        ),
        BrokenAdapter::new(
            "declares a content type that never arrives",
            "capabilities.receives_what_it_declares",
            declares!(|capabilities| capabilities.receives_content = &["text", "image", "location"]),
        ),
        BrokenAdapter::new("asks for people without an account", "registration.offline", asking_offline()),
        BrokenAdapter::new("can more than it says", "capabilities.undeclared", modest()),
        BrokenAdapter::code::<NobodyKnown>("hands out what is not there", "capabilities.facets_work"),
        BrokenAdapter::code::<AnybodyKnown>("knows people whom the provider does not", "capabilities.facets_work"),
        BrokenAdapter::new(
            "does not say where a limit is written",
            "capabilities.limits_are_well_formed",
            declares!(|capabilities| capabilities.limits = *UNSOURCED),
        ),
        BrokenAdapter::new(
            "lies about a limit",
            "capabilities.limits_are_enforced",
            declares!(|capabilities| capabilities.limits = *GENEROUS),
        ),
        BrokenAdapter::new(
            "fetches media from anywhere",
            "media.hosts",
            declares!(|capabilities| capabilities.media_hosts = &["*"]),
        ),
        BrokenAdapter::new(
            "fetches media from this machine",
            "media.hosts",
            declares!(|capabilities| capabilities.media_hosts = &["127.0.0.1"]),
        ),
        BrokenAdapter::new(
            "enforces a limit in secret",
            "capabilities.limits_are_all_declared",
            declares!(|capabilities| capabilities.limits = *SECRETIVE),
        ),
    ]
}
