use async_nats::jetstream::message::StreamMessage;
use async_nats::{HeaderMap, Message};
use bytes::Bytes;
use channel_api::{Issue, Pointer};

use crate::linktor::wire::OutboundMessage;

/// A longer id is none of the core's.
const LONGEST_ID: usize = 255;
const MESSAGE_ID: &str = "Nats-Msg-Id";

/// What was delivered.
#[derive(Debug)]
pub(super) struct Delivery {
    payload: Bytes,
    /// The core publishes an answer under its own id.
    id: Option<String>,
    /// Its place in the stream, of one that was read there.
    pub(super) place: Option<u64>,
}

/// An answer that has an id.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) message: OutboundMessage,
    /// It is not what the core writes.
    pub(super) unreadable: Option<Issue>,
}

impl Delivery {
    pub(super) fn of(message: &Message) -> Self {
        Self { payload: message.payload.clone(), id: message.headers.as_ref().and_then(id), place: None }
    }

    pub(super) fn stored(message: &StreamMessage) -> Self {
        Self { payload: message.payload.clone(), id: id(&message.headers), place: Some(message.sequence) }
    }
}

fn id(headers: &HeaderMap) -> Option<String> {
    headers.get(MESSAGE_ID).map(|id| id.as_str().to_owned()).filter(|id| is_id(id))
}

fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && !id.contains(char::is_control)
}

impl Answer {
    /// `None` of one without an id: nobody could be told of it.
    pub(super) fn read(delivery: &Delivery) -> Option<Self> {
        let (mut message, unreadable) = match serde_json::from_slice::<OutboundMessage>(&delivery.payload) {
            Ok(message) => (message, None),
            Err(error) => (OutboundMessage::default(), Some(error)),
        };
        if !is_id(&message.id) {
            message.id = delivery.id.clone().unwrap_or_default();
        }
        if message.id.is_empty() {
            tracing::error!(
                bytes = delivery.payload.len(),
                "an answer without an id is left out: nobody can be told of it"
            );
            return None;
        }
        let unreadable = unreadable.map(|error| {
            // Its words quote nothing but the kind of what was found.
            let place = format!("must be a message of Linktor's; line {}, column {}", error.line(), error.column());
            Issue::new(&Pointer::ROOT, "unreadable", format!("{place} is none"))
        });
        Some(Self { message, unreadable })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_has_the_id_of_its_body_or_of_its_header() {
        let read = |payload: &str, id: Option<&str>| {
            let delivery = Delivery { payload: payload.to_owned().into(), id: id.map(str::to_owned), place: None };
            Answer::read(&delivery).map(|answer| (answer.message.id, answer.unreadable.is_some()))
        };
        let is = |id: &str, unreadable| Some((id.to_owned(), unreadable));
        assert_eq!(read(r#"{"id": "a"}"#, Some("b")), is("a", false));
        assert_eq!(read("{}", Some("b")), is("b", false));
        assert_eq!(read("{", Some("b")), is("b", true));
        assert_eq!(read(r#"{"id": 7}"#, Some("b")), is("b", true));
        assert_eq!(read(&json!({"id": "x".repeat(256)}).to_string(), Some("b")), is("b", false));
        assert_eq!(read("{", None), None);
    }
}
