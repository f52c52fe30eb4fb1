//! What the core's consumers say of themselves, and what the stream says of single messages.

use async_nats::jetstream::consumer;
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use async_nats::jetstream::stream::{DeleteMessageErrorKind, Info, RawMessageErrorKind, Stream};

use super::connection::Open;
use super::streams::{MESSAGES, reason};
use crate::store::MarkKind;

/// Where in the stream nothing lies.
pub(super) const NOWHERE: u64 = 0;

/// Why nothing could be found out, for now.
#[derive(Debug)]
pub(super) struct NotLooked(pub(super) String);

fn not_looked(error: &dyn std::error::Error) -> NotLooked {
    NotLooked(reason(error))
}

/// How far the core has come with messages of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Queue {
    /// The last message that was handed to it.
    pub(super) delivered: u64,
    /// How often it was handed anything.
    pub(super) deliveries: u64,
    /// Whether it asks for more at this moment.
    pub(super) asks: bool,
    /// Whether there is anything that it may still take.
    pub(super) has_to_take: bool,
}

/// The name of the core's consumer.
fn consumer(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Message => "inbound-processor",
        MarkKind::Status => "status-processor",
    }
}

impl From<&consumer::Info> for Queue {
    fn from(info: &consumer::Info) -> Self {
        Self {
            delivered: info.delivered.stream_sequence,
            deliveries: info.delivered.consumer_sequence,
            asks: info.num_waiting > 0,
            has_to_take: info.num_pending > 0 || info.num_ack_pending > 0,
        }
    }
}

impl Queue {
    /// `None` where the core was never there.
    pub(super) async fn look(open: &Open, kind: MarkKind) -> Result<Option<Self>, NotLooked> {
        let stream = open.context.get_stream_no_info(MESSAGES).await.map_err(|error| not_looked(&error))?;
        match stream.consumer_info(consumer(kind)).await {
            Ok(info) => Ok(Some((&info).into())),
            Err(error) if error.kind() == ConsumerInfoErrorKind::NotFound => Ok(None),
            Err(error) => Err(not_looked(&error)),
        }
    }
}

/// The stream of messages, with what it says of itself.
pub(super) async fn stream(open: &Open) -> Result<(Stream<()>, Info), NotLooked> {
    let stream = open.context.get_stream_no_info(MESSAGES).await.map_err(|error| not_looked(&error))?;
    let info = stream.get_info().await.map_err(|error| not_looked(&error))?;
    Ok((stream, info))
}

/// The numbers of a subject's messages that lie from one place to another, both included: what is acknowledged does not.
pub(super) async fn lying(stream: &Stream<()>, subject: &str, from: u64, to: u64) -> Result<Vec<u64>, NotLooked> {
    let (mut lying, mut next) = (Vec::new(), from.max(1));
    while next <= to {
        match stream.raw_message_builder().sequence(next).next_by_subject(subject).send().await {
            Ok(message) if message.sequence <= to => {
                lying.push(message.sequence);
                next = message.sequence + 1;
            }
            Ok(_) => break,
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => break,
            Err(error) => return Err(not_looked(&error)),
        }
    }
    Ok(lying)
}

/// Whether a message lies there.
pub(super) async fn lies(stream: &Stream<()>, sequence: u64) -> Result<bool, NotLooked> {
    match stream.get_raw_message(sequence).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(false),
        Err(error) => Err(not_looked(&error)),
    }
}

/// Deletes a message, if it lies there.
pub(super) async fn delete(stream: &Stream<()>, sequence: u64) -> Result<(), NotLooked> {
    if sequence == NOWHERE {
        return Ok(());
    }
    match stream.delete_message(sequence).await {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            DeleteMessageErrorKind::JetStream(_) if !lies(stream, sequence).await? => Ok(()),
            _ => Err(not_looked(&error)),
        },
    }
}
