use async_nats::jetstream::message::PublishMessage;
use bytes::Bytes;
use serde::Serialize;

use super::super::inbound::Told;
use super::super::wire::StatusUpdate;
use crate::store::MarkKind;

/// What is about to be published of an event.
#[derive(Clone, Debug)]
pub(in crate::linktor) struct Draft {
    /// As what; `None` for what nobody has to take.
    pub(in crate::linktor) kind: Option<MarkKind>,
    subject: String,
    /// By which the stream knows what it has.
    pub(in crate::linktor) nats_id: String,
    body: Bytes,
}

impl Draft {
    /// Of an event; `None` where there is nothing to be told.
    pub(super) fn of(told: Told) -> Option<Self> {
        match told {
            Told::Inbound(message) => {
                let subject = format!("linktor.messages.inbound.{}", message.channel_type);
                Some(Self {
                    kind: Some(MarkKind::Message),
                    subject,
                    nats_id: message.id.clone(),
                    body: json(&message)?,
                })
            }
            Told::Happened { id, event } => {
                let subject = format!("linktor.events.{}", event.r#type);
                Some(Self { kind: None, subject, nats_id: id, body: json(&event)? })
            }
            Told::Nothing => None,
        }
    }

    /// Of a status.
    pub(super) fn of_status(status: &StatusUpdate) -> Option<Self> {
        let StatusUpdate { message_id, channel_type, status: word, timestamp, .. } = status;
        Some(Self {
            kind: Some(MarkKind::Status),
            subject: format!("linktor.messages.status.{channel_type}"),
            nats_id: format!("{message_id}-{word}-{}", timestamp.as_nanosecond()),
            body: json(status)?,
        })
    }

    /// The same, published anew for the n-th time.
    pub(in crate::linktor) fn anew(self, tries: u32) -> Self {
        match tries {
            0 => self,
            tries => Self { nats_id: format!("{}-{tries}", self.nats_id), ..self },
        }
    }

    pub(super) fn subject(&self) -> String {
        self.subject.clone()
    }

    pub(super) fn message(&self) -> PublishMessage {
        PublishMessage::build().message_id(&self.nats_id).payload(self.body.clone())
    }

    /// About how many bytes it takes in the stream.
    pub(in crate::linktor) fn len(&self) -> u64 {
        (self.body.len() + self.subject.len() + self.nats_id.len()) as u64
    }
}

/// There is no number or name in these shapes that JSON does not know.
fn json(body: &impl Serialize) -> Option<Bytes> {
    serde_json::to_vec(body).ok().map(Bytes::from)
}
