//! The database's tables and how its connections are set up.

use std::fs::File;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, TransactionBehavior};

use super::data_dir::DataDir;
use super::writer::Kept;
use super::{entry_times, replies};
use crate::store::StoreError;

/// Changes the tables, then does with what is in them what SQL cannot.
struct Step {
    tables: &'static str,
    then: fn(&Connection) -> Result<(), StoreError>,
}

impl Step {
    const fn tables(tables: &'static str) -> Self {
        Self { tables, then: |_| Ok(()) }
    }
}

/// One step a release; `user_version` counts the steps taken. Never change a step that was released.
const STEPS: &[Step] = &[
    // AUTOINCREMENT: a number is not given out again after its event is deleted, or a consumer would miss the new one.
    Step::tables(
        "CREATE TABLE events (
         seq         INTEGER PRIMARY KEY AUTOINCREMENT,
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         id          TEXT NOT NULL CHECK (id <> ''),
         name        TEXT NOT NULL CHECK (name <> ''),
         person      TEXT,
         data        TEXT NOT NULL,
         received_at INTEGER NOT NULL
     ) STRICT;
     CREATE UNIQUE INDEX events_once ON events (channel_id, id);
     CREATE INDEX events_of_channel ON events (channel_id, seq);

     CREATE TABLE sends (
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         key         TEXT NOT NULL CHECK (key <> ''),
         fingerprint BLOB NOT NULL,
         begun_at    INTEGER NOT NULL,
         reply       TEXT,
         PRIMARY KEY (channel_id, key)
     ) STRICT, WITHOUT ROWID;

     CREATE TABLE people (
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         person      TEXT NOT NULL CHECK (person <> ''),
         profile     TEXT,
         expires_at  INTEGER NOT NULL,
         PRIMARY KEY (channel_id, person)
     ) STRICT, WITHOUT ROWID;

     CREATE TABLE health (
         id          INTEGER PRIMARY KEY CHECK (id = 1),
         checks      INTEGER NOT NULL
     ) STRICT;",
    ),
    // Who answers a person, why a profile could not be had, and what the provider keeps for us.
    Step::tables(
        "CREATE TABLE threads (
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         person      TEXT NOT NULL CHECK (person <> ''),
         owner       TEXT NOT NULL,
         since       INTEGER NOT NULL,
         PRIMARY KEY (channel_id, person)
     ) STRICT, WITHOUT ROWID;

     CREATE INDEX events_of_person ON events (channel_id, person, seq) WHERE person IS NOT NULL;

     ALTER TABLE people ADD COLUMN trouble TEXT;

     CREATE TABLE uploads (
         channel_id    TEXT NOT NULL CHECK (channel_id <> ''),
         kind          TEXT NOT NULL CHECK (kind <> ''),
         digest        BLOB NOT NULL,
         attachment_id TEXT NOT NULL CHECK (attachment_id <> ''),
         expires_at    INTEGER,
         PRIMARY KEY (channel_id, kind, digest)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX uploads_by_id ON uploads (channel_id, attachment_id);",
    ),
    // What an event is on every channel; how often a profile has changed; messages that are accepted before they are begun.
    Step {
        tables: "ALTER TABLE events ADD COLUMN kind TEXT;
     UPDATE events SET kind = 'message.quick_reply' WHERE name LIKE '%.quick\\_reply' ESCAPE '\\';
     UPDATE events SET kind = 'message.postback' WHERE name LIKE '%.postback';

     ALTER TABLE people ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

     CREATE TABLE outbox (
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         key         TEXT NOT NULL CHECK (key <> ''),
         fingerprint BLOB NOT NULL,
         accepted_at INTEGER NOT NULL,
         begun_at    INTEGER,
         attempt     INTEGER,
         outcome     TEXT,
         PRIMARY KEY (channel_id, key)
     ) STRICT, WITHOUT ROWID;
     INSERT INTO outbox SELECT channel_id, key, fingerprint, begun_at, begun_at, NULL, reply FROM sends;
     DROP TABLE sends;",
        then: replies::to_outcomes,
    },
    // By what is known that an event without an id is no news.
    Step {
        tables: "CREATE TABLE entry_times (
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         fingerprint BLOB NOT NULL,
         entry_time  INTEGER NOT NULL,
         seq         INTEGER NOT NULL,
         received_at INTEGER NOT NULL,
         PRIMARY KEY (channel_id, fingerprint, entry_time)
     ) STRICT, WITHOUT ROWID;

     CREATE TABLE subjects (
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         subject     BLOB NOT NULL,
         fingerprint BLOB NOT NULL,
         seq         INTEGER NOT NULL,
         received_at INTEGER NOT NULL,
         PRIMARY KEY (channel_id, subject)
     ) STRICT, WITHOUT ROWID;",
        then: entry_times::of_events,
    },
    // Who cannot be reached until they write.
    Step::tables(
        "CREATE TABLE unavailable (
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         person      TEXT NOT NULL CHECK (person <> ''),
         code        TEXT NOT NULL,
         since       INTEGER NOT NULL,
         PRIMARY KEY (channel_id, person)
     ) STRICT, WITHOUT ROWID;",
    ),
    // Every message has an id and is kept, also one without a key. What was begun and never ended may have been sent.
    Step::tables(
        "CREATE TABLE messages (
         seq         INTEGER PRIMARY KEY AUTOINCREMENT,
         id          TEXT NOT NULL UNIQUE CHECK (id <> ''),
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         person      TEXT,
         key         TEXT CHECK (key <> ''),
         fingerprint BLOB NOT NULL,
         message     TEXT NOT NULL,
         status      TEXT NOT NULL,
         attempt     INTEGER,
         accepted_at INTEGER NOT NULL,
         changed_at  INTEGER NOT NULL,
         outcome     TEXT
     ) STRICT;
     CREATE UNIQUE INDEX messages_by_key ON messages (channel_id, key) WHERE key IS NOT NULL;
     CREATE INDEX messages_of_person ON messages (channel_id, person, seq);
     CREATE INDEX messages_by_status ON messages (status, seq);

     INSERT INTO messages (id, channel_id, key, fingerprint, message, status, accepted_at, changed_at, outcome)
         SELECT 'msg_' || lower(hex(randomblob(16))), channel_id, key, fingerprint, '{}',
             CASE
                 WHEN outcome IS NULL OR NOT json_valid(outcome) THEN 'unknown'
                 WHEN json_extract(outcome, '$.failure') IS NULL THEN 'sent'
                 WHEN json_extract(outcome, '$.failure.retry.advice') = 'if_idempotent' THEN 'unknown'
                 ELSE 'failed'
             END,
             accepted_at, begun_at, outcome
         FROM outbox WHERE begun_at IS NOT NULL ORDER BY begun_at;
     DROP TABLE outbox;",
    ),
    // What was done here about channels' subscriptions.
    Step::tables(
        "CREATE TABLE subscriptions (
         channel_id  TEXT NOT NULL PRIMARY KEY CHECK (channel_id <> ''),
         ended_at    INTEGER,
         mended_at   INTEGER
     ) STRICT, WITHOUT ROWID;",
    ),
    // How people opened the window in which they may be written to. What earlier events opened only their channel could say: those
    // windows are not known until people write again.
    Step::tables(
        "CREATE TABLE openings (
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         person      TEXT NOT NULL CHECK (person <> ''),
         opened_by   TEXT NOT NULL,
         opened_at   INTEGER NOT NULL,
         PRIMARY KEY (channel_id, person, opened_by)
     ) STRICT, WITHOUT ROWID;",
    ),
    // Accept, then send: what waits for another attempt, each attempt with its calls, each part with what its echo and receipts are
    // known by, and each step that is told. Keys are not freed any more.
    Step::tables(
        "ALTER TABLE messages ADD COLUMN parts INTEGER;
     ALTER TABLE messages ADD COLUMN reference TEXT;
     ALTER TABLE messages ADD COLUMN implied BLOB;
     ALTER TABLE messages ADD COLUMN broadcast TEXT;
     ALTER TABLE messages ADD COLUMN round INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE messages ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE messages ADD COLUMN tried_at INTEGER;
     ALTER TABLE messages ADD COLUMN due_at INTEGER;
     ALTER TABLE messages ADD COLUMN retried_behind INTEGER;
     CREATE INDEX messages_unanswered ON messages (seq) WHERE implied IS NOT NULL;
     DROP INDEX messages_by_status;
     CREATE INDEX messages_open ON messages (status, seq) WHERE status IN ('accepted', 'begun', 'failed', 'unknown');

     CREATE TABLE attempts (
         message     INTEGER NOT NULL,
         number      INTEGER NOT NULL,
         began_at    INTEGER NOT NULL,
         ended_at    INTEGER,
         calls       TEXT NOT NULL,
         receipts    TEXT,
         failure     TEXT,
         PRIMARY KEY (message, number)
     ) STRICT, WITHOUT ROWID;

     CREATE TABLE parts (
         message     INTEGER NOT NULL,
         part        INTEGER NOT NULL,
         channel_id  TEXT NOT NULL,
         person      TEXT,
         token       TEXT,
         message_id  TEXT,
         status      TEXT NOT NULL,
         began_at    INTEGER NOT NULL,
         sent_at     INTEGER,
         PRIMARY KEY (message, part)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX parts_by_token ON parts (token) WHERE token IS NOT NULL;
     CREATE INDEX parts_by_message_id ON parts (channel_id, message_id) WHERE message_id IS NOT NULL;
     CREATE INDEX parts_of_person ON parts (channel_id, person, began_at) WHERE status IN ('sent', 'delivered');

     CREATE TABLE steps (
         seq         INTEGER PRIMARY KEY AUTOINCREMENT,
         message     INTEGER NOT NULL,
         round       INTEGER NOT NULL,
         status      TEXT NOT NULL,
         at          INTEGER NOT NULL
     ) STRICT;
     CREATE INDEX steps_of_message ON steps (message);",
    ),
    // Which channels send nothing because somebody said so.
    Step::tables(
        "CREATE TABLE pauses (
         channel_id  TEXT NOT NULL PRIMARY KEY CHECK (channel_id <> ''),
         since       INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID;",
    ),
    // From where on the log is kept, up to which message keys are free again, and what is gone and must not come back.
    Step::tables(
        "CREATE TABLE log (
         id          INTEGER PRIMARY KEY CHECK (id = 1),
         first_seq   INTEGER NOT NULL,
         salt        BLOB NOT NULL,
         keys_until  INTEGER NOT NULL
     ) STRICT;
     INSERT INTO log SELECT 1, coalesce(min(seq), 1), randomblob(16), 0 FROM events;

     CREATE TABLE gone_ids (
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         digest      BLOB NOT NULL,
         seq         INTEGER NOT NULL,
         received_at INTEGER NOT NULL,
         PRIMARY KEY (channel_id, digest)
     ) STRICT, WITHOUT ROWID;

     CREATE TABLE gone_keys (
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         digest      BLOB NOT NULL,
         accepted_at INTEGER NOT NULL,
         PRIMARY KEY (channel_id, digest)
     ) STRICT, WITHOUT ROWID;

     CREATE TABLE erased (
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         person      BLOB NOT NULL,
         at          INTEGER NOT NULL,
         PRIMARY KEY (channel_id, person)
     ) STRICT, WITHOUT ROWID;",
    ),
    // What people may answer by number.
    Step::tables(
        "CREATE TABLE choices (
         channel_id  TEXT NOT NULL CHECK (channel_id <> ''),
         person      TEXT NOT NULL CHECK (person <> ''),
         choices     TEXT NOT NULL,
         since       INTEGER NOT NULL,
         PRIMARY KEY (channel_id, person)
     ) STRICT, WITHOUT ROWID;",
    ),
    // Of which message an event is the provider's copy, how far consumers have come, and receipts that wait for their messages. What
    // was sent before had no copy that could be told, so the consumer that looks for them begins behind it.
    Step::tables(
        "ALTER TABLE events ADD COLUMN copy TEXT;

     CREATE TABLE cursors (
         consumer    TEXT NOT NULL PRIMARY KEY CHECK (consumer <> ''),
         place       INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX parts_open ON parts (channel_id, person) WHERE status IN ('begun', 'unknown');

     CREATE TABLE receipts (
         seq         INTEGER PRIMARY KEY,
         channel_id  TEXT NOT NULL,
         whose       TEXT NOT NULL CHECK (whose IN ('message', 'person')),
         id          TEXT NOT NULL,
         status      TEXT NOT NULL,
         watermark   INTEGER,
         ahead       INTEGER,
         heard_at    INTEGER NOT NULL,
         UNIQUE (channel_id, whose, id, status)
     ) STRICT;

     INSERT INTO cursors (consumer, place) SELECT 'statuses', seq FROM sqlite_sequence WHERE name = 'events' AND seq > 0;",
    ),
    // By what messages are looked for besides channel, person and status.
    Step::tables(
        "CREATE INDEX messages_by_time ON messages (accepted_at);
     CREATE INDEX messages_by_reference ON messages (reference, seq) WHERE reference IS NOT NULL;
     CREATE INDEX messages_of_broadcast ON messages (broadcast, seq) WHERE broadcast IS NOT NULL;",
    ),
    // One message to a list of people. Of who was erased nothing is left but that somebody stood in that place.
    Step::tables(
        "CREATE TABLE broadcasts (
         seq            INTEGER PRIMARY KEY AUTOINCREMENT,
         id             TEXT NOT NULL UNIQUE CHECK (id <> ''),
         channel_id     TEXT NOT NULL CHECK (channel_id <> ''),
         key            TEXT CHECK (key <> ''),
         fingerprint    BLOB NOT NULL,
         message        TEXT NOT NULL,
         reference      TEXT,
         state          TEXT NOT NULL,
         at             INTEGER,
         created_at     INTEGER NOT NULL,
         changed_at     INTEGER NOT NULL,
         total          INTEGER NOT NULL DEFAULT 0,
         taken          INTEGER NOT NULL DEFAULT 0,
         next           INTEGER NOT NULL DEFAULT 0,
         tried_before   INTEGER NOT NULL DEFAULT 0,
         refused_before INTEGER NOT NULL DEFAULT 0
     ) STRICT;
     CREATE UNIQUE INDEX broadcasts_by_key ON broadcasts (channel_id, key) WHERE key IS NOT NULL;

     CREATE TABLE recipients (
         broadcast   INTEGER NOT NULL,
         position    INTEGER NOT NULL,
         person      TEXT,
         message     TEXT,
         skipped     TEXT,
         PRIMARY KEY (broadcast, position)
     ) STRICT, WITHOUT ROWID;
     CREATE UNIQUE INDEX recipients_once ON recipients (broadcast, person);
     CREATE INDEX recipients_skipped ON recipients (broadcast, skipped) WHERE skipped IS NOT NULL;

     CREATE INDEX messages_by_broadcast ON messages (broadcast, status) WHERE broadcast IS NOT NULL;",
    ),
    // Who brought a message, where that was not a caller of this host.
    Step::tables("ALTER TABLE messages ADD COLUMN origin TEXT;"),
    // What lies on a bus.
    Step::tables(
        "CREATE TABLE marks (
         channel_id   TEXT NOT NULL CHECK (channel_id <> ''),
         event_seq    INTEGER NOT NULL,
         kind         TEXT NOT NULL,
         person       TEXT,
         nats_id      TEXT NOT NULL,
         stream_seq   INTEGER NOT NULL,
         published_at INTEGER NOT NULL,
         tries        INTEGER NOT NULL,
         proven       INTEGER NOT NULL,
         again        INTEGER NOT NULL,
         settings     INTEGER NOT NULL,
         state        TEXT NOT NULL,
         PRIMARY KEY (channel_id, event_seq)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX marks_in_stream ON marks (kind, stream_seq);
     CREATE INDEX marks_aside ON marks (state, channel_id, event_seq) WHERE state <> 'published';",
    ),
];

