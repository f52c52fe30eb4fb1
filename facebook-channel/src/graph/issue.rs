//! What an operator has to mend, at the field of the configuration where it is mended.

use channel_api::{Error, Issue, Pointer, ProviderError};

/// The configuration's fields.
pub(super) static FIELDS: Pointer<'static> = Pointer::ROOT;

/// An error as an issue, with Meta's own words.
pub(super) fn issue_of(error: &Error, field: &str) -> Issue {
    let mut sentence = error.to_string();
    for words in error.provider().map(ProviderError::words).unwrap_or_default() {
        sentence = format!("{sentence} Meta says: {words}");
    }
    let mut issue = Issue::new(&FIELDS.key(field), "facebook.connection", sentence);
    issue.code = error.code().to_owned().into();
    issue.hint = error.hint().map(str::to_owned);
    issue.action = error.action();
    issue
}
