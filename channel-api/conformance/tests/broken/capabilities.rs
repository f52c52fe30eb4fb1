//! What is declared.

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use channel_api::capability::Limit;
use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{
    Capabilities, ChannelAdapter, ChannelId, ConnectionStatus, Delivery, Denormalized, Error, Event, Operation,
    OutboundMessage, Performed, ProviderRequest, Receipt, Registration, Result, Subscription, Upload, Uploaded,
    UserProfile, Verified,
};
use serde_json::Value;

use crate::kit::{BrokenAdapter, Defect, Inner, memory};

/// The reference adapter, declared otherwise.
#[derive(Debug)]
struct Declared {
    inner: Arc<dyn ChannelAdapter>,
    capabilities: Capabilities,
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
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }
    fn challenge(&self, subscription: &Subscription) -> Result<String> {
        self.inner.challenge(subscription)
    }
    fn verify(&self, delivery: &Delivery<'_>) -> Result<()> {
        self.inner.verify(delivery)
    }
    fn normalize(&self, delivery: &Verified<'_>) -> Result<Vec<Event>> {
        self.inner.normalize(delivery)
    }
    fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized> {
        self.inner.denormalize(message)
    }
    async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        self.inner.send(request).await
    }
    async fn send_batch(&self, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
        self.inner.send_batch(requests).await
    }
    async fn upload(&self, media: Upload) -> Result<Uploaded> {
        self.inner.upload(media).await
    }
    fn operations(&self) -> &'static [Operation] {
        self.inner.operations()
    }
    async fn perform(&self, name: &str, input: &Value) -> Result<Performed> {
        self.inner.perform(name, input).await
    }
    async fn user_profile(&self, person: &str) -> Result<UserProfile> {
        self.inner.user_profile(person).await
    }
    async fn profile_read(&self) -> Result<Profile> {
        self.inner.profile_read().await
    }
    fn profile_plan(&self, current: &Profile, desired: &Profile) -> Result<ProfilePlan> {
        self.inner.profile_plan(current, desired)
    }
    async fn profile_apply(&self, plan: &ProfilePlan) -> Result<()> {
        self.inner.profile_apply(plan).await
    }
    async fn connection_check(&self) -> Result<ConnectionStatus> {
        self.inner.connection_check().await
    }
    async fn connection_subscribe(&self) -> Result<()> {
        self.inner.connection_subscribe().await
    }
    async fn connection_unsubscribe(&self) -> Result<()> {
        self.inner.connection_unsubscribe().await
    }
}

fn declared(inner: Arc<dyn ChannelAdapter>, change: fn(&mut Capabilities)) -> Arc<dyn ChannelAdapter> {
    let mut capabilities = inner.capabilities().clone();
    change(&mut capabilities);
    Arc::new(Declared { inner, capabilities })
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
        Ok(inner.channel.user_profile(person).await.unwrap_or_default())
    }
}

/// A layer that spoils what the channel declares.
pub(crate) fn without_sources(channel: Arc<dyn ChannelAdapter>) -> Arc<dyn ChannelAdapter> {
    declared(channel, |capabilities| capabilities.limits = *UNSOURCED)
}

/// Can more than it says.
pub(crate) fn modest() -> Registration {
    declares!(|capabilities| {
        capabilities.user_profiles = false;
        capabilities.profile = false;
        capabilities.uploads = false;
        capabilities.sends_tags = &[];
    })
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
        BrokenAdapter::code::<NobodyKnown>("declares a hook that is not there", "capabilities.hooks_it_declares"),
        BrokenAdapter::code::<AnybodyKnown>(
            "knows people whom the provider does not",
            "capabilities.hooks_it_declares",
        ),
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
