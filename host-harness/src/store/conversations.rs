//! Who answers a person, when they were last heard of, whether they can be reached, and what they may answer by number.

use std::fmt;

use async_trait::async_trait;
use channel_api::event::name::{CONTACT_UNAVAILABLE, CONTACT_UPDATED, MESSAGE_STATUS};
use channel_api::{Choice, Opening, ThreadOwner};
use jiff::Timestamp;
use serde::Deserialize;

use super::StoreError;

/// Remembers who answers whom and who cannot be reached, as far as the host has heard of it.
#[async_trait]
pub trait Conversations: fmt::Debug + Send + Sync {
    /// What the host has heard of a person's conversation.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn known(&self, channel_id: &str, person: &str) -> Result<Known, StoreError>;

    /// Writes down who answers from `owned.since` on, unless something of that moment or later is known: what is told late was
    /// true earlier, and what is told again is no news. It waits for room rather than be [`StoreError::Busy`]: the hand-over has
    /// happened.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] when the channel or the person is empty; [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn set_owner(&self, channel_id: &str, person: &str, owned: Owned) -> Result<(), StoreError>;

    /// When the last message of either side was stored; a tap is a message.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn last_message(&self, channel_id: &str, person: &str) -> Result<Option<Timestamp>, StoreError>;

    /// The event of this person that happened last, by the provider's clock, among the last [`RECENT`] that were stored.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn newest(&self, channel_id: &str, person: &str) -> Result<Option<Newest>, StoreError>;

    /// Of what is [known](Self::known), why this person cannot be reached.
    ///
    /// # Errors
    ///
    /// As [`known`](Self::known).
    async fn unavailable(&self, channel_id: &str, person: &str) -> Result<Option<Unavailable>, StoreError> {
        Ok(self.known(channel_id, person).await?.unavailable)
    }

    /// Writes down that a person cannot be reached, and answers with what stands: what was written down first, until
    /// [`set_available`](Self::set_available) takes it away. It waits for room rather than be [`StoreError::Busy`].
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] when the channel or the person is empty; [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn set_unavailable(
        &self,
        channel_id: &str,
        person: &str,
        unavailable: Unavailable,
    ) -> Result<Unavailable, StoreError>;

    /// Takes away what was written down of that moment or before: a person was heard from, or reached, then.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn set_available(&self, channel_id: &str, person: &str, at: Timestamp) -> Result<(), StoreError>;

    /// Forgets at most so many of what was written down of a moment before this one, and tells how many those were.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// Forgets all about a person. What was so until [`EventLog::erase`](super::EventLog::erase) erased them is not written down any more.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError>;

    /// What a person may answer by number.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn choices(&self, channel_id: &str, person: &str) -> Result<Option<Offered>, StoreError>;

    /// Writes down what a person may answer by number from `offered.since` on, in place of what they might before, unless
    /// something later is known; where nothing is offered, that is taken away. It waits for room rather than be
    /// [`StoreError::Busy`]: the person has the message.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] when the channel or the person is empty; [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn set_choices(&self, channel_id: &str, person: &str, offered: Offered) -> Result<(), StoreError>;
}

/// What was heard of a person's conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Who answers this person, as it was last heard.
    pub owner: Option<Owned>,
    /// How the window of this person was opened: of each kind the last, by the provider's clock and whatever came last, and the
    /// newest first. None where nothing is known.
    pub openings: Vec<Opening>,
    /// Why a person cannot be reached, where that is known.
    pub unavailable: Option<Unavailable>,
}

/// Among how many events of a person [`Conversations::newest`] looks.
pub const RECENT: u8 = 50;

/// What happened last in a conversation, of all that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newest {
    /// The event's id.
    pub id: String,
    /// When it happened by the provider's clock, and never after it was stored.
    pub at: channel_api::Timestamp,
}

impl Newest {
    /// The last of these to have happened: name, id and data of each, and when it was stored, in milliseconds since 1970. What
    /// the host says of a person itself happens by another clock.
    pub(super) fn of<'a>(events: impl Iterator<Item = (&'a str, &'a str, &'a str, i64)>) -> Option<Self> {
        #[derive(Deserialize)]
        struct Data {
            timestamp: Option<channel_api::Timestamp>,
        }
        let ours = |name: &str| [CONTACT_UPDATED, CONTACT_UNAVAILABLE, MESSAGE_STATUS].contains(&name);
        let happened = events.filter(|(name, ..)| !ours(name)).filter_map(|(_, id, data, stored)| {
            let at = serde_json::from_str::<Data>(data).ok()?.timestamp?;
            let stored = channel_api::Timestamp::from_millis(stored)?;
            Some(Self { id: id.to_owned(), at: at.min(stored) })
        });
        // Of those that happened at once, the one that was stored first.
        happened.max_by_key(|newest| newest.at)
    }
}

/// Why a person cannot be reached, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable {
    /// The failure's stable code.
    pub code: String,
    /// When that was first told, to the millisecond.
    pub since: Timestamp,
}

/// Who answers a person, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// Who answers.
    pub owner: ThreadOwner,
    /// When that began, to the millisecond.
    pub since: Timestamp,
}

/// What a person may answer by number, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The first is `1`.
    pub choices: Vec<Choice>,
    /// When the message with them was sent, to the millisecond.
    pub since: Timestamp,
}
