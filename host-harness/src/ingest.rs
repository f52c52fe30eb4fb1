//! The way in: verify → normalise → store → and only then acknowledge.

use std::collections::HashSet;

use channel_api::{
    ChannelAdapter, ChannelAdapterExt as _, Delivery, Direction, Event, EventBody, Received, ThreadOwner,
};
use jiff::Timestamp;
use serde_json::value::{RawValue, to_raw_value};

use crate::store::{Appended, NewEvent, Owned, StoreError, Stores};

/// What came of a delivery that is stored.
#[derive(Debug)]
pub struct Accepted {
    /// What the store made of it.
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
    NotStored(#[from] StoreError),
}

/// Takes a delivery. When this returns `Ok`, everything in it is on the disk.
///
/// # Errors
/// [`IngestError`]; nothing of the delivery must be acknowledged then.
pub async fn ingest(
    adapter: &dyn ChannelAdapter,
    stores: &Stores,
    delivery: Delivery<'_>,
) -> Result<Accepted, IngestError> {
    let events = adapter.receive(delivery)?;
    let mut people = HashSet::new();
    let mut records = Vec::with_capacity(events.len());
    let mut handovers = Vec::new();
    for (index, Received { identity, event, .. }) in events.into_iter().enumerate() {
        let person = person(&event).map(str::to_owned);
        if let Some(person) = person.clone().filter(|_| speaks(&event)) {
            people.insert(person);
        }
        handovers.extend(Handover::of(&event, person.as_deref()).map(|handover| (index, handover)));
        records.push(NewEvent {
            channel_id: (&event.channel_id).into(),
            kind: (event.kind() != event.name).then(|| event.kind().to_owned().into()),
            data: data(&event)?,
            id: identity.id(),
            name: event.name,
            person,
        });
    }
    let appended = stores.events.append(records).await?;
    for (index, Handover { channel_id, person, owner, at }) in handovers {
        let Some(placed) = appended.events.get(index) else { continue };
        // By the provider's clock, so that what comes late is known to be late. But nothing has happened after it was told.
        let since = at.map_or(placed.received_at, |at| at.min(placed.received_at));
        stores.conversations.set_owner(&channel_id, &person, Owned { owner, since }).await?;
    }
    Ok(Accepted { appended, people })
}

/// Who answers a person from now on, by an event that says so.
///
/// It is written down after the event is stored, and again with each redelivery, so that a crash between the two is made good.
/// It says the same each time, and what came after it stands.
struct Handover {
    channel_id: String,
    person: String,
    owner: ThreadOwner,
    at: Option<Timestamp>,
}

impl Handover {
    fn of(event: &Event, person: Option<&str>) -> Option<Self> {
        let person = person.filter(|person| !person.is_empty())?.to_owned();
        let owner = event.owner.clone()?;
        let at = event.timestamp.and_then(|at| Timestamp::from_millisecond(at.as_millis()).ok());
        Some(Self { channel_id: event.channel_id.to_string(), person, owner, at })
    }
}

/// The person of a conversation: who wrote, or whom the account wrote to.
fn person(event: &Event) -> Option<&str> {
    match event.direction {
        Some(Direction::Outbound) => event.to.as_deref(),
        _ => event.from.as_deref(),
    }
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
