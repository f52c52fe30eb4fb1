//! Content as it is read, with everything that is wrong in it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::wire::Wire;
use super::{Body, Content, Media, SenderAction};
use crate::extra::Collecting;
use crate::message::QuickReply;
use crate::read::read_without;
use crate::template::Template;
use crate::{Issue, JsonObject, Pointer, Quote, Report, read};

impl Content {
    /// Content without a type. It was reported; no rule of a kind shall add to that.
    fn unreadable(fields: JsonObject) -> Self {
        Self::new(Body::Other { kind: String::new(), fields })
    }

    /// Words beside a picture, or beside anything else that is shown, are the text to which it is attached.
    pub(in crate::message) fn read(value: &Value, at: &Pointer<'_>, report: &mut Report) -> Self {
        let (mut content, words) = Self::read_with_words(value, at, report);
        let Some(words) = words else { return content };
        let shown = std::mem::replace(&mut content.body, Body::Text(words));
        let listed = content.attachments.contains(&shown) || shown.media() == Some(&Media::default());
        // Last, so that what its author lists keeps its place.
        if content.attachments.is_empty() || !listed {
            content.attachments.push(shown);
        }
        content
    }

    /// The content, and the words that stand beside content of another type.
    fn read_with_words(value: &Value, at: &Pointer<'_>, report: &mut Report) -> (Self, Option<String>) {
        let Some(fields) = value.as_object() else {
            let (code, message) = if value.is_null() {
                ("required", "say what the message is, for example {\"type\":\"text\",\"text\":\"…\"}")
            } else {
                ("type", "must be an object with a `type`")
            };
            report.refuse(Issue::new(at, code, message));
            return (Self::unreadable(JsonObject::new()), None);
        };
        let known = |kind: &str| KINDS.contains(&kind) || ACTIONS.contains(&kind);
        let kind = fields.get("type").and_then(Value::as_str);
        if let Some(kind) = kind.filter(|kind| !known(kind)) {
            let Unknown { beside, fields } = read_without("type", fields, at, Quote::Values, report);
            let attachments = Self::read_attachments(&beside.attachments, at, report);
            let body = Body::Other { kind: kind.to_owned(), fields };
            return (Self { body, quick_replies: beside.quick_replies, attachments }, None);
        }
        let mut wire: Wire<'_> = read(value, at, Quote::Values, report);
        let Some(kind) = kind else {
            if fields.get("type").is_none_or(Value::is_null) {
                let issue = Issue::new(&at.key("type"), "required", "say which type of content this is");
                report.refuse(issue.with_hint(format!("one of {}", KINDS.join(", "))));
            }
            return (Self::unreadable(fields.clone()), None);
        };
        for (member, _) in
            fields.iter().filter(|(member, value)| belongs_elsewhere(member, kind) && says_something(value))
        {
            let message = format!("is not part of content of type {kind}: leave it out");
            let issue = Issue::new(&at.key(member), "unused_field", message);
            report.refuse(
                issue.with_hint("send it as a message of its own, or let it stand in attachments beside a text"),
            );
        }
        let words = if kind == "text" { None } else { wire.text.take() };
        let words = words.filter(|words| goes_with_words(kind) && !words.trim().is_empty()).map(Cow::into_owned);
        let quick_replies = std::mem::take(&mut wire.quick_replies).into_owned();
        let attachments = Self::read_attachments(&wire.attachments, at, report);
        let template = fields.get("template").unwrap_or(&Value::Null);
        (Self { body: Body::of(kind, wire, template, at, report), quick_replies, attachments }, words)
    }

    fn read_attachments(list: &[Value], at: &Pointer<'_>, report: &mut Report) -> Vec<Body> {
        let list_at = at.key("attachments");
        let mut bodies = Vec::with_capacity(list.len());
        for (index, one) in list.iter().enumerate() {
            let here = list_at.index(index);
            let (Self { body, quick_replies, attachments }, words) = Self::read_with_words(one, &here, report);
            let inside = [
                ("text", words.is_none()),
                ("quickReplies", quick_replies.is_empty()),
                ("attachments", attachments.is_empty()),
            ];
            for (name, _) in inside.into_iter().filter(|(_, empty)| !empty) {
                let message = "cannot stand inside an attachment: let it stand beside the list of attachments";
                report.refuse(Issue::new(&here.key(name), "unsupported", message));
            }
            bodies.push(body);
        }
        bodies
    }
}

