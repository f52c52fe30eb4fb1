use std::collections::{BTreeMap, HashSet};

use async_trait::async_trait;
use jiff::Timestamp;

use super::outbox::Messages;
use super::{Memory, to_millisecond};
use crate::store::broadcasts::{ERASED, REPEATED_WITHIN};
use crate::store::{
    Broadcast, BroadcastQuery, Broadcasts, CastState, Counts, Created, Message, NewBroadcast, Recipient, Status,
    StoreError, Tally, Turn,
};

/// All broadcasts, in the order in which they were created: they are few.
#[derive(Debug, Default)]
pub(super) struct Casts(Vec<Kept>);

#[derive(Debug)]
struct Kept {
    broadcast: Broadcast,
    key: Option<String>,
    list: Vec<Place>,
    people: HashSet<String>,
    taken: u64,
    tried_before: u64,
    refused_before: u64,
}

/// Somebody's place on a list, and what came of it.
#[derive(Debug, Default)]
struct Place {
    person: Option<String>,
    is_taken: bool,
    skipped: Option<String>,
}

impl Place {
    fn waits(&self) -> bool {
        !self.is_taken && self.skipped.is_none()
    }
}

impl Casts {
    fn kept(&mut self, id: &str) -> Option<&mut Kept> {
        self.0.iter_mut().find(|kept| kept.broadcast.id == id)
    }
}

impl Kept {
    /// How far it has come, and the same since its beginning.
    fn tally(&self, messages: &Messages) -> (Tally, u64, u64) {
        let (mut open, mut untried, mut refused) = (0, 0, 0);
        for message in of(messages, &self.broadcast.id) {
            match message.status {
                Status::Accepted | Status::Begun => open += 1,
                Status::Failed if message.tries > 0 => refused += 1,
                Status::Failed => untried += 1,
                _ => {}
            }
        }
        let tried = self.taken.saturating_sub(open + untried);
        let since = Tally {
            taken: self.taken,
            open,
            tried: tried.saturating_sub(self.tried_before),
            refused: refused - self.refused_before.min(refused),
            waiting: self.list.iter().any(Place::waits),
        };
        (since, tried, refused)
    }
}

fn of<'a>(messages: &'a Messages, id: &'a str) -> impl Iterator<Item = &'a Message> {
    let all = messages.by_id.newest_first().map(|kept| &kept.message);
    all.filter(move |message| message.broadcast.as_deref() == Some(id))
}

#[async_trait]
impl Broadcasts for Memory {
    async fn create(&self, broadcast: NewBroadcast) -> Result<Created, StoreError> {
        let mut casts = self.open(&self.broadcasts)?;
        let NewBroadcast { id, channel_id, key, fingerprint, json, reference, at } = broadcast;
        let since = Timestamp::now() - REPEATED_WITHIN;
        let same = |kept: &&Kept| {
            let Broadcast { fingerprint: of_other, created_at, .. } = &kept.broadcast;
            let is_repeated = || *of_other == fingerprint && *created_at >= since;
            kept.key == key && kept.broadcast.channel_id == channel_id && (key.is_some() || is_repeated())
        };
        if let Some(known) = casts.0.iter().find(same) {
            return Ok(Created::Known(Box::new(known.broadcast.clone())));
        }
        if id.is_empty() || channel_id.is_empty() || casts.kept(&id).is_some() {
            return Err(StoreError::Refused);
        }
        let now = to_millisecond(Timestamp::now());
        let broadcast = Broadcast {
            seq: casts.0.last().map_or(1, |last| last.broadcast.seq + 1),
            id,
            channel_id,
            fingerprint,
            json,
            reference,
            state: CastState::Gathering,
            at: at.map(to_millisecond),
            created_at: now,
            changed_at: now,
            total: 0,
        };
        let (list, people) = (Vec::new(), HashSet::new());
        casts.0.push(Kept { broadcast, key, list, people, taken: 0, tried_before: 0, refused_before: 0 });
        Ok(Created::New)
    }

    async fn add(&self, id: &str, people: Vec<String>) -> Result<(), StoreError> {
        let mut casts = self.open(&self.broadcasts)?;
        let Some(kept) = casts.kept(id).filter(|kept| kept.broadcast.state == CastState::Gathering) else {
            return Ok(());
        };
        for person in people {
            if kept.people.insert(person.clone()) {
                kept.list.push(Place { person: Some(person), ..Place::default() });
                kept.broadcast.total += 1;
            }
        }
        Ok(())
    }

    async fn bring(&self, id: &str, from: &[CastState], to: CastState) -> Result<Option<Broadcast>, StoreError> {
        let (mut casts, messages) = (self.open(&self.broadcasts)?, self.open(&self.outbox)?);
        let Some(kept) = casts.kept(id) else { return Ok(None) };
        if from.contains(&kept.broadcast.state) {
            if kept.broadcast.state == CastState::Stopped {
                (_, kept.tried_before, kept.refused_before) = kept.tally(&messages);
            }
            kept.broadcast.state = to;
            kept.broadcast.changed_at = to_millisecond(Timestamp::now());
        }
        Ok(Some(kept.broadcast.clone()))
    }

    async fn broadcast(&self, id: &str) -> Result<Option<Broadcast>, StoreError> {
        Ok(self.open(&self.broadcasts)?.kept(id).map(|kept| kept.broadcast.clone()))
    }

