use std::cmp::Reverse;

use async_trait::async_trait;
use channel_api::Opening;
use jiff::Timestamp;

use super::{Memory, locked, person as key, to_millisecond};
use crate::store::{Conversations, Known, NewEvent, Newest, Offered, Owned, StoreError, Unavailable};

#[async_trait]
impl Conversations for Memory {
    async fn known(&self, channel_id: &str, person: &str) -> Result<Known, StoreError> {
        let key = key(channel_id, person);
        Ok(Known {
            owner: self.open(&self.owners)?.get(&key).cloned(),
            openings: self.open(&self.openings)?.get(&key).cloned().unwrap_or_default(),
            unavailable: self.open(&self.unavailable)?.get(&key).cloned(),
        })
    }

    async fn set_owner(&self, channel_id: &str, person: &str, owned: Owned) -> Result<(), StoreError> {
        if channel_id.is_empty() || person.is_empty() {
            return Err(StoreError::Refused);
        }
        let owned = Owned { since: to_millisecond(owned.since), ..owned };
        if self.log.is_erased(channel_id, person, owned.since) {
            return Ok(());
        }
        let mut owners = self.open(&self.owners)?;
        let key = key(channel_id, person);
        if owners.get(&key).is_none_or(|known| owned.since > known.since) {
            owners.put(key, owned);
        }
        Ok(())
    }

    async fn last_message(&self, channel_id: &str, person: &str) -> Result<Option<Timestamp>, StoreError> {
        self.log.open()?;
        Ok(self.log.last(|event| {
            *event.channel_id == *channel_id && event.person.as_deref() == Some(person) && is_message(event)
        }))
    }

    async fn newest(&self, channel_id: &str, person: &str) -> Result<Option<Newest>, StoreError> {
        self.log.open()?;
        Ok(self.log.newest(channel_id, person))
    }

    async fn set_unavailable(
        &self,
        channel_id: &str,
        person: &str,
        unavailable: Unavailable,
    ) -> Result<Unavailable, StoreError> {
        if channel_id.is_empty() || person.is_empty() {
            return Err(StoreError::Refused);
        }
        let mut all = self.open(&self.unavailable)?;
        let key = key(channel_id, person);
        if let Some(known) = all.get(&key) {
            return Ok(known.clone());
        }
        let unavailable = Unavailable { since: to_millisecond(unavailable.since), ..unavailable };
        if self.log.is_erased(channel_id, person, unavailable.since) {
            return Ok(unavailable);
        }
        all.put(key, unavailable.clone());
        Ok(unavailable)
    }

    async fn set_available(&self, channel_id: &str, person: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut all = self.open(&self.unavailable)?;
        let key = key(channel_id, person);
        if all.get(&key).is_some_and(|known| known.since <= at) {
            all.remove(&key);
        }
        Ok(())
    }

    async fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut expired = self.open(&self.owners)?.forget(limit, |_, owned| owned.since < before);
        expired += self.open(&self.choices)?.forget(limit - expired, |_, offered| offered.since < before);
        expired += self.open(&self.unavailable)?.forget(limit - expired, |_, unavailable| unavailable.since < before);
        let before = before.as_millisecond();
        let closed = |theirs: &Vec<Opening>| theirs.iter().all(|opening| opening.at.as_millis() < before);
        Ok(expired + self.open(&self.openings)?.forget(limit - expired, |_, theirs| closed(theirs)))
    }

    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError> {
        let key = key(channel_id, person);
        self.open(&self.owners)?.remove(&key);
        self.open(&self.unavailable)?.remove(&key);
        self.open(&self.openings)?.remove(&key);
        self.open(&self.choices)?.remove(&key);
        Ok(())
    }

    async fn choices(&self, channel_id: &str, person: &str) -> Result<Option<Offered>, StoreError> {
        Ok(self.open(&self.choices)?.get(&key(channel_id, person)).cloned())
    }

    async fn set_choices(&self, channel_id: &str, person: &str, offered: Offered) -> Result<(), StoreError> {
        if channel_id.is_empty() || person.is_empty() {
            return Err(StoreError::Refused);
        }
        let offered = Offered { since: to_millisecond(offered.since), ..offered };
        if self.log.is_erased(channel_id, person, offered.since) {
            return Ok(());
        }
        let mut all = self.open(&self.choices)?;
        let key = key(channel_id, person);
        if all.get(&key).is_some_and(|known| known.since > offered.since) {
            return Ok(());
        }
        if offered.choices.is_empty() {
            all.remove(&key);
        } else {
            all.put(key, offered);
        }
        Ok(())
    }
}

impl Memory {
    /// Keeps what an event opens, unless the same has happened later.
    pub(super) fn opened(&self, channel_id: &str, person: &str, opening: Opening) {
        let (mut all, key) = (locked(&self.openings), key(channel_id, person));
        let mut theirs = all.get(&key).cloned().unwrap_or_default();
        match theirs.iter_mut().find(|known| known.by == opening.by) {
            Some(known) if known.at >= opening.at => return,
            Some(known) => *known = opening,
            None => theirs.push(opening),
        }
        theirs.sort_by_key(|opening| Reverse(opening.at));
        all.put(key, theirs);
    }
}

fn is_message(event: &NewEvent) -> bool {
    matches!(&*event.name, "message.received" | "message.echo")
        || matches!(event.kind.as_deref(), Some("message.postback" | "message.quick_reply"))
}
