//! The log of what happened, in the order in which it came.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use channel_api::event::UNKNOWN_MESSAGES;
use channel_api::{Concern, Event, EventBody, Identity, Opening, Received, Token};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::watch;

use super::StoreError;

/// The most events that one [`EventLog::read`] returns, whatever the query asks for.
pub const MAX_PAGE: usize = 1_000;

/// How long a store knows by entry times and subjects that something is no news. Providers repeat a delivery
/// for up to 36 hours.
pub(super) const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Keeps events in the order of their arrival.
///
/// An event is stored before its delivery is acknowledged: [`append`](Self::append) returns when it is kept, never before.
/// Consumers follow by cursor: they [`watch`](Self::watch) the last sequence number, then [`read`](Self::read) what comes after
/// their own. What is stored is what is read, whenever it is read.
#[async_trait]
pub trait EventLog: fmt::Debug + Send + Sync {
    /// Stores the events, in order and all or none, and gives each its id.
    ///
    /// By its [`Identity`] an event is new, or it is dropped and counted: one with an id of its own, or with a fingerprint alone,
    /// when its channel has it already. One with an entry's time is a redelivery when its fingerprint has been seen with that
    /// time, and a repetition when its subject was last said to be just that; else the same has happened again, and the event
    /// gets the id of the first with `-2`, `-3`, … behind it. Times and subjects are remembered for [`REMEMBERED`].
    ///
    /// An event that is about messages of which its channel has told nothing before it says so, in
    /// [`unknownMessages`](Event::unknown_messages).
    ///
    /// What a new event opens is kept with it: [`Conversations::openings`](super::Conversations::openings).
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] at once when too much is waiting. On any error but [`StoreError::Refused`] the caller
    /// must not acknowledge and may append the same events again, since duplicates are dropped.
    async fn append(&self, events: Vec<NewEvent>) -> Result<Appended, StoreError>;

    /// Returns the events after a sequence number, in order.
    ///
    /// An empty answer means that nothing more is stored at this moment.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`]; [`StoreError::CorruptEvent`] when the very next event
    /// cannot be read.
    async fn read(&self, query: Query) -> Result<Vec<StoredEvent>, StoreError>;

    /// The person of the first of a channel's events with one of these ids that is kept and has one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn person_of(&self, channel_id: &str, ids: Vec<String>) -> Result<Option<String>, StoreError>;

    /// The sequence number of the last event, 0 before the first; it changes with every append that stores something.
    fn watch(&self) -> watch::Receiver<u64>;

    /// The sequence number of the last event, 0 before the first.
    fn last(&self) -> u64 {
        *self.watch().borrow()
    }

    /// The number from which on events are kept: 1, until [`expire`](Self::expire) has deleted some. Who reads after an earlier one
    /// has missed what was between.
    fn first(&self) -> u64;

    /// Deletes the oldest events, at most so many, as long as they were stored before this moment and their numbers are below this one.
    /// Tells how many those were. They are known again for [`REMEMBERED`] since they were stored.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] or [`StoreError::Closed`].
    async fn expire(&self, before: Timestamp, below: u64, limit: usize) -> Result<usize, StoreError>;

    /// Deletes all events of a person that were stored until now, and tells how many those were. What happened until `at` is no
    /// news from now on, whoever tells it, whenever; what happens after is. Somebody who is kept as erased is not named.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] when the channel or the person is empty; [`StoreError::Storage`] or [`StoreError::Closed`]. The rest
    /// is done by erasing again.
    async fn erase(&self, channel_id: &str, person: &str, at: Timestamp) -> Result<u64, StoreError>;

    /// Proves that the store can store, by storing something.
    ///
    /// # Errors
    ///
    /// The error that an [`append`](Self::append) would meet now.
    async fn health(&self) -> Result<(), StoreError>;

    /// Numbers for the metrics.
    fn stats(&self) -> LogStats;

    /// Takes no more requests, finishes those that wait, and lets go of the files; the other traits over the same files end with
    /// it. A second call waits for the first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Storage`] when the files could not be brought to rest. What was acknowledged is stored even so.
    async fn close(&self) -> Result<(), StoreError>;
}

/// An event to be stored.
#[derive(Clone)]
pub struct NewEvent {
    /// The channel it came through.
    pub channel_id: Arc<str>,
    /// By what it is known when it is delivered again.
    pub identity: Identity,
    /// The event's name, such as `message.received`.
    pub name: Cow<'static, str>,
    /// What it is on every channel, where its name does not say that: `message.postback`, `message.quick_reply`.
    pub kind: Option<Cow<'static, str>>,
    /// The person it is about, by the provider's id.
    pub person: Option<String>,
    /// When it happened by the provider's clock, or until when what it tells of had happened, where that is known.
    pub happened_at: Option<channel_api::Timestamp>,
    /// The messages that it is about. Of those that the log does not know it says so.
    pub concerns: Vec<Concern>,
    /// What it is for the window in which its person may be written to; `None` where it does not open it.
    pub opening: Option<Opening>,
    /// Of which message it is the provider's copy; `None` where it is no copy.
    pub copy: Option<CopyOf>,
    /// The event's `data`, an object. It needs no `id`: the log gives it.
    pub data: Box<RawValue>,
}

