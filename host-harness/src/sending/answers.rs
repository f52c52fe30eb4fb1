//! Who waits for what becomes of a message.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use channel_api::ErrorKind;
use tokio::sync::watch;

use crate::store::{Outcome, Status};

/// What is known of a message.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) status: Status,
    pub(super) outcome: Outcome,
}

impl Known {
    /// Whether there is something to tell to who waits: it has ended, or waits for what may take long.
    fn is_worth_telling(&self) -> bool {
        let closed_door = || self.outcome.failure.as_ref().is_some_and(|error| error.kind() == ErrorKind::Credentials);
        !matches!(self.status, Status::Accepted | Status::Begun) || closed_door()
    }
}

type News = watch::Sender<Option<Known>>;

/// All who wait. Handles share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    waiting: Arc<Mutex<HashMap<String, (usize, News)>>>,
    told: Arc<watch::Sender<()>>,
}

/// Somebody who waits. The message is forgotten here when nobody does.
#[derive(Debug)]
pub(super) struct Watching {
    answers: Answers,
    id: String,
    news: watch::Receiver<Option<Known>>,
}

impl Answers {
    /// Waits for a message from now on.
    pub(super) fn watch(&self, id: &str) -> Watching {
        let mut waiting = self.lock();
        let (count, news) = waiting.entry(id.to_owned()).or_insert_with(|| (0, watch::Sender::new(None)));
        *count += 1;
        Watching { answers: self.clone(), id: id.to_owned(), news: news.subscribe() }
    }

    /// Tells what is known of a message now.
    pub(super) fn tell(&self, id: &str, status: Status, outcome: &Outcome) {
        if let Some((_, news)) = self.lock().get(id) {
            news.send_replace(Some(Known { status, outcome: outcome.clone() }));
        }
        self.told.send_replace(());
    }

    /// Changes when something is told of any message.
    pub(super) fn news(&self) -> watch::Receiver<()> {
        self.told.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (usize, News)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watching {
    /// Waits until there is something to tell.
    pub(super) async fn told(&mut self) -> Option<Known> {
        let told = self.news.wait_for(|known| known.as_ref().is_some_and(Known::is_worth_telling)).await;
        told.ok()?.clone()
    }

    /// What was heard last.
    pub(super) fn last(&self) -> Option<Known> {
        self.news.borrow().clone()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut waiting = self.answers.lock();
        if let Some((count, _)) = waiting.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn who_waits_hears_the_end_and_is_forgotten() {
        let answers = Answers::default();
        let (mut first, mut second) = (answers.watch("msg_1"), answers.watch("msg_1"));
        answers.tell("msg_2", Status::Sent, &Outcome::default());
        answers.tell("msg_1", Status::Accepted, &Outcome::default());
        assert!(first.told().now_or_never().is_none(), "it will be tried again");
        assert_eq!(first.last().unwrap().status, Status::Accepted);
        answers.tell("msg_1", Status::Sent, &Outcome::default());
        for watching in [&mut first, &mut second] {
            assert_eq!(watching.told().await.unwrap().status, Status::Sent);
        }
        drop(first);
        assert_eq!(answers.lock().len(), 1);
        drop(second);
        assert!(answers.lock().is_empty());
    }
}
