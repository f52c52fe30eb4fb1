use std::collections::VecDeque;

use async_trait::async_trait;
use channel_api::Error;
use jiff::Timestamp;
use tokio::sync::watch;

use super::outbox::{Kept, Messages};
use super::{Memory, to_millisecond};
use crate::store::heard::{self, settled};
use crate::store::parts::Part;
use crate::store::statuses::{MAX_COVERED, MAX_WAITING, WAITS};
use crate::store::{
    Arrival, Copied, Heard, Message, NewEvent, Outcome, Received, Status, Statuses, Step, StoreError, Watermark,
};

/// Receipts that came before it was known which message they are about, or that it was sent. Each with when it was heard.
#[derive(Debug, Default)]
pub(super) struct Waiting(VecDeque<(Timestamp, Received)>);

impl Waiting {
    /// Forgets what a person has received.
    pub(super) fn forget(&mut self, channel_id: &str, person: &str) {
        self.0.retain(|(_, received)| received.channel_id != channel_id || received.person.as_deref() != Some(person));
    }

    fn keep(&mut self, received: Received, now: Timestamp) {
        self.0.retain(|(heard_at, _)| now.duration_since(*heard_at) <= WAITS);
        self.0.push_back((now, received));
        if self.0.len() > MAX_WAITING as usize {
            self.0.pop_front();
        }
    }

    /// Applies what waits to a part that is known to have been sent now.
    pub(super) fn apply(&self, channel_id: &str, person: Option<&str>, part: &mut Part, now: Timestamp) {
        let waits = |(heard_at, _): &&(Timestamp, Received)| now.duration_since(*heard_at) <= WAITS;
        for (heard_at, received) in
            self.0.iter().filter(waits).filter(|(_, received)| received.channel_id == channel_id)
        {
            let named = part.message_id.as_ref().is_some_and(|id| received.message_ids.contains(id));
            let theirs = person.is_some() && received.person.as_deref() == person;
            let begun = part.began_at <= heard_at.as_millisecond();
            if named || theirs && begun && received.watermark.is_some_and(|watermark| part.is_below(watermark)) {
                part.arrived(received.status);
            }
        }
    }
}

impl Messages {
    /// Changes the parts of a message that are meant, and the message with them.
    fn come_on(&mut self, id: &str, now: Timestamp, mut change: impl FnMut(&mut Part) -> bool) -> Option<Status> {
        let kept = self.kept(id)?;
        let mut news = false;
        for part in &mut kept.parts {
            news |= change(part);
        }
        let ended_at = kept.attempts.last().and_then(|attempt| attempt.ended_at);
        let (outcome, status) = settled(&kept.message, &kept.parts, ended_at, now).filter(|_| news)?;
        self.come(id, outcome, status);
        Some(status)
    }

    pub(super) fn come(&mut self, id: &str, outcome: Outcome, status: Status) {
        let Some(kept) = self.kept(id) else { return };
        let from = kept.message.status;
        if from != status {
            kept.came_to(status);
            kept.message.due_at = None;
        }
        kept.message.outcome = Some(outcome);
        for step in heard::steps(from, status) {
            self.step(id, step);
        }
    }

    /// The message, and which part of it, that is known by what a copy says.
    fn original(&self, copied: &Copied) -> Option<(String, usize)> {
        let all = || {
            let of_channel = self.by_id.newest_first().filter(|kept| kept.message.channel_id == copied.channel_id);
            of_channel.flat_map(|kept| kept.parts.iter().map(move |part| (kept, part)))
        };
        let stamped = || all().find(|(_, part)| copied.token.is_some() && part.token == copied.token);
        let named = || all().find(|(_, part)| copied.message_id.is_some() && part.message_id == copied.message_id);
        let place = |(kept, part): (&Kept, &Part)| (kept.message.id.clone(), part.index);
        if let Some(known) = stamped().or_else(named) {
            return Some(place(known));
        }
        if copied.token.is_some() || copied.ours != Some(true) || copied.person.is_none() {
            return None;
        }
        let mut alike = all().filter(|(kept, part)| {
            let calls = kept.attempts.last().map(|attempt| &*attempt.calls).unwrap_or_default();
            kept.message.person == copied.person && part.may_be(copied, &kept.message, calls)
        });
        alike.next().filter(|_| alike.next().is_none()).map(place)
    }

    /// The message's id, if it waits again.
    fn copy(&mut self, copied: &Copied, waiting: &Waiting, now: Timestamp) -> Option<String> {
        let (id, which) = self.original(copied)?;
        if let Some(kept) = self.kept(&id)
            && kept.message.person.is_none()
        {
            kept.recipient.clone_from(&copied.person);
        }
        let person = self.kept(&id).and_then(|kept| kept.person().map(str::to_owned));
        let waits = self.kept(&id).is_some_and(|kept| kept.message.status == Status::Accepted);
        let came_on = self.come_on(&id, now, |part| {
            if part.index == which {
                part.copied(copied);
                waiting.apply(&copied.channel_id, person.as_deref(), part, now);
            }
            true
        });
        (came_on == Some(Status::Accepted) && !waits).then_some(id)
    }

