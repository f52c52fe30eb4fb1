//! The time as the simulator sees it. Tests and scripts can move it, so that a window closes without waiting a day.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A clock in milliseconds since the epoch. Clones share their time.
#[derive(Clone)]
pub struct Clock {
    base: Arc<dyn Fn() -> i64 + Send + Sync>,
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(|| jiff::Timestamp::now().as_millisecond())
    }

    /// A clock that reads milliseconds since the epoch from `base`.
    pub fn new(base: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self { base: Arc::new(base), ahead: Arc::default() }
    }

    /// A clock that shows this time now and runs on from there.
    #[must_use]
    pub fn starting_at(at_ms: i64) -> Self {
        let start = std::time::Instant::now();
        Self::new(move || at_ms.saturating_add(i64::try_from(start.elapsed().as_millis()).unwrap_or(i64::MAX)))
    }

    /// A clock that stands still until it is advanced.
    #[must_use]
    pub fn fixed(at_ms: i64) -> Self {
        Self::new(move || at_ms)
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.ahead.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        (self.base)().saturating_add(self.ahead.load(Ordering::SeqCst))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("now_ms", &self.now_ms()).finish()
    }
}
