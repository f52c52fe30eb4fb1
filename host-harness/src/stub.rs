//! A channel for tests: it answers as it is told, and counts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use channel_api::{
    Capabilities, ChannelAdapter, ChannelId, Delivery, Denormalized, Error, ErrorKind, Event, MediaSource,
    OutboundMessage, ProviderRequest, Receipt, Result, Subscription, Upload, Uploaded, UserProfile, Verified,
};
use futures::StreamExt as _;
use tokio::sync::Notify;

/// A channel that keeps uploads and knows one person.
#[derive(Debug)]
pub(crate) struct Stub {
    pub(crate) id: ChannelId,
    pub(crate) capabilities: Capabilities,
    pub(crate) uploads: AtomicUsize,
    pub(crate) lookups: AtomicUsize,
    pub(crate) expires_in: Option<Duration>,
    /// What a look-up answers.
    pub(crate) profile: std::result::Result<UserProfile, ErrorKind>,
    /// Look-ups and uploads wait for this, if it is there.
    pub(crate) gate: Option<Notify>,
}

impl Default for Stub {
    fn default() -> Self {
        let capabilities = Capabilities { user_profiles: true, uploads: true, ..Capabilities::default() };
        Self {
            id: ChannelId::new("ch_facebook_123"),
            capabilities,
            uploads: AtomicUsize::new(0),
            lookups: AtomicUsize::new(0),
            expires_in: None,
            profile: Ok(UserProfile::default()),
            gate: None,
        }
    }
}

impl Stub {
    async fn wait(&self) {
        if let Some(gate) = &self.gate {
            gate.notified().await;
        }
    }
}

#[async_trait]
impl ChannelAdapter for Stub {
    fn channel_type(&self) -> &'static str {
        "stub"
    }

    fn channel_id(&self) -> &ChannelId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn challenge(&self, _: &Subscription) -> Result<String> {
        Err(Error::unsupported("challenge"))
    }

    fn verify(&self, _: &Delivery<'_>) -> Result<()> {
        Err(Error::unsupported("verify"))
    }

    fn normalize(&self, _: &Verified<'_>) -> Result<Vec<Event>> {
        Err(Error::unsupported("normalize"))
    }

    fn denormalize(&self, _: &OutboundMessage) -> Result<Denormalized> {
        Err(Error::unsupported("denormalize"))
    }

    async fn send(&self, _: &ProviderRequest) -> Result<Receipt> {
        Err(Error::unsupported("send"))
    }

    async fn upload(&self, media: Upload) -> Result<Uploaded> {
        let number = self.uploads.fetch_add(1, Ordering::SeqCst) + 1;
        self.wait().await;
        if let MediaSource::File { length, mut bytes, .. } = media.source {
            let mut seen = 0;
            while let Some(chunk) = bytes.next().await {
                seen += chunk.map_err(|_| Error::new(ErrorKind::Unexpected, "stub", "unreadable"))?.len() as u64;
            }
            assert_eq!(seen, length);
        }
        Ok(Uploaded { attachment_id: format!("a-{number}"), expires_in: self.expires_in })
    }

    async fn user_profile(&self, _: &str) -> Result<UserProfile> {
        self.lookups.fetch_add(1, Ordering::SeqCst);
        self.wait().await;
        self.profile.clone().map_err(|kind| Error::new(kind, format!("stub.{}", kind.as_str()), "no profile"))
    }
}
