//! Many messages at once: each is judged and answered on its own, and those of one channel go out together.

use std::sync::Arc;
use std::time::Instant;

use channel_api::{Delivered, Error, ErrorKind, ProviderRequest, Receipt, Result as Called, Retry};
use jiff::Timestamp;

use super::personalise::look_ahead;
use super::{Draft, NAME_LOOKUP_TIMEOUT, New, NotSent, Ready, Sender, Sent, Step};

/// Where a message stands until all of them are done.
enum Place {
    New(Box<New>),
    Ready(Box<Ready>),
    Done(Result<Sent, NotSent>),
}

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
        let mut places = Vec::with_capacity(drafts.len());
        for draft in drafts {
            places.push(match self.recall(draft).await {
                Ok(Step::On(mut new)) => {
                    look_ahead(&mut new.draft.message, &new.adapter, &self.profiles).await;
                    Place::New(Box::new(new))
                }
                Ok(Step::Sent(sent)) => Place::Done(Ok(sent)),
                Err(reason) => Place::Done(Err(reason)),
            });
        }
        // Together they wait no longer for names than one message does.
        let until = Instant::now() + NAME_LOOKUP_TIMEOUT;
        for place in &mut places {
            *place = match place.take() {
                Place::New(new) => match self.prepare(*new, until).await {
                    Ok(Step::On(ready)) => Place::Ready(Box::new(ready)),
                    Ok(Step::Sent(sent)) => Place::Done(Ok(sent)),
                    Err(reason) => Place::Done(Err(reason)),
                },
                other => other,
            };
        }
        let mut channels: Vec<String> = places.iter().filter_map(Place::channel_id).collect();
        channels.sort_unstable();
        channels.dedup();
        for channel in channels {
            self.deliver_all(&channel, &mut places).await;
        }
        places.into_iter().map(Place::answer).collect()
    }

    /// Sends all messages of one channel, in their order.
    async fn deliver_all(&self, channel: &str, places: &mut [Place]) {
        let mut requests: Vec<ProviderRequest> = Vec::new();
        let mut adapter = None;
        for place in places.iter() {
            if let Place::Ready(ready) = place
                && ready.adapter.channel_id().as_str() == channel
            {
                requests.extend_from_slice(&ready.translated.requests);
                adapter = Some(Arc::clone(&ready.adapter));
            }
        }
        let Some(adapter) = adapter else { return };
        let (began, started) = (Timestamp::now(), Instant::now());
        let mut results = adapter.send_batch(&requests).await.into_iter();
        let took = started.elapsed();
        for place in places {
            if place.channel_id().as_deref() != Some(channel) {
                continue;
            }
            *place = match place.take() {
                Place::Ready(ready) => {
                    let delivered = delivered(&mut results, ready.translated.requests.len());
                    Place::Done(Ok(self.conclude(*ready, delivered, began, took).await))
                }
                other => other,
            };
        }
    }
}

impl Place {
    /// What stands here, to be put back as what becomes of it.
    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Done(Err(NotSent::Lost)))
    }

    /// The channel of a message that is ready.
    fn channel_id(&self) -> Option<String> {
        match self {
            Self::Ready(ready) => Some(ready.adapter.channel_id().to_string()),
            Self::New(_) | Self::Done(_) => None,
        }
    }

    fn answer(self) -> Result<Sent, NotSent> {
        match self {
            Self::Done(answer) => answer,
            // Each message is made ready, and each channel of one that is ready was delivered.
            Self::New(_) | Self::Ready(_) => Err(NotSent::Lost),
        }
    }
}

/// How far a message of so many parts came. What was made after its first failure is taken out with the rest.
fn delivered(results: &mut impl Iterator<Item = Called<Receipt>>, parts: usize) -> Delivered {
    let mut delivered = Delivered { receipts: Vec::with_capacity(parts), failure: None };
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
