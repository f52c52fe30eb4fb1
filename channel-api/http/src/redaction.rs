//! [`Redaction`]: what a provider's own words may carry into an error.

use channel_api::Secret;

/// A provider's sentences are short; the rest of a longer one helps nobody.
const LONGEST: usize = 300;
/// A run of letters and digits from this length on is a token or a digest, not a word or an id.
const TOKEN_LENGTH: usize = 32;
/// From this length on, a word that begins like a token is one.
const PREFIXED_LENGTH: usize = 8;
const MASK: &str = "[masked]";

/// Hides secrets in a text that somebody else wrote, and keeps it short.
#[derive(Clone, Debug, Default)]
pub struct Redaction<'a> {
    secrets: Vec<&'a Secret>,
    /// How the provider's tokens begin, if they can be known by that.
    token_prefixes: &'static [&'static str],
}

impl<'a> Redaction<'a> {
    /// Hides these secrets, and what looks like a token.
    pub fn new(secrets: impl IntoIterator<Item = &'a Secret>, token_prefixes: &'static [&'static str]) -> Self {
        // Empty ones would hide everything, and longer ones must go first: one may be a part of another.
        let mut secrets: Vec<_> = secrets.into_iter().filter(|secret| !secret.is_empty()).collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
        Self { secrets, token_prefixes }
    }

    /// The text on one line, at most 300 characters long, without anything that is or looks like a token.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.secrets.iter().map(|secret| secret.expose()) {
            text = text.replace(secret, MASK);
            // As an address or a form writes it.
            let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            if encoded != secret {
                text = text.replace(&encoded, MASK);
            }
        }
        let mut shown = String::with_capacity(text.len().min(LONGEST));
        for part in text.split_inclusive(|character| !is_token_character(character)) {
            let word = part.trim_end_matches(|character| !is_token_character(character));
            let (word, separator) = part.split_at(word.len());
            shown.push_str(if self.looks_like_a_token(word) { MASK } else { word });
            shown.push_str(if separator.contains(char::is_control) { " " } else { separator });
        }
        if let Some((end, _)) = shown.char_indices().nth(LONGEST) {
            shown.truncate(end);
        }
        shown
    }

    /// Tokens, keys and digests are long runs that hold digits. Names of permissions are long too, but hold none.
    fn looks_like_a_token(&self, word: &str) -> bool {
        let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
        let is_prefixed = self.token_prefixes.iter().any(|prefix| word.starts_with(prefix));
        (is_prefixed && word.len() >= PREFIXED_LENGTH) || (word.len() >= TOKEN_LENGTH && has_digit)
    }
}

fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    #[test]
    fn hides_what_is_or_looks_like_a_secret() {
        let secrets = ["page-token", "", "token", "7:AbC"].map(Secret::new);
        let redaction = Redaction::new(&secrets, &["EAA"]);
        for (text, shown) in [
            ("Malformed access page-token", "Malformed access [masked]"),
            ("Malformed access EAAGm0PX4ZCpsBAKzz|x", "Malformed access [masked]|x"),
            ("GET /bot7:AbC/getMe", "GET /bot[masked]/getMe"),
            ("no such key: key=7%3AAbC&a=b", "no such key: key=[masked]&a=b"),
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
        assert_eq!(format!("{redaction:?}").matches("[redacted]").count(), 3, "{redaction:?}");
    }

    #[test]
    fn is_cut_at_a_character() {
        let redaction = Redaction::default();
        assert_eq!(redaction.text(&"ä ".repeat(400)).chars().count(), LONGEST);
        assert_eq!(redaction.text(&"é".repeat(LONGEST)).chars().count(), LONGEST);
    }

    proptest! {
        #[test]
        fn no_words_around_it_show_a_secret(before in any::<String>(), after in any::<String>()) {
            let secret = Secret::new("s3cr3t+t0ken");
            let shown = Redaction::new([&secret], &[]).text(&format!("{before}s3cr3t+t0ken{after}"));
            assert!(!shown.contains("s3cr3t") && shown.chars().count() <= LONGEST, "{shown}");
            assert!(!shown.contains(char::is_control), "{shown}");
        }
    }
}
