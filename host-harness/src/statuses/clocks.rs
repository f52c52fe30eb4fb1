//! How far this machine's clock is from the providers', by what their answers say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use channel_api::{CallObserver, Exchange, Timestamp};

/// By channel, how many milliseconds this machine's clock is ahead of the provider's. Handles share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clocks(Arc<Mutex<HashMap<String, i64>>>);

impl Clocks {
    /// Looks at a channel's answers, and passes them on.
    pub(crate) fn watching(&self, channel_id: &str, next: Arc<dyn CallObserver>) -> Arc<dyn CallObserver> {
        Arc::new(Watching { clocks: self.clone(), channel_id: channel_id.to_owned(), next })
    }

    /// 0 where the clocks may agree, and where no answer has told.
    pub(super) fn ahead(&self, channel_id: &str) -> i64 {
        self.lock().get(channel_id).copied().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Watching {
    clocks: Clocks,
    channel_id: String,
    next: Arc<dyn CallObserver>,
}

impl CallObserver for Watching {
    fn called(&self, exchange: &Exchange<'_>) {
        if let Some(date) = exchange.date {
            let took = i64::try_from(exchange.duration.as_millis()).unwrap_or(i64::MAX);
            let ahead = ahead(Timestamp::now().as_millis(), took, date.as_millis());
            self.clocks.lock().insert(self.channel_id.clone(), ahead);
        }
        self.next.called(exchange);
    }
}

/// How far a clock is surely ahead that shows `now` at the end of a call, if the provider's showed a time within the second of `date`
/// at some moment of the call.
fn ahead(now: i64, took: i64, date: i64) -> i64 {
    let (least, most) = (now.saturating_sub(took) - date - 999, now - date);
    if least > 0 { least } else { most.min(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_off_only_where_it_surely_is() {
        for (now, took, date, expected) in [
            (10_500, 300, 10_000, 0),
            (11_200, 300, 10_000, 0),
            (10_000, 0, 10_000, 0),
            (70_500, 300, 10_000, 59_201),
            (4_500, 300, 10_000, -5_500),
        ] {
            assert_eq!(ahead(now, took, date), expected, "{now} {took} {date}");
        }
    }
}
