//! What lies in the stream below what was delivered, and so was never acknowledged.

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::RawMessageErrorKind;

use super::answer::Delivery;
use crate::linktor::pulling::NotNow;
use crate::linktor::streams::{MESSAGES, reason};

/// Takes these out of the stream. What stays is read again the next time, and known.
pub(super) async fn take_out(context: &Context, left: &[Delivery]) {
    let Ok(stream) = context.get_stream_no_info(MESSAGES).await else { return };
    for place in left.iter().filter_map(|delivery| delivery.place) {
        if let Err(error) = stream.delete_message(place).await {
            tracing::warn!(reason = reason(&error), place, "an answer that is kept stays in the stream");
        }
    }
}

/// All of a subject up to this sequence, in order. What is acknowledged is no longer there.
pub(super) async fn read(context: &Context, subject: &str, delivered: u64) -> Result<Vec<Delivery>, NotNow> {
    let not_now = |error: &dyn std::error::Error| NotNow(reason(error));
    let stream = context.get_stream_no_info(MESSAGES).await.map_err(|error| not_now(&error))?;
    let (mut left, mut next) = (Vec::new(), 1);
    while next <= delivered {
        match stream.raw_message_builder().sequence(next).next_by_subject(subject).send().await {
            Ok(message) if message.sequence <= delivered => {
                next = message.sequence + 1;
                left.push(Delivery::stored(&message));
            }
            Ok(_) => break,
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => break,
            Err(error) => return Err(not_now(&error)),
        }
    }
    Ok(left)
}
