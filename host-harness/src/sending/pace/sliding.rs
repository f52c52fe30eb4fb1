//! [`Sliding`]: how much may go out in any stretch of time of one length.
//!
//! A window that slides, not a bucket that fills: a bucket lets a burst through after a pause, and a provider counts what
//! arrives.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// When the last calls went out, the earliest first.
#[derive(Debug)]
pub(super) struct Sliding {
    span: Duration,
    sent: VecDeque<Instant>,
}

impl Sliding {
    pub(super) const fn new(span: Duration) -> Self {
        Self { span, sent: VecDeque::new() }
    }

    /// When there may be room for so many more calls, if no span is to hold more than `most`; `None` where there is room now.
    /// What is more than `most` has room when there is nothing else.
    pub(super) fn room_at(&mut self, now: Instant, calls: usize, most: usize) -> Option<Instant> {
        self.forget(now);
        let too_many = (self.sent.len() + calls.min(most)).checked_sub(most).filter(|many| *many > 0)?;
        // Once this many of the earliest have left the window, there is room.
        self.sent.get(too_many - 1).map(|at| *at + self.span)
    }

    /// Counts calls that go out now. What is more than `most` counts as the next span's, so that it is made up for.
    pub(super) fn count(&mut self, now: Instant, calls: usize, most: usize) {
        for (span, first) in (0_u32..).zip((0..calls).step_by(most)) {
            self.sent.extend(std::iter::repeat_n(now + self.span * span, most.min(calls - first)));
        }
    }

    /// Whether nothing has gone out in the last span.
    pub(super) fn is_empty(&mut self, now: Instant) -> bool {
        self.forget(now);
        self.sent.is_empty()
    }

    fn forget(&mut self, now: Instant) {
        while self.sent.front().is_some_and(|at| *at + self.span <= now) {
            self.sent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// When calls go out, in milliseconds after the start, if each is brought so long after the one before.
    fn times(most: usize, brought: &[(u64, usize)]) -> Vec<u128> {
        let (mut window, start) = (Sliding::new(SECOND), Instant::now());
        let (mut now, mut times) = (start, Vec::new());
        for (pause, calls) in brought {
            now += Duration::from_millis(*pause);
            while let Some(at) = window.room_at(now, *calls, most) {
                assert!(at > now);
                now = at;
            }
            window.count(now, *calls, most);
            times.extend(std::iter::repeat_n((now - start).as_millis(), *calls));
        }
        times
    }

    #[test]
    fn after_a_pause_there_is_no_burst() {
        assert_eq!(times(2, &[(0, 1), (5_000, 1), (0, 1), (0, 1)]), [0, 5_000, 5_000, 6_000]);
    }

    #[test]
    fn more_than_a_span_s_worth_goes_alone_and_is_made_up_for() {
        assert_eq!(times(3, &[(0, 1), (0, 5), (0, 1)]), [0, 1_000, 1_000, 1_000, 1_000, 1_000, 2_000]);
        assert_eq!(times(1, &[(0, 3), (0, 1)]), [0, 0, 0, 3_000]);
    }

    #[test]
    fn a_window_that_got_narrower_waits_for_what_is_in_it() {
        let (mut window, now) = (Sliding::new(SECOND), Instant::now());
        window.count(now, 10, 10);
        let later = now + SECOND / 2;
        window.count(later, 1, 10);
        assert_eq!(window.room_at(later, 1, 1), Some(later + SECOND));
        assert!(!window.is_empty(now + SECOND) && window.is_empty(later + SECOND));
    }

    proptest! {
        #[test]
        fn no_span_holds_more(brought in prop::collection::vec((0_u64..700, 1_usize..5), 1..40), most in 4_usize..7) {
            let times = times(most, &brought);
            for (index, first) in times.iter().enumerate() {
                let within = times[index..].iter().take_while(|time| **time < first + 1_000).count();
                prop_assert!(within <= most, "{within} in the second from {first}: {times:?}");
            }
        }
    }
}
