use async_trait::async_trait;

use super::Memory;
use crate::store::{Cursors, StoreError};

#[async_trait]
impl Cursors for Memory {
    async fn place(&self, consumer: &str) -> Result<u64, StoreError> {
        Ok(self.open(&self.cursors)?.get(consumer).copied().unwrap_or_default())
    }

    async fn advance(&self, consumer: &str, from: u64, to: u64) -> Result<bool, StoreError> {
        if consumer.is_empty() {
            return Err(StoreError::Refused);
        }
        let mut cursors = self.open(&self.cursors)?;
        let moves = cursors.get(consumer).copied().unwrap_or_default() == from && to > from;
        if moves {
            cursors.insert(consumer.to_owned(), to);
        }
        Ok(moves)
    }
}
