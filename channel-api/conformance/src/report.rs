use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use super::{Case, Outcome};

/// What came of one case.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CaseReport {
    /// The case.
    pub case: &'static Case,
    /// The channel type.
    pub adapter: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
}

impl CaseReport {
    /// What came of this case with this channel type, and how long it took.
    pub const fn new(case: &'static Case, adapter: &'static str, outcome: Outcome, took: Duration) -> Self {
        Self { case, adapter, outcome, took }
    }
}

/// What came of the suite: `{"passed", "failed", "skipped", "cases": [{"id", "clause", "adapter", "outcome", "reason"?}]}`.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Every case, in the suite's order.
    pub cases: Vec<CaseReport>,
}

impl Report {
    /// How many cases passed, failed and were skipped.
    pub fn counts(&self) -> (usize, usize, usize) {
        let of = |name| self.cases.iter().filter(|case| case.outcome.as_str() == name).count();
        (of("passed"), of("failed"), of("skipped"))
    }

    /// The whole of it in one line: `conformance: facebook passed: 94 of 97 cases, 3 skipped, 60 clauses`.
    pub fn summary(&self) -> String {
        let adapters: BTreeSet<&str> = self.cases.iter().map(|case| case.adapter).collect();
        let adapters = Vec::from_iter(adapters).join(", ");
        let (passed, failed, skipped) = self.counts();
        let clauses: BTreeSet<&str> = self
            .cases
            .iter()
            .filter(|case| matches!(case.outcome, Outcome::Passed))
            .map(|case| case.case.clause)
            .collect();
        let verdict = match (passed, failed) {
            (0, 0) => "measured nothing",
            (_, 0) => "passed",
            _ => "FAILED",
        };
        let mut text = format!("conformance: {adapters} {verdict}: {passed} of {} cases", self.cases.len());
        for (count, what) in [(failed, "failed"), (skipped, "skipped")] {
            if count > 0 {
                text.extend([format!(", {count} {what}")]);
            }
        }
        text.extend([format!(", {} clauses", clauses.len())]);
        text
    }

    /// Whether nothing failed and something was measured: a suite without cases has shown nothing.
    pub fn is_good(&self) -> bool {
        matches!(self.counts(), (1.., 0, _))
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (passed, failed, skipped) = self.counts();
        let mut report = serializer.serialize_struct("Report", 4)?;
        report.serialize_field("passed", &passed)?;
        report.serialize_field("failed", &failed)?;
        report.serialize_field("skipped", &skipped)?;
        report.serialize_field("cases", &self.cases)?;
        report.end()
    }
}

impl Serialize for CaseReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reason = self.outcome.reason();
        let mut case = serializer.serialize_struct("CaseReport", 4 + usize::from(reason.is_some()))?;
        case.serialize_field("id", self.case.id)?;
        case.serialize_field("clause", self.case.clause)?;
        case.serialize_field("adapter", self.adapter)?;
        case.serialize_field("outcome", self.outcome.as_str())?;
        if let Some(reason) = &reason {
            case.serialize_field("reason", reason)?;
        }
        case.end()
    }
}

/// For people: a failure in full, with where, expected, got and the clause's text.
impl fmt::Display for CaseReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.adapter, self.case.id, self.outcome.as_str())?;
        match &self.outcome {
            Outcome::Passed => Ok(()),
            Outcome::Skipped(reason) => write!(f, "\n  because {reason}"),
            Outcome::Failed(findings) => {
                write!(f, "\n  {}: {}", self.case.clause, self.case.clause_text())?;
                for finding in findings {
                    write!(
                        f,
                        "\n  at {}\n    expected {}\n    got      {}",
                        finding.at, finding.expected, finding.got
                    )?;
                }
                Ok(())
            }
        }
    }
}
