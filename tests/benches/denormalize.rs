//! What it costs to check a message and to translate it into the Graph API's request.
//!
//! `cargo bench -p tests --bench denormalize` prints the medians and fails when one is over its limit.
#![expect(clippy::expect_used, reason = "a benchmark whose set-up fails cannot go on")]

#[expect(dead_code, reason = "this benchmark compares with a number and not with another measurement")]
mod ratio;

use std::hint::black_box;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use channel_api::{ChannelAdapter, ChannelAdapterExt as _, ChannelId, Registry};
use criterion::Criterion;
use facebook_channel as _;
use serde_json::{Value, json};
use tests::ids;

/// From JSON in memory to the requests.
const DENORMALIZE: &str = "denormalize";
/// The same from the bytes of the JSON.
const PARSE_AND_DENORMALIZE: &str = "parse_and_denormalize";

/// The messages, and how many microseconds each may take from JSON in memory.
fn cases() -> [(&'static str, Value, f64); 3] {
    [("text", text(), 5.0), ("text_with_13_replies", question(), 5.0), ("carousel_of_10", carousel(), 50.0)]
}

fn message(content: &Value) -> Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": content})
}

fn text() -> Value {
    message(&json!({"type": "text", "text": "Hello! How can I help you today? Wir haben bis 18 Uhr geöffnet."}))
}

/// A question with as many answers below it as there may be.
fn question() -> Value {
    let reply = |number: usize| json!({"contentType": "text", "title": format!("Answer {number}"), "payload": format!("ANSWER_{number}")});
    message(&json!({"type": "text", "text": "Which one?", "quickReplies": (1..=13).map(reply).collect::<Vec<_>>()}))
}

/// Ten cards with everything that a card can have, and quick replies below.
fn carousel() -> Value {
    let card = |number: usize| {
        json!({
            "title": format!("Phone {number} Pro"),
            "subtitle": "$999 - Free shipping",
            "imageUrl": "https://example.com/phone.jpg",
            "defaultAction": {"type": "web_url", "url": "https://example.com/products/phone", "webviewHeightRatio": "tall"},
            "buttons": [
                {"type": "postback", "title": "Buy Now", "payload": format!("BUY_PHONE_{number}")},
                {"type": "web_url", "title": "View Details", "url": "https://example.com/products/phone"},
                {"type": "phone_number", "title": "Call", "payload": "+15105551234"}
            ]
        })
    };
    let replies =
        json!([{"contentType": "text", "title": "Not now", "payload": "LATER"}, {"contentType": "user_email"}]);
    let template = json!({"type": "generic", "elements": (0..10).map(card).collect::<Vec<_>>()});
    message(&json!({"type": "template", "template": template, "quickReplies": replies}))
}

/// A channel that only translates, which is what is measured.
fn channel() -> Arc<dyn ChannelAdapter> {
    let registry = Registry::discover().expect("an adapter is linked");
    (registry.get("facebook").expect("the adapter's id").offline)(ChannelId::new(ids::CHANNEL), None)
}

fn denormalize(channel: &dyn ChannelAdapter, message: &Value) -> usize {
    let translated = channel.denormalize_json(message).expect("a good message");
    black_box(&translated).requests.len()
}

fn measure(criterion: &mut Criterion) {
    let channel = channel();
    for (name, message, _) in cases() {
        assert_eq!(denormalize(&*channel, &message), 1);
        let bytes = message.to_string();
        let mut group = criterion.benchmark_group(name);
        group.bench_function(DENORMALIZE, |bencher| bencher.iter(|| denormalize(&*channel, black_box(&message))));
        group.bench_function(PARSE_AND_DENORMALIZE, |bencher| {
            bencher.iter(|| {
                let message = serde_json::from_str(black_box(&bytes)).expect("JSON");
                denormalize(&*channel, &message)
            });
        });
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
    for (name, _, limit) in cases() {
        let Some(median) = ratio::median(name, DENORMALIZE) else { continue };
        let micros = median / 1000.0;
        within &= micros <= limit;
        let verdict = if micros <= limit { "within" } else { "OVER" };
        // A closed standard output is no reason to fail.
        drop(writeln!(std::io::stdout(), "{name}: {micros:.2} us, {verdict} {limit:.0} us"));
    }
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
