//! How far the publishing of a channel has come, and whether it may go on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

/// Of each channel that stands in Linktor.
pub(super) type OfChannels = Arc<BTreeMap<String, Arc<Progress>>>;

/// Of one channel.
#[derive(Debug, Default)]
pub(super) struct Progress {
    waiting: AtomicU64,
    given_up: AtomicU64,
    gate: watch::Sender<Gate>,
}

/// What the core takes nothing of stops.
#[derive(Clone, Copy, Debug, Default)]
struct Gate {
    is_stopped: bool,
    /// How many may pass all the same, to find out whether it still is so.
    probes: u32,
}

impl Progress {
    /// How many events are not published yet.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn wait(&self, events: u64) {
        self.waiting.store(events, Ordering::Relaxed);
    }

    /// How many messages the core has given up, and has not taken since.
    pub(super) fn given_up(&self) -> u64 {
        self.given_up.load(Ordering::Relaxed)
    }

    pub(super) fn give_up(&self, messages: u64) {
        self.given_up.store(messages, Ordering::Relaxed);
    }

    /// Whether nothing is published because the core took nothing.
    pub(super) fn is_stopped(&self) -> bool {
        self.gate.borrow().is_stopped
    }

    /// Stops, or goes on. Whether that is news.
    pub(super) fn stop(&self, stop: bool) -> bool {
        self.gate.send_if_modified(|gate| {
            let is_news = gate.is_stopped != stop;
            if is_news {
                *gate = Gate { is_stopped: stop, probes: 0 };
            }
            is_news
        })
    }

    /// Lets one message through.
    pub(super) fn probe(&self) {
        self.gate.send_modify(|gate| gate.probes = 1);
    }

    /// Waits until a message may be published. Whether it had to wait.
    pub(super) async fn pass(&self) -> bool {
        let mut gate = self.gate.subscribe();
        let mut waited = false;
        loop {
            gate.borrow_and_update();
            let mut passes = false;
            self.gate.send_if_modified(|gate| {
                passes = !gate.is_stopped || gate.probes > 0;
                gate.probes = gate.probes.saturating_sub(1);
                false
            });
            if passes {
                return waited;
            }
            waited = true;
            // The sender is this one's own.
            let _changed = gate.changed().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn a_stopped_channel_lets_one_through_a_probe() {
        let progress = Progress::default();
        assert_eq!(progress.pass().now_or_never(), Some(false));
        assert!(progress.stop(true) && !progress.stop(true));
        let (mut one, mut other) = (Box::pin(progress.pass()), Box::pin(progress.pass()));
        assert_eq!((one.as_mut().now_or_never(), other.as_mut().now_or_never()), (None, None));
        progress.probe();
        assert_eq!((one.as_mut().now_or_never(), other.as_mut().now_or_never()), (Some(true), None));
        assert!(progress.stop(false));
        assert_eq!(other.now_or_never(), Some(true));
    }
}
