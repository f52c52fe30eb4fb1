//! One transaction over several requests, each of which may fail alone.

use std::fmt;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::Kept;
use crate::store::{SqliteFault, StoreError};

/// What a request's work sees of the transaction.
pub(in crate::store::sqlite) struct Scope<'a> {
    /// The connection, inside the transaction. The work must leave no transaction of its own behind.
    pub(in crate::store::sqlite) connection: &'a Connection,
    /// The last sequence number given out; the work raises it with every event that it stores.
    pub(in crate::store::sqlite) last_seq: u64,
    /// The number from which on events are kept; the work raises it when it deletes the first ones.
    pub(in crate::store::sqlite) first_seq: u64,
}

/// A request of any type.
pub(super) trait Job: Send + fmt::Debug {
    /// Does the work. After an error it must be undone; the database's part of the error is for the log alone, since
    /// the caller gets the whole from [`Job::answer`].
    fn run(&mut self, scope: &mut Scope<'_>) -> Result<(), SqliteFault>;
    /// Tells the caller what became of it, once the transaction has ended.
    fn answer(self: Box<Self>, committed: Result<(), SqliteFault>);
}

/// A request with its work, then its outcome, and whoever waits for it.
pub(super) struct Pending<F, T> {
    work: Option<F>,
    outcome: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Pending<F, T>
where
    T: Send + 'static,
    F: FnOnce(&mut Scope<'_>) -> Result<T, StoreError> + Send + 'static,
{
    /// The request for the queue, and where its answer will come.
    pub(super) fn request(work: F) -> (Box<dyn Job>, oneshot::Receiver<Result<T, StoreError>>) {
        let (reply, receiver) = oneshot::channel();
        (Box::new(Self { work: Some(work), outcome: None, reply }), receiver)
    }
}

impl<F, T> Job for Pending<F, T>
where
    T: Send,
    F: FnOnce(&mut Scope<'_>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, scope: &mut Scope<'_>) -> Result<(), SqliteFault> {
        self.outcome = self.work.take().map(|work| work(scope));
        match &self.outcome {
            Some(Err(StoreError::Storage { source, .. })) => Err(*source),
            Some(Err(_)) => Err(SqliteFault::UNEXPECTED),
            Some(Ok(_)) | None => Ok(()),
        }
    }

    fn answer(self: Box<Self>, committed: Result<(), SqliteFault>) {
        let answer = match (self.outcome, committed) {
            (Some(Err(own)), _) => Err(own),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (_, Err(source)) => Err(StoreError::Storage { operation: "commit", source }),
            (None, Ok(())) => Err(StoreError::Closed),
        };
        // Whoever asked may have gone away. What is stored stays stored; a redelivery finds it as a duplicate.
        drop(self.reply.send(answer));
    }
}

impl<F, T> fmt::Debug for Pending<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}

/// Runs every job inside one transaction and commits it; returns which events are kept now.
///
/// A job that fails is undone alone. An error means that nothing of the group is stored.
pub(super) fn commit(connection: &mut Connection, group: &mut [Box<dyn Job>], kept: Kept) -> Result<Kept, SqliteFault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut scope = Scope { connection: &transaction, last_seq: kept.last_seq, first_seq: kept.first_seq };
    for job in group {
        let before = (scope.last_seq, scope.first_seq);
        transaction.prepare_cached("SAVEPOINT request")?.execute([])?;
        if let Err(fault) = job.run(&mut scope) {
            // When the disk is full SQLite may undo the whole transaction itself. Then the earlier jobs are gone too.
            if transaction.is_autocommit() {
                return Err(fault);
            }
            (scope.last_seq, scope.first_seq) = before;
            transaction.prepare_cached("ROLLBACK TO request")?.execute([])?;
        }
        transaction.prepare_cached("RELEASE request")?.execute([])?;
    }
    let kept = Kept { first_seq: scope.first_seq, last_seq: scope.last_seq };
    transaction.commit()?;
    Ok(kept)
}
