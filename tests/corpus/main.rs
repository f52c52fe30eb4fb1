//! Real webhook bodies, collected from public projects, through `normalize facebook`: one test a body. Real bodies of the Send
//! API, written as a host's messages and translated back. After the tests come tables of what became of all of them.
//!
//! They lie beside the project, in `../shared/corpus`, and are not part of it. Without them there is one test, which is
//! reported as ignored and says why in its name.
#![expect(clippy::expect_used, reason = "a test's support fails a test by panicking")]

mod adapter;
mod bodies;
mod host_form;
mod index;
mod kinds;
mod outbound;
mod signatures;
mod traffic;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// Beside the workspace that the test runs in, which need not be the one that it was built in.
fn beside(folder: &str) -> PathBuf {
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.join("../../shared").join(folder)
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let corpus = beside("corpus");
    let (mut trials, mut tables) = (Vec::new(), String::new());
    if corpus.is_dir() {
        let (counted, outcomes) = (kinds::count(&corpus), outbound::outcomes(&corpus));
        trials.extend(bodies::trials(&corpus));
        trials.extend(signatures::trials(&corpus));
        let count = trials.len();
        trials.push(Trial::test("the corpus has cases", move || match count {
            0 => Err("../shared/corpus is there, and holds nothing to test with".into()),
            _ => Ok(()),
        }));
        trials.extend(kinds::trials(&counted));
        trials.extend(outbound::trials(&outcomes));
        tables = kinds::table(&counted) + &outbound::table(&outcomes);
    } else {
        let reason = "skipped because ../shared/corpus is not beside this workspace";
        trials.push(Trial::test(reason, || Ok(())).with_ignored_flag(true));
    }
    trials.extend(traffic::trials(&beside("linktor-traffic")));
    let whole = !arguments.list && arguments.filter.is_none();
    let conclusion = libtest_mimic::run(&arguments, trials);
    if whole {
        // A closed standard output is no reason to fail.
        drop(std::io::stdout().write_all(tables.as_bytes()));
    }
    conclusion.exit_code()
}

/// Runs one asynchronous test.
fn block_on<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(test)
}
