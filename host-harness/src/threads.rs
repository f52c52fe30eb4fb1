//! Who answers a person: this channel, another app of the account, or nobody in particular.
//!
//! The host knows it from hearsay: from events that say so (see [`ingest`](mod@crate::ingest)), from messages that hand a conversation over, and from operations. The provider decides; what
//! stands here explains.

use std::fmt;
use std::sync::Arc;

use channel_api::ThreadOwner;
use channel_api::operation::Thread;
use jiff::Timestamp;

use crate::store::{Conversations, Owned};

/// What the host knows of who answers whom.
#[derive(Clone, Debug)]
pub struct Threads {
    conversations: Arc<dyn Conversations>,
}

impl Threads {
    pub(crate) fn new(conversations: Arc<dyn Conversations>) -> Self {
        Self { conversations }
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

    /// What was last heard of who answers this person; `None` also when the store fails.
    pub async fn owner(&self, channel_id: &str, person: &str) -> Option<Owned> {
        self.conversations.owner(channel_id, person).await.unwrap_or_else(|error| {
            tracing::warn!(%error, channel_id, "who answers could not be looked up");
            None
        })
    }

    /// Who answers this person, if that was another app when the host last heard of it.
    pub async fn other_owner(&self, channel_id: &str, person: &str) -> Option<OtherOwner> {
        match self.owner(channel_id, person).await? {
            Owned { owner: ThreadOwner::App(app), since } => Some(OtherOwner { app, since }),
            _ => None,
        }
    }

    /// When the last message of either side was stored.
    pub async fn last_message(&self, channel_id: &str, person: &str) -> Option<Timestamp> {
        self.conversations.last_message(channel_id, person).await.ok().flatten()
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

impl fmt::Display for OtherOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.since.strftime("%Y-%m-%d %H:%M:%S UTC");
        write!(f, "as far as this host knows, the app {} has answered this person since {since}", self.app)
    }
}
