//! Templates that Meta has removed.

use channel_api::message::SendOptions;
use channel_api::{Issue, Pointer, Report, Template};

use super::fallback::of_template;
use super::instead::instead;
use crate::rules;
use crate::wire::Object;

const RETIRED: [(&str, &str); 4] = [
    ("list", "list templates were removed in 2019: use generic, whose cards stand side by side"),
    (
        "open_graph",
        "open graph templates were removed in 2019: use generic with a defaultAction, or a text with the link",
    ),
    ("element_share", "share buttons were removed: set sharable on a generic template"),
    ("payment", "payments were removed: use a web_url button that opens your own checkout"),
];

/// Refuses what has been removed, or says it as a text where its author agreed to that. Nothing for every other template.
pub(super) fn translate(
    template: &Template,
    options: &SendOptions,
    at: &Pointer<'_>,
    report: &mut Report,
) -> Option<Vec<Object>> {
    let Template::Other { kind, fields } = template else { return None };
    let (_, advice) = RETIRED.iter().find(|(name, _)| *name == kind)?;
    if options.fallback {
        return Some(instead(&of_template(fields), advice, options, &at.key("type"), report));
    }
    report.refuse(Issue::new(&at.key("type"), "template.retired", *advice).with_hint(rules::FALLBACK));
    Some(Vec::new())
}
