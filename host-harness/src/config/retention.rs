//! `[retention]`: how long what is stored is kept, and how much of it.

use channel_api::{Issue, Pointer, Report};
use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::Deserialize;
use serde_json::Value;

use super::size;

const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(days * 24)
}

/// How long events are kept unless the configuration says otherwise.
const EVENTS: SignedDuration = days(365);
/// How long ended messages are.
const MESSAGES: SignedDuration = days(365);
/// How long people are, of whom nothing is heard.
const PEOPLE: SignedDuration = days(90);
/// Less than this, and something is gone before anybody could have read it.
const SHORTEST: SignedDuration = SignedDuration::from_secs(1);
/// More than this is for good.
const LONGEST: SignedDuration = days(100 * 365);
/// A smaller store holds less than its own tables and indexes take up.
const SMALLEST: u64 = 1 << 20;

/// How long what is stored is kept. `None` is for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Events, from when they were stored: `events`.
    pub events: Option<SignedDuration>,
    /// Messages that have ended, from when they did: `messages`.
    pub messages: Option<SignedDuration>,
    /// What is known of people, from when it was last asked for or told: `people`.
    pub people: Option<SignedDuration>,
    /// How many bytes may be in use before the oldest events and ended messages go, whatever their age: `max_size`.
    pub max_size: Option<u64>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { events: Some(EVENTS), messages: Some(MESSAGES), people: Some(PEOPLE), max_size: None }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Section {
    events: Option<String>,
    messages: Option<String>,
    people: Option<String>,
    max_size: Option<Value>,
}

impl Section {
    pub(super) fn retention(&self, at: &Pointer<'_>, report: &mut Report) -> Retention {
        let Retention { events, messages, people, .. } = Retention::default();
        Retention {
            events: age(self.events.as_deref(), events, &at.key("events"), report),
            messages: age(self.messages.as_deref(), messages, &at.key("messages"), report),
            people: age(self.people.as_deref(), people, &at.key("people"), report),
            max_size: max_size(self.max_size.as_ref(), &at.key("max_size"), report),
        }
    }
}

/// A time with units up to days; a day has 24 hours.
fn age(
    given: Option<&str>,
    usual: Option<SignedDuration>,
    at: &Pointer<'_>,
    report: &mut Report,
) -> Option<SignedDuration> {
    let Some(given) = given else { return usual };
    if given == "off" {
        return None;
    }
    let span = given.parse::<Span>().ok().and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    let age = span.filter(|age| (SHORTEST..=LONGEST).contains(age));
    if age.is_none() {
        let issue = Issue::new(at, "duration", "must be a time such as \"90d\" or \"12h\", or \"off\"");
        report.refuse(issue.with_hint("\"off\" keeps it for good"));
    }
    age
}

fn max_size(given: Option<&Value>, at: &Pointer<'_>, report: &mut Report) -> Option<u64> {
    let given = given.filter(|given| given.as_str() != Some("off"))?;
    let size = size::bytes(given).filter(|size| *size >= SMALLEST);
    if size.is_none() {
        let message = "must be a size of at least 1 MiB, such as \"20GiB\" or a number of bytes, or \"off\"";
        report.refuse(Issue::new(at, "size", message));
    }
    size
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(section: Value) -> Result<Retention, Vec<String>> {
        let section: Section = serde_json::from_value(section).unwrap();
        let mut report = Report::default();
        let retention = section.retention(&Pointer::ROOT.key("retention"), &mut report);
        if report.refusals.is_empty() {
            return Ok(retention);
        }
        Err(report.refusals.into_iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect())
    }

    #[test]
    fn an_age_has_a_unit_and_a_size_may_have_one() {
        assert_eq!(read(json!({})).unwrap(), Retention::default());
        let given = json!({"events": "90d", "messages": "1d 12h", "people": "off", "max_size": "20GiB"});
        let expected = Retention {
            events: Some(days(90)),
            messages: Some(SignedDuration::from_hours(36)),
            people: None,
            max_size: Some(20 << 30),
        };
        assert_eq!(read(given).unwrap(), expected);
        assert_eq!(read(json!({"max_size": 2_000_000})).unwrap().max_size, Some(2_000_000));
        assert_eq!(read(json!({"max_size": "off"})).unwrap().max_size, None);
        for wrong in ["", "90", "-1d", "0s", "ninety days", "1mo", "1y", "101y", "OFF"] {
            assert_eq!(read(json!({"events": wrong})).unwrap_err(), ["/retention/events duration"], "{wrong:?}");
        }
        for wrong in [json!("1KiB"), json!(0), json!("20 GB"), json!(true)] {
            assert_eq!(read(json!({"max_size": wrong})).unwrap_err(), ["/retention/max_size size"]);
        }
    }
}
