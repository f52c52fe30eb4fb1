//! [`Rule`]: one failure that a provider reports, and what it means.

use channel_api::{ErrorKind, Retry};

use crate::Reported;

/// One failure that a provider reports: how to know it, and what it means. A table of them is most of an adapter's error handling.
///
/// The first rule of a table that fits counts, so a rule with words stands before the one for their code alone.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The provider's code, as text; empty for any.
    pub code: &'static str,
    /// Words of the provider's message, in lower case, that tell this case from others with the same code; empty for any.
    pub words: &'static str,
    /// What a caller can do about it.
    pub kind: ErrorKind,
    /// Whether the call may be made again. How long to wait is filled in from what the provider says.
    pub retry: Retry,
    /// Our stable code: `sms.unsubscribed`.
    pub name: &'static str,
    /// What happened, for an operator.
    pub sentence: &'static str,
    /// What to do about it; empty where nothing can be done.
    pub hint: &'static str,
}

impl Rule {
    /// A code of the provider's, with which the call will fail again.
    pub const fn code(code: &'static str, kind: ErrorKind, name: &'static str, sentence: &'static str) -> Self {
        Self { code, words: "", kind, retry: Retry::Never, name, sentence, hint: "" }
    }

    /// Only where the provider's message holds these words, which are given in lower case.
    #[must_use]
    pub const fn with_words(self, words: &'static str) -> Self {
        Self { words, ..self }
    }

    /// Whether the call may be made again.
    #[must_use]
    pub const fn with_retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// What to do about it.
    #[must_use]
    pub const fn with_hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    fn fits(&self, code: &str, message: &str) -> bool {
        (self.code.is_empty() || self.code == code) && message.contains(self.words)
    }

    /// The first rule of the table that fits.
    pub(crate) fn find<'a>(table: &'a [Self], reported: &Reported<'_>) -> Option<&'a Self> {
        let code = reported.code.as_ref().map(ToString::to_string).unwrap_or_default();
        let message = reported.message.to_lowercase();
        table.iter().find(|rule| rule.fits(&code, &message))
    }
}
