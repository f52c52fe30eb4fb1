//! Follows the log for one channel.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use channel_api::event::name::{MESSAGE_DELIVERED, MESSAGE_FAILED, MESSAGE_READ, MESSAGE_SENT};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::lanes::{Lanes, Turn};
use super::{NotPublished, Publisher};
use crate::linktor::connection::Bus;
use crate::linktor::cursors::{begun, cursor};
use crate::linktor::progress::Progress;
use crate::linktor::queue::NOWHERE;
use crate::linktor::room::Room;
use crate::store::{Cursors, MAX_PAGE, Mark, MarkKind, MarkState, Marks, Query, StoreError, StoredEvent};

/// So many people's events are published at once.
const AT_ONCE: usize = 64;
/// So many events are read ahead.
const WINDOW: usize = 1_000;
/// How long an event may have been out of the store before it is published: whoever is erased meanwhile is not published.
const FRESH: Duration = Duration::from_secs(1);
/// How long until it is tried again, where the store or the stream does not take it.
const AGAIN: Duration = Duration::from_millis(250);
/// How often the cursor is written down. What was marked behind it is not published again.
const WRITTEN_EVERY: Duration = Duration::from_millis(200);
/// How long what is on its way may take when the host stops.
const ENDS_WITHIN: Duration = Duration::from_secs(3);
/// How often it is said that something cannot be published.
const SAID_EVERY: Duration = Duration::from_mins(1);
/// Receipts: what they mean is told as a message's status.
const OF_NO_USE: [&str; 4] = [MESSAGE_DELIVERED, MESSAGE_READ, MESSAGE_SENT, MESSAGE_FAILED];

/// Publishes what happens on a channel.
#[derive(Debug)]
pub(in crate::linktor) struct Follower {
    pub(in crate::linktor) channel_id: String,
    pub(in crate::linktor) publisher: Publisher,
    pub(in crate::linktor) bus: Bus,
    pub(in crate::linktor) cursors: Arc<dyn Cursors>,
    pub(in crate::linktor) marks: Arc<dyn Marks>,
    /// A digest of the settings by which its messages are made.
    pub(in crate::linktor) settings: u64,
    /// What came before this moment an earlier host may have published.
    pub(in crate::linktor) since: Timestamp,
    pub(in crate::linktor) progress: Arc<Progress>,
    pub(in crate::linktor) room: Arc<Room>,
}

/// An event, and when it was read.
struct Read(StoredEvent, Instant);

/// How far it has come.
struct Place {
    /// The number up to which the log was read.
    read: u64,
    /// Where the cursor stands in the store.
    written: u64,
    /// What lies behind the cursor and was published all the same.
    published: HashSet<u64>,
}

impl Follower {
    /// Begins at the end of the log, if this channel was never on the bus.
    ///
    /// # Errors
    /// The store's.
    pub(in crate::linktor) async fn begin(&self) -> Result<(), StoreError> {
        let next = self.publisher.events.last() + 1;
        if self.cursors.place(&cursor(&self.channel_id)).await? > 0 {
            return Ok(());
        }
        // First of all: it says what was before, also where it was written and the cursor was not.
        self.cursors.advance(&begun(&self.channel_id), 0, next).await?;
        if self.cursors.advance(&cursor(&self.channel_id), 0, next).await? {
            tracing::info!(
                channel_id = self.channel_id,
                next,
                "what happens from now on goes to Linktor; what happened before goes when a command says so"
            );
        }
        Ok(())
    }

