//! Recorded traffic through an adapter: what is accepted, surfaced, understood and kept.

mod facts;
mod index;
mod show;

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use channel_api::{ChannelAdapter, ChannelId, Event, Received, Verified};
use channel_conformance::Subject;
use serde::Serialize;
use serde_json::Value;

use facts::Facts;
use index::Recording;

pub use show::table;

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// How many there are.
    pub found: usize,
    /// How many of them came through.
    pub kept: usize,
}

impl Share {
    fn add(&mut self, other: Self) {
        self.found += other.found;
        self.kept += other.kept;
    }
}

/// Something that did not come through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// The recording.
    pub file: String,
    /// What was lost. No value: it may be somebody's words.
    pub what: String,
}

/// The score of one adapter on a corpus.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// The channel type.
    pub adapter: &'static str,
    /// Recordings.
    pub files: usize,
    /// Those that hold events, and those of them that were accepted.
    pub accepted: Share,
    /// Events in them, and those that surfaced.
    pub events: Share,
    /// Events that surfaced, and those that were understood.
    pub understood: Share,
    /// Ids in the recorded events, and those that the adapter's events hold.
    pub identities: Share,
    /// Texts in the recorded events, and those that the adapter's events hold.
    pub text: Share,
    /// Recordings that are no webhooks, and those that did no harm.
    pub malformed: Share,
    /// For each kind of recording: the events that came of it.
    pub kinds: BTreeMap<String, BTreeMap<String, usize>>,
    /// What did not come through.
    pub lost: Vec<Lost>,
}

impl Score {
    /// Whether there were events, all of them surfaced, and nothing was lost. What was not understood but kept is not lost.
    pub fn is_good(&self) -> bool {
        self.events.found > 0 && self.lost.is_empty()
    }
}

/// Runs a directory of webhook bodies through an adapter.
///
/// With an `INDEX.tsv` (columns `file`, `kind`, `form`) its lines under `inbound/` are the recordings; else all files `*.json`
/// of the directory and of its `inbound/`.
///
/// # Errors
/// When the directory or one of its files cannot be read.
pub fn score(subject: &Subject, directory: &Path) -> io::Result<Score> {
    let registration = subject.registration();
    let channel = (registration.offline)(ChannelId::new("offline"), None);
    let mut score = Score { adapter: registration.id, ..Score::default() };
    for recording in index::recordings(directory)? {
        let body = std::fs::read(directory.join(&recording.file))?;
        one(&mut score, subject, &*channel, &recording, &body);
    }
    Ok(score)
}

fn one(score: &mut Score, subject: &Subject, channel: &dyn ChannelAdapter, recording: &Recording, body: &[u8]) {
    score.files += 1;
    let mut lost = |what: String| score.lost.push(Lost { file: recording.file.clone(), what });
    // An adapter that panics has lost one recording, not the score.
    let outcome = catch_unwind(AssertUnwindSafe(|| channel.normalize(&recorded(body))));
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let items = json.as_ref().and_then(|json| match subject.fixture() {
        Some(fixture) => fixture.items(json),
        None => Some(vec![json]),
    });
    let items = items.filter(|items| !items.is_empty());
    let (Some(items), false) = (items, recording.malformed) else {
        score.malformed.add(Share { found: 1, kept: outcome.is_ok().into() });
        if outcome.is_err() {
            lost("the adapter panicked".to_owned());
        }
        return;
    };
    score.accepted.found += 1;
    let events: Vec<Event> = match outcome {
        Ok(Ok(events)) => {
            score.accepted.kept += 1;
            events.into_iter().map(Received::into_event).collect()
        }
        Ok(Err(error)) => {
            lost(format!("refused: {} ({error})", error.code()));
            Vec::new()
        }
        Err(_) => {
            lost("the adapter panicked".to_owned());
            Vec::new()
        }
    };
    score.events.add(Share { found: items.len(), kept: events.len().min(items.len()) });
    if events.len() < items.len() {
        lost(format!("{} events of {}", events.len(), items.len()));
    }
    let unknown = format!("{}.unknown", score.adapter);
    let understood = events.iter().filter(|event| event.name != unknown).count();
    score.understood.add(Share { found: events.len(), kept: understood });
    let kind = score.kinds.entry(recording.kind.clone()).or_default();
    for event in &events {
        *kind.entry(event.name.to_string()).or_default() += 1;
    }
    let facts = Facts::of_events(&events);
    let (mut identities, mut text) = (Share::default(), Share::default());
    for fact in Facts::recorded(&items) {
        let kept = facts.hold(&fact);
        let share = if fact.is_identity { &mut identities } else { &mut text };
        share.add(Share { found: 1, kept: kept.into() });
        if !kept {
            lost(format!("the value at {}", fact.pointer));
        }
    }
    score.identities.add(identities);
    score.text.add(text);
}

/// Whoever runs this command vouches for the directory.
#[expect(clippy::disallowed_methods, reason = "a recording named on a command line, not a request")]
fn recorded(body: &[u8]) -> Verified<'_> {
    Verified::recorded(body)
}

#[cfg(test)]
mod tests;
