//! What the database adds to the promises of [`store::tests`](crate::store::tests): it outlives the process, shares commits, and
//! opens what earlier releases left.

mod compact;
mod data_dir;
mod earlier;
mod erasure;
mod restart;
mod writer;

use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::writer::Scope;
use super::{Limits, Reader, Sqlite};
use crate::store::tests::outbox::message;
use crate::store::tests::{CHANNEL, PERSON, event, json, noon, within};
use crate::store::{
    Accepted, Conversations as _, EventLog as _, NewEvent, NewMessage, Outbox, Outcome, Query, SendKey, Status,
    StoreError, StoredEvent, Upkeep,
};

/// A fresh store, and the directory that must outlive it.
fn store() -> (TempDir, Sqlite) {
    store_with(Limits::default())
}

fn store_with(limits: Limits) -> (TempDir, Sqlite) {
    let dir = tempfile::tempdir().unwrap();
    let store = Sqlite::open_with(dir.path(), "serve", limits).unwrap();
    (dir, store)
}

async fn all(store: &Sqlite) -> Vec<StoredEvent> {
    within(store.read(Query { limit: usize::MAX, ..Query::default() })).await.unwrap()
}

async fn ids(store: &Sqlite) -> Vec<String> {
    all(store).await.into_iter().map(|event| event.id).collect()
}

fn key(key: &str) -> SendKey {
    SendKey { channel_id: CHANNEL.to_owned(), key: key.to_owned() }
}

/// A message under a key, with an id that tells the key.
fn under(key: &str) -> NewMessage {
    NewMessage { key: Some(key.to_owned()), ..message(&format!("msg_{key}")) }
}

/// Changes the database behind the store's back. Tells how many rows that were.
async fn by_hand(store: &Sqlite, sql: &'static str) -> usize {
    let change =
        move |scope: &mut Scope<'_>| scope.connection.execute(sql, []).map_err(StoreError::storage("change by hand"));
    within(store.writer.submit(1, change)).await.unwrap()
}

/// A writer that stands still inside a commit of its own, so that a test decides what waits behind it.
struct Held {
    release: std::sync::mpsc::Sender<()>,
    commit: JoinHandle<Result<(), StoreError>>,
}

impl Held {
    async fn hold(store: &Sqlite) -> Self {
        let (entered, has_entered) = oneshot::channel();
        let (release, gate) = std::sync::mpsc::channel();
        let writer = store.writer.clone();
        let commit = tokio::spawn(async move {
            writer
                .submit(0, move |_| {
                    entered.send(()).unwrap();
                    gate.recv().unwrap();
                    Ok(())
                })
                .await
        });
        within(has_entered).await.unwrap();
        Self { release, commit }
    }

    async fn release(self) {
        self.release.send(()).unwrap();
        within(self.commit).await.unwrap().unwrap();
    }
}
