//! [`GraphErrorRule`]: one failure of the Graph API and what it means.

use std::fmt;
use std::time::Duration;

use channel_api::{ErrorKind, Retry, Scope};
use serde::Serialize;

/// Subcodes from here on mean the same under every code, and Meta prints some of them without one. Smaller ones, such as
/// 33 or 463, mean something only together with their code.
const UNIQUE_FROM: i64 = 1_000_000;

/// One failure of the Graph API: how to know it, and what it means.
///
/// The numbers are Meta's; where there are both, the subcode decides. Everything else is for the people and programs on our
/// side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GraphErrorRule {
    /// Meta's `code`.
    pub code: Option<i64>,
    /// Meta's `error_subcode`. Without a code beside it, Meta lists the number alone; it may then come as either.
    pub subcode: Option<i64>,
    /// The last number of a range that begins with `subcode`, or with `code` where there is no subcode.
    pub through: Option<i64>,
    /// Words of Meta's that tell this case from others with the same numbers, in its message or in what it says to people.
    /// Letters' case does not matter; `…` stands for whatever is between.
    pub words: Option<&'static str>,
    /// Whether it stands for everything under its code that no other row knows. What it says is then true of all of that, and
    /// names no cause.
    pub catch_all: bool,
    /// What a caller can do about it.
    pub kind: ErrorKind,
    /// Whether the call may be made again.
    pub retry: Retry,
    /// Whom it stops, where that has to be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Our stable code: `facebook.window_closed`. Cases that ask for the same action share one.
    pub name: &'static str,
    /// What happened, for an operator.
    pub sentence: &'static str,
    /// What to do about it.
    pub hint: &'static str,
    /// The field of the channel's configuration where it is mended, where it is mended there.
    pub field: Option<&'static str>,
    /// The public page that this comes from.
    pub source: &'static str,
}

impl GraphErrorRule {
    const fn new(code: Option<i64>, subcode: Option<i64>, kind: ErrorKind, name: &'static str) -> Self {
        Self {
            code,
            subcode,
            through: None,
            words: None,
            catch_all: false,
            kind,
            retry: Retry::Never,
            scope: None,
            name,
            sentence: "",
            hint: "",
            field: None,
            source: "",
        }
    }

    /// A code, whatever the subcode.
    pub(super) const fn code(code: i64, kind: ErrorKind, name: &'static str) -> Self {
        Self::new(Some(code), None, kind, name)
    }

    /// A code with its subcode.
    pub(super) const fn pair(code: i64, subcode: i64, kind: ErrorKind, name: &'static str) -> Self {
        Self::new(Some(code), Some(subcode), kind, name)
    }

    /// A number that Meta lists alone.
    pub(super) const fn bare(subcode: i64, kind: ErrorKind, name: &'static str) -> Self {
        Self::new(None, Some(subcode), kind, name)
    }

    /// Known by the words of the message alone.
    pub(super) const fn saying(words: &'static str, kind: ErrorKind, name: &'static str) -> Self {
        Self::new(None, None, kind, name).words(words)
    }

    pub(super) const fn words(self, words: &'static str) -> Self {
        Self { words: Some(words), ..self }
    }

    pub(super) const fn through(self, last: i64) -> Self {
        Self { through: Some(last), ..self }
    }

    /// Everything under its code that no other row knows.
    pub(super) const fn catch_all(self) -> Self {
        Self { catch_all: true, ..self }
    }

    /// It is mended in this field of the configuration.
    pub(super) const fn mended_at(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }

    /// Meta refused before it did anything.
    pub(super) const fn safe(self) -> Self {
        Self { retry: Retry::SAFE, ..self }
    }

    /// Meta refused before it did anything, and will go on refusing for about so long.
    pub(super) const fn safe_after(self, pause: Duration) -> Self {
        Self { retry: Retry::Safe { after: Some(pause) }, ..self }
    }

    /// Whom it stops.
    pub(super) const fn stops(self, scope: Scope) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// The call may have been carried out all the same.
    pub(super) const fn uncertain(self) -> Self {
        Self { retry: Retry::IF_IDEMPOTENT, ..self }
    }

    pub(super) const fn says(self, sentence: &'static str) -> Self {
        Self { sentence, ..self }
    }

    pub(super) const fn with_hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    pub(super) const fn source(self, source: &'static str) -> Self {
        Self { source, ..self }
    }

    /// How exactly this rule fits what Meta said, or `None` where it does not. A subcode tells most, then the words, then the
    /// code, and a range of codes least.
    pub(super) fn fit(&self, code: Option<i64>, subcode: Option<i64>, said: &str) -> Option<u8> {
        let mut fit = 0;
        if let Some(words) = self.words {
            let said = said.to_ascii_lowercase();
            words.split('…').try_fold(&*said, |rest, part| rest.split_once(part).map(|(_, after)| after))?;
            fit += 2;
        }
        let covers = |first: i64, number: i64| (first..=self.through.unwrap_or(first)).contains(&number);
        match (self.code, self.subcode) {
            (None, None) => {}
            (Some(first), None) => {
                let code = code.filter(|code| covers(first, *code))?;
                fit += u8::from(code == first);
            }
            (expected, Some(first)) => {
                let same_code = expected.is_some() && code == expected;
                let found = if first >= UNIQUE_FROM {
                    [subcode, code].into_iter().flatten().any(|number| covers(first, number))
                } else {
                    same_code && subcode.is_some_and(|number| covers(first, number))
                };
                if !found {
                    return None;
                }
                fit += 4 + u8::from(same_code);
            }
        }
        Some(fit)
    }
}

/// The numbers as the tables of Meta's pages print them: `190/463`, `200-299`, `2018321`.
impl fmt::Display for GraphErrorRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.subcode) {
            (Some(code), Some(subcode)) => write!(f, "{code}/{subcode}")?,
            (Some(number), None) | (None, Some(number)) => write!(f, "{number}")?,
            (None, None) => f.write_str("any")?,
        }
        if let Some(last) = self.through {
            write!(f, "-{last}")?;
        }
        match self.words {
            Some(words) => write!(f, " \"{words}\""),
            None => Ok(()),
        }
    }
}
