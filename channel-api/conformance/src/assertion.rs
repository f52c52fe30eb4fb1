//! What the tests of [`conformance_tests!`](crate::conformance_tests) call.

use channel_api::{Registration, Registry};

use super::{CASES, Outcome, Subject};

/// Runs one case and panics with its report when it fails.
///
/// # Panics
/// When the case fails, and when there is none of this id.
#[expect(clippy::print_stdout, reason = "a test tells of itself on stdout")]
pub fn assert_case(registration: Registration, id: &str) {
    let Some(case) = CASES.iter().find(|case| case.id == id) else { panic!("there is no case `{id}`") };
    let report = Subject::new(registration).run_case(case);
    match report.outcome {
        Outcome::Failed(_) => panic!("{report}"),
        Outcome::Passed(None) => {}
        Outcome::Passed(Some(_)) | Outcome::Skipped(_) => println!("{report}"),
    }
}

/// Panics when a host that links this crate would not find the adapter.
///
/// # Panics
/// When the channel type is not registered, or by another crate.
pub fn assert_registered(registration: &Registration) {
    let registry = Registry::discover();
    let found = registry.as_ref().ok().and_then(|registry| registry.get(registration.id).ok());
    assert!(
        found.is_some_and(|found| found.crate_name == registration.crate_name),
        "no host will find the channel type `{}`: write register_adapter!(…) beside its factory",
        registration.id
    );
}
