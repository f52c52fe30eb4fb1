//! One message at a time to a person, in the order in which they came; nobody waits for another person's.

use std::collections::{BTreeSet, HashMap};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _, poll};
use tokio::sync::OwnedMutexGuard;

/// A channel, and whoever gets a message of it.
type Line = (String, String);

/// Who is being written to, and who waits. Handles share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<Line, Arc<tokio::sync::Mutex<()>>>>>);

/// Whoever holds it writes to this person, and nobody else does.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Turns,
    line: Line,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits until nothing that came before is under way to this person.
    pub(super) async fn wait(&self, channel_id: &str, person: String) -> Turn {
        let line = (channel_id.to_owned(), person);
        let lock = Arc::clone(self.lock().entry(line.clone()).or_default());
        // First come, first served.
        let guard = lock.lock_owned().await;
        Turn { turns: self.clone(), line, guard: Some(guard) }
    }

    /// Gets into the line of each of several people of a channel, now. Turns are taken as they come: whoever waits for one person
    /// keeps no other one waiting.
    pub(super) async fn queue(&self, channel_id: &str, people: impl IntoIterator<Item = String>) -> Queued {
        let people: BTreeSet<String> = people.into_iter().collect();
        let turn = |person: String| {
            let (turns, channel_id) = (self.clone(), channel_id.to_owned());
            async move { turns.wait(&channel_id, person).await }.boxed()
        };
        let mut queued = Queued { waiting: people.into_iter().map(turn).collect(), come: Vec::new() };
        // To be asked once is to stand in line.
        while let Poll::Ready(Some(turn)) = poll!(queued.waiting.next()) {
            queued.come.push(turn);
        }
        queued
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Line, Arc<tokio::sync::Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Places in the lines of several people.
pub(super) struct Queued {
    waiting: FuturesUnordered<BoxFuture<'static, Turn>>,
    come: Vec<Turn>,
}

impl Queued {
    /// The turns that have come, at least one; none when there are no more.
    pub(super) async fn next(&mut self) -> Vec<Turn> {
        if self.come.is_empty() {
            self.come.extend(self.waiting.next().await);
        }
        while let Poll::Ready(Some(turn)) = poll!(self.waiting.next()) {
            self.come.push(turn);
        }
        mem::take(&mut self.come)
    }
}

impl Turn {
    /// Whose it is.
    pub(super) fn person(&self) -> &str {
        &self.line.1
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut lines = self.turns.lock();
        drop(self.guard.take());
        // The line's own handle is the last one when nobody waits.
        if lines.get(&self.line).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            lines.remove(&mem::take(&mut self.line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn wait(turns: &Turns, person: &str) -> Turn {
        turns.wait("ch_1", person.to_owned()).await
    }

    #[tokio::test]
    async fn a_person_s_messages_go_one_after_the_other_and_in_their_order() {
        let turns = Turns::default();
        let first = wait(&turns, "ana").await;
        let (mut second, mut third) = (Box::pin(wait(&turns, "ana")), Box::pin(wait(&turns, "ana")));
        assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
        assert!(wait(&turns, "bo").now_or_never().is_some(), "another person waits for nobody");
        assert!(turns.wait("ch_2", "ana".to_owned()).now_or_never().is_some(), "nor does another channel");
        drop(first);
        assert!(poll!(&mut third).is_pending(), "the second comes first");
        let second = second.await;
        assert!(poll!(&mut third).is_pending());
        drop(second);
        drop(third.await);
        assert!(turns.lock().is_empty(), "nobody is remembered");
    }

    #[tokio::test]
    async fn who_gives_up_holds_up_nobody_and_is_forgotten() {
        let turns = Turns::default();
        let first = wait(&turns, "ana").await;
        let mut gone = Box::pin(wait(&turns, "ana"));
        assert!(poll!(&mut gone).is_pending());
        drop(gone);
        drop(first);
        drop(wait(&turns, "ana").await);
        assert!(turns.lock().is_empty());
    }

    #[tokio::test]
    async fn turns_come_one_by_one_and_nobody_waits_for_another_s() {
        let turns = Turns::default();
        let names = |turns: Vec<Turn>| turns.iter().map(|turn| turn.person().to_owned()).collect::<Vec<_>>();
        let bo = wait(&turns, "bo").await;
        let people = |names: [&str; 3]| names.map(str::to_owned);
        let mut first = turns.queue("ch_1", people(["bo", "ana", "bo"])).await;
        let mut second = turns.queue("ch_1", people(["cy", "bo", "ana"])).await;
        assert_eq!(names(first.next().await), ["ana"], "Bo is being written to");
        let mut later = Box::pin(wait(&turns, "bo"));
        assert!(poll!(&mut later).is_pending());
        let mut came = names(second.next().await);
        came.sort();
        assert_eq!(came, ["ana", "cy"]);
        drop(bo);
        assert_eq!(names(first.next().await), ["bo"], "before those who came later");
        assert_eq!(names(second.next().await), ["bo"]);
        drop(later.await);
        assert!(first.next().await.is_empty() && second.next().await.is_empty());
        assert!(turns.lock().is_empty());
    }
}
