//! Every body of `inbound/`: no panic, no lost event.

use std::fs;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use tests::json::contains;
use tests::{Ran, Run};

use crate::block_on;
use crate::index::{Entry, entries};

/// One test a line of `INDEX.tsv` that names an inbound body.
pub(crate) fn trials(corpus: &Path) -> Vec<Trial> {
    let trial = |entry: Entry| {
        let path = corpus.join(&entry.file);
        Trial::test(entry.file, move || body(&path, entry.form == "raw-malformed"))
    };
    entries(corpus, "inbound/").into_iter().map(trial).collect()
}

fn body(path: &Path, malformed: bool) -> Result<(), Failed> {
    let body = fs::read(path)?;
    let ran = block_on(Run::new(["normalize", "facebook"]).stdin(body.clone()).run());
    if malformed {
        return match ran.code {
            Some(0 | 1) => Ok(()),
            other => Err(format!("ended with {other:?}: {}", ran.stderr).into()),
        };
    }
    let body: Value = serde_json::from_slice(&body)?;
    let (items, changes) = (all(&body, &["messaging", "standby"]), all(&body, &["changes"]));
    let expected: &[Option<i32>] =
        if items.is_empty() && changes.is_empty() { &[Some(0), Some(1)] } else { &[Some(0)] };
    if !expected.contains(&ran.code) {
        return Err(format!("ended with {:?}: {}", ran.code, ran.stderr).into());
    }
    kept(&ran, items.len(), &changes).map_err(Failed::from)
}

/// The elements of these arrays of all entries.
fn all<'b>(body: &'b Value, keys: &[&str]) -> Vec<&'b Value> {
    let entries = body["entry"].as_array().into_iter().flatten();
    entries.flat_map(|entry| keys.iter().filter_map(|key| entry[*key].as_array()).flatten()).collect()
}

/// Every string in it, at any depth.
fn strings(value: &Value) -> Vec<&Value> {
    match value {
        Value::String(_) => vec![value],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(members) => members.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// At least one event came out for each item that went in, and what changed is kept.
fn kept(ran: &Ran, items: usize, changes: &[&Value]) -> Result<(), String> {
    let mut events = Vec::new();
    for line in ran.stdout.lines() {
        let event: Value = serde_json::from_str(line).map_err(|error| format!("{error} in {line}"))?;
        let data = &event["data"];
        let complete = event["event"].is_string() && data["id"].is_string() && data["channelType"] == "facebook";
        if !complete {
            return Err(format!("an event without its name, id or channel type: {line}"));
        }
        events.push(event);
    }
    if events.len() < items + changes.len() {
        return Err(format!("{} events for {items} items and {} changes", events.len(), changes.len()));
    }
    let lost = changes.iter().find(|change| {
        // As it was in `raw`, or as an event of its own kind that has all its words and ids.
        let value = &change["value"];
        let says_all = |event: &Value| strings(value).iter().all(|string| contains(&event["data"], string));
        !events.iter().any(|event| contains(&event["data"]["raw"], value) || says_all(event))
    });
    lost.map_or(Ok(()), |change| Err(format!("a change is not kept: {change}")))
}
