//! `button`: a text with up to three buttons.

use channel_api::message::SendOptions;
use channel_api::template::ButtonTemplate;
use channel_api::{Issue, Pointer, Report};

use super::{Sharable, attached, buttons};
use crate::limits;
use crate::wire::Object;
use crate::{rules, split};

/// Where the text is too long and may be split, its first parts are plain texts and the buttons follow below the last.
pub(super) fn translate(
    template: &ButtonTemplate,
    options: &SendOptions,
    at: &Pointer<'_>,
    report: &mut Report,
) -> Vec<Object> {
    let here = at.key("text");
    let text = template.text.as_deref().unwrap_or_default();
    rules::filled(&here, Some(text), "say what the buttons are for", report);
    rules::count(&at.key("buttons"), template.buttons.len(), &limits::BUTTON_BUTTONS, "buttons", report);
    let buttons = buttons::translate(&template.buttons, &at.key("buttons"), report).unwrap_or_default();
    let Sharable { sharable } = Sharable::read(&template.extra, at, report);
    let doubt = "is no longer on Meta's page; it may have no effect";
    rules::doubtful(&at.key("sharable"), sharable.is_some(), "legacy", doubt, report);
    let whole = move |text: &str| {
        let payload = Object::new()
            .with("template_type", "button")
            .with("text", text)
            .with("buttons", buttons)
            .maybe("sharable", sharable);
        attached(payload)
    };
    let limit = &limits::BUTTON_TEXT;
    if text.len() <= limit.max || text.chars().count() <= limit.max {
        return vec![whole(text)];
    }
    if options.split || options.fallback {
        if !options.split {
            report.warn(rules::in_parts(&here, limit, text));
        }
        let mut parts = split::parts(text, limit.max);
        let last = parts.pop().unwrap_or_default();
        let mut messages: Vec<_> = parts.into_iter().map(|part| Object::new().with("text", part)).collect();
        messages.push(whole(last));
        return messages;
    }
    let actual = text.chars().count();
    let message = format!("is {actual} characters long; above buttons at most {} are allowed: shorten it", limit.max);
    let hint = "set options.split to true to send the first part of it as a message of its own";
    report.refuse(Issue::new(&here, limit.name, message).with_limit(limit.max, actual).with_hint(hint));
    vec![whole(text)]
}
