//! What has no id of its own, and happens again: known by its fingerprint, its entry's time and its subject.

use channel_api::Identity;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::placed::no_news;
use crate::store::Placed;

const SEEN: &str =
    "SELECT seq, received_at FROM entry_times WHERE channel_id = ?1 AND fingerprint = ?2 AND entry_time = ?3";
const LAST_SAID: &str =
    "SELECT seq, received_at FROM subjects WHERE channel_id = ?1 AND subject = ?2 AND fingerprint = ?3";
const SEE: &str = "INSERT INTO entry_times (channel_id, fingerprint, entry_time, seq, received_at)
     VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
const SAY: &str =
    "INSERT INTO subjects (channel_id, subject, fingerprint, seq, received_at) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (channel_id, subject) DO UPDATE
     SET fingerprint = excluded.fingerprint, seq = excluded.seq, received_at = excluded.received_at";
/// The id itself and those with a number behind it: `.` is the character after `-`.
const COUNT: &str = "SELECT max(CASE WHEN id = ?2 THEN 1 ELSE CAST(substr(id, length(?2) + 2) AS INTEGER) END)
     FROM events WHERE channel_id = ?1 AND id >= ?2 AND id < ?2 || '.'";

/// An event of a channel that may happen again.
pub(super) struct Derived<'a> {
    connection: &'a Connection,
    channel_id: &'a str,
    id: String,
    fingerprint: &'a [u8],
    subject: Option<&'a [u8]>,
    /// In milliseconds since 1970.
    entry_time: i64,
}

impl<'a> Derived<'a> {
    /// `None` where an event is known by its id, or by its fingerprint alone.
    pub(super) fn of(connection: &'a Connection, channel_id: &'a str, identity: &'a Identity) -> Option<Self> {
        let Identity::Derived { fingerprint, subject, entry_time: Some(entry_time) } = identity else { return None };
        let subject = subject.as_ref().map(<[u8; 16]>::as_slice);
        let entry_time = entry_time.as_millis();
        Some(Self { connection, channel_id, id: identity.id(), fingerprint, subject, entry_time })
    }

    /// Where it stands if it is a redelivery, or says of its subject what was said of it last. Its time is remembered then.
    pub(super) fn known(&self, now: i64) -> rusqlite::Result<Option<Placed>> {
        let mut seen = self.connection.prepare_cached(SEEN)?;
        let key = params![self.channel_id, self.fingerprint, self.entry_time];
        if let Some(redelivered) = seen.query_row(key, no_news).optional()? {
            return Ok(Some(redelivered));
        }
        let Some(subject) = self.subject else { return Ok(None) };
        let mut last_said = self.connection.prepare_cached(LAST_SAID)?;
        let repeated = last_said.query_row(params![self.channel_id, subject, self.fingerprint], no_news).optional()?;
        if let Some(repeated) = repeated {
            self.see(repeated.seq, now)?;
        }
        Ok(repeated)
    }

    /// The id of the first with this fingerprint, or that with the next number.
    pub(super) fn next_id(&self) -> rusqlite::Result<String> {
        let mut count = self.connection.prepare_cached(COUNT)?;
        let last = |row: &Row<'_>| row.get::<_, Option<i64>>(0);
        let last = count.query_row(params![self.channel_id, self.id], last)?;
        Ok(last.map_or_else(|| self.id.clone(), |last| format!("{}-{}", self.id, last + 1)))
    }

    /// After it was stored there.
    pub(super) fn remember(&self, placed: Placed) -> rusqlite::Result<()> {
        let at = placed.received_at.as_millisecond();
        self.see(placed.seq, at)?;
        if let Some(subject) = self.subject {
            let row = params![self.channel_id, subject, self.fingerprint, placed.seq.cast_signed(), at];
            self.connection.prepare_cached(SAY)?.execute(row)?;
        }
        Ok(())
    }

    fn see(&self, seq: u64, at: i64) -> rusqlite::Result<()> {
        let row = params![self.channel_id, self.fingerprint, self.entry_time, seq.cast_signed(), at];
        self.connection.prepare_cached(SEE)?.execute(row).map(drop)
    }
}
