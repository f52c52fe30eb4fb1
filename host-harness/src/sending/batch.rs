//! Many messages at once: each is judged and answered on its own, and those of one channel go out together.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use channel_api::{
    ChannelAdapter, ChannelId, Delivered, Error, ErrorKind, ProviderRequest, Receipt, Result as Called, Retry,
};
use futures::future::join_all;
use jiff::Timestamp;

use super::{Draft, NAME_LOOKUP_TIMEOUT, NotSent, Ready, Sender, Sent, Step};

/// How many calls go out together at most, so that a batch leaves room for answers to others within the same second.
const AT_ONCE: usize = 25;

/// What each message of a batch came to, by its place.
type Answers = BTreeMap<usize, Result<Sent, NotSent>>;

impl Sender {
    /// Sends messages, and answers each at its place.
    ///
    /// # Errors
    /// [`NotSent::Lost`] when nothing is known of any of them.
    pub(crate) async fn send_batch(&self, drafts: Vec<Draft>) -> Result<Vec<Result<Sent, NotSent>>, NotSent> {
        let sender = self.clone();
        let sending = self.tasks.spawn(async move { sender.carry_out_all(drafts).await });
        sending.await.map_err(|_| NotSent::Lost)
    }

    async fn carry_out_all(&self, drafts: Vec<Draft>) -> Vec<Result<Sent, NotSent>> {
        // Together they wait no longer for names than one message does.
        let until = Instant::now() + NAME_LOOKUP_TIMEOUT;
        let prepared = join_all(drafts.into_iter().map(|draft| self.prepare(draft, until))).await;
        let mut answers = Answers::new();
        let mut channels: BTreeMap<ChannelId, Vec<(usize, Ready)>> = BTreeMap::new();
        for (place, step) in prepared.into_iter().enumerate() {
            if let Some(ready) = on(place, step, &mut answers) {
                channels.entry(ready.adapter.channel_id().clone()).or_default().push((place, ready));
            }
        }
        // No channel waits for another: one that hangs holds up its own messages alone.
        let delivered = join_all(channels.into_values().map(|messages| self.deliver_all(messages))).await;
        answers.extend(delivered.into_iter().flatten());
        answers.into_values().collect()
    }

    /// Sends all messages of one channel, in their order, as many in a call as the channel's pace allows.
    async fn deliver_all(&self, messages: Vec<(usize, Ready)>) -> Answers {
        let Some((_, first)) = messages.first() else { return Answers::new() };
        let adapter = Arc::clone(&first.adapter);
        let channel_id = adapter.channel_id().as_str();
        let people = messages.iter().map(|(_, ready)| ready.line.clone()).collect();
        let _turns = self.turns.wait_all(channel_id, people).await;
        let mut answers = Answers::new();
        let mut waiting = messages.into_iter().peekable();
        while waiting.peek().is_some() {
            let mut calls = 0;
            let together: Vec<_> = std::iter::from_fn(|| {
                // A message is never torn apart: what fails in it ends it.
                let next = waiting.next_if(|(_, ready)| calls == 0 || calls + parts(ready) <= AT_ONCE)?;
                calls += parts(&next.1);
                Some(next)
            })
            .collect();
            self.rate.take(channel_id, calls).await;
            answers.extend(self.deliver_together(&*adapter, together).await);
        }
        answers
    }

    /// Sends messages of one channel in one call. They are begun together, which is one commit, and only now.
    async fn deliver_together(&self, adapter: &dyn ChannelAdapter, messages: Vec<(usize, Ready)>) -> Answers {
        let mut answers = Answers::new();
        let asked = messages.into_iter().map(async |(place, ready)| (place, self.begin(ready).await));
        let mut leaves = Vec::new();
        for (place, step) in join_all(asked).await {
            leaves.extend(on(place, step, &mut answers).map(|leave| (place, leave)));
        }
        if leaves.is_empty() {
            return answers;
        }
        let requests: Vec<ProviderRequest> =
            leaves.iter().flat_map(|(_, leave)| leave.ready.translated.requests.iter().cloned()).collect();
        let (began, started) = (Timestamp::now(), Instant::now());
        let mut results = adapter.send_batch(&requests).await.into_iter();
        let took = started.elapsed();
        let concluded = leaves.into_iter().map(|(place, leave)| {
            let delivered = delivered(&mut results, parts(&leave.ready));
            async move { (place, Ok(self.conclude(leave, delivered, began, took).await)) }
        });
        answers.extend(join_all(concluded).await);
        answers
    }
}

/// Of how many calls a message is.
fn parts(ready: &Ready) -> usize {
    ready.translated.requests.len()
}

/// What goes on of a message, if it does not end with this step.
fn on<T>(place: usize, step: Result<Step<T>, NotSent>, answers: &mut Answers) -> Option<T> {
    let answer = match step {
        Ok(Step::On(on)) => return Some(on),
        Ok(Step::Sent(sent)) => Ok(sent),
        Err(reason) => Err(reason),
    };
    answers.insert(place, answer);
    None
}

/// How far a message of so many parts came. What was made after its first failure is taken out with the rest.
fn delivered(results: &mut impl Iterator<Item = Called<Receipt>>, parts: usize) -> Delivered {
    let mut delivered = Delivered::default();
    delivered.receipts.reserve(parts);
    for _ in 0..parts {
        match (results.next(), &delivered.failure) {
            (Some(Ok(receipt)), None) => delivered.receipts.push(receipt),
            (Some(Err(error)), None) => delivered.failure = Some(error),
            (None, None) => delivered.failure = Some(unanswered()),
            (_, Some(_)) => {}
        }
    }
    delivered
}

/// An adapter that answers fewer calls than it was given.
fn unanswered() -> Error {
    Error::new(ErrorKind::Unexpected, "batch.unanswered", "the channel did not say what became of this message")
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