/// So many of the messages that an event is about are looked up, at most: whoever sends it decides how many it names.
const MAX_CONCERNS: usize = 50;

impl NewEvent {
    /// An event of a channel, to be stored.
    ///
    /// # Errors
    ///
    /// When its data cannot be written as JSON.
    pub fn of(event: Event, identity: Identity, person: Option<String>) -> serde_json::Result<Self> {
        let data = serde_json::value::to_raw_value(&event.data())?;
        let kind = (event.kind() != event.name).then(|| event.kind().to_owned().into());
        let channel_id = (&event.channel_id).into();
        let happened_at = happened_at(&event, &identity);
        let (name, concerns, opening, copy) = (event.name, Vec::new(), None, None);
        Ok(Self { channel_id, identity, name, kind, person, happened_at, concerns, opening, copy, data })
    }

    /// With the messages that it is about.
    #[must_use]
    pub fn with_concerns(self, mut concerns: Vec<Concern>) -> Self {
        concerns.truncate(MAX_CONCERNS);
        Self { concerns, ..self }
    }

    /// With what it is for the window.
    #[must_use]
    pub fn with_opening(self, opening: Option<Opening>) -> Self {
        Self { opening, ..self }
    }

    /// With the message of which it is the provider's copy.
    #[must_use]
    pub fn with_copy(self, copy: Option<CopyOf>) -> Self {
        Self { copy, ..self }
    }

    /// Whether it happened until then.
    pub(super) fn happened_until(&self, at: Timestamp) -> bool {
        self.happened_at.is_some_and(|happened| happened.as_millis() <= at.as_millisecond())
    }

    /// Whose window it opens, and how. Nothing has happened after it was first told, whatever the provider's clock says.
    pub(super) fn opens(&self, first_told: Timestamp) -> Option<(&str, Opening)> {
        let person = self.person.as_deref().filter(|person| !person.is_empty())?;
        let Opening { at, by, .. } = self.opening.clone()?;
        let first_told = channel_api::Timestamp::from_millis(first_told.as_millisecond())?;
        Some((person, Opening::new(at.min(first_told), by)))
    }
}

/// Of which message an event is the provider's copy, as far as that is told. It is for the host alone: nobody who reads events is
/// shown it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CopyOf {
    /// The token that was stamped on the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
    /// The provider's id of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Whether it was sent through this channel, where that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ours: Option<bool>,
}

impl CopyOf {
    /// What an adapter tells of it; `None` where the event is no copy of anything.
    pub fn of(received: &Received) -> Option<Self> {
        let Received { correlation, copied, ours, .. } = received;
        let copy = Self { token: correlation.clone(), message_id: copied.clone(), ours: *ours };
        (copy != Self::default()).then_some(copy)
    }
}

/// A receipt is about what was sent until its watermark, whenever it comes.
fn happened_at(event: &Event, identity: &Identity) -> Option<channel_api::Timestamp> {
    let watermark = match &event.body {
        EventBody::Delivered { watermark, .. } | EventBody::Read { watermark, .. } => *watermark,
        _ => None,
    };
    let entry_time = match identity {
        Identity::Derived { entry_time, .. } => *entry_time,
        _ => None,
    };
    watermark.or(event.timestamp).or(entry_time)
}

/// An event as it is kept. It serialises as the API shows it: `{"seq","event","kind"?,"data"}`.
#[derive(Clone, Serialize)]
pub struct StoredEvent {
    /// Its place in the order of arrival. Numbers rise; they are never used twice, but may leave gaps.
    pub seq: u64,
    /// The channel it came through.
    #[serde(skip)]
    pub channel_id: String,
    /// Its id, unique within the channel: the same for every redelivery.
    #[serde(skip)]
    pub id: String,
    /// The event's name, such as `message.received`.
    #[serde(rename = "event")]
    pub name: String,
    /// What it is on every channel, where its name does not say that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The person it is about, by the provider's id.
    #[serde(skip)]
    pub person: Option<String>,
    /// The event's `data`, as it was appended, with its `id` in front.
    pub data: Box<RawValue>,
    /// Of which message it is the provider's copy.
    #[serde(skip)]
    pub copy: Option<CopyOf>,
    /// When the store took it, to the millisecond.
    #[serde(skip)]
    pub received_at: Timestamp,
}

/// Which events to read.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Only events with a higher sequence number; 0 reads from the first.
    pub after: u64,
    /// At most so many events, and never more than [`MAX_PAGE`].
    pub limit: usize,
    /// Only events of this channel.
    pub channel_id: Option<String>,
    /// Only events of these names; empty for all.
    pub names: &'static [&'static str],
}

/// What became of appended events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Where each event stands now, in the order in which they were given.
    pub events: Vec<Placed>,
    /// The highest sequence number given out when this request had been written.
    pub last_seq: u64,
}

