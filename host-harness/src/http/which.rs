//! Which messages are meant: those of a list, or those that are sent again or dropped together.

use jiff::Timestamp;

use super::fields::Fields;
use crate::store::{MessageQuery, Status};

/// What messages are chosen by, for people.
pub(super) const SELECTORS: &str = "status: pending, sent, delivered, read, failed or unknown; channel, person, broadcast: their ids; \
     code: what they failed with last; ref: their author's name for them; after and before: when they were accepted, \
     as RFC 3339 writes times";

/// Which messages are meant, and how much of them.
#[derive(Debug, Default)]
pub(super) struct Which {
    pub(super) status: Option<Shown>,
    channel: Option<String>,
    person: Option<String>,
    code: Option<String>,
    reference: Option<String>,
    broadcast: Option<String>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    pub(super) cursor: Option<u64>,
    pub(super) limit: Option<usize>,
}

/// How far a message has come, as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Pending,
    Sent,
    Delivered,
    Read,
    Failed,
    Unknown,
}

impl Shown {
    /// All of them.
    pub(crate) const ALL: [Self; 6] =
        [Self::Pending, Self::Sent, Self::Delivered, Self::Read, Self::Failed, Self::Unknown];

    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Of a message that is kept so.
    pub(crate) const fn of(status: Status) -> Self {
        match status {
            Status::Accepted | Status::Begun => Self::Pending,
            Status::Sent => Self::Sent,
            Status::Delivered => Self::Delivered,
            Status::Read => Self::Read,
            Status::Failed => Self::Failed,
            Status::Unknown => Self::Unknown,
        }
    }

    fn statuses(self) -> Vec<Status> {
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
    /// Takes out of the fields what messages are chosen by, and how many of them are meant: so many at most.
    pub(super) fn of(fields: &mut Fields, most: usize) -> Self {
        Self {
            status: fields.one_of("status", &Shown::ALL, Shown::as_str),
            channel: fields.text("channel"),
            person: fields.text("person"),
            code: fields.text("code"),
            reference: fields.text("ref"),
            broadcast: fields.text("broadcast"),
            after: fields.time("after"),
            before: fields.time("before"),
            cursor: fields.cursor(),
            limit: fields.limit(most),
        }
    }

    /// Whether anything is chosen by.
    pub(super) fn chooses(&self) -> bool {
        let Self { channel, person, code, reference, broadcast, after, before, .. } = self;
        self.status.is_some()
            || [channel, person, code, reference, broadcast].iter().any(|given| given.is_some())
            || after.or(*before).is_some()
    }

    /// The same for the outbox; where and how many is left open.
    pub(super) fn query(self) -> MessageQuery {
        let Self { status, channel, person, code, reference, broadcast, after, before, .. } = self;
        MessageQuery {
            statuses: status.map(Shown::statuses).unwrap_or_default(),
            channel_id: channel,
            person,
            code,
            reference,
            broadcast,
            since: after,
            until: before,
            ..MessageQuery::default()
        }
    }
}
