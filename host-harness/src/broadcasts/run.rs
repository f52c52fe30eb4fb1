//! Gives people their turn: a few at a time, so that memory stays flat however long the list is, and what is refused is seen early.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use super::Broadcasts;
use crate::sending::{NotSent, message_of};
use crate::store::{Broadcast, CastState, Tally, Turn};

/// So many messages are taken at once: as many as may go out in one call.
const AT_ONCE: usize = 25;
/// So many people are looked at for them at most.
const LOOKED_AT: usize = 250;
/// Of how many tries the share of refusals is looked at first.
const TRIED: u64 = 20;
/// It stops when this many in a hundred are refused.
const REFUSED_PERCENT: u64 = 5;
/// How often it looks by itself, also at the clock.
const LOOK: Duration = Duration::from_secs(1);

/// One broadcast while it runs.
#[derive(Debug)]
pub(super) struct Run {
    /// Rung when somebody has changed its state.
    pub(super) changed: Notify,
    started: Instant,
    /// How many messages had come to an end when it started, plus one; 0 before that is known.
    tried_before: AtomicU64,
    tried: AtomicU64,
}

impl Run {
    pub(super) fn new(started: Instant) -> Self {
        Self { changed: Notify::new(), started, tried_before: AtomicU64::new(0), tried: AtomicU64::new(0) }
    }

    fn saw(&self, tally: Tally) {
        let ended = tally.taken - tally.open.min(tally.taken);
        let _known = self.tried_before.compare_exchange(0, ended + 1, Ordering::Relaxed, Ordering::Relaxed);
        self.tried.store(ended, Ordering::Relaxed);
    }

    /// How many messages come to an end in a second, since it started.
    pub(super) fn rate(&self) -> f64 {
        let before = self.tried_before.load(Ordering::Relaxed);
        let done = (self.tried.load(Ordering::Relaxed) + 1).saturating_sub(before);
        let done = if before == 0 { 0 } else { u32::try_from(done).unwrap_or(u32::MAX) };
        f64::from(done) / self.started.elapsed().as_secs_f64().max(0.001)
    }
}

impl Broadcasts {
    /// Works until the broadcast is over, or somebody has told it to wait.
    pub(super) async fn run(&self, id: &str, run: &Run) {
        let mut news = self.sender.news();
        loop {
            news.mark_unchanged();
            match self.step(id, run).await {
                Ok(Next::Over) => return,
                Ok(Next::On) => {}
                Ok(Next::Wait) => {
                    tokio::select! {
                        () = run.changed.notified() => {}
                        _ = news.changed() => {}
                        () = sleep(LOOK) => {}
                    }
                }
                Err(NotSent::UnknownChannel { .. }) => {
                    tracing::warn!(broadcast = id, "a broadcast is paused: its channel is not configured");
                    if self.store.bring(id, &[CastState::Running], CastState::Paused).await.is_ok() {
                        return;
                    }
                    sleep(LOOK).await;
                }
                Err(error) => {
                    tracing::warn!(%error, broadcast = id, "a broadcast waits for the host");
                    sleep(LOOK).await;
                }
            }
        }
    }

    async fn step(&self, id: &str, run: &Run) -> Result<Next, NotSent> {
        let Some(broadcast) = self.store.broadcast(id).await? else { return Ok(Next::Over) };
        match broadcast.state {
            CastState::Scheduled if broadcast.at.is_some_and(|at| at > Timestamp::now()) => Ok(Next::Wait),
            CastState::Scheduled => {
                self.store.bring(id, &[CastState::Scheduled], CastState::Running).await?;
                Ok(Next::On)
            }
            CastState::Running => self.go_on(&broadcast, run).await,
            _ => Ok(Next::Over),
        }
    }

    async fn go_on(&self, broadcast: &Broadcast, run: &Run) -> Result<Next, NotSent> {
        let id = &broadcast.id;
        let tally = self.store.tally(id).await?;
        run.saw(tally);
        if tally.tried >= TRIED && tally.refused * 100 >= tally.tried * REFUSED_PERCENT {
            let Tally { tried, refused, .. } = tally;
            tracing::warn!(broadcast = id, tried, refused, "a broadcast stopped: too much of it is refused");
            self.store.bring(id, &[CastState::Running], CastState::Stopped).await?;
            self.store.give_back(id).await?;
            return Ok(Next::Over);
        }
        if !tally.waiting && tally.open == 0 {
            self.store.bring(id, &[CastState::Running], CastState::Done).await?;
            return Ok(Next::Over);
        }
        if !tally.waiting || tally.open > AT_ONCE as u64 {
            return Ok(Next::Wait);
        }
        let turns = self.turns(broadcast).await?;
        if turns.is_empty() {
            return Ok(Next::Wait);
        }
        let taken = self.store.take(id, turns).await?;
        self.sender.put_all_in_line(&broadcast.channel_id, taken);
        Ok(Next::On)
    }

    /// The next people's turns, up to the last of as many as may get a message at once.
    async fn turns(&self, broadcast: &Broadcast) -> Result<Vec<Turn>, NotSent> {
        let json: Value = serde_json::from_str(broadcast.json.get()).unwrap_or_default();
        let (mut turns, mut messages) = (Vec::new(), 0);
        for next in self.store.next(&broadcast.id, LOOKED_AT).await? {
            let given = match self.sender.bar(&json, &next.person).await? {
                Some(bar) => Err(bar.as_str().to_owned()),
                None => Ok(message_of(broadcast, &json, &next.person)?),
            };
            messages += usize::from(given.is_ok());
            turns.push(Turn { position: next.position, given });
            if messages == AT_ONCE {
                break;
            }
        }
        Ok(turns)
    }
}

/// What is to be done next.
enum Next {
    On,
    Wait,
    Over,
}
