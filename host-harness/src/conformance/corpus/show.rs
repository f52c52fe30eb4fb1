use std::fmt::Write as _;

use super::{Score, Share};

/// More losses than these are counted only.
const MOST_LOSSES: usize = 40;

/// The score for a person.
pub fn table(score: &Score) -> String {
    let mut text = format!("{} on {} recordings\n\n", score.adapter, score.files);
    let mut line = |what: &str, share: Share| {
        let percent = if share.found == 0 { 100.0 } else { percent(share) };
        // Writing to a string does not fail.
        let _written = writeln!(text, "{what:<22} {:>6} of {:>6}   {percent:>5.1} %", share.kept, share.found);
    };
    line("webhooks accepted", score.accepted);
    line("events surfaced", score.events);
    line("events understood", score.understood);
    line("identities kept", score.identities);
    line("texts kept", score.text);
    line("malformed, no harm", score.malformed);
    let _written = writeln!(text, "\n{:<34} EVENTS", "KIND");
    for (kind, events) in &score.kinds {
        let events: Vec<String> = events.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let _written = writeln!(text, "{kind:<34} {}", events.join(", "));
    }
    if !score.lost.is_empty() {
        let _written = writeln!(text, "\nLOST");
        for lost in score.lost.iter().take(MOST_LOSSES) {
            let _written = writeln!(text, "{}: {}", lost.file, lost.what);
        }
        if let Some(more) = score.lost.len().checked_sub(MOST_LOSSES).filter(|more| *more > 0) {
            let _written = writeln!(text, "and {more} more");
        }
    }
    text.truncate(text.trim_end().len());
    text
}

#[expect(clippy::cast_precision_loss, reason = "nobody records more webhooks than a float can count")]
fn percent(share: Share) -> f64 {
    100.0 * share.kept as f64 / share.found as f64
}
