//! The identity of events.

use std::collections::BTreeMap;

use channel_api::{ChannelAdapter, Event};
use serde_json::Value;

use super::normalize::{json_of, samples};
use crate::context::CaseContext;
use crate::finding::{Checked, Finding, Findings};
use crate::json::{escaped, roomy, turned};

fn ids(events: &[Event]) -> Vec<&str> {
    events.iter().filter_map(|event| event.id.as_deref()).collect()
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
        let first = context.events(&*channel, std::slice::from_ref(&item), &at)?;
        let mut same = |what: &str, channel: &dyn ChannelAdapter, body: &[u8]| {
            // A body that cannot be read at all is another case's business.
            let Ok(events) = CaseContext::normalize(channel, body) else { return };
            let kept = ids(&first).iter().all(|id| events.iter().any(|event| event.id.as_deref() == Some(*id)));
            findings.check(kept, format!("{at}, {what}"), &format!("the ids {:?}", ids(&first)), || {
                format!("{:?}", ids(&events))
            });
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
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for sample in samples(context)? {
        for event in context.events(&*channel, std::slice::from_ref(&sample.item), &sample.to_string())? {
            if let Some(other) = known.insert(event.id.clone().unwrap_or_default(), sample.to_string()) {
                let at = format!("{other} and {sample}");
                findings.add(Finding::new(at, "different ids", format!("the same, {}", json_of(&event)["data"]["id"])));
            }
        }
    }
    Ok(findings)
}
