//! The identity of events.

use std::collections::HashMap;

use channel_api::{ChannelAdapter, Identity, Received};
use serde_json::Value;

use super::normalize::samples;
use crate::context::CaseContext;
use crate::finding::{Checked, Finding, Findings};
use crate::json::{escaped, roomy, turned};

fn identities(received: &[Received]) -> Vec<&Identity> {
    received.iter().map(|received| &received.identity).collect()
}

/// The same body, written otherwise.
fn respelled(body: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let Ok(json) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    vec![
        ("with its keys in another order", turned(&json).into_bytes()),
        ("with space between its tokens", roomy(&json).into_bytes()),
        ("with escapes", escaped(&json).into_bytes()),
    ]
}

pub(crate) async fn ids_are_stable(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, again) = (context.channel()?, context.channel()?);
    let samples = samples(context)?;
    let unheard_of = context.fixture().unheard_of();
    let all: Vec<Value> = samples.iter().map(|sample| sample.item.clone()).collect();
    let named = samples.iter().map(|sample| (sample.to_string(), sample.item.clone()));
    for (at, item) in named.chain([("the event nobody has heard of".to_owned(), unheard_of)]) {
        let body = context.fixture().body(std::slice::from_ref(&item));
        let first = context.received(&*channel, std::slice::from_ref(&item), &at)?;
        let expected = identities(&first);
        let mut same = |what: &str, channel: &dyn ChannelAdapter, body: &[u8]| {
            let at = format!("{at}, {what}");
            match CaseContext::received_in(channel, body) {
                Ok(events) => {
                    let told = identities(&events);
                    let kept = expected.iter().all(|identity| told.contains(identity));
                    findings.check(kept, at, &format!("all of {expected:?}"), || format!("{told:?}"));
                }
                Err(error) => findings.add(Finding::failed(at, "the same events", &error)),
            }
        };
        same("delivered again", &*channel, &body);
        same("delivered after a restart", &*again, &body);
        if context.fixture().batches() {
            let batch = [all.as_slice(), std::slice::from_ref(&item)].concat();
            same("delivered with others", &*channel, &context.fixture().body(&batch));
        }
        for (what, body) in respelled(&body) {
            same(what, &*channel, &body);
        }
    }
    Ok(findings)
}

pub(crate) async fn ids_differ(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let mut known: HashMap<Identity, String> = HashMap::new();
    for sample in samples(context)? {
        for received in context.received(&*channel, std::slice::from_ref(&sample.item), &sample.to_string())? {
            let shown = format!("{:?}", received.identity);
            if let Some(other) = known.insert(received.identity, sample.to_string()) {
                findings.add(Finding::new(format!("{other} and {sample}"), "different identities", shown));
            }
        }
    }
    Ok(findings)
}

pub(crate) async fn happened_twice(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let Some([first, second]) = context.fixture().happened_twice() else {
        return Err(Finding::not_brought("something that happened twice"));
    };
    let of = |body: &[u8], at: &str| {
        CaseContext::received_in(&*channel, body).map_err(|error| Finding::failed(at, "events", &error))
    };
    let (once, again) = (of(&first, "what happened")?, of(&first, "what happened, delivered again")?);
    let later = of(&second, "what happened again")?;
    let as_many = !once.is_empty() && once.len() == later.len();
    findings.check(as_many, "what happened again", &format!("{} events", once.len()), || later.len().to_string());
    let (expected, told) = (identities(&once), identities(&again));
    findings
        .check(told == expected, "what happened, delivered again", &format!("{expected:?}"), || format!("{told:?}"));
    for (once, later) in once.iter().zip(&later) {
        let (once, later) = (&once.identity, &later.identity);
        // The one fingerprint is how a log knows that it is the same thing, and the time that it is not the same time.
        let good = once.id() == later.id() && once != later;
        let expected = format!("{once:?} with another time");
        findings.check(good, "what happened again", &expected, || format!("{later:?}"));
    }
    Ok(findings)
}
