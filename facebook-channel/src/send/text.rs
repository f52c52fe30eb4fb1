//! Words: `message.text`.

use channel_api::message::SendOptions;
use channel_api::{Issue, Pointer, Report};

use crate::limits;
use crate::wire::Object;
use crate::{rules, split};

/// One message, or several where the text is too long and may be split.
pub(crate) fn translate(text: &str, options: &SendOptions, at: &Pointer<'_>, report: &mut Report) -> Vec<Object> {
    rules::filled(at, Some(text), "write a text: an empty message cannot be sent", report);
    let limit = &limits::TEXT;
    let too_long = text.len() > limit.max && text.chars().count() > limit.max;
    let message = |part: &str| Object::new().with("text", part);
    if too_long && (options.split || options.fallback) {
        if !options.split {
            report.warn(rules::in_parts(at, limit, text));
        }
        return split::parts(text, limit.max).into_iter().map(message).collect();
    }
    if too_long {
        let actual = text.chars().count();
        let message = format!(
            "is {actual} characters long; at most {} are allowed: shorten it by {}",
            limit.max,
            actual - limit.max
        );
        let hint = "set options.split to true to send it in several parts";
        report.refuse(Issue::new(at, limit.name, message).with_limit(limit.max, actual).with_hint(hint));
    } else if text.len() > limit.max && text.encode_utf16().count() > limit.max {
        let doubt = "holds many characters outside the basic plane, such as emoji; Meta does not say how it counts them and \
                     may call this text too long";
        rules::warn(at, "text.unit", doubt, report);
    }
    vec![message(text)]
}
