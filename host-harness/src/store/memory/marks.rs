use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{ENTRIES, Memory, to_millisecond};
use crate::store::{Mark, MarkKind, MarkState, Marks, StoreError};

/// By channel and event.
pub(super) type ByEvent = BTreeMap<(String, u64), Mark>;

#[async_trait]
impl Marks for Memory {
    async fn put(&self, list: Vec<Mark>) -> Result<(), StoreError> {
        let mut marks = self.open(&self.marks)?;
        if list.iter().any(|mark| mark.channel_id.is_empty()) {
            return Err(StoreError::Refused);
        }
        for mark in list {
            let key = (mark.channel_id.clone(), mark.event_seq);
            let mut mark = Mark { published_at: to_millisecond(mark.published_at), ..mark };
            if marks.get(&key).is_some_and(|known| known.state == MarkState::Erased) {
                (mark.state, mark.person) = (MarkState::Erased, None);
            }
            marks.insert(key, mark);
            if marks.len() > ENTRIES {
                marks.pop_first();
            }
        }
        Ok(())
    }

    async fn of_channel(&self, channel_id: &str, after: u64, limit: usize) -> Result<Vec<Mark>, StoreError> {
        let marks = self.open(&self.marks)?;
        let behind = marks.range((channel_id.to_owned(), after + 1)..);
        Ok(behind
            .take_while(|((channel, _), _)| channel == channel_id)
            .take(limit)
            .map(|(_, mark)| mark.clone())
            .collect())
    }

    async fn in_stream(&self, kind: MarkKind, after: u64, limit: usize) -> Result<Vec<Mark>, StoreError> {
        let marks = self.open(&self.marks)?;
        let mut list: Vec<Mark> =
            marks.values().filter(|mark| mark.kind == kind && mark.stream_seq > after).cloned().collect();
        list.sort_by_key(|mark| mark.stream_seq);
        list.truncate(limit);
        Ok(list)
    }

    async fn in_state(&self, state: MarkState, limit: usize) -> Result<Vec<Mark>, StoreError> {
        let marks = self.open(&self.marks)?;
        Ok(marks
            .values()
            .filter(|mark| mark.state == state && state != MarkState::Published)
            .take(limit)
            .cloned()
            .collect())
    }

    async fn change(&self, list: Vec<Mark>, to: MarkState) -> Result<(), StoreError> {
        let mut marks = self.open(&self.marks)?;
        for mark in list {
            let known = marks.get_mut(&(mark.channel_id, mark.event_seq));
            let known = known.filter(|known| known.stream_seq == mark.stream_seq && known.state != MarkState::Erased);
            if let Some(known) = known {
                known.state = to;
            }
        }
        Ok(())
    }

    async fn forget(&self, list: Vec<Mark>) -> Result<(), StoreError> {
        let mut marks = self.open(&self.marks)?;
        for mark in list {
            let key = (mark.channel_id, mark.event_seq);
            if marks.get(&key).is_some_and(|known| known.stream_seq == mark.stream_seq) {
                marks.remove(&key);
            }
        }
        Ok(())
    }

    async fn first(&self, channel_id: &str) -> Result<Option<u64>, StoreError> {
        let marks = self.open(&self.marks)?;
        let open = |mark: &&Mark| matches!(mark.state, MarkState::Published | MarkState::GivenUp | MarkState::Due);
        let first = marks.values().filter(|mark| mark.channel_id == channel_id).find(open);
        Ok(first.map(|mark| mark.event_seq))
    }

    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError> {
        let mut marks = self.open(&self.marks)?;
        let theirs = |mark: &&mut Mark| mark.channel_id == channel_id && mark.person.as_deref() == Some(person);
        for mark in marks.values_mut().filter(theirs) {
            (mark.state, mark.person) = (MarkState::Erased, None);
            mark.nats_id.clear();
        }
        Ok(())
    }
}
