//! [`Redaction`]: what a provider's own words may carry into an error.

/// Meta's sentences are short; the rest of a longer one helps nobody.
const LONGEST: usize = 300;
/// A run of letters and digits from this length on is a token or a digest, not a word or an id.
const TOKEN_LENGTH: usize = 32;
const MASK: &str = "[masked]";

/// Hides secrets in a text that somebody else wrote, and keeps it short.
#[derive(Clone, Copy)]
pub(super) struct Redaction<'a> {
    /// What may not be shown: the channel's own secrets, and those that the call carried. Empty ones hide nothing.
    pub(super) secrets: &'a [&'a str],
}

impl Redaction<'_> {
    /// The text on one line, at most 300 characters long, without anything that is or looks like a token.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.secrets.iter().filter(|secret| !secret.is_empty()) {
            text = text.replace(secret, MASK);
        }
        let mut shown = String::with_capacity(text.len().min(LONGEST));
        for part in text.split_inclusive(|character| !is_token_character(character)) {
            let word = part.trim_end_matches(|character| !is_token_character(character));
            let (word, separator) = part.split_at(word.len());
            shown.push_str(if looks_like_a_token(word) { MASK } else { word });
            shown.push_str(if separator.contains(char::is_control) { " " } else { separator });
        }
        if let Some((end, _)) = shown.char_indices().nth(LONGEST) {
            shown.truncate(end);
        }
        shown
    }
}

fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

/// Access tokens of Meta begin with `EAA`; app secrets and proofs are long runs of hexadecimal digits. Names of permissions
/// are long too, but hold no digits.
fn looks_like_a_token(word: &str) -> bool {
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    (word.starts_with("EAA") && word.len() >= 8) || (word.len() >= TOKEN_LENGTH && has_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_what_is_or_looks_like_a_secret() {
        let redaction = Redaction { secrets: &["page-token", ""] };
        for (text, shown) in [
            ("Malformed access token page-token", "Malformed access token [masked]"),
            ("Malformed access token EAAGm0PX4ZCpsBAKzz|x", "Malformed access token [masked]|x"),
            (
                "proof 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef is wrong",
                "proof [masked] is wrong",
            ),
            ("needs instagram_business_manage_messages", "needs instagram_business_manage_messages"),
            ("(#100) No matching user 7411002233445566", "(#100) No matching user 7411002233445566"),
            ("one\nline\u{1b}[31m", "one line [31m"),
            ("ä €: é", "ä €: é"),
            ("", ""),
        ] {
            assert_eq!(redaction.text(text), shown);
        }
    }

    #[test]
    fn is_cut_at_a_character() {
        let redaction = Redaction { secrets: &[] };
        assert_eq!(redaction.text(&"ä ".repeat(400)).chars().count(), LONGEST);
        assert_eq!(redaction.text(&"é".repeat(LONGEST)).chars().count(), LONGEST);
    }
}
