//! Deliveries into events: what they say, and that none is lost.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Value, json};

pub(crate) use super::ids::{happened_twice, ids_are_stable, ids_differ};
pub(crate) use super::received::{correlation, reads_back, replies as reply};
pub(crate) use super::threads::{of_events as thread_owner, of_no_other_event as no_thread_owner};
use crate::Inbound;
use crate::context::{CaseContext, outcome_of};
use crate::finding::{Checked, Finding, Findings};
use crate::json::{changed, lacks};
use crate::panics::unless_it_panics;
use channel_api::event::name;
use channel_api::{ErrorKind, Event, EventBody};

/// The fixture's events; at least two.
pub(super) fn samples(context: &CaseContext) -> Result<Vec<Inbound>, Finding> {
    let samples = context.fixture().inbound();
    if samples.len() < 2 {
        return Err(Finding::not_brought("two events or more"));
    }
    Ok(samples)
}

pub(super) fn json_of(event: &Event) -> Value {
    serde_json::to_value(event).unwrap_or_default()
}

/// The events in one text.
fn all(events: &[Event]) -> String {
    events.iter().map(json_of).collect::<Value>().to_string()
}

/// Looks at the events that came of a sample.
pub(super) fn compare(findings: &mut Findings, sample: &Inbound, events: &[Event]) {
    let names =
        |events: &[Value]| format!("{:?}", events.iter().map(|event| event["event"].clone()).collect::<Vec<_>>());
    let got: Vec<Value> = events.iter().map(json_of).collect();
    if got.len() != sample.events.len() {
        findings.add(Finding::new(sample.to_string(), names(&sample.events), names(&got)));
        return;
    }
    for (expected, got) in sample.events.iter().zip(&got) {
        if let Some((pointer, found)) = lacks(expected, got) {
            let wanted = expected.pointer(&pointer).map_or_else(|| "nothing".to_owned(), Value::to_string);
            findings.add(Finding::new(format!("{sample}, {pointer}"), wanted, found));
        }
        let (marked, shall) = (&got["data"]["observed"], &expected["data"]["observed"]);
        let same = (*marked == true) == (*shall == true);
        findings.check(same, format!("{sample}, /data/observed"), "as the fixture says", || marked.to_string());
    }
}

pub(crate) async fn events_as_expected(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    for sample in samples(context)? {
        match context.events(&*channel, std::slice::from_ref(&sample.item), &sample.to_string()) {
            Ok(events) => compare(&mut findings, &sample, &events),
            Err(finding) => findings.add(finding),
        }
    }
    Ok(findings)
}

pub(crate) async fn carries_the_channel(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let own = format!("{}.", context.registration().id);
    for sample in samples(context)? {
        for event in context.events(&*channel, std::slice::from_ref(&sample.item), &sample.to_string())? {
            let at = sample.to_string();
            let known = event.name.starts_with("message.") || event.name.starts_with(&own);
            findings.check(known, at.as_str(), "a name that all channels share, or one of the channel's own", || {
                event.name.to_string()
            });
            let same = event.channel_id == *channel.channel_id();
            findings.check(same, at.as_str(), "the channel's id", || event.channel_id.to_string());
            let same = event.channel_type == context.registration().id;
            findings.check(same, at.as_str(), "the channel's type", || event.channel_type.to_string());
            findings
                .check(event.id.as_ref().is_some_and(|id| !id.is_empty()), at.as_str(), "an id", || "none".to_owned());
        }
    }
    Ok(findings)
}

/// Whether an event keeps an item that was not understood, whole and with a reason.
fn keeps(event: &Event, item: &Value, unknown: &str) -> bool {
    event.name == unknown
        && matches!(&event.body, EventBody::Unknown { raw: Some(raw), .. }
            if serde_json::from_str::<Value>(raw.get()).is_ok_and(|kept| kept == *item))
}

pub(crate) async fn unheard_of_is_kept(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let unknown = format!("{}.unknown", context.registration().id);
    let item = context.fixture().unheard_of();
    let events = context.events(&*channel, std::slice::from_ref(&item), "the event nobody has heard of")?;
    let good = matches!(&events[..], [event] if keeps(event, &item, &unknown));
    findings.check(good, "the event nobody has heard of", &format!("one {unknown} with its JSON in `raw`"), || {
        all(&events)
    });
    Ok(findings)
}

pub(crate) async fn changed_is_not_lost(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    for sample in samples(context)? {
        // What no longer is an object is the business of the case on odd neighbours.
        for (pointer, item) in changed(&sample.item).into_iter().filter(|(_, item)| item.is_object()) {
            let body = context.fixture().body(&[item]);
            let Some(told) = unless_it_panics(|| CaseContext::normalize(&*channel, &body)) else { continue };
            let at = format!("{sample} with another {pointer}");
            findings.check(told.as_ref().is_ok_and(|events| !events.is_empty()), at, "an event", || {
                outcome_of(&told, "none")
            });
            if findings.are_plenty() {
                return Ok(findings);
            }
        }
    }
    Ok(findings)
}

