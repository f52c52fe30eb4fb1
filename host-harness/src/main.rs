//! `host-harness`: hosts channel adapters. See `host-harness --help`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    host_harness::cli::run(std::env::args_os()).await
}
