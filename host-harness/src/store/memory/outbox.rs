use std::collections::{HashMap, VecDeque};

use async_trait::async_trait;
use channel_api::Error;
use jiff::Timestamp;

use super::recent::Recent;
use super::{ENTRIES, Memory, to_millisecond};
use crate::store::heard;
use crate::store::parts::{self, Part};
use crate::store::{
    Accepted, Again, Attempt, AttemptRecord, Call, ErasedMessages, Message, MessageQuery, NewMessage, Outbox, Outcome,
    Place, Retried, SendKey, Status, Step, StoreError,
};

#[derive(Debug, Default)]
pub(super) struct Messages {
    pub(super) by_id: Recent<String, Kept>,
    ids: HashMap<SendKey, String>,
    /// The keys of messages that were expired or erased, and when they were accepted.
    gone: HashMap<SendKey, Timestamp>,
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
    /// Until it was answered.
    implied: Option<[u8; 32]>,
    pub(super) parts: Vec<Part>,
    pub(super) attempts: Vec<AttemptRecord>,
    /// Who got it, where only its copy told.
    pub(super) recipient: Option<String>,
}

impl Messages {
    /// The message that a key belongs to. One that is kept no longer has lost its key.
    fn found(&self, key: &SendKey) -> Option<&Message> {
        let kept = self.by_id.get(self.ids.get(key)?)?;
        (kept.key.as_ref() == Some(key)).then_some(&kept.message)
    }

    pub(super) fn kept(&mut self, id: &str) -> Option<&mut Kept> {
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
        let NewMessage {
            id,
            channel_id,
            person,
            key,
            fingerprint,
            json,
            reference,
            implied,
            broadcast,
            origin,
            refused,
        } = message;
        let key = key.map(|key| SendKey { channel_id: channel_id.clone(), key });
        if let Some(known) = key.as_ref().and_then(|key| self.found(key)) {
            return Accepted::Known(Box::new(known.clone()));
        }
        if key.as_ref().is_some_and(|key| self.gone.contains_key(key)) {
            return Accepted::Gone;
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
            origin,
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
        let kept = Kept { message, key, implied, parts: Vec::new(), attempts: Vec::new(), recipient: None };
        if let Some(gone) = self.by_id.put(id.clone(), kept)
            && let Some(key) = gone.key
        {
            self.ids.remove(&key);
        }
        if let Some(refused) = refused {
            self.fail(&id, refused);
        }
        Accepted::New { seq }
    }
}

impl Messages {
    /// Ends what waits. False where it does not.
    fn fail(&mut self, id: &str, failure: Error) -> bool {
        let Some(kept) = self.kept(id).filter(|kept| kept.message.status == Status::Accepted) else { return false };
        kept.came_to(Status::Failed);
        let known = kept.message.outcome.take().unwrap_or_default();
        kept.message.outcome = Some(Outcome { failure: Some(failure), ..known });
        kept.message.due_at = None;
        self.step(id, Status::Failed);
        true
    }

    /// Lets those go that are meant, at most so many, and tells how many those were.
    fn depart(&mut self, limit: usize, which: impl Fn(&Message) -> bool) -> usize {
        let meant: Vec<_> = self.by_id.newest_first().filter(|kept| which(&kept.message)).collect();
        let meant = meant
            .into_iter()
            .rev()
            .take(limit)
            .map(|kept| (kept.message.id.clone(), kept.key.clone(), kept.message.accepted_at));
        let meant: Vec<_> = meant.collect();
        for (id, key, accepted_at) in &meant {
            self.by_id.remove(id);
            self.steps.retain(|(of, _)| of != id);
            if let Some(key) = key {
                self.gone.insert(key.clone(), *accepted_at);
                // Unless it is another's by now.
                if self.ids.get(key) == Some(id) {
                    self.ids.remove(key);
                }
            }
        }
        meant.len()
    }

    /// Lets keys be given to other messages that were given before this moment, and tells how many those were.
    pub(super) fn free_keys(&mut self, before: Timestamp) -> usize {
        let known = self.gone.len() + self.ids.len();
        self.gone.retain(|_, accepted_at| *accepted_at >= before);
        let by_id = &self.by_id;
        self.ids.retain(|_, id| by_id.get(id).is_some_and(|kept| kept.message.accepted_at >= before));
        known - self.gone.len() - self.ids.len()
    }
}

impl Kept {
    /// Whether it waits and no attempt at it was ever begun.
    pub(super) fn is_untried(&self) -> bool {
        self.message.status == Status::Accepted && self.message.round == 0 && self.attempts.is_empty()
    }

    /// Who gets it, as far as that is known.
    pub(super) fn person(&self) -> Option<&str> {
        self.message.person.as_deref().or(self.recipient.as_deref())
    }

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
        let refused = messages.iter().any(|message| message.refused.is_some());
        let accepted = messages.into_iter().map(|message| outbox.accept(message)).collect();
        if refused {
            self.came_on();
        }
        Ok(accepted)
    }

    async fn get(&self, id: &str) -> Result<Option<Message>, StoreError> {
        Ok(self.open(&self.outbox)?.by_id.get(&id.to_owned()).map(|kept| kept.message.clone()))
    }

    async fn find(&self, key: &SendKey) -> Result<Option<Message>, StoreError> {
        Ok(self.open(&self.outbox)?.found(key).cloned())
    }

