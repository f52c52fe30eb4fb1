//! What agents answer: taken from the bus, kept under the core's id, and only then acknowledged. What breaks a rule is kept as failed, so
//! that its agent hears why.

mod answer;
mod judge;
mod read_back;
mod translate;

use std::sync::Arc;

use async_nats::jetstream::Message;
use async_nats::jetstream::message::PublishMessage;
use channel_api::Error;
use jiff::Timestamp;

use self::answer::{Answer, Delivery};
pub(super) use self::judge::Judge;
use super::connection::Open;
use super::counts::Counts;
use super::durable::{Bound, Durable};
use super::pulling::{NotNow, Taker};
use super::streams::{MESSAGES, reason};
use super::wire::StatusUpdate;
use crate::sending::{Kept, Named, NotSent, Sender};
use crate::store::StoreError;

/// How often an answer is delivered, as Linktor's own channels have it.
const MAX_DELIVER: i64 = 5;
/// So many of what is left are kept at once.
const PAGE: usize = 50;

/// Takes the answers of one type of channel.
#[derive(Debug)]
pub(super) struct Outbound {
    pub(super) channel_type: String,
    pub(super) judge: Judge,
    pub(super) sender: Sender,
    pub(super) counts: Arc<Counts>,
}

/// The consumer that the core expects of a channel.
pub(super) fn durable(channel_type: &str) -> Durable {
    Durable {
        stream: MESSAGES,
        name: format!("outbound-{channel_type}"),
        subjects: vec![subject(channel_type)],
        max_deliver: MAX_DELIVER,
    }
}

fn subject(channel_type: &str) -> String {
    format!("linktor.messages.outbound.{channel_type}")
}

impl Taker for Outbound {
    /// What was delivered to this host and never acknowledged comes again, but behind newer ones: so it is read and kept first, in order.
    /// When it comes it is known.
    async fn begin(&self, open: &Open, bound: &Bound) -> Result<(), NotNow> {
        let delivered = bound.consumer.cached_info().delivered.stream_sequence;
        let left = read_back::read(&open.context, &subject(&self.channel_type), delivered).await?;
        if left.is_empty() {
            return Ok(());
        }
        tracing::info!(
            answers = left.len(),
            "answers were delivered and not acknowledged: they are kept before any newer one"
        );
        for page in left.chunks(PAGE) {
            self.keep(open, page).await?;
        }
        // None is open, so none of them comes again: the server has delivered them as often as it does.
        if bound.consumer.cached_info().num_ack_pending == 0 {
            read_back::take_out(&open.context, &left).await;
        }
        Ok(())
    }

    async fn take(&self, open: &Open, messages: &[Message]) -> Result<(), NotNow> {
        let deliveries: Vec<_> = messages.iter().map(|message| Delivery::of(&message.message)).collect();
        self.keep(open, &deliveries).await
    }
}

impl Outbound {
    /// Keeps answers in their order.
    async fn keep(&self, open: &Open, deliveries: &[Delivery]) -> Result<(), NotNow> {
        let answers: Vec<Answer> = deliveries.iter().filter_map(Answer::read).collect();
        match self.keep_all(open, &answers).await {
            // One of them is what no store takes.
            Err(NotKept::Never) => {
                for answer in &answers {
                    match self.keep_all(open, std::slice::from_ref(answer)).await {
                        Ok(()) => {}
                        Err(NotKept::Never) => {
                            tracing::error!(
                                id = answer.message.id,
                                "an answer has an id that another message has: it is left out"
                            );
                        }
                        Err(NotKept::NotNow(reason)) => return Err(reason),
                    }
                }
                Ok(())
            }
            Err(NotKept::NotNow(reason)) => Err(reason),
            Ok(()) => Ok(()),
        }
    }

    async fn keep_all(&self, open: &Open, answers: &[Answer]) -> Result<(), NotKept> {
        let (mut named, mut strangers) = (Vec::new(), Vec::new());
        for answer in answers {
            let judged = self.judge.judge(answer, Timestamp::now()).await;
            strangers.push(judged.is_stranger);
            named.push(Named { id: answer.message.id.clone(), document: judged.document });
        }
        let kept = self.sender.keep(named).await?;
        for ((Kept { is_new, failure }, is_stranger), answer) in kept.into_iter().zip(strangers).zip(answers) {
            let (id, failed) = (&answer.message.id, failure.as_ref());
            if is_new {
                Counts::add(&self.counts.taken);
            }
            if let Some(failure) = failed.filter(|_| is_new) {
                Counts::add(&self.counts.refused);
                tracing::warn!(
                    id,
                    code = failure.code(),
                    "an answer breaks a rule and is not sent; Linktor is told why"
                );
            }
            // No channel of this host tells of it.
            if let Some(failure) = failed.filter(|_| is_stranger) {
                self.tell(open, answer, failure).await?;
            }
        }
        Ok(())
    }

    /// Says of an answer for a channel that is not here that it has failed. Said again, it is known to the stream.
    async fn tell(&self, open: &Open, answer: &Answer, failure: &Error) -> Result<(), NotNow> {
        let Answer { message, .. } = answer;
        let (channel_type, failed) = (self.channel_type.clone(), "failed");
        let update = StatusUpdate {
            message_id: message.id.clone(),
            external_id: None,
            channel_type: channel_type.clone(),
            status: failed.to_owned(),
            error_message: Some(in_words(failure)),
            timestamp: Timestamp::now(),
        };
        let not_now = |error: &dyn std::error::Error| NotNow(format!("a status cannot be told: {}", reason(error)));
        let payload = serde_json::to_vec(&update).map_err(|error| not_now(&error))?;
        let written = message.timestamp.unwrap_or_default().as_nanosecond();
        let publish =
            PublishMessage::build().message_id(format!("{}-{failed}-{written}", message.id)).payload(payload.into());
        let subject = format!("linktor.messages.status.{channel_type}");
        let published = open.context.send_publish(subject, publish).await.map_err(|error| not_now(&error))?;
        published.await.map_err(|error| not_now(&error))?;
        Ok(())
    }
}

/// All that is wrong, in the words of an agent's screen.
pub(super) fn in_words(failure: &Error) -> String {
    let issues: Vec<_> = failure.issues().iter().map(ToString::to_string).collect();
    match (issues.is_empty(), failure.hint()) {
        (false, _) => issues.join("; "),
        (true, Some(hint)) => format!("{failure} ({hint})"),
        (true, None) => failure.to_string(),
    }
}

/// Why answers are not kept.
#[derive(Debug)]
enum NotKept {
    NotNow(NotNow),
    /// The store takes one of them never.
    Never,
}

impl From<NotSent> for NotKept {
    fn from(reason: NotSent) -> Self {
        match reason {
            NotSent::Store(StoreError::Refused) => Self::Never,
            other => Self::NotNow(NotNow(other.to_string())),
        }
    }
}

impl From<NotNow> for NotKept {
    fn from(reason: NotNow) -> Self {
        Self::NotNow(reason)
    }
}
