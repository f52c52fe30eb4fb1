//! What is said, whatever its kind.

use channel_api::message::{Body, SendOptions};
use channel_api::{Content, Issue, Pointer, Report};

use super::instead::instead;
use super::{attached, fallback, images, media, quick_reply, retired, sender_action, sticker, text};
use crate::capabilities::CAPABILITIES;
use crate::rules;
use crate::template;
use crate::wire::Object;

/// What a message becomes.
pub(super) enum Outgoing {
    /// Meta's `message` objects, to be sent in this order. Never empty unless something was refused.
    Messages(Vec<Object>),
    /// No message: `sender_action`, and what goes with it.
    Action(Object),
}

pub(super) fn translate(content: &Content, options: &SendOptions, at: &Pointer<'_>, report: &mut Report) -> Outgoing {
    // Quick replies go below the last message: only there are they shown.
    let below = match &content.body {
        Body::Text(_) => content.bodies().last().unwrap_or(&content.body),
        body => body,
    };
    let replies = quick_reply::translate(&content.quick_replies, below, &at.key("quickReplies"), report);
    if let Body::SenderAction(action) = &content.body {
        let advice = "goes with a message, not with a sender action: leave it out";
        rules::absent(&at.key("quickReplies"), !content.quick_replies.is_empty(), advice, report);
        rules::absent(&at.key("attachments"), !content.attachments.is_empty(), advice, report);
        return Outgoing::Action(sender_action::translate(action, at, report));
    }
    let mut messages = match &content.body {
        body if content.attachments.is_empty() => one(body, options, at, report),
        Body::Text(words) => attached::translate(words, content, options, at, report),
        _ => vec![images::translate(content, at, report)],
    };
    if let (Some(replies), Some(last)) = (replies, messages.last_mut()) {
        let taken = std::mem::take(last);
        *last = taken.with("quick_replies", replies);
    }
    Outgoing::Messages(messages)
}

/// The messages that show one thing.
pub(super) fn one(body: &Body, options: &SendOptions, at: &Pointer<'_>, report: &mut Report) -> Vec<Object> {
    match body {
        Body::Text(words) => text::translate(words, options, &at.key("text"), report),
        Body::Image(file) => media::translate("image", file, options, &at.key("image"), report),
        Body::Video(file) => media::translate("video", file, options, &at.key("video"), report),
        Body::Audio(file) => media::translate("audio", file, options, &at.key("audio"), report),
        Body::File(file) => media::translate("file", file, options, &at.key("file"), report),
        Body::Sticker(sticker) => vec![sticker::translate(sticker, &at.key("sticker"), report)],
        Body::Template(template) => {
            let at = at.key("template");
            retired::translate(template, options, &at, report)
                .unwrap_or_else(|| template::translate(template, options, &at, report))
        }
        Body::Location(place) => {
            let advice = "Messenger cannot send a place";
            instead(&fallback::of_location(place), advice, options, &at.key("location"), report)
        }
        Body::Link(link) => {
            let advice = "Messenger has no message for a link alone; it shows a preview below a text that holds one";
            instead(&fallback::of_link(link), advice, options, &at.key("link"), report)
        }
        Body::Other { kind, fields } if kind.is_empty() => {
            let here = if fields.is_empty() { *at } else { at.key("type") };
            rules::filled(&here, None, "say which type of content this is", report);
            Vec::new()
        }
        _ => {
            let known = rules::list(CAPABILITIES.sends_content);
            let issue = Issue::new(&at.key("type"), "content.unknown", "is no type of content that Messenger can send");
            report.refuse(issue.with_hint(format!("use {known}")));
            Vec::new()
        }
    }
}
