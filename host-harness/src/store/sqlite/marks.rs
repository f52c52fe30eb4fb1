use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::{Reader, Sqlite};
use crate::store::{Mark, MarkKind, MarkState, Marks, StoreError};

const PUT: &str = "INSERT INTO marks
     (channel_id, event_seq, kind, person, nats_id, stream_seq, published_at, tries, proven, again, settings, state)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
     ON CONFLICT (channel_id, event_seq) DO UPDATE SET kind = excluded.kind, nats_id = excluded.nats_id,
         stream_seq = excluded.stream_seq, published_at = excluded.published_at, tries = excluded.tries,
         proven = excluded.proven, again = excluded.again, settings = excluded.settings,
         person = CASE WHEN state = 'erased' THEN NULL ELSE excluded.person END,
         state = CASE WHEN state = 'erased' THEN state ELSE excluded.state END";
const OF_CHANNEL: &str = "SELECT * FROM marks WHERE channel_id = ?1 AND event_seq > ?2 ORDER BY event_seq LIMIT ?3";
const IN_STREAM: &str = "SELECT * FROM marks WHERE kind = ?1 AND stream_seq > ?2 ORDER BY stream_seq LIMIT ?3";
/// The index leaves those out that were only published.
const IN_STATE: &str =
    "SELECT * FROM marks WHERE state = ?1 AND state <> 'published' ORDER BY channel_id, event_seq LIMIT ?2";
const CHANGE: &str = "UPDATE marks SET state = ?4
     WHERE channel_id = ?1 AND event_seq = ?2 AND stream_seq = ?3 AND state <> 'erased'";
const FORGET: &str = "DELETE FROM marks WHERE channel_id = ?1 AND event_seq = ?2 AND stream_seq = ?3";
const FIRST: &str =
    "SELECT min(event_seq) FROM marks WHERE channel_id = ?1 AND state IN ('published', 'given_up', 'due')";
const ERASE: &str =
    "UPDATE marks SET person = NULL, nats_id = '', state = 'erased' WHERE channel_id = ?1 AND person = ?2";

impl Reader {
    /// Marks of a channel's events after this number, in the order of the log.
    ///
    /// # Errors
    ///
    /// As [`Marks::of_channel`].
    pub async fn marks_of_channel(&self, channel_id: &str, after: u64, limit: usize) -> Result<Vec<Mark>, StoreError> {
        let (channel_id, limit) = (channel_id.to_owned(), i64::try_from(limit).unwrap_or(i64::MAX));
        let read = move |connection: &Connection| -> rusqlite::Result<Vec<_>> {
            let mut marks = connection.prepare_cached(OF_CHANNEL)?;
            marks.query_map(params![channel_id, after.cast_signed(), limit], mark)?.collect()
        };
        self.run(move |connection| read(connection).map_err(failed())).await
    }
}

#[async_trait]
impl Marks for Sqlite {
    async fn put(&self, marks: Vec<Mark>) -> Result<(), StoreError> {
        if marks.iter().any(|mark| mark.channel_id.is_empty()) {
            return Err(StoreError::Refused);
        }
        self.each(marks, |connection, mark| {
            let row = params![
                mark.channel_id,
                mark.event_seq.cast_signed(),
                mark.kind.word(),
                mark.person,
                mark.nats_id,
                mark.stream_seq.cast_signed(),
                mark.published_at.as_millisecond(),
                mark.tries,
                mark.proven,
                mark.again,
                mark.settings.cast_signed(),
                mark.state.word(),
            ];
            connection.prepare_cached(PUT)?.execute(row)
        })
        .await
    }

    async fn of_channel(&self, channel_id: &str, after: u64, limit: usize) -> Result<Vec<Mark>, StoreError> {
        self.reader.marks_of_channel(channel_id, after, limit).await
    }

