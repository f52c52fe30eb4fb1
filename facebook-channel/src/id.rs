//! Ids of Meta's: what they look like, and what was given in their place.
//!
//! Codes: `format`, and `recipient.…` of what names a person otherwise.

use channel_api::{Issue, Pointer, Report};

/// Where a person's id is found.
const IN_EVENTS: &str = "the id stands in what the person wrote: `sender.id` in Meta's JSON, `from` in an event";
/// What to do with a phone number.
const BY_PHONE: &str = "people are named by the id in what they wrote; where Meta allows a phone number, it goes in as {\"phoneNumber\": \"+…\"}";

/// One that is there must look like one: a post's, a label's, an upload's.
pub(crate) fn check(at: &Pointer<'_>, id: Option<&str>, report: &mut Report) {
    let good = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    refuse(at, id.filter(|id| !good(id)), "is no id: an id of Meta's is digits, letters, _ and - only", None, report);
}

/// The id by which a Page knows a person must be digits.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages>
pub(crate) fn person(at: &Pointer<'_>, id: Option<&str>, report: &mut Report) {
    let bad = id.filter(|id| !id.bytes().all(|byte| byte.is_ascii_digit()));
    refuse(at, bad, "is no id of a person: those are digits only", Some(IN_EVENTS), report);
}

/// What was made by Meta to be passed on as it is: a token, a message's id.
pub(crate) fn opaque(at: &Pointer<'_>, token: Option<&str>, report: &mut Report) {
    let gap = |token: &&str| token.contains(|c: char| c.is_whitespace() || c.is_control());
    refuse(at, token.filter(gap), "holds white space in its middle: give it as it came", None, report);
}

fn refuse(
    at: &Pointer<'_>,
    bad: Option<&str>,
    otherwise: &'static str,
    hint: Option<&'static str>,
    report: &mut Report,
) {
    let Some(id) = bad.filter(|id| !id.trim().is_empty()) else { return };
    let (message, hint) = if id.trim() != id {
        ("has white space at its beginning or end: take it away", None)
    } else if is_link(id) {
        ("is a link and no id", hint)
    } else if id.contains('@') {
        ("is an e-mail address and no id", hint)
    } else if is_phone_number(id) {
        ("is a phone number and no id", hint.map(|_| BY_PHONE))
    } else if id.contains(char::is_whitespace) && id.bytes().any(|byte| byte.is_ascii_digit()) {
        ("holds white space in its middle: give it as it came", hint)
    } else {
        (otherwise, hint)
    };
    let issue = Issue::new(at, "format", message);
    report.refuse(match hint {
        Some(hint) => issue.with_hint(hint),
        None => issue,
    });
}

fn is_link(text: &str) -> bool {
    let starts = |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    text.contains("://") || ["www.", "m.me/", "facebook.com/", "fb.com/", "fb.me/"].into_iter().any(starts)
}

/// How many digits a phone number has at most.
///
/// Source: <https://www.itu.int/rec/T-REC-E.164>
const LONGEST_PHONE_NUMBER: usize = 15;

/// Written as numbers are for people: with a plus, or with marks between the digits.
fn is_phone_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let marks = text.contains(['+', ' ', '(', ')', '-', '.', '/']);
    (6..=LONGEST_PHONE_NUMBER).contains(&digits)
        && marks
        && text.chars().all(|c| c.is_ascii_digit() || "+ ()-./".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(check: impl FnOnce(&mut Report)) -> String {
        let mut report = Report::default();
        check(&mut report);
        report.refusals.first().map(|issue| issue.message.clone()).unwrap_or_default()
    }

    #[test]
    fn people_have_digits_and_the_rest_is_called_by_its_name() {
        let of = |id: &str| told(|report| person(&Pointer::ROOT, Some(id), report));
        for (id, reason) in [
            ("7411002233445566", ""),
            ("1", ""),
            // That there is one is for another rule.
            ("", ""),
            ("  ", ""),
            ("7411002233445566\n", "white space"),
            (" 7411002233445566", "white space"),
            ("+4930123456", "phone number"),
            ("+49 30 123-456", "phone number"),
            ("(030) 123 456", "phone number"),
            ("https://m.me/acme", "a link"),
            ("m.me/acme", "a link"),
            ("WWW.facebook.com/acme", "a link"),
            ("ana@example.org", "e-mail"),
            ("john.smith", "digits only"),
            ("undefined", "digits only"),
            ("null", "digits only"),
            ("[object Object]", "digits only"),
            ("12,34", "digits only"),
            ("12 34", "white space"),
            ("74110022 33445566", "white space in its middle"),
            ("７４１１", "digits only"),
        ] {
            let told = of(id);
            assert!(told.contains(reason) && told.is_empty() == reason.is_empty(), "{id:?}: {told}");
        }
    }

    #[test]
    fn other_ids_have_letters_and_marks_too() {
        let of = |id: &str| told(|report| check(&Pointer::ROOT, Some(id), report));
        for good in ["123_456", "t_mid-9", "AbC"] {
            assert_eq!(of(good), "", "{good}");
        }
        for (bad, reason) in [
            ("12 34", "white space"),
            ("https://fb.com/1", "a link"),
            ("1/2", "digits, letters"),
            ("1\t", "white space"),
        ] {
            assert!(of(bad).contains(reason), "{bad}: {}", of(bad));
        }
    }

    #[test]
    fn tokens_have_no_gaps() {
        let of = |token: &str| told(|report| opaque(&Pointer::ROOT, Some(token), report));
        assert_eq!(of("a/b+c=="), "");
        for bad in ["a b", "a\n", "a\u{0}b"] {
            assert_ne!(of(bad), "", "{bad:?}");
        }
    }
}