/// Statements that a connection keeps prepared: more than there are, so that none is read anew in turn with others.
const STATEMENTS: usize = 256;

/// Opens the writing connection of a prepared directory and brings the tables up to date.
pub(super) fn open_for_writing(dir: &DataDir, _lock: &File) -> Result<Connection, StoreError> {
    let failed = StoreError::storage("open its database");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(dir.database(), flags).map_err(&failed)?;
    // Only where there is no table yet: an older store keeps its mode.
    connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL").map_err(&failed)?;
    let journal: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(&failed)?;
    if journal != "wal" {
        let cause = std::io::Error::other("SQLite's write-ahead log does not work on this file system");
        return Err(dir.unusable()(cause));
    }
    // FULL: a commit has reached the disk before anyone is told of it.
    connection
        .execute_batch(
            "PRAGMA synchronous = FULL;
             PRAGMA busy_timeout = 5000;
             PRAGMA journal_size_limit = 67108864;
             PRAGMA secure_delete = ON;
             PRAGMA trusted_schema = OFF;",
        )
        .map_err(&failed)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    migrate(&mut connection)?;
    Ok(connection)
}

/// Opens a connection that can only read.
pub(super) fn open_for_reading(dir: &DataDir) -> Result<Connection, StoreError> {
    let failed = StoreError::storage("open its database for reading");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(dir.database(), flags).map_err(&failed)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF;").map_err(&failed)?;
    match (version(&connection)?, known()) {
        // A server makes it at this moment, or somebody left an empty file.
        (0, _) => Err(StoreError::NotFound { path: dir.path().to_owned() }),
        (found, known) if found < known => Err(StoreError::OlderFormat { found, known }),
        _ => Ok(connection),
    }
}

