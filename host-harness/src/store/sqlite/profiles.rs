use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::Sqlite;
use super::expiry::Ending;
use crate::store::{Profile, Profiles, StoreError};

const GET: &str = "SELECT profile, trouble, expires_at, version FROM people WHERE channel_id = ?1 AND person = ?2";
const PUT: &str = "INSERT INTO people (channel_id, person, profile, trouble, expires_at, version)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (channel_id, person) DO UPDATE
     SET profile = excluded.profile, trouble = excluded.trouble, expires_at = excluded.expires_at, version = excluded.version
     WHERE excluded.version >= people.version";

const ALL: Ending = Ending { table: "people", key: &["channel_id", "person"], at: "expires_at" };

#[async_trait]
impl Profiles for Sqlite {
    async fn get(&self, channel_id: &str, person: &str) -> Result<Option<Profile>, StoreError> {
        let key = [channel_id.to_owned(), person.to_owned()];
        let row: Option<(Option<String>, Option<String>, i64, i64)> = self
            .reader
            .run(move |connection| {
                let failed = StoreError::storage("look a person up");
                let mut get = connection.prepare_cached(GET).map_err(&failed)?;
                let row = get.query_row(key, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
                row.optional().map_err(&failed)
            })
            .await?;
        let Some((fields, code, expires_at, version)) = row else { return Ok(None) };
        let answer = match fields {
            None => Err(code),
            // A damaged entry is as good as none: the provider is asked again.
            Some(fields) => match serde_json::from_str(&fields) {
                Ok(fields) => Ok(fields),
                Err(_) => return Ok(None),
            },
        };
        let expires_at = Timestamp::from_millisecond(expires_at).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Some(Profile { answer, expires_at, version: version.cast_unsigned() }))
    }

    async fn put(&self, channel_id: &str, person: &str, profile: Profile) -> Result<(), StoreError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        let Profile { answer, expires_at, version } = profile;
        let (fields, code) = match answer {
            Ok(fields) => (Some(serde_json::Value::Object(fields).to_string()), None),
            Err(code) => (None, code),
        };
        self.writer
            .submit(1, move |scope| {
                let row = params![channel_id, person, fields, code, expires_at.as_millisecond(), version.cast_signed()];
                let put = scope.connection.prepare_cached(PUT).and_then(|mut put| put.execute(row));
                put.map(|_| ()).map_err(StoreError::storage("remember a person"))
            })
            .await
    }

    async fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.delete_ended(&ALL, before, limit).await
    }

    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError> {
        self.forget_person(&["people"], channel_id, person).await
    }
}
