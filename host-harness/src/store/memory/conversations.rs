use async_trait::async_trait;
use jiff::Timestamp;

use super::{Memory, locked, person as key};
use crate::store::{Conversations, NewEvent, Owned, StoreError};

#[async_trait]
impl Conversations for Memory {
    async fn owner(&self, channel_id: &str, person: &str) -> Result<Option<Owned>, StoreError> {
        Ok(locked(&self.owners).get(&key(channel_id, person)).cloned())
    }

    async fn set_owner(&self, channel_id: &str, person: &str, owned: Owned) -> Result<(), StoreError> {
        if channel_id.is_empty() || person.is_empty() {
            return Err(StoreError::Refused);
        }
        let mut owners = locked(&self.owners);
        let known = owners.entry(key(channel_id, person)).or_insert_with(|| owned.clone());
        if owned.since > known.since {
            *known = owned;
        }
        Ok(())
    }

    async fn last_message(&self, channel_id: &str, person: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.log.last(|event| {
            *event.channel_id == *channel_id && event.person.as_deref() == Some(person) && is_message(event)
        }))
    }
}

fn is_message(event: &NewEvent) -> bool {
    matches!(&*event.name, "message.received" | "message.echo")
        || matches!(event.kind.as_deref(), Some("message.postback" | "message.quick_reply"))
}
