use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use channel_api::event::name::MESSAGE_STATUS;
use channel_api::{Concern, Identity};
use jiff::Timestamp;
use serde_json::value::RawValue;
use tokio::sync::watch;

use super::{EVENTS, Memory, locked};
use crate::store::events::{with_id, with_unknown_messages};
use crate::store::{
    Appended, EventLog, LogStats, MAX_PAGE, NewEvent, Newest, Placed, Query, RECENT, StoreError, StoredEvent,
};

/// The events, the oldest first.
#[derive(Debug)]
pub(super) struct Log {
    kept: Mutex<Kept>,
    last_seq: watch::Sender<u64>,
}

#[derive(Debug)]
struct Stored {
    placed: Placed,
    id: String,
    event: NewEvent,
}

type Digest = [u8; 16];
/// With which entry time, and where that stands.
type Seen = (channel_api::Timestamp, Placed);

#[derive(Debug, Default)]
struct Kept {
    events: VecDeque<Stored>,
    /// Where an id of a channel stands.
    ids: HashMap<(Arc<str>, String), Placed>,
    /// With which entry times a fingerprint of a channel has been seen.
    entry_times: HashMap<(Arc<str>, Digest), Vec<Seen>>,
    /// What was last said of a subject of a channel.
    subjects: HashMap<(Arc<str>, Digest), (Digest, Placed)>,
    /// When a person of a channel was erased.
    erased: HashMap<(Arc<str>, String), Timestamp>,
    first_seq: u64,
    last_seq: u64,
    closed: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { kept: Mutex::default(), last_seq: watch::Sender::new(0) }
    }
}

impl Kept {
    fn place(&mut self, mut event: NewEvent, received_at: Timestamp) -> Placed {
        let erased = event.person.as_ref().and_then(|person| self.erased_at(&event.channel_id, person));
        if erased.is_some_and(|at| event.happened_until(at)) {
            return Placed::erased(received_at);
        }
        let mut id = event.identity.id();
        match event.identity {
            Identity::Derived { fingerprint, subject, entry_time: Some(time) } => {
                if let Some(known) = self.known(&event.channel_id, fingerprint, subject, time) {
                    return Placed { new: false, ..known }.erased_at(erased);
                }
                let numbered = (2..).map(|number| format!("{}-{number}", event.identity.id()));
                let free = |id: &String| !self.ids.contains_key(&(Arc::clone(&event.channel_id), id.clone()));
                id = std::iter::once(id.clone()).chain(numbered).find(free).unwrap_or(id);
            }
            _ => {
                if let Some(known) = self.ids.get(&(Arc::clone(&event.channel_id), id.clone())) {
                    return Placed { new: false, ..*known }.erased_at(erased);
                }
            }
        }
        self.say_what_is_unknown(&mut event);
        self.last_seq += 1;
        let placed = Placed { seq: self.last_seq, received_at, new: true, erased: false };
        self.ids.insert((Arc::clone(&event.channel_id), id.clone()), placed);
        if let Identity::Derived { fingerprint, subject, entry_time: Some(time) } = event.identity {
            self.see(&event.channel_id, fingerprint, time, placed);
            if let Some(subject) = subject {
                self.subjects.insert((Arc::clone(&event.channel_id), subject), (fingerprint, placed));
            }
        }
        self.events.push_back(Stored { placed, id, event });
        if self.events.len() > EVENTS
            && let Some(oldest) = self.events.pop_front()
        {
            self.first_seq = oldest.placed.seq + 1;
            self.forget(oldest);
        }
        placed
    }

    /// Where it stands if it is a redelivery, or says of its subject what was said of it last. Its time is remembered then.
    fn known(
        &mut self,
        channel: &Arc<str>,
        fingerprint: Digest,
        subject: Option<Digest>,
        time: channel_api::Timestamp,
    ) -> Option<Placed> {
        let seen = self.entry_times.get(&(Arc::clone(channel), fingerprint));
        if let Some((_, redelivered)) = seen.into_iter().flatten().find(|(seen, _)| *seen == time) {
            return Some(*redelivered);
        }
        let last_said = self.subjects.get(&(Arc::clone(channel), subject?));
        let (_, repeated) = *last_said.filter(|(said, _)| *said == fingerprint)?;
        self.see(channel, fingerprint, time, repeated);
        Some(repeated)
    }

