//! What is asked for without a key, and asked for again because no answer came.
//!
//! Standard clients repeat by themselves what they saw fail, and most of them give no key. Equal words are therefore one message
//! while a request with them is open, and for [`WINDOW`] after the last of these ended without an answer. Who got an answer and
//! sends the same words again means it.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, sleep_until};

/// How long after the last equal request ended unanswered its words are the same message: longer than standard clients go on.
const WINDOW: Duration = Duration::from_mins(1);
/// How long after it was written an answer may show to have been read by nobody. Equal requests wait for that.
const DOUBT: Duration = Duration::from_millis(200);
/// How many messages that nobody was told of are remembered; beyond that, the one whose request ended first is forgotten.
const MAX_UNANSWERED: usize = 100_000;

/// What stands for the key of a request that has none: SHA-256 of who asks, for what, and with which words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ImpliedKey([u8; 32]);

impl ImpliedKey {
    /// The key of a request: `caller` is the name of an API key, `asked` the kind of request, `body` all that was written.
    pub(crate) fn of(caller: &str, asked: &str, body: &[u8]) -> Self {
        let mut digest = Sha256::new();
        for part in [caller.as_bytes(), asked.as_bytes(), body] {
            // With its length, so that no two requests run into the same bytes.
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }

    /// The key of one of many messages in such a request.
    pub(crate) fn at(self, index: usize) -> Self {
        Self(Sha256::new_with_prefix(self.0).chain_update(index.to_be_bytes()).finalize().into())
    }

    /// The key of what such a request wants of a message at this place.
    pub(crate) fn of_message(self, seq: u64) -> Self {
        Self(Sha256::new_with_prefix(self.0).chain_update(seq.to_be_bytes()).finalize().into())
    }

    /// As a store keeps it.
    pub(crate) fn bytes(self) -> [u8; 32] {
        self.0
    }
}

impl From<[u8; 32]> for ImpliedKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// The requests without a key: those that are open, and those that ended unanswered a moment ago. Handles share it.
///
/// It holds as many keys as requests are open and [`MAX_UNANSWERED`] others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Repeats(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    words: HashMap<ImpliedKey, Words>,
    /// Which words had their last request end unanswered, and when; those that were asked for again since are passed over.
    unanswered: VecDeque<(Instant, ImpliedKey)>,
    /// The same of those that were answered.
    answered: VecDeque<(Instant, ImpliedKey)>,
    /// The messages that no repetition leads to any more, which a store has to be told.
    settled: Vec<String>,
    /// Somebody is telling it.
    telling: bool,
}

/// Equal requests.
#[derive(Debug, Default)]
struct Words {
    open: usize,
    /// Whoever holds it brings the message to where it is stored.
    storing: Arc<tokio::sync::Mutex<()>>,
    message: Option<String>,
    /// How the last one ended, if none is open.
    end: Option<End>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Unanswered(Instant),
    Answered(Instant),
}

/// A request that is open until its [answer](Self::answered) went out. Dropped before that, it has ended unanswered.
#[derive(Debug)]
pub(crate) struct OpenRequest {
    repeats: Repeats,
    key: ImpliedKey,
    /// The id of its message, once that is stored.
    message: OnceLock<String>,
    answered: AtomicBool,
}

/// What a request is.
#[derive(Debug)]
pub(crate) enum Opened {
    /// A message that is not there yet: the caller's to store.
    New(Storing),
    /// The message of this id, once more.
    Repeated(String),
}

/// Leave to store the message of a request, which no equal one has meanwhile. Dropped, the next of them gets it.
///
/// Whoever brings the message to the store holds it, and so the words stay the same message even when whoever asked has gone.
#[derive(Debug)]
pub(crate) struct Storing {
    request: Arc<OpenRequest>,
    _leave: OwnedMutexGuard<()>,
}

impl Repeats {
    /// At the start of a host: the messages of which an earlier one told nobody, the oldest first, may be asked for again from now on.
    pub(crate) fn remember(&self, unanswered: impl IntoIterator<Item = (ImpliedKey, String)>) {
        let (mut known, now) = (self.lock(), Instant::now());
        for (key, id) in unanswered {
            known.may_come_again(key, id, now);
        }
    }

    /// Begins a request. While an equal one has leave to store its message this waits, in the order in which they came, and while it
    /// is not sure that somebody has read the answer to the last one.
    pub(crate) async fn open(&self, key: ImpliedKey) -> (Arc<OpenRequest>, Opened) {
        let storing = loop {
            match self.begin(key) {
                Ok(storing) => break storing,
                Err(in_doubt) => sleep_until(in_doubt).await,
            }
        };
        let (message, answered) = (OnceLock::new(), AtomicBool::new(false));
        let request = Arc::new(OpenRequest { repeats: self.clone(), key, message, answered });
        let leave = storing.lock_owned().await;
        let message = self.lock().words.get(&key).and_then(|words| words.message.clone());
        let opened = match message {
            Some(id) => Opened::Repeated(request.message.get_or_init(|| id).clone()),
            None => Opened::New(Storing { request: Arc::clone(&request), _leave: leave }),
        };
        (request, opened)
    }

