//! The ledger of sends: with it, a request that is made again never sends again what may have been sent.
//!
//! A send is written down before it is tried. If the process dies before the outcome is written too, nobody can tell
//! whether the provider took the message; the ledger then says so, for good, and does not guess.

use std::fmt;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde_json::value::RawValue;

use super::EngineError;
use super::writer::Writer;

const BEGIN: &str = "INSERT INTO sends (channel_id, key, fingerprint, begun_at) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (channel_id, key) DO NOTHING";
const LOOK_UP: &str = "SELECT fingerprint, reply FROM sends WHERE channel_id = ?1 AND key = ?2";
const FINISH: &str = "UPDATE sends SET reply = ?3 WHERE channel_id = ?1 AND key = ?2 AND reply IS NULL";
const ABANDON: &str = "DELETE FROM sends WHERE channel_id = ?1 AND key = ?2 AND reply IS NULL";

/// Remembers, durably, which sends were begun under which idempotency key.
#[derive(Debug, Clone)]
pub struct SendLedger {
    writer: Writer,
}

/// What the ledger knows of a key.
#[derive(Debug)]
#[must_use]
pub enum Begin {
    /// Nothing: it is now written down as begun, and the caller may send.
    New(OpenSend),
    /// The same message was sent under it. This is the reply that was kept; do not send.
    Finished(Box<RawValue>),
    /// The same message is being sent now, or its outcome was lost. It may have been sent; do not send.
    InFlightOrUnknown,
    /// The key was used for another message. Do not send; the caller must choose another key.
    KeyReusedForAnotherMessage,
}

/// A send that was begun by this caller. Dropped unsettled, its outcome stays unknown.
#[must_use = "a send that is not settled can never be made again under its key"]
pub struct OpenSend {
    writer: Writer,
    channel_id: String,
    key: String,
}

impl SendLedger {
    pub(super) const fn new(writer: Writer) -> Self {
        Self { writer }
    }

    /// Asks for leave to send, and returns after the answer is on the disk.
    ///
    /// `fingerprint` is a SHA-256 of the message, by which a key that is used twice for different messages is found out.
    ///
    /// # Errors
    ///
    /// On any error nothing may be sent. [`EngineError::Busy`] at once when too much is waiting;
    /// [`EngineError::Refused`] when the channel or the key is empty.
    pub async fn begin(&self, channel_id: &str, key: &str, fingerprint: [u8; 32]) -> Result<Begin, EngineError> {
        let begun_at = Timestamp::now().as_millisecond();
        let open = OpenSend { writer: self.writer.clone(), channel_id: channel_id.to_owned(), key: key.to_owned() };
        self.writer.submit(1, move |scope| begin(scope.connection, open, fingerprint, begun_at)).await
    }
}

impl OpenSend {
    /// Keeps the reply; whoever comes again with the same key and message gets it.
    ///
    /// Call it for every outcome that is known, a provider's refusal too. It waits for room rather than be
    /// [`EngineError::Busy`].
    ///
    /// # Errors
    ///
    /// The outcome then stays unknown. [`EngineError::NotOpen`] when the entry has vanished.
    pub async fn finish(self, reply: Box<RawValue>) -> Result<(), EngineError> {
        self.settle(move |connection, channel_id, key| {
            connection.prepare_cached(FINISH)?.execute([channel_id, key, reply.get()])
        })
        .await
    }

    /// Forgets the send, so that the same key may try again. **Only when it is certain that nothing was sent.**
    ///
    /// # Errors
    ///
    /// The outcome then stays unknown. [`EngineError::NotOpen`] when the entry has vanished.
    pub async fn abandon(self) -> Result<(), EngineError> {
        self.settle(|connection, channel_id, key| connection.prepare_cached(ABANDON)?.execute([channel_id, key])).await
    }

    /// What has happened must be written down, so this waits for room.
    async fn settle<F>(self, change: F) -> Result<(), EngineError>
    where
        F: FnOnce(&Connection, &str, &str) -> rusqlite::Result<usize> + Send + 'static,
    {
        let Self { writer, channel_id, key } = self;
        writer
            .submit_when_room(move |scope| {
                match change(scope.connection, &channel_id, &key).map_err(EngineError::storage("settle a send"))? {
                    1 => Ok(()),
                    _ => Err(EngineError::NotOpen),
                }
            })
            .await
    }
}

impl fmt::Debug for OpenSend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenSend").field("channel_id", &self.channel_id).finish_non_exhaustive()
    }
}

fn begin(connection: &Connection, open: OpenSend, fingerprint: [u8; 32], begun_at: i64) -> Result<Begin, EngineError> {
    let failed = EngineError::storage("begin a send");
    let mut insert = connection.prepare_cached(BEGIN).map_err(&failed)?;
    if insert.execute(params![open.channel_id, open.key, fingerprint, begun_at]).map_err(&failed)? == 1 {
        return Ok(Begin::New(open));
    }
    let mut look_up = connection.prepare_cached(LOOK_UP).map_err(&failed)?;
    let (known, reply): (Vec<u8>, Option<String>) =
        look_up.query_row([&open.channel_id, &open.key], |row| Ok((row.get(0)?, row.get(1)?))).map_err(&failed)?;
    if known != fingerprint {
        return Ok(Begin::KeyReusedForAnotherMessage);
    }
    let Some(reply) = reply else { return Ok(Begin::InFlightOrUnknown) };
    RawValue::from_string(reply).map(Begin::Finished).map_err(|_| EngineError::CorruptReply)
}
