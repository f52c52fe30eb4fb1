use std::sync::Arc;

use channel_api::{Error, Retry};

use super::{Draft, NotSent};
use crate::store::{Accepted, Attempt, End, Entry, Outbox, Outcome, SendKey, State};

/// What is sent under a key is sent once: the key is written down before the first call, the outcome after the last.
#[derive(Clone, Debug)]
pub(super) struct Ledger(Arc<dyn Outbox>);

/// A message that has a key.
pub(super) struct Keyed {
    key: SendKey,
    fingerprint: [u8; 32],
}

impl Keyed {
    pub(super) fn of(draft: &Draft) -> Option<Self> {
        let key = draft.key.as_ref()?;
        let key = SendKey { channel_id: draft.message.channel_id.clone(), key: key.as_str().to_owned() };
        Some(Self { key, fingerprint: draft.fingerprint() })
    }
}

impl Ledger {
    pub(super) fn new(outbox: Arc<dyn Outbox>) -> Self {
        Self(outbox)
    }

    /// What became of the message, if it was sent before. Nothing is written down.
    pub(super) async fn find(&self, keyed: &Keyed) -> Result<Option<Outcome>, NotSent> {
        match self.0.find(&keyed.key).await? {
            Some(entry) => known(entry, keyed),
            None => Ok(None),
        }
    }

    /// Writes the message down under its key. What became of it instead, if another has sent it since it was looked for.
    pub(super) async fn accept(&self, keyed: &Keyed) -> Result<Option<Outcome>, NotSent> {
        match self.0.accept(&keyed.key, keyed.fingerprint).await? {
            Accepted::Known(entry) => known(entry, keyed),
            Accepted::New => Ok(None),
        }
    }

    /// Asks for leave to send what was accepted, which nobody else gets then.
    pub(super) async fn begin(&self, keyed: &Keyed) -> Result<Begun, NotSent> {
        match self.0.begin(&keyed.key).await? {
            Some(attempt) => Ok(Begun::Attempt(attempt)),
            // Another was faster.
            None => self.find(keyed).await?.map(Begun::Known).ok_or(NotSent::MayHaveBeenSent),
        }
    }

    /// Writes down how it ended, so that the same key never sends again what may have been sent.
    pub(super) async fn settle(&self, attempt: &Attempt, outcome: &Outcome) {
        let end = match outcome.failure.as_ref().map(Error::retry) {
            // Left open on purpose: whoever asks again hears that it may have been sent.
            Some(Retry::IfIdempotent { .. }) if outcome.receipts.is_empty() => return,
            // Nothing was sent: once the cause is mended, the same key may try again.
            Some(_) if outcome.receipts.is_empty() => End::NotSent,
            _ => End::Outcome(Box::new(outcome.clone())),
        };
        if let Err(error) = self.0.end(attempt, end).await {
            tracing::error!(%error, "the outcome of a message was not written down; its key stays in use");
        }
    }
}

/// What became of a key just now.
pub(super) enum Begun {
    /// It is this message's.
    Attempt(Attempt),
    /// The message was sent under it.
    Known(Outcome),
}

fn known(entry: Entry, keyed: &Keyed) -> Result<Option<Outcome>, NotSent> {
    if entry.fingerprint != keyed.fingerprint {
        return Err(NotSent::KeyReused);
    }
    match entry.state {
        State::Accepted => Ok(None),
        State::Begun { .. } => Err(NotSent::MayHaveBeenSent),
        State::Ended(outcome) => Ok(Some(*outcome)),
    }
}
