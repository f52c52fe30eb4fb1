use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream, StreamExt as _};
use http::{HeaderMap, StatusCode};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Problem;
use super::events::{EventQuery, refuse_beyond_the_end, understood};
use crate::store::{self, EventLog, StoredEvent};

/// How many events are read from the store at a time.
const PAGE: usize = 200;

/// Events as they come, as server-sent events. The stream begins with the `id` of its place and no data, which a browser keeps
/// without a word: who is cut off before the first event goes on from there and misses nothing. A reader that was cut off sends the last id it saw as `Last-Event-ID` and goes
/// on from there; nobody is ever too slow, since each reader follows the store at its own pace.
pub(super) async fn follow(
    State(log): State<Arc<dyn EventLog>>,
    State(stopping): State<CancellationToken>,
    query: Result<Query<EventQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let query = understood(query)?;
    let resumed = match headers.get("last-event-id") {
        None => None,
        Some(id) => Some(id.to_str().ok().and_then(|id| id.trim().parse().ok()).ok_or_else(|| {
            Problem::new(StatusCode::BAD_REQUEST, "bad_cursor", "Last-Event-ID is the `id` of an event of this stream")
        })?),
    };
    let after = resumed.or(query.after).unwrap_or_else(|| log.last());
    refuse_beyond_the_end(after, &*log)?;
    let reader = Reader { watch: log.watch(), log, stopping, after, channel_id: query.channel_id };
    let pages = stream::unfold(reader, |mut reader| async move { reader.next().await.map(|page| (page, reader)) });
    let events = pages.flat_map(stream::iter).map(|event| Ok(show(&event)));
    let place = Event::default().id(after.to_string());
    Ok(Sse::new(stream::iter([Ok(place)]).chain(events)).keep_alive(KeepAlive::default()))
}

struct Reader {
    log: Arc<dyn EventLog>,
    stopping: CancellationToken,
    watch: watch::Receiver<u64>,
    after: u64,
    channel_id: Option<String>,
}

impl Reader {
    /// The next events, as soon as there are any. `None` ends the stream: the host stops, or its store fails.
    async fn next(&mut self) -> Option<Vec<StoredEvent>> {
        loop {
            if self.stopping.is_cancelled() {
                return None;
            }
            // Marked as seen before reading, so that what is stored meanwhile wakes us again.
            let last = *self.watch.borrow_and_update();
            if last > self.after {
                let query =
                    store::Query { after: self.after, limit: PAGE, channel_id: self.channel_id.clone(), names: &[] };
                let page =
                    self.log.read(query).await.inspect_err(|error| tracing::error!(%error, "a stream ends")).ok()?;
                if let Some(event) = page.last() {
                    self.after = event.seq;
                    return Some(page);
                }
                // All that was new belongs to other channels.
                self.after = last;
            }
            tokio::select! {
                changed = self.watch.changed() => changed.ok()?,
                () = self.stopping.cancelled() => return None,
            }
        }
    }
}

fn show(event: &StoredEvent) -> Event {
    let shown = Event::default().id(event.seq.to_string()).event(&event.name);
    // A stored event is JSON already, so it can always be written.
    shown.json_data(event).unwrap_or_else(|_| Event::default().comment("an event could not be shown"))
}
