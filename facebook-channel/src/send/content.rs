//! What is said, whatever its kind.

use channel_api::message::{Body, SendOptions};
use channel_api::{Content, Pointer, Report};

use super::{attached, images, one, quick_reply, sender_action};
use crate::rules;
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
        body if content.attachments.is_empty() => one::translate(body, options, at, report),
        Body::Text(words) => attached::translate(words, content, options, at, report),
        _ => vec![images::translate(content, at, report)],
    };
    if let (Some(replies), Some(last)) = (replies, messages.last_mut()) {
        let taken = std::mem::take(last);
        *last = taken.with("quick_replies", replies);
    }
    Outgoing::Messages(messages)
}
