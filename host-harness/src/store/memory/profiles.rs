use async_trait::async_trait;

use super::{Memory, locked, person as key};
use crate::store::{Profile, Profiles, StoreError};

#[async_trait]
impl Profiles for Memory {
    async fn get(&self, channel_id: &str, person: &str) -> Result<Option<Profile>, StoreError> {
        Ok(locked(&self.profiles).get(&key(channel_id, person)).cloned())
    }

    async fn put(&self, channel_id: &str, person: &str, profile: Profile) -> Result<(), StoreError> {
        if channel_id.is_empty() || person.is_empty() {
            return Err(StoreError::Refused);
        }
        let mut profiles = locked(&self.profiles);
        let known = profiles.entry(key(channel_id, person)).or_insert_with(|| profile.clone());
        if profile.version >= known.version {
            *known = profile;
        }
        Ok(())
    }
}
