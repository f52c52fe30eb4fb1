//! Requests without a key, in memory and in the store.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::task::TaskTracker;

use super::Draft;
use super::repeats::{ImpliedKey, OpenRequest, Opened, Repeats};
use crate::store::{Outbox, StoreError};

/// Between two tellings: under load one of them is about many messages.
const BREATH: Duration = Duration::from_millis(20);

/// Knows which requests without a key repeat which. Handles share it.
#[derive(Clone, Debug)]
pub(super) struct Keyless {
    repeats: Repeats,
    outbox: Arc<dyn Outbox>,
    tasks: TaskTracker,
}

/// The messages without keys of one request. Dropped before it is known to be answered, they may be asked for again.
#[derive(Debug)]
pub(crate) struct Request {
    keyless: Keyless,
    messages: Vec<Arc<OpenRequest>>,
}

impl Keyless {
    pub(super) fn new(outbox: Arc<dyn Outbox>, tasks: TaskTracker) -> Self {
        Self { repeats: Repeats::default(), outbox, tasks }
    }

    /// Takes over what an earlier host has told nobody.
    ///
    /// # Errors
    /// The outbox's.
    pub(super) async fn start(&self) -> Result<(), StoreError> {
        let unanswered = self.outbox.unanswered().await?;
        self.repeats.remember(unanswered.into_iter().map(|(implied, id)| (implied.into(), id)));
        Ok(())
    }

    /// Begins a request for messages, and finds out about each that has no key whether it is there already.
    pub(super) async fn open(&self, drafts: &mut [Draft]) -> Request {
        let mut messages = Vec::new();
        for draft in drafts.iter_mut().filter(|draft| draft.key.is_none() && draft.is_kept()) {
            let Some(implied) = draft.implied else { continue };
            let (message, opened) = self.repeats.open(implied).await;
            messages.push(message);
            draft.opened = Some(opened);
        }
        Request { keyless: self.clone(), messages }
    }

    /// Begins a request about one message that is there.
    pub(super) async fn begin(&self, implied: ImpliedKey) -> (Request, Opened) {
        let (message, opened) = self.repeats.open(implied).await;
        (Request { keyless: self.clone(), messages: vec![message] }, opened)
    }

    /// Tells the store in its own time. What it was not told before a sudden end may be asked for again after it.
    fn tell(&self) {
        if !self.repeats.begin_telling() {
            return;
        }
        let Self { repeats, outbox, .. } = self.clone();
        self.tasks.spawn(async move {
            while let Some(ids) = repeats.settled().await {
                if let Err(error) = outbox.answered(ids).await {
                    tracing::warn!(%error, "it was not written down which messages were answered");
                }
                sleep(BREATH).await;
            }
        });
    }
}

impl Request {
    /// The same request, about more messages.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.messages.extend(other.messages);
        self
    }

    /// Its answer was written whole.
    pub(crate) fn answered(&self) {
        self.messages.iter().for_each(|message| message.answered());
        self.keyless.tell();
    }

    /// Its answer, which was written whole, was read by somebody.
    pub(crate) fn read(&self) {
        self.messages.iter().for_each(|message| message.read());
    }

    /// Its answer, which was written whole, was read by nobody.
    pub(crate) fn unread(&self) {
        self.messages.iter().for_each(|message| message.unread());
    }
}
