//! Signs that another process pulls from the same consumer: the server shares its messages among all who pull, and tells nobody.

use std::time::{Duration, Instant};

use async_nats::jetstream::Message;
use tokio::time::sleep;

use crate::linktor::durable::Bound;

/// How often the consumer is looked at.
const LOOKS: Duration = Duration::from_secs(15);
/// One pull of this process stands, and for a moment the next one beside it.
const OWN: usize = 2;
/// How often it is said.
const SAID_EVERY: Duration = Duration::from_mins(1);

/// What one pull has heard.
#[derive(Debug)]
pub(super) struct Others<'a> {
    consumer: &'a str,
    /// The delivery that was heard last.
    last: Option<u64>,
    said: Option<Instant>,
}

impl<'a> Others<'a> {
    pub(super) fn new(consumer: &'a str) -> Self {
        Self { consumer, last: None, said: None }
    }

    /// The consumer counts its deliveries, to whomever they go.
    pub(super) fn heard(&mut self, message: &Message) {
        let Ok(info) = message.info() else { return };
        let missing = self.missing(info.consumer_sequence);
        if missing > 0 && self.said.is_none_or(|said| said.elapsed() >= SAID_EVERY) {
            self.said = Some(Instant::now());
            warn(self.consumer, &format!("{missing} deliveries went to somebody else"));
        }
    }

    /// How many deliveries there were between this one and the last.
    fn missing(&mut self, delivery: u64) -> u64 {
        let last = self.last.replace(delivery);
        last.map_or(0, |last| delivery.saturating_sub(last + 1))
    }
}

/// Looks at the consumer for as long as it is polled.
pub(super) async fn watch(bound: &Bound, consumer: &str) {
    let mut said: Option<Instant> = None;
    loop {
        sleep(LOOKS).await;
        // What it cannot be asked now is found out by who pulls.
        let Ok(info) = bound.consumer.get_info().await else { continue };
        if info.num_waiting > OWN && said.is_none_or(|said| said.elapsed() >= SAID_EVERY) {
            said = Some(Instant::now());
            warn(consumer, &format!("{} pulls are waiting", info.num_waiting));
        }
    }
}

fn warn(consumer: &str, sign: &str) {
    tracing::error!(
        consumer,
        sign,
        "ANOTHER PROCESS TAKES FROM THIS CONSUMER: answers go to both in turns, and their order is lost. Let one host serve all channels of this type"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_in_the_deliveries_is_somebody_else() {
        let mut others = Others::new("outbound");
        let missing: Vec<_> = [7, 8, 9, 12, 13, 13].into_iter().map(|delivery| others.missing(delivery)).collect();
        assert_eq!(missing, [0, 0, 0, 2, 0, 0], "the first says nothing, and the same is none");
    }
}
