//! The core gives a message up after some deliveries and tells nobody, also when only its own database was away. So it is looked for: at
//! each connection, and every minute.
//!
//! What lies in the stream at or below what was handed out to the core, and is not acknowledged for minutes while the core asks for more,
//! is given up. It is published once more after the core has taken a later one. Given up again, it is told to the operator and kept.

mod anew;
mod judge;
mod streaks;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep_until};

#[cfg(test)]
pub(super) use self::judge::tests::mark;
use self::judge::{Judge, Seen, Verdict};
use self::streaks::Streaks;
use super::connection::{Bus, Open};
use super::cursors::cursor;
use super::published::Published;
use super::publishing::Publisher;
use super::queue::{NotLooked, Queue, delete, lies, lying, stream};
use crate::config::Watch;
use crate::store::{Cursors, Mark, MarkKind, MarkState, Marks, StoreError};

type Stream = async_nats::jetstream::stream::Stream<()>;

/// So many marks are read at once.
const PAGE: usize = 1_000;
/// So many of what was set aside are looked at, at most.
const ASIDE: usize = 10_000;
/// How often it is looked while the stream has no room: what is pushed out then is found before the core takes what came later.
const SOON: Duration = Duration::from_secs(1);

/// Looks for what the core did not take.
#[derive(Debug)]
pub(super) struct Refusals {
    pub(super) publisher: Publisher,
    pub(super) bus: Bus,
    pub(super) marks: Arc<dyn Marks>,
    pub(super) cursors: Arc<dyn Cursors>,
    pub(super) published: Published,
    pub(super) watch: Watch,
    /// A digest of each channel's settings.
    pub(super) settings: BTreeMap<String, u64>,
}

/// What is known from one look to the next.
struct Known {
    judges: [(MarkKind, Judge); 2],
    streaks: Streaks,
    /// When each stopped channel was probed.
    probed: HashMap<String, Instant>,
}

/// Why nothing was found out, for now.
enum NotNow {
    Bus(String),
    Store(StoreError),
}

impl Refusals {
    /// Looks for ever.
    pub(super) async fn look(self) {
        let mut known = self.known().await;
        let mut bus = self.bus.clone();
        let mut due = Instant::now();
        loop {
            let open = bus.open().await;
            match self.look_once(&mut known, &open).await {
                Ok(()) => {}
                Err(NotNow::Store(StoreError::Closed)) => return,
                Err(NotNow::Store(error)) => {
                    tracing::error!(%error, "what Linktor did not take is not found out; trying again");
                }
                Err(NotNow::Bus(reason)) => tracing::debug!(reason, "what Linktor did not take is not found out yet"),
            }
            let every = if self.published.room.held().is_some() {
                self.watch.look_every.min(SOON)
            } else {
                self.watch.look_every
            };
            due = (due + every).max(Instant::now());
            tokio::select! {
                () = self.probe(&mut known, &open, due) => {}
                () = self.published.again.asked() => due = Instant::now(),
                // A look at each connection.
                () = bus.lost(&open) => due = Instant::now(),
            }
        }
    }

    /// What an earlier host has left.
    async fn known(&self) -> Known {
        let judge = || Judge::new(self.watch.given_up_after);
        let mut streaks = Streaks::default();
        for mark in self.marks.in_state(MarkState::GivenUp, ASIDE).await.unwrap_or_default() {
            if self.is_of_these_settings(&mark) {
                streaks.given_up(&mark);
            }
        }
        let judges = [(MarkKind::Message, judge()), (MarkKind::Status, judge())];
        Known { judges, streaks, probed: HashMap::new() }
    }

    async fn look_once(&self, known: &mut Known, open: &Open) -> Result<(), NotNow> {
        let (stream, info) = stream(open).await?;
        for (kind, judge) in &mut known.judges {
            let queue = Queue::look(open, *kind).await?;
            let delivered = judge.furthest(queue.map_or(0, |queue| queue.delivered), info.state.last_sequence);
            let max_age = info.config.max_age;
            let seen = Seen { queue, delivered, max_age, now: Instant::now(), at: Timestamp::now() };
            self.judge_delivered(judge, &mut known.streaks, &seen, &stream, *kind).await?;
            self.find_gone(open, &stream, *kind, delivered).await?;
        }
        self.publish_anew(&mut known.streaks, open, &stream).await?;
        self.tell(&known.streaks).await
    }

