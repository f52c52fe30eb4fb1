//! One message at a time to a person, in the order in which they came; nobody waits for another person's.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

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

    /// The same for several people of a channel. All who do so take them in one order, so none waits for another who waits.
    pub(super) async fn wait_all(&self, channel_id: &str, mut people: Vec<String>) -> Vec<Turn> {
        people.sort_unstable();
        people.dedup();
        let mut turns = Vec::with_capacity(people.len());
        for person in people {
            turns.push(self.wait(channel_id, person).await);
        }
        turns
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Line, Arc<tokio::sync::Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
    use futures::{FutureExt as _, poll};

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
    async fn two_who_want_the_same_people_do_not_wait_for_each_other() {
        let turns = Turns::default();
        let people = |names: [&str; 3]| names.map(str::to_owned).to_vec();
        let first = turns.wait_all("ch_1", people(["bo", "ana", "bo"])).await;
        assert_eq!(first.len(), 2, "a person named twice has one turn");
        let mut second = Box::pin(turns.wait_all("ch_1", people(["ana", "bo", "cy"])));
        assert!(poll!(&mut second).is_pending());
        drop(first);
        assert_eq!(second.await.len(), 3);
        assert!(turns.lock().is_empty());
    }
}
