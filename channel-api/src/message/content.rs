mod action;
mod parts;
mod read;
mod wire;

#[cfg(test)]
mod tests;

pub use action::SenderAction;
pub use parts::{Link, Location, Media, Sticker};
pub(crate) use read::as_written;

use super::QuickReply;
use crate::JsonObject;
use crate::template::Template;

/// What a message says, in both directions: `{"type": "text", "text": "…"}`, `{"type": "image", "image": {"url": "…"}}`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Content {
    /// The content itself. For a text with attachments it is the text, also where its author wrote the words beside a picture:
    /// `{"type": "image", "image": {…}, "text": "…"}`. The words come first, then the attachments in their order.
    pub body: Body,
    /// Outbound: answers that the person can tap.
    pub quick_replies: Vec<QuickReply>,
    /// All attachments, where there is more than one or a text beside them; empty when `body` says everything.
    pub attachments: Vec<Body>,
}

/// One kind of content. Its name in JSON is the `type`, and its fields stand under a key of that name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Body {
    /// Words.
    Text(String),
    /// A picture, still or moving.
    Image(Media),
    /// A film.
    Video(Media),
    /// A sound or a voice message.
    Audio(Media),
    /// Any other file. `document` is understood as well.
    File(Media),
    /// A sticker.
    Sticker(Sticker),
    /// A place.
    Location(Location),
    /// A shared link with its preview.
    Link(Link),
    /// A structured message with buttons, cards or a form.
    Template(Box<Template>),
    /// No message at all, but a sign: typing, seen.
    SenderAction(SenderAction),
    /// A type that this version does not know, with its fields.
    Other {
        /// The `type`.
        kind: String,
        /// Everything beside it.
        fields: JsonObject,
    },
}

impl Content {
    /// All that stands in it: the content itself, then its attachments.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        std::iter::once(&self.body).chain(&self.attachments)
    }

    /// Content without quick replies or further attachments.
    pub fn new(body: Body) -> Self {
        Self { body, quick_replies: Vec::new(), attachments: Vec::new() }
    }

    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Body::Text(text.into()))
    }

    /// Adds what stands beside a text, or all of several attachments.
    #[must_use]
    pub fn with_attachments(self, attachments: Vec<Body>) -> Self {
        Self { attachments, ..self }
    }
}

impl Body {
    /// The `type`.
    pub fn kind(&self) -> &str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Audio(_) => "audio",
            Self::File(_) => "file",
            Self::Sticker(_) => "sticker",
            Self::Location(_) => "location",
            Self::Link(_) => "link",
            Self::Template(_) => "template",
            Self::SenderAction(_) => "sender_action",
            Self::Other { kind, .. } => kind,
        }
    }

    /// What has bytes behind it, where it is content of such a kind.
    pub fn media(&self) -> Option<&Media> {
        match self {
            Self::Image(media) | Self::Video(media) | Self::Audio(media) | Self::File(media) => Some(media),
            _ => None,
        }
    }
}
