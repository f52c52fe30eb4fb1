//! What stands in double braces: `{{1}}`, `{{order_id}}`.

use std::collections::BTreeSet;

use channel_api::{Issue, Pointer, Report};

/// How a template's placeholders are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `{{1}}`, `{{2}}`, …
    Positional,
    /// `{{order_id}}`
    Named,
}

/// What a text asks to be filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Placeholders<'a> {
    /// Each once: names, or numbers as they are written.
    pub(super) names: BTreeSet<&'a str>,
    /// One of them begins or ends the text.
    at_an_edge: bool,
}

/// A brace that opens and does not close, or holds what no placeholder is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Broken;

impl<'a> Placeholders<'a> {
    fn read(text: &'a str) -> Result<Self, Broken> {
        let text = text.trim();
        let mut found = Self { names: BTreeSet::new(), at_an_edge: text.starts_with("{{") || text.ends_with("}}") };
        let mut rest = text;
        while let Some((_, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").ok_or(Broken)?;
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                return Err(Broken);
            }
            found.names.insert(name);
            rest = after;
        }
        found.at_an_edge &= !found.names.is_empty();
        Ok(found)
    }
}

/// The rules of a text with placeholders. `None` where examples cannot be compared with what is there.
pub(super) fn check<'a>(
    text: Option<&'a str>,
    format: Format,
    edges: Edges,
    at: &Pointer<'_>,
    report: &mut Report,
) -> Option<Placeholders<'a>> {
    let Ok(found) = Placeholders::read(text.unwrap_or_default()) else {
        let advice = "a placeholder is {{1}} or {{order_id}}: two braces around a number or a name of letters, digits and _, \
                      without spaces";
        report.refuse(Issue::new(at, "template.utility.placeholder", advice));
        return None;
    };
    if found.at_an_edge && edges == Edges::Closed {
        let advice = "may neither begin nor end with a placeholder: put words around it";
        report.refuse(Issue::new(at, "template.utility.placeholder.edge", advice));
    }
    let is_number = |name: &&str| name.bytes().all(|byte| byte.is_ascii_digit());
    let wrong = match format {
        Format::Positional => found.names.iter().find(|name| !is_number(name)),
        Format::Named => found.names.iter().find(|name| is_number(name)),
    };
    if let Some(wrong) = wrong {
        let message = match format {
            Format::Positional => {
                format!(
                    "{{{{{wrong}}}}} is a name, but here placeholders are numbers: write {{{{1}}}}; names need parameterFormat NAMED, and no button takes them"
                )
            }
            Format::Named => format!(
                "{{{{{wrong}}}}} is a number, but parameterFormat is NAMED: write a name such as {{{{order_id}}}}"
            ),
        };
        report.refuse(Issue::new(at, "template.utility.placeholder.format", message));
        return None;
    }
    let consecutive = (1..=found.names.len()).all(|number| found.names.contains(number.to_string().as_str()));
    if format == Format::Positional && !consecutive {
        let advice = format!("number the placeholders without gaps, from {{{{1}}}} to {{{{{}}}}}", found.names.len());
        report.refuse(Issue::new(at, "template.utility.placeholder.order", advice));
        return None;
    }
    Some(found)
}

/// Whether a placeholder may begin or end a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edges {
    /// In a header, where Meta's own sample ends with one, and in a button's address.
    Open,
    /// In a body.
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str, format: Format, edges: Edges) -> Vec<String> {
        let mut report = Report::default();
        let found = check(Some(text), format, edges, &Pointer::ROOT, &mut report);
        assert!(found.is_some() || !report.refusals.is_empty(), "{text}");
        report.refusals.iter().map(|issue| issue.code.replace("template.utility.placeholder", "")).collect()
    }

    #[test]
    fn numbers_have_no_gaps() {
        for (text, found) in [
            ("Hello {{1}}, order {{2}} left.", &[][..]),
            ("Hello {{2}}, order {{1}} left, {{1}} indeed.", &[]),
            ("No placeholder, {one} brace, }} and }.", &[]),
            ("Hello {{2}}, order {{3}} left.", &[".order"]),
            ("Hello {{1}}, order {{3}} left.", &[".order"]),
            ("Hello {{0}}, order {{1}} left.", &[".order"]),
            ("Hello {{01}}!", &[".order"]),
            ("Hello {{name}}!", &[".format"]),
            ("Hello {{1}} and {{name}}!", &[".format"]),
        ] {
            assert_eq!(codes(text, Format::Positional, Edges::Closed), found, "{text}");
        }
        let many: String = (1..=11).map(|number| format!("a {{{{{number}}}}} ")).chain(["z".to_owned()]).collect();
        assert_eq!(codes(&many, Format::Positional, Edges::Closed), [""; 0]);
    }

    #[test]
    fn names_are_plain() {
        for (text, found) in [
            ("Hello {{first_name}}, order {{order2}} left.", &[][..]),
            ("Hello {{1}}!", &[".format"]),
            ("Hello {{first name}}!", &[""]),
            ("Hello {{ first_name }}!", &[""]),
            ("Hello {{first-name}}!", &[""]),
            ("Hello {{é}}!", &[""]),
            ("Hello {{}}!", &[""]),
            ("Hello {{{name}}}!", &[""]),
            ("Hello {{name}!", &[""]),
            ("Hello {{", &[""]),
        ] {
            assert_eq!(codes(text, Format::Named, Edges::Closed), found, "{text}");
        }
    }

    #[test]
    fn a_body_begins_and_ends_with_words() {
        for text in ["{{1}} left.", "Order {{1}}", " {{1}} ", "\n{{1}} left."] {
            assert_eq!(codes(text, Format::Positional, Edges::Closed), [".edge"], "{text}");
            assert_eq!(codes(text, Format::Positional, Edges::Open), [""; 0], "{text}");
        }
        assert_eq!(codes("Order {{1}}.", Format::Positional, Edges::Closed), [""; 0]);
        assert_eq!(codes("What is }}", Format::Positional, Edges::Closed), [""; 0]);
    }
}
