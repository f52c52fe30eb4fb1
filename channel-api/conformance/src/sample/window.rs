//! Samples for the window in which people may be written to.

use channel_api::{Opening, Timestamp};
use serde_json::Value;

/// Samples for the window, for channels that hand out [`Window`](channel_api::facets::Window).
#[derive(Clone, Debug, Default)]
pub struct WindowSamples {
    /// Events as the provider writes them, each with what it opens the window by. `None` for one that opens nothing; there is
    /// at least one of each.
    pub openings: Vec<(Value, Option<&'static str>)>,
    /// Messages that are judged.
    pub judged: Vec<JudgedSample>,
}

/// One message that is judged.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct JudgedSample {
    /// What it is, in a word or two.
    pub name: String,
    /// The message in the host's JSON.
    pub message: Value,
    /// The last opening that the host knows of.
    pub opening: Option<Opening>,
    /// When it is to be sent.
    pub now: Timestamp,
    /// The judgement.
    pub judgement: Judged,
}

impl JudgedSample {
    /// A message that is judged so, where this is the last opening known.
    pub fn new(
        name: impl Into<String>,
        message: Value,
        opening: Option<Opening>,
        now: Timestamp,
        judgement: Judged,
    ) -> Self {
        Self { name: name.into(), message, opening, now, judgement }
    }
}

/// A judgement, as a fixture writes it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Judged {
    /// As it is.
    Allowed,
    /// In the form that becomes these calls.
    AllowedAs(Vec<Value>),
    /// Not now, for the reason with this code.
    Closed(&'static str),
    /// The provider will decide.
    Unknown,
}