/// The first number of what is kept of the log, and the last ever given out.
pub(super) fn kept(connection: &Connection) -> Result<Kept, StoreError> {
    let last: Option<i64> = connection
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'events'", [], |row| row.get(0))
        .optional()
        .map_err(StoreError::storage("find its last event"))?;
    Ok(Kept { first_seq: first_seq(connection)?, last_seq: last.unwrap_or(0).cast_unsigned() })
}

/// The first number of what is kept of the log.
pub(super) fn first_seq(connection: &Connection) -> Result<u64, StoreError> {
    let first = connection.query_row("SELECT first_seq FROM log", [], |row| row.get::<_, i64>(0));
    first.map(i64::cast_unsigned).map_err(StoreError::storage("find its first event"))
}

/// The steps taken so far, refused when this release does not know them all.
fn version(connection: &Connection) -> Result<u32, StoreError> {
    let found = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(StoreError::storage("read its format"))?;
    let known = known();
    if found > known {
        return Err(StoreError::NewerFormat { found, known });
    }
    Ok(found)
}

/// How many steps this release knows.
fn known() -> u32 {
    (1..).zip(STEPS).last().map_or(0, |(step, _)| step)
}

/// The tables of the first format.
#[cfg(test)]
pub(super) fn first_step() -> &'static str {
    STEPS[0].tables
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let failed = StoreError::storage("bring its tables up to date");
    let taken = version(connection)?;
    for (step, Step { tables, then }) in (1..).zip(STEPS).filter(|(step, _)| *step > taken) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&failed)?;
        transaction.execute_batch(tables).map_err(&failed)?;
        then(&transaction)?;
        transaction.pragma_update(None, "user_version", step).map_err(&failed)?;
        transaction.commit().map_err(&failed)?;
    }
    Ok(())
}
