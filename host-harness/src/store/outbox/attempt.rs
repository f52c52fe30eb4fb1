//! An attempt to send a message: what was to be called, and what it came to.

use channel_api::{Error, ProviderRequest, Receipt, Token};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A call that is about to be made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    /// Which part of the message it delivers, the first being 0.
    pub part: usize,
    /// The call. It holds no credentials.
    pub request: ProviderRequest,
    /// What the provider's copy of it brings back, where it carries one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
}

/// What one attempt did and came to.
#[derive(Clone, Debug)]
pub struct AttemptRecord {
    /// Which attempt at the message, the first being 1.
    pub number: i64,
    /// When it began, to the millisecond.
    pub began_at: Timestamp,
    /// When it ended, to the millisecond; `None` where nobody knows.
    pub ended_at: Option<Timestamp>,
    /// What was to be called.
    pub calls: Vec<Call>,
    /// What the provider said to the calls that it took, in their order.
    pub receipts: Vec<Receipt>,
    /// What the call after those ended with.
    pub failure: Option<Error>,
}

/// Another attempt at what was surely not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    /// Not before this time, to the millisecond.
    pub due: Timestamp,
    /// Whether the one that ended counts among the [`tries`](super::Message::tries). It does not where it only met a closed door.
    pub counts: bool,
}

/// Leave to send a message once. Lost without an [`end`](super::Outbox::end), the outcome stays unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a message that is not ended may have been sent for all that anybody knows"]
pub struct Attempt {
    /// The message's id.
    pub(in crate::store) id: String,
    /// Which attempt: never the same for two attempts at one message.
    pub(in crate::store) number: i64,
    /// The first of the parts that are called.
    pub(in crate::store) first: usize,
}
