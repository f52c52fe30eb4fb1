//! When a person may be written to.
//!
//! A person's message opens the conversation for 24 hours; for 7 days a human may still answer, with a tag. After that only an
//! approved utility template goes through. This is the rule as Meta publishes it: Meta itself has the last word, and opens the
//! window for some things that are no messages (a reaction, a comment on a post).

use channel_api::Timestamp;
use channel_api::capability::{Limit, Unit};
use serde::Serialize;

/// How long after a person's message anything may be sent.
pub const STANDARD: Limit = Limit {
    name: "window.standard",
    min: 0,
    max: 24 * 60 * 60,
    unit: Unit::Seconds,
    source: "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages",
};

/// How long after a person's message a human may answer, with the tag `HUMAN_AGENT`.
pub const HUMAN_AGENT: Limit = Limit {
    name: "window.human_agent",
    min: 0,
    max: 7 * 24 * 60 * 60,
    unit: Unit::Seconds,
    source: "https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api",
};

/// Both, for the channel's list of limits.
pub const LIMITS: &[Limit] = &[STANDARD, HUMAN_AGENT];

/// Who is about to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// A program that holds the conversation.
    Bot,
    /// A person of the business.
    Human,
    /// A program with news of its own: an order, an appointment, an account.
    System,
}

/// Whether it may be sent, each with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Anything may be sent.
    Allowed {
        /// Why.
        reason: &'static str,
    },
    /// It may be sent with this tag.
    AllowedWithTag {
        /// The tag: the message's `options.tag`.
        tag: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// Only an approved utility template may be sent.
    OnlyUtility {
        /// Why.
        reason: &'static str,
    },
    /// Nothing may be sent.
    Closed {
        /// Why.
        reason: &'static str,
    },
}

impl Answer {
    /// Why, in a sentence for the person who wants to write.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Allowed { reason }
            | Self::AllowedWithTag { reason, .. }
            | Self::OnlyUtility { reason }
            | Self::Closed { reason } => reason,
        }
    }
}

/// Whether `sender` may write to a person whose last message came at `last_message_from_person`.
///
/// A window that ends at this very moment counts as over: the message still has to travel. A last message that lies ahead of
/// `now` means that a clock is a little off, not that the person is silent.
///
/// ```
/// use channel_api::Timestamp;
/// use facebook_channel::window::{Answer, Sender, allowed};
///
/// let friday = Timestamp::from_millis(1_763_712_000_000).unwrap();
/// let monday = Timestamp::from_millis(1_763_712_000_000 + 3 * 86_400_000).unwrap();
/// assert!(matches!(allowed(Some(friday), monday, Sender::Human), Answer::AllowedWithTag { tag: "HUMAN_AGENT", .. }));
/// assert!(matches!(allowed(Some(friday), monday, Sender::Bot), Answer::OnlyUtility { .. }));
/// ```
pub const fn allowed(last_message_from_person: Option<Timestamp>, now: Timestamp, sender: Sender) -> Answer {
    let Some(last) = last_message_from_person else {
        return Answer::Closed {
            reason: "The person has not written to the Page yet. A conversation is theirs to begin: wait for their message.",
        };
    };
    let silent_for = now.as_millis().saturating_sub(last.as_millis());
    if silent_for < millis(STANDARD) {
        return Answer::Allowed { reason: "The person has written within the last 24 hours." };
    }
    let within_a_week = silent_for < millis(HUMAN_AGENT);
    match sender {
        Sender::Human if within_a_week => Answer::AllowedWithTag {
            tag: "HUMAN_AGENT",
            reason: "The person's last message is more than 24 hours old. A human may answer it for 7 days, with the tag \
                HUMAN_AGENT; the app needs Meta's approval for that tag.",
        },
        Sender::Bot | Sender::System if within_a_week => Answer::OnlyUtility {
            reason: "The person's last message is more than 24 hours old. Until they write again a program may send only an \
                approved utility template; the tag HUMAN_AGENT is for humans.",
        },
        Sender::Bot | Sender::Human | Sender::System => Answer::OnlyUtility {
            reason: "The person's last message is more than 7 days old. Until they write again only an approved utility \
                template may be sent.",
        },
    }
}

#[expect(clippy::cast_possible_wrap, reason = "the two limits are days, far below any bound")]
const fn millis(limit: Limit) -> i64 {
    limit.max as i64 * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_305_600_000;
    const HOUR: i64 = 3_600_000;

    fn short(answer: Answer) -> &'static str {
        match answer {
            Answer::Allowed { .. } => "allowed",
            Answer::AllowedWithTag { tag, .. } => tag,
            Answer::OnlyUtility { .. } => "utility",
            Answer::Closed { .. } => "closed",
        }
    }

    #[test]
    fn the_window_closes_at_its_borders() {
        let week = 7 * 24 * HOUR;
        for (silent_for, [bot, human, system]) in [
            (0, ["allowed", "allowed", "allowed"]),
            (24 * HOUR - 1, ["allowed", "allowed", "allowed"]),
            (24 * HOUR, ["utility", "HUMAN_AGENT", "utility"]),
            (24 * HOUR + 1, ["utility", "HUMAN_AGENT", "utility"]),
            (week - 1, ["utility", "HUMAN_AGENT", "utility"]),
            (week, ["utility", "utility", "utility"]),
            (week + 1, ["utility", "utility", "utility"]),
            (-5 * 60_000, ["allowed", "allowed", "allowed"]),
        ] {
            let at = |millis| Timestamp::from_millis(millis).unwrap();
            for (sender, expected) in [(Sender::Bot, bot), (Sender::Human, human), (Sender::System, system)] {
                let answer = allowed(Some(at(NOW - silent_for)), at(NOW), sender);
                assert_eq!(short(answer), expected, "{sender:?} after {silent_for} ms");
                assert!(answer.reason().ends_with('.'));
            }
        }
    }

    #[test]
    fn nobody_is_written_to_first() {
        let now = Timestamp::from_millis(NOW).unwrap();
        for sender in [Sender::Bot, Sender::Human, Sender::System] {
            assert_eq!(short(allowed(None, now, sender)), "closed", "{sender:?}");
        }
    }

    #[test]
    fn the_far_ends_of_time_do_not_overflow() {
        let first = Timestamp::from_millis(-377_705_023_201_000).unwrap();
        let last = Timestamp::from_millis(253_402_207_200_000).unwrap();
        assert_eq!(short(allowed(Some(first), last, Sender::Human)), "utility");
        assert_eq!(short(allowed(Some(last), first, Sender::Human)), "allowed");
    }

    #[test]
    fn is_told_as_json() {
        let now = Timestamp::from_millis(NOW).unwrap();
        let day_ago = Timestamp::from_millis(NOW - 25 * HOUR).unwrap();
        let json = serde_json::to_value(allowed(Some(day_ago), now, Sender::Human)).unwrap();
        assert_eq!((&json["answer"], &json["tag"]), (&"allowed_with_tag".into(), &"HUMAN_AGENT".into()));
        assert!(json["reason"].as_str().unwrap().contains("7 days"));
    }
}
