use std::fmt::Write as _;

use serde_json::Value;

use crate::cli::hint::hint;
use crate::cli::output::second;

/// Messages for people to read, a line each.
pub(super) fn table(messages: &[Value]) -> Vec<String> {
    let heads = ["ID", "ACCEPTED", "CHANNEL", "PERSON", "STATUS", "CODE"].map(str::to_owned);
    let row = |message: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        [
            text(&message["id"]),
            second(message["acceptedAt"].as_str().unwrap_or("-")),
            text(&message["channelId"]),
            text(&message["person"]),
            text(&message["status"]),
            text(if message["waiting"].is_null() { &message["failure"]["code"] } else { &message["waiting"]["code"] }),
        ]
    };
    let rows: Vec<[String; 6]> = std::iter::once(heads).chain(messages.iter().map(row)).collect();
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; 6]| {
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A message for people: what it is, how it came on, and each attempt at it.
pub(super) fn message(told: &Value) -> String {
    let text = |name: &str| told[name].as_str().unwrap_or_default();
    let mut shown = format!("{}: {}", text("id"), text("status"));
    row(&mut shown, "channel", text("channelId"));
    for (word, name) in [("person", "person"), ("ref", "ref"), ("broadcast", "broadcast"), ("next", "nextAttemptAt")] {
        if let Some(value) = told[name].as_str() {
            row(&mut shown, word, value);
        }
    }
    if told.get("person").is_none() {
        row(&mut shown, "to", &told["to"].to_string());
    }
    row(&mut shown, "accepted", text("acceptedAt"));
    row(&mut shown, "content", &told["content"].to_string());
    if let Some(options) = told.get("options") {
        row(&mut shown, "options", &options.to_string());
    }
    waiting(&mut shown, &told["waiting"]);
    failure(&mut shown, &told["failure"]);
    for step in list(&told["steps"]) {
        let again = step["round"].as_u64().filter(|round| *round > 0);
        let again = again.map(|round| format!(", retried {round} time(s)")).unwrap_or_default();
        let status = step["status"].as_str().unwrap_or_default();
        row(&mut shown, status, &format!("{}{again}", step["at"].as_str().unwrap_or_default()));
    }
    for attempt in list(&told["attempts"]) {
        let began = attempt["beganAt"].as_str().unwrap_or_default();
        let ended = attempt["endedAt"]
            .as_str()
            .map_or_else(|| ", and its end is not known".to_owned(), |ended| format!(" to {ended}"));
        let _written = write!(shown, "\nattempt {}: {began}{ended}", attempt["number"]);
        for request in list(&attempt["requests"]) {
            let word = request["method"].as_str().unwrap_or_default();
            row(&mut shown, word, &format!("{} {}", request["path"].as_str().unwrap_or_default(), request["body"]));
        }
        for receipt in list(&attempt["receipts"]) {
            let trace = receipt["traceId"].as_str().map(|id| format!(", trace id {id}")).unwrap_or_default();
            row(&mut shown, "taken", &format!("{}{trace}", receipt["messageId"].as_str().unwrap_or("without an id")));
        }
        failure(&mut shown, &attempt["failure"]);
    }
    shown
}

/// What holds it.
fn waiting(shown: &mut String, waiting: &Value) {
    let Some(message) = waiting["message"].as_str() else { return };
    row(shown, "waits", &format!("{}: {message}", waiting["code"].as_str().unwrap_or_default()));
    if let Some(until) = waiting["until"].as_str() {
        row(shown, "", &format!("until {until}"));
    }
    if let Some(hint) = hint(waiting) {
        row(shown, "", &format!("→ {hint}"));
    }
}

/// What was refused or went wrong, in the provider's words too.
fn failure(shown: &mut String, failure: &Value) {
    let Some(message) = failure["message"].as_str() else { return };
    row(shown, "failure", &format!("{}: {message}", failure["code"].as_str().unwrap_or_default()));
    let provider = &failure["provider"];
    let facts = [("code", "code"), ("subcode", "subcode"), ("trace id", "traceId")];
    let facts = facts.iter().filter_map(|(word, name)| match &provider[*name] {
        Value::Null => None,
        Value::String(text) => Some(format!("{word} {text}")),
        other => Some(format!("{word} {other}")),
    });
    let facts: Vec<_> = facts.collect();
    if !facts.is_empty() {
        row(shown, "", &format!("the provider's {}", facts.join(", ")));
    }
    if let Some(hint) = hint(failure) {
        row(shown, "", &format!("→ {hint}"));
    }
}

fn row(shown: &mut String, word: &str, text: &str) {
    // Writing into a string does not fail.
    let _written = write!(shown, "\n  {word:<10} {text}");
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
