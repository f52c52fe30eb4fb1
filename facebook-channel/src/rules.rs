//! The words in which all rules are written. A rule that does not fire allocates nothing.
//!
//! Codes: a broken limit is reported under the limit's own name; the others are `required`, `choice`, `exactly_one`,
//! `not_allowed`, `format`, and those that a module names itself. Of addresses, see [`address`](crate::address).

use channel_api::capability::Limit;
use channel_api::{Issue, Pointer, Report};

/// What to do about content that cannot be shown.
pub(crate) const FALLBACK: &str = "set options.fallback to true to send a text instead, or send a text yourself";

/// The code of the warning that something else is sent than what was asked for.
pub(crate) const FALLBACK_TEXT: &str = "fallback.text";

/// A text that is too long is sent in several, as its author agreed that it may be.
pub(crate) fn in_parts(at: &Pointer<'_>, limit: &Limit, text: &str) -> Issue {
    let actual = text.chars().count();
    let message = format!("is {actual} characters long; at most {} are allowed", limit.max);
    let issue = Issue::new(at, FALLBACK_TEXT, message).with_limit(limit.max, actual);
    issue.with_arg("rule", limit.name).with_hint("it is sent in several parts instead")
}

/// There must be words.
pub(crate) fn filled(at: &Pointer<'_>, text: Option<&str>, advice: &'static str, report: &mut Report) {
    if text.is_none_or(|text| text.trim().is_empty()) {
        report.refuse(Issue::new(at, "required", advice));
    }
}

/// Words that are there are neither too long nor too short.
pub(crate) fn fits(at: &Pointer<'_>, text: Option<&str>, limit: &Limit, report: &mut Report) {
    let Some(text) = text else { return };
    // A text has at least as many bytes as characters, and at most four times as many. That there is one is for `filled`.
    if text.len() > limit.max {
        let actual = text.chars().count();
        if actual > limit.max {
            let message = format!(
                "is {actual} characters long; at most {} are allowed: shorten it by {}",
                limit.max,
                actual - limit.max
            );
            report.refuse(Issue::new(at, limit.name, message).with_limit(limit.max, actual));
        }
    } else if limit.min > 1 && text.len() < limit.min * 4 {
        let actual = text.chars().count();
        if actual < limit.min {
            let message = format!("is {actual} characters long; at least {} are needed", limit.min);
            report.refuse(Issue::new(at, limit.name, message).with_limit(limit.min, actual));
        }
    }
}

/// There must be words, and they must fit.
pub(crate) fn words(at: &Pointer<'_>, text: Option<&str>, advice: &'static str, limit: &Limit, report: &mut Report) {
    filled(at, text, advice, report);
    fits(at, text, limit, report);
}

/// There are neither too many nor too few of `what`.
pub(crate) fn count(at: &Pointer<'_>, actual: usize, limit: &Limit, what: &'static str, report: &mut Report) {
    let (bound, message) = if actual > limit.max {
        (
            limit.max,
            format!("there are {actual} {what}; at most {} are allowed: take away {}", limit.max, actual - limit.max),
        )
    } else if actual < limit.min {
        (limit.min, format!("there are {actual} {what}; at least {} are needed: add {}", limit.min, limit.min - actual))
    } else {
        return;
    };
    report.refuse(Issue::new(at, limit.name, message).with_limit(bound, actual));
}

/// A number that is there lies between the bounds.
pub(crate) fn between(at: &Pointer<'_>, number: Option<u32>, limit: &Limit, report: &mut Report) {
    let Some(actual) = number.map(|number| number as usize).filter(|actual| !(limit.min..=limit.max).contains(actual))
    else {
        return;
    };
    let bound = if actual > limit.max { limit.max } else { limit.min };
    let message = format!("is {actual}; give {} to {} {}", limit.min, limit.max, limit.unit.as_str());
    report.refuse(Issue::new(at, limit.name, message).with_limit(bound, actual));
}

/// A word that is there is one of a list.
pub(crate) fn choice(at: &Pointer<'_>, word: Option<&str>, known: &[&str], report: &mut Report) {
    if word.is_some_and(|word| !known.contains(&word)) {
        report.refuse(Issue::new(at, "choice", format!("is not known here: use {}", list(known))));
    }
}

/// There must be a word, and it must be one of a list.
pub(crate) fn required_choice(at: &Pointer<'_>, word: Option<&str>, known: &[&str], report: &mut Report) {
    if word.is_none() {
        report.refuse(Issue::new(at, "required", format!("is missing: use {}", list(known))));
    }
    choice(at, word, known, report);
}

/// Exactly one of several members is there.
pub(crate) fn exactly_one(at: &Pointer<'_>, members: &[(&'static str, bool)], report: &mut Report) {
    let given = members.iter().filter(|(_, given)| *given).count();
    if given != 1 {
        let names: Vec<_> = members.iter().map(|(name, _)| *name).collect();
        let advice = if given == 0 { "none of them is there" } else { "leave the others out" };
        report.refuse(Issue::new(at, "exactly_one", format!("give exactly one of {}: {advice}", names.join(", "))));
    }
}

/// Something has no business here.
pub(crate) fn absent(at: &Pointer<'_>, given: bool, advice: &'static str, report: &mut Report) {
    if given {
        report.refuse(Issue::new(at, "not_allowed", advice));
    }
}

/// A text that is there has the right form.
pub(crate) fn format(
    at: &Pointer<'_>,
    text: Option<&str>,
    good: impl Fn(&str) -> bool,
    advice: &'static str,
    report: &mut Report,
) {
    if text.is_some_and(|text| !good(text)) {
        report.refuse(Issue::new(at, "format", advice));
    }
}

/// Something to know although nothing is refused.
pub(crate) fn warn(at: &Pointer<'_>, code: &'static str, advice: &'static str, report: &mut Report) {
    report.warn(Issue::new(at, code, advice));
}

/// Whether something asks for a warning; for rules on which Meta's own pages are silent or disagree.
pub(crate) fn doubtful(at: &Pointer<'_>, given: bool, code: &'static str, advice: &'static str, report: &mut Report) {
    if given {
        warn(at, code, advice, report);
    }
}

/// `a, b or c`.
pub(crate) fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [word] => (*word).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!([list(&["a"]), list(&["a", "b"]), list(&["a", "b", "c"])], ["a", "a or b", "a, b or c"]);
    }

    #[test]
    fn lengths_are_characters_not_bytes() {
        let limit = &crate::limits::BUTTON_TITLE;
        let mut report = Report::default();
        fits(&Pointer::ROOT, Some(&"é".repeat(20)), limit, &mut report);
        fits(&Pointer::ROOT, Some(&"🎉".repeat(20)), limit, &mut report);
        assert_eq!(report, Report::default());
        fits(&Pointer::ROOT, Some(&"é".repeat(21)), limit, &mut report);
        assert_eq!((report.refusals[0].limit, report.refusals[0].actual), (Some(20), Some(21)));
    }
}
