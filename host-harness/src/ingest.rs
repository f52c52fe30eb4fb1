//! The way in: verify → normalise → store → and only then acknowledge.

use std::collections::HashSet;

use channel_api::{ChannelAdapter, ChannelAdapterExt as _, Delivery, Direction, Event, EventBody};
use jiff::Timestamp;
use serde_json::value::{RawValue, to_raw_value};

use crate::engine::{Appended, Engine, EngineError, NewEvent, Owned};

/// What came of a delivery that is stored.
#[derive(Debug)]
pub struct Accepted {
    /// What the engine made of it.
    pub appended: Appended,
    /// The people who wrote, for a look at their profiles.
    pub people: HashSet<String>,
}

/// Why a delivery was not taken.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The adapter refused it: not signed, or no webhook.
    #[error(transparent)]
    Refused(#[from] channel_api::Error),
    /// It could not be stored. The provider shall deliver it again.
    #[error(transparent)]
    NotStored(#[from] EngineError),
}

/// Takes a delivery. When this returns `Ok`, everything in it is on the disk.
///
/// # Errors
/// [`IngestError`]; nothing of the delivery must be acknowledged then.
pub async fn ingest(
    adapter: &dyn ChannelAdapter,
    engine: &dyn Engine,
    delivery: Delivery<'_>,
) -> Result<Accepted, IngestError> {
    let events = adapter.receive(delivery)?;
    let mut people = HashSet::new();
    let mut records = Vec::with_capacity(events.len());
    for received in events {
        let id = received.identity.id();
        let event = received.into_event();
        let person = person(&event).map(str::to_owned);
        if let Some(person) = person.clone().filter(|_| speaks(&event)) {
            people.insert(person);
        }
        records.push(NewEvent {
            channel_id: (&event.channel_id).into(),
            data: data(&event)?,
            owner: owner(&event),
            id,
            name: event.name,
            person,
        });
    }
    let appended = engine.append(records).await?;
    Ok(Accepted { appended, people })
}

/// The person of a conversation: who wrote, or whom the account wrote to.
fn person(event: &Event) -> Option<&str> {
    match event.direction {
        Some(Direction::Outbound) => event.to.as_deref(),
        _ => event.from.as_deref(),
    }
}

/// Who answers from now on. By the provider's clock, so that what comes late is known to be late; but nothing has happened
/// after now.
fn owner(event: &Event) -> Option<Owned> {
    let now = Timestamp::now();
    let at = event.timestamp.and_then(|at| Timestamp::from_millisecond(at.as_millis()).ok());
    Some(Owned { owner: event.owner.clone()?, since: at.map_or(now, |at| at.min(now)) })
}

/// Whether a person says something to us, by words or by a tap, so that it is worth knowing who they are.
fn speaks(event: &Event) -> bool {
    let says =
        matches!(event.body, EventBody::Message { .. } | EventBody::Postback { .. } | EventBody::QuickReply { .. });
    says && event.direction != Some(Direction::Outbound) && !event.observed
}

fn data(event: &Event) -> Result<Box<RawValue>, channel_api::Error> {
    to_raw_value(&event.data()).map_err(|error| {
        // An event is made of strings, numbers and JSON; only a fault in an adapter could bring anything else.
        channel_api::Error::new(
            channel_api::ErrorKind::Unexpected,
            "event.not_json",
            "an event could not be written as JSON",
        )
        .with_source(error)
    })
}
