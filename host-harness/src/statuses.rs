//! What becomes of messages after they went out: a consumer of the event log joins copies and receipts to what was sent, and what comes
//! of it is told as `message.status` events.
//!
//! It follows two lists by durable cursors: the log, and the steps that messages have come on. Both may be read again after a crash:
//! what is heard again changes nothing, and each step has one event's id.

mod clocks;
mod heard;
mod told;
mod unknown;
mod watermarks;

use std::sync::Arc;
use std::time::Duration;

use channel_api::event::name::{MESSAGE_DELIVERED, MESSAGE_ECHO, MESSAGE_READ};
use jiff::Timestamp;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

pub(crate) use self::clocks::Clocks;
use self::unknown::{NEXT, Unknown};
pub(crate) use self::watermarks::Watermarks;
use crate::channels::Channels;
use crate::store::{self, Cursors, EventLog, MAX_PAGE, Message, Query, StoreError};

/// How far the log has been heard; the name stands in stores.
const HEARD: &str = "statuses";
/// How far steps have been told; the name stands in stores.
const TOLD: &str = "statuses.told";
/// How many steps are told at once.
const STEPS: usize = 500;
/// Of what the log is heard.
const NAMES: &[&str] = &[MESSAGE_ECHO, MESSAGE_DELIVERED, MESSAGE_READ];
/// After so many events without one of those, the place is written down all the same, so that a restart need not read them again.
const WRITE_AFTER: u64 = 10_000;
/// Between two rounds: what comes within it shares the next one's commits.
const BREATH: Duration = Duration::from_millis(20);
/// How long to wait when the store fails.
const AGAIN: Duration = Duration::from_secs(1);

/// Follows what becomes of messages.
#[derive(Debug)]
pub(crate) struct Statuses {
    pub(crate) store: Arc<dyn store::Statuses>,
    pub(crate) events: Arc<dyn EventLog>,
    pub(crate) cursors: Arc<dyn Cursors>,
    pub(crate) channels: Channels,
    pub(crate) clocks: Clocks,
    /// After how long a message that may have been sent is given up.
    pub(crate) unknown_after: Duration,
}

impl Statuses {
    /// Hears what the log holds already, before anybody decides what an earlier host has left.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn catch_up(&self) -> Result<(), StoreError> {
        // What waits again is found when the sender starts.
        self.hear(&drop).await
    }

    /// Follows until the host stops. `again` puts a message in line that waits again.
    pub(crate) async fn follow(&self, again: impl Fn(Message), stopping: CancellationToken) {
        let (mut logged, mut stepped) = (self.events.watch(), self.store.stepped());
        let followed = async {
            loop {
                logged.borrow_and_update();
                stepped.borrow_and_update();
                match self.round(&again).await {
                    Ok(()) => {}
                    Err(StoreError::Closed) => return,
                    Err(error) => {
                        tracing::error!(%error, "what became of messages is not followed; trying again");
                        sleep(AGAIN).await;
                        continue;
                    }
                }
                sleep(BREATH).await;
                tokio::select! {
                    _ = logged.changed() => {}
                    _ = stepped.changed() => {}
                }
            }
        };
        stopping.run_until_cancelled(followed).await;
    }

    /// Decides what stays unknown, until the host stops.
    pub(crate) async fn settle(&self, again: impl Fn(Message), stopping: CancellationToken) {
        let mut unknown = Unknown::new(self.unknown_after);
        let mut wait = unknown.every();
        let settled = async {
            loop {
                sleep(wait).await;
                wait = unknown.every();
                match self.decide(&mut unknown, Timestamp::now(), &again).await {
                    Ok(true) => wait = wait.min(NEXT),
                    Ok(false) => {}
                    Err(StoreError::Closed) => return,
                    Err(error) => tracing::error!(%error, "what is unknown is not decided; trying again"),
                }
            }
        };
        stopping.run_until_cancelled(settled).await;
    }

    async fn round(&self, again: &impl Fn(Message)) -> Result<(), StoreError> {
        self.hear(again).await?;
        self.tell().await
    }

    /// Joins what the log tells to what was sent, up to its end.
    async fn hear(&self, again: &impl Fn(Message)) -> Result<(), StoreError> {
        let mut written = self.cursors.place(HEARD).await?;
        let mut place = written;
        loop {
            let last = self.events.last();
            let query = Query { after: place, limit: MAX_PAGE, names: NAMES, channel_id: None };
            let page = match self.events.read(query).await {
                // Nobody will ever read it: what comes behind it is not held up.
                Err(StoreError::CorruptEvent { seq }) => {
                    tracing::error!(seq, "a damaged event says nothing of what was sent");
                    place = seq;
                    continue;
                }
                page => page?,
            };
            let to = page.last().filter(|_| page.len() == MAX_PAGE).map_or(last, |last| last.seq);
            let heard: Vec<_> = page.into_iter().filter_map(|event| heard::of(event, &self.clocks)).collect();
            let is_news = !heard.is_empty();
            if is_news {
                self.store.hear(heard).await?.into_iter().for_each(again);
            }
            if to <= place {
                return Ok(());
            }
            place = to;
            if is_news || place - written >= WRITE_AFTER {
                self.cursors.advance(HEARD, written, place).await?;
                written = place;
            }
        }
    }

    /// Tells how messages came on, each step once.
    ///
    /// # Errors
    /// The store's. What is not told yet is told the next time.
    pub(crate) async fn tell(&self) -> Result<(), StoreError> {
        let mut place = self.cursors.place(TOLD).await?;
        loop {
            let steps = self.store.steps(place, STEPS).await?;
            let Some((last, _)) = steps.last() else { return Ok(()) };
            let to = last.seq;
            let channels = self.channels.list();
            let told =
                steps.into_iter().filter_map(|(step, message)| told::event(step, &message?, &channels)).collect();
            self.events.append(told).await?;
            self.cursors.advance(TOLD, place, to).await?;
            place = to;
        }
    }
}

#[cfg(test)]
mod tests;
