//! `window` of `[[channels]]`: what becomes of a message that comes after the time in which its person may be written to.

use channel_api::{Issue, Pointer, Report};

/// What becomes of a message that comes too late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WindowRule {
    /// It goes out with a warning, and the provider decides.
    #[default]
    Warn,
    /// It is refused before any call.
    Refuse,
}

/// The rule by its word.
pub(super) fn rule(given: Option<&str>, at: &Pointer<'_>, report: &mut Report) -> WindowRule {
    match given {
        None | Some("warn") => WindowRule::Warn,
        Some("refuse") => WindowRule::Refuse,
        Some(_) => {
            let hint = "\"warn\" sends what comes too late with a warning, as the host does without this setting; \
                        \"refuse\" sends it to nobody";
            report.refuse(Issue::new(at, "choice", "must be \"warn\" or \"refuse\"").with_hint(hint));
            WindowRule::Warn
        }
    }
}
