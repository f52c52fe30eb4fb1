//! Secrets planted in a configuration, and the search for them in all that an adapter shows.

use std::error::Error as _;
use std::fmt::Debug;

use channel_api::Error;

use super::Finding;

/// What must not be seen, in the forms in which it could be.
#[derive(Debug)]
pub(super) struct Canaries(Vec<(String, &'static str)>);

impl Canaries {
    pub(super) fn of<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Self {
        let mut forms = Vec::new();
        for secret in secrets.into_iter().filter(|secret| !secret.as_ref().is_empty()) {
            let secret = secret.as_ref();
            forms.push((secret.to_owned(), "a secret"));
            forms.push((hex(secret.as_bytes()), "a secret in hexadecimal"));
            forms.push((base64(secret.as_bytes()).trim_end_matches('=').to_owned(), "a secret in base64"));
        }
        Self(forms)
    }

    /// What of it stands in a text.
    pub(super) fn within(&self, text: &str) -> Option<&'static str> {
        let lower = text.to_ascii_lowercase();
        let shows = |form: &str| text.contains(form) || lower.contains(&form.to_ascii_lowercase());
        self.0.iter().find(|(form, _)| shows(form)).map(|(_, what)| *what)
    }

    /// A finding when a text shows something.
    pub(super) fn search(&self, text: &str, at: impl Into<String>) -> Result<(), Finding> {
        match self.within(text) {
            Some(what) => Err(Finding::new(at, "no secret", format!("{what} (not repeated here)"))),
            None => Ok(()),
        }
    }
}

/// All that an error shows to anybody: itself, its causes, its issues, the provider's words, the context.
pub(super) fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {} {:?}", error.code(), error.hint());
    let mut cause = error.source();
    while let Some(error) = cause {
        append(&mut text, &format_args!("{error} {error:?}"));
        cause = error.source();
    }
    for issue in error.issues().iter().chain(error.warnings()) {
        append(&mut text, &format_args!("{issue} {issue:?}"));
    }
    append(&mut text, &error.context());
    append(&mut text, &error.provider());
    text
}

fn append(text: &mut String, more: &dyn Debug) {
    text.extend([" ", &format!("{more:?}")]);
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            let index = usize::try_from((bits >> (18 - 6 * place)) & 63).unwrap_or_default();
            text.push(LETTERS.get(index).map_or('=', |letter| char::from(*letter)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use channel_api::ErrorKind;

    #[test]
    fn a_secret_is_found_in_every_form() {
        let canaries = Canaries::of(["canary-42"]);
        for text in ["x canary-42 y", "CANARY-42", "63616e6172792d3432", "Y2FuYXJ5LTQy"] {
            assert!(canaries.within(text).is_some(), "{text}");
        }
        assert_eq!(canaries.within("canary-4"), None);
    }

    #[test]
    fn an_error_is_searched_to_its_last_cause() {
        let cause = std::io::Error::other("canary-42");
        let error = Error::new(ErrorKind::Unexpected, "x", "x").with_source(cause);
        assert!(Canaries::of(["canary-42"]).search(&shown(&error), "here").is_err());
        let error = Error::new(ErrorKind::Unexpected, "x", "x").with_context("address", "canary-42");
        assert!(Canaries::of(["canary-42"]).search(&shown(&error), "here").is_err());
    }
}
