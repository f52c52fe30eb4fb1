use std::collections::HashMap;

use async_trait::async_trait;
use channel_api::Error;
use jiff::Timestamp;

use super::recent::Recent;
use super::{Memory, to_millisecond};
use crate::store::{
    Accepted, Attempt, Message, MessageQuery, NewMessage, Outbox, Outcome, Recovered, SendKey, Status, StoreError,
};

#[derive(Debug, Default)]
pub(super) struct Messages {
    by_id: Recent<String, Kept>,
    ids: HashMap<SendKey, String>,
    /// How many were accepted.
    accepted: u64,
}

/// A message, and which attempt at it was begun last.
#[derive(Debug)]
struct Kept {
    message: Message,
    key: Option<SendKey>,
    attempt: i64,
}

impl Messages {
    /// The message that a key belongs to. One that is kept no longer has lost its key.
    fn found(&self, key: &SendKey) -> Option<&Message> {
        let kept = self.by_id.get(self.ids.get(key)?)?;
        (kept.key.as_ref() == Some(key)).then_some(&kept.message)
    }

    fn free(&mut self, id: &str) {
        if let Some(key) = self.by_id.get_mut(&id.to_owned()).and_then(|kept| kept.key.take()) {
            self.ids.remove(&key);
        }
    }
}

impl Kept {
    fn came_to(&mut self, status: Status) {
        self.message.status = status;
        self.message.changed_at = to_millisecond(Timestamp::now());
    }
}

#[async_trait]
impl Outbox for Memory {
    async fn accept(&self, message: NewMessage) -> Result<Accepted, StoreError> {
        let NewMessage { id, channel_id, person, key, fingerprint, json } = message;
        let mut outbox = self.open(&self.outbox)?;
        if id.is_empty() || channel_id.is_empty() || key.as_deref() == Some("") {
            return Err(StoreError::Refused);
        }
        let key = key.map(|key| SendKey { channel_id: channel_id.clone(), key });
        if let Some(known) = key.as_ref().and_then(|key| outbox.found(key)) {
            return Ok(Accepted::Known(Box::new(known.clone())));
        }
        if outbox.by_id.get(&id).is_some() {
            return Err(StoreError::Refused);
        }
        outbox.accepted += 1;
        let now = to_millisecond(Timestamp::now());
        let message = Message {
            seq: outbox.accepted,
            id: id.clone(),
            channel_id,
            person,
            fingerprint,
            json,
            accepted_at: now,
            changed_at: now,
            status: Status::Accepted,
            outcome: None,
        };
        if let Some(key) = &key {
            outbox.ids.insert(key.clone(), id.clone());
        }
        if let Some(gone) = outbox.by_id.put(id, Kept { message, key, attempt: 0 })
            && let Some(key) = gone.key
        {
            outbox.ids.remove(&key);
        }
        Ok(Accepted::New)
    }

    async fn get(&self, id: &str) -> Result<Option<Message>, StoreError> {
        Ok(self.open(&self.outbox)?.by_id.get(&id.to_owned()).map(|kept| kept.message.clone()))
    }

    async fn find(&self, key: &SendKey) -> Result<Option<Message>, StoreError> {
        Ok(self.open(&self.outbox)?.found(key).cloned())
    }

    async fn list(&self, query: MessageQuery) -> Result<Vec<Message>, StoreError> {
        let MessageQuery { before, limit, channel_id, person, statuses } = query;
        let outbox = self.open(&self.outbox)?;
        let wanted = |message: &&Message| {
            before.is_none_or(|before| message.seq < before)
                && channel_id.as_ref().is_none_or(|channel_id| *channel_id == message.channel_id)
                && person.as_ref().is_none_or(|person| message.person.as_ref() == Some(person))
                && (statuses.is_empty() || statuses.contains(&message.status))
        };
        let newest_first = outbox.by_id.newest_first().map(|kept| &kept.message);
        Ok(newest_first.filter(wanted).take(limit).cloned().collect())
    }

    async fn begin(&self, id: &str) -> Result<Option<Attempt>, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let kept = outbox.by_id.get_mut(&id.to_owned()).filter(|kept| kept.message.status == Status::Accepted);
        Ok(kept.map(|kept| {
            kept.attempt += 1;
            kept.came_to(Status::Begun);
            Attempt { id: id.to_owned(), number: kept.attempt }
        }))
    }

    async fn end(&self, attempt: &Attempt, outcome: Outcome) -> Result<(), StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let kept = outbox.by_id.get_mut(&attempt.id).filter(|kept| kept.attempt == attempt.number);
        let kept = kept.ok_or(StoreError::NotBegun)?;
        let open = match kept.message.status {
            Status::Begun => true,
            Status::Unknown => kept.message.outcome.is_none(),
            _ => false,
        };
        if open {
            kept.came_to(outcome.status());
            let free = outcome.frees_its_key();
            kept.message.outcome = Some(outcome);
            if free {
                outbox.free(&attempt.id);
            }
        }
        Ok(())
    }

    async fn abandon(&self, id: &str, never_begun: Error) -> Result<(), StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let kept = outbox.by_id.get_mut(&id.to_owned()).filter(|kept| kept.message.status == Status::Accepted);
        if let Some(kept) = kept {
            kept.came_to(Status::Failed);
            kept.message.outcome = Some(Outcome { failure: Some(never_begun), ..Outcome::default() });
            outbox.free(id);
        }
        Ok(())
    }

    async fn recover(&self, never_begun: Error) -> Result<Recovered, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let mut recovered = Recovered::default();
        let mut freed = Vec::new();
        for kept in outbox.by_id.values_mut() {
            match kept.message.status {
                Status::Begun => {
                    kept.message.status = Status::Unknown;
                    recovered.unknown += 1;
                }
                Status::Accepted => {
                    kept.came_to(Status::Failed);
                    kept.message.outcome = Some(Outcome { failure: Some(never_begun.clone()), ..Outcome::default() });
                    freed.push(kept.message.id.clone());
                    recovered.not_sent += 1;
                }
                _ => {}
            }
        }
        for id in freed {
            outbox.free(&id);
        }
        Ok(recovered)
    }
}
