//! The stream of messages drops its oldest, without a word, when it is full. So what the core has not taken yet is not pushed out: above
//! a share of the room, as long as anything waits for the core, everything else waits in this host's log.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_nats::jetstream::stream::State;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use super::connection::{Bus, Open};
use super::queue::{NotLooked, Queue, stream};
use crate::store::MarkKind;

/// Above this share of the room, in percent, nothing is added as long as the core has something to take.
const FULL: i64 = 80;
/// How often the room is measured while there is none.
const AGAIN: Duration = Duration::from_secs(1);
/// How often it is measured otherwise, unless what was found is used up.
const EVERY: Duration = Duration::from_mins(1);
/// About how much more than its parts a message takes in the stream.
const OVERHEAD: i64 = 200;
/// At least so much is given out at once, so that it is not measured for each message.
const AT_LEAST: i64 = 64 << 10;

/// How much may be published before somebody has to look again.
#[derive(Debug)]
pub(super) struct Room {
    bytes: AtomicI64,
    asked: Notify,
    held: watch::Sender<Option<String>>,
}

impl Default for Room {
    fn default() -> Self {
        Self { bytes: AtomicI64::new(0), asked: Notify::new(), held: watch::Sender::new(None) }
    }
}

impl Room {
    /// Takes room for so many bytes, if there is any.
    pub(super) fn take(&self, bytes: u64) -> bool {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX / 2) + OVERHEAD;
        let take = |room: i64| (room > 0).then(|| room.saturating_sub(bytes));
        let has_room = self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok();
        if !has_room {
            self.asked.notify_one();
        }
        has_room
    }

    /// Waits for such room. Whether it had to wait.
    pub(super) async fn wait(&self, bytes: u64) -> bool {
        let mut measured = self.held.subscribe();
        let mut waited = false;
        loop {
            measured.borrow_and_update();
            if self.take(bytes) {
                return waited;
            }
            waited = true;
            // The sender is this one's own.
            let _changed = measured.changed().await;
        }
    }

    /// Why nothing is published, if that is so.
    pub(super) fn held(&self) -> Option<String> {
        self.held.borrow().clone()
    }

    /// Measures the room whenever that is needed. Ends never.
    pub(super) async fn measure(self: Arc<Self>, mut bus: Bus) {
        loop {
            let open = bus.open().await;
            let measured = measured(&open).await;
            let (bytes, held) = match measured {
                Ok(measured) => measured,
                Err(_) if !bus.is_open() => continue,
                Err(NotLooked(reason)) => {
                    (0, Some(format!("the room in Linktor's stream cannot be measured: {reason}")))
                }
            };
            let is_held = held.is_some();
            self.tell(held.as_deref());
            self.bytes.store(bytes, Ordering::Relaxed);
            self.held.send_replace(held);
            let again = if is_held { AGAIN } else { EVERY };
            tokio::select! {
                () = self.asked.notified(), if !is_held => {}
                () = sleep(again) => {}
                () = bus.lost(&open) => {}
            }
        }
    }

    fn tell(&self, held: Option<&str>) {
        match (&*self.held.borrow(), held) {
            (None, Some(reason)) => tracing::warn!(reason, "nothing is published, and all of it is kept"),
            (Some(_), None) => tracing::info!("there is room in Linktor's stream again: publishing goes on"),
            _ => {}
        }
    }
}

/// How many bytes may be published, and why none.
async fn measured(open: &Open) -> Result<(i64, Option<String>), NotLooked> {
    let (_, info) = stream(open).await?;
    let mut has_to_take = false;
    for kind in [MarkKind::Message, MarkKind::Status] {
        let queue = Queue::look(open, kind).await?;
        has_to_take |= queue.map_or(info.state.messages > 0, |queue| queue.has_to_take);
    }
    Ok(room(&info.state, info.config.max_bytes, info.config.max_messages, has_to_take))
}

fn room(state: &State, max_bytes: i64, max_messages: i64, has_to_take: bool) -> (i64, Option<String>) {
    let share = |is: u64, max: i64| if max > 0 { i64::try_from(is).unwrap_or(i64::MAX / 100) * 100 / max } else { 0 };
    let full = share(state.bytes, max_bytes).max(share(state.messages, max_messages));
    if full < FULL {
        let left = if max_bytes > 0 { max_bytes / 100 * (FULL - full) } else { i64::MAX / 2 };
        // Others publish, too.
        return ((left / 4).max(AT_LEAST), None);
    }
    if has_to_take {
        let reason = format!(
            "Linktor's stream of messages is {full} % full, and its core has not taken what lies there; what comes more would push \
             out the oldest"
        );
        return (0, Some(reason));
    }
    // It is full of what nobody will take.
    (AT_LEAST, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(messages: u64, bytes: u64) -> State {
        let time = "2026-11-28T11:55:03Z";
        let json = serde_json::json!({
            "messages": messages, "bytes": bytes, "first_seq": 1, "first_ts": time, "last_seq": messages, "last_ts": time,
            "consumer_count": 2,
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn what_waits_for_the_core_is_not_pushed_out() {
        const MIB: i64 = 1 << 20;
        for (messages, bytes, max, has_to_take, expected, is_held) in [
            (1, 0, 500 * MIB, true, 100 * MIB, false),
            (1, 400 * MIB - 1, 500 * MIB, true, AT_LEAST.max(500 * MIB / 100 / 4), false),
            (1, 400 * MIB, 500 * MIB, true, 0, true),
            (1, 500 * MIB, 500 * MIB, true, 0, true),
            (1, 500 * MIB, 500 * MIB, false, AT_LEAST, false),
            (1, 500 * MIB, -1, true, i64::MAX / 8, false),
        ] {
            let state = state(messages, u64::try_from(bytes).unwrap());
            let (found, held) = room(&state, max, -1, has_to_take);
            assert_eq!((held.is_some(), found), (is_held, expected), "{bytes} of {max}");
        }
        assert_eq!(room(&state(80, 1), 500 * MIB, 100, true).0, 0, "a limit of messages counts as well");
    }

    #[tokio::test]
    async fn who_finds_no_room_asks_and_waits() {
        let room = Arc::new(Room::default());
        let waiting = tokio::spawn({
            let room = Arc::clone(&room);
            async move { room.wait(1_000).await }
        });
        room.asked.notified().await;
        room.bytes.store(1, Ordering::Relaxed);
        room.held.send_replace(None);
        assert!(waiting.await.unwrap());
        assert!(!room.take(1), "there was room for one");
    }
}
