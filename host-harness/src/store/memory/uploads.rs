use async_trait::async_trait;

use super::{Memory, locked};
use crate::store::{StoreError, Upload, UploadKey, Uploads};

#[async_trait]
impl Uploads for Memory {
    async fn get(&self, key: &UploadKey) -> Result<Option<Upload>, StoreError> {
        Ok(locked(&self.uploads).get(key).cloned())
    }

    async fn put(&self, key: UploadKey, upload: Upload) -> Result<(), StoreError> {
        locked(&self.uploads).insert(key, upload);
        Ok(())
    }

    async fn forget(&self, channel_id: &str, attachment_id: &str) -> Result<(), StoreError> {
        let keep = |key: &UploadKey, upload: &mut Upload| {
            key.channel_id != channel_id || upload.attachment_id != attachment_id
        };
        locked(&self.uploads).retain(keep);
        Ok(())
    }
}
