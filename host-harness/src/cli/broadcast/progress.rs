//! Watching a broadcast: a bar where a person sits, lines where a file is written.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep};

use super::desk::{Desk, Wished};
use super::{is_over, through, word};
use crate::cli::{Failure, output};

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How often a line is written where nobody sits.
const LINE: Duration = Duration::from_secs(10);
const WIDTH: usize = 30;

/// Watches it until it is over or held. A first Ctrl-C pauses it.
pub(super) async fn watch(desk: &mut Desk, id: &str) -> Result<Value, Failure> {
    let is_seen = io::stderr().is_terminal();
    output::note(&format!("{id}; Ctrl-C pauses it"))?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut next_line = Instant::now() + LINE;
    loop {
        let report = desk.report(id).await?;
        if is_seen {
            // With stderr gone nobody watches.
            let _gone = write!(io::stderr(), "\r\x1b[K{}", bar(&report));
        } else if Instant::now() >= next_line {
            output::note(&bar(&report))?;
            next_line = Instant::now() + LINE;
        }
        if is_over(&report) {
            if is_seen {
                let _gone = writeln!(io::stderr());
            }
            return Ok(report);
        }
        tokio::select! {
            () = sleep(LOOK) => {}
            _ = interrupt.recv() => {
                desk.wish(id, Wished::Pause).await?;
                output::note(&format!("\npaused: go on with `broadcast resume {id}`, end it with `broadcast cancel {id}`"))?;
                return desk.report(id).await;
            }
        }
    }
}

/// How far it is, in a line.
fn bar(report: &Value) -> String {
    let (done, total) = through(report);
    let share = |of: u64| (of * done).checked_div(total).unwrap_or(of);
    let filled = usize::try_from(share(WIDTH as u64)).unwrap_or(WIDTH).min(WIDTH);
    let bar = format!("{}{}", "#".repeat(filled), ".".repeat(WIDTH - filled));
    let mut line = format!("[{bar}] {done}/{total} {}%", share(100));
    let failed = report["counts"]["failed"].as_u64().filter(|failed| *failed > 0);
    let rate = report["rate"].as_f64().filter(|rate| *rate > 0.0);
    line.extend(failed.map(|failed| format!(", {failed} failed")));
    line.extend(rate.map(|rate| format!(", {rate:.1} a second")));
    line.extend(report["eta"].as_str().map(|eta| format!(", through at {eta}")));
    line.extend((report["status"] == "scheduled").then(|| format!(", waits for {}", word(&report["at"]))));
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_tells_how_far_it_is() {
        let counts = json!({"total": 40, "waiting": 20, "pending": 10, "failed": 1});
        let report = json!({"status": "running", "counts": counts, "rate": 14.5, "eta": "2026-11-29T08:00:00Z"});
        let told =
            "[#######.......................] 10/40 25%, 1 failed, 14.5 a second, through at 2026-11-29T08:00:00Z";
        assert_eq!(bar(&report), told);
        let nobody = json!({"status": "scheduled", "counts": {"total": 0}, "at": "2026-11-29T08:00:00Z"});
        assert!(bar(&nobody).ends_with("waits for 2026-11-29T08:00:00Z"), "{}", bar(&nobody));
    }
}
