//! [`SendingState`]: whether a channel sends, as it is shown.

use channel_api::{Error, Timestamp};
use serde::Serialize;
use tokio::time::Instant;

use super::breaker::Cause;
use super::gate::Gates;
use crate::channels::ChannelList;

/// Whether a channel sends.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct SendingState {
    /// In one word.
    pub(crate) state: Word,
    /// Since when, where it is not open.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    /// When it is tried again, unless somebody has to do something.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    /// Why, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

/// Whether a channel sends, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    /// As fast as it may.
    Open,
    /// Somebody has paused it.
    Paused,
    /// More slowly, because a limit is nearly used up.
    Slowed,
    /// Not until a limit allows it, or credentials are mended.
    Held,
    /// Not until the provider is well again, or lets the account send.
    Breaker,
}

impl Word {
    /// Every state.
    pub(crate) const ALL: [Self; 5] = [Self::Open, Self::Paused, Self::Slowed, Self::Held, Self::Breaker];

    /// The word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Slowed => "slowed",
            Self::Held => "held",
            Self::Breaker => "breaker",
        }
    }
}

/// Why a channel sends nothing, or less.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Reason {
    /// Stable.
    code: String,
    /// For people.
    message: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl From<&Error> for Reason {
    fn from(error: &Error) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string(), hint: error.hint().map(str::to_owned) }
    }
}

impl Gates {
    pub(super) fn state(&self, channels: &ChannelList, channel_id: &str, now: Instant) -> SendingState {
        let told = |at: jiff::Timestamp| Timestamp::from_millis(at.as_millisecond());
        // The clocks are two: what is told is the wall's.
        let moment = |at: Instant| told(jiff::Timestamp::now().checked_add(at.saturating_duration_since(now)).ok()?);
        if let Some(since) = self.paused.get(channel_id) {
            return SendingState { state: Word::Paused, since: told(*since), until: None, reason: None };
        }
        if let Some(tripped) = self.tripped(channels, channel_id) {
            let state = match tripped.cause {
                Cause::Limit | Cause::Credentials => Word::Held,
                Cause::Fault => Word::Breaker,
            };
            let reason = Some(Reason::from(&tripped.error));
            return SendingState { state, since: told(tripped.since), until: moment(tripped.until), reason };
        }
        match self.tightest(channels, channel_id, now) {
            None => SendingState { state: Word::Open, since: None, until: None, reason: None },
            Some(tightest) => {
                let message = format!("{} % of the limit `{}` is used", tightest.used_percent, tightest.limit);
                SendingState {
                    state: if tightest.until.is_some() { Word::Held } else { Word::Slowed },
                    since: told(tightest.since),
                    until: tightest.until.and_then(moment),
                    reason: Some(Reason { code: "limit_used".to_owned(), message, hint: None }),
                }
            }
        }
    }
}
