//! Which events the bodies of `inbound/` become: a table, and a number of unknown ones that may only go down.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use channel_api::EventBody;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::adapter::normalize;
use crate::index::entries;

/// How many bodies the numbers below were counted over.
const BODIES: usize = 225;

/// How many of their events are unknown, by reason. Lower a number when it goes down; it must never go up.
const UNKNOWN: [(&str, usize); 3] = [("unknown_kind", 11), ("unexpected_shape", 2), ("other_product", 2)];

/// The kinds of bodies with events that stay unknown on purpose: kind, reason, and why.
const DELIBERATE: [(&str, &str, &str); 11] = [
    ("A", "unknown_kind", "a test's invention: no field in it is Meta's"),
    ("change-messages", "unknown_kind", "a change of the field `messages` that holds no message"),
    (
        "change-parking+change-payment_options-batch2",
        "unknown_kind",
        "details of the Page changed, and no value says to what",
    ),
    ("entry-without-events", "unknown_kind", "sender and recipient, and nothing that happened"),
    (
        "message-empty",
        "unexpected_shape",
        "a message with neither words nor attachments, and not marked as unsupported",
    ),
    ("message-quickreply-text-obj-testValue", "other_product", "the body's `object` is not `page`"),
    ("message-request", "unknown_kind", "message requests are gone, and no page of Meta's describes their event"),
    ("message-text+standby-unknown-event-batch3", "unknown_kind", "its two standby events hold nothing that happened"),
    ("message-text-obj-not_a_page", "other_product", "the body's `object` is not `page`"),
    ("standby-unknown-event", "unknown_kind", "sender and recipient, and nothing that happened"),
    ("unknown-event", "unknown_kind", "sender and recipient at most, and nothing that happened"),
];

/// The kinds of bodies that are refused as a whole.
const REFUSED: [(&str, &str); 1] =
    [("no-entry-key", "JSON, but no webhook: without a list of entries nothing can be read from it")];

/// What a body became.
#[derive(Debug)]
pub(crate) struct Counted {
    file: String,
    kind: String,
    malformed: bool,
    refused: bool,
    /// How many events of each name.
    events: BTreeMap<String, usize>,
    /// Why each unknown event is unknown.
    unknown: Vec<String>,
}

/// Reads every body.
pub(crate) fn count(corpus: &Path) -> Vec<Counted> {
    let counted = entries(corpus, "inbound/").into_iter().map(|entry| {
        let body = fs::read(corpus.join(&entry.file)).expect("the index names files that are there");
        let events = normalize(&body);
        let mut counted = Counted {
            refused: events.is_err(),
            malformed: entry.form == "raw-malformed",
            file: entry.file,
            kind: entry.kind,
            events: BTreeMap::new(),
            unknown: Vec::new(),
        };
        for event in events.unwrap_or_default() {
            *counted.events.entry(event.name.to_string()).or_default() += 1;
            if let EventBody::Unknown { reason, .. } = &event.body {
                counted
                    .unknown
                    .push(serde_json::to_value(reason).ok().as_ref().and_then(Value::as_str).unwrap_or("?").to_owned());
            }
        }
        counted
    });
    counted.collect()
}

/// The tests of what was counted.
pub(crate) fn trials(counted: &[Counted]) -> Vec<Trial> {
    let accounted = accounted(counted);
    let numbers: Vec<_> = UNKNOWN.iter().map(|(reason, most)| (*reason, *most, with_reason(counted, reason))).collect();
    let others = counted
        .iter()
        .flat_map(|body| &body.unknown)
        .filter(|reason| !UNKNOWN.iter().any(|(known, _)| known == reason))
        .count();
    let (name, same) = if counted.len() == BODIES {
        ("the number of unknown events only goes down".to_owned(), true)
    } else {
        (
            format!("the number of unknown events was counted over {BODIES} bodies, and here are {}", counted.len()),
            false,
        )
    };
    vec![
        Trial::test("every body is typed or unknown on purpose", move || accounted),
        Trial::test(name, move || ratchet(&numbers, others)).with_ignored_flag(!same),
    ]
}

