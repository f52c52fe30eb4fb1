//! By what an approved template is known: its name and its language.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages>

use channel_api::{Issue, Pointer, Report};

use crate::locale;

/// Warns of a name that no approved template has. Meta's page shows such names only, and states no rule.
pub(crate) fn check_name(name: Option<&str>, at: &Pointer<'_>, report: &mut Report) {
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_some_and(|name| !name.trim().is_empty() && !name.bytes().all(good)) {
        let doubt = "a template's name has lower-case letters, digits and underscores only";
        report.warn(Issue::new(at, "template.utility.name", doubt).with_hint("such as order_left"));
    }
}

/// The same for its language.
pub(crate) fn check_language(language: Option<&str>, at: &Pointer<'_>, report: &mut Report) {
    let Some(language) = language.filter(|language| !language.trim().is_empty() && !locale::is_locale(language)) else {
        return;
    };
    let doubt = "a template's language is a locale of Meta's: language and country, as in en_US";
    let issue = Issue::new(at, "template.utility.language", doubt);
    report.warn(match locale::meant(language) {
        Some(meant) => issue.with_hint(format!("perhaps {meant}")),
        None => issue,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_template_is_called_is_warned_of() {
        for (name, language, warned) in [
            ("order_left_2", "en_US", 0),
            ("Order Left!", "english", 2),
            ("order-left", "pt_BR", 1),
            ("bestellung_unterwegs", "de-DE", 1),
            ("grüsse", "fil_PH", 1),
            // That there is none is for another rule.
            ("", " ", 0),
        ] {
            let mut report = Report::default();
            check_name(Some(name), &Pointer::ROOT.key("name"), &mut report);
            check_language(Some(language), &Pointer::ROOT.key("language"), &mut report);
            assert_eq!((report.warnings.len(), report.refusals.len()), (warned, 0), "{name} {language}");
        }
    }
}
