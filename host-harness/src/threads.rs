//! Who answers a person: this channel, another app of the account, or nobody in particular; whether they can be reached; how they
//! opened the window in which they may be written to; and what they may answer by number.
//!
//! The host knows it from hearsay: from events that say so (see [`ingest`](mod@crate::ingest)), from messages that hand a
//! conversation over, and from operations. The provider decides; what stands here explains.

use std::fmt;
use std::sync::Arc;

use channel_api::event::name::CONTACT_UNAVAILABLE;
use channel_api::operation::Thread;
use channel_api::{Action, ChannelAdapter, Choice, Error, ErrorKind, Event, EventBody, Identity, ThreadOwner};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::store::{Conversations, EventLog, Known, NewEvent, Offered, Owned, StoreError, Unavailable};

/// What the host knows of who answers whom, and of who cannot be reached.
#[derive(Clone, Debug)]
pub struct Threads {
    conversations: Arc<dyn Conversations>,
    events: Arc<dyn EventLog>,
}

impl Threads {
    pub(crate) fn new(conversations: Arc<dyn Conversations>, events: Arc<dyn EventLog>) -> Self {
        Self { conversations, events }
    }

    /// A conversation was handed over by a call of ours that began at `since`. The call's beginning is what counts: whatever
    /// the provider tells about the time after it is newer.
    pub async fn changed_at(&self, channel_id: &str, thread: &Thread, since: Timestamp) {
        if thread.person.is_empty() {
            return;
        }
        let owned = Owned { owner: thread.owner.clone(), since };
        if let Err(error) = self.conversations.set_owner(channel_id, &thread.person, owned).await {
            // The hand-over stands at the provider. What is known here is a day old at most before it lapses there.
            tracing::warn!(%error, channel_id, "who answers now was not written down");
        }
    }

    /// What was heard of this person's conversation; nothing also when the store fails.
    pub async fn known(&self, channel_id: &str, person: &str) -> Known {
        self.conversations.known(channel_id, person).await.unwrap_or_else(|error| {
            tracing::warn!(%error, channel_id, "what is known of a person could not be looked up");
            Known::default()
        })
    }

    /// Whose conversation a message stands in that the provider knows by this id.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn person_of(
        &self,
        adapter: &dyn ChannelAdapter,
        message_id: &str,
    ) -> Result<Option<String>, StoreError> {
        self.events.person_of(adapter.channel_id().as_str(), adapter.told_by(message_id)).await
    }

    /// When the last message of either side was stored.
    pub async fn last_message(&self, channel_id: &str, person: &str) -> Option<Timestamp> {
        self.conversations.last_message(channel_id, person).await.ok().flatten()
    }

    /// A message to this person failed by a call that began at `began`. If they cannot be reached until they write, that is
    /// written down and told, once until then.
    pub(crate) async fn failed(&self, adapter: &dyn ChannelAdapter, person: &str, error: &Error, began: Timestamp) {
        let until_they_write = error.action() == Some(Action::WaitForPerson);
        if error.kind() != ErrorKind::RecipientUnavailable || !until_they_write || person.is_empty() {
            return;
        }
        let unavailable = Unavailable { code: error.code().to_owned(), since: began };
        if let Err(error) = self.tell(adapter, person, unavailable).await {
            let channel_id = adapter.channel_id().as_str();
            tracing::warn!(%error, channel_id, "that a person cannot be reached was not written down");
        }
    }

    /// Written down, then told, by an id that is the same each time: what a crash left untold is told with the next failure.
    async fn tell(
        &self,
        adapter: &dyn ChannelAdapter,
        person: &str,
        unavailable: Unavailable,
    ) -> Result<(), StoreError> {
        let channel_id = adapter.channel_id().as_str();
        let Unavailable { code, since } = self.conversations.set_unavailable(channel_id, person, unavailable).await?;
        let once = Sha256::new()
            .chain_update(person)
            .chain_update([0])
            .chain_update(since.as_millisecond().to_be_bytes())
            .finalize();
        let body = EventBody::Fields([("code", code)].into_iter().collect());
        let mut event = Event::new(CONTACT_UNAVAILABLE, adapter.channel_id().clone(), adapter.channel_type(), body);
        event.from = Some(person.to_owned());
        event.timestamp = channel_api::Timestamp::from_millis(since.as_millisecond());
        let identity = Identity::Own(format!("unavailable_{}", hex::encode(&once[..16])));
        let event = NewEvent::of(event, identity, Some(person.to_owned()));
        // A few strings are always JSON.
        self.events.append(event.into_iter().collect()).await.map(drop)
    }

    /// A message with these choices went to this person by a call that began at `since`. Whatever it is, it ends those before it,
    /// as it does with what a person could tap.
    pub(crate) async fn offered(&self, channel_id: &str, person: &str, choices: Vec<Choice>, since: Timestamp) {
        let written = async {
            // Hardly any message has choices, and to look costs less than to write.
            if choices.is_empty() && self.conversations.choices(channel_id, person).await?.is_none() {
                return Ok(());
            }
            self.conversations.set_choices(channel_id, person, Offered { choices, since }).await
        };
        if let Err(error) = written.await {
            tracing::warn!(%error, channel_id, "what a person may answer by number was not written down");
        }
    }

    /// A message reached this person by a call that began at `began`, so what was known before is past.
    pub(crate) async fn reached(&self, channel_id: &str, person: &str, began: Timestamp) {
        if let Err(error) = self.conversations.set_available(channel_id, person, began).await {
            tracing::warn!(%error, channel_id, "that a person can be reached was not written down");
        }
    }
}

/// Another app that answers a person. `Display` is a sentence about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherOwner {
    /// The app, by the provider's id.
    pub app: String,
    /// Since when.
    pub since: Timestamp,
}

impl OtherOwner {
    /// Who answers this person, if that was another app when the host last heard of it.
    pub fn of(known: Known) -> Option<Self> {
        match known.owner? {
            Owned { owner: ThreadOwner::App(app), since } => Some(Self { app, since }),
            _ => None,
        }
    }
}

impl fmt::Display for OtherOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.since.strftime("%Y-%m-%d %H:%M:%S UTC");
        write!(f, "as far as this host knows, the app {} has answered this person since {since}", self.app)
    }
}
