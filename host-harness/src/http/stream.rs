use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream, StreamExt as _};
use http::{HeaderMap, StatusCode};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Problem;
use super::events::{Gap, refuse_beyond_the_end, understood};
use super::fields::Fields;
use crate::store::{self, EventLog, StoredEvent};

/// How many events are read from the store at a time.
const PAGE: usize = 200;

/// Events as they come, as server-sent events. The stream begins with the `id` of its place and no data, which a browser keeps
/// without a word: who is cut off before the first event goes on from there and misses nothing. A reader that was cut off sends the last id it saw as `Last-Event-ID` and goes
/// on from there; nobody is ever too slow, since each reader follows the store at its own pace. What is not kept any more is told
/// as an event `gap`.
pub(super) async fn follow(
    State(log): State<Arc<dyn EventLog>>,
    State(stopping): State<CancellationToken>,
    fields: Fields,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let query = understood(fields)?;
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
    let events = pages.flat_map(|(gap, events)| {
        let gap = gap.map(show_gap).into_iter();
        stream::iter(gap.chain(events.iter().map(show)).map(Ok).collect::<Vec<_>>())
    });
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
    /// The next events, as soon as there are any, and what is not kept any more before them. `None` ends the stream: the host stops, or its store fails.
    async fn next(&mut self) -> Option<(Option<Gap>, Vec<StoredEvent>)> {
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
                let gap = Gap::between(self.after, &page, &*self.log);
                // Without an event, all that was new belongs to other channels.
                self.after = page.last().map_or(last, |event| event.seq);
                if gap.is_some() || !page.is_empty() {
                    return Some((gap, page));
                }
            }
            tokio::select! {
                changed = self.watch.changed() => changed.ok()?,
                () = self.stopping.cancelled() => return None,
            }
        }
    }
}

/// A reader that was cut off behind it need not be told again.
fn show_gap(gap: Gap) -> Event {
    let shown = Event::default().id(gap.to.to_string()).event("gap");
    // Two numbers can always be written.
    shown.json_data(gap).unwrap_or_else(|_| Event::default().comment("a gap could not be shown"))
}

fn show(event: &StoredEvent) -> Event {
    let shown = Event::default().id(event.seq.to_string()).event(&event.name);
    // A stored event is JSON already, so it can always be written.
    shown.json_data(event).unwrap_or_else(|_| Event::default().comment("an event could not be shown"))
}
