//! [`ChannelAdapter`]: the contract.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use crate::connection::{ConnectionStatus, UserProfile};
use crate::media::{Upload, Uploaded};
use crate::operation::{self, Operation, Performed};
use crate::profile::{Profile, ProfilePlan};
use crate::{
    Capabilities, ChannelId, Delivery, Denormalized, Error, Event, OutboundMessage, ProviderRequest, Receipt, Result,
    Subscription, Verified,
};

/// One configured channel: a Page, a phone number, an inbox.
///
/// This is the whole contract between a host and a channel; [`spec`](crate::spec) holds the rules by number. In short: an
/// adapter verifies, translates, validates, sends once and classifies what came back. It never sleeps, retries, stores or
/// logs anybody's words. The host owns all that lasts or waits.
///
/// `verify`, `challenge`, `normalize` and `denormalize` are pure and quick: they may be called on an executor's thread for
/// every request. Conveniences stand in [`ChannelAdapterExt`](crate::ChannelAdapterExt), so that a wrapper has only these
/// methods to forward; it should do so under `#[deny(clippy::missing_trait_methods)]`.
#[async_trait]
pub trait ChannelAdapter: fmt::Debug + Send + Sync + 'static {
    /// The channel's type, as registered: `facebook`.
    fn channel_type(&self) -> &'static str;

    /// The channel's id at the host.
    fn channel_id(&self) -> &ChannelId;

    /// What this channel can do.
    fn capabilities(&self) -> &Capabilities;

    /// Answers the handshake by which a provider confirms the webhook's address: the text to reply with.
    ///
    /// # Errors
    /// [`Unauthenticated`](crate::ErrorKind::Unauthenticated) for a wrong, empty, repeated or missing token or mode. The error
    /// does not say what would have been right.
    fn challenge(&self, subscription: &Subscription) -> Result<String>;

    /// Checks who sent a delivery, over the untouched bytes, in constant time. Called through [`Delivery::verify`].
    ///
    /// # Errors
    /// [`Unauthenticated`](crate::ErrorKind::Unauthenticated); it holds neither the secret nor the expected signature.
    fn verify(&self, delivery: &Delivery<'_>) -> Result<()>;

    /// Translates a delivery into events, in its order. What is not understood becomes an
    /// [`Unknown`](crate::EventBody::Unknown) event with its JSON; it costs its neighbours nothing.
    ///
    /// # Errors
    /// [`MalformedWebhook`](crate::ErrorKind::MalformedWebhook) when the body as a whole is no webhook.
    fn normalize(&self, delivery: &Verified<'_>) -> Result<Vec<Event>>;

    /// Translates a message into the calls that deliver it.
    ///
    /// # Errors
    /// [`InvalidMessage`](crate::ErrorKind::InvalidMessage) with **all** the reasons, each with a JSON pointer.
    fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized>;

    /// Makes one call, once.
    ///
    /// # Errors
    /// Classified by what the provider answered. [`Error::retry`] says whether the call may have taken effect.
    async fn send(&self, request: &ProviderRequest) -> Result<Receipt>;

    /// Makes several calls, each once, and classifies each on its own: one result for each request, in their order.
    ///
    /// The calls to one person are made in their order. A channel that knows who a call is for does not make those after one
    /// that failed, and says of them that they are [`safe`](crate::Retry::Safe) to repeat. Between people there is no order. A
    /// provider that takes many calls in one request gets them so; here each is made after the one before it.
    async fn send_batch(&self, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
        let mut results = Vec::with_capacity(requests.len());
        for request in requests {
            results.push(self.send(request).await);
        }
        results
    }

    /// Gives the provider something to keep, so that it can be sent by id. Made once.
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported) without the capability `uploads`; else as for [`send`](Self::send).
    async fn upload(&self, media: Upload) -> Result<Uploaded> {
        drop(media);
        Err(Error::unsupported("upload"))
    }

    /// What this channel can do beyond the hooks.
    fn operations(&self) -> &'static [Operation] {
        &[]
    }

    /// Performs one of the [`operations`](Self::operations), each of its calls once.
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported) for one that is not listed; [`InvalidMessage`](crate::ErrorKind::InvalidMessage)
    /// with **all** that is wrong with the input, before any call; else as for [`send`](Self::send).
    async fn perform(&self, name: &str, input: &Value) -> Result<Performed> {
        let _ = input;
        Err(operation::unknown(name, self.operations()))
    }

    /// Looks up a person's name and picture.
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported) without the capability `userProfiles`.
    async fn user_profile(&self, person: &str) -> Result<UserProfile> {
        let _ = person;
        Err(Error::unsupported("user_profile"))
    }

    /// Reads the channel's profile.
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported) without the capability `profile`, as for the other profile hooks.
    async fn profile_read(&self) -> Result<Profile> {
        Err(Error::unsupported("profile_read"))
    }

    /// Works out how to come from `current` to `desired`. Pure.
    ///
    /// # Errors
    /// [`InvalidMessage`](crate::ErrorKind::InvalidMessage) with all that is wrong with `desired`.
    fn profile_plan(&self, current: &Profile, desired: &Profile) -> Result<ProfilePlan> {
        let _ = (current, desired);
        Err(Error::unsupported("profile_plan"))
    }

    /// Carries out a plan, each call once, and stops at the first failure.
    ///
    /// # Errors
    /// The failed call's; its context `calls_made` says how many calls had been made, and `applied` which properties they set.
    async fn profile_apply(&self, plan: &ProfilePlan) -> Result<()> {
        let _ = plan;
        Err(Error::unsupported("profile_apply"))
    }

    /// Checks credentials and permissions with the provider.
    ///
    /// # Errors
    /// Only when the check itself could not be made; what it found stands in the status.
    async fn connection_check(&self) -> Result<ConnectionStatus> {
        Err(Error::unsupported("connection_check"))
    }

    /// Asks the provider to send this channel's webhooks.
    ///
    /// # Errors
    /// Classified as for [`send`](Self::send).
    async fn connection_subscribe(&self) -> Result<()> {
        Err(Error::unsupported("connection_subscribe"))
    }

    /// Asks the provider to stop.
    ///
    /// # Errors
    /// Classified as for [`send`](Self::send).
    async fn connection_unsubscribe(&self) -> Result<()> {
        Err(Error::unsupported("connection_unsubscribe"))
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<T: ChannelAdapter + ?Sized> ChannelAdapter for Arc<T> {
    fn channel_type(&self) -> &'static str {
        (**self).channel_type()
    }

    fn channel_id(&self) -> &ChannelId {
        (**self).channel_id()
    }

    fn capabilities(&self) -> &Capabilities {
        (**self).capabilities()
    }

    fn challenge(&self, subscription: &Subscription) -> Result<String> {
        (**self).challenge(subscription)
    }

    fn verify(&self, delivery: &Delivery<'_>) -> Result<()> {
        (**self).verify(delivery)
    }

    fn normalize(&self, delivery: &Verified<'_>) -> Result<Vec<Event>> {
        (**self).normalize(delivery)
    }

    fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized> {
        (**self).denormalize(message)
    }

    async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        (**self).send(request).await
    }

    async fn send_batch(&self, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
        (**self).send_batch(requests).await
    }

    async fn upload(&self, media: Upload) -> Result<Uploaded> {
        (**self).upload(media).await
    }

    fn operations(&self) -> &'static [Operation] {
        (**self).operations()
    }

    async fn perform(&self, name: &str, input: &Value) -> Result<Performed> {
        (**self).perform(name, input).await
    }

    async fn user_profile(&self, person: &str) -> Result<UserProfile> {
        (**self).user_profile(person).await
    }

    async fn profile_read(&self) -> Result<Profile> {
        (**self).profile_read().await
    }

    fn profile_plan(&self, current: &Profile, desired: &Profile) -> Result<ProfilePlan> {
        (**self).profile_plan(current, desired)
    }

    async fn profile_apply(&self, plan: &ProfilePlan) -> Result<()> {
        (**self).profile_apply(plan).await
    }

    async fn connection_check(&self) -> Result<ConnectionStatus> {
        (**self).connection_check().await
    }

    async fn connection_subscribe(&self) -> Result<()> {
        (**self).connection_subscribe().await
    }

    async fn connection_unsubscribe(&self) -> Result<()> {
        (**self).connection_unsubscribe().await
    }
}
