//! Plays the series of faults of Linktor's bus and prints a row for each scenario; fails when a bound is broken.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use tests::bus::Verdict;
use tests::bus::scenarios::{ALL, Size};

/// What reaches Linktor's core and people when the host, nats-server, the network or the core fails.
#[derive(Debug, Parser)]
struct Args {
    /// Play only the scenarios whose names hold one of these words.
    only: Vec<String>,
    /// How often the host is killed; whatever else goes wrong does so a tenth as often.
    #[arg(long, default_value_t = 50)]
    kills: usize,
    /// For how many seconds the core is slow or without its database.
    #[arg(long, default_value_t = 60)]
    away: u64,
    /// How many seconds are waited for the last messages while nothing happens.
    #[arg(long, default_value_t = 120)]
    settle: u64,
    /// What chance is made from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> std::io::Result<ExitCode> {
    let Args { only, kills, away, settle, seed } = Args::parse();
    let size = Size { kills, away: Duration::from_secs(away), settle: Duration::from_secs(settle), seed };
    let mut out = std::io::stdout();
    writeln!(out, "{:<28}{}", "", Verdict::HEAD)?;
    let mut all_well = true;
    let wanted = |name: &str| only.is_empty() || only.iter().any(|word| name.contains(word.as_str()));
    for scenario in ALL.iter().filter(|scenario| wanted(scenario.name)) {
        let start = Instant::now();
        let Some(verdict) = (scenario.play)(size).await else {
            writeln!(out, "{:<28}  skipped: there is no nats-server", scenario.name)?;
            continue;
        };
        writeln!(out, "{:<28}{verdict}  {:>4} s", scenario.name, start.elapsed().as_secs())?;
        for broken in verdict.broken() {
            all_well = false;
            writeln!(out, "    BROKEN: {broken}")?;
        }
    }
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
