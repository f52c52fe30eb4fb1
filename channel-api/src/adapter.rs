//! [`ChannelAdapter`]: the contract.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::facets::{Connection, Handshake, MediaDownload, MediaUpload, Operations, People, ProfileHooks, Window};
use crate::{
    Capabilities, ChannelId, Delivery, Denormalized, OutboundMessage, Proof, ProviderRequest, Receipt, Received,
    Result, Token, Verified, VerifierId, WebhookReply,
};

/// One configured channel: a Page, a phone number, an inbox.
///
/// This is the whole contract between a host and a channel; [`spec`](crate::spec) holds the rules by number. In short: an
/// adapter verifies, translates, validates, sends once and classifies what came back. It never sleeps, retries, stores or
/// logs anybody's words. The host owns all that lasts or waits.
///
/// What every channel does stands here; what only some can do is handed out as a [facet](crate::facets).
///
/// `verify`, `normalize`, `denormalize`, `stamp` and `reply` are pure and quick: they may be called on an executor's thread for
/// every request. Conveniences stand in [`ChannelAdapterExt`](crate::ChannelAdapterExt), so that a wrapper has only these
/// methods to forward; it should do so under `#[deny(clippy::missing_trait_methods)]`.
#[async_trait]
pub trait ChannelAdapter: fmt::Debug + Send + Sync + 'static {
    /// The channel's type, as registered: `facebook`.
    fn channel_type(&self) -> &'static str;

    /// The channel's id at the host.
    fn channel_id(&self) -> &ChannelId;

    /// The provider's ids of the accounts that are this channel's, as they stand in deliveries. Empty where deliveries name no
    /// account, and for a channel that was built offline.
    fn accounts(&self) -> &[String];

    /// What this channel can do.
    fn capabilities(&self) -> &Capabilities;

    /// With what it verifies. Two channels with equal secrets have the same, so that a delivery is checked once for both.
    fn verifier(&self) -> VerifierId;

    /// Checks who sent a delivery, over the untouched bytes, in constant time. Called through [`Delivery::verify`].
    ///
    /// # Errors
    /// [`Unauthenticated`](crate::ErrorKind::Unauthenticated); it holds neither the secret nor the expected signature.
    fn verify(&self, delivery: &Delivery<'_>) -> Result<Proof>;

    /// Translates a delivery into events, in its order. What is not understood becomes an
    /// [`Unknown`](crate::EventBody::Unknown) event with its JSON; it costs its neighbours nothing. What concerns an account
    /// among [`Verified::others`] is left to the channel that has it.
    ///
    /// # Errors
    /// [`MalformedWebhook`](crate::ErrorKind::MalformedWebhook) when the body as a whole is no webhook.
    fn normalize(&self, delivery: &Verified<'_>) -> Result<Vec<Received>>;

    /// Translates a message into the calls that deliver it. Called through
    /// [`translate`](crate::ChannelAdapterExt::translate), which refuses what the channel does not declare.
    ///
    /// # Errors
    /// [`InvalidMessage`](crate::ErrorKind::InvalidMessage) with **all** the reasons, each with a JSON pointer.
    fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized>;

    /// Writes a token into a call, so that the provider's copy of the message brings it back as
    /// [`Received::correlation`]. Pure, and made once for each call; the host stores the token before the call is made. False
    /// where the call cannot carry one, or carries something of the author's in that place: it is then left as it was.
    fn stamp(&self, request: &mut ProviderRequest, token: &Token) -> bool {
        let _ = (request, token);
        false
    }

    /// The ids of the events by which a message is told that the provider knows by this id, whoever has written it: each that there
    /// may be. By them a host finds out whose conversation it stands in. None where the channel's messages are not told so.
    fn told_by(&self, message_id: &str) -> Vec<String> {
        let _ = message_id;
        Vec::new()
    }

    /// Makes one call, once.
    ///
    /// # Errors
    /// Classified by what the provider answered. [`Error::retry`](crate::Error::retry) says whether the call may have taken
    /// effect.
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

    /// What the provider is answered once a delivery is stored. Nothing but a 200, for most.
    fn reply(&self, delivery: &Verified<'_>) -> WebhookReply {
        let _ = delivery;
        WebhookReply::default()
    }

    /// The provider confirms the webhook's address by a handshake.
    fn handshake(&self) -> Option<&dyn Handshake> {
        None
    }

    /// The channel has a face to set up.
    fn profile(&self) -> Option<&dyn ProfileHooks> {
        None
    }

    /// The provider can be asked about the connection.
    fn connection(&self) -> Option<&dyn Connection> {
        None
    }

    /// Media can be uploaded and sent by id.
    fn media_up(&self) -> Option<&dyn MediaUpload> {
        None
    }

    /// What people sent has to be asked for. Where there is none, the address in the message is all that there is.
    fn media_down(&self) -> Option<&dyn MediaDownload> {
        None
    }

    /// The provider tells who a person is.
    fn people(&self) -> Option<&dyn People> {
        None
    }

    /// There is more that this channel can do.
    fn operations(&self) -> Option<&dyn Operations> {
        None
    }

    /// A person may be written to for some time only.
    fn window(&self) -> Option<&dyn Window> {
        None
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

    fn accounts(&self) -> &[String] {
        (**self).accounts()
    }

    fn capabilities(&self) -> &Capabilities {
        (**self).capabilities()
    }

    fn verifier(&self) -> VerifierId {
        (**self).verifier()
    }

    fn verify(&self, delivery: &Delivery<'_>) -> Result<Proof> {
        (**self).verify(delivery)
    }

    fn normalize(&self, delivery: &Verified<'_>) -> Result<Vec<Received>> {
        (**self).normalize(delivery)
    }

    fn denormalize(&self, message: &OutboundMessage) -> Result<Denormalized> {
        (**self).denormalize(message)
    }

    fn stamp(&self, request: &mut ProviderRequest, token: &Token) -> bool {
        (**self).stamp(request, token)
    }

    fn told_by(&self, message_id: &str) -> Vec<String> {
        (**self).told_by(message_id)
    }

    async fn send(&self, request: &ProviderRequest) -> Result<Receipt> {
        (**self).send(request).await
    }

    async fn send_batch(&self, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
        (**self).send_batch(requests).await
    }

    fn reply(&self, delivery: &Verified<'_>) -> WebhookReply {
        (**self).reply(delivery)
    }

    fn handshake(&self) -> Option<&dyn Handshake> {
        (**self).handshake()
    }

    fn profile(&self) -> Option<&dyn ProfileHooks> {
        (**self).profile()
    }

    fn connection(&self) -> Option<&dyn Connection> {
        (**self).connection()
    }

    fn media_up(&self) -> Option<&dyn MediaUpload> {
        (**self).media_up()
    }

    fn media_down(&self) -> Option<&dyn MediaDownload> {
        (**self).media_down()
    }

    fn people(&self) -> Option<&dyn People> {
        (**self).people()
    }

    fn operations(&self) -> Option<&dyn Operations> {
        (**self).operations()
    }

    fn window(&self) -> Option<&dyn Window> {
        (**self).window()
    }
}
