//! Words with something attached: the words, then each attachment, every one a message of its own.
//!
//! Meta has no message with both. Below the words stands what they speak of, as it does where an agent writes and then attaches.

use channel_api::message::{Body, SendOptions};
use channel_api::{Choice, Content, Issue, Pointer, Report};

use super::{fallback, text};
use crate::limits;
use crate::rules;
use crate::wire::Object;

pub(super) fn translate(
    words: &str,
    content: &Content,
    options: &SendOptions,
    at: &Pointer<'_>,
    choices: &mut Vec<Choice>,
    report: &mut Report,
) -> Vec<Object> {
    let list = at.key("attachments");
    rules::count(&list, content.attachments.len(), &limits::IMAGES, "attachments", report);
    let mut messages = Vec::with_capacity(content.attachments.len() + 1);
    // Without words the attachments say everything.
    if !words.trim().is_empty() {
        messages.extend(text::translate(words, options, &at.key("text"), report));
    }
    for (index, body) in content.attachments.iter().enumerate() {
        let here = list.index(index);
        match refusal(body) {
            Some(advice) => report.refuse(Issue::new(&here.key("type"), "attachments.alone", advice)),
            None => messages.extend(fallback::show(body, options, &here, choices, report)),
        }
    }
    messages
}

/// Why something cannot be attached to words.
fn refusal(body: &Body) -> Option<&'static str> {
    match body {
        Body::SenderAction(_) => Some("a sender action is no attachment: send it as a message of its own"),
        Body::Template(template) if template.kind() == "utility" => Some(
            "a utility template is sent alone, and words beside it need an open window: send them as a message of their own",
        ),
        _ => None,
    }
}
