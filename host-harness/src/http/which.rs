//! Which messages are meant: those of a list, or those that are sent again or dropped together.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::store::{MessageQuery, Status};

/// What messages are chosen by, for people.
pub(super) const SELECTORS: &str = "status: pending, sent, delivered, read, failed or unknown; channel, person, broadcast: their ids; \
     code: what they failed with last; ref: their author's name for them; after and before: when they were accepted, \
     as RFC 3339 writes times";

/// Which messages are meant, and how much of them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Which {
    pub(super) status: Option<Shown>,
    channel: Option<String>,
    person: Option<String>,
    code: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    broadcast: Option<String>,
    after: Option<String>,
    before: Option<String>,
    #[serde(deserialize_with = "place")]
    pub(super) cursor: Option<u64>,
    limit: Option<usize>,
    /// Also what may have been sent already.
    pub(super) force: Option<bool>,
    /// Only say what would be done.
    pub(super) dry_run: Option<bool>,
}

/// How far a message has come, as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shown {
    Pending,
    Sent,
    Delivered,
    Read,
    Failed,
    Unknown,
}

impl Shown {
    pub(super) fn statuses(self) -> Vec<Status> {
        match self {
            Self::Pending => vec![Status::Accepted, Status::Begun],
            Self::Sent => vec![Status::Sent],
            Self::Delivered => vec![Status::Delivered],
            Self::Read => vec![Status::Read],
            Self::Failed => vec![Status::Failed],
            Self::Unknown => vec![Status::Unknown],
        }
    }
}

impl Which {
    /// Whether anything is chosen by.
    pub(super) fn chooses(&self) -> bool {
        let Self { channel, person, code, reference, broadcast, after, before, .. } = self;
        self.status.is_some()
            || [channel, person, code, reference, broadcast, after, before].iter().any(|given| given.is_some())
    }

    /// How many at most.
    pub(super) fn limit(&self, usual: usize, most: usize) -> usize {
        self.limit.unwrap_or(usual).clamp(1, most)
    }

    /// The same for the outbox; where and how many is left open.
    ///
    /// # Errors
    /// Which of them is no time.
    pub(super) fn query(self) -> Result<MessageQuery, String> {
        let Self { status, channel, person, code, reference, broadcast, after, before, .. } = self;
        Ok(MessageQuery {
            statuses: status.map(Shown::statuses).unwrap_or_default(),
            channel_id: channel,
            person,
            code,
            reference,
            broadcast,
            since: time("after", after)?,
            until: time("before", before)?,
            ..MessageQuery::default()
        })
    }
}

fn time(name: &str, given: Option<String>) -> Result<Option<Timestamp>, String> {
    let time = given.map(|given| given.parse()).transpose();
    time.map_err(|_| format!("{name} must be a time as RFC 3339 writes it, such as 2026-01-02T15:04:05Z"))
}

/// `nextCursor` is a text, so that no reader takes it for a number that it may calculate with; in a query it cannot be told apart.
fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let place = match Option::<Value>::deserialize(deserializer)? {
        None => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(given) => given.as_u64(),
    };
    place.map(Some).ok_or_else(|| de::Error::custom("cursor must be the nextCursor of an earlier answer"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cursor_is_taken_as_it_was_given() {
        let cursor = |given: Value| serde_json::from_value::<Which>(given).map(|which| which.cursor).ok();
        assert_eq!(cursor(json!({"cursor": "17"})), Some(Some(17)));
        assert_eq!(cursor(json!({"cursor": 17})), Some(Some(17)));
        assert_eq!(cursor(json!({"cursor": null})), Some(None));
        assert_eq!(cursor(json!({"cursor": "next"})), None);
    }

    #[test]
    fn what_is_no_time_is_told_by_its_name() {
        let query = |given: Value| serde_json::from_value::<Which>(given).unwrap().query();
        assert!(query(json!({"after": "2026-01-02T15:04:05+02:00"})).unwrap().since.is_some());
        assert!(query(json!({"before": "yesterday"})).unwrap_err().starts_with("before must be a time"));
    }
}
