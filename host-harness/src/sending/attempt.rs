//! One attempt at messages whose turn it is: they are begun on the disk, then called, and how they ended is written down before
//! anybody hears of it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use channel_api::{
    ChannelAdapterExt as _, Delivered, Denormalized, Error, ErrorKind, ProviderRequest, Receipt, Result as Called,
    Retry, Token,
};
use futures::FutureExt as _;
use futures::future::join_all;
use jiff::Timestamp;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::Draft;
use super::accept::{Preparation, Ready};
use super::answers::Answers;
use super::channel_queue::ChannelQueue;
use super::pace::{Pace, Wanted};
use super::queue::Waiting;
use super::retry::{After, chance};
use super::target::{Target, not_sent};
use crate::config::RetryPolicy;
use crate::media::Uploads;
use crate::store::{Again, Attempt, Call, Message, Outbox, Outcome, Status, StoreError};
use crate::telemetry;

/// How long a person's further messages wait for the echo of a part that may have been sent, when others are left.
const WAITS_FOR_ECHO: Duration = Duration::from_secs(30);
/// How long a message waits when the store fails.
const STORE_AGAIN: Duration = Duration::from_secs(1);

/// What makes attempts.
#[derive(Clone, Debug)]
pub(super) struct Attempts {
    pub(super) outbox: Arc<dyn Outbox>,
    pub(super) preparation: Preparation,
    pub(super) uploads: Arc<Uploads>,
    pub(super) pace: Pace,
    pub(super) answers: Answers,
    pub(super) policy: RetryPolicy,
    /// Nothing is begun after this.
    pub(super) stopping: CancellationToken,
}

/// A message that may be called.
struct Ripe {
    waiting: Waiting,
    ready: Ready,
    /// What is known of it from earlier attempts.
    earlier: Outcome,
    tries: u32,
}

/// A message that is begun.
struct Begun {
    ripe: Ripe,
    requests: Vec<ProviderRequest>,
    attempt: Attempt,
}

impl Attempts {
    /// Makes an attempt at each of these messages, in one call to the adapter where they are several.
    pub(super) async fn carry_out(&self, channel: &ChannelQueue, unit: Vec<Waiting>) {
        let mut ripe = Vec::new();
        for one in join_all(unit.into_iter().map(|waiting| self.ripen(channel, waiting))).await.into_iter().flatten() {
            match self.pace.full_until(channel.channel_id(), one.wanted()) {
                // In line, and not here, where others would wait for it.
                Some(until) => {
                    let (line, waiting) = (one.waiting.line.clone(), Waiting { due: Some(until), ..one.waiting });
                    channel.free(&line, Some(waiting), Some(until));
                }
                None => ripe.push(one),
            }
        }
        let Some(class) = ripe.first().map(|first| first.waiting.class) else { return };
        let most = self.pace.at_once(channel.channel_id(), class);
        let mut calls = 0;
        let room = ripe.iter().take_while(|one| {
            calls += one.rest();
            calls <= most
        });
        for later in ripe.split_off(room.count().max(1).min(ripe.len())) {
            let line = later.waiting.line.clone();
            channel.free(&line, Some(later.waiting), None);
        }
        let wanted: Vec<Wanted<'_>> = ripe.iter().map(Ripe::wanted).collect();
        // To wait for this is no attempt: nothing has begun.
        let leave = self.stopping.run_until_cancelled(self.pace.take(channel.channel_id(), &wanted)).await;
        if leave != Some(true) {
            // The channel was stopped meanwhile, or this host is, and the next one sends them.
            for one in ripe {
                let line = one.waiting.line.clone();
                channel.free(&line, Some(one.waiting), None);
            }
            return;
        }
        let begun: Vec<Begun> =
            join_all(ripe.into_iter().map(|one| self.begin(channel, one))).await.into_iter().flatten().collect();
        let Some(first) = begun.first() else { return };
        let adapter = Arc::clone(&first.ripe.ready.adapter);
        let (at, started) = (Timestamp::now(), Instant::now());
        let calls: Vec<ProviderRequest> = begun.iter().flat_map(|one| one.requests.iter().cloned()).collect();
        let made: Vec<Called<Receipt>> = if let [_] = begun.as_slice() {
            let made = AssertUnwindSafe(adapter.deliver(&calls)).catch_unwind().await;
            let Delivered { receipts, failure, .. } = made.unwrap_or_else(|_| Delivered::default());
            receipts.into_iter().map(Ok).chain(failure.map(Err)).collect()
        } else {
            AssertUnwindSafe(adapter.send_batch(&calls)).catch_unwind().await.unwrap_or_default()
        };
        let mut made = made.into_iter();
        let ended: Vec<_> = begun.into_iter().map(|one| (delivered(&mut made, one.requests.len()), one)).collect();
        // What one call came to is one sign of how the provider is, however many messages were in it.
        let mut told = BTreeSet::new();
        for failure in ended.iter().map(|(delivered, _)| delivered.failure.as_ref()) {
            if told.insert(failure.map(Error::code)) {
                self.pace.ended(channel.channel_id(), failure);
            }
        }
        let ends = ended.into_iter().map(|(delivered, one)| self.conclude(channel, one, delivered, at, started));
        join_all(ends).await;
    }

