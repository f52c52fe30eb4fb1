//! What some channels can do and others cannot: each a trait that an adapter hands out, or does not.
//!
//! What is handed out says what the channel's **type** can do; there is no flag beside it that could disagree. A channel that
//! is built offline hands out the same: its calls answer that there is no account.

use async_trait::async_trait;
use serde_json::Value;

use crate::connection::{ConnectionStatus, Subscribed, UserProfile};
use crate::media::{ByteRange, Download, MediaRef, Upload, Uploaded};
use crate::operation::{Operation, Performed};
use crate::profile::{Profile, ProfilePlan};
use crate::window::{Judgement, Opening};
use crate::{Error, Event, OutboundMessage, Result, Said, Subscription, Timestamp};

/// A facet that is needed for something.
///
/// # Errors
/// [`Unsupported`](crate::ErrorKind::Unsupported) where the channel does not hand it out.
pub fn required<T>(facet: Option<T>, operation: &'static str) -> Result<T> {
    facet.ok_or_else(|| Error::unsupported(operation))
}

/// The provider confirms the webhook's address by a handshake before it delivers.
pub trait Handshake: Send + Sync {
    /// Answers the handshake: the text to reply with.
    ///
    /// # Errors
    /// [`Unauthenticated`](crate::ErrorKind::Unauthenticated) for a wrong, empty, repeated or missing token or mode. The error
    /// does not say what would have been right.
    fn challenge(&self, subscription: &Subscription) -> Result<String>;
}

/// The channel has a face before anybody has written: greeting, menu, commands.
#[async_trait]
pub trait ProfileHooks: Send + Sync {
    /// Reads the profile.
    ///
    /// # Errors
    /// Classified as for [`send`](crate::ChannelAdapter::send).
    async fn read(&self) -> Result<Profile>;

    /// Judges what can be seen in `desired` alone, so that no call is spent on a document that cannot be. Pure.
    ///
    /// # Errors
    /// [`InvalidMessage`](crate::ErrorKind::InvalidMessage) with all that is wrong with `desired`, whatever the profile is now.
    fn judge(&self, desired: &Profile) -> Result<()> {
        let _ = desired;
        Ok(())
    }

    /// Works out how to come from `current` to `desired`. Pure.
    ///
    /// # Errors
    /// [`InvalidMessage`](crate::ErrorKind::InvalidMessage) with all that is wrong with `desired`.
    fn plan(&self, current: &Profile, desired: &Profile) -> Result<ProfilePlan>;

    /// Carries out a plan, each call once, and stops at the first failure.
    ///
    /// # Errors
    /// The failed call's; its context `calls_made` says how many calls had been made, and `applied` which properties they set.
    async fn apply(&self, plan: &ProfilePlan) -> Result<()>;
}

/// The provider says how it stands with our credentials, and is told where to deliver.
///
/// `webhook` is the public address to which the provider shall deliver; `None` where the host does not know it. A provider
/// that has the address from elsewhere needs none.
#[async_trait]
pub trait Connection: Send + Sync {
    /// Checks credentials, permissions and subscription with the provider.
    ///
    /// # Errors
    /// Only when the check itself could not be made; what it found stands in the status.
    async fn check(&self, webhook: Option<&str>) -> Result<ConnectionStatus>;

    /// Asks the provider to send this channel's webhooks, and takes nothing away that it sends already. What the provider does
    /// not take of a list is left out of it and told of; the rest is asked for all the same.
    ///
    /// # Errors
    /// Classified as for [`send`](crate::ChannelAdapter::send), also where the provider takes nothing of it and sends nothing;
    /// [`Config`](crate::ErrorKind::Config) where the provider has to be told the address and there is none.
    async fn subscribe(&self, webhook: Option<&str>) -> Result<Subscribed>;

    /// Whether a host that found this on its own, on a schedule, may [subscribe](Self::subscribe) again without being asked.
    /// Pure. Not where the provider delivers to another host: whoever set that may have meant it.
    fn may_mend(&self, found: &ConnectionStatus) -> bool {
        let elsewhere = found.webhook.as_ref().is_some_and(|webhook| webhook.is_here == Some(false));
        found.can_be_repaired() && !elsewhere
    }

    /// Asks the provider to stop.
    ///
    /// # Errors
    /// Classified as for [`send`](crate::ChannelAdapter::send).
    async fn unsubscribe(&self) -> Result<()>;
}

/// The provider keeps media, to be sent by id.
#[async_trait]
pub trait MediaUpload: Send + Sync {
    /// Gives the provider something to keep. Made once.
    ///
    /// # Errors
    /// Classified as for [`send`](crate::ChannelAdapter::send).
    async fn upload(&self, media: Upload) -> Result<Uploaded>;
}

/// What people sent can be fetched.
#[async_trait]
pub trait MediaDownload: Send + Sync {
    /// Finds what a message refers to: a fresh address where the old one has ended, or the bytes where an address would carry a
    /// secret. `range` asks for a part of the bytes; it counts only where bytes are answered.
    ///
    /// # Errors
    /// Classified as for [`send`](crate::ChannelAdapter::send); [`Rejected`](crate::ErrorKind::Rejected) when it is gone.
    async fn download(&self, media: &MediaRef, range: Option<ByteRange>) -> Result<Download>;
}

/// The provider tells who a person is.
#[async_trait]
pub trait People: Send + Sync {
    /// Looks up a person's name and picture.
    ///
    /// # Errors
    /// Classified as for [`send`](crate::ChannelAdapter::send).
    async fn look_up(&self, person: &str) -> Result<UserProfile>;

    /// What was said last with a person, the newest first, as far as the provider shows it: by it a host finds out whether a message
    /// went whose call got no answer.
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported) where the provider shows none of it; else classified as for
    /// [`send`](crate::ChannelAdapter::send).
    async fn last_messages(&self, person: &str) -> Result<Vec<Said>> {
        let _ = person;
        Err(Error::unsupported("last_messages"))
    }
}

/// What this channel can do beyond messages, described by schema.
#[async_trait]
pub trait Operations: Send + Sync {
    /// All of it.
    fn list(&self) -> &'static [Operation];

    /// Performs one of them, each of its calls once.
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported) for one that is not listed;
    /// [`InvalidMessage`](crate::ErrorKind::InvalidMessage) with **all** that is wrong with the input, before any call; else as
    /// for [`send`](crate::ChannelAdapter::send).
    async fn perform(&self, name: &str, input: &Value) -> Result<Performed>;

    /// The profile that an operation asks for, where setting up the profile is all that it does. A host applies it as it
    /// applies any profile, under its own lock, and does not call [`perform`](Self::perform).
    fn desired(&self, name: &str, input: &Value) -> Option<Result<Profile>> {
        let _ = (name, input);
        None
    }
}

/// People may be written to for some time after they wrote.
pub trait Window: Send + Sync {
    /// Whether an event opens the window, and how.
    fn opened_by(&self, event: &Event) -> Option<Opening>;

    /// When an opening ends: until then any message may be sent to the person as it is, and from then on [`judge`](Self::judge)
    /// decides. `None` where that is not known. Pure.
    fn ends_at(&self, opening: &Opening) -> Option<Timestamp>;

    /// Whether a message may be sent, given an opening that the host knows of. Pure.
    fn judge(&self, message: &OutboundMessage, opening: Option<&Opening>, now: Timestamp) -> Judgement;
}
