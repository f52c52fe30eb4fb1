//! One event, from the log to the stream.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::publish::PublishAck;
use channel_api::event::name::MESSAGE_STATUS;

use super::Draft;
use crate::channels::Channels;
use crate::linktor::connection::{Bus, Open};
use crate::linktor::counts::Counts;
use crate::linktor::inbound::{self, Rules};
use crate::linktor::{status, streams};
use crate::media::Addresses;
use crate::people::Profiles;
use crate::store::{EventLog, MarkKind, Origin, Outbox, Query, Statuses, Step, StoreError, StoredEvent};

/// How long a person's first message waits for their name. The core reads it from that one alone.
const NAME_WITHIN: Duration = Duration::from_secs(2);

/// Publishes events.
#[derive(Clone)]
pub(in crate::linktor) struct Publisher {
    pub(in crate::linktor) channels: Channels,
    pub(in crate::linktor) people: Profiles,
    pub(in crate::linktor) events: Arc<dyn EventLog>,
    pub(in crate::linktor) outbox: Arc<dyn Outbox>,
    pub(in crate::linktor) statuses: Arc<dyn Statuses>,
    pub(in crate::linktor) addresses: Addresses,
    pub(in crate::linktor) media_in_content: bool,
    pub(in crate::linktor) counts: Arc<Counts>,
}

/// Why an event was not published.
#[derive(Debug)]
pub(in crate::linktor) enum NotPublished {
    /// It may be published again, under the same id; and whether it may have come there all the same.
    Yet { reason: String, perhaps: bool },
    /// It never will be.
    Ever(String),
}

impl Publisher {
    /// What is to be told of an event; `None` for nothing.
    ///
    /// # Errors
    /// The store's.
    pub(in crate::linktor) async fn draft(&self, event: &StoredEvent) -> Result<Option<Draft>, StoreError> {
        let channels = self.channels.list();
        let here = channels.get(&event.channel_id).zip(channels.place(&event.channel_id));
        let Some((adapter, place)) = here else { return Ok(None) };
        if event.name == MESSAGE_STATUS {
            let steps = self.steps(event).await?;
            return Ok(status::update(event, &steps, adapter.channel_type()).as_ref().and_then(Draft::of_status));
        }
        let name = match inbound::sender(event) {
            Some(person) => self.people.name(adapter, &person, NAME_WITHIN).await.and_then(|name| name.full()),
            None => None,
        };
        let rules = Rules {
            place,
            channel_type: adapter.channel_type(),
            media_in_content: self.media_in_content,
            address: &|index| self.addresses.address(event, index),
        };
        Ok(Draft::of(inbound::told(event, name.as_deref(), &rules)))
    }

    /// How the message of a status came on, if it is one of the core's: it knows no other.
    ///
    /// # Errors
    /// The store's.
    pub(in crate::linktor) async fn steps(&self, event: &StoredEvent) -> Result<Vec<Step>, StoreError> {
        let Some(id) = status::message_of(event) else { return Ok(Vec::new()) };
        let message = self.outbox.get(&id).await?;
        if message.is_none_or(|message| message.origin != Origin::Linktor) {
            return Ok(Vec::new());
        }
        self.statuses.steps_of(&id).await
    }

    /// An event as the log has it now: who is erased has none any more.
    pub(in crate::linktor) async fn read(&self, channel_id: &str, seq: u64) -> Result<Option<StoredEvent>, StoreError> {
        let channel_id = Some(channel_id.to_owned());
        let query = Query { after: seq.saturating_sub(1), limit: 1, channel_id, names: &[] };
        match self.events.read(query).await {
            Ok(page) => Ok(page.into_iter().next().filter(|event| event.seq == seq)),
            // Nobody will ever read it.
            Err(StoreError::CorruptEvent { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Publishes, and waits until the stream says that it has it.
    pub(in crate::linktor) async fn publish(
        &self,
        draft: &Draft,
        open: &Open,
        bus: &mut Bus,
    ) -> Result<PublishAck, NotPublished> {
        let told = async { open.context.send_publish(draft.subject(), draft.message()).await?.await };
        let told = tokio::select! {
            told = told => told,
            () = bus.lost(open) => {
                return Err(NotPublished::Yet { reason: "the connection was lost".to_owned(), perhaps: true });
            }
        };
        let acknowledged = told.map_err(|error| why_not(&error))?;
        Counts::add(self.count(draft.kind));
        Ok(acknowledged)
    }

    fn count(&self, kind: Option<MarkKind>) -> &AtomicU64 {
        match kind {
            Some(MarkKind::Message) => &self.counts.published_messages,
            Some(MarkKind::Status) => &self.counts.published_statuses,
            None => &self.counts.published_events,
        }
    }
}

fn why_not(error: &PublishError) -> NotPublished {
    let reason = streams::reason(error);
    let told = std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<async_nats::jetstream::Error>())
        .map(async_nats::jetstream::Error::error_code);
    match (error.kind(), told) {
        (PublishErrorKind::MaxPayloadExceeded, _)
        | (_, Some(ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM | ErrorCode::STREAM_HEADER_EXCEEDS_MAXIMUM)) => {
            NotPublished::Ever(reason)
        }
        (PublishErrorKind::TimedOut | PublishErrorKind::BrokenPipe, _) => NotPublished::Yet { reason, perhaps: true },
        // "No responders" and "insufficient resources" are said after a server's start, and end.
        _ => NotPublished::Yet { reason, perhaps: false },
    }
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Publisher")
    }
}
