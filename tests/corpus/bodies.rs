//! Every body of `inbound/`: no panic, no lost event.

use std::fs;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use tests::json::contains;
use tests::{Ran, Run};

use crate::block_on;

/// One test a line of `INDEX.tsv` that names an inbound body.
pub(crate) fn trials(corpus: &Path) -> Vec<Trial> {
    let index = fs::read_to_string(corpus.join("INDEX.tsv")).expect("the corpus has an index");
    let mut lines = index.lines();
    let columns: Vec<&str> = lines.next().expect("the index has a head").split('\t').collect();
    let column = |name: &str| columns.iter().position(|column| *column == name).expect("a column of the index");
    let (file, form) = (column("file"), column("form"));
    lines
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|fields| fields[file].starts_with("inbound/"))
        .map(|fields| {
            let path = corpus.join(fields[file]);
            let malformed = fields[form] == "raw-malformed";
            Trial::test(fields[file], move || body(&path, malformed))
        })
        .collect()
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

/// At least one event came out for each item that went in, and what changed is kept as it was.
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
        // A messaging field may come as a change: then it is an event of its own kind.
        let converts = change["field"].as_str().is_some_and(|field| field.starts_with("messag"));
        !converts && !events.iter().any(|event| contains(&event["data"]["raw"], &change["value"]))
    });
    lost.map_or(Ok(()), |change| Err(format!("a change is not kept: {change}")))
}
