//! A message on its way out, and how far it has come.

use std::fmt;

use channel_api::{Error, Issue, Receipt, Retry};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What became of a message.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// The provider's word for each part that it has taken, in their order.
    pub receipts: Vec<Receipt>,
    /// Of how many parts the message is.
    pub parts: usize,
    /// Why the part after the last receipt was not taken; `None` when all were.
    pub failure: Option<Error>,
    /// What the author should know even so.
    pub warnings: Vec<Issue>,
}

/// A message that is to be kept.
#[derive(Clone)]
pub struct NewMessage {
    /// The host's id.
    pub id: String,
    /// The channel.
    pub channel_id: String,
    /// Whom it is for, where that is one known person.
    pub person: Option<String>,
    /// What its author names it by within the channel.
    pub key: Option<String>,
    /// A SHA-256 of the message as its author wrote it, by which a key that is used twice for different messages is found out.
    pub fingerprint: [u8; 32],
    /// The message, as its author wrote it.
    pub json: Box<RawValue>,
    /// The author's name for it, which comes back in all that is told of it.
    pub reference: Option<String>,
    /// By what a request that named no key is known when it is made again.
    pub implied: Option<[u8; 32]>,
    /// The broadcast that it is part of.
    pub broadcast: Option<String>,
    /// Who brought it.
    pub origin: Origin,
    /// Why it will not be sent: it is kept as failed from the first.
    pub refused: Option<Error>,
}

/// Who brought a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Whoever calls this host.
    #[default]
    Api,
    /// Linktor's core, whose id of the message is the host's, too.
    Linktor,
}

/// A message that is kept.
#[derive(Clone)]
pub struct Message {
    /// Its place among all messages, which is none twice.
    pub seq: u64,
    /// Behind which message it was put when it was last retried.
    pub retried_behind: Option<u64>,
    /// The host's id.
    pub id: String,
    /// The channel.
    pub channel_id: String,
    /// Whom it is for, where that is one known person.
    pub person: Option<String>,
    /// SHA-256 of what its author wrote.
    pub fingerprint: [u8; 32],
    /// What its author wrote; an empty object where an earlier release kept no more than the outcome.
    pub json: Box<RawValue>,
    /// The author's name for it.
    pub reference: Option<String>,
    /// The broadcast that it is part of.
    pub broadcast: Option<String>,
    /// Who brought it.
    pub origin: Origin,
    /// When it was accepted, to the millisecond.
    pub accepted_at: Timestamp,
    /// When it came to where it is, to the millisecond.
    pub changed_at: Timestamp,
    /// How far it has come.
    pub status: Status,
    /// How often it was retried by hand.
    pub round: u32,
    /// How many attempts were made in this round.
    pub tries: u32,
    /// When this round's first attempt began, to the millisecond.
    pub tried_at: Option<Timestamp>,
    /// When the next attempt may be made, to the millisecond, where it has to wait.
    pub due_at: Option<Timestamp>,
    /// What is known of it: always there once it is sent or failed, and where something is known of one that is unknown.
    pub outcome: Option<Outcome>,
}

/// The code of a message that was being sent when its host ended.
pub const OUTCOME_LOST: &str = "outcome_lost";
/// The code of a message whose outcome nobody has found out.
pub const OUTCOME_UNKNOWN: &str = "outcome_unknown";

/// Where a message stands among those that wait: in the order in which they were accepted, a retried one behind all that there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub(in crate::store) behind: u64,
    pub(in crate::store) retried: bool,
    pub(in crate::store) seq: u64,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It waits to be sent, perhaps again; surely nothing was sent that is not in its receipts.
    Accepted,
    /// Its calls are being made.
    Begun,
    /// The provider has taken all of it.
    Sent,
    /// It has reached the person.
    Delivered,
    /// The person has read it.
    Read,
    /// The provider has not taken all of it.
    Failed,
    /// It may have been sent.
    Unknown,
}

/// How a message came on, told once each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place among all steps.
    pub seq: u64,
    /// In which round.
    pub round: u32,
    /// How far.
    pub status: Status,
    /// When, to the millisecond.
    pub at: Timestamp,
}

impl Outcome {
    /// How far a message has come that ended so.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.failure.as_ref().map(Error::retry) {
            None => Status::Sent,
            Some(Retry::IfIdempotent { .. }) => Status::Unknown,
            Some(_) => Status::Failed,
        }
    }
}

impl Message {
    /// With what it failed last, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<&Error> {
        self.outcome.as_ref()?.failure.as_ref()
    }

    /// The code of what it failed with last.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        let lost = (self.status == Status::Unknown).then_some(OUTCOME_LOST);
        self.failure().map(Error::code).or(lost)
    }

    /// Where it stands among those that wait.
    #[must_use]
    pub fn place(&self) -> Place {
        let Self { seq, retried_behind, .. } = *self;
        Place { behind: retried_behind.unwrap_or(seq), retried: retried_behind.is_some(), seq }
    }
}

impl Place {
    /// The place of a message that was never retried.
    #[must_use]
    pub const fn accepted(seq: u64) -> Self {
        Self { behind: seq, retried: false, seq }
    }
}

impl Origin {
    /// As a store writes it, which writes nothing of the usual one.
    pub(in crate::store) const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Api => None,
            Self::Linktor => Some("linktor"),
        }
    }

    /// As it was written.
    pub(in crate::store) fn written(text: Option<&str>) -> Self {
        text.and_then(|text| [Self::Linktor].into_iter().find(|origin| origin.as_str() == Some(text)))
            .unwrap_or_default()
    }
}

impl Status {
    /// All of them.
    pub(crate) const ALL: [Self; 7] =
        [Self::Accepted, Self::Begun, Self::Sent, Self::Delivered, Self::Read, Self::Failed, Self::Unknown];

    /// As a store writes it.
    pub(in crate::store) const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Begun => "begun",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// As it was written.
    pub(in crate::store) fn written(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether all of the message has gone.
    #[must_use]
    pub const fn is_sent(self) -> bool {
        matches!(self, Self::Sent | Self::Delivered | Self::Read)
    }
}

// What is said, and to whom, is nobody's who reads a log.
impl fmt::Debug for NewMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, channel_id, .. } = self;
        f.debug_struct("NewMessage").field("id", id).field("channel_id", channel_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, id, channel_id, status, outcome, .. } = self;
        f.debug_struct("Message")
            .field("seq", seq)
            .field("id", id)
            .field("channel_id", channel_id)
            .field("status", status)
            .field("outcome", outcome)
            .finish_non_exhaustive()
    }
}
