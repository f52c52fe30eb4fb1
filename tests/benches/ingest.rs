//! What verifying and normalising a delivery costs, beside parsing the same body with `serde_json` into typed structs.
//!
//! `cargo bench -p tests --bench ingest` measures both in one run, prints the ratios and fails when one is over its limit.
#![expect(clippy::expect_used, reason = "a benchmark whose set-up fails cannot go on")]

mod envelope;
mod ratio;
/// The events of the property tests, so that a new kind is measured as well.
#[path = "../proofs/webhooks/samples.rs"]
#[expect(dead_code, reason = "what each is called at the host is for those tests")]
mod samples;

use std::hint::black_box;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use channel_api::{BuildContext, ChannelAdapter, ChannelId, Delivery, Registry};
use criterion::{Criterion, Throughput};
use facebook_channel as _;
use hyper::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tests::webhook::{body, entries, text};
use tests::{ids, sign};

use envelope::Envelope;
use ratio::ratio;

const PARSE: &str = "bare_parse";
const INGEST: &str = "verify_and_normalize";

/// A body, how many events it has, and how many times the bare parse they may cost.
struct Case {
    name: &'static str,
    body: Vec<u8>,
    events: usize,
    limit: f64,
}

fn cases() -> [Case; 3] {
    let kinds = samples::all();
    [
        Case { name: "one_event", body: words(1), events: 1, limit: 2.0 },
        Case { name: "batch_of_50", body: words(50), events: 50, limit: 1.5 },
        Case { name: "every_kind", body: every(&kinds), events: kinds.len(), limit: 1.5 },
    ]
}

/// What people write: a sentence, with a letter that Meta escapes.
fn words(events: usize) -> Vec<u8> {
    body((0..events).map(|number| {
        text(&format!("m_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-{number:04}"), "Hi, wie spät habt ihr heute geöffnet?")
    }))
}

/// One event of every kind, each in its list of one entry.
fn every(kinds: &[samples::Sample]) -> Vec<u8> {
    let mut entry = json!({"id": ids::PAGE, "time": ids::NOW_MS});
    for sample in kinds {
        match &mut entry[sample.list] {
            Value::Array(list) => list.push(sample.item.clone()),
            none => *none = json!([sample.item]),
        }
    }
    entries([entry])
}

/// A channel as a host builds it.
fn channel() -> Arc<dyn ChannelAdapter> {
    let registry = Registry::discover().expect("an adapter is linked");
    let config = json!({
        "name": "Facebook Support",
        "page_id": ids::PAGE,
        "page_access_token": ids::PAGE_TOKEN,
        "app_secret": ids::APP_SECRET,
        "verify_token": ids::VERIFY_TOKEN,
    });
    let context = BuildContext::new(ChannelId::new(ids::CHANNEL));
    (registry.get("facebook").expect("the adapter's id").build)(&config, &context).expect("a good configuration")
}

/// The path of a delivery through the adapter. Returns how many events came out.
fn ingest(channel: &dyn ChannelAdapter, headers: &HeaderMap, body: &[u8]) -> usize {
    let verified = Delivery::new(headers, body).verify(channel).expect("a good signature");
    let events = channel.normalize(&verified).expect("a webhook");
    black_box(&events).len()
}

/// What an application does that trusts everyone. Returns how many events came out.
fn parse(body: &[u8]) -> usize {
    let envelope: Envelope = serde_json::from_slice(body).expect("a webhook");
    black_box(&envelope).events()
}

fn measure(criterion: &mut Criterion) {
    let channel = channel();
    for Case { name, body, events, .. } in cases() {
        let mut headers = HeaderMap::new();
        let signature = HeaderValue::from_str(&sign(ids::APP_SECRET, &body)).expect("hex is a header value");
        headers.insert("x-hub-signature-256", signature);
        assert_eq!((parse(&body), ingest(&channel, &headers, &body)), (events, events));

        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(events as u64));
        group.bench_function(PARSE, |bencher| bencher.iter(|| parse(black_box(&body))));
        group.bench_function(INGEST, |bencher| bencher.iter(|| ingest(&channel, &headers, black_box(&body))));
        group.finish();
    }
}

fn main() -> ExitCode {
    let mut criterion = Criterion::default().configure_from_args();
    measure(&mut criterion);
    criterion.final_summary();
    if !std::env::args().any(|arg| arg == "--bench") {
        // `cargo test --benches` runs each function once and measures nothing.
        return ExitCode::SUCCESS;
    }
    let mut within = true;
    for Case { name, limit, .. } in cases() {
        let Some(ratio) = ratio(name, PARSE, INGEST) else { continue };
        let verdict = if ratio <= limit { "within" } else { "OVER" };
        within &= ratio <= limit;
        // A closed standard output is no reason to fail.
        drop(writeln!(std::io::stdout(), "{name}: {ratio:.2} times the bare parse, {verdict} {limit:.1}"));
    }
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
