use async_trait::async_trait;

use super::{Memory, to_millisecond};
use crate::store::{StoreError, Upload, UploadKey, Uploads};

#[async_trait]
impl Uploads for Memory {
    async fn get(&self, key: &UploadKey) -> Result<Option<Upload>, StoreError> {
        Ok(self.open(&self.uploads)?.get(key).cloned())
    }

    async fn put(&self, key: UploadKey, upload: Upload) -> Result<(), StoreError> {
        if [&key.channel_id, key.kind, &upload.attachment_id].contains(&"") {
            return Err(StoreError::Refused);
        }
        let upload = Upload { expires_at: upload.expires_at.map(to_millisecond), ..upload };
        self.open(&self.uploads)?.put(key, upload);
        Ok(())
    }

    async fn forget(&self, channel_id: &str, attachment_id: &str) -> Result<(), StoreError> {
        let other =
            |key: &UploadKey, upload: &Upload| key.channel_id != channel_id || upload.attachment_id != attachment_id;
        self.open(&self.uploads)?.retain(other);
        Ok(())
    }
}
