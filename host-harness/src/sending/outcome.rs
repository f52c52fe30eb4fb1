use channel_api::Error;
use serde_json::Value;

use super::Wait;
use crate::store::{Outcome, Status, StoreError};
use crate::threads::OtherOwner;

/// What is known of a message, or of a sign.
#[derive(Debug)]
pub(crate) struct Sent {
    /// The host's id of it, if it is kept.
    pub(crate) id: Option<String>,
    pub(crate) channel_id: String,
    /// Whom it was for, as its author wrote that.
    pub(crate) to: Value,
    /// Its author's name for it.
    pub(crate) reference: Option<String>,
    pub(crate) status: Status,
    /// What is known of its parts so far.
    pub(crate) outcome: Outcome,
    /// Why it waits, where something holds it.
    pub(crate) wait: Option<Wait>,
    /// It was given earlier, under the same key.
    pub(crate) replayed: bool,
    /// Who answers the person, where the provider refused the message because somebody else does.
    pub(crate) other_owner: Option<OtherOwner>,
}

/// Why a message was not accepted. `Display` is a sentence about it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotSent {
    /// It breaks a rule, or cannot be translated.
    #[error(transparent)]
    Refused(#[from] Error),
    /// It names a channel that is not here.
    #[error("there is no such channel here")]
    UnknownChannel {
        /// The ids of those that are here, in a sentence.
        known: String,
    },
    /// Its key belongs to a message that says something else.
    #[error("this idempotency key belongs to another message")]
    KeyReused,
    /// Its key belongs to a message that was erased, or is too old to be kept.
    #[error("the message that this idempotency key belongs to is not kept any more")]
    Gone,
    /// Too many messages wait.
    #[error("{most} messages wait to be sent already")]
    Full {
        /// How many may wait.
        most: usize,
    },
    /// The outbox failed to take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// So it was with those that were to be stored together with it.
    #[error("the event store could not take the messages that were given together")]
    NotStored,
    /// The task that accepts has died.
    #[error("accepting the message failed inside the host")]
    Lost,
}

impl NotSent {
    /// The same for another message that was to be stored together with this one.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Full { most } => Self::Full { most: *most },
            _ => Self::NotStored,
        }
    }

    /// What to do next.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(error) => error.hint().map(str::to_owned),
            Self::UnknownChannel { known } => Some(format!("`channelId` is one of: {known}")),
            Self::KeyReused => Some("use a new key for each message".to_owned()),
            Self::Gone => Some("it was dealt with and is not sent again; use a new key for a new message".to_owned()),
            Self::Full { .. } => {
                Some("nothing was stored; give it again later, and look at what holds the others up".to_owned())
            }
            Self::Store(error) if error.is_temporary() => {
                Some("whether it was stored is not known; give it again in a moment, with the same key".to_owned())
            }
            Self::NotStored => {
                Some("whether it was stored is not known; give it again in a moment, with the same key".to_owned())
            }
            Self::Store(_) => None,
            Self::Lost => Some("whether it was stored is not known; look for it before giving it again".to_owned()),
        }
    }
}
