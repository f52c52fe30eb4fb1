//! What every store promises, shown on each: a test is named after its trait, its promise and the store that keeps it.

mod broadcasts;
mod choices;
mod close;
mod conversations;
mod cursors;
mod erasure;
mod event_log;
mod keeping;
mod marks;
pub(super) mod outbox;
mod pauses;
mod profiles;
mod statuses;
mod subscriptions;
mod unknown_messages;
mod uploads;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use channel_api::Identity;
use jiff::Timestamp;
use serde_json::value::RawValue;
use tempfile::TempDir;

use super::{NewEvent, Query, StoredEvent, Stores};

pub(super) const CHANNEL: &str = "ch_facebook_123";
pub(super) const PERSON: &str = "7411002233445566";

/// Makes a test of each promise over each store.
macro_rules! promises {
    ($($promise:ident),+ $(,)?) => {
        $(mod $promise {
            #[tokio::test]
            async fn sqlite() {
                let (_dir, stores) = crate::store::tests::sqlite();
                crate::store::tests::within(super::$promise(stores)).await;
            }

            #[tokio::test]
            async fn memory() {
                crate::store::tests::within(super::$promise(crate::store::Stores::in_memory())).await;
            }
        })+
    };
}
pub(super) use promises;

/// Fresh stores on the disk, and the directory that must outlive them.
pub(super) fn sqlite() -> (TempDir, Stores) {
    let dir = tempfile::tempdir().unwrap();
    let stores = Stores::open(dir.path()).unwrap();
    (dir, stores)
}

pub(super) fn event(id: &str) -> NewEvent {
    event_of(CHANNEL, id)
}

pub(super) fn event_of(channel_id: &str, id: &str) -> NewEvent {
    NewEvent {
        channel_id: Arc::from(channel_id),
        identity: Identity::Own(id.to_owned()),
        name: "message.received".into(),
        kind: None,
        person: Some(PERSON.to_owned()),
        happened_at: None,
        concerns: Vec::new(),
        opening: None,
        copy: None,
        data: json(r#"{"text":"canary-text"}"#),
    }
}

pub(super) fn json(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

/// Every event, in order.
pub(super) async fn all(stores: &Stores) -> Vec<StoredEvent> {
    within(stores.events.read(Query { limit: usize::MAX, ..Query::default() })).await.unwrap()
}

pub(super) async fn ids(stores: &Stores) -> Vec<String> {
    all(stores).await.into_iter().map(|event| event.id).collect()
}

/// No test waits for ever.
pub(super) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future).await.unwrap()
}

/// A moment, to the millisecond, as it is kept.
pub(super) fn noon() -> Timestamp {
    Timestamp::from_millisecond(1_763_812_800_000).unwrap()
}

/// The same moment, told more exactly than it is kept.
pub(super) fn exactly(moment: Timestamp) -> Timestamp {
    moment + jiff::SignedDuration::from_nanos(999_999)
}