/// Where an appended event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its number: that of the first delivery, or of what was said before, where this is no news; 0 of what is erased.
    pub seq: u64,
    /// When that came, to the millisecond.
    pub received_at: Timestamp,
    /// Whether this is news.
    pub new: bool,
    /// Whether it is about somebody who was erased after it happened. Nothing of it may be kept anywhere.
    pub erased: bool,
}

impl Placed {
    /// Where an event stands that is no news: all that was kept of it is erased.
    pub(super) const fn erased(received_at: Timestamp) -> Self {
        Self { seq: 0, received_at, new: false, erased: true }
    }

    /// The same, of somebody who was erased then.
    pub(super) fn erased_at(self, erased: Option<Timestamp>) -> Self {
        Self { erased: erased.is_some_and(|erased| self.received_at <= erased), ..self }
    }
}

impl Appended {
    /// How many are new.
    pub fn stored(&self) -> usize {
        self.events.iter().filter(|event| event.new).count()
    }

    /// How many were there before, or came twice in this request.
    pub fn duplicates(&self) -> usize {
        self.events.len() - self.stored()
    }
}

/// Numbers for the metrics, counted since the store was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogStats {
    /// Transactions committed. Far fewer than `requests` under load: many requests share one.
    pub commits: u64,
    /// Requests that a commit has answered: appends, sends, people and health checks.
    pub requests: u64,
    /// Requests that wait for the writer now.
    pub queued: usize,
    /// How many may wait before [`StoreError::Busy`].
    pub queue_capacity: usize,
}

/// The event's data, with those messages at its end that it is about and that are not known.
///
/// # Errors
/// What the look-up answers.
pub(super) fn with_unknown_messages<E>(
    event: &NewEvent,
    mut is_known: impl FnMut(&Concern) -> Result<bool, E>,
) -> Result<Cow<'_, str>, E> {
    let mut unknown = Vec::new();
    for concern in &event.concerns {
        if !is_known(concern)? {
            unknown.push(concern.message_id.as_str());
        }
    }
    let data = event.data.get();
    // A list of texts can always be written, and data that is no object is left alone.
    let list = if unknown.is_empty() { None } else { serde_json::to_string(&unknown).ok() };
    let members = data.trim_end().strip_suffix('}');
    let Some((list, members)) = list.zip(members) else { return Ok(Cow::Borrowed(data)) };
    let comma = if members.trim_end().ends_with('{') { "" } else { "," };
    Ok(Cow::Owned(format!("{members}{comma}\"{UNKNOWN_MESSAGES}\":{list}}}")))
}

/// Puts the id in front of an event's data, where it is not there yet: earlier releases kept it in the data. `None` when the
/// result is no JSON.
pub(super) fn with_id(id: &str, data: String) -> Option<Box<RawValue>> {
    let members = if data.starts_with("{\"id\":") { None } else { data.strip_prefix('{') };
    let Some(members) = members else { return RawValue::from_string(data).ok() };
    let comma = if members.trim_start().starts_with('}') { "" } else { "," };
    let id = serde_json::to_string(id).ok()?;
    RawValue::from_string(format!("{{\"id\":{id}{comma}{members}")).ok()
}

// What people wrote stays out of logs: neither Debug shows the data or the person.
impl fmt::Debug for NewEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewEvent")
            .field("channel_id", &self.channel_id)
            .field("id", &self.identity.id())
            .field("name", &self.name)
            .field("data_bytes", &self.data.get().len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredEvent")
            .field("seq", &self.seq)
            .field("channel_id", &self.channel_id)
            .field("id", &self.id)
            .field("name", &self.name)
            .field("data_bytes", &self.data.get().len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_put_in_front_once() {
        let shown = |data: &str| with_id("m_\"1\"", data.to_owned()).map(|data| data.get().to_owned());
        assert_eq!(shown(r#"{"a":1}"#).as_deref(), Some(r#"{"id":"m_\"1\"","a":1}"#));
        assert_eq!(shown("{ }").as_deref(), Some(r#"{"id":"m_\"1\"" }"#));
        assert_eq!(shown(r#"{"id":"m_1","a":1}"#).as_deref(), Some(r#"{"id":"m_1","a":1}"#));
        assert_eq!(shown("[1]").as_deref(), Some("[1]"));
        assert_eq!(shown("{"), None);
    }

    #[test]
    fn debug_shows_nothing_of_what_people_wrote() {
        let event = NewEvent {
            channel_id: "ch_1".into(),
            identity: Identity::Own("m_1".to_owned()),
            name: "message.received".into(),
            kind: None,
            person: Some("7411002233445566".to_owned()),
            happened_at: None,
            concerns: Vec::new(),
            opening: None,
            copy: None,
            data: RawValue::from_string(r#"{"text":"canary-text"}"#.to_owned()).unwrap(),
        };
        let shown = format!("{event:?}");
        assert!(shown.contains("m_1"), "{shown}");
        assert!(!shown.contains("canary-text") && !shown.contains("7411002233445566"), "{shown}");
    }
}
