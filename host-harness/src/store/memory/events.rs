use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

use super::{EVENTS, Memory, locked};
use crate::store::events::with_id;
use crate::store::{Appended, EventLog, LogStats, MAX_PAGE, NewEvent, Placed, Query, StoreError, StoredEvent};

/// The events, the oldest first.
#[derive(Debug)]
pub(super) struct Log {
    kept: Mutex<Kept>,
    last_seq: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Kept {
    events: VecDeque<(Placed, NewEvent)>,
    /// Where an id of a channel stands.
    ids: HashMap<(Arc<str>, String), Placed>,
    last_seq: u64,
    closed: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { kept: Mutex::default(), last_seq: watch::Sender::new(0) }
    }
}

impl Kept {
    fn place(&mut self, event: NewEvent, received_at: Timestamp) -> Placed {
        let id = (Arc::clone(&event.channel_id), event.id.clone());
        if let Some(known) = self.ids.get(&id) {
            return Placed { new: false, ..*known };
        }
        self.last_seq += 1;
        let placed = Placed { seq: self.last_seq, received_at, new: true };
        self.ids.insert(id, placed);
        self.events.push_back((placed, event));
        if self.events.len() > EVENTS
            && let Some((_, oldest)) = self.events.pop_front()
        {
            self.ids.remove(&(oldest.channel_id, oldest.id));
        }
        placed
    }
}

impl Log {
    /// When the last event like this was stored.
    pub(super) fn last(&self, like: impl Fn(&NewEvent) -> bool) -> Option<Timestamp> {
        let kept = locked(&self.kept);
        let found = kept.events.iter().rev().find(|(_, event)| like(event));
        found.map(|(placed, _)| placed.received_at)
    }
}

#[async_trait]
impl EventLog for Memory {
    async fn append(&self, events: Vec<NewEvent>) -> Result<Appended, StoreError> {
        let empty = |event: &NewEvent| event.channel_id.is_empty() || event.id.is_empty() || event.name.is_empty();
        if events.iter().any(empty) {
            return Err(StoreError::Refused);
        }
        // To the millisecond, as another store keeps it.
        let now = Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap_or_default();
        let mut kept = locked(&self.log.kept);
        if kept.closed {
            return Err(StoreError::Closed);
        }
        let events: Vec<Placed> = events.into_iter().map(|event| kept.place(event, now)).collect();
        let last_seq = kept.last_seq;
        // Under the lock: numbers are told in their order.
        self.log.last_seq.send_if_modified(|told| std::mem::replace(told, last_seq) < last_seq);
        Ok(Appended { events, last_seq })
    }

    async fn read(&self, query: Query) -> Result<Vec<StoredEvent>, StoreError> {
        let kept = locked(&self.log.kept);
        if kept.closed {
            return Err(StoreError::Closed);
        }
        let wanted = |event: &NewEvent| query.channel_id.as_deref().is_none_or(|channel| *channel == *event.channel_id);
        let first = kept.events.partition_point(|(placed, _)| placed.seq <= query.after);
        let found = kept.events.iter().skip(first).filter(|(_, event)| wanted(event));
        found.take(query.limit.min(MAX_PAGE)).map(stored).collect()
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.log.last_seq.subscribe()
    }

    async fn health(&self) -> Result<(), StoreError> {
        if locked(&self.log.kept).closed { Err(StoreError::Closed) } else { Ok(()) }
    }

    fn stats(&self) -> LogStats {
        LogStats::default()
    }

    async fn close(&self) -> Result<(), StoreError> {
        locked(&self.log.kept).closed = true;
        Ok(())
    }
}

fn stored((placed, event): &(Placed, NewEvent)) -> Result<StoredEvent, StoreError> {
    let Placed { seq, received_at, .. } = *placed;
    let data = with_id(&event.id, event.data.get().to_owned()).ok_or(StoreError::CorruptEvent { seq })?;
    Ok(StoredEvent {
        seq,
        channel_id: event.channel_id.to_string(),
        id: event.id.clone(),
        name: event.name.to_string(),
        kind: event.kind.as_deref().map(str::to_owned),
        person: event.person.clone(),
        data,
        received_at,
    })
}
