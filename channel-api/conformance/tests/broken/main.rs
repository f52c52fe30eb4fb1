//! The suite itself, tested: adapters with one defect each, and the case that has to catch it.
//!
//! Each is the reference adapter with something broken. The whole suite runs on it, and exactly the cases named must fail: the
//! first is the one meant for the defect, the others are clauses that the same defect breaks as well.
#![expect(clippy::unwrap_used, reason = "a test's support fails a test by panicking")]

mod batch;
mod calls;
mod capabilities;
mod config;
mod denormalize;
mod errors;
mod kit;
mod login;
mod media;
#[path = "../memory/mod.rs"]
mod memory;
mod normalize;
mod operations;
mod others;
mod received;
mod send;
mod setup;
mod verify;

use std::collections::BTreeSet;
use std::sync::Arc;

use channel_conformance::{CASES, Outcome, Subject, trials};
use libtest_mimic::{Arguments, Trial};

use kit::{BrokenAdapter, memory};

/// Every broken adapter.
fn all() -> Vec<BrokenAdapter> {
    [
        config::adapters(),
        verify::adapters(),
        normalize::adapters(),
        denormalize::adapters(),
        send::adapters(),
        batch::adapters(),
        media::adapters(),
        operations::adapters(),
        errors::adapters(),
        capabilities::adapters(),
        setup::adapters(),
        login::adapters(),
        received::adapters(),
        calls::adapters(),
        others::adapters(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Makes a test of each file's share, so that they run beside each other.
macro_rules! caught {
    ($($area:ident)*) => {
        $(#[test]
        fn $area() {
            let escaped: Vec<String> = $area::adapters().iter().filter_map(BrokenAdapter::escapes).collect();
            assert!(escaped.is_empty(), "{}", escaped.join("\n\n"));
        })*

        #[test]
        fn every_file_is_tested() {
            let tested: usize = [$($area::adapters().len()),*].iter().sum();
            assert_eq!(tested, all().len());
        }
    };
}

mod caught {
    use super::*;

    caught! { config verify normalize denormalize send batch media operations errors capabilities setup login received calls others }
}

#[test]
fn nothing_is_wrong_with_the_one_that_is_not_broken() {
    let report = Subject::new(memory()).run();
    let bad: Vec<_> = report.cases.iter().filter(|case| case.outcome != Outcome::Passed).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    assert!(report.is_good());
}

#[test]
fn every_case_catches_something() {
    let needed: BTreeSet<&str> = all().iter().map(|adapter| adapter.caught_by).collect();
    let idle: Vec<&str> = CASES.iter().map(|case| case.id).filter(|id| !needed.contains(id)).collect();
    assert!(idle.is_empty(), "{idle:?}");
}

#[test]
fn what_a_host_wraps_around_a_channel_is_measured_with_it() {
    let case = CASES.iter().find(|case| case.id == "capabilities.limits_are_well_formed").unwrap();
    assert_eq!(Subject::new(memory()).run_case(case).outcome, Outcome::Passed);
    let report = Subject::new(memory()).within(capabilities::without_sources).run_case(case);
    assert!(matches!(report.outcome, Outcome::Failed(_)), "{report}");
}

#[test]
fn an_arc_around_a_channel_forwards_every_hook() {
    let report = Subject::new(memory()).within(|channel| Arc::new(channel)).run();
    let bad: Vec<_> = report.cases.iter().filter(|case| case.outcome != Outcome::Passed).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

/// Runs the suite as `cargo test` does, with these arguments and without telling anybody.
fn counted(subject: &Subject, arguments: &[&str]) -> libtest_mimic::Conclusion {
    let arguments = ["", "--logfile", "/dev/null"].iter().chain(arguments);
    let arguments = Arguments::from_iter(arguments);
    libtest_mimic::run(&arguments, trials(subject, &arguments, &Arc::default()))
}

#[test]
fn a_case_that_does_not_apply_is_ignored_and_never_passes() {
    let subject = Subject::new(capabilities::unconnected());
    let skipped: Vec<_> = CASES.iter().filter(|case| subject.applies(case).is_err()).collect();
    let all = counted(&subject, &[]);
    assert_eq!((all.num_ignored, all.num_failed), (skipped.len() as u64, 0));
    assert_eq!(all.num_passed, (CASES.len() - skipped.len()) as u64);
    // How other runners ask: for a list of what is ignored, then for each test by its name.
    let arguments = Arguments::from_iter(["", "--list", "--ignored"]);
    let listed = trials(&subject, &arguments, &Arc::default());
    let listed: Vec<_> = listed.iter().filter(|trial| trial.has_ignored_flag()).map(Trial::name).collect();
    assert_eq!(listed, skipped.iter().map(|case| case.id.replace('.', "::")).collect::<Vec<_>>());
    assert!(!listed.is_empty());
    let one = counted(&subject, &[listed[0], "--exact"]);
    assert_eq!((one.num_ignored, one.num_passed, one.num_failed), (1, 0, 0));
    let one = counted(&subject, &[listed[0], "--exact", "--include-ignored"]);
    assert_eq!((one.num_ignored, one.num_passed, one.num_failed), (0, 0, 1));
}

#[test]
fn what_does_not_apply_is_known_before_it_runs() {
    let subject = Subject::new(capabilities::unconnected());
    for case in &subject.run().cases {
        let skipped = matches!(case.outcome, Outcome::Skipped(_));
        assert_eq!(skipped, subject.applies(case.case).is_err(), "{case}");
    }
}

#[test]
fn there_are_as_many_as_the_suite_needs() {
    assert!(all().len() > CASES.len() * 3 / 4, "{} broken adapters for {} cases", all().len(), CASES.len());
}
