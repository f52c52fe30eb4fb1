//! When a message is tried again of which surely nothing was sent.

use std::time::Duration;

use channel_api::{Error, ErrorKind, Retry, Scope};

use crate::config::RetryPolicy;

/// How long a message waits at least before it tries a closed door again. The door itself opens later or earlier than that.
const CLOSED_DOOR: Duration = Duration::from_secs(1);

/// Another attempt, after so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct After {
    pub(super) wait: Duration,
    /// Whether the one that ended counts. It does not where it only met a closed door.
    pub(super) counts: bool,
}

impl RetryPolicy {
    /// Whether and when a message is tried again whose attempt number `tries` has just failed, so long after the first one began.
    /// `chance` is a random number from 0 to 1: full jitter, so that what failed together is not tried together.
    pub(super) fn again(self, failure: &Error, tries: u32, since_first: Duration, chance: f64) -> Option<After> {
        let after = match failure.retry() {
            // Nothing is wrong with the message: it waits until somebody has mended the channel.
            Retry::Never
                if failure.kind() == ErrorKind::Credentials
                    || matches!(failure.scope(), Some(Scope::App | Scope::Account)) =>
            {
                return Some(After { wait: CLOSED_DOOR, counts: false });
            }
            Retry::Safe { after } => after,
            _ => return None,
        };
        if tries >= self.attempts {
            return None;
        }
        let wait = after.unwrap_or_else(|| {
            let most = self.base.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1))).min(self.cap);
            most.mul_f64(chance.clamp(0.0, 1.0))
        });
        // What the provider itself asks for is waited, however long it is.
        let is_in_time = after.is_some() || since_first.saturating_add(wait) <= self.within;
        is_in_time.then_some(After { wait, counts: true })
    }
}

/// A random number from 0 to 1.
pub(super) fn chance() -> f64 {
    let mut bytes = [0; 4];
    // Without one, the whole wait.
    getrandom::fill(&mut bytes).map_or(1.0, |()| f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(kind: ErrorKind, retry: Retry) -> Error {
        Error::new(kind, "scripted", "…").with_retry(retry)
    }

    fn waits(failure: &Error, tries: u32, chance: f64) -> Option<u128> {
        let again = RetryPolicy::default().again(failure, tries, Duration::ZERO, chance);
        again.map(|again| again.wait.as_millis())
    }

    #[test]
    fn waits_double_up_to_a_minute_and_end() {
        let down = failure(ErrorKind::ProviderFailed, Retry::SAFE);
        let most: Vec<_> = (1..=8).map(|tries| waits(&down, tries, 1.0)).collect();
        let seconds = [1, 2, 4, 8, 16, 32, 60].map(|seconds| Some(seconds * 1_000));
        assert_eq!(most, [&seconds[..], &[None]].concat());
        assert_eq!(waits(&down, 3, 0.0), Some(0), "full jitter");
        assert!((0.0..=1.0).contains(&chance()));
    }

    #[test]
    fn what_the_provider_asks_for_is_waited_exactly_and_longer_than_a_quarter_of_an_hour() {
        let limited = failure(ErrorKind::RateLimited, Retry::Safe { after: Some(Duration::from_mins(40)) });
        assert_eq!(waits(&limited, 2, 0.5), Some(40 * 60_000));
        let late = Duration::from_mins(14) + Duration::from_secs(50);
        let down = failure(ErrorKind::ProviderFailed, Retry::SAFE);
        let again = |chance| RetryPolicy::default().again(&down, 7, late, chance);
        assert!(again(0.1).is_some() && again(0.9).is_none(), "not after the quarter of an hour");
    }

    #[test]
    fn what_is_final_or_open_is_not_tried_again_and_a_closed_door_is_no_attempt() {
        for retry in [Retry::Never, Retry::IF_IDEMPOTENT] {
            assert_eq!(waits(&failure(ErrorKind::Rejected, retry), 1, 1.0), None);
        }
        let expired = failure(ErrorKind::Credentials, Retry::Never);
        let stopped = failure(ErrorKind::Permission, Retry::Never).with_scope(Some(Scope::Account));
        for door in [expired, stopped] {
            assert!(!RetryPolicy::default().again(&door, 99, Duration::ZERO, 1.0).unwrap().counts);
        }
        assert_eq!(waits(&failure(ErrorKind::Permission, Retry::Never), 1, 1.0), None, "one message is not allowed");
    }
}
