//! Measures how fast messages are taken and sent, and fails when a ratio is worse than its limit.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tests::speed::{accepting, draining, growing};

/// Sending what was accepted, beside a bare loop: at least.
const DRAINING: f64 = 0.85;
/// Accepting with the store on disk, beside in memory: at least.
const ACCEPTING: f64 = 0.5;
/// The memory over all messages, beside after a fifth of them: at most.
const MEMORY: f64 = 1.1;
/// Pages written a message at the last size, beside at the first: at most.
const PAGES: f64 = 1.2;
/// Time a message at the last size, beside at the first: at most.
const WALL: f64 = 1.3;

/// How fast messages are taken and sent.
#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Accepted messages to 64 people, beside a bare loop over `reqwest`
    Drain {
        /// Messages to each person
        #[arg(long, default_value_t = 100)]
        each: u32,
    },
    /// Taking messages, with the store on disk beside in memory
    Accept {
        /// Messages in a round
        #[arg(long, default_value_t = 30_000)]
        messages: u32,
        /// Connections that bring them
        #[arg(long, default_value_t = 32)]
        connections: usize,
        /// Rounds, of which the median counts
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
    /// The host's own memory over many messages
    Memory {
        /// Messages
        #[arg(long, default_value_t = 1_000_000)]
        messages: u64,
    },
    /// What a message costs with many stored beside with few
    Rows {
        /// How many are stored in the first measurement, and in the last
        #[arg(long, num_args = 2, default_values_t = [1_000_000, 5_000_000])]
        stored: Vec<u64>,
        /// How many messages are measured
        #[arg(long, default_value_t = 20_000)]
        window: u64,
    },
}

#[tokio::main]
async fn main() -> io::Result<ExitCode> {
    let kept = match Args::parse().what {
        What::Drain { each } => drain(each).await?,
        What::Accept { messages, connections, rounds } => accept(messages, connections, rounds).await?,
        What::Memory { messages } => memory(messages).await?,
        What::Rows { stored, window } => rows(&stored, window).await?,
    };
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

/// Says a ratio, and whether it keeps to its limit.
fn ratio(what: &str, ratio: f64, limit: f64, at_least: bool) -> io::Result<bool> {
    let kept = if at_least { ratio >= limit } else { ratio <= limit };
    let (bound, word) = (if at_least { "at least" } else { "at most" }, if kept { "kept" } else { "BROKEN" });
    say(&format!("{what}: {ratio:.2} ({bound} {limit}: {word})"))?;
    Ok(kept)
}

async fn drain(each: u32) -> io::Result<bool> {
    let measured = draining(each).await;
    say(&format!(
        "host {:.0} messages/s, bare loop {:.0}; {} us of CPU a message",
        measured.host,
        measured.bare,
        measured.cpu.as_micros()
    ))?;
    ratio("draining, host / bare loop", measured.host / measured.bare, DRAINING, true)
}

async fn accept(messages: u32, connections: usize, rounds: usize) -> io::Result<bool> {
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (in_memory, rates) in [false, true].into_iter().zip(&mut rates) {
            let measured = accepting(messages, connections, in_memory).await;
            let store = if in_memory { "memory" } else { "disk" };
            let cpu = measured.cpu.as_micros();
            say(&format!("store {store:<6} {:>6.0} messages/s, {cpu} us of CPU a message", measured.rate))?;
            rates.push(measured.rate);
        }
    }
    let [disk, memory] = rates.map(median);
    ratio("accepting, disk / memory", disk / memory, ACCEPTING, true)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

async fn memory(messages: u64) -> io::Result<bool> {
    let grown = growing(&[messages], 1, look).await;
    ratio("memory, most / after a fifth", grown.growth(), MEMORY, false)
}

async fn rows(stored: &[u64], window: u64) -> io::Result<bool> {
    let grown = growing(stored, window, look).await;
    for window in &grown.windows {
        let (wall, cpu) = (window.wall.as_micros(), window.cpu.as_micros());
        say(&format!("{:>9} stored: {:.2} pages, {wall} us, {cpu} us of CPU a message", window.stored, window.pages))?;
    }
    let (Some(first), Some(last)) = (grown.windows.first(), grown.windows.last()) else { return Ok(false) };
    let pages = ratio("pages written a message, last / first", last.pages / first.pages, PAGES, false)?;
    let wall = ratio("time a message, last / first", last.wall.as_secs_f64() / first.wall.as_secs_f64(), WALL, false)?;
    Ok(pages && wall)
}

fn look(stored: u64, memory: u64) {
    // Only a line that somebody may watch.
    drop(say(&format!("{stored:>9} sent, {} KiB", memory / 1024)));
}
