//! What is known of a connection, as it is shown.

use channel_api::{Action, ConnectionStatus, Error, Timestamp};
use serde::Serialize;

/// What is known of one channel's connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// In one word.
    pub state: State,
    /// When `status` was found.
    pub checked_at: Option<Timestamp>,
    /// What the last check found that could be made.
    pub status: Option<ConnectionStatus>,
    /// Why the last check could not be made. Until one can, the state is unknown, and `status` is what was found before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// When somebody ended the subscription, where nobody has asked for it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribed_at: Option<Timestamp>,
}

/// A connection in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not checked yet, or the last check could not be made.
    #[default]
    Unknown,
    /// All is well.
    Ok,
    /// It works, and may not tomorrow.
    Warning,
    /// It does not work as it should.
    Broken,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Ok, Self::Warning, Self::Broken];

    /// What a check found, in one word.
    pub fn of(status: &ConnectionStatus) -> Self {
        match (status.problems.is_empty(), status.warnings.is_empty()) {
            (true, true) => Self::Ok,
            (true, false) => Self::Warning,
            (false, _) => Self::Broken,
        }
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Broken => "broken",
        }
    }
}

/// Why a check could not be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Stable.
    pub code: String,
    /// For people.
    pub message: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The same for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

impl From<&Error> for Reason {
    fn from(error: &Error) -> Self {
        let hint = error.hint().map(str::to_owned);
        Self { code: error.code().to_owned(), message: error.to_string(), hint, action: error.action() }
    }
}
