//! What waits to be sent on one channel: one message at a time to a person and in order, people in turn, answers before broadcasts.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::accept::Ready;
use super::pace::{AT_ONCE, Class};
use crate::store::Place;

/// How long a message may wait.
pub(super) const EXPIRES: Duration = Duration::from_hours(24);

/// When a message that has waited since then is too old.
pub(super) fn expires(since: Timestamp) -> Instant {
    let waited = Duration::try_from(Timestamp::now().duration_since(since)).unwrap_or_default();
    Instant::now() + EXPIRES.saturating_sub(waited)
}

/// Who gets their messages one after the other: a person, or whatever names them.
pub(super) type Line = String;

/// A message that waits.
pub(super) struct Waiting {
    pub(super) id: String,
    pub(super) line: Line,
    pub(super) place: Place,
    /// When it is too old to be sent, by a clock that does not jump.
    pub(super) expires: Instant,
    /// Not before this moment.
    pub(super) due: Option<Instant>,
    /// When this round's first attempt began, by a clock that does not jump.
    pub(super) tried: Option<Instant>,
    /// Messages that were given together may go out together.
    pub(super) group: Option<Group>,
    pub(super) class: Class,
    /// What was made of it when it was accepted, unless that is left to its attempt.
    pub(super) ready: Option<Box<Ready>>,
}

/// What was given together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// In one request, which has this number.
    Batch(u64),
    /// In the broadcast of this id.
    Broadcast(String),
}

/// What a message has before it that goes to the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Behind {
    /// Until when an earlier one holds the line that may have been sent in part.
    pub(super) until: Option<Instant>,
}

/// The lines of a channel.
#[derive(Default)]
pub(super) struct Queue {
    lines: HashMap<Line, State>,
    /// The lines whose first message may go out now, the one that has waited longest in front.
    answers: VecDeque<Line>,
    broadcasts: VecDeque<Line>,
    /// The lines that wait for a moment.
    later: BTreeSet<(Instant, Line)>,
    waiting: Count,
}

/// How many messages wait.
#[derive(Default)]
struct Count {
    here: usize,
    /// On all channels together.
    total: Arc<AtomicUsize>,
}

impl Count {
    fn up(&mut self) {
        self.here += 1;
        self.total.fetch_add(1, Ordering::Relaxed);
    }

    fn down(&mut self) {
        self.here -= 1;
        self.total.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct State {
    waiting: BTreeMap<Place, Waiting>,
    stands: Stands,
}

/// Where a line stands.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stands {
    /// Nowhere: there is nothing to do for it.
    #[default]
    Idle,
    /// Among those whose turn comes.
    InTurn(Class),
    /// A message of it is being sent.
    Busy,
    /// It waits for a moment, perhaps held until then.
    Until(Instant),
}

impl Queue {
    /// Empty. What waits is counted in `total` as well.
    pub(super) fn counted(total: Arc<AtomicUsize>) -> Self {
        Self { waiting: Count { here: 0, total }, ..Self::default() }
    }

    /// Puts a message into its line.
    pub(super) fn push(&mut self, waiting: Waiting) {
        let line = waiting.line.clone();
        let state = self.lines.entry(line.clone()).or_default();
        if state.waiting.insert(waiting.place, waiting).is_none() {
            self.waiting.up();
        }
        if state.stands == Stands::Idle {
            self.arrange(line);
        }
    }

    /// Takes messages whose turn it is: one, or several to different people that were given together. Their lines are busy until
    /// they are [freed](Self::free).
    pub(super) fn take(&mut self, now: Instant) -> Vec<Waiting> {
        while let Some((due, _)) = self.later.first().filter(|(due, _)| *due <= now) {
            let due = *due;
            let lines: Vec<_> =
                self.later.iter().take_while(|(at, _)| *at == due).map(|(_, line)| line.clone()).collect();
            for line in lines {
                self.let_go(&line);
            }
        }
        let Some(first) = self.answers.pop_front().or_else(|| self.broadcasts.pop_front()) else { return Vec::new() };
        let mut taken: Vec<_> = self.take_from(&first).into_iter().collect();
        let Some(group) = taken.first().and_then(|first| first.group.clone().map(|group| (group, first.class))) else {
            return taken;
        };
        let turn = if group.1 == Class::Answer { &self.answers } else { &self.broadcasts };
        let together = |line: &&Line| {
            let first = self.lines.get(*line).and_then(|state| state.waiting.values().next());
            first.is_some_and(|first| first.group.as_ref() == Some(&group.0))
        };
        let lines: Vec<Line> = turn.iter().filter(together).take(AT_ONCE - 1).cloned().collect();
        let turn = if group.1 == Class::Answer { &mut self.answers } else { &mut self.broadcasts };
        turn.retain(|line| !lines.contains(line));
        taken.extend(lines.into_iter().filter_map(|line| self.take_from(&line)));
        taken
    }

    fn take_from(&mut self, line: &Line) -> Option<Waiting> {
        let state = self.lines.get_mut(line)?;
        let (_, waiting) = state.waiting.pop_first()?;
        state.stands = Stands::Busy;
        self.waiting.down();
        Some(waiting)
    }

