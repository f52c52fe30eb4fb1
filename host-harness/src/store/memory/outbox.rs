use std::collections::{HashMap, VecDeque};

use async_trait::async_trait;
use channel_api::Error;
use jiff::Timestamp;

use super::recent::Recent;
use super::{ENTRIES, Memory, to_millisecond};
use crate::store::parts::{self, Part};
use crate::store::{
    Accepted, Again, Attempt, AttemptRecord, Call, Message, MessageQuery, NewMessage, Outbox, Outcome, Place, Retried,
    SendKey, Status, Step, StoreError,
};

#[derive(Debug, Default)]
pub(super) struct Messages {
    pub(super) by_id: Recent<String, Kept>,
    ids: HashMap<SendKey, String>,
    /// How many were accepted.
    accepted: u64,
    /// The last steps, each with its message's id.
    pub(super) steps: VecDeque<(String, Step)>,
    /// How many steps there were.
    stepped: u64,
}

/// A message, its parts, and the attempts at it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) message: Message,
    key: Option<SendKey>,
    pub(super) parts: Vec<Part>,
    attempts: Vec<AttemptRecord>,
}

impl Messages {
    /// The message that a key belongs to. One that is kept no longer has lost its key.
    fn found(&self, key: &SendKey) -> Option<&Message> {
        let kept = self.by_id.get(self.ids.get(key)?)?;
        (kept.key.as_ref() == Some(key)).then_some(&kept.message)
    }

    fn kept(&mut self, id: &str) -> Option<&mut Kept> {
        self.by_id.get_mut(&id.to_owned())
    }

    /// Writes down that a message came on.
    pub(super) fn step(&mut self, id: &str, status: Status) {
        let Some(kept) = self.kept(id) else { return };
        let round = kept.message.round;
        self.stepped += 1;
        let step = Step { seq: self.stepped, round, status, at: to_millisecond(Timestamp::now()) };
        self.steps.push_back((id.to_owned(), step));
        if self.steps.len() > ENTRIES {
            self.steps.pop_front();
        }
    }

    pub(super) fn accept(&mut self, message: NewMessage) -> Accepted {
        let NewMessage { id, channel_id, person, key, fingerprint, json, reference, implied: _, broadcast } = message;
        let key = key.map(|key| SendKey { channel_id: channel_id.clone(), key });
        if let Some(known) = key.as_ref().and_then(|key| self.found(key)) {
            return Accepted::Known(Box::new(known.clone()));
        }
        self.accepted += 1;
        let seq = self.accepted;
        let now = to_millisecond(Timestamp::now());
        let message = Message {
            seq,
            retried_behind: None,
            id: id.clone(),
            channel_id,
            person,
            fingerprint,
            json,
            reference,
            broadcast,
            accepted_at: now,
            changed_at: now,
            status: Status::Accepted,
            round: 0,
            tries: 0,
            tried_at: None,
            due_at: None,
            outcome: None,
        };
        if let Some(key) = &key {
            self.ids.insert(key.clone(), id.clone());
        }
        let kept = Kept { message, key, parts: Vec::new(), attempts: Vec::new() };
        if let Some(gone) = self.by_id.put(id, kept)
            && let Some(key) = gone.key
        {
            self.ids.remove(&key);
        }
        Accepted::New { seq }
    }
}

impl Kept {
    pub(super) fn came_to(&mut self, status: Status) {
        self.message.status = status;
        self.message.changed_at = to_millisecond(Timestamp::now());
    }
}