    /// Publishes until the host stops.
    pub(in crate::linktor) async fn follow(self, stopping: CancellationToken) {
        loop {
            match self.publish_all(&stopping).await {
                Ok(()) | Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::error!(channel_id = self.channel_id, %error, "nothing can be published; trying again");
                    stopping.run_until_cancelled(sleep(AGAIN)).await;
                }
            }
        }
    }

    async fn publish_all(&self, stopping: &CancellationToken) -> Result<(), StoreError> {
        let mut place = self.place().await?;
        let mut lanes = Lanes::default();
        let mut published = FuturesUnordered::new();
        let mut logged = self.publisher.events.watch();
        let mut write_at = Instant::now() + WRITTEN_EVERY;
        loop {
            while published.len() < AT_ONCE
                && let Some(turn) = lanes.next()
            {
                published.push(self.work(turn));
            }
            let last = *logged.borrow_and_update();
            if lanes.len() < WINDOW && last > place.read {
                self.read(&mut place, &mut lanes, last).await?;
                continue;
            }
            self.progress.wait(lanes.len() as u64 + (last - place.read));
            let next = lanes.first().unwrap_or(place.read + 1);
            tokio::select! {
                Some((person, number)) = published.next() => lanes.finish(person, number),
                changed = logged.changed(), if lanes.len() < WINDOW => {
                    if changed.is_err() {
                        return Err(StoreError::Closed);
                    }
                }
                () = sleep_until(write_at), if next > place.written => {
                    self.write(&mut place, next).await?;
                    write_at = Instant::now() + WRITTEN_EVERY;
                }
                () = stopping.cancelled() => break,
            }
        }
        if self.bus.is_open() {
            let rest = async {
                while let Some((person, number)) = published.next().await {
                    lanes.finish(person, number);
                }
            };
            // What is not acknowledged by then is published again, under its own id.
            let _late = timeout(ENDS_WITHIN, rest).await;
        }
        let next = lanes.first().unwrap_or(place.read + 1);
        self.write(&mut place, next).await
    }

    async fn place(&self) -> Result<Place, StoreError> {
        let written = self.cursors.place(&cursor(&self.channel_id)).await?;
        let read = written.saturating_sub(1);
        let mut published = HashSet::new();
        let mut after = read;
        loop {
            let marks = self.marks.of_channel(&self.channel_id, after, MAX_PAGE).await?;
            let Some(last) = marks.last() else { break };
            after = last.event_seq;
            published.extend(marks.into_iter().map(|mark| mark.event_seq));
        }
        Ok(Place { read, written, published })
    }

    async fn write(&self, place: &mut Place, next: u64) -> Result<(), StoreError> {
        self.cursors.advance(&cursor(&self.channel_id), place.written, next).await?;
        place.written = next;
        Ok(())
    }

    async fn read(&self, place: &mut Place, lanes: &mut Lanes<Read>, last: u64) -> Result<(), StoreError> {
        let limit = MAX_PAGE.min(WINDOW - lanes.len());
        let query = Query { after: place.read, limit, channel_id: Some(self.channel_id.clone()), names: &[] };
        let page = match self.publisher.events.read(query).await {
            Err(StoreError::CorruptEvent { seq }) => {
                tracing::error!(seq, "a damaged event does not go to Linktor");
                place.read = seq;
                return Ok(());
            }
            page => page?,
        };
        let now = Instant::now();
        place.read = page.last().filter(|_| page.len() == limit).map_or(last, |event| event.seq);
        for event in page {
            if !place.published.remove(&event.seq) && !OF_NO_USE.contains(&event.name.as_str()) {
                lanes.push(event.person.clone().unwrap_or_default(), event.seq, Read(event, now));
            }
        }
        Ok(())
    }

    async fn work(&self, Turn { person, number, work: Read(event, read_at) }: Turn<Read>) -> (String, u64) {
        let mut bus = self.bus.clone();
        let (mut event, mut read_at, mut said) = (event, read_at, None::<Instant>);
        let mut again = event.received_at < self.since;
        let mut passed = false;
        loop {
            let open = bus.open().await;
            if read_at.elapsed() >= FRESH {
                event = match self.publisher.read(&self.channel_id, number).await {
                    Ok(Some(event)) => event,
                    Ok(None) | Err(StoreError::Closed) => break,
                    Err(_) => {
                        sleep(AGAIN).await;
                        continue;
                    }
                };
                read_at = Instant::now();
            }
            let draft = match self.publisher.draft(&event).await {
                Ok(Some(draft)) => draft,
                Ok(None) | Err(StoreError::Closed) => break,
                Err(error) => {
                    tracing::error!(channel_id = self.channel_id, %error, "an event is not published; trying again");
                    sleep(AGAIN).await;
                    continue;
                }
            };
            // Whoever had to wait looks again at what is to be published.
            if draft.kind == Some(MarkKind::Message) && !passed {
                passed = true;
                if self.progress.pass().await {
                    continue;
                }
            }
            if draft.kind.is_some() && self.room.wait(draft.len()).await {
                continue;
            }
            let mark = |stream_seq, again, state| Mark {
                channel_id: self.channel_id.clone(),
                event_seq: number,
                kind: draft.kind.unwrap_or(MarkKind::Message),
                person: event.person.clone(),
                nats_id: draft.nats_id.clone(),
                stream_seq,
                published_at: Timestamp::now(),
                tries: 0,
                proven: false,
                again,
                settings: self.settings,
                state,
            };
            let mark = match self.publisher.publish(&draft, &open, &mut bus).await {
                Ok(told) => mark(told.sequence, again && !told.duplicate, MarkState::Published),
                Err(NotPublished::Yet { reason, perhaps }) => {
                    again |= perhaps;
                    if said.is_none_or(|said| said.elapsed() >= SAID_EVERY) && !perhaps {
                        tracing::warn!(
                            channel_id = self.channel_id,
                            seq = number,
                            reason,
                            "not published yet; trying again"
                        );
                        said = Some(Instant::now());
                    }
                    sleep(AGAIN).await;
                    continue;
                }
                Err(NotPublished::Ever(reason)) => {
                    tracing::error!(channel_id = self.channel_id, seq = number, reason, "an event cannot be published");
                    mark(NOWHERE, false, MarkState::Refused)
                }
            };
            if draft.kind.is_some() {
                self.mark(mark).await;
            }
            break;
        }
        (person, number)
    }

    /// It has happened, so it has to be written down, however long that takes.
    async fn mark(&self, mark: Mark) {
        while let Err(error) = self.marks.put(vec![mark.clone()]).await {
            if matches!(error, StoreError::Closed | StoreError::Refused) {
                return;
            }
            tracing::error!(channel_id = self.channel_id, %error, "what was published is not written down; trying again");
            sleep(AGAIN).await;
        }
    }
}
