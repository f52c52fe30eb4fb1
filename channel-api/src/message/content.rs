use std::borrow::Cow;

use schemars::JsonSchema;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::{QuickReply, string_or_number};
use crate::read::elsewhere;
use crate::template::Template;
use crate::{Issue, JsonObject, Pointer, Quote, Report, read};

/// What a message says, in both directions: `{"type": "text", "text": "…"}`, `{"type": "image", "image": {"url": "…"}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// The content itself. For a text with attachments it is the text.
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

/// Something with bytes behind it: by address, or by the id of an earlier upload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Media {
    /// Where it can be fetched. An inbound address may expire: fetch it soon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The provider's id of an upload.
    #[serde(alias = "attachment_id", deserialize_with = "string_or_number", skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<String>,
    /// Outbound: ask the provider to keep it and give it an id.
    #[serde(alias = "is_reusable", skip_serializing_if = "Option::is_none")]
    pub is_reusable: Option<bool>,
}

impl Media {
    /// Media by address.
    pub fn url(url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..Self::default() }
    }
}

/// A sticker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Sticker {
    /// The provider's id of the sticker.
    #[serde(deserialize_with = "string_or_number", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where its picture can be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// What the place is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A map of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Location {
    /// A place by its coordinates, in degrees.
    pub fn new(latitude: f64, longitude: f64) -> Self {
        Self { latitude, longitude, ..Self::default() }
    }
}

/// A shared link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Link {
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The headline of its preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl Link {
    /// A link with the headline of its preview.
    pub fn new(url: Option<String>, title: Option<String>) -> Self {
        Self { url, title }
    }
}

/// A sign to the person that is not a message. In JSON it is a `type` of its own, or stands under `senderAction`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SenderAction {
    /// Show that an answer is being written.
    TypingOn,
    /// Stop showing it.
    TypingOff,
    /// Mark what they wrote as seen.
    MarkSeen,
    /// React to a message: `{"type": "react", "messageId": "…", "reaction": "…"}`.
    React {
        /// The provider's id of the message.
        message_id: Option<String>,
        /// The emoji.
        reaction: Option<String>,
    },
    /// Take a reaction back: `{"type": "unreact", "messageId": "…"}`.
    Unreact {
        /// The provider's id of the message.
        message_id: Option<String>,
    },
    /// A sign that this version does not know.
    Other(String),
}

impl SenderAction {
    /// Its name in JSON.
    pub fn name(&self) -> &str {
        match self {
            Self::TypingOn => "typing_on",
            Self::TypingOff => "typing_off",
            Self::MarkSeen => "mark_seen",
            Self::React { .. } => "react",
            Self::Unreact { .. } => "unreact",
            Self::Other(name) => name,
        }
    }

    fn of(name: &str, message_id: Option<String>, reaction: Option<String>) -> Self {
        match name {
            "typing_on" => Self::TypingOn,
            "typing_off" => Self::TypingOff,
            "mark_seen" => Self::MarkSeen,
            "react" => Self::React { message_id, reaction },
            "unreact" => Self::Unreact { message_id },
            _ => Self::Other(name.to_owned()),
        }
    }
}