    /// Counts a request, or says until when it has to wait for that.
    fn begin(&self, key: ImpliedKey) -> Result<Arc<tokio::sync::Mutex<()>>, Instant> {
        let mut known = self.lock();
        known.forget(Instant::now());
        let words = known.words.entry(key).or_default();
        if let Some(End::Answered(at)) = words.end {
            return Err(at + DOUBT);
        }
        words.open += 1;
        words.end = None;
        Ok(Arc::clone(&words.storing))
    }

    /// Whether the caller is to tell the store what is [`settled`](Self::settled), until nothing is.
    pub(super) fn begin_telling(&self) -> bool {
        let mut known = self.lock();
        known.has_more() && !mem::replace(&mut known.telling, true)
    }

    /// The messages that no repetition leads to any more, each once.
    pub(super) async fn settled(&self) -> Option<Vec<String>> {
        loop {
            let in_doubt = {
                let mut known = self.lock();
                known.forget(Instant::now());
                if !known.settled.is_empty() {
                    return Some(mem::take(&mut known.settled));
                }
                known.telling = known.has_more();
                known.answered.front()?.0 + DOUBT
            };
            sleep_until(in_doubt).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Forgets the words that nobody repeats any more.
    fn forget(&mut self, now: Instant) {
        while let Some((at, key)) = self.unanswered.front().copied()
            && (now.duration_since(at) >= WINDOW || self.unanswered.len() > MAX_UNANSWERED)
        {
            self.unanswered.pop_front();
            self.settle(key, End::Unanswered(at));
        }
        while let Some((at, key)) = self.answered.front().copied()
            && now.duration_since(at) >= DOUBT
        {
            self.answered.pop_front();
            self.settle(key, End::Answered(at));
        }
    }

    /// Forgets these words if that is how they ended.
    fn settle(&mut self, key: ImpliedKey, end: End) {
        if self.words.get(&key).is_some_and(|words| words.end == Some(end)) {
            self.settled.extend(self.words.remove(&key).and_then(|words| words.message));
        }
    }

    /// Whether there is something to tell a store, or soon will be.
    fn has_more(&self) -> bool {
        !self.settled.is_empty() || !self.answered.is_empty()
    }

    fn may_come_again(&mut self, key: ImpliedKey, id: String, now: Instant) {
        let words = Words { message: Some(id), end: Some(End::Unanswered(now)), ..Words::default() };
        self.settled.extend(self.words.insert(key, words).and_then(|older| older.message));
        self.unanswered.push_back((now, key));
        self.forget(now);
    }

    fn ended(&mut self, key: ImpliedKey, answered: bool, now: Instant) {
        let Some(words) = self.words.get_mut(&key) else { return };
        words.open -= 1;
        if words.open > 0 {
            return;
        }
        if words.message.is_none() {
            // What was not stored is nothing that could be found again.
            self.words.remove(&key);
        } else if answered {
            words.end = Some(End::Answered(now));
            self.answered.push_back((now, key));
        } else {
            words.end = Some(End::Unanswered(now));
            self.unanswered.push_back((now, key));
            self.forget(now);
        }
    }

    /// How these words ended, if that is known of this message.
    fn end_of(&self, key: ImpliedKey, id: &str) -> Option<End> {
        self.words.get(&key).filter(|words| words.message.as_deref() == Some(id))?.end
    }
}

impl OpenRequest {
    /// Its answer was written whole: whoever asks with the same words again means it.
    pub(crate) fn answered(&self) {
        if !self.answered.swap(true, Ordering::Relaxed) {
            self.repeats.lock().ended(self.key, true, Instant::now());
        }
    }

    /// Its answer, which was written whole, was read by somebody.
    pub(crate) fn read(&self) {
        let (Some(id), mut known) = (self.message.get(), self.repeats.lock()) else { return };
        if let Some(end @ End::Answered(_)) = known.end_of(self.key, id) {
            known.settle(self.key, end);
        }
    }

    /// Its answer, which was written whole, was read by nobody. Too late for words that are another message by now.
    pub(crate) fn unread(&self) {
        let (Some(id), mut known) = (self.message.get(), self.repeats.lock()) else { return };
        let in_doubt = matches!(known.end_of(self.key, id), Some(End::Answered(_)));
        if in_doubt || !known.words.contains_key(&self.key) {
            // Not settled, then, if it was in doubt.
            known.words.remove(&self.key);
            known.may_come_again(self.key, id.clone(), Instant::now());
        }
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        if !*self.answered.get_mut() {
            self.repeats.lock().ended(self.key, false, Instant::now());
        }
    }
}

impl Storing {
    /// What the words are known by.
    pub(crate) fn key(&self) -> ImpliedKey {
        self.request.key
    }

    /// The message is stored under this id, which equal requests learn from now on.
    pub(crate) fn stored(self, id: &str) {
        let OpenRequest { repeats, key, message, .. } = &*self.request;
        let id = message.get_or_init(|| id.to_owned());
        if let Some(words) = repeats.lock().words.get_mut(key) {
            words.message = Some(id.clone());
        }
    }
}