    fn receipt(&mut self, received: &Received, waiting: &mut Waiting, now: Timestamp) {
        let Received { channel_id, person, status, message_ids, watermark } = received;
        let of_channel = || self.by_id.newest_first().filter(|kept| kept.message.channel_id == *channel_id);
        let theirs = |kept: &&Kept| person.is_some() && kept.person() == person.as_deref();
        let named = |part: &Part| part.message_id.as_ref().is_some_and(|id| message_ids.contains(id));
        let below = |part: &Part| watermark.is_some_and(|watermark| part.is_below(watermark));
        let known =
            |id: &&String| of_channel().any(|kept| kept.parts.iter().any(|part| part.message_id.as_ref() == Some(id)));
        let is_open =
            watermark.is_some() && of_channel().filter(theirs).any(|kept| kept.parts.iter().any(Part::is_open));
        let unknown: Vec<String> = message_ids.iter().filter(|id| !known(id)).cloned().collect();
        let reached: Vec<(String, bool)> = of_channel().map(|kept| (kept.message.id.clone(), theirs(&kept))).collect();
        for (id, theirs) in reached.into_iter().rev() {
            self.come_on(&id, now, |part| (named(part) || theirs && below(part)) && part.arrived(*status));
        }
        if is_open || !unknown.is_empty() {
            let watermark = watermark.filter(|_| is_open);
            waiting.keep(Received { message_ids: unknown, watermark, ..received.clone() }, now);
        }
    }
}

impl Memory {
    /// Whether its copy has come: then it has been joined to its message, or is nobody's here.
    fn was_told(&self, found: &Copied) -> bool {
        let same = |event: &NewEvent| {
            let copied = event.copy.as_ref().and_then(|copy| copy.message_id.as_ref());
            *event.channel_id == *found.channel_id && copied.is_some() && copied == found.message_id.as_ref()
        };
        self.log.last(same).is_some()
    }
}

#[async_trait]
impl Statuses for Memory {
    async fn hear(&self, heard: Vec<Heard>) -> Result<Vec<Message>, StoreError> {
        let now = to_millisecond(Timestamp::now());
        let mut outbox = self.open(&self.outbox)?;
        let mut waiting = self.open(&self.waiting)?;
        let mut again = Vec::new();
        for heard in &heard {
            match heard {
                Heard::Copy(copied) => again.extend(outbox.copy(copied, &waiting, now)),
                Heard::Found(found) if self.was_told(found) => {}
                Heard::Found(found) => again.extend(outbox.copy(found, &waiting, now)),
                Heard::Receipt(received) => outbox.receipt(received, &mut waiting, now),
            }
        }
        self.came_on();
        Ok(again.iter().filter_map(|id| outbox.by_id.get(id)).map(|kept| kept.message.clone()).collect())
    }

    async fn covered(
        &self,
        channel_id: &str,
        person: &str,
        status: Arrival,
        watermark: Watermark,
    ) -> Result<Vec<String>, StoreError> {
        let outbox = self.open(&self.outbox)?;
        let theirs = |kept: &&Kept| kept.message.channel_id == channel_id && kept.person() == Some(person);
        let sent = outbox.by_id.newest_first().filter(theirs).flat_map(|kept| kept.parts.iter().rev());
        let covered = sent.filter(|part| part.is_below(watermark) && part.is_short_of(status));
        let mut ids: Vec<_> = covered.take(MAX_COVERED).filter_map(|part| part.message_id.clone()).collect();
        ids.reverse();
        Ok(ids)
    }

    async fn unknown(&self, since: Timestamp, after: u64, limit: usize) -> Result<Vec<Message>, StoreError> {
        let outbox = self.open(&self.outbox)?;
        let unknown = |message: &&Message| {
            let before = message.changed_at < to_millisecond(since);
            message.status == Status::Unknown && before && message.seq > after
        };
        let mut found: Vec<_> =
            outbox.by_id.newest_first().map(|kept| &kept.message).filter(unknown).cloned().collect();
        found.sort_by_key(|message| message.seq);
        found.truncate(limit);
        Ok(found)
    }

    async fn give_up(&self, id: &str, failure: Error) -> Result<bool, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let unknown = outbox.kept(id).filter(|kept| kept.message.status == Status::Unknown);
        let Some(known) = unknown.map(|kept| kept.message.outcome.clone().unwrap_or_default()) else {
            return Ok(false);
        };
        outbox.come(id, Outcome { failure: Some(failure), ..known }, Status::Failed);
        self.came_on();
        Ok(true)
    }

    async fn steps(&self, after: u64, limit: usize) -> Result<Vec<(Step, Option<Message>)>, StoreError> {
        let outbox = self.open(&self.outbox)?;
        let steps = outbox.steps.iter().filter(|(_, step)| step.seq > after).take(limit);
        let message = |id: &String| outbox.by_id.get(id).map(|kept| kept.message.clone());
        Ok(steps.map(|(id, step)| (*step, message(id))).collect())
    }

    async fn steps_of(&self, id: &str) -> Result<Vec<Step>, StoreError> {
        let outbox = self.open(&self.outbox)?;
        Ok(outbox.steps.iter().filter(|(of, _)| of == id).map(|(_, step)| *step).collect())
    }

    fn stepped(&self) -> watch::Receiver<u64> {
        self.stepped.subscribe()
    }
}
