//! Reports for people.

use channel_conformance::{CaseReport, Outcome};

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
    if let Outcome::Failed(findings) = &report.outcome {
        more(report.case.clause_text());
        for finding in findings {
            more(&format!("at {}", finding.at));
            more(&format!("  expected {}", finding.expected));
            more(&format!("  got      {}", finding.got));
        }
    }
    text
}
