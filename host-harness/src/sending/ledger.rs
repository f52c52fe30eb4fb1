use std::sync::Arc;

use channel_api::{Error, ErrorKind, Retry};
use serde_json::value::RawValue;

use super::{Draft, NotSent};
use crate::store::{Accepted, Attempt, Message, NewMessage, Outbox, Outcome, Recovered, SendKey, Status, StoreError};

/// Every message is written down before the first call, and what became of it after the last. What has a key is sent once.
#[derive(Clone, Debug)]
pub(super) struct Ledger(Arc<dyn Outbox>);

/// A message as the ledger knows it.
pub(super) struct Entry {
    message: NewMessage,
}

/// A message whose calls have ended.
pub(super) struct Ended {
    /// The host's id of it, if it is kept.
    pub(super) id: Option<String>,
    pub(super) outcome: Outcome,
}

/// What became of a message just now.
pub(super) enum Begun {
    /// It is this caller's to send.
    Attempt(Attempt),
    /// Another has sent it.
    Known(Ended),
}

impl Entry {
    /// # Errors
    /// When the system has no random bytes for an id.
    pub(super) fn of(draft: &Draft) -> Result<Self, NotSent> {
        let json = draft.json.to_string();
        let message = NewMessage {
            id: new_id()?,
            channel_id: draft.message.channel_id.clone(),
            person: draft.message.to.person().map(String::from),
            key: draft.key.as_ref().map(|key| key.as_str().to_owned()),
            fingerprint: draft.fingerprint(),
            json: RawValue::from_string(json).map_err(|_| NotSent::Lost)?,
        };
        Ok(Self { message })
    }

    pub(super) fn into_id(self) -> String {
        self.message.id
    }

    /// The host's id of it.
    pub(super) fn id(&self) -> &str {
        &self.message.id
    }
}

impl Ledger {
    pub(super) fn new(outbox: Arc<dyn Outbox>) -> Self {
        Self(outbox)
    }

    /// What became of the message, if it was sent before under its key. Nothing is written down.
    pub(super) async fn find(&self, entry: &Entry) -> Result<Option<Ended>, NotSent> {
        let NewMessage { channel_id, key: Some(key), .. } = &entry.message else { return Ok(None) };
        let key = SendKey { channel_id: channel_id.clone(), key: key.clone() };
        match self.0.find(&key).await? {
            Some(known) => Ok(earlier(known, entry)?.ok()),
            None => Ok(None),
        }
    }

    /// Writes the message down. What became of it instead, if another has sent it since it was looked for.
    pub(super) async fn accept(&self, entry: &mut Entry) -> Result<Option<Ended>, NotSent> {
        match self.0.accept(entry.message.clone()).await? {
            Accepted::New => Ok(None),
            Accepted::Known(known) => match earlier(*known, entry)? {
                Ok(earlier) => Ok(Some(earlier)),
                // Another asked for the same at this moment, or could not begin it: whoever is first has it.
                Err(id) => {
                    entry.message.id = id;
                    Ok(None)
                }
            },
        }
    }

    /// Asks for leave to send what was accepted, which nobody else gets then.
    pub(super) async fn begin(&self, entry: &mut Entry) -> Result<Begun, NotSent> {
        loop {
            match self.0.begin(entry.id()).await {
                Ok(Some(attempt)) => return Ok(Begun::Attempt(attempt)),
                Ok(None) => {}
                Err(error) => {
                    // It shall not look as if somebody was about to send it. If that fails too, the next start settles it.
                    let _left =
                        self.0.abandon(entry.id(), never_begun("the store could not take down that it begins")).await;
                    return Err(NotSent::NoLeave(error));
                }
            }
            // Another was faster. If nothing of it was sent, the key is free again, and this message takes it.
            entry.message.id = new_id()?;
            if let Some(earlier) = self.accept(entry).await? {
                return Ok(Begun::Known(earlier));
            }
        }
    }

    /// Settles what an earlier host has left.
    pub(super) async fn recover(&self) -> Result<Recovered, StoreError> {
        self.0.recover(never_begun("the host ended before this message was sent")).await
    }