    fn erased_at(&self, channel_id: &Arc<str>, person: &str) -> Option<Timestamp> {
        self.erased.get(&(Arc::clone(channel_id), person.to_owned())).copied()
    }

    fn say_what_is_unknown(&self, event: &mut NewEvent) {
        let is_told = |id: &String| self.ids.contains_key(&(Arc::clone(&event.channel_id), id.clone()));
        let is_known = |concern: &Concern| Ok::<_, Infallible>(concern.told_by.iter().any(is_told));
        let Ok(data) = with_unknown_messages(event, is_known);
        if let Cow::Owned(data) = data
            && let Ok(data) = RawValue::from_string(data)
        {
            event.data = data;
        }
    }

    fn see(&mut self, channel: &Arc<str>, fingerprint: Digest, time: channel_api::Timestamp, placed: Placed) {
        self.entry_times.entry((Arc::clone(channel), fingerprint)).or_default().push((time, placed));
    }

    fn forget(&mut self, oldest: Stored) {
        let Stored { placed, id, event: NewEvent { channel_id, identity, .. } } = oldest;
        self.ids.remove(&(Arc::clone(&channel_id), id));
        let Identity::Derived { fingerprint, subject, .. } = identity else { return };
        let key = (Arc::clone(&channel_id), fingerprint);
        if let Some(seen) = self.entry_times.get_mut(&key) {
            seen.retain(|(_, stands)| stands.seq != placed.seq);
            if seen.is_empty() {
                self.entry_times.remove(&key);
            }
        }
        if let Some(subject) = subject.map(|subject| (channel_id, subject))
            && self.subjects.get(&subject).is_some_and(|(_, stands)| stands.seq == placed.seq)
        {
            self.subjects.remove(&subject);
        }
    }
}

impl Log {
    /// # Errors
    /// When the store is closed.
    pub(super) fn open(&self) -> Result<(), StoreError> {
        if locked(&self.kept).closed { Err(StoreError::Closed) } else { Ok(()) }
    }

    /// The event of this person that happened last.
    pub(super) fn newest(&self, channel_id: &str, person: &str) -> Option<Newest> {
        let kept = locked(&self.kept);
        let theirs = |event: &NewEvent| {
            *event.channel_id == *channel_id && event.person.as_deref() == Some(person) && event.name != MESSAGE_STATUS
        };
        let last = kept.events.iter().rev().filter(|stored| theirs(&stored.event)).take(RECENT.into());
        Newest::of(last.map(|Stored { placed, id, event }| {
            (&*event.name, id.as_str(), event.data.get(), placed.received_at.as_millisecond())
        }))
    }

    /// Whether a person was erased then or later.
    pub(super) fn is_erased(&self, channel_id: &str, person: &str, at: Timestamp) -> bool {
        locked(&self.kept).erased_at(&channel_id.into(), person).is_some_and(|erased| at <= erased)
    }

    /// When the last event like this was stored.
    pub(super) fn last(&self, like: impl Fn(&NewEvent) -> bool) -> Option<Timestamp> {
        let kept = locked(&self.kept);
        kept.events.iter().rev().find(|stored| like(&stored.event)).map(|stored| stored.placed.received_at)
    }
}

#[async_trait]
impl EventLog for Memory {
    async fn append(&self, events: Vec<NewEvent>) -> Result<Appended, StoreError> {
        let no_id = |identity: &Identity| matches!(identity, Identity::Own(id) if id.is_empty());
        let empty = |event: &NewEvent| event.channel_id.is_empty() || no_id(&event.identity) || event.name.is_empty();
        if events.iter().any(empty) {
            return Err(StoreError::Refused);
        }
        let now = super::to_millisecond(Timestamp::now());
        let mut kept = locked(&self.log.kept);
        if kept.closed {
            return Err(StoreError::Closed);
        }
        let place = |event: NewEvent| {
            let channel_id = Arc::clone(&event.channel_id);
            let opens = event.opens(now).map(|(person, opening)| (person.to_owned(), opening));
            let placed = kept.place(event, now);
            if let Some((person, opening)) = opens.filter(|_| placed.new) {
                self.opened(&channel_id, &person, opening);
            }
            placed
        };
        let events: Vec<Placed> = events.into_iter().map(place).collect();
        let last_seq = kept.last_seq;
        // Under the lock: numbers are told in their order.
        self.log.last_seq.send_if_modified(|seq| std::mem::replace(seq, last_seq) < last_seq);
        Ok(Appended { events, last_seq })
    }

