//! Reports for people.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use channel_conformance::{CaseReport, Outcome, Report};

/// One case: a line when all is well, and all there is to know when it is not.
pub fn case(report: &CaseReport) -> String {
    let name = match report.outcome {
        Outcome::Failed(_) => "FAILED",
        _ => report.outcome.as_str(),
    };
    let mut text = format!("{name:<8} {:<44} {}", report.case.id, report.case.clause);
    if let Outcome::Skipped(reason) = &report.outcome {
        text.extend([":  ", reason]);
    }
    let mut more = |line: &str| text.extend(["\n           ", line]);
    match &report.outcome {
        Outcome::Passed(None) | Outcome::Skipped(_) => {}
        Outcome::Passed(Some(note)) => more(note),
        Outcome::Failed(findings) => {
            more(report.case.clause_text());
            for finding in findings {
                more(&format!("at {}", finding.at));
                more(&format!("  expected {}", finding.expected));
                more(&format!("  got      {}", finding.got));
            }
        }
    }
    text
}

/// The whole of it in one line: `conformance: sms passed, 94 of 97 cases, 3 skipped, 60 clauses`.
pub fn summary(report: &Report) -> String {
    let adapters: BTreeSet<&str> = report.cases.iter().map(|case| case.adapter).collect();
    let adapters = Vec::from_iter(adapters).join(", ");
    let (passed, failed, skipped) = report.counts();
    let clauses: BTreeSet<&str> = report
        .cases
        .iter()
        .filter(|case| matches!(case.outcome, Outcome::Passed(_)))
        .map(|case| case.case.clause)
        .collect();
    let verdict = match (passed, failed) {
        (0, 0) => "measured nothing",
        (_, 0) => "passed",
        _ => "FAILED",
    };
    let mut text = format!("conformance: {adapters} {verdict}: {passed} of {} cases", report.cases.len());
    for (count, what) in [(failed, "failed"), (skipped, "skipped")] {
        if count > 0 {
            // Writing to a string does not fail.
            let _written = write!(text, ", {count} {what}");
        }
    }
    let _written = write!(text, ", {} clauses", clauses.len());
    text
}