    /// Ends what has waited for too long.
    pub(super) async fn expire(&self, channel: &ChannelQueue) {
        for waiting in channel.expired() {
            let expired = Error::new(ErrorKind::Unexpected, "expired", "it has waited for more than 24 hours")
                .with_hint(
                    "what held it up is shown with its attempts and its channel; retry it if it is still wanted",
                );
            if self.fail(&waiting.id, expired).await.is_err() {
                // The next time it is looked at.
                channel.push(waiting);
            }
        }
    }

    /// Makes a message ready for its calls, unless it ends here or goes back.
    async fn ripen(&self, channel: &ChannelQueue, mut waiting: Waiting) -> Option<Ripe> {
        if let Some(ready) = waiting.ready.take().filter(|ready| ready.is_fresh()) {
            return Some(Ripe { waiting, ready: *ready, earlier: Outcome::default(), tries: 0 });
        }
        let message = match self.outbox.get(&waiting.id).await {
            Ok(Some(message)) => message,
            Ok(None) => {
                channel.free(&waiting.line, None, None);
                return None;
            }
            Err(error) => {
                Self::put_back(channel, waiting, &error);
                return None;
            }
        };
        let Message { tries, json, outcome, reference, broadcast, .. } = message;
        let earlier = outcome.unwrap_or_default();
        match self.ready(json.get(), broadcast, reference).await {
            Ok(ready) if earlier.receipts.is_empty() || ready.translated.requests.len() == earlier.parts => {
                Some(Ripe { waiting, ready, earlier, tries })
            }
            Ok(_) => {
                let other =
                    Error::new(ErrorKind::Unexpected, "parts_changed", "it has other parts now than those that went")
                        .with_hint("send what is missing as a message of its own");
                self.give_up(channel, waiting, other).await
            }
            Err(error) => self.give_up(channel, waiting, error).await,
        }
    }

    /// Ends a message that cannot be sent. Nothing overtakes it before that is written down.
    async fn give_up(&self, channel: &ChannelQueue, waiting: Waiting, failure: Error) -> Option<Ripe> {
        match self.fail(&waiting.id, failure).await {
            Ok(()) => channel.free(&waiting.line, None, None),
            Err(error) => Self::put_back(channel, waiting, &error),
        }
        None
    }

    /// Makes a message that is kept ready, as if it had come just now.
    async fn ready(
        &self,
        json: &str,
        broadcast: Option<String>,
        reference: Option<String>,
    ) -> channel_api::Result<Ready> {
        let unread =
            |_| Error::new(ErrorKind::Unexpected, "message_lost", "an earlier release did not keep what it says");
        let document = channel_api::json::parse(json.as_bytes()).map_err(unread)?;
        let mut draft = Draft::read(document).of_broadcast(broadcast, reference);
        let gone = |reason: super::NotSent| {
            Error::new(ErrorKind::Unexpected, "channel_deleted", reason.to_string())
                .with_hint("the channel that it was accepted for is no longer configured")
        };
        let adapter = self.preparation.channel(&mut draft).map_err(gone)?;
        let ready = AssertUnwindSafe(self.preparation.ready(draft, adapter)).catch_unwind().await;
        let panicked =
            |_| Error::new(ErrorKind::Unexpected, "panicked", "this message brings its channel's adapter down");
        ready.map_err(panicked)?.and_then(|ready| match ready.target {
            Target::Named => Ok(ready),
            Target::NotYet => Err(not_sent()),
        })
    }

