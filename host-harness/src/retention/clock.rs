//! Whether the clock can be trusted with deleting: one that is set to next year makes everything old, also while no host runs.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// A clock that moves by more than this against the time that passes has been set.
const JUMP: SignedDuration = SignedDuration::from_hours(1);
/// How long it must not jump again.
const STEADY: Duration = Duration::from_hours(1);

/// Compares the clock with the time that passes.
#[derive(Debug)]
pub(super) struct Clock {
    /// What it showed when it was looked at last, and when that was.
    shown: (Timestamp, Instant),
    jumped_at: Option<Instant>,
}

/// What was seen of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// It goes as it should.
    Steady,
    /// It has jumped by so much since it was looked at last.
    Jumped(SignedDuration),
    /// A host starts, and so much later than the last one trusted its clock: nobody ran for so long, or it was set meanwhile.
    Away(SignedDuration),
    /// It has jumped less than an hour ago.
    Doubtful,
    /// It has been steady for an hour since it jumped.
    SteadyAgain,
}

impl Clock {
    /// When a host starts, and what is seen of the clock then. `trusted` is when a host trusted it last, if one did.
    pub(super) fn start(clock: Timestamp, passed: Instant, trusted: Option<Timestamp>) -> (Self, Seen) {
        let away = trusted.map(|trusted| clock.duration_since(trusted)).filter(|away| away.abs() > JUMP);
        let this = Self { shown: (clock, passed), jumped_at: away.map(|_| passed) };
        (this, away.map_or(Seen::Steady, Seen::Away))
    }

    pub(super) fn look(&mut self, clock: Timestamp, passed: Instant) -> Seen {
        let (before, began) = std::mem::replace(&mut self.shown, (clock, passed));
        let should = SignedDuration::try_from(passed - began).unwrap_or(SignedDuration::MAX);
        let jump = clock.duration_since(before).saturating_sub(should);
        if jump.abs() > JUMP {
            self.jumped_at = Some(passed);
            return Seen::Jumped(jump);
        }
        match self.jumped_at {
            None => Seen::Steady,
            Some(at) if passed - at < STEADY => Seen::Doubtful,
            Some(_) => {
                self.jumped_at = None;
                Seen::SteadyAgain
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_is_doubted_for_an_hour() {
        let (start, began) = (Timestamp::from_second(1_763_812_800).unwrap(), Instant::now());
        let (mut clock, seen) = Clock::start(start, began, None);
        assert_eq!(seen, Seen::Steady);
        let mut look = |passed: i64, shows: i64| {
            let passed = began + Duration::from_secs(passed.cast_unsigned() * 60);
            clock.look(start + SignedDuration::from_mins(shows), passed)
        };
        let jumped = |minutes| Seen::Jumped(SignedDuration::from_mins(minutes));
        for (passed, shows, seen) in [
            (1, 1, Seen::Steady),
            // Set a little, or slowly.
            (2, 62, Seen::Steady),
            (3, 3, Seen::Steady),
            (4, 65, jumped(61) /* since it was looked at last, less the minute that passed */),
            (5, 66, Seen::Doubtful),
            (63, 124, Seen::Doubtful),
            (64, 125, Seen::SteadyAgain),
            (65, 126, Seen::Steady),
            (66, 66, jumped(-61)),
            (67, 67, Seen::Doubtful),
            // And back: it is as doubtful as before.
            (68, 500, jumped(432)),
            (127, 559, Seen::Doubtful),
            (128, 560, Seen::SteadyAgain),
        ] {
            assert_eq!(look(passed, shows), seen, "after {passed} minutes");
        }
    }

    #[test]
    fn a_clock_that_was_set_while_no_host_ran_is_doubted_for_an_hour() {
        let (start, began) = (Timestamp::from_second(1_763_812_800).unwrap(), Instant::now());
        let minutes = SignedDuration::from_mins;
        for (away, is_doubted) in [(0, false), (60, false), (-60, false), (61, true), (-61, true), (500_000, true)] {
            let (mut clock, seen) = Clock::start(start, began, Some(start - minutes(away)));
            let mut after = |passed: i64| {
                clock.look(start + minutes(passed), began + Duration::from_secs(passed.cast_unsigned() * 60))
            };
            if is_doubted {
                assert_eq!(
                    (seen, after(59), after(60)),
                    (Seen::Away(minutes(away)), Seen::Doubtful, Seen::SteadyAgain)
                );
            } else {
                assert_eq!((seen, after(1)), (Seen::Steady, Seen::Steady), "{away}");
            }
        }
    }
}
