use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;

use super::Problem;
use super::fields::Fields;
use crate::store::{self, EventLog, MAX_PAGE, StoredEvent};

const DEFAULT_PAGE: usize = 100;

/// Which events a reader asks for.
#[derive(Debug)]
pub(super) struct EventQuery {
    pub(super) after: Option<u64>,
    limit: Option<usize>,
    pub(super) channel_id: Option<String>,
}

/// Events, written as they are stored: their JSON is not read again, whatever is in it.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    events: Vec<StoredEvent>,
    next: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<Gap>,
}

/// Events that were there and are not kept any more: from which number on, to which.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Gap {
    from: u64,
    pub(super) to: u64,
}

impl Gap {
    /// What a reader of this page has missed. It is asked for once the page is read: what is deleted meanwhile is missed too.
    pub(super) fn between(after: u64, page: &[StoredEvent], log: &dyn EventLog) -> Option<Self> {
        let first = page.first().map_or(u64::MAX, |event| event.seq).min(log.first());
        let (from, to) = (after + 1, first - 1);
        (from <= to).then_some(Self { from, to })
    }
}

/// The events after a place, and the place for the next call.
pub(super) async fn list(State(log): State<Arc<dyn EventLog>>, fields: Fields) -> Result<Json<Page>, Problem> {
    let query = understood(fields)?;
    let after = query.after.unwrap_or(0);
    refuse_beyond_the_end(after, &*log)?;
    let limit = query.limit.unwrap_or(DEFAULT_PAGE);
    let events = log.read(store::Query { after, limit, channel_id: query.channel_id, names: &[] }).await?;
    let gap = Gap::between(after, &events, &*log);
    let next = events.last().map_or(gap.map_or(after, |gap| gap.to), |event| event.seq);
    Ok(Json(Page { events, next, gap }))
}

pub(super) fn understood(mut fields: Fields) -> Result<EventQuery, Problem> {
    let (after, limit) = (fields.number("after", 0..=u64::MAX), fields.limit(MAX_PAGE));
    let query = EventQuery { after, limit, channel_id: fields.text("channelId") };
    fields.end(|message| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_query", message)
            .hint(format!("after: a number from an earlier answer; limit: 1 to {MAX_PAGE}; channelId: a channel's id"))
    })?;
    Ok(query)
}

/// A place that no event has reached is one of another store: a reader that waited there would miss all until then.
pub(super) fn refuse_beyond_the_end(after: u64, log: &dyn EventLog) -> Result<(), Problem> {
    let last = log.last();
    if after <= last {
        return Ok(());
    }
    let message = format!("the last event here is {last}, and {after} is beyond it");
    Err(Problem::new(StatusCode::BAD_REQUEST, "cursor_ahead", message)
        .hint("the event store was replaced; start again with after=0, and drop what you have by its id"))
}
