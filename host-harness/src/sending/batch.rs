//! Many messages at once: each is judged and answered on its own, and those of one channel go out together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use channel_api::{ChannelAdapter, Delivered, Error, ErrorKind, ProviderRequest, Receipt, Result as Called, Retry};
use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;

use super::turns::{Queued, Turn};
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
        let (drafts, repeated) = apart(drafts);
        // They stand in line from now on, whatever it takes to prepare them.
        let mut queued = BTreeMap::new();
        for (channel_id, people) in lines(&drafts) {
            queued.insert(channel_id.clone(), self.turns.queue(&channel_id, people).await);
        }
        // Together they wait no longer for names than one message does.
        let until = Instant::now() + NAME_LOOKUP_TIMEOUT;
        let prepare = async |(place, draft)| (place, self.prepare(draft, until).await);
        let mut answers = Answers::new();
        let mut channels: BTreeMap<String, Vec<(usize, Ready)>> = BTreeMap::new();
        for (place, step) in join_all(drafts.into_iter().map(prepare)).await {
            if let Some(ready) = on(place, step, &mut answers) {
                channels.entry(ready.adapter.channel_id().to_string()).or_default().push((place, ready));
            }
        }
        queued.retain(|channel_id, _| channels.contains_key(channel_id));
        // No channel waits for another: one that hangs holds up its own messages alone.
        let delivered = queued.into_iter().map(|(channel_id, queued)| {
            let messages = channels.remove(&channel_id).unwrap_or_default();
            self.deliver_all(messages, queued)
        });
        answers.extend(join_all(delivered).await.into_iter().flatten());
        for (place, draft) in repeated {
            answers.insert(place, self.carry_out(draft).await);
        }
        answers.into_values().collect()
    }

    /// Sends all messages of one channel: those together whose people's turn has come, and nobody's waits for another person's.
    async fn deliver_all(&self, messages: Vec<(usize, Ready)>, mut queued: Queued) -> Answers {
        let Some((_, first)) = messages.first() else { return Answers::new() };
        let adapter = Arc::clone(&first.adapter);
        let mut of_people: BTreeMap<String, Vec<(usize, Ready)>> = BTreeMap::new();
        for (place, ready) in messages {
            of_people.entry(ready.line.clone()).or_default().push((place, ready));
        }
        let (mut answers, mut under_way, mut all_came) = (Answers::new(), FuturesUnordered::new(), false);
        loop {
            tokio::select! {
                turns = queued.next(), if !all_came => {
                    all_came = turns.is_empty();
                    let theirs = turns.iter().filter_map(|turn| of_people.remove(turn.person()));
                    let mut theirs: Vec<_> = theirs.flatten().collect();
                    theirs.sort_by_key(|(place, _)| *place);
                    under_way.push(self.deliver_in_turn(&*adapter, theirs, turns));
                }
                Some(told) = under_way.next() => answers.extend(told),
                else => return answers,
            }
        }
    }

    /// Sends messages whose turn it is, in their order, as many in a call as the channel's pace allows.
    async fn deliver_in_turn(
        &self,
        adapter: &dyn ChannelAdapter,
        messages: Vec<(usize, Ready)>,
        _turns: Vec<Turn>,
    ) -> Answers {
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
            self.rate.take(adapter.channel_id().as_str(), calls).await;
            answers.extend(self.deliver_together(adapter, together).await);
        }
        answers
    }

    /// Sends messages of one channel in one call. They are begun together, which is one commit, and only now. What was left out
    /// because an earlier message to the same person was refused goes out in a call of its own: it is judged for itself.
    async fn deliver_together(&self, adapter: &dyn ChannelAdapter, messages: Vec<(usize, Ready)>) -> Answers {
        let mut answers = Answers::new();
        let asked = messages.into_iter().map(async |(place, ready)| (place, self.begin(ready).await));
        let mut leaves = Vec::new();
        for (place, step) in join_all(asked).await {
            leaves.extend(on(place, step, &mut answers).map(|leave| (place, leave)));
        }
        while !leaves.is_empty() {
            let requests: Vec<ProviderRequest> =
                leaves.iter().flat_map(|(_, leave)| leave.ready.translated.requests.iter().cloned()).collect();
            let (began, started) = (Timestamp::now(), Instant::now());
            let mut results = adapter.send_batch(&requests).await.into_iter();
            let took = started.elapsed();
            let (mut refused, mut ended, mut left_out) = (BTreeSet::new(), Vec::new(), Vec::new());
            for (place, leave) in leaves {
                let delivered = delivered(&mut results, parts(&leave.ready));
                let advice = delivered.failure.as_ref().map(Error::retry);
                if refused.contains(&leave.ready.line)
                    && delivered.receipts.is_empty()
                    && matches!(advice, Some(Retry::Safe { .. }))
                {
                    left_out.push((place, leave));
                    continue;
                }
                if advice == Some(Retry::Never) {
                    refused.insert(leave.ready.line.clone());
                }
                ended.push(async move { (place, Ok(self.conclude(leave, delivered, began, took).await)) });
            }
            answers.extend(join_all(ended).await);
            let calls = left_out.iter().map(|(_, leave)| parts(&leave.ready)).sum();
            self.rate.take(adapter.channel_id().as_str(), calls).await;
            leaves = left_out;
        }
        answers
    }
}

/// A message and its place in the batch.
type Placed = (usize, Draft);

/// The messages by their places, and those apart whose key an earlier one has: what became of that is told of them too.
fn apart(drafts: Vec<Draft>) -> (Vec<Placed>, Vec<Placed>) {
    let mut seen = BTreeSet::new();
    drafts.into_iter().enumerate().partition(|(_, draft)| {
        let key = draft.key.as_ref().map(|key| key.as_str().to_owned());
        key.is_none_or(|key| seen.insert((draft.message.channel_id.clone(), key)))
    })
}

/// Whose messages go one after the other, by their channel.
fn lines(drafts: &[Placed]) -> BTreeMap<String, Vec<String>> {
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, draft) in drafts {
        lines.entry(draft.message.channel_id.clone()).or_default().push(draft.line());
    }
    lines
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