    async fn read(&self, query: Query) -> Result<Vec<StoredEvent>, StoreError> {
        let kept = locked(&self.log.kept);
        if kept.closed {
            return Err(StoreError::Closed);
        }
        let wanted = |event: &NewEvent| {
            query.channel_id.as_deref().is_none_or(|channel| *channel == *event.channel_id)
                && (query.names.is_empty() || query.names.contains(&&*event.name))
        };
        let first = kept.events.partition_point(|stored| stored.placed.seq <= query.after);
        let found = kept.events.iter().skip(first).filter(|stored| wanted(&stored.event));
        found.take(query.limit.min(MAX_PAGE)).map(stored).collect()
    }

    async fn person_of(&self, channel_id: &str, ids: Vec<String>) -> Result<Option<String>, StoreError> {
        let kept = locked(&self.log.kept);
        if kept.closed {
            return Err(StoreError::Closed);
        }
        let of = |id: &String| {
            let is = |stored: &&Stored| *stored.event.channel_id == *channel_id && stored.id == *id;
            kept.events.iter().find(is)?.event.person.clone()
        };
        Ok(ids.iter().find_map(of))
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.log.last_seq.subscribe()
    }

    fn first(&self) -> u64 {
        locked(&self.log.kept).first_seq.max(1)
    }

    async fn expire(&self, before: Timestamp, below: u64, limit: usize) -> Result<usize, StoreError> {
        self.log.open()?;
        let mut kept = locked(&self.log.kept);
        let old = |stored: &&Stored| stored.placed.received_at < before && stored.placed.seq < below;
        let expired = kept.events.iter().take(limit).take_while(old).count();
        // Their ids stay known.
        let last = kept.events.drain(..expired).next_back();
        if let Some(last) = last {
            kept.first_seq = last.placed.seq + 1;
        }
        Ok(expired)
    }

    async fn erase(&self, channel_id: &str, person: &str, at: Timestamp) -> Result<u64, StoreError> {
        self.log.open()?;
        if channel_id.is_empty() || person.is_empty() {
            return Err(StoreError::Refused);
        }
        let mut kept = locked(&self.log.kept);
        let erased = kept.erased.entry((channel_id.into(), person.to_owned())).or_insert(at);
        *erased = at.max(*erased);
        let quoted = format!("\"{person}\"");
        let before = kept.events.len();
        kept.events.retain(|Stored { event, .. }| {
            let theirs =
                event.person.as_deref().map_or_else(|| event.data.get().contains(&quoted), |whose| whose == person);
            *event.channel_id != *channel_id || !theirs
        });
        Ok((before - kept.events.len()) as u64)
    }

    async fn health(&self) -> Result<(), StoreError> {
        self.log.open()
    }

    fn stats(&self) -> LogStats {
        LogStats::default()
    }

    async fn close(&self) -> Result<(), StoreError> {
        locked(&self.log.kept).closed = true;
        Ok(())
    }
}

fn stored(Stored { placed, id, event }: &Stored) -> Result<StoredEvent, StoreError> {
    let Placed { seq, received_at, .. } = *placed;
    let data = with_id(id, event.data.get().to_owned()).ok_or(StoreError::CorruptEvent { seq })?;
    Ok(StoredEvent {
        seq,
        channel_id: event.channel_id.to_string(),
        id: id.clone(),
        name: event.name.to_string(),
        kind: event.kind.as_deref().map(str::to_owned),
        person: event.person.clone(),
        data,
        copy: event.copy.clone(),
        received_at,
    })
}