    /// A line's message has ended, or goes back into its line: the next one may be sent, or not before `until`.
    pub(super) fn free(&mut self, line: &Line, back: Option<Waiting>, until: Option<Instant>) {
        let Some(state) = self.lines.get_mut(line) else { return };
        if let Some(back) = back {
            state.waiting.insert(back.place, back);
            self.waiting.up();
        }
        state.stands = Stands::Idle;
        match until {
            Some(until) => {
                state.stands = Stands::Until(until);
                self.later.insert((until, line.clone()));
            }
            None => self.arrange(line.clone()),
        }
    }

    /// A line that waits for a moment waits no longer.
    pub(super) fn let_go(&mut self, line: &Line) {
        let Some(state) = self.lines.get_mut(line) else { return };
        if let Stands::Until(until) = state.stands {
            state.stands = Stands::Idle;
            self.later.remove(&(until, line.clone()));
            if let Some(mut first) = state.waiting.first_entry() {
                first.get_mut().due = None;
            }
            self.arrange(line.clone());
        }
    }

    /// Takes a message out that is not to be sent.
    pub(super) fn remove(&mut self, line: &Line, place: Place) -> Option<Waiting> {
        let state = self.lines.get_mut(line)?;
        let removed = state.waiting.remove(&place)?;
        self.waiting.down();
        // It may have been the one that its line waits for.
        if let Stands::Until(_) = state.stands {
            self.let_go(line);
        }
        self.forget_if_empty(line);
        Some(removed)
    }

    /// Takes out what is too old by now.
    pub(super) fn expired(&mut self, now: Instant) -> Vec<Waiting> {
        let lines = self.lines.iter();
        let old = |(line, state): (&Line, &State)| {
            let old = state.waiting.iter().filter(|(_, waiting)| waiting.expires <= now);
            old.map(|(place, _)| (line.clone(), *place)).collect::<Vec<_>>()
        };
        let old: Vec<_> = lines.flat_map(old).collect();
        old.into_iter().filter_map(|(line, place)| self.remove(&line, place)).collect()
    }

    /// When the first line waits no longer.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.later.first().map(|(due, _)| *due)
    }

    /// Whether a message waits for others to the same person, and until when, where that is known.
    pub(super) fn behind(&self, line: &Line, place: Place) -> Option<Behind> {
        let state = self.lines.get(line)?;
        let waiting = state.waiting.get(&place)?;
        let is_first = state.waiting.first_key_value().is_some_and(|(first, _)| *first == place);
        match state.stands {
            Stands::Busy => Some(Behind { until: None }),
            _ if !is_first => Some(Behind { until: None }),
            // Its own next attempt is told as that.
            Stands::Until(until) if waiting.due.is_none() => Some(Behind { until: Some(until) }),
            Stands::Until(_) | Stands::InTurn(_) | Stands::Idle => None,
        }
    }

