//! Watching a broadcast: a bar where a person sits, lines where a file is written.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep};

use super::desk::Desk;
use super::{is_over, through, word};
use crate::broadcasts::Wish;
use crate::cli::{Failure, output};

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How often a line is written where nobody sits.
const LINE: Duration = Duration::from_secs(10);
const WIDTH: usize = 30;

/// Watches it until it is over or held. A first Ctrl-C pauses it, and leaves one scheduled that has not begun. One that waits for its
/// time is left to the host, where one runs.
pub(super) async fn watch(desk: &mut Desk, id: &str) -> Result<Value, Failure> {
    let is_seen = io::stderr().is_terminal();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut next_line = Instant::now() + LINE;
    let mut began = None;
    loop {
        let report = desk.report(id).await?;
        let is_scheduled = report["status"] == "scheduled";
        if is_scheduled && !desk.is_own() {
            let at = word(&report["at"]);
            output::note(&format!("{id} is sent at {at} by the host that runs with this store; {}", look_at(id)))?;
            return Ok(report);
        }
        if began != Some(!is_scheduled) && !is_over(&report) {
            began = Some(!is_scheduled);
            output::note(&beginning(id, &report))?;
        }
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
                if desk.report(id).await?["status"] == "scheduled" {
                    output::note(&format!("\nstill scheduled: {AFTERWARDS}; {}", look_at(id)))?;
                } else {
                    desk.wish(id, Wish::Pause).await?;
                    output::note(&format!(
                        "\npaused: go on with `broadcast resume {id}`, end it with `broadcast cancel {id}`"
                    ))?;
                }
                return desk.report(id).await;
            }
        }
    }
}

/// Who sends a broadcast whose time comes when this command is gone.
const AFTERWARDS: &str = "a host that serves with this store sends it then, or as soon as one is started";

fn beginning(id: &str, report: &Value) -> String {
    if report["status"] == "scheduled" {
        let at = word(&report["at"]);
        return format!(
            "{id} waits for {at}. No host runs with this store: this command stays, and sends it then. Ctrl-C leaves it scheduled: \
             {AFTERWARDS}"
        );
    }
    format!("{id}; Ctrl-C pauses it")
}

fn look_at(id: &str) -> String {
    format!("`broadcast show {id}` tells how it stands, `broadcast cancel {id}` ends it")
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
