use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::linktor::queue::Queue;
use crate::store::Mark;

/// What became of a message that was handed out to the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is acknowledged.
    Taken,
    /// The core may still take it.
    Waits,
    /// It will not be handed out again.
    GivenUp,
    /// It was dropped for its age, and nobody knows whether it was taken before.
    Gone,
}

/// What was seen at one look.
pub(super) struct Seen {
    pub(super) queue: Option<Queue>,
    /// The last message that was ever handed out, as far as that was seen.
    pub(super) delivered: u64,
    /// How long the stream keeps a message; zero for ever.
    pub(super) max_age: Duration,
    pub(super) now: Instant,
    pub(super) at: Timestamp,
}

/// Judges messages of a kind, from one look to the next.
pub(super) struct Judge {
    given_up_after: Duration,
    /// Since when a message is not acknowledged while the core asks for more.
    unacknowledged: HashMap<u64, Instant>,
    /// What was seen at the look before.
    before: Option<Queue>,
    furthest: u64,
}

impl Judge {
    pub(super) fn new(given_up_after: Duration) -> Self {
        Self { given_up_after, unacknowledged: HashMap::new(), before: None, furthest: 0 }
    }

    /// The last message that was ever handed out. A server that was killed may not know how far its consumer had come; a stream that was
    /// made anew begins anew.
    pub(super) fn furthest(&mut self, delivered: u64, last_sequence: u64) -> u64 {
        if self.furthest > last_sequence {
            self.furthest = 0;
        }
        self.furthest = self.furthest.max(delivered);
        self.furthest
    }

    /// Begins a look at which these lie there, in order.
    pub(super) fn begin(&mut self, seen: &Seen, lying: &[u64]) {
        let works = seen
            .queue
            .is_some_and(|queue| queue.asks || self.before.is_some_and(|before| before.deliveries != queue.deliveries));
        if works {
            self.unacknowledged.retain(|sequence, _| lying.binary_search(sequence).is_ok());
        } else {
            // Nobody gives anything up while nobody is there.
            self.unacknowledged.clear();
        }
    }

    /// What became of this one, which was handed out.
    pub(super) fn verdict(&mut self, mark: &Mark, lies: bool, seen: &Seen) -> Verdict {
        if lies {
            let since = *self.unacknowledged.entry(mark.stream_seq).or_insert(seen.now);
            let is_given_up = seen.now.duration_since(since) >= self.given_up_after;
            return if is_given_up { Verdict::GivenUp } else { Verdict::Waits };
        }
        let was_handed_out = self.before.is_some_and(|before| mark.stream_seq <= before.delivered);
        let age = Duration::try_from(seen.at.duration_since(mark.published_at)).unwrap_or_default();
        let is_too_old = !seen.max_age.is_zero() && age >= seen.max_age;
        if is_too_old && !was_handed_out { Verdict::Gone } else { Verdict::Taken }
    }

    /// Ends a look.
    pub(super) fn end(&mut self, seen: &Seen) {
        self.before = seen.queue;
    }
}

#[cfg(test)]
pub(in crate::linktor) mod tests {
    use super::*;
    use crate::store::{MarkKind, MarkState};

    pub(in crate::linktor) fn mark(stream_seq: u64) -> Mark {
        Mark {
            channel_id: "a".to_owned(),
            event_seq: stream_seq,
            kind: MarkKind::Message,
            person: None,
            nats_id: String::new(),
            stream_seq,
            published_at: Timestamp::UNIX_EPOCH,
            tries: 0,
            proven: false,
            again: false,
            settings: 0,
            state: MarkState::Published,
        }
    }

    const MINUTE: Duration = Duration::from_mins(1);

    /// At this minute, with so many deliveries.
    fn seen(start: Instant, minute: u32, delivered: u64, deliveries: u64, asks: bool) -> Seen {
        let queue = Some(Queue { delivered, deliveries, asks, has_to_take: true });
        let at = Timestamp::UNIX_EPOCH + MINUTE * minute;
        Seen { queue, delivered, max_age: Duration::ZERO, now: start + MINUTE * minute, at }
    }

    #[test]
    fn what_lies_for_three_minutes_while_the_core_asks_is_given_up() {
        let (mut judge, start) = (Judge::new(3 * MINUTE), Instant::now());
        let mut look = |minute, deliveries, asks, lies: bool| {
            let seen = seen(start, minute, 5, deliveries, asks);
            judge.begin(&seen, if lies { &[5] } else { &[] });
            let verdict = judge.verdict(&mark(5), lies, &seen);
            judge.end(&seen);
            verdict
        };
        assert_eq!(look(0, 1, true, true), Verdict::Waits);
        assert_eq!(look(2, 1, true, true), Verdict::Waits);
        assert_eq!(look(3, 1, false, true), Verdict::Waits, "nobody was there");
        assert_eq!(
            look(4, 3, false, true),
            Verdict::Waits,
            "it works and is too busy to ask, and the three minutes begin anew"
        );
        assert_eq!(look(5, 4, false, true), Verdict::Waits);
        assert_eq!(look(6, 4, true, true), Verdict::GivenUp);
        assert_eq!(look(7, 5, true, false), Verdict::Taken);
        assert_eq!(look(8, 5, true, true), Verdict::Waits, "another that was put there");
    }

    #[test]
    fn what_a_killed_server_forgot_was_handed_out_all_the_same() {
        let mut judge = Judge::new(MINUTE);
        for (delivered, last, furthest) in [(5, 9, 5), (3, 9, 5), (7, 9, 7), (0, 9, 7), (2, 4, 2), (3, 4, 3)] {
            assert_eq!(judge.furthest(delivered, last), furthest);
        }
    }

    #[test]
    fn what_is_too_old_and_was_not_seen_handed_out_may_be_lost() {
        let (mut judge, start) = (Judge::new(3 * MINUTE), Instant::now());
        let old = |minute, delivered| Seen { max_age: 10 * MINUTE, ..seen(start, minute, delivered, 0, true) };
        assert_eq!(judge.verdict(&mark(5), false, &old(9, 5)), Verdict::Taken);
        assert_eq!(judge.verdict(&mark(5), false, &old(10, 5)), Verdict::Gone);
        judge.end(&old(9, 5));
        assert_eq!(judge.verdict(&mark(5), false, &old(10, 6)), Verdict::Taken, "it was handed out when it lay there");
        assert_eq!(judge.verdict(&mark(6), false, &old(10, 6)), Verdict::Gone);
    }
}
