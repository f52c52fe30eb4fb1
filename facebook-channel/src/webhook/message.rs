//! What a person wrote: words, attachments, a tapped quick reply; and messages that were taken back.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messages>

use channel_api::event::{Direction, Metadata, name};
use channel_api::message::Body;
use channel_api::{Content, Event, EventBody, Identity, JsonObject, Received};

use super::answer;
use super::attachment::{self, Attachments};
use super::echo;
use super::event_header::EventHeader;
use super::event_spec::Context;
use super::events::{MESSAGE_DELETED, QUICK_REPLY};
use super::fields::{Field, FieldType, addition, field};
use super::fingerprint::Fingerprint;
use super::json::{Json, take};
use super::message_wire::{Message, marked};
use super::normalize_error::NormalizeError;
use super::other;
use super::referral::REFERRAL;
use super::scalar;

const REPLY_TO: &[Field] = &[
    field("mid", "mid", FieldType::Id),
    field("is_self_reply", "isSelfReply", FieldType::Flag),
    field("story", "story", FieldType::Free),
];

/// Makes the event of a message.
pub(super) fn event(
    mut message: Message<'_>,
    header: &EventHeader<'_>,
    context: &Context<'_>,
    received: &mut Vec<Received>,
) -> Result<(), NormalizeError> {
    if message.malformed {
        return Err(NormalizeError::shape("is not an object").inside("message"));
    }
    if take(&mut message.members, "is_deleted").is_some_and(|mark| marked(&mark)) {
        return deleted(message, header, context, received);
    }
    // Unmarked it is an echo all the same: whoever took it for a person's would answer the Page's own words.
    message.is_echo |= context.is_own(header.sender.id());
    let echo = message.is_echo;
    let tap = if echo { None } else { tap(&mut message) };
    let (name, prefix) = match &tap {
        _ if echo => (name::MESSAGE_ECHO, "echo_"),
        Some(_) => (QUICK_REPLY, "msg_"),
        None => (name::MESSAGE_RECEIVED, "msg_"),
    };
    let (identity, mid) = identity(prefix, name, &mut message, header, context);
    let correlation = if echo { echo::token(&mut message) } else { None };
    let copied = if echo { mid.clone() } else { None };
    let mut ours = None;
    context.event(name, identity, header, true, received, |event| {
        if let Some(mid) = mid {
            event.metadata.insert("mid", mid);
        }
        let text = text(std::mem::take(&mut message.text))?;
        let attachments = attachment::read(&mut message.members)?;
        additions(&mut message, event);
        if echo {
            ours = echo::complete(event, &mut message, context);
        } else {
            event.direction = Some(Direction::Inbound);
        }
        event.body = match tap {
            Some(payload) => {
                let more = (!attachments.is_empty()).then(|| content(text.clone(), attachments)).flatten();
                let answers = answer::answers(&payload, text.as_deref());
                EventBody::QuickReply { payload, text, answers, content: more }
            }
            None => EventBody::Message { content: content(text, attachments).map_or_else(|| none(&mut message), Ok)? },
        };
        other::keep(event, "message", std::mem::take(&mut message.members));
        Ok(())
    })?;
    if let Some(last) = received.last_mut() {
        (last.correlation, last.copied, last.ours) = (correlation, copied, ours);
    }
    Ok(())
}

/// The content of a message that has none: Meta could not represent it, or it is an echo, which still says that a message went
/// out, and which.
fn none(message: &mut Message<'_>) -> Result<Content, NormalizeError> {
    if message.is_echo || take(&mut message.members, "is_unsupported").is_some_and(|mark| marked(&mark)) {
        return Ok(Content::new(Body::Other { kind: "unsupported".to_owned(), fields: JsonObject::new() }));
    }
    Err(NormalizeError::shape("has no content").inside("message"))
}

/// The message's id for the host, and Meta's own.
fn identity(
    prefix: &str,
    name: &str,
    message: &mut Message<'_>,
    header: &EventHeader<'_>,
    context: &Context<'_>,
) -> (Identity, Option<String>) {
    if let Ok(mid) = scalar::id(std::mem::take(&mut message.mid)) {
        return (Identity::Own(from_mid(prefix, &mid)), Some(mid.into_owned()));
    }
    let fingerprint = Fingerprint::of(name, context.page, header).message(message).digest();
    (context.derived(fingerprint, None, header), None)
}

/// An id made of Meta's: `m_abc` → `msg_abc`.
pub(super) fn from_mid(prefix: &str, mid: &str) -> String {
    let mid = mid.strip_prefix("m_").unwrap_or(mid);
    let mut id = String::with_capacity(prefix.len() + mid.len());
    id.push_str(prefix);
    id.push_str(mid);
    id
}

/// The payload of the quick reply that was tapped. Without one it is a message like any other.
fn tap(message: &mut Message<'_>) -> Option<String> {
    let mut quick_reply = take(&mut message.members, "quick_reply")?;
    let payload = quick_reply.take("payload").and_then(scalar::payload);
    other::put_back(&mut message.members, "quick_reply", quick_reply);
    payload
}

fn text(json: Json<'_>) -> Result<Option<String>, NormalizeError> {
    match json {
        Json::Null => Ok(None),
        Json::Text(text) => Ok(Some(text.into_owned()).filter(|text| !text.is_empty())),
        _ => Err(NormalizeError::shape("is not text").inside("text").inside("message")),
    }
}

/// Words and attachments as one content; `None` where there is neither.
fn content(text: Option<String>, mut attachments: Attachments) -> Option<Content> {
    match text {
        Some(text) => {
            let mut content = Content::text(text);
            content.attachments = attachments;
            Some(content)
        }
        None if attachments.len() == 1 => attachments.pop().map(Content::new),
        None => {
            let mut content = Content::new(attachments.first()?.clone());
            content.attachments = attachments;
            Some(content)
        }
    }
}

/// What Meta says about a message besides its content. Nothing of this costs the message when it is malformed.
fn additions(message: &mut Message<'_>, event: &mut Event) {
    if message.members.is_empty() {
        return;
    }
    let members = &mut message.members;
    let mut add = |key: &str, name: &'static str, field_type: FieldType| {
        if let Some(value) = take(members, key).and_then(|json| addition(json, field_type)) {
            event.metadata.insert(name, value);
        }
    };
    add("reply_to", "replyTo", FieldType::One(REPLY_TO));
    add("referral", "referral", FieldType::One(REFERRAL));
    add("nlp", "nlp", FieldType::Free);
    add("commands", "commands", FieldType::Free);
    add("seq", "seq", FieldType::Number);
    if !message.is_echo {
        // Messages of 2016 name an app here. It sent nothing, so it is not among the things that an echo says.
        add("app_id", "appId", FieldType::Id);
    }
}

/// A message that its author took back. Meta tells its id and no more; should it say what it was, that is taken back too.
fn deleted(
    mut message: Message<'_>,
    header: &EventHeader<'_>,
    context: &Context<'_>,
    received: &mut Vec<Received>,
) -> Result<(), NormalizeError> {
    let (identity, mid) = identity("deleted_", MESSAGE_DELETED, &mut message, header, context);
    let Some(mid) = mid else { return Err(NormalizeError::shape("is missing").inside("mid").inside("message")) };
    context.event(MESSAGE_DELETED, identity, header, true, received, |event| {
        event.body = EventBody::Fields(Metadata::from_iter([("mid", mid)]));
        message.members.retain(|(key, _)| !matches!(&**key, "attachments" | "quick_reply"));
        other::keep(event, "message", message.members);
        Ok(())
    })
}
