//! [`Breaker`]: stops calls after what the provider said of them, tries again by itself, and goes on when that went well.

use std::time::Duration;

use channel_api::{Error, ErrorKind, Retry, Scope};
use jiff::Timestamp;
use tokio::time::Instant;

/// So many failures of the provider's in a row, and nothing more is sent into the fault for a while.
const FAILURES: u32 = 10;
/// How long the first pause is where the provider names none, and how long one gets by doubling.
const PAUSE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(5));
/// The same where somebody has to enter new credentials: to try again is of little use, and of some where they were mended at the
/// provider.
const CREDENTIALS_PAUSE: (Duration, Duration) = (Duration::from_mins(5), Duration::from_hours(1));
/// A try that nobody ever tells the end of is one no more.
const TRY_LASTS: Duration = Duration::from_mins(1);

/// What a call's end says of the calls after it.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// The provider answers, whatever it says of the message.
    Fine,
    /// The provider failed. Once is nothing.
    Failed(Error),
    /// Nothing more, for a while.
    Stop(Error),
    /// Nothing of those whom this breaker stops.
    Nothing,
}

/// Why nothing is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// A limit of the provider's, or a time that it asks to wait.
    Limit,
    /// The credentials are not accepted.
    Credentials,
    /// The account is stopped, or the provider fails again and again.
    Fault,
}

/// Lets calls through, or none, or one to see.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    tripped: Option<Tripped>,
}

/// A breaker that lets nothing through.
#[derive(Debug)]
pub(super) struct Tripped {
    pub(super) cause: Cause,
    /// What the last failure was.
    pub(super) error: Error,
    pub(super) since: Timestamp,
    /// When it is tried again.
    pub(super) until: Instant,
    /// How often it has been tried in vain, and once.
    times: u32,
    /// When the try began that is under way.
    trying: Option<Instant>,
}

/// What a call's end has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Calls stop, or still do for longer.
    Stopped,
    /// Calls go on.
    GoesOn,
}

impl Verdict {
    /// Of a call that ended so.
    pub(super) fn of(failure: Option<&Error>) -> Self {
        let Some(error) = failure else { return Self::Fine };
        match (error.kind(), error.scope()) {
            // It says that the provider is there.
            (_, Some(Scope::Message)) => Self::Fine,
            (ErrorKind::RateLimited | ErrorKind::Credentials, _) | (_, Some(_)) => Self::Stop(error.clone()),
            (ErrorKind::ProviderFailed | ErrorKind::Unreachable | ErrorKind::Unexpected, _)
                if asked_to_wait(error).is_some() =>
            {
                Self::Stop(error.clone())
            }
            (ErrorKind::ProviderFailed | ErrorKind::Unreachable, _) => Self::Failed(error.clone()),
            _ => Self::Fine,
        }
    }
}

impl Breaker {
    /// When it is worth asking again whether a call may go out; `None` where one may now.
    pub(super) fn shut(&self, now: Instant) -> Option<Instant> {
        let tripped = self.tripped.as_ref()?;
        let end_of_try = tripped.trying.map(|began| began + TRY_LASTS);
        Some(tripped.until.max(end_of_try.unwrap_or(tripped.until))).filter(|until| *until > now)
    }

    /// A call goes out, which is a try where the breaker is tripped. Says so once a try.
    pub(super) fn begin(&mut self, now: Instant) -> Option<&Tripped> {
        let tripped = self.tripped.as_mut()?;
        tripped.trying = Some(now);
        Some(tripped)
    }

    /// A call has ended.
    pub(super) fn ended(&mut self, verdict: Verdict, now: Instant) -> Option<Change> {
        match verdict {
            Verdict::Nothing => {
                if let Some(tripped) = &mut self.tripped {
                    tripped.trying = None;
                }
                None
            }
            Verdict::Fine => {
                self.failures = 0;
                // What was under way when it tripped says nothing of later.
                self.tripped.take_if(|tripped| tripped.until <= now).map(|_| Change::GoesOn)
            }
            Verdict::Failed(error) => {
                self.failures = self.failures.saturating_add(1);
                match &self.tripped {
                    Some(tripped) if tripped.until > now => None,
                    None if self.failures < FAILURES => None,
                    _ => Some(self.trip(Cause::Fault, error, now)),
                }
            }
            Verdict::Stop(error) => {
                let cause = match error.kind() {
                    ErrorKind::Credentials => Cause::Credentials,
                    ErrorKind::RateLimited => Cause::Limit,
                    _ if asked_to_wait(&error).is_some() => Cause::Limit,
                    _ => Cause::Fault,
                };
                match &mut self.tripped {
                    // One of those that were under way: at most it asks for a longer wait.
                    Some(tripped) if tripped.until > now => {
                        tripped.until = tripped.until.max(now + asked_to_wait(&error).unwrap_or_default());
                        None
                    }
                    _ => Some(self.trip(cause, error, now)),
                }
            }
        }
    }

