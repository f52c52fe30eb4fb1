//! The store that forgets: the same promises while the process lives, and for the most recent of each kind.

mod broadcasts;
mod conversations;
mod cursors;
mod events;
mod marks;
mod outbox;
mod pauses;
mod profiles;
mod recent;
mod statuses;
mod subscriptions;
#[cfg(test)]
mod tests;
mod upkeep;
mod uploads;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use channel_api::Opening;
use jiff::Timestamp;
use tokio::sync::watch;

use self::broadcasts::Casts;
use self::events::Log;
use self::marks::ByEvent;
use self::outbox::Messages;
use self::recent::Recent;
use self::statuses::Waiting;
use super::{Offered, Owned, Profile, StoreError, Subscription, Unavailable, Upload, UploadKey};

/// How many events are remembered. An older one is forgotten with its id, so it would be taken again.
const EVENTS: usize = 10_000;
/// How much of each other kind is remembered.
const ENTRIES: usize = 10_000;

/// Keeps state in memory: for tests, and to measure what a store on the disk costs.
///
/// **Never for production**: it acknowledges what a restart forgets.
#[derive(Debug, Default)]
pub struct Memory {
    log: Log,
    outbox: Mutex<Messages>,
    waiting: Mutex<Waiting>,
    /// How often a message may have come on.
    stepped: watch::Sender<u64>,
    owners: Mutex<Recent<Person, Owned>>,
    unavailable: Mutex<Recent<Person, Unavailable>>,
    openings: Mutex<Recent<Person, Vec<Opening>>>,
    choices: Mutex<Recent<Person, Offered>>,
    profiles: Mutex<Recent<Person, Profile>>,
    uploads: Mutex<Recent<UploadKey, Upload>>,
    /// By channel: there are as many as a configuration has.
    subscriptions: Mutex<HashMap<String, Subscription>>,
    /// By channel, too.
    pauses: Mutex<HashMap<String, Timestamp>>,
    broadcasts: Mutex<Casts>,
    /// By consumer: there are as many as this program has.
    cursors: Mutex<HashMap<String, u64>>,
    marks: Mutex<ByEvent>,
}

impl Memory {
    /// Tells whoever waits for it that a message may have come on.
    fn came_on(&self) {
        self.stepped.send_modify(|times| *times += 1);
    }

    /// A part of the store, unless the store is closed.
    fn open<'a, T>(&self, part: &'a Mutex<T>) -> Result<MutexGuard<'a, T>, StoreError> {
        self.log.open()?;
        Ok(locked(part))
    }
}

/// A channel's id, and a person's.
type Person = (String, String);

fn person(channel_id: &str, person: &str) -> Person {
    (channel_id.to_owned(), person.to_owned())
}

/// To the millisecond, as a store on the disk keeps it.
fn to_millisecond(moment: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(moment.as_millisecond()).unwrap_or_default()
}

/// Whoever panicked while it was locked has left nothing half done: each change is one step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
