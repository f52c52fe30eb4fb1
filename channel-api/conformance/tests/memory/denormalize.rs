//! Messages into calls.

use channel_api::message::{Body, QuickReply, SenderAction};
use channel_api::operation::Thread;
use channel_api::template::{Button, ButtonKind};
use channel_api::{
    Choice, Denormalized, Error, ErrorKind, Issue, JsonObject, OutboundMessage, Pointer, ProviderRequest, Quote,
    Recipient, Report, Result, Template, ThreadOwner, read_object,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::limits::{self, check};

/// The tag for what cannot wait.
pub(super) const URGENT: &str = "URGENT";
pub(super) const MESSAGES: &str = "/v1/messages";

/// The options that no other channel has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OwnOptions {
    tag: Option<String>,
    thread_control: Option<ThreadControl>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ThreadControl {
    control_type: Option<String>,
    app_id: Option<String>,
}

pub(super) fn denormalize(message: &OutboundMessage) -> Result<Denormalized> {
    let mut report = Report::default();
    let mut call = JsonObject::new();
    let root = Pointer::ROOT;
    match &message.to {
        Recipient::Id(id) if !id.trim().is_empty() => drop(call.insert("to".to_owned(), id.as_str().into())),
        Recipient::Id(_) => report.refuse(required(&root.key("to"), "name the person who gets this")),
        _ => {
            report.refuse(Issue::new(&root.key("to"), "type", "a person is named by the id as a string"));
        }
    }
    let choices = content(message, &root.key("content"), &mut call, &mut report);
    let own = options(message, &root.key("options"), &mut call, &mut report);
    if report.refusals.is_empty() {
        let requests = vec![ProviderRequest::post(MESSAGES, Value::Object(call))];
        let thread = thread_after(message, own);
        return Ok(Denormalized { requests, warnings: report.warnings, thread, choices });
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report))
}

/// Who answers once it is sent.
fn thread_after(message: &OutboundMessage, own: OwnOptions) -> Option<Thread> {
    let (Recipient::Id(person), control) = (&message.to, own.thread_control?) else { return None };
    let owner = control.app_id.map_or(ThreadOwner::Nobody, ThreadOwner::App);
    Some(Thread::new(person, owner))
}

fn required(at: &Pointer<'_>, message: &str) -> Issue {
    Issue::new(at, "required", message)
}

fn unsupported(at: &Pointer<'_>, message: impl Into<String>) -> Issue {
    Issue::new(at, "unsupported", message)
}

/// Returns what a number means, where the quick replies are a numbered text.
fn content(message: &OutboundMessage, at: &Pointer<'_>, call: &mut JsonObject, report: &mut Report) -> Vec<Choice> {
    let content = &message.content;
    match &content.body {
        Body::Text(text) => {
            check(&limits::TEXT, text.chars().count(), &at.key("text"), report);
            call.insert("text".to_owned(), text.as_str().into());
        }
        Body::Image(image) => {
            let media = at.key("image");
            match &image.url {
                Some(url) if url.starts_with("https://") => {
                    check(&limits::IMAGE_URL, url.len(), &media.key("url"), report);
                    call.insert("image".to_owned(), url.as_str().into());
                }
                _ => report.refuse(required(&media.key("url"), "give the picture's https address")),
            }
            if image.attachment_id.is_some() {
                report.refuse(unsupported(&media.key("attachmentId"), "there are no uploads: give an address"));
            }
        }
        Body::Template(template) if template.kind() == "button" => buttons(template, &at.key("template"), call, report),
        Body::SenderAction(SenderAction::TypingOn) => drop(call.insert("sign".to_owned(), "typing".into())),
        _ => report.refuse(unsupported(&at.key("type"), "is none of text, image, template and sender_action")),
    }
    let list = at.key("quickReplies");
    let (count, most) = (content.quick_replies.len(), limits::QUICK_REPLIES.max);
    if let (true, Body::Text(text)) = (message.options.fallback && count > most, &content.body) {
        let issue = Issue::new(&list, "fallback.text", format!("there are {count}; {most} are allowed"));
        report.warn(issue.with_limit(most, count).with_arg("rule", limits::QUICK_REPLIES.name));
        return numbered(text, &content.quick_replies, at, call, report);
    }
    check(&limits::QUICK_REPLIES, content.quick_replies.len(), &list, report);
    let mut choices = Vec::new();
    for (index, reply) in content.quick_replies.iter().enumerate() {
        let (here, title) = (list.index(index), reply.title.as_deref().unwrap_or_default());
        check(&limits::QUICK_REPLY_TITLE, title.chars().count(), &here.key("title"), report);
        if reply.content_type != channel_api::message::QuickReplyKind::Text {
            report.refuse(unsupported(&here.key("contentType"), "a quick reply is a text"));
        }
        choices.push(json!({"title": title, "payload": reply.payload.as_deref().unwrap_or(title)}));
    }
    if !choices.is_empty() {
        call.insert("choices".to_owned(), choices.into());
    }
    Vec::new()
}

