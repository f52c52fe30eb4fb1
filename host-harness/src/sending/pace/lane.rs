//! [`Lane`]: the windows of one channel, and who waits at them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{MutexGuard, watch};
use tokio::time::{Instant, sleep_until};

use super::sliding::Sliding;
use super::{Class, Wanted};
use crate::config::RateLimits;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);
/// How often those are forgotten to whom nothing has gone for an hour.
const SWEEP: Duration = Duration::from_mins(1);

/// What has gone out on a channel. Whoever holds a window waits for room in it; all others wait for it, first come, first served.
#[derive(Debug)]
pub(super) struct Lane {
    calls: tokio::sync::Mutex<Sliding>,
    media: tokio::sync::Mutex<Sliding>,
    broadcasts: tokio::sync::Mutex<Sliding>,
    people: Mutex<People>,
    /// How many answers wait for the calls' window: broadcasts come after them.
    answers: watch::Sender<usize>,
}

#[derive(Debug)]
struct People {
    sent: HashMap<String, Sliding>,
    swept: Instant,
}

/// What there is room for, until it is counted or let go.
pub(super) struct Room<'a> {
    lane: &'a Lane,
    calls: MutexGuard<'a, Sliding>,
    media: Option<MutexGuard<'a, Sliding>>,
    broadcasts: Option<MutexGuard<'a, Sliding>>,
}

impl Lane {
    pub(super) fn new() -> Self {
        let second = || tokio::sync::Mutex::new(Sliding::new(SECOND));
        Self {
            calls: second(),
            media: second(),
            broadcasts: second(),
            people: Mutex::new(People { sent: HashMap::new(), swept: Instant::now() }),
            answers: watch::Sender::new(0),
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

    /// Waits for room in each window. `rate` says how many calls may go out in a second, at this moment.
    pub(super) async fn room(&self, wanted: &[Wanted<'_>], limits: &RateLimits, rate: impl Fn() -> usize) -> Room<'_> {
        let media = match media(wanted) {
            0 => None,
            media => Some(room_in(&self.media, media, || limits.audio_video_per_second.get()).await),
        };
        let all = calls(wanted);
        let (calls, broadcasts) = if wanted.iter().all(|wanted| wanted.class == Class::Broadcast) {
            let broadcasts = room_in(&self.broadcasts, all, || Class::Broadcast.share(rate())).await;
            (self.room_behind_answers(all, rate).await, Some(broadcasts))
        } else {
            let _waiting = Waiting::with(&self.answers);
            (room_in(&self.calls, all, rate).await, None)
        };
        Room { lane: self, calls, media, broadcasts }
    }

    async fn room_behind_answers(&self, wanted: usize, rate: impl Fn() -> usize) -> MutexGuard<'_, Sliding> {
        let mut answers = self.answers.subscribe();
        loop {
            // Its sender is this lane's, so that it never ends.
            drop(answers.wait_for(|waiting| *waiting == 0).await);
            let mut calls = self.calls.lock().await;
            if *self.answers.borrow() > 0 {
                continue;
            }
            let Some(at) = calls.room_at(Instant::now(), wanted, rate()) else { return calls };
            // An answer that comes meanwhile goes first.
            drop(calls);
            sleep_until(at).await;
        }
    }

    #[cfg(test)]
    pub(super) fn known_people(&self) -> usize {
        self.people().sent.len()
    }

    fn people(&self) -> std::sync::MutexGuard<'_, People> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room<'_> {
    /// Counts the calls, which go out now; not where the person has got too many while others went first.
    pub(super) fn take(mut self, wanted: &[Wanted<'_>], limits: &RateLimits, rate: usize) -> bool {
        if self.lane.people_at(wanted, limits).is_some() {
            return false;
        }
        let (now, all) = (Instant::now(), calls(wanted));
        self.calls.count(now, all, rate);
        if let Some(window) = &mut self.media {
            window.count(now, media(wanted), limits.audio_video_per_second.get());
        }
        if let Some(window) = &mut self.broadcasts {
            window.count(now, all, Class::Broadcast.share(rate));
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
}

fn calls(wanted: &[Wanted<'_>]) -> usize {
    wanted.iter().map(|wanted| wanted.calls).sum()
}

/// How many of the calls count as audio or video.
fn media(wanted: &[Wanted<'_>]) -> usize {
    wanted.iter().filter(|wanted| wanted.media).map(|wanted| wanted.calls).sum()
}

async fn room_in(
    window: &tokio::sync::Mutex<Sliding>,
    calls: usize,
    most: impl Fn() -> usize,
) -> MutexGuard<'_, Sliding> {
    let mut window = window.lock().await;
    while let Some(at) = window.room_at(Instant::now(), calls, most()) {
        sleep_until(at).await;
    }
    window
}

/// One more who waits, until it is dropped.
struct Waiting<'a>(&'a watch::Sender<usize>);

impl<'a> Waiting<'a> {
    fn with(waiting: &'a watch::Sender<usize>) -> Self {
        waiting.send_modify(|waiting| *waiting += 1);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}