    /// Finds out what became of all that was handed out to the core.
    async fn judge_delivered(
        &self,
        judge: &mut Judge,
        streaks: &mut Streaks,
        seen: &Seen,
        stream: &Stream,
        kind: MarkKind,
    ) -> Result<(), NotNow> {
        let delivered = seen.delivered;
        let (mut after, mut lying_there) = (0, None);
        let (mut taken, mut given_up, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            let page = self.marks.in_stream(kind, after, PAGE).await?;
            let Some(first) = page.first().map(|mark| mark.stream_seq).filter(|first| *first <= delivered) else {
                break;
            };
            if lying_there.is_none() {
                let all = self.lying(stream, kind, first, delivered).await?;
                judge.begin(seen, &all);
                lying_there = Some(all);
            }
            let all = lying_there.as_ref().map_or(&[][..], |all| all.as_slice());
            for mark in page.into_iter().filter(|mark| mark.stream_seq <= delivered) {
                after = mark.stream_seq;
                let lies = all.binary_search(&mark.stream_seq).is_ok();
                match (mark.state, judge.verdict(&mark, lies, seen)) {
                    (MarkState::Published | MarkState::GivenUp, Verdict::Taken) => taken.push(mark),
                    (MarkState::Published, Verdict::GivenUp) => given_up.push(mark),
                    (MarkState::Published | MarkState::GivenUp, Verdict::Gone) => gone.push(mark),
                    _ => {}
                }
            }
        }
        if lying_there.is_none() {
            judge.begin(seen, &[]);
        }
        judge.end(seen);
        for mark in &taken {
            streaks.taken(mark);
        }
        self.forget_taken(taken).await?;
        for mark in gone {
            self.publish_gone_again(mark).await?;
        }
        for mark in given_up {
            self.given_up(mark, streaks, stream).await?;
        }
        Ok(())
    }

    /// What lies on the subjects of a kind, in order.
    async fn lying(&self, stream: &Stream, kind: MarkKind, from: u64, to: u64) -> Result<Vec<u64>, NotNow> {
        let word = match kind {
            MarkKind::Message => "inbound",
            MarkKind::Status => "status",
        };
        let list = self.publisher.channels.list();
        let types: BTreeSet<_> = list.in_linktor().map(|(_, adapter)| adapter.channel_type()).collect();
        let mut all = Vec::new();
        for channel_type in types {
            all.extend(lying(stream, &format!("linktor.messages.{word}.{channel_type}"), from, to).await?);
        }
        all.sort_unstable();
        Ok(all)
    }

    /// A mark that the cursor has not passed yet still says that its event was published.
    async fn forget_taken(&self, taken: Vec<Mark>) -> Result<(), NotNow> {
        let mut passed = HashMap::new();
        for mark in &taken {
            if !passed.contains_key(&mark.channel_id) {
                passed.insert(mark.channel_id.clone(), self.cursors.place(&cursor(&mark.channel_id)).await?);
            }
        }
        let is_passed = |mark: &Mark| passed.get(&mark.channel_id).is_some_and(|next| mark.event_seq < *next);
        Ok(self.marks.forget(taken.into_iter().filter(is_passed).collect()).await?)
    }

