//! Templates that Meta has removed.

use channel_api::{Issue, Pointer, Report, Template};

use crate::rules;

const RETIRED: [(&str, &str); 4] = [
    ("list", "list templates were removed in 2019: use generic, whose cards stand side by side"),
    (
        "open_graph",
        "open graph templates were removed in 2019: use generic with a defaultAction, or a text with the link",
    ),
    ("element_share", "share buttons were removed: set sharable on a generic template"),
    ("payment", "payments were removed: use a web_url button that opens your own checkout"),
];

/// Refuses what has been removed. Whether it has.
pub(super) fn refused(template: &Template, at: &Pointer<'_>, report: &mut Report) -> bool {
    let retired = RETIRED.iter().find(|(name, _)| *name == template.kind());
    if let Some((_, advice)) = retired {
        report.refuse(Issue::new(&at.key("type"), "template.retired", *advice).with_hint(rules::FALLBACK));
    }
    retired.is_some()
}
