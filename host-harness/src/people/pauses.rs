use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

/// How long nobody is looked up after the provider said that it is too much, or that the credentials are dead.
const RATE_LIMIT_PAUSE: SignedDuration = SignedDuration::from_mins(5);
/// How long nobody is looked up after the first failure of the provider; twice as long after each one that follows.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(10);
/// The longest pause after failures.
const MAX_PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// Until when nobody is looked up through a channel. A provider that fails is asked less, not more.
#[derive(Debug, Default)]
pub(super) struct Pauses(HashMap<String, Pause>);

#[derive(Debug)]
struct Pause {
    until: Timestamp,
    /// How long the next one is, if the provider fails again.
    next: SignedDuration,
}

impl Pauses {
    pub(super) fn is_paused(&self, channel_id: &str, now: Timestamp) -> bool {
        self.0.get(channel_id).is_some_and(|pause| pause.until > now)
    }

    /// The provider works, whatever it said of the person.
    pub(super) fn answered(&mut self, channel_id: &str) {
        self.0.remove(channel_id);
    }

    /// The provider wants to be left alone, and may have said for how long.
    pub(super) fn throttled(&mut self, channel_id: &str, wait: Option<SignedDuration>, now: Timestamp) {
        let until = now + wait.unwrap_or(RATE_LIMIT_PAUSE).max(RATE_LIMIT_PAUSE);
        self.0.insert(channel_id.to_owned(), Pause { until, next: FIRST_PAUSE });
    }

    /// The provider failed, or is out of reach. Look-ups that were under way together fail together, which counts once.
    pub(super) fn failed(&mut self, channel_id: &str, wait: Option<SignedDuration>, now: Timestamp) {
        if self.is_paused(channel_id, now) {
            return;
        }
        let length = self.0.get(channel_id).map_or(FIRST_PAUSE, |pause| pause.next);
        let until = now + wait.unwrap_or(length).max(length);
        self.0.insert(channel_id.to_owned(), Pause { until, next: (length * 2).min(MAX_PAUSE) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "ch_1";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    /// The pauses after so many failures, each at the end of the pause before, in seconds.
    fn lengths(failures: usize) -> Vec<i64> {
        let (mut pauses, mut now) = (Pauses::default(), 0);
        let length = |_| {
            pauses.failed(ID, None, at(now));
            let from = now;
            while pauses.is_paused(ID, at(now)) {
                now += 10;
            }
            now - from
        };
        (0..failures).map(length).collect()
    }

    #[test]
    fn pauses_grow_with_each_failure_up_to_a_limit() {
        assert_eq!(lengths(9), [10, 20, 40, 80, 160, 320, 600, 600, 600]);
    }

    #[test]
    fn an_answer_ends_them_and_the_next_begins_small() {
        let mut pauses = Pauses::default();
        for now in [0, 10, 30] {
            pauses.failed(ID, None, at(now));
        }
        pauses.answered(ID);
        assert!(!pauses.is_paused(ID, at(31)));
        pauses.failed(ID, None, at(31));
        assert!(pauses.is_paused(ID, at(40)) && !pauses.is_paused(ID, at(41)));
    }

    #[test]
    fn what_fails_together_counts_once_and_no_other_channel_pauses() {
        let mut pauses = Pauses::default();
        for _ in 0..4 {
            pauses.failed(ID, None, at(0));
        }
        assert!(pauses.is_paused(ID, at(9)) && !pauses.is_paused(ID, at(10)));
        assert!(!pauses.is_paused("ch_2", at(0)));
    }

    #[test]
    fn what_the_provider_says_is_waited_for() {
        let mut pauses = Pauses::default();
        pauses.failed(ID, Some(SignedDuration::from_secs(33)), at(0));
        assert!(pauses.is_paused(ID, at(32)) && !pauses.is_paused(ID, at(33)));
        pauses.throttled(ID, None, at(100));
        assert!(pauses.is_paused(ID, at(399)) && !pauses.is_paused(ID, at(400)));
        pauses.throttled(ID, Some(SignedDuration::from_secs(900)), at(500));
        assert!(pauses.is_paused(ID, at(1399)) && !pauses.is_paused(ID, at(1400)));
    }
}