    /// Writes down how it ended, so that the same key never sends again what may have been sent.
    pub(super) async fn settle(&self, attempt: &Attempt, outcome: &Outcome) {
        if let Err(error) = self.0.end(attempt, outcome.clone()).await {
            tracing::error!(%error, "the outcome of a message was not written down; its key stays in use");
        }
    }
}

fn never_begun(why: &'static str) -> Error {
    Error::new(ErrorKind::Unexpected, "never_begun", why)
        .with_retry(Retry::SAFE)
        .with_hint("nothing of it went out: send it again")
}

/// What nobody guesses and nothing else has: 16 random bytes in hexadecimal digits.
fn new_id() -> Result<String, NotSent> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| NotSent::Lost)?;
    Ok(format!("msg_{}", hex::encode(bytes)))
}

/// What is told of a message that is known under this key, or its id where it waits to be begun.
fn earlier(known: Message, entry: &Entry) -> Result<Result<Ended, String>, NotSent> {
    let Message { id, fingerprint, status, changed_at, outcome, .. } = known;
    if fingerprint != entry.message.fingerprint {
        return Err(NotSent::KeyReused);
    }
    match (status, outcome) {
        (Status::Accepted, _) => Ok(Err(id)),
        (Status::Sent | Status::Failed, Some(outcome)) => Ok(Ok(Ended { id: Some(id), outcome })),
        // Some of its parts were sent, and that is worth telling.
        (Status::Unknown, Some(outcome)) if !outcome.receipts.is_empty() => Ok(Ok(Ended { id: Some(id), outcome })),
        _ => Err(NotSent::MayHaveBeenSent { id, status, since: changed_at }),
    }
}

#[cfg(test)]
mod tests {
    use channel_api::json::Document;
    use serde_json::json;

    use super::*;
    use crate::sending::Key;
    use crate::store::Stores;

    fn entry(text: &str) -> Entry {
        let draft =
            Draft::read(Document::new(json!({ "channelId": "ch_1", "content": { "type": "text", "text": text } })));
        Entry::of(&draft.with_key(Key::new("order-17"))).unwrap()
    }

    fn not_sent() -> Outcome {
        let failure = Error::new(ErrorKind::RateLimited, "rate", "too much").with_retry(Retry::SAFE);
        Outcome { failure: Some(failure), ..Outcome::default() }
    }

    async fn begun(ledger: &Ledger, entry: &mut Entry) -> Attempt {
        match ledger.begin(entry).await {
            Ok(Begun::Attempt(attempt)) => attempt,
            Ok(Begun::Known(earlier)) => panic!("{:?}", earlier.outcome),
            Err(reason) => panic!("{reason:?}"),
        }
    }

    #[tokio::test]
    async fn a_key_that_another_has_freed_meanwhile_is_taken_again() {
        let ledger = Ledger::new(Stores::in_memory().outbox);
        let (mut first, mut second) = (entry("hello"), entry("hello"));
        assert!(ledger.accept(&mut first).await.unwrap().is_none());
        assert!(ledger.accept(&mut second).await.unwrap().is_none());
        assert_eq!(first.id(), second.id(), "the same message under the same key");
        let faster = begun(&ledger, &mut first).await;
        assert!(matches!(ledger.begin(&mut second).await, Err(NotSent::MayHaveBeenSent { .. })));
        ledger.settle(&faster, &not_sent()).await;
        let _attempt = begun(&ledger, &mut second).await;
        assert_ne!(first.id(), second.id(), "what failed stays what it is");
    }

    #[tokio::test]
    async fn a_key_is_one_message_s() {
        let ledger = Ledger::new(Stores::in_memory().outbox);
        let (mut first, mut other) = (entry("hello"), entry("something else"));
        assert!(ledger.accept(&mut first).await.unwrap().is_none());
        let refused = [ledger.find(&other).await.err(), ledger.accept(&mut other).await.err()];
        assert!(refused.iter().flatten().all(|reason| matches!(reason, NotSent::KeyReused)), "{refused:?}");
        assert_eq!(refused.iter().flatten().count(), 2);
        let attempt = begun(&ledger, &mut first).await;
        ledger.settle(&attempt, &not_sent()).await;
        assert!(ledger.accept(&mut other).await.unwrap().is_none(), "nothing was sent under it");
    }
}
