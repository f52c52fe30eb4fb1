//! What goes to the core because somebody says so: what it has given up, and what happened before a channel came on the bus.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Notify;

use super::cursors::begun;
use super::inbound;
use super::queue::NOWHERE;
use crate::store::{Cursors, EventLog, MAX_PAGE, Mark, MarkKind, MarkState, Marks, Query, StoreError, Stores};

/// Marks what is to be published again. Whoever serves the channel then publishes it.
#[derive(Clone, Debug)]
pub(crate) struct Again {
    events: Arc<dyn EventLog>,
    marks: Arc<dyn Marks>,
    cursors: Arc<dyn Cursors>,
    asked: Arc<Notify>,
}

impl Again {
    pub(crate) fn of(stores: &Stores) -> Self {
        Self {
            events: Arc::clone(&stores.events),
            marks: Arc::clone(&stores.marks),
            cursors: Arc::clone(&stores.cursors),
            asked: Arc::default(),
        }
    }

    /// Waits until somebody says so.
    pub(super) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// All of a channel that the core has given up. How many those are.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn given_up(&self, channel_id: &str) -> Result<usize, StoreError> {
        let mut due = self.marks.in_state(MarkState::Refused, usize::MAX).await?;
        due.extend(self.marks.in_state(MarkState::GivenUp, usize::MAX).await?);
        due.retain(|mark| mark.channel_id == channel_id);
        let count = due.len();
        self.marks.change(due, MarkState::Due).await?;
        self.asked.notify_one();
        Ok(count)
    }

    /// What people said from that moment on until their channel came on the bus. How much that is. Said again, it is published again,
    /// and the core knows it by its id.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn older(&self, channel_id: &str, since: Timestamp) -> Result<usize, StoreError> {
        let begun = self.cursors.place(&begun(channel_id)).await?;
        let (mut after, mut count) = (0, 0);
        loop {
            let query = Query { after, limit: MAX_PAGE, channel_id: Some(channel_id.to_owned()), names: &[] };
            let page = match self.events.read(query).await {
                Err(StoreError::CorruptEvent { seq }) => {
                    after = seq;
                    continue;
                }
                page => page?,
            };
            let Some(last) = page.last().map(|event| event.seq).filter(|_| after + 1 < begun) else { break };
            let marked = self.marks.of_channel(channel_id, after, MAX_PAGE).await?;
            let is_marked = |seq: u64| marked.iter().any(|mark| mark.event_seq == seq);
            let older = page.into_iter().filter(|event| {
                event.seq < begun
                    && event.received_at >= since
                    && inbound::sender(event).is_some()
                    && !is_marked(event.seq)
            });
            let due: Vec<Mark> = older
                .map(|event| Mark {
                    channel_id: event.channel_id,
                    event_seq: event.seq,
                    kind: MarkKind::Message,
                    person: event.person,
                    nats_id: String::new(),
                    stream_seq: NOWHERE,
                    published_at: Timestamp::now(),
                    tries: 0,
                    proven: false,
                    // It may have been asked for before.
                    again: true,
                    settings: 0,
                    state: MarkState::Due,
                })
                .collect();
            count += due.len();
            self.marks.put(due).await?;
            after = last;
        }
        self.asked.notify_one();
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use channel_api::Identity;
    use serde_json::json;

    use super::*;
    use crate::store::NewEvent;

    fn event(id: &str, name: &'static str) -> NewEvent {
        let data = json!({"direction": "inbound", "content": {"type": "text", "text": "hi"}});
        NewEvent {
            channel_id: "ch_1".into(),
            identity: Identity::Own(id.to_owned()),
            name: name.into(),
            kind: None,
            person: Some("7411".to_owned()),
            happened_at: None,
            concerns: Vec::new(),
            opening: None,
            copy: None,
            data: serde_json::value::to_raw_value(&data).unwrap(),
        }
    }

    #[tokio::test]
    async fn what_was_said_before_the_bus_is_due_once_and_nothing_else() {
        let stores = Stores::in_memory();
        let said = ["message.received", "message.edited", "message.received", "message.received"];
        for (name, id) in said.into_iter().zip(["m_1", "m_2", "m_3", "m_4"]) {
            stores.events.append(vec![event(id, name)]).await.unwrap();
        }
        stores.cursors.advance(&begun("ch_1"), 0, 4).await.unwrap();
        let again = Again::of(&stores);
        assert_eq!(again.older("ch_1", Timestamp::now() + jiff::SignedDuration::from_hours(1)).await.unwrap(), 0);
        assert_eq!(again.older("ch_1", Timestamp::UNIX_EPOCH).await.unwrap(), 2);
        let due = stores.marks.in_state(MarkState::Due, 9).await.unwrap();
        assert_eq!(due.iter().map(|mark| mark.event_seq).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(again.older("ch_1", Timestamp::UNIX_EPOCH).await.unwrap(), 0, "it is due already");
        assert_eq!(again.older("another", Timestamp::UNIX_EPOCH).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn what_was_given_up_is_due_again() {
        let stores = Stores::in_memory();
        let states = [MarkState::Published, MarkState::GivenUp, MarkState::Refused, MarkState::Erased];
        for (seq, state) in (1..).zip(states) {
            for channel in ["ch_1", "ch_2"] {
                let mark = crate::linktor::refusals::mark(seq);
                stores.marks.put(vec![Mark { channel_id: channel.to_owned(), state, ..mark }]).await.unwrap();
            }
        }
        assert_eq!(Again::of(&stores).given_up("ch_1").await.unwrap(), 2);
        let due = stores.marks.in_state(MarkState::Due, 9).await.unwrap();
        let due: Vec<_> = due.iter().map(|mark| (mark.channel_id.as_str(), mark.event_seq)).collect();
        assert_eq!(due, [("ch_1", 2), ("ch_1", 3)]);
    }
}