    /// Writes down that the message is begun, with its calls. They have to follow at once: what ends this host in between leaves a
    /// message that may have been sent.
    async fn begin(&self, channel: &ChannelQueue, mut ripe: Ripe) -> Option<Begun> {
        let first = ripe.earlier.receipts.len();
        let requests = ripe.ready.translated.requests.iter().enumerate().skip(first);
        let adapter = &*ripe.ready.adapter;
        let calls: Vec<Call> = requests
            .map(|(part, request)| {
                let stamp = |token: &Token| {
                    let mut stamped = request.clone();
                    adapter.stamp(&mut stamped, token).then_some(stamped)
                };
                // Unstamped, if that brings the adapter down.
                let stamped = token().and_then(|token| {
                    let stamped = catch_unwind(AssertUnwindSafe(|| stamp(&token))).ok().flatten()?;
                    Some((stamped, token))
                });
                match stamped {
                    Some((request, token)) => Call { part, request, token: Some(token) },
                    None => Call { part, request: request.clone(), token: None },
                }
            })
            .collect();
        let requests = calls.iter().map(|call| call.request.clone()).collect();
        match self.outbox.begin(&ripe.waiting.id, calls).await {
            Ok(Some(attempt)) => Some(Begun { ripe, requests, attempt }),
            Ok(None) => {
                // It was dropped meanwhile.
                channel.free(&ripe.waiting.line, None, None);
                None
            }
            Err(error) => {
                ripe.waiting.ready = None;
                Self::put_back(channel, ripe.waiting, &error);
                None
            }
        }
    }

    fn put_back(channel: &ChannelQueue, mut waiting: Waiting, error: &StoreError) {
        tracing::warn!(%error, message = waiting.id, "a message waits for the store");
        let (line, due) = (waiting.line.clone(), Instant::now() + STORE_AGAIN);
        waiting.due = Some(due);
        channel.free(&line, Some(waiting), Some(due));
    }

    /// Remembers what has to be remembered of a message whose calls began at `at`, which was the moment `started`.
    async fn conclude(
        &self,
        channel: &ChannelQueue,
        begun: Begun,
        delivered: Delivered,
        at: Timestamp,
        started: Instant,
    ) {
        let took = started.elapsed();
        let Begun { ripe, attempt, .. } = begun;
        let Ripe { mut waiting, ready, earlier, tries } = ripe;
        let Ready { adapter, person, attachment_ids, unavailable, translated, .. } = ready;
        let Delivered { receipts, failure, .. } = delivered;
        let Denormalized { requests, warnings, thread, choices, .. } = translated;
        let receipts = [earlier.receipts, receipts].concat();
        let outcome = Outcome { receipts, parts: requests.len(), failure, warnings };
        let failure = outcome.failure.as_ref();
        let since_first = waiting.tried.get_or_insert(started).elapsed();
        let after = failure.and_then(|failure| self.policy.again(failure, tries + 1, since_first, chance()));
        let again = after
            .and_then(|After { wait, counts }| Some(Again { due: Timestamp::now().checked_add(wait).ok()?, counts }));
        // Before anything else: a crash after this costs a remark, and one before it the outcome.
        let status = self.end(&attempt, &outcome, again).await;
        self.preparation.metrics.observe(failure.map_or("sent", |error| error.kind().as_str()), took);
        let channel_id = channel.channel_id();
        let threads = &self.preparation.threads;
        if let Some(person) = person.as_deref().filter(|_| matches!(status, Status::Sent | Status::Unknown)) {
            threads.offered(channel_id, person, choices, at).await;
        }
        match failure {
            None => {
                if let Some(thread) = &thread {
                    threads.changed_at(channel_id, thread, at).await;
                }
                if let Some(person) = person.as_deref().filter(|_| unavailable) {
                    threads.reached(channel_id, person, at).await;
                }
            }
            Some(error) => {
                let what = match (status, outcome.receipts.len()) {
                    (Status::Unknown, _) => "a message may have been sent",
                    (Status::Accepted, _) => "a message will be sent again",
                    (_, 0) => "a message was not sent",
                    _ => "a message was sent in part",
                };
                telemetry::message_failed(&*adapter, error, what, &waiting.id);
                if let Some(person) = &person {
                    threads.failed(&*adapter, person, error, at).await;
                }
                if error.kind() == ErrorKind::Rejected {
                    // One of the ids in it may have ended.
                    for id in &attachment_ids {
                        self.uploads.forget(channel_id, id).await;
                    }
                }
            }
        }
        self.answers.tell(&waiting.id, status, &outcome);
        let line = waiting.line.clone();
        match status {
            Status::Accepted => {
                // What only met a closed door has not been tried.
                waiting.tried = waiting.tried.filter(|_| tries > 0 || after.is_none_or(|after| after.counts));
                let due = Instant::now() + after.map(|after| after.wait).unwrap_or_default();
                waiting.due = Some(due);
                channel.free(&line, Some(waiting), Some(due));
            }
            Status::Unknown if outcome.receipts.len() + 1 < outcome.parts => {
                channel.free(&line, None, Some(Instant::now() + WAITS_FOR_ECHO));
            }
            _ => channel.free(&line, None, None),
        }
    }

