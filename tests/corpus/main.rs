//! Real webhook bodies, collected from public projects, through `normalize facebook`: one test a body.
//!
//! They lie beside the project, in `../shared/corpus`, and are not part of it. Without them there is one test, which is
//! reported as ignored and says why in its name.
#![expect(clippy::expect_used, reason = "a test's support fails a test by panicking")]

mod bodies;
mod signatures;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// Beside the workspace.
fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus")
}

fn main() -> ExitCode {
    let corpus = corpus();
    let mut trials = Vec::new();
    if corpus.is_dir() {
        trials.extend(bodies::trials(&corpus));
        trials.extend(signatures::trials(&corpus));
        let count = trials.len();
        trials.push(Trial::test("the corpus has cases", move || match count {
            0 => Err("../shared/corpus is there, and holds nothing to test with".into()),
            _ => Ok(()),
        }));
    } else {
        let reason = "skipped because ../shared/corpus is not beside this workspace";
        trials.push(Trial::test(reason, || Ok(())).with_ignored_flag(true));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Runs one asynchronous test.
fn block_on<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(test)
}
