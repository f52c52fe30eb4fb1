//! What is gone and must not come back: events that may be delivered again, messages that may be given again, and people who were
//! erased. All are known by salted hashes, so that the database names none.

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use super::placed::{no_news, time};
use crate::store::Placed;

const FIND: &str = "SELECT seq, received_at FROM gone_ids WHERE channel_id = ?1 AND digest = ?2";
const REMEMBER: &str = "INSERT INTO gone_ids (channel_id, digest, seq, received_at) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT DO NOTHING";
const FIND_KEY: &str = "SELECT 1 FROM gone_keys WHERE channel_id = ?1 AND digest = ?2";
const REMEMBER_KEY: &str = "INSERT INTO gone_keys (channel_id, digest, accepted_at) VALUES (?1, ?2, ?3)
     ON CONFLICT DO NOTHING";
const ERASED_AT: &str = "SELECT at FROM erased WHERE channel_id = ?1 AND person = ?2";
const ERASE: &str = "INSERT INTO erased (channel_id, person, at) VALUES (?1, ?2, ?3)
     ON CONFLICT (channel_id, person) DO UPDATE SET at = max(at, excluded.at)";

/// A salted hash.
pub(super) type Hash = [u8; 16];

/// What is gone. Most stores have nobody erased and nothing expired: then no event is hashed.
#[derive(Debug)]
pub(super) struct Gone {
    salt: Vec<u8>,
    events: AtomicBool,
    keys: AtomicBool,
    people: AtomicBool,
}

impl Gone {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let any = |table: &str| {
            connection.query_row(&format!("SELECT EXISTS (SELECT 1 FROM {table})"), [], |row| row.get::<_, bool>(0))
        };
        Ok(Self {
            salt: connection.query_row("SELECT salt FROM log", [], |row| row.get(0))?,
            events: any("gone_ids")?.into(),
            keys: any("gone_keys")?.into(),
            people: any("erased")?.into(),
        })
    }

    /// A person of a channel, an event's id or a message's key, as it is kept.
    pub(super) fn hash(&self, channel_id: &str, name: &str) -> Hash {
        let hash = Sha256::new().chain_update(&self.salt).chain_update(channel_id).chain_update([0]).chain_update(name);
        let hash: [u8; 32] = hash.finalize().into();
        std::array::from_fn(|index| hash[index])
    }

    /// Where an event stood that is gone.
    pub(super) fn event(
        &self,
        connection: &Connection,
        channel_id: &str,
        id: &str,
    ) -> rusqlite::Result<Option<Placed>> {
        if !self.events.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let mut find = connection.prepare_cached(FIND)?;
        find.query_row(params![channel_id, self.hash(channel_id, id)], no_news).optional()
    }

    /// Remembers an event that is about to go.
    pub(super) fn goes(
        &self,
        connection: &Connection,
        (channel_id, id): (&str, &str),
        (seq, received_at): (i64, i64),
    ) -> rusqlite::Result<()> {
        self.events.store(true, Ordering::Relaxed);
        let row = params![channel_id, self.hash(channel_id, id), seq, received_at];
        connection.prepare_cached(REMEMBER)?.execute(row).map(drop)
    }

    /// Whether a key was that of a message which is gone.
    pub(super) fn has_key(&self, connection: &Connection, channel_id: &str, key: &str) -> rusqlite::Result<bool> {
        if !self.keys.load(Ordering::Relaxed) {
            return Ok(false);
        }
        connection.prepare_cached(FIND_KEY)?.exists(params![channel_id, self.hash(channel_id, key)])
    }

    /// Remembers the key of a message that is about to go.
    pub(super) fn key_goes(
        &self,
        connection: &Connection,
        channel_id: &str,
        key: &str,
        accepted_at: i64,
    ) -> rusqlite::Result<()> {
        self.keys.store(true, Ordering::Relaxed);
        let row = params![channel_id, self.hash(channel_id, key), accepted_at];
        connection.prepare_cached(REMEMBER_KEY)?.execute(row).map(drop)
    }

    /// When a person was erased.
    pub(super) fn erased_at(
        &self,
        connection: &Connection,
        channel_id: &str,
        person: &str,
    ) -> rusqlite::Result<Option<Timestamp>> {
        if !self.people.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let mut erased_at = connection.prepare_cached(ERASED_AT)?;
        let at =
            erased_at.query_row(params![channel_id, self.hash(channel_id, person)], |row| row.get(0)).optional()?;
        Ok(at.map(time))
    }

    /// Remembers that a person is erased.
    pub(super) fn erase(
        &self,
        connection: &Connection,
        channel_id: &str,
        person: &str,
        at: Timestamp,
    ) -> rusqlite::Result<()> {
        self.people.store(true, Ordering::Relaxed);
        let row = params![channel_id, self.hash(channel_id, person), at.as_millisecond()];
        connection.prepare_cached(ERASE)?.execute(row).map(drop)
    }
}
