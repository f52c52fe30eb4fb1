//! Which messages are asked for.

use jiff::Timestamp;

use super::message::{Message, Status};

/// Which messages are asked for.
#[derive(Clone, Debug, Default)]
pub struct MessageQuery {
    /// Only those before this place.
    pub before: Option<u64>,
    /// Only those after this place, and the oldest first.
    pub after: Option<u64>,
    /// How many at most.
    pub limit: usize,
    /// Only one channel's.
    pub channel_id: Option<String>,
    /// Only one person's.
    pub person: Option<String>,
    /// Only those of one broadcast.
    pub broadcast: Option<String>,
    /// Only those that have come so far; empty for all.
    pub statuses: Vec<Status>,
    /// Only those that have not arrived, and failed last with this code.
    pub code: Option<String>,
    /// Only those that were accepted at this time or later.
    pub since: Option<Timestamp>,
    /// Only those that were accepted before this time.
    pub until: Option<Timestamp>,
    /// Only those to which their author gave this name.
    pub reference: Option<String>,
}

impl MessageQuery {
    /// Whether a message is one of those that are asked for, wherever it stands.
    #[must_use]
    pub fn wants(&self, message: &Message) -> bool {
        let is = |asked: &Option<String>, found: Option<&str>| asked.is_none() || asked.as_deref() == found;
        let failed_with = |code: &String| !message.status.is_sent() && message.code() == Some(code);
        is(&self.channel_id, Some(&message.channel_id))
            && is(&self.person, message.person.as_deref())
            && (self.statuses.is_empty() || self.statuses.contains(&message.status))
            && self.code.as_ref().is_none_or(failed_with)
            && self.since.is_none_or(|since| message.accepted_at >= since)
            && self.until.is_none_or(|until| message.accepted_at < until)
            && is(&self.reference, message.reference.as_deref())
            && is(&self.broadcast, message.broadcast.as_deref())
    }
}
