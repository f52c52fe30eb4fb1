//! What a person wrote: words, attachments, a tapped quick reply; and messages that were taken back.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messages>

use channel_api::event::{Direction, Metadata, name};
use channel_api::message::Body;
use channel_api::{Content, Event, EventBody, Identity, JsonObject, Received};

use super::attachment::{self, Attachments};
use super::echo;
use super::events::{MESSAGE_DELETED, QUICK_REPLY};
use super::fields::{Field, Form, addition, field};
use super::fingerprint::Fingerprint;
use super::head::Head;
use super::json::{Json, take};
use super::kind::Context;
use super::message_wire::{Message, marked};
use super::referral::REFERRAL;
use super::scalar;
use super::trouble::Trouble;

const REPLY_TO: &[Field] = &[
    field("mid", "mid", Form::Id),
    field("is_self_reply", "isSelfReply", Form::Flag),
    field("story", "story", Form::Free),
];

/// Makes the event of a message.
pub(super) fn event(
    mut message: Message<'_>,
    head: &Head<'_>,
    context: &Context<'_>,
    made: &mut Vec<Received>,
) -> Result<(), Trouble> {
    if message.odd {
        return Err(Trouble::shape("is not an object").inside("message"));
    }
    if take(&mut message.members, "is_deleted").is_some_and(|mark| marked(&mark)) {
        return deleted(message, head, context, made);
    }
    let echo = message.is_echo;
    let tap = if echo { None } else { tap(&mut message) };
    let (name, prefix) = match &tap {
        _ if echo => (name::MESSAGE_ECHO, "echo_"),
        Some(_) => (QUICK_REPLY, "msg_"),
        None => (name::MESSAGE_RECEIVED, "msg_"),
    };
    let (identity, mid) = identity(prefix, name, &mut message, head, context);
    let correlation = if echo { echo::token(&mut message) } else { None };
    context.event(name, identity, head, true, made, |event| {
        if let Some(mid) = mid {
            event.metadata.insert("mid", mid);
        }
        let text = text(std::mem::take(&mut message.text))?;
        let attachments = attachment::read(&mut message.members)?;
        additions(&mut message, event);
        if echo {
            echo::complete(event, &mut message, context);
        } else {
            event.direction = Some(Direction::Inbound);
        }
        event.body = match tap {
            Some(payload) => {
                let more = (!attachments.is_empty()).then(|| content(text.clone(), attachments)).flatten();
                EventBody::QuickReply { payload, text, content: more }
            }
            None => EventBody::Message { content: content(text, attachments).map_or_else(|| none(&mut message), Ok)? },
        };
        Ok(())
    })?;
    if let Some(received) = made.last_mut() {
        received.correlation = correlation;
    }
    Ok(())
}

/// The content of a message that has none: Meta could not represent it, or it is an echo, which still says that a message went
/// out, and which.
fn none(message: &mut Message<'_>) -> Result<Content, Trouble> {
    if message.is_echo || take(&mut message.members, "is_unsupported").is_some_and(|mark| marked(&mark)) {
        return Ok(Content::new(Body::Other { kind: "unsupported".to_owned(), fields: JsonObject::new() }));
    }
    Err(Trouble::shape("has no content").inside("message"))
}

/// The message's id for the host, and Meta's own.
fn identity(
    prefix: &str,
    name: &str,
    message: &mut Message<'_>,
    head: &Head<'_>,
    context: &Context<'_>,
) -> (Identity, Option<String>) {
    if let Ok(mid) = scalar::id(std::mem::take(&mut message.mid)) {
        return (Identity::Own(from_mid(prefix, &mid)), Some(mid.into_owned()));
    }
    let fingerprint = Fingerprint::of(name, context.page, head).message(message).digest();
    (context.derived(fingerprint, None, head), None)
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
    scalar::payload(quick_reply.take("payload")?)
}

fn text(json: Json<'_>) -> Result<Option<String>, Trouble> {
    match json {
        Json::Null => Ok(None),
        Json::Text(text) => Ok(Some(text.into_owned()).filter(|text| !text.is_empty())),
        _ => Err(Trouble::shape("is not text").inside("text").inside("message")),
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

/// What Meta says about a message besides its content. Nothing of this costs the message when it is odd.
fn additions(message: &mut Message<'_>, event: &mut Event) {
    if message.members.is_empty() {
        return;
    }
    let members = &mut message.members;
    let mut add = |key: &str, name: &'static str, form: Form| {
        if let Some(value) = take(members, key).and_then(|json| addition(json, form)) {
            event.metadata.insert(name, value);
        }
    };
    add("reply_to", "replyTo", Form::One(REPLY_TO));
    add("referral", "referral", Form::One(REFERRAL));
    add("nlp", "nlp", Form::Free);
    add("commands", "commands", Form::Free);
    add("seq", "seq", Form::Number);
    if !message.is_echo {
        // Messages of 2016 name an app here. It sent nothing, so it is not among the things that an echo says.
        add("app_id", "appId", Form::Id);
    }
}

/// A message that its author took back. Meta tells its id and no more.
fn deleted(
    mut message: Message<'_>,
    head: &Head<'_>,
    context: &Context<'_>,
    made: &mut Vec<Received>,
) -> Result<(), Trouble> {
    let (identity, mid) = identity("deleted_", MESSAGE_DELETED, &mut message, head, context);
    let Some(mid) = mid else { return Err(Trouble::shape("is missing").inside("mid").inside("message")) };
    context.event(MESSAGE_DELETED, identity, head, true, made, |event| {
        event.body = EventBody::Fields(Metadata::from_iter([("mid", mid)]));
        Ok(())
    })
}