    async fn in_stream(&self, kind: MarkKind, after: u64, limit: usize) -> Result<Vec<Mark>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = move |connection: &Connection| -> rusqlite::Result<Vec<_>> {
            let mut marks = connection.prepare_cached(IN_STREAM)?;
            marks.query_map(params![kind.word(), after.cast_signed(), limit], mark)?.collect()
        };
        self.reader.run(move |connection| read(connection).map_err(failed())).await
    }

    async fn in_state(&self, state: MarkState, limit: usize) -> Result<Vec<Mark>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = move |connection: &Connection| -> rusqlite::Result<Vec<_>> {
            let mut marks = connection.prepare_cached(IN_STATE)?;
            marks.query_map(params![state.word(), limit], mark)?.collect()
        };
        self.reader.run(move |connection| read(connection).map_err(failed())).await
    }

    async fn change(&self, marks: Vec<Mark>, to: MarkState) -> Result<(), StoreError> {
        self.each(marks, move |connection, mark| {
            let Mark { channel_id, event_seq, stream_seq, .. } = mark;
            let row = params![channel_id, event_seq.cast_signed(), stream_seq.cast_signed(), to.word()];
            connection.prepare_cached(CHANGE)?.execute(row)
        })
        .await
    }

    async fn forget(&self, marks: Vec<Mark>) -> Result<(), StoreError> {
        self.each(marks, |connection, mark| {
            let Mark { channel_id, event_seq, stream_seq, .. } = mark;
            let row = params![channel_id, event_seq.cast_signed(), stream_seq.cast_signed()];
            connection.prepare_cached(FORGET)?.execute(row)
        })
        .await
    }

    async fn first(&self, channel_id: &str) -> Result<Option<u64>, StoreError> {
        let channel_id = channel_id.to_owned();
        let read = move |connection: &Connection| -> rusqlite::Result<Option<i64>> {
            connection.prepare_cached(FIRST)?.query_row([channel_id], |row| row.get(0))
        };
        let first = self.reader.run(move |connection| read(connection).map_err(failed())).await?;
        Ok(first.map(i64::cast_unsigned))
    }

    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        let erase = move |connection: &Connection| connection.execute(ERASE, [channel_id, person]).map(drop);
        self.writer.submit_when_room(move |scope| erase(scope.connection).map_err(failed())).await
    }
}

impl Sqlite {
    async fn each(
        &self,
        marks: Vec<Mark>,
        change: impl Fn(&Connection, &Mark) -> rusqlite::Result<usize> + Send + 'static,
    ) -> Result<(), StoreError> {
        if marks.is_empty() {
            return Ok(());
        }
        self.writer
            .submit_when_room(move |scope| {
                marks.iter().try_for_each(|mark| change(scope.connection, mark).map(drop)).map_err(failed())
            })
            .await
    }
}

fn failed() -> impl Fn(rusqlite::Error) -> StoreError {
    StoreError::storage("keep what lies on the bus")
}

/// A word that this release does not know is what the most careful would take it for.
fn mark(row: &Row<'_>) -> rusqlite::Result<Mark> {
    let (kind, state): (String, String) = (row.get("kind")?, row.get("state")?);
    Ok(Mark {
        channel_id: row.get("channel_id")?,
        event_seq: row.get::<_, i64>("event_seq")?.cast_unsigned(),
        kind: MarkKind::ALL.into_iter().find(|known| known.word() == kind).unwrap_or(MarkKind::Message),
        person: row.get("person")?,
        nats_id: row.get("nats_id")?,
        stream_seq: row.get::<_, i64>("stream_seq")?.cast_unsigned(),
        published_at: Timestamp::from_millisecond(row.get("published_at")?).unwrap_or(Timestamp::UNIX_EPOCH),
        tries: row.get("tries")?,
        proven: row.get("proven")?,
        again: row.get("again")?,
        settings: row.get::<_, i64>("settings")?.cast_unsigned(),
        state: MarkState::ALL.into_iter().find(|known| known.word() == state).unwrap_or(MarkState::Refused),
    })
}
