//! One thing that is shown, whatever its kind.

use channel_api::message::{Body, SendOptions};
use channel_api::{Issue, Pointer, Report};

use super::{media, retired, sticker, text};
use crate::capabilities::CAPABILITIES;
use crate::rules;
use crate::template;
use crate::wire::Object;

/// The messages that show one thing.
pub(super) fn translate(body: &Body, options: &SendOptions, at: &Pointer<'_>, report: &mut Report) -> Vec<Object> {
    match body {
        Body::Text(words) => text::translate(words, options, &at.key("text"), report),
        Body::Image(file) => media::translate("image", file, options, &at.key("image"), report),
        Body::Video(file) => media::translate("video", file, options, &at.key("video"), report),
        Body::Audio(file) => media::translate("audio", file, options, &at.key("audio"), report),
        Body::File(file) => media::translate("file", file, options, &at.key("file"), report),
        Body::Sticker(sticker) => vec![sticker::translate(sticker, &at.key("sticker"), report)],
        Body::Template(template) => {
            let at = at.key("template");
            if retired::refused(template, &at, report) {
                return Vec::new();
            }
            template::translate(template, options, &at, report)
        }
        Body::Location(_) => unsupported(&at.key("location"), "Messenger cannot send a place", report),
        Body::Link(_) => {
            let advice = "Messenger has no message for a link alone; it shows a preview below a text that holds one";
            unsupported(&at.key("link"), advice, report)
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

/// What Messenger has no message for, and what could be said in words.
fn unsupported(at: &Pointer<'_>, advice: &'static str, report: &mut Report) -> Vec<Object> {
    report.refuse(Issue::new(at, "content.unsupported", advice).with_hint(rules::FALLBACK));
    Vec::new()
}
