//! The conformance suite over the adapters of this program, and its reports.

pub mod corpus;
pub mod junit;
pub mod table;
#[cfg(test)]
mod tests;

use channel_api::{Registry, Result};
use channel_conformance::{CASES, CaseReport, Report, Subject};

/// The adapters to be measured: the one of this type, or all. This host wraps nothing around them.
///
/// # Errors
/// When there is no such type.
pub fn subjects(registry: &Registry, channel_type: Option<&str>) -> Result<Vec<Subject>> {
    match channel_type {
        Some(channel_type) => Ok(vec![Subject::new(*registry.get(channel_type)?)]),
        None => Ok(registry.iter().copied().map(Subject::new).collect()),
    }
}

/// Runs the suite on each adapter and tells of each case as soon as it is over.
///
/// # Errors
/// The first that `tell` answers.
pub fn run<E>(subjects: &[Subject], mut tell: impl FnMut(&CaseReport) -> Result<(), E>) -> Result<Vec<Report>, E> {
    let mut reports = Vec::new();
    for subject in subjects {
        let mut report = Report::default();
        for case in CASES {
            let case = subject.run_case(case);
            tell(&case)?;
            report.cases.push(case);
        }
        reports.push(report);
    }
    Ok(reports)
}

/// One report of all.
pub fn together(reports: &[Report]) -> Report {
    Report { cases: reports.iter().flat_map(|report| report.cases.iter().cloned()).collect() }
}

/// Whether every adapter was measured and nothing failed. Without adapters nothing was shown.
pub fn is_good(reports: &[Report]) -> bool {
    !reports.is_empty() && reports.iter().all(Report::is_good)
}
