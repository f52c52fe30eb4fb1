//! [`SendingState`]: whether a channel sends, as it is shown.

use std::borrow::Cow;

use channel_api::{Action, Error, Timestamp};
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
    /// When it is tried again, where that is still to come.
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
    code: Cow<'static, str>,
    /// For people.
    message: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// The same for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Action>,
}

impl Reason {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), hint: None, action: None }
    }

    fn with_hint(self, hint: &str) -> Self {
        Self { hint: Some(hint.to_owned()), ..self }
    }
}

impl From<&Error> for Reason {
    fn from(error: &Error) -> Self {
        let (code, hint) = (error.code().to_owned().into(), error.hint().map(str::to_owned));
        Self { code, message: error.to_string(), hint, action: error.action() }
    }
}

/// Why a message waits that has nothing wrong with it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Wait {
    #[serde(flatten)]
    reason: Reason,
    /// Until when, where that is known and still to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Timestamp>,
}

impl Wait {
    /// Nobody sends.
    pub(crate) fn for_a_host() -> Self {
        let reason = Reason::new("no_host", "no host runs with this store");
        Self { reason: reason.with_hint("the next host that is started on it sends what waits"), until: None }
    }

    /// Messages to one person go one after the other.
    pub(crate) fn behind(until: Option<Instant>) -> Self {
        let reason = Reason::new("behind_earlier", "an earlier message to this person goes first");
        let hint = "messages to one person go one after the other: the earlier one says how it stands";
        Self { reason: reason.with_hint(hint), until: until.and_then(|until| shown(until, Instant::now())) }
    }

    /// This person has had enough.
    pub(super) fn for_an_hour(most: usize, until: Option<Timestamp>) -> Self {
        let message = format!("this person has got {most} messages within the hour, as many as may be");
        let hint = "it goes out by itself; [rate] per_person_per_hour says how many may be";
        Self { reason: Reason::new("person_limit", message).with_hint(hint), until }
    }
}

impl SendingState {
    /// Why messages wait, where they do.
    pub(super) fn wait(self) -> Option<Wait> {
        let Self { state, until, reason, .. } = self;
        match state {
            Word::Open | Word::Slowed => None,
            Word::Paused | Word::Held | Word::Breaker => reason.map(|reason| Wait { reason, until }),
        }
    }
}

/// A moment as the wall's clock will show it, if it is still to come.
pub(super) fn shown(at: Instant, now: Instant) -> Option<Timestamp> {
    let left = at.checked_duration_since(now).filter(|left| !left.is_zero())?;
    Timestamp::from_millis(jiff::Timestamp::now().checked_add(left).ok()?.as_millisecond())
}

impl Gates {
    pub(super) fn state(&self, channels: &ChannelList, channel_id: &str, now: Instant) -> SendingState {
        let told = |at: jiff::Timestamp| Timestamp::from_millis(at.as_millisecond());
        let moment = |at| shown(at, now);
        if let Some(since) = self.paused.get(channel_id) {
            let reason = Reason::new("channel_paused", "somebody has paused this channel's sending");
            let reason = Some(reason.with_hint("resume the channel when its messages are to go out"));
            return SendingState { state: Word::Paused, since: told(*since), until: None, reason };
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
                    reason: Some(Reason::new("limit_used", message)),
                }
            }
        }
    }
}
