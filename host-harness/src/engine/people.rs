//! The cache of people's profiles, so that the provider is asked once in a while and not for every message.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};
use serde_json::value::RawValue;

use super::writer::Writer;
use super::{EngineError, EventReader};

const GET: &str = "SELECT profile, trouble FROM people WHERE channel_id = ?1 AND person = ?2 AND expires_at > ?3";
const PUT: &str = "INSERT INTO people (channel_id, person, profile, trouble, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (channel_id, person) DO UPDATE
     SET profile = excluded.profile, trouble = excluded.trouble, expires_at = excluded.expires_at";

/// Remembers what a provider said of a person, for as long as the caller likes.
#[derive(Debug, Clone)]
pub struct PeopleCache {
    writer: Writer,
    reader: EventReader,
}

/// What is remembered of a person.
#[derive(Clone)]
pub enum Person {
    /// The profile.
    Known(Box<RawValue>),
    /// The provider gave none: no consent, or an error. Not to be asked again before this expires.
    Unavailable {
        /// The failure's stable code, where one was given: why this person has no name.
        code: Option<String>,
    },
}

impl PeopleCache {
    pub(super) const fn new(writer: Writer, reader: EventReader) -> Self {
        Self { writer, reader }
    }

    /// What is remembered of the person and has not expired at `now`.
    ///
    /// # Errors
    ///
    /// [`EngineError::Storage`] or [`EngineError::Closed`]. A caller does well to go on without the profile.
    pub async fn get(&self, channel_id: &str, person: &str, now: Timestamp) -> Result<Option<Person>, EngineError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        let row: Option<(Option<String>, Option<String>)> = self
            .reader
            .run(move |connection| {
                let failed = EngineError::storage("look a person up");
                let mut get = connection.prepare_cached(GET).map_err(&failed)?;
                get.query_row(params![channel_id, person, now.as_millisecond()], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
                    .map_err(&failed)
            })
            .await?;
        Ok(match row {
            None => None,
            Some((None, code)) => Some(Person::Unavailable { code }),
            // A damaged entry is as good as none: the provider is asked again.
            Some((Some(profile), _)) => RawValue::from_string(profile).ok().map(Person::Known),
        })
    }

    /// Remembers the person until `expires_at`, in place of what was remembered before.
    ///
    /// # Errors
    ///
    /// As [`Engine::append`](super::Engine::append). Nothing is lost by going on without it.
    pub async fn put(
        &self,
        channel_id: &str,
        person: &str,
        what: Person,
        expires_at: Timestamp,
    ) -> Result<(), EngineError> {
        let (channel_id, person) = (channel_id.to_owned(), person.to_owned());
        self.writer
            .submit(1, move |scope| {
                let (profile, trouble) = match &what {
                    Person::Known(profile) => (Some(profile.get()), None),
                    Person::Unavailable { code } => (None, code.as_deref()),
                };
                let row = params![channel_id, person, profile, trouble, expires_at.as_millisecond()];
                let put = scope.connection.prepare_cached(PUT).and_then(|mut put| put.execute(row));
                put.map(|_| ()).map_err(EngineError::storage("remember a person"))
            })
            .await
    }
}

// Who a person is stays out of logs.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Known(_) => "Known(..)",
            Self::Unavailable { .. } => "Unavailable",
        })
    }
}
