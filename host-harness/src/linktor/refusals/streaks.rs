use std::collections::{BTreeSet, HashMap};

use crate::store::{Mark, MarkKind};

/// So many given up in a row, with nothing taken between, and a channel stops.
const IN_A_ROW: usize = 3;

/// What the core took and gave up, in the stream's order.
#[derive(Debug, Default)]
pub(super) struct Streaks {
    /// The latest that was taken, of each channel and kind.
    taken: HashMap<(String, MarkKind), u64>,
    /// People's messages that were given up since then, by channel.
    given_up: HashMap<String, BTreeSet<u64>>,
}

impl Streaks {
    pub(super) fn taken(&mut self, mark: &Mark) {
        let taken = self.taken.entry((mark.channel_id.clone(), mark.kind)).or_default();
        *taken = mark.stream_seq.max(*taken);
        if let Some(given_up) = self.given_up.get_mut(&mark.channel_id).filter(|_| mark.kind == MarkKind::Message) {
            *given_up = given_up.split_off(&(*taken + 1));
        }
    }

    pub(super) fn given_up(&mut self, mark: &Mark) {
        if mark.kind == MarkKind::Message && !self.has_taken_later(mark) {
            self.given_up.entry(mark.channel_id.clone()).or_default().insert(mark.stream_seq);
        }
    }

    /// Somebody says that it is worth to try again.
    pub(super) fn begin_anew(&mut self, channel_id: &str) {
        self.given_up.remove(channel_id);
    }

    /// Whether the core has taken a later one of this channel.
    pub(super) fn has_taken_later(&self, mark: &Mark) -> bool {
        self.taken.get(&(mark.channel_id.clone(), mark.kind)).is_some_and(|taken| *taken > mark.stream_seq)
    }

    /// Whether it has taken a later one of any channel: it and its database work.
    pub(super) fn works_since(&self, mark: &Mark) -> bool {
        self.taken.iter().any(|((_, kind), taken)| *kind == mark.kind && *taken > mark.stream_seq)
    }

    /// Whether it has ever taken a message of this channel.
    pub(super) fn has_taken_any(&self, channel_id: &str) -> bool {
        self.taken.contains_key(&(channel_id.to_owned(), MarkKind::Message))
    }

    pub(super) fn is_stopped(&self, channel_id: &str) -> bool {
        self.given_up.get(channel_id).is_some_and(|given_up| given_up.len() >= IN_A_ROW)
    }
}

#[cfg(test)]
mod tests {
    use super::super::judge::tests::mark;
    use super::*;

    #[test]
    fn three_in_a_row_stop_a_channel_until_a_later_one_is_taken() {
        let mut streaks = Streaks::default();
        let of = |channel: &str, seq| Mark { channel_id: channel.to_owned(), ..mark(seq) };
        streaks.taken(&of("a", 5));
        for seq in [4, 6, 7] {
            streaks.given_up(&of("a", seq));
        }
        assert!(!streaks.is_stopped("a"), "the first was given up before one was taken");
        streaks.given_up(&Mark { kind: MarkKind::Status, ..of("a", 8) });
        streaks.given_up(&of("b", 9));
        assert!(!streaks.is_stopped("a"));
        streaks.given_up(&of("a", 10));
        assert!(streaks.is_stopped("a") && !streaks.is_stopped("b"));
        streaks.taken(&of("b", 12));
        streaks.taken(&Mark { kind: MarkKind::Status, ..of("a", 13) });
        assert!(streaks.is_stopped("a"), "another's says nothing of this one");
        assert!(streaks.works_since(&of("a", 10)) && !streaks.has_taken_later(&of("a", 10)));
        streaks.taken(&of("a", 8));
        assert!(!streaks.is_stopped("a"));
        for seq in [14, 15] {
            streaks.given_up(&of("a", seq));
        }
        assert!(streaks.is_stopped("a"), "the tenth is still in the row");
        streaks.begin_anew("a");
        assert!(!streaks.is_stopped("a"));
        assert!(streaks.has_taken_any("a") && !streaks.has_taken_any("c"));
    }
}
