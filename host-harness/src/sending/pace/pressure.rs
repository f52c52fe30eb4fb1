//! [`Pressures`]: how much of the providers' limits is used, as every reply tells it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use channel_api::Pressure;
use jiff::Timestamp;
use tokio::time::Instant;

/// From so many percent on a channel goes more slowly, and at 100 it stands.
const SLOW_FROM: u16 = 75;
/// How long what was told counts. Providers leave the word out where little is used, so that silence is good news.
const TOLD_LASTS: Duration = Duration::from_mins(5);
/// How long nothing goes out where a limit is used up and the provider names no time. One more call tells then how it is.
const USED_UP_PAUSE: Duration = Duration::from_mins(1);

/// What was told of the limits of one channel, or of one app.
#[derive(Debug, Default)]
pub(super) struct Pressures(HashMap<Cow<'static, str>, Told>);

#[derive(Debug)]
struct Told {
    used_percent: u16,
    at: Instant,
    /// Until when nothing goes out.
    until: Option<Instant>,
    /// Since when it has been so much that the channel slows down.
    since: Timestamp,
}

/// The limit that slows a channel down most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tightest {
    /// Which it is, in the channel's word.
    pub(super) limit: Cow<'static, str>,
    pub(super) used_percent: u16,
    pub(super) since: Timestamp,
    /// Until when nothing goes out at all.
    pub(super) until: Option<Instant>,
}

impl Pressures {
    /// A reply tells of a limit.
    pub(super) fn tell(&mut self, pressure: &Pressure, now: Instant) {
        self.0.retain(|_, told| told.counts(now));
        let Pressure { scope, used_percent, wait, .. } = pressure;
        if *used_percent < SLOW_FROM && wait.is_none() {
            self.0.remove(scope);
            return;
        }
        let used_up = (*used_percent >= 100).then_some(USED_UP_PAUSE);
        let until = wait.or(used_up).map(|wait| now + wait);
        let since = self.0.get(scope).map_or_else(Timestamp::now, |told| told.since);
        self.0.insert(scope.clone(), Told { used_percent: *used_percent, at: now, until, since });
    }

    /// What slows down most: who stands longest, else whose limit is used most.
    pub(super) fn tightest(&self, now: Instant) -> Option<Tightest> {
        let counting = self.0.iter().filter(|(_, told)| told.counts(now)).map(|(limit, told)| Tightest {
            limit: limit.clone(),
            used_percent: told.used_percent,
            since: told.since,
            until: told.until.filter(|until| *until > now),
        });
        counting.max_by(|one, other| one.tightness().cmp(&other.tightness()))
    }
}

impl Told {
    fn counts(&self, now: Instant) -> bool {
        now < (self.at + TOLD_LASTS).max(self.until.unwrap_or(self.at))
    }
}

impl Tightest {
    /// What of two slows down more is the greater.
    pub(super) fn tightness(&self) -> impl Ord + use<> {
        (self.until, self.used_percent)
    }

    /// How much of a rate is left, at least one: all of it below three quarters, and then less and less.
    pub(super) fn slowed(&self, rate: usize) -> usize {
        let left = usize::from(100_u16.saturating_sub(self.used_percent.max(SLOW_FROM)));
        (rate * left / usize::from(100 - SLOW_FROM)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn told(pressures: &[Pressure]) -> (Pressures, Instant) {
        let (mut told, now) = (Pressures::default(), Instant::now());
        for pressure in pressures {
            told.tell(pressure, now);
        }
        (told, now)
    }

    #[test]
    fn the_nearer_the_limit_the_slower() {
        for (used, rate) in [(0, 30), (74, 30), (75, 30), (80, 24), (90, 12), (95, 6), (99, 1), (100, 1), (900, 1)] {
            let (told, now) = told(&[Pressure::new("page", used)]);
            assert_eq!(told.tightest(now).map_or(30, |tightest| tightest.slowed(30)), rate, "{used} %");
        }
    }

    #[test]
    fn what_is_used_up_stands_as_long_as_is_asked_and_else_a_minute() {
        let wait = Some(19 * MINUTE);
        for (pressure, pause) in [
            (Pressure::new("page", 99), None),
            (Pressure::new("page", 100), Some(MINUTE)),
            (Pressure::new("page", 100).with_wait(wait), wait),
            (Pressure::new("page", 60).with_wait(wait), wait),
        ] {
            let (told, now) = told(std::slice::from_ref(&pressure));
            assert_eq!(told.tightest(now).unwrap().until, pause.map(|pause| now + pause), "{pressure:?}");
            let over = told.tightest(now + pause.unwrap_or_default());
            assert_eq!(over.map_or(Some(30), |over| Some(over.slowed(30))), Some(if pause == wait { 30 } else { 1 }));
        }
    }

    #[test]
    fn the_tightest_limit_counts_and_a_new_word_replaces_the_old_one() {
        let waiting = Pressure::new("mail", 80).with_wait(Some(MINUTE));
        let (mut told, now) = told(&[Pressure::new("page", 99), waiting, Pressure::new("app", 90)]);
        let tightest = |told: &Pressures| told.tightest(now).map(|tightest| tightest.limit);
        assert_eq!(tightest(&told), Some("mail".into()));
        told.tell(&Pressure::new("mail", 80), now);
        assert_eq!(tightest(&told), Some("page".into()));
        told.tell(&Pressure::new("page", 20), now);
        assert_eq!(tightest(&told), Some("app".into()));
        assert_eq!(told.tightest(now + TOLD_LASTS), None);
    }
}
