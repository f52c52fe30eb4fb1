//! `host-harness`: hosts channel adapters. See `host-harness --help`.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::Runtime;

/// How long what cannot be cut off may take at the end, such as the look-up of a name: nobody waits for its answer any more.
const LEFT: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            writeln!(io::stderr(), "error: the program cannot begin: {error}").ok();
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(host_harness::cli::run(std::env::args_os()));
    // A runtime that is dropped waits for that without end.
    runtime.shutdown_timeout(LEFT);
    code
}
