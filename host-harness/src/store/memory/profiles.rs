use async_trait::async_trait;
use jiff::Timestamp;

use super::{Memory, person as key, to_millisecond};
use crate::store::{Profile, Profiles, StoreError};

#[async_trait]
impl Profiles for Memory {
    async fn get(&self, channel_id: &str, person: &str) -> Result<Option<Profile>, StoreError> {
        Ok(self.open(&self.profiles)?.get(&key(channel_id, person)).cloned())
    }

    async fn put(&self, channel_id: &str, person: &str, profile: Profile) -> Result<(), StoreError> {
        if channel_id.is_empty() || person.is_empty() {
            return Err(StoreError::Refused);
        }
        let profile = Profile { expires_at: to_millisecond(profile.expires_at), ..profile };
        let mut profiles = self.open(&self.profiles)?;
        let key = key(channel_id, person);
        if profiles.get(&key).is_none_or(|known| profile.version >= known.version) {
            profiles.put(key, profile);
        }
        Ok(())
    }

    async fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        Ok(self.open(&self.profiles)?.forget(limit, |_, profile| profile.expires_at < before))
    }

    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError> {
        self.open(&self.profiles)?.remove(&key(channel_id, person));
        Ok(())
    }
}
