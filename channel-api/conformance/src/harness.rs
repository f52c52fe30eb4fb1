//! What [`conformance_tests!`](crate::conformance_tests) makes: a test program with a test of each case, for `cargo test` and
//! whatever else asks such programs what is in them.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use channel_api::{Registration, Registry};
use libtest_mimic::{Arguments, Completion, Failed, Trial};

use super::{CASES, Case, CaseReport, Outcome, Report, Subject};

/// What came of the cases that ran.
type Reports = Arc<Mutex<Vec<CaseReport>>>;

/// The test program of an adapter. It ends with a line that counts what passed and what was skipped.
#[expect(clippy::print_stdout, reason = "a test program tells of itself on stdout")]
pub fn test_program(registration: Registration) -> ExitCode {
    let (arguments, reports) = (Arguments::from_args(), Reports::default());
    let mut trials = trials(&Subject::new(registration), &arguments, &reports);
    trials.push(Trial::test("registered", move || registered(&registration)));
    let whole = !arguments.list && arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.ignored;
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !whole {
        return conclusion.exit_code();
    }
    let report = Report { cases: std::mem::take(&mut reports.lock().unwrap_or_else(PoisonError::into_inner)) };
    println!("{}", report.summary());
    // A suite in which nothing ran has shown nothing.
    if report.is_good() { conclusion.exit_code() } else { ExitCode::from(101) }
}

/// A test of each case. One that does not apply is told as ignored, with the reason where there is room for it, and never as
/// passed.
#[doc(hidden)]
pub fn trials(subject: &Subject, arguments: &Arguments, reports: &Reports) -> Vec<Trial> {
    CASES.iter().map(|case| trial(subject, case, arguments, reports)).collect()
}

fn trial(subject: &Subject, case: &'static Case, arguments: &Arguments, reports: &Reports) -> Trial {
    let name = case.id.replace('.', "::");
    let (running, reports) = (subject.clone(), Arc::clone(reports));
    // Asked for by its whole name although it is listed as ignored: a runner that only knows `passed` and `failed`.
    let insisted = arguments.exact && (arguments.ignored || arguments.include_ignored);
    let trial = Trial::ignorable_test(name, move || {
        let report = running.run_case(case);
        let told = match &report.outcome {
            Outcome::Passed => Ok(Completion::Completed),
            Outcome::Failed(_) => Err(Failed::from(&report)),
            Outcome::Skipped(_) if insisted => Err(Failed::from(&report)),
            Outcome::Skipped(reason) => Ok(Completion::ignored_with(reason)),
        };
        reports.lock().unwrap_or_else(PoisonError::into_inner).push(report);
        told
    });
    // A list has no reasons, but it must say what is ignored. When the tests run, it is the running that tells the reason.
    let listed = (arguments.list || arguments.ignored) && subject.applies(case).is_err();
    trial.with_ignored_flag(listed)
}

/// Whether a host that links the adapter's crate finds it.
fn registered(registration: &Registration) -> Result<(), Failed> {
    let registry = Registry::discover()?;
    match registry.get(registration.id) {
        Ok(found) if found.crate_name == registration.crate_name => Ok(()),
        _ => Err(format!(
            "no host will find the channel type `{}`: write register_adapter!(…) beside its factory",
            registration.id
        )
        .into()),
    }
}

/// Makes the test program of the adapter whose [`AdapterFactory`](channel_api::AdapterFactory) is named, a test of each case:
/// `channel_conformance::conformance_tests!(sms_channel::SmsFactory);`, alone in a file of the adapter's `tests`.
///
/// It brings its own `main`, so the file stands in `Cargo.toml` with `harness = false`. The tests are called `<area>::<case>`; one
/// more looks whether the factory is registered at all. A case that does not apply is ignored.
#[macro_export]
macro_rules! conformance_tests {
    ($factory:ty) => {
        fn main() -> ::std::process::ExitCode {
            $crate::test_program($crate::__channel_api::Registration::of::<$factory>(
                env!("CARGO_PKG_NAME"),
                env!("CARGO_PKG_VERSION"),
            ))
        }

        // Under the usual harness `main` is never called: without this, nothing would run and all would seem well.
        #[test]
        fn the_harness_is_off() {
            panic!("write `harness = false` beside this test's name in Cargo.toml");
        }
    };
}
