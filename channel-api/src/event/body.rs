use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::Metadata;
use crate::message::QuickReplyKind;
use crate::{Content, Error, Timestamp};

/// What happened. Which fields stand in `data` depends on it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EventBody {
    /// A message: `content`.
    Message {
        /// What it says.
        content: Content,
    },
    /// Messages reached the person: `messageIds`, `watermark`.
    Delivered {
        /// The provider's ids of the messages, where it names them.
        message_ids: Vec<String>,
        /// Everything sent until then has arrived.
        watermark: Option<Timestamp>,
    },
    /// The person saw messages: `messageIds`, `watermark`.
    Read {
        /// The provider's ids of the messages, where it names them.
        message_ids: Vec<String>,
        /// Everything sent until then has been seen.
        watermark: Option<Timestamp>,
    },
    /// The provider took messages: `messageIds`.
    Sent {
        /// The provider's ids of the messages.
        message_ids: Vec<String>,
    },
    /// The provider did not get messages to the person: `messageIds`, `error`.
    Failed {
        /// The provider's ids of the messages.
        message_ids: Vec<String>,
        /// Why.
        error: Error,
    },
    /// A button was tapped: `payload`, `title`.
    Postback {
        /// What the button's author wanted back. Absent where the button belongs to another app.
        payload: Option<String>,
        /// The words on it.
        title: Option<String>,
    },
    /// A quick reply was tapped: `payload`, `text`, `answers`. Or a text answers what was offered in a numbered one, by number or
    /// title ([`Denormalized::choices`](crate::Denormalized::choices)): then a host adds `payload` and `text` to the
    /// `message.received`, which keeps its name and its `content`.
    QuickReply {
        /// What the quick reply's author wanted back.
        payload: String,
        /// The words on it, or what the profile said.
        text: Option<String>,
        /// What it asked for, as its `contentType` did, where it offered no words of its author's. `None` where it did, or where
        /// the channel cannot tell.
        answers: Option<QuickReplyKind>,
        /// What came with it, where that is more than the words.
        content: Option<Content>,
    },
    /// An event of the channel's own, with its fields. None has the name of one of `data`'s own.
    Fields(Metadata),
    /// Something this version does not understand: `reason`, `detail`, where it stood, `raw`. It is kept, so that nothing is lost.
    Unknown {
        /// Why it was not understood.
        reason: UnknownReason,
        /// More about it, for a person. No values, no words of anybody.
        detail: Option<String>,
        /// Where in its delivery it stood.
        origin: Origin,
        /// The JSON as it came. Absent only where another account's words are not kept.
        raw: Option<Raw>,
    },
}

impl EventBody {
    /// Something this version does not understand, whole.
    pub fn unknown(reason: UnknownReason, raw: Raw) -> Self {
        Self::Unknown { reason, detail: None, origin: Origin::default(), raw: Some(raw) }
    }
}

/// Where in a delivery something stood, in the provider's own words: what is needed to pass it on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What the delivery is about, such as `page`.
    pub object: Option<String>,
    /// The account, by the provider's id.
    pub account: Option<String>,
    /// The list in which it stood, such as `messaging`.
    pub list: Option<String>,
    /// For how many things the event stands, where that is not one.
    pub items: Option<u64>,
}

/// Why an event was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UnknownReason {
    /// A kind of event that this version does not know.
    UnknownKind,
    /// A known kind in a shape that does not fit it.
    UnexpectedShape,
    /// It belongs to another account than the channel's.
    OtherAccount,
    /// It concerns another product of the provider.
    OtherProduct,
}

/// JSON as it came, to the byte but for line breaks between its tokens: those become spaces, so that an event is one line.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Raw(Box<RawValue>);

impl Raw {
    /// Keeps a piece of JSON.
    pub fn new(json: &RawValue) -> Self {
        if json.get().contains(['\n', '\r']) {
            // No JSON string holds a line break, so this changes nothing but the space between tokens.
            let line = json.get().replace(['\n', '\r'], " ");
            if let Ok(line) = RawValue::from_string(line) {
                return Self(line);
            }
        }
        Self(json.to_owned())
    }

    /// The JSON's text.
    pub fn get(&self) -> &str {
        self.0.get()
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self)
    }
}

impl PartialEq for Raw {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}
