//! [`LookUps`]: look-ups of a moment, which share a thread.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::StoreError;

/// Look-ups that wait for the one who makes them. Under load, waking a thread for each costs more than all of them do.
#[derive(Default)]
pub(super) struct LookUps(Mutex<Line>);

type LookUp = Box<dyn FnOnce(Result<&Connection, StoreError>) + Send>;

#[derive(Default)]
struct Line {
    waiting: VecDeque<LookUp>,
    /// Whether somebody makes them.
    is_served: bool,
}

/// Somebody who makes look-ups, until there are none.
pub(super) struct Serving<'a>(&'a LookUps);

impl LookUps {
    /// Puts a look-up in line. True where the caller has to see to it that somebody [serves](Self::serving).
    pub(super) fn push<T, F>(&self, work: F) -> (oneshot::Receiver<Result<T, StoreError>>, bool)
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (told, answer) = oneshot::channel();
        let look_up: LookUp = Box::new(move |connection| {
            // Whoever asked may have gone.
            told.send(connection.and_then(work)).ok();
        });
        let mut line = self.line();
        line.waiting.push_back(look_up);
        (answer, !std::mem::replace(&mut line.is_served, true))
    }

    /// To be called by whom [`push`](Self::push) has asked to, where it may block.
    pub(super) fn serving(&self) -> Serving<'_> {
        Serving(self)
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Serving<'_> {
    /// Makes all that wait, and those that come meanwhile.
    pub(super) fn all(self, take: impl Fn() -> Result<Connection, StoreError>) -> Option<Connection> {
        let mut taken = None;
        while let Some(look_up) = self.next() {
            let connection = match taken.take() {
                Some(connection) => Ok(connection),
                None => take(),
            };
            match connection {
                Ok(connection) => look_up(Ok(taken.insert(connection))),
                Err(error) => look_up(Err(error)),
            }
        }
        taken
    }

    fn next(&self) -> Option<LookUp> {
        let mut line = self.0.line();
        let next = line.waiting.pop_front();
        line.is_served = next.is_some();
        next
    }
}

impl Drop for Serving<'_> {
    /// After a panic the next one who asks finds a new one to serve, and those who wait are told that they get no answer.
    fn drop(&mut self) {
        if std::thread::panicking() {
            *self.0.line() = Line::default();
        }
    }
}

impl std::fmt::Debug for LookUps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LookUps").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open() -> Result<Connection, StoreError> {
        Connection::open_in_memory().map_err(StoreError::storage("open"))
    }

    #[tokio::test]
    async fn the_first_one_serves_all_that_come_and_then_somebody_is_needed_again() {
        let look_ups = LookUps::default();
        let (first, must_serve) = look_ups.push(|_| Ok(1));
        assert!(must_serve);
        let (second, must_serve) = look_ups.push(|_| Ok(2));
        assert!(!must_serve);
        assert!(look_ups.serving().all(open).is_some());
        assert_eq!((first.await.unwrap().unwrap(), second.await.unwrap().unwrap()), (1, 2));
        assert!(look_ups.push(|_| Ok(3)).1);
    }

    #[tokio::test]
    async fn each_is_told_why_there_is_no_connection() {
        let look_ups = LookUps::default();
        let (first, second) = (look_ups.push(|_| Ok(1)).0, look_ups.push(|_| Ok(2)).0);
        assert!(look_ups.serving().all(|| Err(StoreError::Closed)).is_none());
        for answer in [first, second] {
            assert!(matches!(answer.await.unwrap(), Err(StoreError::Closed)));
        }
    }

    #[tokio::test]
    async fn a_panic_leaves_nobody_waiting() {
        let look_ups = std::sync::Arc::new(LookUps::default());
        let (panics, _) = look_ups.push(|_| -> Result<(), StoreError> { panic!("a look-up that panics") });
        let (behind, _) = look_ups.push(|_| Ok(2));
        let served = std::sync::Arc::clone(&look_ups);
        std::thread::spawn(move || served.serving().all(open)).join().unwrap_err();
        assert!(panics.await.is_err() && behind.await.is_err());
        assert!(look_ups.push(|_| Ok(3)).1);
    }
}