    /// What was never handed out lies there, or it was too old or pushed out: those are the first.
    async fn find_gone(&self, open: &Open, stream: &Stream, kind: MarkKind, delivered: u64) -> Result<(), NotNow> {
        let mut after = delivered;
        loop {
            let page = self.marks.in_stream(kind, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.stream_seq;
            for mark in page.into_iter().filter(|mark| matches!(mark.state, MarkState::Published | MarkState::GivenUp))
            {
                if lies(stream, mark.stream_seq).await? {
                    return Ok(());
                }
                // It may have been taken in this moment.
                let now = Queue::look(open, kind).await?.map_or(0, |queue| queue.delivered);
                if now >= mark.stream_seq {
                    return Ok(());
                }
                self.publish_gone_again(mark).await?;
            }
        }
    }

    async fn publish_gone_again(&self, mark: Mark) -> Result<(), NotNow> {
        let (channel_id, seq) = (&mark.channel_id, mark.event_seq);
        tracing::warn!(
            channel_id,
            seq,
            "the stream has dropped what Linktor's core had not taken, by its age or its limits: it is published again"
        );
        let due = Mark { again: true, state: MarkState::Due, ..mark };
        Ok(self.marks.put(vec![due]).await?)
    }

    async fn given_up(&self, mark: Mark, streaks: &mut Streaks, stream: &Stream) -> Result<(), NotNow> {
        if !self.is_of_these_settings(&mark) {
            return Ok(self.marks.change(vec![mark], MarkState::Due).await?);
        }
        streaks.given_up(&mark);
        let Mark { channel_id, event_seq: seq, stream_seq, .. } = &mark;
        if !mark.proven {
            if mark.tries == 0 {
                tracing::warn!(
                    channel_id,
                    seq,
                    stream_seq,
                    "Linktor's core has given a message up: it is published once more when the core has taken a later one"
                );
            }
            return Ok(self.marks.change(vec![mark], MarkState::GivenUp).await?);
        }
        if mark.again && streaks.has_taken_any(channel_id) {
            tracing::info!(channel_id, seq, "Linktor has this message already: its second copy is deleted");
            delete(stream, mark.stream_seq).await?;
            return Ok(self.marks.forget(vec![mark]).await?);
        }
        let cause = match (mark.kind, streaks.has_taken_any(channel_id)) {
            (MarkKind::Message, false) => {
                "Linktor has taken nothing of this channel: linktor_channel_id or tenant_id may name none there"
            }
            (MarkKind::Message, true) => {
                "Linktor may have it already, or its database was away or could not hold it: look at both at this time"
            }
            (MarkKind::Status, _) => "Linktor does not know the answer any more, or its database was away",
        };
        tracing::error!(
            channel_id,
            seq,
            stream_seq,
            cause,
            "Linktor's core has given a message up twice; it is kept until `linktor redrive` or other settings publish it again"
        );
        Ok(self.marks.change(vec![mark], MarkState::Refused).await?)
    }

    fn is_of_these_settings(&self, mark: &Mark) -> bool {
        self.settings.get(&mark.channel_id).is_none_or(|settings| *settings == mark.settings)
    }

    /// Says how it stands with each channel, and stops or starts it.
    async fn tell(&self, streaks: &Streaks) -> Result<(), NotNow> {
        let mut aside = self.marks.in_state(MarkState::Refused, ASIDE).await?;
        aside.extend(self.marks.in_state(MarkState::GivenUp, ASIDE).await?);
        for (channel_id, progress) in &*self.published.progress {
            let theirs = aside.iter().filter(|mark| mark.channel_id == *channel_id).count();
            progress.give_up(theirs as u64);
            let is_stopped = streaks.is_stopped(channel_id);
            match (progress.stop(is_stopped), is_stopped) {
                (true, true) => tracing::error!(
                    channel_id,
                    "Linktor's core takes nothing of this channel: nothing more is published but a probe now and then; look at \
                     linktor_channel_id, tenant_id and Linktor's database"
                ),
                (true, false) => tracing::info!(channel_id, "Linktor's core takes what this channel publishes again"),
                (false, _) => {}
            }
        }
        Ok(())
    }

    /// Tries stopped channels until it is time to look again.
    async fn probe(&self, known: &mut Known, open: &Open, until: Instant) {
        loop {
            let now = Instant::now();
            let mut next = until;
            for (channel_id, progress) in self.published.progress.iter().filter(|(_, progress)| progress.is_stopped()) {
                let due = known.probed.get(channel_id).map_or(now, |probed| *probed + self.watch.probe_every);
                if due > now {
                    next = next.min(due);
                    continue;
                }
                known.probed.insert(channel_id.clone(), now);
                next = next.min(now + self.watch.probe_every);
                if progress.waiting() > 0 {
                    progress.probe();
                } else {
                    self.publish_as_probe(channel_id, open).await;
                }
            }
            sleep_until(next).await;
            if next >= until {
                return;
            }
        }
    }
}

impl From<NotLooked> for NotNow {
    fn from(NotLooked(reason): NotLooked) -> Self {
        Self::Bus(reason)
    }
}

impl From<StoreError> for NotNow {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