impl Sticker {
    /// A sticker by its id, and where its picture is.
    pub fn new(id: Option<String>, url: Option<String>) -> Self {
        Self { id, url }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wire<'a> {
    #[serde(rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Cow<'a, Media>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<Cow<'a, Media>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<Cow<'a, Media>>,
    #[serde(alias = "document", skip_serializing_if = "Option::is_none")]
    file: Option<Cow<'a, Media>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sticker: Option<Cow<'a, Sticker>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Cow<'a, Location>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<Cow<'a, Link>>,
    #[serde(deserialize_with = "elsewhere", skip_serializing_if = "Option::is_none")]
    template: Option<Value>,
    #[serde(alias = "sender_action", skip_serializing_if = "Option::is_none")]
    sender_action: Option<Cow<'a, str>>,
    #[serde(alias = "message_id", skip_serializing_if = "Option::is_none")]
    message_id: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reaction: Option<Cow<'a, str>>,
    #[serde(alias = "quick_replies", skip_serializing_if = "<[_]>::is_empty")]
    quick_replies: Cow<'a, [QuickReply]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Value>,
}

impl Content {
    /// Content without quick replies or further attachments.
    pub fn new(body: Body) -> Self {
        Self { body, quick_replies: Vec::new(), attachments: Vec::new() }
    }

    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Body::Text(text.into()))
    }

    /// A structured message.
    pub fn template(template: Template) -> Self {
        Self::new(Body::Template(Box::new(template)))
    }

    /// Adds answers that the person can tap.
    #[must_use]
    pub fn with_quick_replies(mut self, quick_replies: impl IntoIterator<Item = QuickReply>) -> Self {
        self.quick_replies.extend(quick_replies);
        self
    }

    /// Its words, if it has any.
    pub fn as_text(&self) -> Option<&str> {
        match &self.body {
            Body::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Content without a type. It was reported; no rule of a kind shall add to that.
    fn unreadable(fields: JsonObject) -> Self {
        Self::new(Body::Other { kind: String::new(), fields })
    }

    pub(crate) fn read(value: &Value, at: &Pointer<'_>, report: &mut Report) -> Self {
        let Some(fields) = value.as_object() else {
            let (code, message) = if value.is_null() {
                ("required", "say what the message is, for example {\"type\":\"text\",\"text\":\"…\"}")
            } else {
                ("type", "expected an object with a `type`")
            };
            report.refuse(Issue::new(at, code, message));
            return Self::unreadable(JsonObject::new());
        };
        let known = |kind: &str| KINDS.contains(&kind) || ACTIONS.contains(&kind);
        let kind = fields.get("type").and_then(Value::as_str);
        if let Some(kind) = kind.filter(|kind| !known(kind)) {
            let mut fields = fields.clone();
            fields.remove("type");
            return Self::new(Body::Other { kind: kind.to_owned(), fields });
        }
        let wire: Wire<'_> = read(value, at, Quote::Values, report);
        let Some(kind) = kind else {
            if fields.get("type").is_none_or(Value::is_null) {
                let hint = format!("one of {}", KINDS.join(", "));
                report.refuse(Issue::new(&at.key("type"), "required", "say which type of content this is").hint(hint));
            }
            return Self::unreadable(fields.clone());
        };
        for member in fields.keys().filter(|member| belongs_elsewhere(member, kind)) {
            let message = format!("is not part of a message of type {kind} and was ignored");
            report.warn(Issue::new(&at.key(member), "unused_field", message).hint("send it as a message of its own"));
        }
        let quick_replies = wire.quick_replies.clone().into_owned();
        let list = at.key("attachments");
        let attachments = wire.attachments.iter().enumerate();
        let attachments = attachments.map(|(index, one)| Self::read(one, &list.index(index), report).body).collect();
        let template = fields.get("template").unwrap_or(&Value::Null);
        Self { body: Body::of(kind, wire, template, at, report), quick_replies, attachments }
    }
}

/// The types of content that this version knows.
const KINDS: [&str; 11] =
    ["text", "image", "video", "audio", "file", "document", "sticker", "location", "link", "template", "sender_action"];

/// The sender actions that may stand as a `type` themselves.
const ACTIONS: [&str; 5] = ["typing_on", "typing_off", "mark_seen", "react", "unreact"];

/// Whether a member holds the content of some type, but not of this one.
fn belongs_elsewhere(member: &str, kind: &str) -> bool {
    let of_an_action = kind == "sender_action" || ACTIONS.contains(&kind);
    match member {
        "file" | "document" => kind != "file" && kind != "document",
        "senderAction" | "sender_action" => kind != "sender_action",
        "messageId" | "message_id" | "reaction" => !of_an_action,
        _ => KINDS.contains(&member) && member != kind,
    }
}

impl Body {
    fn of(kind: &str, wire: Wire<'_>, template: &Value, at: &Pointer<'_>, report: &mut Report) -> Self {
        fn part<T: Clone + Default>(part: Option<Cow<'_, T>>) -> T {
            part.map(Cow::into_owned).unwrap_or_default()
        }
        match kind {
            "text" => Self::Text(part(wire.text.map(|text| Cow::Owned(text.into_owned())))),
            "image" => Self::Image(part(wire.image)),
            "video" => Self::Video(part(wire.video)),
            "audio" => Self::Audio(part(wire.audio)),
            "file" | "document" => Self::File(part(wire.file)),
            "sticker" => Self::Sticker(part(wire.sticker)),
            "location" => Self::Location(part(wire.location)),
            "link" => Self::Link(part(wire.link)),
            "template" => Self::Template(Box::new(Template::read(template, &at.key("template"), report))),
            _ => {
                let named = wire.sender_action.unwrap_or_default();
                let name = if kind == "sender_action" { &named } else { kind };
                let own = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
                Self::SenderAction(SenderAction::of(name, own(wire.message_id), own(wire.reaction)))
            }
        }
    }

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

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut report = Report::default();
        let content = Self::read(&Value::deserialize(deserializer)?, &Pointer::ROOT, &mut report);
        match report.refusals.first() {
            None => Ok(content),
            Some(issue) => Err(serde::de::Error::custom(issue)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_goes_there_and_back() {
        for json in [
            json!({"type": "text", "text": "Hi"}),
            json!({"type": "text", "text": "Hi", "quickReplies": [{"contentType": "text", "title": "A", "payload": "a"}, {"contentType": "user_email"}, {"contentType": "moon"}]}),
            json!({"type": "image", "image": {"url": "https://example.org/a.jpg"}}),
            json!({"type": "video", "video": {"attachmentId": "12", "isReusable": true}}),
            json!({"type": "audio", "audio": {"url": "https://example.org/a.mp3"}}),
            json!({"type": "file", "file": {"url": "https://example.org/a.pdf"}}),
            json!({"type": "sticker", "sticker": {"id": "369239263222822"}}),
            json!({"type": "location", "location": {"latitude": 41.38, "longitude": 2.17, "title": "Here"}}),
            json!({"type": "text", "text": "see", "attachments": [{"type": "link", "link": {"url": "https://example.org/"}}]}),
            json!({"type": "sender_action", "senderAction": "mark_seen"}),
            json!({"type": "sender_action", "senderAction": "react", "messageId": "m_1", "reaction": "❤"}),
            json!({"type": "sender_action", "senderAction": "unreact", "messageId": "m_1"}),
            json!({"type": "hologram", "depth": 3}),
        ] {
            let content: Content = serde_json::from_value(json.clone()).unwrap();
            assert_eq!(serde_json::to_value(&content).unwrap(), json);
        }
    }

    #[test]
    fn other_spellings_are_understood() {
        let read = |json: Value| serde_json::from_value::<Content>(json).unwrap();
        assert_eq!(read(json!({"type": "document", "document": {"url": "u"}})).body.kind(), "file");
        assert_eq!(read(json!({"type": "typing_on"})).body, Body::SenderAction(SenderAction::TypingOn));
        assert_eq!(
            read(json!({"type": "react", "message_id": "m_1", "reaction": "❤"})).body,
            Body::SenderAction(SenderAction::React { message_id: Some("m_1".into()), reaction: Some("❤".into()) })
        );
        assert_eq!(
            read(json!({"type": "text", "text": "x", "quick_replies": [{"title": "y", "payload": 1}]})).quick_replies
                [0],
            QuickReply::text("y", "1")
        );
    }

    #[test]
    fn what_belongs_to_another_type_is_not_lost_in_silence() {
        let mut report = Report::default();
        let json = json!({"type": "image", "image": {"url": "u"}, "text": "a caption", "messageId": "m"});
        Content::read(&json, &Pointer::ROOT.key("content"), &mut report);
        let places: Vec<_> = report.warnings.iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
        assert_eq!(places, [("/content/messageId", "unused_field"), ("/content/text", "unused_field")]);
    }

    #[test]
    fn a_type_that_is_not_known_does_not_hide_what_is_beside_it() {
        let reel = |id: i32| Body::Other {
            kind: "reel".to_owned(),
            fields: json!({"payload": {"id": id}}).as_object().unwrap().clone(),
        };
        let mut content = Content::new(reel(1));
        content.attachments = vec![reel(1), reel(2)];
        assert_eq!(
            serde_json::to_value(&content).unwrap(),
            json!({
                "type": "reel", "payload": {"id": 1},
                "attachments": [{"type": "reel", "payload": {"id": 1}}, {"type": "reel", "payload": {"id": 2}}]
            })
        );
    }
}
