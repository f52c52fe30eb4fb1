//! What the engine promises, shown on a real database.

mod append;
mod data_dir;
mod people;
mod read;
mod sends;
mod threads;
mod uploads;
mod writer;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Discard, Embedded, Engine, EngineError, Limits, NewEvent, Query, StoredEvent};

const CHANNEL: &str = "ch_facebook_123";

/// A fresh engine, and the directory that must outlive it.
fn engine() -> (TempDir, Embedded) {
    engine_with(Limits::default())
}

fn engine_with(limits: Limits) -> (TempDir, Embedded) {
    let dir = tempfile::tempdir().unwrap();
    let engine = Embedded::open_with(dir.path(), limits).unwrap();
    (dir, engine)
}

fn event(id: &str) -> NewEvent {
    event_of(CHANNEL, id)
}

fn event_of(channel_id: &str, id: &str) -> NewEvent {
    NewEvent {
        channel_id: Arc::from(channel_id),
        id: id.to_owned(),
        name: "message.received".into(),
        person: Some("7411002233445566".to_owned()),
        owner: None,
        data: json(&format!(r#"{{"id":"{id}","text":"canary-text"}}"#)),
    }
}

fn json(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

async fn all(engine: &Embedded) -> Vec<StoredEvent> {
    within(engine.read(Query { limit: usize::MAX, ..Query::default() })).await.unwrap()
}

async fn ids(engine: &Embedded) -> Vec<String> {
    all(engine).await.into_iter().map(|event| event.id).collect()
}

/// No test waits for ever.
async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future).await.unwrap()
}

/// A writer that stands still inside a commit of its own, so that a test decides what waits behind it.
struct Held {
    release: std::sync::mpsc::Sender<()>,
    commit: JoinHandle<Result<(), EngineError>>,
}

impl Held {
    async fn hold(engine: &Embedded) -> Self {
        let (entered, has_entered) = oneshot::channel();
        let (release, gate) = std::sync::mpsc::channel();
        let writer = engine.writer().clone();
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

#[tokio::test]
async fn discard_numbers_events_and_keeps_none() {
    let engine = Discard::new();
    let mut watch = engine.watch();
    let appended = engine.append(vec![event("m_1"), event("m_2")]).await.unwrap();
    assert_eq!((appended.stored, appended.duplicates, appended.last_seq), (2, 0, 2));
    within(watch.changed()).await.unwrap();
    assert_eq!(*watch.borrow(), 2);
    assert!(engine.read(Query { limit: 10, ..Query::default() }).await.unwrap().is_empty());
}

#[test]
fn debug_shows_nothing_of_what_people_wrote() {
    let shown = format!("{:?}", event("m_1"));
    assert!(shown.contains("m_1"), "{shown}");
    assert!(!shown.contains("canary-text") && !shown.contains("7411002233445566"), "{shown}");
}
