//! What the bus has not taken yet stays in the log.

use std::sync::Arc;

use super::cursors::cursor;
use crate::channels::Channels;
use crate::store::{Cursors, Marks, StoreError};

/// Knows from which event on the log is still needed.
#[derive(Clone, Debug)]
pub(crate) struct Untaken {
    pub(crate) channels: Channels,
    pub(crate) cursors: Arc<dyn Cursors>,
    pub(crate) marks: Arc<dyn Marks>,
}

impl Untaken {
    /// The first event that is not published yet, or that may have to be published once more. All that the core has refused is kept as
    /// long as everything else.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn first(&self) -> Result<u64, StoreError> {
        let mut first = u64::MAX;
        for (_, adapter) in self.channels.list().in_linktor() {
            let channel_id = adapter.channel_id().as_str();
            let next = Some(self.cursors.place(&cursor(channel_id)).await?).filter(|next| *next > 0);
            let marked = self.marks.first(channel_id).await?;
            first = next.into_iter().chain(marked).fold(first, u64::min);
        }
        Ok(first)
    }
}