    /// Writes an end down. As long as that fails the person gets nothing else, and nobody is told.
    async fn end(&self, attempt: &Attempt, outcome: &Outcome, again: Option<Again>) -> Status {
        loop {
            match self.outbox.end(attempt, outcome.clone(), again).await {
                Ok(status) => return status,
                Err(error) if error.is_temporary() => {
                    tracing::error!(%error, "how a message ended was not written down; trying again");
                }
                Err(error) => {
                    tracing::error!(%error, "how a message ended cannot be written down");
                    return outcome.status();
                }
            }
            sleep(STORE_AGAIN).await;
        }
    }

    /// Ends a message that is not begun.
    async fn fail(&self, id: &str, failure: Error) -> Result<(), StoreError> {
        if self.outbox.fail(id, failure.clone()).await? {
            let outcome = Outcome { failure: Some(failure), ..Outcome::default() };
            self.answers.tell(id, Status::Failed, &outcome);
        }
        Ok(())
    }
}

impl Ripe {
    fn wanted(&self) -> Wanted<'_> {
        let Ready { person, audio_or_video, .. } = &self.ready;
        let class = self.waiting.class;
        Wanted { person: person.as_deref(), calls: self.rest(), media: *audio_or_video, class }
    }

    /// How many calls are left to be made.
    fn rest(&self) -> usize {
        self.ready.translated.requests.len() - self.earlier.receipts.len()
    }
}

/// Without random bytes a message goes out unstamped.
fn token() -> Option<Token> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok().map(|()| Token::from_random(bytes))
}

/// How far a message of so many parts came. What was made after its first failure is taken out with the rest.
fn delivered(results: &mut impl Iterator<Item = Called<Receipt>>, parts: usize) -> Delivered {
    let mut delivered = Delivered::default();
    delivered.receipts.reserve(parts);
    for _ in 0..parts {
        match (&delivered.failure, results.next()) {
            (None, Some(Ok(receipt))) => delivered.receipts.push(receipt),
            (None, Some(Err(error))) => delivered.failure = Some(error),
            (None, None) => delivered.failure = Some(unanswered()),
            (Some(_), _) => {}
        }
    }
    delivered
}

/// An adapter that answers fewer calls than it was given, or falls over.
fn unanswered() -> Error {
    Error::new(ErrorKind::Unexpected, "unanswered", "the channel did not say what became of this message")
        .with_retry(Retry::IF_IDEMPOTENT)
        .with_hint("it may have been sent; look for its echo before sending it again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_several_parts_ends_at_its_first_failure() {
        let receipt = |id: &str| Ok(Receipt { message_id: Some(id.to_owned()), ..Receipt::default() });
        let failure = || Err(Error::new(ErrorKind::RateLimited, "x", "too much"));
        let mut results =
            [receipt("a"), failure(), receipt("never counted"), receipt("b"), failure(), receipt("c")].into_iter();
        let first = delivered(&mut results, 3);
        assert_eq!((first.receipts.len(), first.failure.unwrap().code()), (1, "x"));
        let second = delivered(&mut results, 1);
        assert_eq!(second.receipts[0].message_id.as_deref(), Some("b"));
        assert!(second.failure.is_none());
        assert!(delivered(&mut results, 1).failure.is_some());
        assert_eq!(delivered(&mut results, 1).receipts.len(), 1);
        let unanswered = delivered(&mut results, 1).failure.unwrap();
        assert!(matches!(unanswered.retry(), Retry::IfIdempotent { .. }));
    }
}
