//! Content as it is written.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::{Body, Content, Link, Location, Media, SenderAction, Sticker};
use crate::message::QuickReply;
use crate::read::elsewhere;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Wire<'a> {
    #[serde(rename = "type")]
    pub(super) kind: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) image: Option<Cow<'a, Media>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) video: Option<Cow<'a, Media>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) audio: Option<Cow<'a, Media>>,
    #[serde(alias = "document", skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<Cow<'a, Media>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sticker: Option<Cow<'a, Sticker>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) location: Option<Cow<'a, Location>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<Cow<'a, Link>>,
    #[serde(deserialize_with = "elsewhere", skip_serializing_if = "Option::is_none")]
    pub(super) template: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sender_action: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message_id: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reaction: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) quick_replies: Cow<'a, [QuickReply]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) attachments: Vec<Value>,
}

impl Body {
    fn wire(&self) -> Wire<'_> {
        let mut wire = Wire { kind: Some(Cow::Borrowed(self.kind())), ..Wire::default() };
        match self {
            Self::Text(text) => wire.text = Some(Cow::Borrowed(text)),
            Self::Image(media) => wire.image = Some(Cow::Borrowed(media)),
            Self::Video(media) => wire.video = Some(Cow::Borrowed(media)),
            Self::Audio(media) => wire.audio = Some(Cow::Borrowed(media)),
            Self::File(media) => wire.file = Some(Cow::Borrowed(media)),
            Self::Sticker(sticker) => wire.sticker = Some(Cow::Borrowed(sticker)),
            Self::Location(location) => wire.location = Some(Cow::Borrowed(location)),
            Self::Link(link) => wire.link = Some(Cow::Borrowed(link)),
            Self::Template(template) => wire.template = serde_json::to_value(template).ok(),
            Self::SenderAction(action) => {
                wire.sender_action = Some(Cow::Borrowed(action.name()));
                if let SenderAction::React { message_id, .. } | SenderAction::Unreact { message_id } = action {
                    wire.message_id = message_id.as_deref().map(Cow::Borrowed);
                }
                if let SenderAction::React { reaction, .. } = action {
                    wire.reaction = reaction.as_deref().map(Cow::Borrowed);
                }
            }
            Self::Other { .. } => {}
        }
        wire
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Other { kind, fields } => serializer.collect_map(
                std::iter::once(("type", &Value::from(kind.as_str())))
                    .chain(fields.iter().map(|(key, value)| (key.as_str(), value))),
            ),
            known => known.wire().serialize(serializer),
        }
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Body::Other { kind, fields } = &self.body {
            let mut content = serializer.serialize_map(None)?;
            content.serialize_entry("type", kind)?;
            fields.iter().try_for_each(|(name, value)| content.serialize_entry(name, value))?;
            if !self.quick_replies.is_empty() {
                content.serialize_entry("quickReplies", &self.quick_replies)?;
            }
            if !self.attachments.is_empty() {
                content.serialize_entry("attachments", &self.attachments)?;
            }
            return content.end();
        }
        let mut wire = self.body.wire();
        wire.quick_replies = Cow::Borrowed(&self.quick_replies);
        wire.attachments = self.attachments.iter().filter_map(|body| serde_json::to_value(body).ok()).collect();
        wire.serialize(serializer)
    }
}
