//! Whether a tap on a quick reply gave away a telephone number or an e-mail address.
//!
//! Meta does not say which quick reply was tapped. Of a person's own number or address it sends the same words twice, as text and
//! as payload; and so it does of a quick reply whose author has chosen its title for its payload. What is left is the form, and it
//! is read strictly: a code, an order's number, a date or a span of hours is no telephone number.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies>

use std::ops::RangeInclusive;

use channel_api::message::QuickReplyKind;

/// The questions that a quick reply may ask instead of offering words: `contentType`.
pub(crate) const PHONE_NUMBER: &str = "user_phone_number";
pub(crate) const EMAIL: &str = "user_email";

/// Digits of a number with its country's, as ITU-T E.164 allows them; no real one is shorter.
const INTERNATIONAL: RangeInclusive<usize> = 8..=15;
/// Digits of a number without. With eight `01-12-2026` would be one.
const LOCAL: RangeInclusive<usize> = 9..=12;

/// Which question a tap answers, as far as the form of its words tells.
pub(super) fn answers(payload: &str, text: Option<&str>) -> Option<QuickReplyKind> {
    let words = text.filter(|text| *text == payload)?;
    let question = match words {
        words if is_email(words) => EMAIL,
        words if is_phone_number(words) => PHONE_NUMBER,
        _ => return None,
    };
    Some(QuickReplyKind::Other(question.to_owned()))
}

/// `+15551234567`, `+44 (0)20 7946 0018`, `0171 2345678`, `(555) 123-4567`, `555-123-4567`. Without its country's digits it needs
/// another sign that it is one: the digit 0 before it, an area code in brackets, or the three groups of North America.
fn is_phone_number(words: &str) -> bool {
    let Some(groups) = groups(words.strip_prefix('+').unwrap_or(words)) else { return false };
    let digits = groups.concat();
    let with_country = if words.starts_with('+') { Some(&*digits) } else { digits.strip_prefix("00") };
    if let Some(digits) = with_country {
        return INTERNATIONAL.contains(&digits.len()) && !digits.starts_with('0');
    }
    let north_american = groups.iter().map(String::len).eq([3, 3, 4]);
    LOCAL.contains(&digits.len()) && (digits.starts_with('0') || words.starts_with('(') || north_american)
}

/// The digits between one kind of separator; brackets stand around one group, and then spaces and hyphens may both occur.
fn groups(words: &str) -> Option<Vec<String>> {
    let spaced = match words.split_once('(') {
        None => words.to_owned(),
        Some((before, rest)) => {
            let (code, after) = rest.split_once(')').filter(|(code, _)| !code.trim().is_empty())?;
            let (before, after) = (before.trim_end(), after.trim_start_matches([' ', '-']).replace('-', " "));
            format!("{before} {code} {after}").trim_start().to_owned()
        }
    };
    let separator = spaced.chars().find(|letter| !letter.is_ascii_digit());
    let separator = separator.filter(|letter| matches!(letter, ' ' | '-' | '.'));
    let groups: Vec<_> = spaced.split(|letter| Some(letter) == separator).map(str::to_owned).collect();
    let is_group = |group: &String| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    groups.iter().all(is_group).then_some(groups)
}

/// One `@`, something before it, and behind it a host with a name of letters at its end.
fn is_email(words: &str) -> bool {
    let Some((name, host)) = words.split_once('@') else { return false };
    let of_a_name = |letter: char| !letter.is_whitespace() && !letter.is_control() && !"@,;:<>()[]\"".contains(letter);
    let is_label = |label: &str| {
        let letters = label.chars().all(|letter| letter.is_alphanumeric() || letter == '-');
        !label.is_empty() && letters && !label.starts_with('-') && !label.ends_with('-')
    };
    let ends_well = |last: &str| last.chars().count() >= 2 && last.chars().all(char::is_alphabetic);
    let is_host = host.split('.').all(is_label) && host.rsplit_once('.').is_some_and(|(_, last)| ends_well(last));
    is_host && !name.is_empty() && name.chars().all(of_a_name) && !name.starts_with('.') && !name.ends_with('.')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answered(words: &str) -> Option<String> {
        answers(words, Some(words)).map(|kind| match kind {
            QuickReplyKind::Other(kind) => kind,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn numbers_and_addresses_are_known_by_their_form() {
        for number in [
            "+15551234567",
            "+1 555 123 4567",
            "+1 (555) 123-4567",
            "+44 (0)20 7946 0018",
            "+49-171-2345678",
            "0049 171 2345678",
            "(555) 123-4567",
            "(11) 98765-4321",
            "555-123-4567",
            "555.123.4567",
            "0171 2345678",
            "01 23 45 67 89",
            "02079460018",
        ] {
            assert_eq!(answered(number).as_deref(), Some(PHONE_NUMBER), "{number}");
        }
        for address in
            ["ana@example.org", "ana.lima+shop@mail.example.com.br", "o'neil@example.travel", "josé@exämple.de"]
        {
            assert_eq!(answered(address).as_deref(), Some(EMAIL), "{address}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for words in [
            "Yes",
            "",
            "1",
            "12345",
            "12345678",
            "5551234567",
            "0001234567",
            "+1",
            "+1234567",
            "+0123456789",
            "+1234567890123456",
            "2026-12-01",
            "01-12-2026",
            "01.12.2026",
            "01.12.-05.12.2026",
            "08:00-12:00",
            "09.00-12.00",
            "0171 234x678",
            "$ 1.234.567",
            "100 200 300",
            "1.234.567.890",
            "(555",
            "555) 123-4567",
            "((555)) 1234567",
            "( ) 123456789",
            "0171  2345678",
            "0171 2345678 ",
            "+",
            "0-0-0",
            "Nº 0171234567",
            "٠١٧١٢٣٤٥٦٧٨",
            "@",
            "ana@",
            "@example.org",
            "ana@example",
            "ana@example.1",
            "ana@@example.org",
            "ana lima@example.org",
            "ana@exa mple.org",
            "ana@-example.org",
            "ana@example..org",
            ".ana@example.org",
            "a@b.c",
            "<ana@example.org>",
            "@ana",
            "5@9.99",
        ] {
            assert_eq!(answered(words), None, "{words:?}");
        }
    }

    #[test]
    fn it_has_to_be_said_twice_alike() {
        for (payload, text) in [
            ("CALL_ME", Some("+15551234567")),
            ("+15551234567", Some("Call me")),
            ("+15551234567", None),
            ("+15551234567", Some("")),
            ("ana@example.org", Some("Ana@example.org")),
        ] {
            assert_eq!(answers(payload, text), None, "{payload} {text:?}");
        }
    }

    proptest! {
        #[test]
        fn words_with_a_letter_are_no_number_and_digits_alone_no_address(
            words in "[0-9 +().-]{0,12}[A-Za-z][0-9 +().-]{0,12}",
            digits in "[0-9@.]{0,20}",
        ) {
            prop_assert!(answered(&words).as_deref() != Some(PHONE_NUMBER));
            prop_assert!(answered(&digits).as_deref() != Some(EMAIL));
        }

        #[test]
        fn every_number_as_e_164_writes_it_is_one(number in "\\+[1-9][0-9]{7,14}") {
            prop_assert!(answered(&number).as_deref() == Some(PHONE_NUMBER));
        }
    }
}