    /// How many messages wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.here
    }

    /// How long the oldest message has waited.
    pub(super) fn oldest(&self) -> Option<Duration> {
        let expires =
            self.lines.values().flat_map(|state| state.waiting.values()).map(|waiting| waiting.expires).min()?;
        Some(EXPIRES.saturating_sub(expires.saturating_duration_since(Instant::now())))
    }

    /// Gives a line for which nothing is under way the place that it has by its first message.
    fn arrange(&mut self, line: Line) {
        let Some(state) = self.lines.get_mut(&line) else { return };
        let Some(first) = state.waiting.values().next() else {
            self.forget_if_empty(&line);
            return;
        };
        let class = first.class;
        if let Some(due) = first.due {
            state.stands = Stands::Until(due);
            self.later.insert((due, line));
        } else {
            state.stands = Stands::InTurn(class);
            let turn = if class == Class::Answer { &mut self.answers } else { &mut self.broadcasts };
            turn.push_back(line);
        }
    }

    fn forget_if_empty(&mut self, line: &Line) {
        let Some(state) = self.lines.get(line).filter(|state| state.waiting.is_empty()) else { return };
        match state.stands {
            Stands::Busy | Stands::Until(_) => return,
            Stands::InTurn(Class::Answer) => self.answers.retain(|other| other != line),
            Stands::InTurn(Class::Broadcast) => self.broadcasts.retain(|other| other != line),
            Stands::Idle => {}
        }
        self.lines.remove(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(line: &str, seq: u64) -> Waiting {
        Waiting {
            id: format!("{line}-{seq}"),
            line: line.to_owned(),
            place: Place::accepted(seq),
            expires: Instant::now() + EXPIRES - Duration::from_mins(60 - seq),
            due: None,
            tried: None,
            group: None,
            class: Class::Answer,
            ready: None,
        }
    }

    fn queue(messages: impl IntoIterator<Item = Waiting>) -> Queue {
        let mut queue = Queue::default();
        messages.into_iter().for_each(|message| queue.push(message));
        queue
    }

    fn ids(taken: &[Waiting]) -> Vec<&str> {
        taken.iter().map(|waiting| waiting.id.as_str()).collect()
    }

    #[tokio::test]
    async fn people_take_turns_and_each_gets_one_at_a_time_in_order() {
        let now = Instant::now();
        let mut queue = queue([message("ana", 3), message("ana", 1), message("bo", 2), message("ana", 4)]);
        assert_eq!(ids(&queue.take(now)), ["ana-1"], "places count, not when it was put in");
        assert_eq!(ids(&queue.take(now)), ["bo-2"]);
        assert!(queue.take(now).is_empty(), "both are being written to");
        queue.push(message("cy", 5));
        queue.free(&"ana".to_owned(), None, None);
        assert_eq!((ids(&queue.take(now)), ids(&queue.take(now))), (vec!["cy-5"], vec!["ana-3"]));
        for line in ["ana", "bo", "cy"] {
            queue.free(&line.to_owned(), None, None);
        }
        assert_eq!(ids(&queue.take(now)), ["ana-4"]);
        queue.free(&"ana".to_owned(), None, None);
        assert!(queue.lines.is_empty() && queue.len() == 0, "nobody is remembered");
    }

    #[tokio::test]
    async fn what_waits_for_a_moment_holds_its_own_line_alone() {
        let now = Instant::now();
        let soon = now + Duration::from_secs(1);
        let mut queue = queue([message("ana", 1), message("ana", 2), message("bo", 3)]);
        let first = queue.take(now).remove(0);
        queue.free(&"ana".to_owned(), Some(Waiting { due: Some(soon), ..first }), Some(soon));
        assert_eq!(ids(&queue.take(now)), ["bo-3"]);
        assert!(queue.take(now).is_empty());
        assert_eq!(queue.next_due(), Some(soon));
        let behind = |queue: &Queue, seq| queue.behind(&"ana".to_owned(), Place::accepted(seq));
        assert_eq!((behind(&queue, 1), behind(&queue, 2)), (None, Some(Behind { until: None })));
        assert_eq!(ids(&queue.take(soon)), ["ana-1"], "and it comes before what came later");
        assert_eq!(behind(&queue, 2), Some(Behind { until: None }), "the first is being sent");
        let held = soon + Duration::from_secs(30);
        queue.free(&"ana".to_owned(), None, Some(held));
        assert_eq!(behind(&queue, 2), Some(Behind { until: Some(held) }));
        assert!(queue.take(soon).is_empty(), "the line is held");
        queue.let_go(&"ana".to_owned());
        assert_eq!(ids(&queue.take(soon)), ["ana-2"]);
    }

    #[tokio::test]
    async fn what_was_given_together_goes_together_to_different_people() {
        let now = Instant::now();
        let of = |line: &str, seq, group| Waiting { group: Some(Group::Batch(group)), ..message(line, seq) };
        let mut queue = queue([of("ana", 1, 7), message("bo", 2), of("cy", 3, 7), of("ana", 4, 7), of("di", 5, 8)]);
        assert_eq!(ids(&queue.take(now)), ["ana-1", "cy-3"]);
        assert_eq!(ids(&queue.take(now)), ["bo-2"]);
        assert_eq!(ids(&queue.take(now)), ["di-5"]);
        let many = (0..60).map(|seq| of(&format!("p{seq}"), seq, 9));
        let mut queue = self::queue(many);
        let sizes: Vec<_> = std::iter::from_fn(|| Some(queue.take(now).len()).filter(|size| *size > 0)).collect();
        assert_eq!(sizes, [25, 25, 10]);
    }

    #[tokio::test]
    async fn answers_go_before_broadcasts() {
        let now = Instant::now();
        let of_broadcast = |line, seq| Waiting { class: Class::Broadcast, ..message(line, seq) };
        let mut queue = queue([of_broadcast("ana", 1), of_broadcast("bo", 2), message("cy", 3)]);
        assert_eq!(ids(&queue.take(now)), ["cy-3"]);
        assert_eq!(ids(&queue.take(now)), ["ana-1"]);
    }

    #[tokio::test]
    async fn what_is_taken_out_holds_nobody() {
        let now = Instant::now();
        let soon = now + Duration::from_secs(9);
        let held = Waiting { due: Some(soon), ..message("ana", 1) };
        let mut queue = queue([held, message("ana", 2), message("bo", 3), message("bo", 4)]);
        assert!(queue.oldest().is_some_and(|waited| waited >= Duration::from_mins(59)));
        assert!(queue.remove(&"ana".to_owned(), Place::accepted(1)).is_some());
        assert!(queue.remove(&"ana".to_owned(), Place::accepted(1)).is_none());
        assert_eq!((ids(&queue.take(now)), queue.len()), (vec!["bo-3"], 2));
        let old = queue.expired(now + EXPIRES - Duration::from_mins(57));
        assert_eq!(ids(&old), ["ana-2"]);
        queue.free(&"bo".to_owned(), None, None);
        assert_eq!(ids(&queue.take(now)), ["bo-4"]);
    }
}
