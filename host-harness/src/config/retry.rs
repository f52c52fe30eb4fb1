//! `[retry]`: when a message is tried again of which surely nothing was sent, and when one is given up of which nobody knows.

use std::time::Duration;

use channel_api::{Issue, Pointer, Report};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::Value;

/// More attempts than this only wait.
const MOST_ATTEMPTS: u32 = 100;
/// Shorter waits are none, and longer ones outlive a message.
const WAITS: (Duration, Duration) = (Duration::from_millis(1), Duration::from_hours(24));

/// How often a message is tried, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many attempts are made in all, at least 1: `attempts`.
    pub attempts: u32,
    /// From the first attempt on; where the provider asks to wait longer, that long: `within`.
    pub within: Duration,
    /// How long the first wait is at most: `base`.
    pub base: Duration,
    /// How long any wait is at most: `cap`.
    pub cap: Duration,
    /// How long a message may be unknown before it is given up: `unknown_after`.
    pub unknown_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 8,
            within: Duration::from_mins(15),
            base: Duration::from_secs(1),
            cap: Duration::from_mins(1),
            unknown_after: Duration::from_mins(10),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Section {
    attempts: Option<Value>,
    within: Option<String>,
    base: Option<String>,
    cap: Option<String>,
    unknown_after: Option<String>,
}

impl Section {
    pub(super) fn policy(&self, at: &Pointer<'_>, report: &mut Report) -> RetryPolicy {
        let usual = RetryPolicy::default();
        let attempts = self.attempts.as_ref().map_or(Some(usual.attempts), |given| {
            let number = given.as_u64().and_then(|number| u32::try_from(number).ok());
            number.filter(|number| (1..=MOST_ATTEMPTS).contains(number))
        });
        if attempts.is_none() {
            let message = format!("must be a number from 1 to {MOST_ATTEMPTS}: how often a message is tried in all");
            report.refuse(Issue::new(&at.key("attempts"), "attempts", message));
        }
        let mut wait = |name: &str, given: Option<&str>, usual: Duration| {
            let Some(given) = given else { return usual };
            let wait = given.parse().ok().and_then(|wait: SignedDuration| Duration::try_from(wait).ok());
            wait.filter(|wait| (WAITS.0..=WAITS.1).contains(wait)).unwrap_or_else(|| {
                let message =
                    "must be a time from 1 millisecond to 24 hours, written like \"200ms\", \"30s\" or \"10m\"";
                report.refuse(Issue::new(&at.key(name), "duration", message));
                usual
            })
        };
        RetryPolicy {
            attempts: attempts.unwrap_or(usual.attempts),
            within: wait("within", self.within.as_deref(), usual.within),
            base: wait("base", self.base.as_deref(), usual.base),
            cap: wait("cap", self.cap.as_deref(), usual.cap),
            unknown_after: wait("unknown_after", self.unknown_after.as_deref(), usual.unknown_after),
        }
    }
}
