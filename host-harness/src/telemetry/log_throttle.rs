//! Warnings that anybody on the network can bring about: told once in a while, with how often it has happened.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long nothing more is written of the same.
const INTERVAL: Duration = Duration::from_mins(1);
/// Of so many different things it is known when they were written last; of more, none is written until these are forgotten.
const MAX_KEYS: usize = 1_000;

/// When each kind of thing was written last.
#[derive(Debug, Default)]
pub(crate) struct LogThrottle(Mutex<HashMap<String, Entry>>);

#[derive(Debug)]
struct Entry {
    at: Instant,
    /// How often it has happened since.
    since: u64,
}

impl LogThrottle {
    /// Counts one more of this kind; says how many there were since the last time, this one with them, when it is to be written.
    pub(crate) fn due(&self, kind: &str) -> Option<u64> {
        self.due_at(kind, Instant::now())
    }

    fn due_at(&self, kind: &str, now: Instant) -> Option<u64> {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = kinds.get_mut(kind) {
            told.since += 1;
            if now.duration_since(told.at) < INTERVAL {
                return None;
            }
            told.at = now;
            return Some(std::mem::take(&mut told.since));
        }
        if kinds.len() >= MAX_KEYS {
            kinds.retain(|_, told| told.since > 0 || now.duration_since(told.at) < INTERVAL);
        }
        if kinds.len() >= MAX_KEYS {
            return None;
        }
        kinds.insert(kind.to_owned(), Entry { at: now, since: 0 });
        Some(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_written_and_then_once_a_minute_with_a_count() {
        let (log_throttle, start) = (LogThrottle::default(), Instant::now());
        assert_eq!(log_throttle.due_at("a", start), Some(1));
        assert_eq!(log_throttle.due_at("b", start), Some(1));
        for second in 1..60 {
            assert_eq!(log_throttle.due_at("a", start + Duration::from_secs(second)), None);
        }
        assert_eq!(log_throttle.due_at("a", start + INTERVAL), Some(60));
        assert_eq!(log_throttle.due_at("a", start + 2 * INTERVAL), Some(1));
    }

    #[test]
    fn what_it_remembers_is_bounded() {
        let (log_throttle, start) = (LogThrottle::default(), Instant::now());
        let written = (0..2 * MAX_KEYS).filter(|kind| log_throttle.due_at(&kind.to_string(), start).is_some()).count();
        assert_eq!(written, MAX_KEYS);
        assert_eq!(log_throttle.due_at("new", start + INTERVAL), Some(1));
    }
}
