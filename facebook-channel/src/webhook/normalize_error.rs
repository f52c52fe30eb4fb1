//! [`NormalizeError`]: why an event is not understood.

use std::borrow::Cow;

use channel_api::event::UnknownReason;

/// Why an event is not understood, and where. It holds Meta's names of fields and no values.
#[derive(Debug)]
pub(super) struct NormalizeError {
    pub(super) reason: UnknownReason,
    place: String,
    what: Cow<'static, str>,
}

impl NormalizeError {
    /// A known kind in another shape than it should have.
    pub(super) fn shape(what: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: UnknownReason::UnexpectedShape, place: String::new(), what: what.into() }
    }

    /// A kind that this version does not know.
    pub(super) fn unknown_kind(what: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: UnknownReason::UnknownKind, ..Self::shape(what) }
    }

    /// Another account's or another product's event.
    pub(super) fn other(reason: UnknownReason, what: &'static str) -> Self {
        Self { reason, ..Self::shape(what) }
    }

    /// The same error, seen from the object that holds the field where it is.
    #[must_use]
    pub(super) fn inside(mut self, field: &str) -> Self {
        let dot = if self.place.is_empty() { "" } else { "." };
        self.place = format!("{field}{dot}{}", self.place);
        self
    }

    /// A sentence for a person.
    pub(super) fn detail(&self) -> String {
        if self.place.is_empty() { self.what.to_string() } else { format!("`{}` {}", self.place, self.what) }
    }
}

/// The names among these that look like Meta's own, for a sentence. A name is shown only if it can hold nobody's words.
pub(super) fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MAX_SHOWN: usize = 8;
    const LONGEST: usize = 48;
    let plain = |name: &&str| {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
        name.len() <= LONGEST && name.bytes().all(letter)
    };
    let shown: Vec<_> = names.filter(plain).take(MAX_SHOWN).map(|name| format!("`{name}`")).collect();
    if shown.is_empty() { "of no plain name".to_owned() } else { shown.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_it_is() {
        let error = NormalizeError::shape("is not text").inside("ref").inside("referral");
        assert_eq!(error.detail(), "`referral.ref` is not text");
        assert_eq!(NormalizeError::shape("the event is no object").detail(), "the event is no object");
    }

    #[test]
    fn names_that_could_be_words_are_left_out() {
        assert_eq!(names(["optout", "my name is Ana", "Ana"].into_iter()), "`optout`");
        assert_eq!(names(["Ana"].into_iter()), "of no plain name");
    }
}
