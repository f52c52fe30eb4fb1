//! Time, on a machine that others use as well.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

/// For how long something slow is tried again: a busy machine is quick now and then, what waits is slow every time.
const LONGEST_TRY: Duration = Duration::from_secs(2);

/// How long a call takes at its fastest. It is made until it was faster than `bound`, or until patience is at its end.
pub(super) async fn fastest(bound: Duration, mut call: impl AsyncFnMut()) -> Duration {
    let (start, mut fastest) = (Instant::now(), Duration::MAX);
    while fastest >= bound && start.elapsed() < LONGEST_TRY {
        let start = Instant::now();
        call().await;
        fastest = fastest.min(start.elapsed());
    }
    fastest
}

/// Looks that one call takes no more work than four times the others, or next to none: the least of a few rounds. It is the thread's
/// own time that counts, in which nobody else does anything.
///
/// # Errors
/// The least of both.
pub(super) fn is_proportional(others: impl Fn(), one: impl Fn()) -> Result<(), (Duration, Duration)> {
    const ROUNDS: usize = 4;
    const NEXT_TO_NONE: Duration = Duration::from_millis(5);
    let took = |call: &dyn Fn()| {
        let start = ThreadTime::now();
        call();
        start.elapsed()
    };
    let rounds = (0..ROUNDS).map(|_| (took(&others), took(&one)));
    let least = rounds.reduce(|(others, one), (again, other)| (others.min(again), one.min(other)));
    let (others, one) = least.unwrap_or_default();
    if one < others * 4 || one < NEXT_TO_NONE { Ok(()) } else { Err((others, one)) }
}
