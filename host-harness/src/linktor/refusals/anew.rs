//! What is published once more.

use jiff::Timestamp;

use super::{ASIDE, NotNow, Refusals, Streaks, Stream};
use crate::linktor::connection::Open;
use crate::linktor::publishing::NotPublished;
use crate::linktor::queue::delete;
use crate::linktor::status;
use crate::store::{Mark, MarkKind, MarkState};

impl Refusals {
    /// Publishes what can be published once more, and deletes what is left of people who are erased.
    pub(super) async fn publish_anew(&self, streaks: &mut Streaks, open: &Open, stream: &Stream) -> Result<(), NotNow> {
        for mark in self.marks.in_state(MarkState::Erased, ASIDE).await? {
            delete(stream, mark.stream_seq).await?;
            self.marks.forget(vec![mark]).await?;
        }
        let refused = self.marks.in_state(MarkState::Refused, ASIDE).await?;
        let changed = refused.into_iter().filter(|mark| !self.is_of_these_settings(mark)).collect();
        self.marks.change(changed, MarkState::Due).await?;
        for mark in self.marks.in_state(MarkState::Due, ASIDE).await? {
            streaks.begin_anew(&mark.channel_id);
            if !self.once_more(mark, true, open, stream).await? {
                return Ok(());
            }
        }
        for mark in self.marks.in_state(MarkState::GivenUp, ASIDE).await? {
            let is_due = streaks.works_since(&mark) || !self.is_of_these_settings(&mark);
            if is_due && !streaks.is_stopped(&mark.channel_id) && !self.once_more(mark, true, open, stream).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Where there is nothing new that could tell whether the core works again, the one that was tried least often does.
    pub(super) async fn publish_as_probe(&self, channel_id: &str, open: &Open) {
        let probe = async {
            let mut all = self.marks.in_state(MarkState::GivenUp, ASIDE).await?;
            all.extend(self.marks.in_state(MarkState::Refused, ASIDE).await?);
            let theirs = all.into_iter().filter(|mark| mark.channel_id == channel_id && mark.kind == MarkKind::Message);
            let Some(mark) = theirs.min_by_key(|mark| (mark.tries, mark.event_seq)) else { return Ok(()) };
            let (stream, _) = crate::linktor::queue::stream(open).await?;
            self.once_more(mark, false, open, &stream).await.map(drop)
        };
        match probe.await {
            Ok(()) => {}
            Err(NotNow::Bus(reason)) => tracing::debug!(channel_id, reason, "a probe was not published"),
            Err(NotNow::Store(error)) => tracing::warn!(channel_id, %error, "a probe was not published"),
        }
    }

    /// Publishes an event under another id than before, and deletes the copy that nobody takes. Whether there was room for it. `proven`
    /// says that the core works.
    async fn once_more(&self, mark: Mark, proven: bool, open: &Open, stream: &Stream) -> Result<bool, NotNow> {
        let event = self.publisher.read(&mark.channel_id, mark.event_seq).await?;
        let draft = match &event {
            Some(event) if mark.kind == MarkKind::Status => {
                // The core would take an older one for what is so now.
                let is_latest = status::is_latest(event, &self.publisher.steps(event).await?);
                if is_latest { self.publisher.draft(event).await? } else { None }
            }
            Some(event) => self.publisher.draft(event).await?,
            None => None,
        };
        let Some(draft) = draft.filter(|draft| draft.kind == Some(mark.kind)) else {
            delete(stream, mark.stream_seq).await?;
            self.marks.forget(vec![mark]).await?;
            return Ok(true);
        };
        if !self.published.room.take(draft.len()) {
            return Ok(false);
        }
        let tries = mark.tries + 1;
        let draft = draft.anew(tries);
        match self.publisher.publish(&draft, open, &mut self.bus.clone()).await {
            Ok(told) => {
                let settings = self.settings.get(&mark.channel_id).copied().unwrap_or(mark.settings);
                let before = mark.stream_seq;
                let put = Mark {
                    nats_id: draft.nats_id,
                    stream_seq: told.sequence,
                    published_at: Timestamp::now(),
                    tries,
                    proven,
                    settings,
                    state: MarkState::Published,
                    ..mark
                };
                self.marks.put(vec![put]).await?;
                if before != told.sequence {
                    delete(stream, before).await?;
                }
                Ok(true)
            }
            Err(NotPublished::Yet { reason, .. }) => Err(NotNow::Bus(reason)),
            Err(NotPublished::Ever(reason)) => {
                tracing::error!(
                    channel_id = mark.channel_id,
                    seq = mark.event_seq,
                    reason,
                    "an event cannot be published"
                );
                self.marks.change(vec![mark], MarkState::Refused).await?;
                Ok(true)
            }
        }
    }
}
