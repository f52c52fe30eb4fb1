//! Plays the series of faults and prints a row for each scenario; fails when a bound is broken.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use tests::faults::Verdict;
use tests::faults::scenarios::{ALL, Outcome, Size};

/// What reaches people when Meta, the disk, the clock or the host fails.
#[derive(Debug, Parser)]
struct Args {
    /// Play only the scenarios whose names hold one of these words.
    only: Vec<String>,
    /// How often the host is killed in each scenario that kills it.
    #[arg(long, default_value_t = 50)]
    kills: usize,
    /// How many messages each person gets where their number ends a scenario.
    #[arg(long, default_value_t = 30)]
    messages: u64,
    /// Of a hundred calls so many that hang, each for the half minute that a call may take.
    #[arg(long, default_value_t = 4)]
    hanging: u64,
    /// How many seconds are waited for the last messages to be settled.
    #[arg(long, default_value_t = 120)]
    settle: u64,
    /// What chance is made from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> std::io::Result<ExitCode> {
    let args = Args::parse();
    let Args { kills, messages, hanging, seed, .. } = args;
    let size = Size { kills, messages, hanging, seed, settle: Duration::from_secs(args.settle) };
    let mut out = std::io::stdout();
    writeln!(out, "{:<26}{}", "", Verdict::HEAD)?;
    let mut all_well = true;
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|word| name.contains(word));
    for scenario in ALL.iter().filter(|scenario| wanted(scenario.name)) {
        let start = Instant::now();
        match (scenario.play)(size).await {
            Outcome::Judged(verdict) => {
                writeln!(out, "{:<26}{verdict}  {:>4} s", scenario.name, start.elapsed().as_secs())?;
                for broken in verdict.broken() {
                    all_well = false;
                    writeln!(out, "    BROKEN: {broken}")?;
                }
            }
            Outcome::Skipped(reason) => writeln!(out, "{:<26}  skipped: {reason}", scenario.name)?,
        }
    }
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
