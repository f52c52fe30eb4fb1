//! What happened on a channel: [`Event`], in the JSON of the webhooks that Linktor sends on.

mod body;
mod json;
mod metadata;
mod read;

use std::borrow::Cow;

pub use body::{EventBody, Origin, Raw, UnknownReason};
pub use metadata::Metadata;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::channel::ChannelId;

/// The names of the events that every channel may emit. A channel's own are `<channel type>.<name>`.
pub mod name {
    /// Somebody wrote.
    pub const MESSAGE_RECEIVED: &str = "message.received";
    /// The provider's copy of a message that went out, whoever sent it.
    pub const MESSAGE_ECHO: &str = "message.echo";
    /// Messages reached the person.
    pub const MESSAGE_DELIVERED: &str = "message.delivered";
    /// The person saw messages.
    pub const MESSAGE_READ: &str = "message.read";
    /// The provider took messages, where it reports that afterwards.
    pub const MESSAGE_SENT: &str = "message.sent";
    /// The provider did not get messages to the person.
    pub const MESSAGE_FAILED: &str = "message.failed";
    /// How far a message has come that a host was given to send. A host says so; an adapter does not know.
    pub const MESSAGE_STATUS: &str = "message.status";
    /// The [kind](super::Event::kind) of a tap on a button.
    pub const MESSAGE_POSTBACK: &str = "message.postback";
    /// The [kind](super::Event::kind) of a tap on a quick reply, and of a text that answers by number what could not be tapped.
    pub const MESSAGE_QUICK_REPLY: &str = "message.quick_reply";
    /// More is known of a person than before.
    pub const CONTACT_UPDATED: &str = "contact.updated";
    /// A message could not reach a person, and none will until they write.
    pub const CONTACT_UNAVAILABLE: &str = "contact.unavailable";
}

/// One event: `{"event": "message.received", "data": {…}}`.
///
/// ```
/// use channel_api::{ChannelId, Content, Event, EventBody, Timestamp, event};
///
/// let channel = ChannelId::new("ch_facebook_123");
/// let body = EventBody::Message { content: Content::text("Hi, I need help with my order") };
/// let mut happened = Event::new(event::name::MESSAGE_RECEIVED, channel, "facebook", body);
/// happened.from = Some("1234567890".into());
/// happened.timestamp = Timestamp::from_millis(1_705_314_600_000);
///
/// let json = serde_json::to_value(&happened)?;
/// assert_eq!(json["event"], "message.received");
/// assert_eq!(json["data"]["content"]["text"], "Hi, I need help with my order");
/// assert_eq!(json["data"]["timestamp"], "2024-01-15T10:30:00Z");
/// assert_eq!(serde_json::from_value::<Event>(json)?, happened);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// What kind of event it is. See [`name`].
    pub name: Cow<'static, str>,
    /// Its id, once a log has given it one: no other event of this channel has it. `None` for what an adapter has just read.
    pub id: Option<String>,
    /// The channel it happened on.
    pub channel_id: ChannelId,
    /// The channel's type.
    pub channel_type: Cow<'static, str>,
    /// Which way a message went; `None` for what is no message.
    pub direction: Option<Direction>,
    /// Who did it.
    pub from: Option<String>,
    /// To whom.
    pub to: Option<String>,
    /// What happened.
    pub body: EventBody,
    /// When, by the provider's clock.
    pub timestamp: Option<Timestamp>,
    /// The provider's further facts.
    pub metadata: Metadata,
    /// Another app is responsible for this conversation; we only look on. Nobody should answer.
    pub observed: bool,
    /// It is history that was read from the provider later, and did not just happen. Nobody should answer.
    pub imported: bool,
    /// The id of an event of the same conversation that happened later and was told before: this one is late. A host says so; an
    /// adapter does not know.
    pub overtaken_by: Option<String>,
    /// The provider's ids of messages that it is about and of which nothing was told before it. They may come yet, or be older
    /// than what is kept. A host says so; an adapter does not know.
    pub unknown_messages: Vec<String>,
    /// Who answers this person from now on, where the event says so.
    pub owner: Option<ThreadOwner>,
    /// What the provider should have said and did not, such as `sender`.
    pub missing: Vec<Cow<'static, str>>,
    /// The provider's own JSON, where the channel was asked to keep it.
    pub raw: Option<Raw>,
}

/// The name of [`Event::unknown_messages`] in `data`, for a host that adds it to an event that is written already.
pub const UNKNOWN_MESSAGES: &str = "unknownMessages";

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Direction {
    /// From a person to us.
    Inbound,
    /// From us to a person.
    Outbound,
}

/// Who answers a person: `{"who": "us"}`, `{"who": "app", "app": "263902037430900"}`, `{"who": "nobody"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "who", content = "app", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ThreadOwner {
    /// This channel.
    Us,
    /// Another app of the account, or the provider's own inbox for people, by the provider's id.
    App(String),
    /// Whoever answers first.
    Nobody,
}

impl Event {
    /// An event without parties or time; set what is known.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        channel_id: ChannelId,
        channel_type: impl Into<Cow<'static, str>>,
        body: EventBody,
    ) -> Self {
        Self {
            name: name.into(),
            id: None,
            channel_id,
            channel_type: channel_type.into(),
            direction: None,
            from: None,
            to: None,
            body,
            timestamp: None,
            metadata: Metadata::default(),
            observed: false,
            imported: false,
            overtaken_by: None,
            unknown_messages: Vec::new(),
            owner: None,
            missing: Vec::new(),
            raw: None,
        }
    }

    /// What kind of event it is, in a word that every channel shares: for a tap, whose name is the channel's own, and for a text
    /// that stands for one, it stands in JSON beside the name; for all others it is the name.
    pub fn kind(&self) -> &str {
        match self.body {
            EventBody::Postback { .. } => name::MESSAGE_POSTBACK,
            EventBody::QuickReply { .. } => name::MESSAGE_QUICK_REPLY,
            _ => &self.name,
        }
    }
}

#[cfg(test)]
mod tests;
