use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::Sqlite;
use crate::store::{Conversations, Owned, StoreError};

const OWNER: &str = "SELECT owner, since FROM threads WHERE channel_id = ?1 AND person = ?2";
const SET_OWNER: &str = "INSERT INTO threads (channel_id, person, owner, since) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (channel_id, person) DO UPDATE SET owner = excluded.owner, since = excluded.since
     WHERE excluded.since > threads.since";
const LAST_MESSAGE: &str = "SELECT received_at FROM events WHERE channel_id = ?1 AND person = ?2
     AND (name IN ('message.received', 'message.echo') OR kind IN ('message.postback', 'message.quick_reply'))
     ORDER BY seq DESC LIMIT 1";

#[async_trait]
impl Conversations for Sqlite {
    async fn owner(&self, channel_id: &str, person: &str) -> Result<Option<Owned>, StoreError> {
        let key = [channel_id.to_owned(), person.to_owned()];
        let row: Option<(String, i64)> = self
            .reader
            .run(move |connection| {
                let failed = StoreError::storage("look up who answers");
                let mut owner = connection.prepare_cached(OWNER).map_err(&failed)?;
                owner.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(&failed)
            })
            .await?;
        // A damaged entry is as good as none: the next event says it again.
        Ok(row.and_then(|(owner, since)| {
            Some(Owned { owner: serde_json::from_str(&owner).ok()?, since: Timestamp::from_millisecond(since).ok()? })
        }))
    }

    async fn set_owner(&self, channel_id: &str, person: &str, owned: Owned) -> Result<(), StoreError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        self.writer
            .submit_when_room(move |scope| {
                set_owner(scope.connection, &channel_id, &person, &owned)
                    .map_err(StoreError::storage("write down who answers"))
            })
            .await
    }

    async fn last_message(&self, channel_id: &str, person: &str) -> Result<Option<Timestamp>, StoreError> {
        let key = [channel_id.to_owned(), person.to_owned()];
        let at: Option<i64> = self
            .reader
            .run(move |connection| {
                let failed = StoreError::storage("find a person's last message");
                let mut last = connection.prepare_cached(LAST_MESSAGE).map_err(&failed)?;
                last.query_row(key, |row| row.get(0)).optional().map_err(&failed)
            })
            .await?;
        Ok(at.and_then(|at| Timestamp::from_millisecond(at).ok()))
    }
}

fn set_owner(connection: &Connection, channel_id: &str, person: &str, owned: &Owned) -> rusqlite::Result<()> {
    let json = serde_json::to_string(&owned.owner);
    let json = json.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let row = params![channel_id, person, json, owned.since.as_millisecond()];
    connection.prepare_cached(SET_OWNER)?.execute(row).map(|_| ())
}