    fn trip(&mut self, cause: Cause, error: Error, now: Instant) -> Change {
        let earlier = self.tripped.take();
        let (times, since) = earlier.map_or_else(|| (0, Timestamp::now()), |earlier| (earlier.times, earlier.since));
        let (first, longest) = if cause == Cause::Credentials { CREDENTIALS_PAUSE } else { PAUSE };
        // What the provider asks for is waited for to the second.
        let pause = asked_to_wait(&error).unwrap_or_else(|| longest.min(first * 2_u32.saturating_pow(times.min(16))));
        self.tripped = Some(Tripped { cause, error, since, until: now + pause, times: times + 1, trying: None });
        Change::Stopped
    }

    pub(super) fn tripped(&self) -> Option<&Tripped> {
        self.tripped.as_ref()
    }
}

/// How long the provider asks to wait.
fn asked_to_wait(error: &Error) -> Option<Duration> {
    match error.retry() {
        Retry::Safe { after } | Retry::IfIdempotent { after } => after,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind) -> Error {
        Error::new(kind, "scripted", "no").with_retry(Retry::SAFE)
    }

    fn after(kind: ErrorKind, seconds: u64) -> Error {
        error(kind).with_retry(Retry::Safe { after: Some(Duration::from_secs(seconds)) })
    }

    /// Tells it how a call ended; for how many seconds nothing goes out then.
    fn ended(breaker: &mut Breaker, failure: Option<&Error>, now: Instant) -> u64 {
        breaker.ended(Verdict::of(failure), now);
        breaker.shut(now).map_or(0, |until| (until - now).as_secs())
    }

    /// Tries as soon as that may be, and lets each try end so; the pauses in seconds.
    fn pauses<const N: usize>(failure: &Error) -> [u64; N] {
        let (mut breaker, mut now) = (Breaker::default(), Instant::now());
        std::array::from_fn(|_| {
            let pause = ended(&mut breaker, Some(failure), now);
            now += Duration::from_secs(pause);
            assert_eq!(breaker.shut(now), None);
            breaker.begin(now);
            assert_eq!(breaker.shut(now), Some(now + TRY_LASTS), "one at a time");
            pause
        })
    }

    #[test]
    fn pauses_double_unless_the_provider_names_them() {
        assert_eq!(pauses(&error(ErrorKind::RateLimited)), [5, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(pauses(&error(ErrorKind::Credentials)), [300, 600, 1200, 2400, 3600, 3600]);
        assert_eq!(pauses(&error(ErrorKind::Permission).with_scope(Some(Scope::Account))), [5, 10]);
        assert_eq!(pauses(&after(ErrorKind::RateLimited, 7)), [7, 7, 7]);
        assert_eq!(pauses(&after(ErrorKind::ProviderFailed, 3_600)), [3_600, 3_600]);
    }

    #[test]
    fn a_try_that_goes_well_ends_it() {
        let (mut breaker, start) = (Breaker::default(), Instant::now());
        assert_eq!(breaker.ended(Verdict::of(Some(&error(ErrorKind::RateLimited))), start), Some(Change::Stopped));
        assert_eq!(breaker.ended(Verdict::Fine, start), None, "it was under way");
        let later = start + Duration::from_secs(5);
        assert!(breaker.begin(later).is_some());
        assert_eq!(breaker.ended(Verdict::Fine, later), Some(Change::GoesOn));
        assert_eq!(ended(&mut breaker, Some(&error(ErrorKind::RateLimited)), later), 5, "it begins anew");
    }

    #[test]
    fn what_was_under_way_makes_no_pause_longer_than_it_asks_for() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for (failure, pause) in [
            (error(ErrorKind::RateLimited), 5),
            (error(ErrorKind::RateLimited), 5),
            (after(ErrorKind::RateLimited, 3), 5),
            (after(ErrorKind::RateLimited, 30), 30),
            (error(ErrorKind::Unreachable), 30),
        ] {
            assert_eq!(ended(&mut breaker, Some(&failure), now), pause, "{failure:?}");
        }
    }

    #[test]
    fn failures_in_a_row_trip_it_and_an_answer_of_any_kind_is_none() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        let failed = error(ErrorKind::ProviderFailed).with_retry(Retry::IF_IDEMPOTENT);
        for answer in [
            None,
            Some(error(ErrorKind::Rejected)),
            Some(error(ErrorKind::RateLimited).with_scope(Some(Scope::Message))),
        ] {
            for _ in 1..FAILURES {
                assert_eq!(ended(&mut breaker, Some(&failed), now), 0);
            }
            assert_eq!(ended(&mut breaker, answer.as_ref(), now), 0);
        }
        for _ in 1..FAILURES {
            ended(&mut breaker, Some(&error(ErrorKind::Unreachable)), now);
        }
        assert_eq!(ended(&mut breaker, Some(&failed), now), 5);
        assert_eq!(breaker.tripped().unwrap().cause, Cause::Fault);
    }

    #[test]
    fn a_try_whose_end_says_nothing_of_it_makes_room_for_another() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        ended(&mut breaker, Some(&error(ErrorKind::Credentials)), now);
        let later = now + CREDENTIALS_PAUSE.0;
        breaker.begin(later);
        assert_eq!(breaker.ended(Verdict::Nothing, later), None);
        assert_eq!(breaker.shut(later), None);
        breaker.begin(later);
        assert_eq!(breaker.shut(later + TRY_LASTS), None, "nobody told its end");
    }
}
