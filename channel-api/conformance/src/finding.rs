use std::fmt;

use channel_api::Error;

/// At most this many findings of one case are kept; the rest is counted.
const MOST_FINDINGS: usize = 8;

/// One thing that is not as a clause asks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Where: the sample, the field, the call.
    pub at: String,
    /// What the clause asks for.
    pub expected: String,
    /// What the adapter did.
    pub got: String,
}

impl Finding {
    /// A finding.
    pub fn new(at: impl Into<String>, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { at: at.into(), expected: expected.into(), got: got.into() }
    }

    /// Something failed that should have worked.
    pub(super) fn failed(at: impl Into<String>, expected: impl Into<String>, error: &Error) -> Self {
        Self::new(at, expected, describe(error))
    }

    /// The machine cannot do what a case needs. Nothing was looked at, so it must not seem as if all were well.
    pub(super) fn this_machine(error: &dyn fmt::Display) -> Self {
        Self::new("this machine", "a thread, an executor and an address to listen at", error.to_string())
    }

    /// The fixture lacks something that the suite cannot do without.
    pub(super) fn not_brought(what: &str) -> Self {
        Self::new("the fixture", what, "nothing of the kind")
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, got {}", self.at, self.expected, self.got)
    }
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// All is as the clause asks.
    Passed,
    /// At least one thing is not.
    Failed(Vec<Finding>),
    /// The case does not apply, for this reason.
    Skipped(String),
}

impl Outcome {
    /// `passed`, `failed` or `skipped`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Skipped(_) => "skipped",
        }
    }

    /// Why it failed or was skipped.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Passed => None,
            Self::Skipped(reason) => Some(reason.clone()),
            Self::Failed(findings) => Some(findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("; ")),
        }
    }
}

/// Collects findings: a case goes on after the first.
#[derive(Debug, Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
    more: usize,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        if self.list.len() < MOST_FINDINGS { self.list.push(finding) } else { self.more += 1 }
    }

    /// Notes a finding unless `good`. What was found instead is only written down when it is needed.
    pub(super) fn check(&mut self, good: bool, at: impl Into<String>, expected: &str, got: impl FnOnce() -> String) {
        if !good {
            self.add(Finding::new(at, expected, got()));
        }
    }

    /// Notes what a search found.
    pub(super) fn extend(&mut self, searched: Result<(), Finding>) {
        if let Err(found) = searched {
            self.add(found);
        }
    }

    /// Notes what another part of the case found.
    pub(super) fn append(&mut self, others: Self) {
        others.list.into_iter().for_each(|finding| self.add(finding));
        self.more += others.more;
    }

    /// Whether enough was found to stop looking.
    pub(super) fn are_plenty(&self) -> bool {
        self.list.len() >= MOST_FINDINGS
    }
}

/// What a case's function returns: what it found, or what ended it early.
pub(super) type Checked = Result<Findings, Finding>;

impl From<Checked> for Outcome {
    fn from(checked: Checked) -> Self {
        match checked {
            Err(finding) => Self::Failed(vec![finding]),
            Ok(findings) if findings.list.is_empty() => Self::Passed,
            Ok(Findings { mut list, more }) => {
                if more > 0 {
                    list.push(Finding::new("elsewhere", "the same", format!("{more} more like these")));
                }
                Self::Failed(list)
            }
        }
    }
}

/// An error in one line.
pub(super) fn describe(error: &Error) -> String {
    let mut text = format!("the error {} ({}): {error}", error.code(), error.kind().as_str());
    for issue in error.issues() {
        text = format!("{text}; {issue}");
    }
    text
}
