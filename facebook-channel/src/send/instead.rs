//! A text instead of what Messenger cannot show.

use channel_api::message::SendOptions;
use channel_api::{Issue, Pointer, Report};

use super::text;
use crate::rules;
use crate::wire::Object;

/// A text that stands in for what Messenger cannot show, where its author agreed to that.
pub(super) fn instead(
    words: &str,
    advice: &'static str,
    options: &SendOptions,
    at: &Pointer<'_>,
    report: &mut Report,
) -> Vec<Object> {
    if !options.fallback {
        report.refuse(Issue::new(at, "content.unsupported", advice).with_hint(rules::FALLBACK));
        return Vec::new();
    }
    if words.is_empty() {
        report.refuse(Issue::new(
            at,
            "fallback.empty",
            "there is nothing in it that could be said as a text: send a text",
        ));
        return Vec::new();
    }
    report.warn(Issue::new(at, "fallback.text", advice).with_hint("it is sent as a text instead"));
    text::translate(words, options, at, report)
}