    async fn list(&self, query: MessageQuery) -> Result<Vec<Message>, StoreError> {
        let MessageQuery { before, after, limit, .. } = query;
        let outbox = self.open(&self.outbox)?;
        let wanted = |message: &&Message| {
            before.is_none_or(|before| message.seq < before)
                && after.is_none_or(|after| message.seq > after)
                && query.wants(message)
        };
        let newest_first = outbox.by_id.newest_first().map(|kept| &kept.message).filter(wanted);
        if after.is_none() {
            return Ok(newest_first.take(limit).cloned().collect());
        }
        let mut oldest_first: Vec<_> = newest_first.cloned().collect();
        oldest_first.reverse();
        oldest_first.truncate(limit);
        Ok(oldest_first)
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
        let number = i64::try_from(kept.attempts.len()).unwrap_or(i64::MAX - 1) + 1;
        let first = calls.first().map_or(0, |call| call.part);
        let (receipts, ended_at, failure) = (Vec::new(), None, None);
        kept.attempts.push(AttemptRecord { number, began_at, ended_at, calls, receipts, failure });
        Ok(Some(Attempt { id: id.to_owned(), number, first }))
    }

    async fn end(&self, attempt: &Attempt, outcome: Outcome, again: Option<Again>) -> Result<Status, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let waiting = self.open(&self.waiting)?;
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
        let (outcome, mut reached) = parts::end(&mut kept.parts, outcome, again.is_some());
        let (person, channel_id) = (kept.person().map(str::to_owned), kept.message.channel_id.clone());
        for part in kept.parts.iter_mut().filter(|part| part.status.is_sent()) {
            waiting.apply(&channel_id, person.as_deref(), part, to_millisecond(Timestamp::now()));
        }
        if reached.is_sent() {
            reached = parts::reached(&kept.parts);
        }
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
        self.came_on();
        Ok(reached)
    }

    async fn fail(&self, id: &str, failure: Error) -> Result<bool, StoreError> {
        let failed = self.open(&self.outbox)?.fail(id, failure);
        if failed {
            self.came_on();
        }
        Ok(failed)
    }

    async fn retry(&self, id: &str, force: bool, implied: Option<[u8; 32]>) -> Result<Retried, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let behind = outbox.accepted;
        let Some(kept) = outbox.kept(id) else { return Ok(Retried::NotFound) };
        if let Some(refused) = Retried::refused(&kept.message, force) {
            return Ok(refused);
        }
        kept.came_to(Status::Accepted);
        kept.implied = implied.or(kept.implied);
        let message = &mut kept.message;
        (message.round, message.tries, message.tried_at) = (message.round + 1, 0, None);
        (message.due_at, message.retried_behind) = (None, Some(behind));
        Ok(Retried::Again(Box::new(message.clone())))
    }

    async fn attempts(&self, id: &str) -> Result<Vec<AttemptRecord>, StoreError> {
        let outbox = self.open(&self.outbox)?;
        Ok(outbox.by_id.get(&id.to_owned()).map(|kept| kept.attempts.clone()).unwrap_or_default())
    }

    async fn answered(&self, ids: Vec<String>) -> Result<(), StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        for id in ids {
            if let Some(kept) = outbox.kept(&id) {
                kept.implied = None;
            }
        }
        Ok(())
    }

    async fn unanswered(&self) -> Result<Vec<([u8; 32], String)>, StoreError> {
        let outbox = self.open(&self.outbox)?;
        let newest_first = outbox.by_id.newest_first();
        let mut unanswered: Vec<_> =
            newest_first.filter_map(|kept| Some((kept.implied?, kept.message.id.clone()))).collect();
        unanswered.reverse();
        Ok(unanswered)
    }

    async fn recover(&self) -> Result<u64, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let now = to_millisecond(Timestamp::now());
        let mut left = Vec::new();
        for kept in outbox.by_id.values_mut().filter(|kept| kept.message.status == Status::Begun) {
            kept.came_to(Status::Unknown);
            for part in kept.parts.iter_mut().filter(|part| part.status == Status::Begun) {
                part.status = Status::Unknown;
            }
            let settled = heard::settled(&kept.message, &kept.parts, None, now);
            left.push((kept.message.id.clone(), settled.filter(|(_, status)| status.is_sent())));
        }
        let mut unknown = 0;
        for (id, settled) in left {
            if let Some((outcome, status)) = settled {
                outbox.come(&id, outcome, status);
            } else {
                outbox.step(&id, Status::Unknown);
                unknown += 1;
            }
        }
        Ok(unknown)
    }

    async fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let ended = |message: &Message| message.status.is_sent() || message.status == Status::Failed;
        let old = |message: &Message| ended(message) && message.changed_at < before;
        Ok(self.open(&self.outbox)?.depart(limit, old))
    }

    async fn erase(&self, channel_id: &str, person: &str) -> Result<ErasedMessages, StoreError> {
        self.open(&self.waiting)?.forget(channel_id, person);
        let mut outbox = self.open(&self.outbox)?;
        let quoted = format!("\"{person}\"");
        let names = |message: &Message| {
            let outcome = || message.outcome.as_ref().and_then(|outcome| serde_json::to_string(outcome).ok());
            message.json.get().contains(&quoted) || outcome().is_some_and(|outcome| outcome.contains(&quoted))
        };
        let theirs = |message: &Message| {
            let whose = message.person.as_deref();
            message.channel_id == channel_id && whose.map_or_else(|| names(message), |whose| whose == person)
        };
        let erased = outbox.depart(usize::MAX, |message| theirs(message) && message.status != Status::Begun);
        let open = outbox.by_id.newest_first().filter(|kept| theirs(&kept.message)).count();
        Ok(ErasedMessages { erased: erased as u64, open: open as u64 })
    }
}
