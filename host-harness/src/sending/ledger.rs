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
        loop {
            let leave = self.0.begin(&keyed.key, keyed.fingerprint).await;
            if let Some(attempt) = leave.map_err(NotSent::NoLeave)? {
                return Ok(Begun::Attempt(attempt));
            }
            // Another was faster. If nothing of it was sent, the key is free again, and this message takes it.
            if let Some(outcome) = self.accept(keyed).await? {
                return Ok(Begun::Known(outcome));
            }
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
    match entry.state {
        // Nothing of it was sent, so it does not matter whether it is the same message.
        State::Accepted => Ok(None),
        _ if entry.fingerprint != keyed.fingerprint => Err(NotSent::KeyReused),
        State::Begun { .. } => Err(NotSent::MayHaveBeenSent),
        State::Ended(outcome) => Ok(Some(*outcome)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sending::Key;
    use crate::store::Stores;

    fn keyed(text: &str) -> Keyed {
        let draft = Draft::read(json!({ "channelId": "ch_1", "content": { "type": "text", "text": text } }));
        Keyed::of(&draft.with_key(Key::new("order-17"))).unwrap()
    }

    async fn begun(ledger: &Ledger, keyed: &Keyed) -> Attempt {
        match ledger.begin(keyed).await {
            Ok(Begun::Attempt(attempt)) => attempt,
            Ok(Begun::Known(outcome)) => panic!("{outcome:?}"),
            Err(reason) => panic!("{reason:?}"),
        }
    }

    #[tokio::test]
    async fn a_key_that_another_has_freed_meanwhile_is_taken_again() {
        let (outbox, message) = (Stores::in_memory().outbox, keyed("hello"));
        let ledger = Ledger::new(Arc::clone(&outbox));
        assert!(ledger.accept(&message).await.unwrap().is_none());
        let faster = begun(&ledger, &message).await;
        assert!(matches!(ledger.begin(&message).await, Err(NotSent::MayHaveBeenSent)));
        outbox.end(&faster, End::NotSent).await.unwrap();
        let _attempt = begun(&ledger, &message).await;
    }

    #[tokio::test]
    async fn a_message_that_was_corrected_before_it_was_begun_takes_its_key_over() {
        let ledger = Ledger::new(Stores::in_memory().outbox);
        let (first, corrected) = (keyed("helo"), keyed("hello"));
        // As far as a host comes that ends in between.
        assert!(ledger.accept(&first).await.unwrap().is_none());
        assert!(ledger.find(&corrected).await.unwrap().is_none());
        assert!(ledger.accept(&corrected).await.unwrap().is_none());
        let _attempt = begun(&ledger, &corrected).await;
        for reason in [ledger.find(&first).await.unwrap_err(), ledger.accept(&first).await.unwrap_err()] {
            assert!(matches!(reason, NotSent::KeyReused), "{reason:?}");
        }
    }
}