/// The quick replies below the text, one line each.
fn numbered(
    text: &str,
    replies: &[QuickReply],
    at: &Pointer<'_>,
    call: &mut JsonObject,
    report: &mut Report,
) -> Vec<Choice> {
    let (mut text, mut choices) = (text.to_owned(), Vec::new());
    for reply in replies {
        let title = reply.title.as_deref().unwrap_or_default();
        choices.push(Choice::new(title, reply.payload.as_deref().unwrap_or(title)));
        text = format!("{text}\n{}. {title}", choices.len());
    }
    check(&limits::TEXT, text.chars().count(), &at.key("text"), report);
    call.insert("text".to_owned(), text.into());
    choices
}

fn buttons(template: &Template, at: &Pointer<'_>, call: &mut JsonObject, report: &mut Report) {
    let Template::Button(template) = template else { return };
    let text = template.text.as_deref().unwrap_or_default();
    check(&limits::TEXT, text.chars().count(), &at.key("text"), report);
    let list = at.key("buttons");
    check(&limits::BUTTONS, template.buttons.len(), &list, report);
    let mut made = Vec::new();
    for (index, button) in template.buttons.iter().enumerate() {
        made.push(self::button(button, &list.index(index), report));
    }
    call.insert("text".to_owned(), text.into());
    call.insert("buttons".to_owned(), made.into());
}

fn button(button: &Button, at: &Pointer<'_>, report: &mut Report) -> Value {
    let title = button.title.as_deref().unwrap_or_default();
    check(&limits::BUTTON_TITLE, title.chars().count(), &at.key("title"), report);
    if button.kind != ButtonKind::Postback {
        report.refuse(unsupported(&at.key("type"), "a button is a postback"));
    }
    let Some(payload) = &button.payload else {
        report.refuse(required(&at.key("payload"), "say what comes back with a tap"));
        return Value::Null;
    };
    json!({"title": title, "payload": payload})
}

fn options(message: &OutboundMessage, at: &Pointer<'_>, call: &mut JsonObject, report: &mut Report) -> OwnOptions {
    let own: OwnOptions = read_object(&message.options.extra, at, Quote::Values, report);
    match own.tag.as_deref() {
        None => {}
        Some("URGENT") => drop(call.insert("tag".to_owned(), "URGENT".into())),
        Some(_) => report.refuse(unsupported(&at.key("tag"), "there is no such tag: only URGENT")),
    }
    if let Some(id) = &message.options.reply_to {
        call.insert("reply_to".to_owned(), id.as_str().into());
    }
    if let Some(control) = &own.thread_control {
        let place = at.key("threadControl");
        let owner = match (control.control_type.as_deref(), &control.app_id) {
            (Some("pass"), Some(desk)) => desk.as_str().into(),
            (Some("release"), None) => Value::Null,
            _ => {
                report.refuse(unsupported(&place, "is `pass` with the desk as appId, or `release`"));
                Value::Null
            }
        };
        call.insert("owner".to_owned(), owner);
    }
    own
}