    async fn broadcasts(&self, query: BroadcastQuery) -> Result<Vec<Broadcast>, StoreError> {
        let BroadcastQuery { before, limit, channel_id, states } = query;
        let casts = self.open(&self.broadcasts)?;
        let wanted = |broadcast: &&Broadcast| {
            before.is_none_or(|before| broadcast.seq < before)
                && channel_id.as_ref().is_none_or(|channel_id| *channel_id == broadcast.channel_id)
                && (states.is_empty() || states.contains(&broadcast.state))
        };
        Ok(casts.0.iter().rev().map(|kept| &kept.broadcast).filter(wanted).take(limit).cloned().collect())
    }

    async fn next(&self, id: &str, limit: usize) -> Result<Vec<Recipient>, StoreError> {
        let mut casts = self.open(&self.broadcasts)?;
        let list = casts.kept(id).map(|kept| kept.list.as_slice()).unwrap_or_default();
        let waiting = (1..).zip(list).filter(|(_, place)| place.waits());
        let recipient =
            |(position, place): (u64, &Place)| place.person.clone().map(|person| Recipient { position, person });
        Ok(waiting.filter_map(recipient).take(limit).collect())
    }

    async fn take(&self, id: &str, turns: Vec<Turn>) -> Result<Vec<Message>, StoreError> {
        let (mut casts, mut messages) = (self.open(&self.broadcasts)?, self.open(&self.outbox)?);
        let Some(kept) = casts.kept(id).filter(|kept| kept.broadcast.state == CastState::Running) else {
            return Ok(Vec::new());
        };
        let mut taken = Vec::new();
        for Turn { position, given } in turns {
            let index = usize::try_from(position).ok().and_then(|position| position.checked_sub(1));
            let place = index.and_then(|index| kept.list.get_mut(index));
            let Some(place) = place.filter(|place| place.waits()) else { continue };
            match given {
                Ok(message) => {
                    place.is_taken = true;
                    kept.taken += 1;
                    let id = message.id.clone();
                    let _new = messages.accept(message);
                    taken.extend(messages.by_id.get(&id).map(|kept| kept.message.clone()));
                }
                Err(why) => place.skipped = Some(why),
            }
        }
        Ok(taken)
    }

    async fn give_back(&self, id: &str) -> Result<u64, StoreError> {
        let (mut casts, mut messages) = (self.open(&self.broadcasts)?, self.open(&self.outbox)?);
        let Some(kept) = casts.kept(id) else { return Ok(0) };
        let untried = messages.by_id.newest_first().filter(|kept| kept.is_untried()).map(|kept| &kept.message);
        let theirs = untried.filter(|message| message.broadcast.as_deref() == Some(id));
        let back: Vec<_> = theirs.map(|message| (message.id.clone(), message.person.clone())).collect();
        for (message, person) in &back {
            messages.by_id.remove(message);
            for place in kept.list.iter_mut().filter(|place| place.person == *person) {
                place.is_taken = false;
            }
        }
        kept.taken -= back.len() as u64;
        Ok(back.len() as u64)
    }

    async fn tally(&self, id: &str) -> Result<Tally, StoreError> {
        let (mut casts, messages) = (self.open(&self.broadcasts)?, self.open(&self.outbox)?);
        Ok(casts.kept(id).map(|kept| kept.tally(&messages).0).unwrap_or_default())
    }

    async fn counts(&self, id: &str) -> Result<Counts, StoreError> {
        let (mut casts, messages) = (self.open(&self.broadcasts)?, self.open(&self.outbox)?);
        let Some(kept) = casts.kept(id) else { return Ok(Counts::default()) };
        let mut counts = Counts { taken: kept.taken, ..Counts::default() };
        let more = |counts: &mut BTreeMap<String, u64>, name: &str| *counts.entry(name.to_owned()).or_default() += 1;
        for message in of(&messages, id) {
            more(&mut counts.statuses, message.status.as_str());
            if message.status == Status::Failed {
                let failure = message.outcome.as_ref().and_then(|outcome| outcome.failure.as_ref());
                more(&mut counts.failures, failure.map_or("", channel_api::Error::code));
            }
        }
        for why in kept.list.iter().filter_map(|place| place.skipped.as_ref()) {
            more(&mut counts.skipped, why);
        }
        Ok(counts)
    }

    async fn forget_gathering(&self, id: Option<&str>) -> Result<(), StoreError> {
        let goes = |Broadcast { id: this, state, .. }: &Broadcast| {
            *state == CastState::Gathering && id.is_none_or(|id| id == this)
        };
        self.open(&self.broadcasts)?.0.retain(|kept| !goes(&kept.broadcast));
        Ok(())
    }

    async fn expire(&self, before: Timestamp, _limit: usize) -> Result<usize, StoreError> {
        let mut casts = self.open(&self.broadcasts)?;
        let kept = casts.0.len();
        let is_old = |Broadcast { state, changed_at, .. }: &Broadcast| {
            matches!(state, CastState::Done | CastState::Cancelled) && *changed_at < before
        };
        casts.0.retain(|kept| !is_old(&kept.broadcast));
        Ok(kept - casts.0.len())
    }

    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError> {
        let mut casts = self.open(&self.broadcasts)?;
        for kept in casts.0.iter_mut().filter(|kept| kept.broadcast.channel_id == channel_id) {
            if !kept.people.remove(person) {
                continue;
            }
            for place in kept.list.iter_mut().filter(|place| place.person.as_deref() == Some(person)) {
                if place.waits() {
                    place.skipped = Some(ERASED.to_owned());
                }
                place.person = None;
            }
        }
        Ok(())
    }
}
