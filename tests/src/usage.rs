//! What a process has used, as the kernel counts it.
//!
//! Source: <https://man7.org/linux/man-pages/man5/proc.5.html>

use std::fs;
use std::time::Duration;

/// The kernel's clock ticks a second, as programs see them: 100 on every architecture that Linux runs on today.
const TICKS: u64 = 100;

/// What a process has used so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Time on a core, in its own code and in the kernel's.
    pub cpu: Duration,
    /// Memory of its own, in bytes: `RssAnon`.
    pub memory: u64,
    /// What it has had written to disk, in bytes.
    pub written: u64,
}

impl Usage {
    pub(crate) fn of(process: u32) -> Self {
        let read = |file: &str| fs::read_to_string(format!("/proc/{process}/{file}")).expect("a process that runs");
        let stat = read("stat");
        // The name before it may hold anything.
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let ticks: u64 =
            after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        Self {
            cpu: Duration::from_millis(ticks * 1000 / TICKS),
            memory: value(&read("status"), "RssAnon:") * 1024,
            written: value(&read("io"), "write_bytes:"),
        }
    }
}

fn value(file: &str, name: &str) -> u64 {
    let line = file.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_can_see_what_it_uses() {
        let busy = vec![1_u8; 64 * 1024 * 1024];
        let usage = Usage::of(std::process::id());
        assert!(usage.memory > busy.len() as u64, "{usage:?}");
        assert_eq!(value("a: 1\nwrite_bytes: 4096\n", "write_bytes:"), 4096);
    }
}
