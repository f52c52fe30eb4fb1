//! The way in: verify → normalise → store → and only then acknowledge.

mod answers;
mod order;
mod routing;

use std::collections::HashSet;
use std::sync::Arc;

use channel_api::{ChannelAdapter, Direction, Event, EventBody, Identity, Received, ThreadOwner, Verified};
use jiff::Timestamp;

use self::order::Order;
pub(crate) use self::routing::route;
use crate::people::{Profiles, introduce};
use crate::statuses::Watermarks;
use crate::store::{Appended, Conversations, CopyOf, EventLog, NewEvent, Owned, StoreError};

/// Takes deliveries.
#[derive(Clone, Debug)]
pub(crate) struct Ingest {
    events: Arc<dyn EventLog>,
    conversations: Arc<dyn Conversations>,
    profiles: Profiles,
    watermarks: Watermarks,
    order: Order,
}

/// Why a delivery was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IngestError {
    /// The adapter refused it: not signed, or no webhook.
    #[error(transparent)]
    Refused(#[from] channel_api::Error),
    /// It could not be stored. The provider shall deliver it again.
    #[error(transparent)]
    NotStored(#[from] StoreError),
}

impl Ingest {
    pub(crate) fn new(
        events: Arc<dyn EventLog>,
        conversations: Arc<dyn Conversations>,
        profiles: Profiles,
        watermarks: Watermarks,
    ) -> Self {
        Self { events, order: Order::new(Arc::clone(&conversations)), conversations, profiles, watermarks }
    }

    /// Takes what a delivery brings each channel. When this returns `Ok`, everything in it is on the disk.
    ///
    /// # Errors
    /// [`IngestError`]; nothing of the delivery must be acknowledged then.
    pub(crate) async fn take(
        &self,
        takers: &[(Arc<dyn ChannelAdapter>, Verified<'_>)],
    ) -> Result<Appended, IngestError> {
        let (mut events, mut handovers, mut people, mut heard) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut arrivals = self.order.arrivals();
        for (adapter, verified) in takers {
            let mut spoken = HashSet::new();
            for received in adapter.normalize(verified)? {
                let copy = CopyOf::of(&received);
                let Received { identity, mut event, concerns, .. } = received;
                let person = person(&event).map(str::to_owned);
                if let Some(person) = person.as_deref().filter(|_| is_said(&event)) {
                    heard.push((events.len(), adapter.channel_id(), person.to_owned()));
                    introduce(&mut event, person, &*self.profiles.known(adapter.channel_id().as_str(), person).await);
                    if !event.observed && spoken.insert(person.to_owned()) {
                        people.push((events.len(), adapter, person.to_owned()));
                    }
                }
                self.watermarks.name(&mut event, &identity, person.as_deref()).await;
                arrivals.mark(&mut event, &identity, person.as_deref()).await;
                let handover = Handover::of(&event, &identity, person.as_deref());
                handovers.extend(handover.map(|handover| (events.len(), adapter.channel_id(), handover)));
                let opening = adapter.window().and_then(|window| window.opened_by(&event));
                if let Some(person) = &person {
                    answers::understand(&mut event, person, &*self.conversations).await?;
                }
                let new = NewEvent::of(event, identity, person).map_err(not_json)?;
                events.push(new.with_concerns(concerns).with_opening(opening).with_copy(copy));
            }
        }
        let whose: Vec<_> = events.iter().map(|event| (Arc::clone(&event.channel_id), event.person.clone())).collect();
        let appended = self.events.append(events).await?;
        for ((channel_id, person), placed) in whose.iter().zip(&appended.events) {
            if let Some(person) = person.as_ref().filter(|_| placed.erased) {
                arrivals.forget(channel_id, person);
            }
        }
        arrivals.told().await;
        // Of somebody who was erased after it happened, nothing is written down anywhere else either.
        let placed = |index: usize| appended.events.get(index).filter(|placed| !placed.erased);
        for (index, channel_id, handover) in handovers {
            let Some(placed) = placed(index) else { continue };
            let owned = handover.owned(placed.received_at);
            self.conversations.set_owner(channel_id.as_str(), &handover.person, owned).await?;
        }
        for (index, channel_id, person) in heard {
            let Some(placed) = placed(index) else { continue };
            self.heard_from(channel_id.as_str(), &person, placed.received_at).await?;
        }
        for (_, adapter, person) in people.into_iter().filter(|(index, ..)| placed(*index).is_some()) {
            self.profiles.prefetch(adapter, &person).await;
        }
        Ok(appended)
    }

    /// Forgets what happened last in a person's conversation.
    pub(crate) async fn forget(&self, channel_id: &str, person: &str) {
        self.order.forget(channel_id, person).await;
    }

    /// Who writes can be written to again. As with a hand-over, a redelivery makes good what a crash left undone.
    async fn heard_from(&self, channel_id: &str, person: &str, first_told: Timestamp) -> Result<(), StoreError> {
        // Hardly anybody is marked, and to look costs less than to write.
        if self.conversations.unavailable(channel_id, person).await?.is_some() {
            self.conversations.set_available(channel_id, person, first_told).await?;
        }
        Ok(())
    }
}

/// Who answers a person from now on, by an event that says so.
///
/// It is written down after the event is stored, and again with each redelivery, so that a crash between the two is made good.
/// It says the same each time, and what came after it stands.
struct Handover {
    person: String,
    owner: ThreadOwner,
    at: Option<Timestamp>,
}

impl Handover {
    fn of(event: &Event, identity: &Identity, person: Option<&str>) -> Option<Self> {
        let person = person.filter(|person| !person.is_empty())?.to_owned();
        let owner = event.owner.clone()?;
        let entry_time = match identity {
            Identity::Derived { entry_time, .. } => *entry_time,
            _ => None,
        };
        let at = event.timestamp.or(entry_time);
        let at = at.and_then(|at| Timestamp::from_millisecond(at.as_millis()).ok());
        Some(Self { person, owner, at })
    }

    /// By the provider's clock, so that what comes late is known to be late. But nothing has happened after it was first told.
    fn owned(&self, first_told: Timestamp) -> Owned {
        Owned { owner: self.owner.clone(), since: self.at.map_or(first_told, |at| at.min(first_told)) }
    }
}

/// The person of a conversation: who wrote, or whom the account wrote to.
fn person(event: &Event) -> Option<&str> {
    match event.direction {
        Some(Direction::Outbound) => event.to.as_deref(),
        _ => event.from.as_deref(),
    }
}

/// Whether a person says something, by words or by a tap, so that it is worth knowing who they are.
fn is_said(event: &Event) -> bool {
    let says =
        matches!(event.body, EventBody::Message { .. } | EventBody::Postback { .. } | EventBody::QuickReply { .. });
    says && event.direction != Some(Direction::Outbound)
}

/// An event is made of strings, numbers and JSON; only a fault in an adapter could bring anything else.
fn not_json(error: serde_json::Error) -> channel_api::Error {
    let sentence = "an event could not be written as JSON";
    channel_api::Error::new(channel_api::ErrorKind::Unexpected, "event.not_json", sentence).with_source(error)
}

#[cfg(test)]
mod tests;
