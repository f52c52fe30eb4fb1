//! So many messages of a channel in any second, and no more: who comes too soon waits, in the order in which they came.
//!
//! A window that slides, not a bucket that fills: a bucket lets a burst through after a pause, and a provider counts what
//! arrives.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

const SECOND: Duration = Duration::from_secs(1);

/// When the last messages of a channel went out, the earliest first.
type Window = tokio::sync::Mutex<VecDeque<Instant>>;

/// How fast each channel sends. Handles share it.
#[derive(Clone, Debug)]
pub(super) struct Rate {
    per_second: NonZeroUsize,
    channels: Arc<Mutex<HashMap<String, Arc<Window>>>>,
}

impl Rate {
    pub(super) fn new(per_second: NonZeroUsize) -> Self {
        Self { per_second, channels: Arc::default() }
    }

    /// Waits until so many more messages may go out on a channel, and counts them. More than a second's worth at once waits
    /// until nothing else has gone out for a second.
    pub(super) async fn take(&self, channel_id: &str, messages: usize) {
        let window = self.window(channel_id);
        // Whoever holds it waits for room; all others wait for it, first come, first served.
        let mut sent = window.lock().await;
        let most = self.per_second.get();
        let room_for = messages.min(most);
        loop {
            let now = Instant::now();
            while sent.front().is_some_and(|at| *at + SECOND <= now) {
                sent.pop_front();
            }
            let Some(too_many) = (sent.len() + room_for).checked_sub(most).filter(|many| *many > 0) else { break };
            // Once this many of the earliest are a second old, there is room.
            let Some(last) = sent.get(too_many - 1) else { break };
            sleep_until(*last + SECOND).await;
        }
        let now = Instant::now();
        sent.extend(std::iter::repeat_n(now, messages));
    }

    fn window(&self, channel_id: &str) -> Arc<Window> {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        match channels.get(channel_id) {
            Some(window) => Arc::clone(window),
            None => Arc::clone(channels.entry(channel_id.to_owned()).or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use proptest::prelude::*;

    use super::*;

    fn rate(per_second: usize) -> Rate {
        Rate::new(NonZeroUsize::new(per_second).unwrap())
    }

    /// When messages went out, in milliseconds after the start, if each was brought so long after the one before.
    async fn times(rate: &Rate, pauses: &[(u64, usize)]) -> Vec<u128> {
        let start = Instant::now();
        let mut times = Vec::new();
        for (pause, messages) in pauses {
            sleep_until(Instant::now() + Duration::from_millis(*pause)).await;
            rate.take("ch_1", *messages).await;
            times.extend(std::iter::repeat_n(start.elapsed().as_millis(), *messages));
        }
        times
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_pause_there_is_no_burst() {
        let rate = rate(2);
        assert_eq!(times(&rate, &[(0, 1), (5_000, 1), (0, 1), (0, 1)]).await, [0, 5_000, 5_000, 6_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_too_soon_waits_in_order_and_another_channel_does_not() {
        let rate = rate(3);
        let start = Instant::now();
        let waited = join_all((0..7).map(|_| async {
            rate.take("ch_1", 1).await;
            start.elapsed().as_secs()
        }));
        let (waited, ()) = futures::future::join(waited, rate.take("ch_2", 1)).await;
        assert_eq!(waited, [0, 0, 0, 1, 1, 1, 2]);
    }

    #[tokio::test(start_paused = true)]
    async fn more_than_a_second_s_worth_goes_alone() {
        let rate = rate(3);
        assert_eq!(times(&rate, &[(0, 1), (0, 5), (0, 1)]).await, [0, 1_000, 1_000, 1_000, 1_000, 1_000, 2_000]);
    }

    proptest! {
        #[test]
        fn no_second_holds_more(pauses in prop::collection::vec((0_u64..700, 1_usize..4), 1..30)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
            let times = runtime.block_on(times(&rate(5), &pauses));
            for (index, first) in times.iter().enumerate() {
                let within = times[index..].iter().take_while(|time| **time < first + 1_000).count();
                prop_assert!(within <= 5, "{within} in the second from {first}: {times:?}");
            }
        }
    }
}
