//! The store that forgets: the same promises while the process lives, and for the most recent events.

mod conversations;
mod events;
mod outbox;
mod profiles;
mod uploads;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use self::events::Log;
use self::outbox::Messages;
use super::{Owned, Profile, Upload, UploadKey};

/// How many events are remembered. An older one is forgotten with its id, so it would be taken again.
const EVENTS: usize = 10_000;

/// Keeps state in memory: for tests, and to measure what a store on the disk costs.
///
/// **Never for production**: it acknowledges what a restart forgets.
#[derive(Debug, Default)]
pub struct Memory {
    log: Log,
    outbox: Mutex<Messages>,
    owners: Mutex<HashMap<Person, Owned>>,
    profiles: Mutex<HashMap<Person, Profile>>,
    uploads: Mutex<HashMap<UploadKey, Upload>>,
}

/// A channel's id, and a person's.
type Person = (String, String);

fn person(channel_id: &str, person: &str) -> Person {
    (channel_id.to_owned(), person.to_owned())
}

/// Whoever panicked while it was locked has left nothing half done: each change is one step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
