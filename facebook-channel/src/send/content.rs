//! What is said, whatever its kind.

use channel_api::message::{Body, SendOptions};
use channel_api::{Choice, Content, Pointer, Report};

use super::{attached, fallback, images, quick_reply, sender_action};
use crate::rules;
use crate::wire::Object;

/// What a message becomes.
pub(super) enum Outgoing {
    /// Meta's `message` objects, to be sent in this order. Never empty unless something was refused.
    Messages(Vec<Object>),
    /// No message: `sender_action`, and what goes with it.
    Action(Object),
}

/// What a message becomes, and what a number means that the person answers with.
pub(super) fn translate(
    content: &Content,
    options: &SendOptions,
    at: &Pointer<'_>,
    report: &mut Report,
) -> (Outgoing, Vec<Choice>) {
    // Quick replies go below the last message: only there are they shown.
    let below = match &content.body {
        Body::Text(_) => content.bodies().last().unwrap_or(&content.body),
        body => body,
    };
    let (list, mut choices) = (at.key("quickReplies"), Vec::new());
    if let Body::SenderAction(action) = &content.body {
        quick_reply::translate(&content.quick_replies, below, &list, report);
        let advice = "goes with a message, not with a sender action: leave it out";
        rules::absent(&list, !content.quick_replies.is_empty(), advice, report);
        rules::absent(&at.key("attachments"), !content.attachments.is_empty(), advice, report);
        return (Outgoing::Action(sender_action::translate(action, at, report)), choices);
    }
    let mut messages = match &content.body {
        body if content.attachments.is_empty() => fallback::show(body, options, at, &mut choices, report),
        Body::Text(words) => attached::translate(words, content, options, at, &mut choices, report),
        _ => vec![images::translate(content, at, report)],
    };
    fallback::offer(&content.quick_replies, below, options, &list, &mut messages, &mut choices, report);
    (Outgoing::Messages(messages), choices)
}
