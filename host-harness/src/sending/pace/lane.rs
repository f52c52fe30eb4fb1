//! [`Lane`]: the windows of one channel, and who waits at them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::sliding::Sliding;
use super::{Class, Wanted};
use crate::config::RateLimits;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);
/// How often those are forgotten to whom nothing has gone for an hour.
const SWEEP: Duration = Duration::from_mins(1);

/// What has gone out on a channel, and who waits for room. In each window answers go before broadcasts, and then it is first come,
/// first served; who waits at one window keeps nobody waiting at another.
#[derive(Debug)]
pub(super) struct Lane {
    line: Mutex<Line>,
    people: Mutex<People>,
    /// Wakes those who wait when one of them has gone.
    moved: watch::Sender<()>,
}

/// The windows, and those who wait at them, in the order in which they go.
#[derive(Debug)]
struct Line {
    windows: [Sliding; WINDOWS],
    waiting: BTreeMap<Ticket, Needs>,
    last: u64,
}

/// So many windows has a channel: for audio and video, for broadcasts, and for all calls.
const WINDOWS: usize = 3;
/// How many calls somebody needs room for in each window, or how many there may be.
type Needs = [usize; WINDOWS];

/// A place in the line: answers are before broadcasts, and then it is as they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ticket {
    is_broadcast: bool,
    number: u64,
}

#[derive(Debug)]
struct People {
    sent: HashMap<String, Sliding>,
    swept: Instant,
}

/// Somebody who waits for room, until they have gone or are dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    lane: &'a Lane,
    ticket: Ticket,
    limits: &'a RateLimits,
}

/// Whether there is room for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Now,
    /// Not before this moment.
    At(Instant),
    /// Once one of those before has gone.
    Behind,
}

impl Lane {
    pub(super) fn new() -> Self {
        Self {
            line: Mutex::new(Line {
                windows: std::array::from_fn(|_| Sliding::new(SECOND)),
                waiting: BTreeMap::new(),
                last: 0,
            }),
            people: Mutex::new(People { sent: HashMap::new(), swept: Instant::now() }),
            moved: watch::Sender::new(()),
        }
    }

    /// When these people may get so much more within the hour; `None` for now.
    pub(super) fn people_at(&self, wanted: &[Wanted<'_>], limits: &RateLimits) -> Option<Instant> {
        let (mut people, now) = (self.people(), Instant::now());
        let most = limits.per_person_per_hour.get();
        let room_at = wanted
            .iter()
            .filter_map(|Wanted { person, calls, .. }| people.sent.get_mut((*person)?)?.room_at(now, *calls, most));
        room_at.max()
    }

    /// Puts somebody in line.
    pub(super) fn enter<'a>(&'a self, wanted: &[Wanted<'_>], limits: &'a RateLimits) -> Place<'a> {
        let is_broadcast = wanted.iter().all(|wanted| wanted.class == Class::Broadcast);
        let all = calls(wanted);
        let mut line = self.line();
        line.last += 1;
        let ticket = Ticket { is_broadcast, number: line.last };
        line.waiting.insert(ticket, [media(wanted), if is_broadcast { all } else { 0 }, all]);
        Place { lane: self, ticket, limits }
    }

    #[cfg(test)]
    pub(super) fn known_people(&self) -> usize {
        self.people().sent.len()
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.line().waiting.len()
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn people(&self) -> MutexGuard<'_, People> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// Whether it is this one's turn, if a window holds no more than `most`.
    fn turn(&mut self, ticket: Ticket, now: Instant, most: Needs) -> Turn {
        let Self { windows, waiting, .. } = self;
        // What those before will fill: they may wait at a window as well, but not for one who waits behind them.
        let mut claimed: Needs = [0; WINDOWS];
        let mut turn = Turn::Behind;
        for needs in waiting.range(..=ticket).map(|(_, needs)| needs) {
            turn = Turn::Now;
            for window in 0..WINDOWS {
                if needs[window] == 0 {
                    continue;
                }
                turn = turn_at(&mut windows[window], now, claimed[window], needs[window], most[window]);
                claimed[window] += needs[window];
                if turn != Turn::Now {
                    break;
                }
            }
        }
        turn
    }
}

/// Whether there is room in a window for so many calls behind those that are claimed.
fn turn_at(window: &mut Sliding, now: Instant, claimed: usize, calls: usize, most: usize) -> Turn {
    let all = claimed + calls.min(most);
    match window.room_at(now, all, most) {
        Some(at) => Turn::At(at),
        None if all > most => Turn::Behind,
        None => Turn::Now,
    }
}

impl Place<'_> {
    /// Waits for room in each window. `rate` says how many calls may go out in a second, at this moment.
    pub(super) async fn room(&self, rate: impl Fn() -> usize) {
        let mut moved = self.lane.moved.subscribe();
        loop {
            moved.borrow_and_update();
            let most = self.most(rate());
            let turn = self.lane.line().turn(self.ticket, Instant::now(), most);
            let at = match turn {
                Turn::Now => return,
                Turn::At(at) => Some(at),
                Turn::Behind => None,
            };
            let passed = async {
                match at {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            // The sender is this lane's, so that it never ends.
            tokio::select! {
                () = passed => {}
                _ = moved.changed() => {}
            }
        }
    }

    /// Counts the calls, which go out now; not where the person has got too many while others went first, or there is no more room.
    pub(super) fn take(&self, wanted: &[Wanted<'_>], rate: usize) -> bool {
        let (limits, now) = (self.limits, Instant::now());
        if self.lane.people_at(wanted, limits).is_some() {
            return false;
        }
        let most = self.most(rate);
        {
            let mut line = self.lane.line();
            if line.turn(self.ticket, now, most) != Turn::Now {
                return false;
            }
            let needs = line.waiting.remove(&self.ticket).unwrap_or_default();
            for (window, (calls, most)) in line.windows.iter_mut().zip(needs.into_iter().zip(most)) {
                window.count(now, calls, most);
            }
        }
        let mut people = self.lane.people();
        if now.duration_since(people.swept) >= SWEEP {
            people.sent.retain(|_, sent| !sent.is_empty(now));
            people.swept = now;
        }
        for Wanted { person, calls, .. } in wanted {
            let Some(person) = person else { continue };
            let sent = people.sent.entry((*person).to_owned()).or_insert_with(|| Sliding::new(HOUR));
            sent.count(now, *calls, limits.per_person_per_hour.get());
        }
        true
    }

    fn most(&self, rate: usize) -> Needs {
        [self.limits.audio_video_per_second.get(), Class::Broadcast.share(rate), rate]
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.lane.line().waiting.remove(&self.ticket);
        self.lane.moved.send_replace(());
    }
}

fn calls(wanted: &[Wanted<'_>]) -> usize {
    wanted.iter().map(|wanted| wanted.calls).sum()
}

/// How many of the calls count as audio or video.
fn media(wanted: &[Wanted<'_>]) -> usize {
    wanted.iter().filter(|wanted| wanted.media).map(|wanted| wanted.calls).sum()
}
