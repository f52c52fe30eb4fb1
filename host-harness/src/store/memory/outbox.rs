use async_trait::async_trait;
use jiff::Timestamp;

use super::recent::Recent;
use super::{Memory, to_millisecond};
use crate::store::{Accepted, Attempt, End, Entry, Outbox, SendKey, State, StoreError};

#[derive(Debug, Default)]
pub(super) struct Messages {
    by_key: Recent<SendKey, Kept>,
    /// How many attempts were begun.
    attempts: i64,
}

/// A message and, once it is begun, which attempt that is.
#[derive(Debug)]
struct Kept {
    entry: Entry,
    attempt: Option<i64>,
}

#[async_trait]
impl Outbox for Memory {
    async fn find(&self, key: &SendKey) -> Result<Option<Entry>, StoreError> {
        Ok(self.open(&self.outbox)?.by_key.get(key).map(|kept| kept.entry.clone()))
    }

    async fn accept(&self, key: &SendKey, fingerprint: [u8; 32]) -> Result<Accepted, StoreError> {
        if key.channel_id.is_empty() || key.key.is_empty() {
            return Err(StoreError::Refused);
        }
        let accepted = Kept { entry: Entry { fingerprint, state: State::Accepted }, attempt: None };
        let mut outbox = self.open(&self.outbox)?;
        match outbox.by_key.get(key).map(|known| &known.entry) {
            Some(known) if known.fingerprint == fingerprint || !matches!(known.state, State::Accepted) => {
                return Ok(Accepted::Known(known.clone()));
            }
            _ => outbox.by_key.put(key.clone(), accepted),
        }
        Ok(Accepted::New)
    }

    async fn begin(&self, key: &SendKey, fingerprint: [u8; 32]) -> Result<Option<Attempt>, StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let Messages { by_key, attempts } = &mut *outbox;
        let accepted = |entry: &Entry| matches!(entry.state, State::Accepted) && entry.fingerprint == fingerprint;
        let Some(kept) = by_key.get_mut(key).filter(|kept| accepted(&kept.entry)) else { return Ok(None) };
        *attempts += 1;
        kept.entry.state = State::Begun { at: to_millisecond(Timestamp::now()) };
        kept.attempt = Some(*attempts);
        Ok(Some(Attempt { key: key.clone(), number: *attempts }))
    }

    async fn end(&self, attempt: &Attempt, end: End) -> Result<(), StoreError> {
        let mut outbox = self.open(&self.outbox)?;
        let kept = outbox.by_key.get_mut(&attempt.key).filter(|kept| kept.attempt == Some(attempt.number));
        match (kept, end) {
            (None, End::Outcome(_)) => return Err(StoreError::NotBegun),
            (Some(kept), End::Outcome(outcome)) if matches!(kept.entry.state, State::Begun { .. }) => {
                kept.entry.state = State::Ended(outcome);
            }
            (Some(kept), End::NotSent) if matches!(kept.entry.state, State::Begun { .. }) => {
                outbox.by_key.remove(&attempt.key);
            }
            _ => {}
        }
        Ok(())
    }
}