/// Content of a type that is not known: what any content may have, and the rest as it is.
#[derive(Default)]
struct Unknown {
    beside: Beside,
    fields: JsonObject,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Beside {
    quick_replies: Vec<QuickReply>,
    attachments: Vec<Value>,
}

impl<'de> Deserialize<'de> for Unknown {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = JsonObject::new();
        let beside = Beside::deserialize(Collecting { inner: deserializer, extra: &mut fields })?;
        Ok(Self { beside, fields })
    }
}

/// The types of content that this version knows.
const KINDS: [&str; 11] =
    ["text", "image", "video", "audio", "file", "document", "sticker", "location", "link", "template", "sender_action"];

/// Those of them whose fields stand under a key of that name.
const MEMBERS: [&str; 8] = ["image", "video", "audio", "file", "sticker", "location", "link", "template"];

/// The sender actions that may stand as a `type` themselves.
const ACTIONS: [&str; 5] = ["typing_on", "typing_off", "mark_seen", "react", "unreact"];

fn is_action(kind: &str) -> bool {
    kind == "sender_action" || ACTIONS.contains(&kind)
}

/// Whether words may stand beside content of this type.
fn goes_with_words(kind: &str) -> bool {
    KINDS.contains(&kind) && kind != "text" && !is_action(kind)
}

/// Words beside a picture were read as a text with the picture attached. Its author finds every place where he wrote it.
pub(crate) fn as_written(report: &mut Report, message: &Value) {
    let Some(fields) = message.get("content").and_then(Value::as_object) else { return };
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    if !goes_with_words(kind) || !fields.get("text").is_some_and(says_something) {
        return;
    }
    let listed = fields.get("attachments").and_then(Value::as_array).map_or(0, Vec::len);
    let list = "/content/attachments";
    let shown = format!("{list}/{listed}");
    for issue in report.refusals.iter_mut().chain(&mut report.warnings) {
        let below = issue.pointer.strip_prefix(&shown).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        if let Some(rest) = below {
            issue.pointer = format!("/content{rest}");
        } else if issue.pointer == list && listed == 0 {
            "/content/text".clone_into(&mut issue.pointer);
        }
    }
}

/// Null and blank words are what a form leaves behind.
fn says_something(value: &Value) -> bool {
    !value.is_null() && value.as_str().is_none_or(|words| !words.trim().is_empty())
}

/// Whether a member holds the content of some type, but not of this one.
fn belongs_elsewhere(member: &str, kind: &str) -> bool {
    let of_an_action = is_action(kind);
    match member {
        "text" if goes_with_words(kind) => false,
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
}

/// What a provider calls an image or a template need not have the form of one that is sent: it is kept as it came. It does not have
/// the member that bears its name, or has the provider's own `payload` beside it.
fn as_it_came(json: &Value) -> Option<Body> {
    let members = json.as_object()?;
    let kind = members.get("type").and_then(Value::as_str).filter(|kind| MEMBERS.contains(kind))?;
    let is_own = members.contains_key(kind) || (kind == "file" && members.contains_key("document"));
    if is_own && !members.contains_key("payload") {
        return None;
    }
    let fields = members.iter().filter(|(name, _)| !matches!(name.as_str(), "type" | "attachments"));
    let fields = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
    Some(Body::Other { kind: kind.to_owned(), fields })
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mut report, mut json) = (Report::default(), Value::deserialize(deserializer)?);
        let attachments = match json.get_mut("attachments") {
            Some(Value::Array(list)) => std::mem::take(list),
            _ => Vec::new(),
        };
        let mut content = match as_it_came(&json) {
            Some(body) => Self::new(body),
            None => Self::read(&json, &Pointer::ROOT, &mut report),
        };
        for (index, one) in attachments.iter().enumerate() {
            let at = Pointer::ROOT.key("attachments");
            let read = || Self::read(one, &at.index(index), &mut report).body;
            content.attachments.push(as_it_came(one).unwrap_or_else(read));
        }
        match report.refusals.first() {
            None => Ok(content),
            Some(issue) => Err(serde::de::Error::custom(issue)),
        }
    }
}
