use channel_api::Error;
use jiff::Timestamp;
use serde_json::Value;

use crate::store::{Outcome, Status, StoreError};
use crate::threads::OtherOwner;

/// What became of a message: sent whole, in part or, where the provider did not take it, not at all.
#[derive(Debug)]
pub(crate) struct Sent {
    /// The host's id of it, if it is kept.
    pub(crate) id: Option<String>,
    pub(crate) channel_id: String,
    /// Whom it was for, as its author wrote that.
    pub(crate) to: Value,
    pub(crate) outcome: Outcome,
    /// It was sent earlier, under the same key.
    pub(crate) replayed: bool,
    /// Who answers the person, where the provider refused the message because somebody else does.
    pub(crate) other_owner: Option<OtherOwner>,
}

/// Why a message did not get as far as the provider. `Display` is a sentence about it.
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
    /// It was begun earlier, and nobody knows how that ended.
    #[error("this message may have been sent already")]
    MayHaveBeenSent {
        /// The host's id of it.
        id: String,
        /// Whether its calls are being made now.
        status: Status,
        /// Since when, to the millisecond.
        since: Timestamp,
    },
    /// The outbox failed before the message was begun.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The outbox failed to say whether the message may be begun, so its calls were not made. Its key may be in use now.
    #[error(transparent)]
    NoLeave(StoreError),
    /// The task that sends has died.
    #[error("sending failed inside the host")]
    Lost,
}

impl NotSent {
    /// What to do next.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(error) => error.hint().map(str::to_owned),
            Self::UnknownChannel { known } => Some(format!("`channelId` is one of: {known}")),
            Self::KeyReused => Some("use a new key for each message".to_owned()),
            Self::MayHaveBeenSent { status: Status::Begun, .. } => {
                Some("it is being sent at this moment: ask for it by its id, or with the same key again".to_owned())
            }
            Self::MayHaveBeenSent { .. } => Some(
                "it was begun and its outcome is not known; look for its echo, and use a new key to send it again"
                    .to_owned(),
            ),
            Self::Store(error) if error.is_temporary() => {
                Some("nothing was sent by this request; make it again in a moment".to_owned())
            }
            Self::NoLeave(error) if error.is_temporary() => Some(
                "nothing was sent by this request; make it again in a moment, and with a new key if it is then said to \
                 have been begun"
                    .to_owned(),
            ),
            Self::Store(_) | Self::NoLeave(_) => None,
            Self::Lost => Some("the message may have been sent; look at its echo before sending it again".to_owned()),
        }
    }
}