#[async_trait]
impl Outbox for Memory {
    async fn accept(&self, messages: Vec<NewMessage>) -> Result<Vec<Accepted>, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        for NewMessage { id, channel_id, key, .. } in &messages {
            let is_known = outbox.by_id.get(id).is_some() && key.is_none();
            if is_known || id.is_empty() || channel_id.is_empty() || key.as_deref() == Some("") {
                return Err(StoreError::Refused);
            }
        }
        Ok(messages.into_iter().map(|message| outbox.accept(message)).collect())
    }

    async fn get(&self, id: &str) -> Result<Option<Message>, StoreError> {
        Ok(self.open(&self.outbox)?.by_id.get(&id.to_owned()).map(|kept| kept.message.clone()))
    }

    async fn find(&self, key: &SendKey) -> Result<Option<Message>, StoreError> {
        Ok(self.open(&self.outbox)?.found(key).cloned())
    }

    async fn list(&self, query: MessageQuery) -> Result<Vec<Message>, StoreError> {
        let MessageQuery { before, limit, channel_id, person, broadcast, statuses } = query;
        let outbox = self.open(&self.outbox)?;
        let wanted = |message: &&Message| {
            before.is_none_or(|before| message.seq < before)
                && channel_id.as_ref().is_none_or(|channel_id| *channel_id == message.channel_id)
                && person.as_ref().is_none_or(|person| message.person.as_ref() == Some(person))
                && broadcast.as_ref().is_none_or(|broadcast| message.broadcast.as_ref() == Some(broadcast))
                && (statuses.is_empty() || statuses.contains(&message.status))
        };
        let newest_first = outbox.by_id.newest_first().map(|kept| &kept.message);
        Ok(newest_first.filter(wanted).take(limit).cloned().collect())
    }

    async fn waiting(&self, after: Option<Place>, limit: usize) -> Result<Vec<Message>, StoreError> {
        let outbox = self.open(&self.outbox)?;
        let waits = |message: &&Message| {
            message.status == Status::Accepted && after.is_none_or(|after| message.place() > after)
        };
        let newest_first = outbox.by_id.newest_first().map(|kept| &kept.message);
        let mut waiting: Vec<_> = newest_first.filter(waits).cloned().collect();
        waiting.sort_by_key(Message::place);
        waiting.truncate(limit);
        Ok(waiting)
    }

    async fn begin(&self, id: &str, calls: Vec<Call>) -> Result<Option<Attempt>, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let Some(kept) = outbox.kept(id).filter(|kept| kept.message.status == Status::Accepted) else {
            return Ok(None);
        };
        kept.came_to(Status::Begun);
        let began_at = kept.message.changed_at;
        let message = &mut kept.message;
        message.tries += 1;
        message.tried_at.get_or_insert(began_at);
        message.due_at = None;
        parts::begin(&mut kept.parts, &calls, began_at.as_millisecond());
        let number = kept.attempts.len() as i64 + 1;
        let first = calls.first().map_or(0, |call| call.part);
        let (receipts, ended_at, failure) = (Vec::new(), None, None);
        kept.attempts.push(AttemptRecord { number, began_at, ended_at, calls, receipts, failure });
        Ok(Some(Attempt { id: id.to_owned(), number, first }))
    }

    async fn end(&self, attempt: &Attempt, outcome: Outcome, again: Option<Again>) -> Result<Status, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let kept = outbox.kept(&attempt.id).ok_or(StoreError::NotBegun)?;
        let come = kept.message.status;
        let record = kept.attempts.iter_mut().find(|record| record.number == attempt.number);
        let record = record.ok_or(StoreError::NotBegun)?;
        if record.ended_at.is_some() || !matches!(come, Status::Begun | Status::Unknown) {
            return Ok(come);
        }
        record.ended_at = Some(to_millisecond(Timestamp::now()));
        record.receipts = outcome.receipts.get(attempt.first..).unwrap_or_default().to_vec();
        record.failure.clone_from(&outcome.failure);
        let (outcome, reached) = parts::end(&mut kept.parts, outcome, again.is_some());
        kept.came_to(reached);
        kept.message.outcome = Some(outcome);
        let again = again.filter(|_| reached == Status::Accepted);
        let message = &mut kept.message;
        message.due_at = again.map(|again| to_millisecond(again.due));
        if again.is_some_and(|again| !again.counts) {
            message.tries -= 1;
            message.tried_at = message.tried_at.filter(|_| message.tries > 0);
        }
        if reached.is_sent() && reached != Status::Sent {
            outbox.step(&attempt.id, Status::Sent);
        }
        if reached != Status::Accepted && reached != come {
            outbox.step(&attempt.id, reached);
        }
        Ok(reached)
    }

    async fn fail(&self, id: &str, failure: Error) -> Result<bool, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let Some(kept) = outbox.kept(id).filter(|kept| kept.message.status == Status::Accepted) else {
            return Ok(false);
        };
        kept.came_to(Status::Failed);
        let known = kept.message.outcome.take().unwrap_or_default();
        kept.message.outcome = Some(Outcome { failure: Some(failure), ..known });
        kept.message.due_at = None;
        outbox.step(id, Status::Failed);
        Ok(true)
    }

    async fn retry(&self, id: &str, force: bool) -> Result<Retried, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let behind = outbox.accepted;
        let Some(kept) = outbox.kept(id) else { return Ok(Retried::NotFound) };
        if let Some(refused) = Retried::refused(&kept.message, force) {
            return Ok(refused);
        }
        kept.came_to(Status::Accepted);
        let message = &mut kept.message;
        (message.round, message.tries, message.tried_at) = (message.round + 1, 0, None);
        (message.due_at, message.retried_behind) = (None, Some(behind));
        Ok(Retried::Again(Box::new(message.clone())))
    }

    async fn attempts(&self, id: &str) -> Result<Vec<AttemptRecord>, StoreError> {
        let outbox = self.open(&self.outbox)?;
        Ok(outbox.by_id.get(&id.to_owned()).map(|kept| kept.attempts.clone()).unwrap_or_default())
    }

    async fn recover(&self) -> Result<u64, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let mut unknown = Vec::new();
        for kept in outbox.by_id.values_mut().filter(|kept| kept.message.status == Status::Begun) {
            kept.message.status = Status::Unknown;
            for part in kept.parts.iter_mut().filter(|part| part.status == Status::Begun) {
                part.status = Status::Unknown;
            }
            unknown.push(kept.message.id.clone());
        }
        for id in &unknown {
            outbox.step(id, Status::Unknown);
        }
        Ok(unknown.len() as u64)
    }
}