pub(crate) async fn one_bad_event(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let samples = samples(context)?;
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return Ok(findings) };
    let alone = |item: &Value| context.events(&*channel, std::slice::from_ref(item), "an event alone");
    let (before, after) = (alone(&first.item)?, alone(&last.item)?);
    let odd = [json!(5), json!("conformance"), json!([]), json!({}), json!([[{}]]), json!({"conformance": {"a": [1]}})];
    for odd in odd.into_iter().chain([broken(&first.item), broken(&last.item)]) {
        let at = format!("two good events around {odd}");
        let items = [first.item.clone(), odd.clone(), last.item.clone()];
        let events = context.events(&*channel, &items, &at)?;
        let kept = events.starts_with(&before) && events.ends_with(&after);
        findings.check(kept, at.as_str(), "both as they are alone", || all(&events));
        let more = events.len() > before.len() + after.len();
        findings.check(more || !kept, at, "an event for what cannot be read", || "none".to_owned());
    }
    Ok(findings)
}

/// The item with each member in a shape that does not fit it.
fn broken(item: &Value) -> Value {
    let members = item.as_object().into_iter().flatten();
    members.map(|(key, value)| (key.clone(), if value.is_object() { json!(7) } else { json!({ "x": 1 }) })).collect()
}

pub(crate) async fn order(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let mut items: Vec<Value> = samples(context)?.into_iter().map(|sample| sample.item).collect();
    for at in ["all events in one delivery", "all events in one delivery, the last first"] {
        let mut apart = Vec::new();
        for item in &items {
            apart.extend(context.events(&*channel, std::slice::from_ref(item), at)?);
        }
        let together = context.events(&*channel, &items, at)?;
        let ids = |events: &[Event]| events.iter().filter_map(|event| event.id.clone()).collect::<Vec<_>>();
        let (expected, got) = (ids(&apart), ids(&together));
        findings.check(expected == got, at, &format!("the order of the delivery, {expected:?}"), || format!("{got:?}"));
        items.reverse();
    }
    Ok(findings)
}

pub(crate) async fn no_webhook(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let fixture = context.fixture();
    let whole = fixture.body(&samples(context)?.into_iter().map(|sample| sample.item).take(1).collect::<Vec<_>>());
    let half = whole.get(..whole.len() / 2).unwrap_or_default().to_vec();
    let common = [Vec::new(), b"hello world".to_vec(), b"{".to_vec(), vec![0xff, 0xfe, 0x00], half];
    for body in common.into_iter().chain(fixture.malformed()) {
        let told = CaseContext::normalize(&*channel, &body);
        let good = told.as_ref().is_err_and(|error| error.kind() == ErrorKind::MalformedWebhook);
        let at = format!("the body {:?}", String::from_utf8_lossy(&body));
        findings.check(good, at, "an error of kind malformed_webhook", || outcome_of(&told, "events"));
    }
    Ok(findings)
}

pub(crate) async fn observed(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let Some(sample) = context.fixture().observed() else {
        return Err(Finding::not_brought("an event that another app is responsible for"));
    };
    let channel = context.channel()?;
    let events = context.events(&*channel, std::slice::from_ref(&sample.item), &sample.to_string())?;
    findings.check(!events.is_empty(), sample.to_string(), "an event", || "none".to_owned());
    for event in events {
        findings.check(event.observed, sample.to_string(), "`observed`", || json_of(&event).to_string());
    }
    Ok(findings)
}

pub(crate) async fn echoes(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let samples = samples(context)?;
    let mut echoes = samples.iter().filter(|sample| sample.becomes(name::MESSAGE_ECHO)).peekable();
    if echoes.peek().is_none() {
        return Err(Finding::not_brought("an echo, as the capability declares"));
    }
    for sample in echoes {
        let events = context.events(&*channel, std::slice::from_ref(&sample.item), &sample.to_string())?;
        for event in events {
            let inbound =
                event.name == name::MESSAGE_RECEIVED || event.direction == Some(channel_api::Direction::Inbound);
            findings.check(!inbound, sample.to_string(), "nothing inbound", || json_of(&event).to_string());
        }
    }
    Ok(findings)
}

pub(crate) async fn missing(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let mut seen: BTreeMap<Cow<'static, str>, usize> = BTreeMap::new();
    for sample in samples(context)? {
        for item in [sample.item.clone()].into_iter().chain(changed(&sample.item).into_iter().map(|(_, item)| item)) {
            let body = context.fixture().body(&[item]);
            let told = unless_it_panics(|| CaseContext::normalize(&*channel, &body));
            for event in told.and_then(Result::ok).unwrap_or_default() {
                for name in event.missing {
                    *seen.entry(name).or_default() += 1;
                }
            }
        }
    }
    let none = "no event names anything, whatever is taken out of the provider's";
    findings.check(!seen.is_empty(), "events with something taken out", "what is missing, in `missing`", || {
        none.to_owned()
    });
    Ok(findings)
}
