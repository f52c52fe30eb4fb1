//! Which messages a watermark means, named before its event is stored: what is stored is what is read.

use std::sync::Arc;
use std::time::Duration;

use channel_api::{Event, EventBody, Identity};
use moka::future::Cache;

use super::clocks::Clocks;
use crate::store::{Arrival, Statuses, Watermark};

/// How many names are remembered of events that the store has not heard yet, and for how long.
const MAX_NAMED: u64 = 100_000;
const REMEMBERED: Duration = Duration::from_mins(10);

/// A channel's id, a message's at the provider, and whether it was read.
type Named = (String, String, bool);

/// Names the messages that receipts mean.
#[derive(Clone, Debug)]
pub(crate) struct Watermarks {
    statuses: Arc<dyn Statuses>,
    clocks: Clocks,
    /// What was named lately, and by which event: none names what another has named.
    named: Cache<Named, String>,
}

impl Watermarks {
    pub(crate) fn new(statuses: Arc<dyn Statuses>, clocks: Clocks) -> Self {
        Self { statuses, clocks, named: Cache::builder().max_capacity(MAX_NAMED).time_to_live(REMEMBERED).build() }
    }

    /// Names the messages of an event that has a watermark alone: all that is known to have been sent until then and has not been
    /// told to have come so far.
    pub(crate) async fn name(&self, event: &mut Event, identity: &Identity, person: Option<&str>) {
        let (message_ids, watermark, arrival) = match &mut event.body {
            EventBody::Delivered { message_ids, watermark } => (message_ids, *watermark, Arrival::Delivered),
            EventBody::Read { message_ids, watermark } => (message_ids, *watermark, Arrival::Read),
            _ => return,
        };
        let channel_id = event.channel_id.as_str();
        let by_provider = !message_ids.is_empty();
        let this = format!("{}-{watermark:?}", identity.id());
        let meant = match (person, watermark) {
            _ if by_provider => std::mem::take(message_ids),
            (Some(person), Some(until)) => {
                let watermark = Watermark { until, ahead: self.clocks.ahead(channel_id) };
                // What cannot be named is joined all the same, when the event is heard.
                self.statuses.covered(channel_id, person, arrival, watermark).await.unwrap_or_default()
            }
            _ => return,
        };
        for id in meant {
            let named = (channel_id.to_owned(), id.clone(), arrival == Arrival::Read);
            let by = self.named.entry(named).or_insert(this.clone()).await.into_value();
            if by_provider || by == this {
                message_ids.push(id);
            }
        }
    }
}