fn with_reason(counted: &[Counted], reason: &str) -> usize {
    counted.iter().flat_map(|body| &body.unknown).filter(|unknown| *unknown == reason).count()
}

fn accounted(counted: &[Counted]) -> Result<(), Failed> {
    let mut odd = Vec::new();
    for body in counted.iter().filter(|body| !body.malformed) {
        if body.refused && !REFUSED.iter().any(|(kind, _)| *kind == body.kind) {
            odd.push(format!("{} ({}) is refused", body.file, body.kind));
        }
        let on_purpose = |reason: &&String| DELIBERATE.iter().any(|(kind, why, _)| *kind == body.kind && why == reason);
        for reason in body.unknown.iter().filter(|reason| !on_purpose(reason)) {
            odd.push(format!("{} ({}) holds an event that is unknown: {reason}", body.file, body.kind));
        }
    }
    for (kind, reason, why) in DELIBERATE {
        let of_this_kind = |body: &&Counted| body.kind == kind;
        let typed =
            counted.iter().filter(of_this_kind).all(|body| !body.unknown.iter().any(|unknown| unknown == reason));
        if typed && counted.iter().any(|body| body.kind == kind) {
            odd.push(format!("{kind} is understood now; take it off the list of those that are not ({why})"));
        }
    }
    if odd.is_empty() { Ok(()) } else { Err(odd.join("\n").into()) }
}

fn ratchet(numbers: &[(&str, usize, usize)], others: usize) -> Result<(), Failed> {
    let mut odd: Vec<String> = Vec::new();
    for (reason, most, now) in numbers {
        if now > most {
            odd.push(format!(
                "{now} events are unknown for {reason}; it was {most}: something is not understood any more"
            ));
        } else if now < most {
            odd.push(format!(
                "{now} events are unknown for {reason}, down from {most}: lower the number in tests/corpus/kinds.rs"
            ));
        }
    }
    if others > 0 {
        odd.push(format!("{others} events are unknown for a reason that is not counted in tests/corpus/kinds.rs"));
    }
    if odd.is_empty() { Ok(()) } else { Err(odd.join("\n").into()) }
}

/// Events by name, bodies by kind, and the unknown ones by reason.
pub(crate) fn table(counted: &[Counted]) -> String {
    let mut by_event: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut by_kind: BTreeMap<&str, (usize, BTreeMap<&str, usize>)> = BTreeMap::new();
    for body in counted {
        let of_kind = by_kind.entry(&body.kind).or_default();
        of_kind.0 += 1;
        if body.refused {
            *of_kind.1.entry("(refused)").or_default() += 1;
        }
        for (name, events) in &body.events {
            *of_kind.1.entry(name).or_default() += events;
            let of_event = by_event.entry(name).or_default();
            (of_event.0, of_event.1) = (of_event.0 + events, of_event.1 + 1);
        }
    }
    let mut table = format!("\n{:<60} files  becomes\n", "kind of body");
    for (kind, (files, events)) in &by_kind {
        let becomes: Vec<_> = events.iter().map(|(name, events)| format!("{name} {events}")).collect();
        let _infallible = writeln!(table, "{kind:<60} {files:>5}  {}", becomes.join(", "));
    }
    let _infallible = writeln!(table, "\n{:<40} events  files", "event");
    for (name, (events, files)) in &by_event {
        let _infallible = writeln!(table, "{name:<40} {events:>6} {files:>6}");
    }
    let all: usize = by_event.values().map(|(events, _)| events).sum();
    let unknown: usize = counted.iter().map(|body| body.unknown.len()).sum();
    let _infallible =
        writeln!(table, "\n{} bodies, {all} events, {unknown} of them unknown on purpose:", counted.len());
    for (kind, reason, why) in DELIBERATE {
        let _infallible = writeln!(table, "  {kind} ({reason}): {why}");
    }
    for (kind, why) in REFUSED {
        let _infallible = writeln!(table, "  {kind} (refused): {why}");
    }
    table
}
