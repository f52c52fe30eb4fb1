//! No webhook makes the adapter panic, lose an item, or forget who an event is.

mod damage;
mod samples;

use std::collections::{BTreeSet, HashMap};

use channel_api::{ErrorKind, Event, EventBody};
use proptest::prelude::*;
use proptest::sample::Index;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tests::ids::{NOW_MS, PAGE};

use crate::adapter::{capabilities, normalize};

const UNKNOWN: &str = "facebook.unknown";

/// What stands in lists of an entry: each of them is something that happened.
fn items(body: &Value) -> usize {
    let entries = body["entry"].as_array().into_iter().flatten().filter_map(Value::as_object);
    let lists = entries.flatten().filter(|(name, _)| !matches!(name.as_str(), "id" | "time"));
    lists.filter_map(|(_, list)| list.as_array()).map(Vec::len).sum()
}

/// What holds for every event, whatever it was made of.
fn whole(event: &Event) -> Result<(), TestCaseError> {
    prop_assert!(event.id.as_ref().is_some_and(|id| !id.is_empty()) && !event.name.is_empty());
    prop_assert!(capabilities().receives_events.contains(&&*event.name), "{} is not declared", event.name);
    let line = serde_json::to_string(event).unwrap();
    prop_assert!(!line.contains('\n'), "{line}");
    let Ok(Line { data }) = serde_json::from_str(&line) else {
        return Err(TestCaseError::fail(format!("this cannot be read: {line}")));
    };
    let id = Value::from(event.id.as_deref()).to_string();
    prop_assert_eq!(data.get("id").map(|id| id.get()), Some(id.as_str()));
    // What another account's words were is not kept, but how much there was.
    let kept = data.contains_key("reason") && (data.contains_key("raw") || data.contains_key("items"));
    prop_assert!(event.name != UNKNOWN || kept, "{}", line);
    Ok(())
}

/// An event as a host reads it. What is inside stays unread: numbers larger than any and lists deeper than readers go are kept
/// as they came.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    data: HashMap<String, &'a RawValue>,
}

/// Anything goes in; what comes out is whole, or a refusal of the body as such.
fn survives(body: &[u8]) -> Result<Vec<Event>, TestCaseError> {
    match normalize(body) {
        Ok(events) => {
            events.iter().try_for_each(whole)?;
            Ok(events)
        }
        Err(error) => {
            prop_assert_eq!(error.kind(), ErrorKind::MalformedWebhook);
            Ok(Vec::new())
        }
    }
}

/// For how many things an event stands.
fn stands_for(event: &Event) -> u64 {
    match &event.body {
        EventBody::Unknown { origin, .. } => origin.items.unwrap_or(1),
        _ => 1,
    }
}

/// Bodies of one to three entries with one to four events of any kind.
fn bodies() -> impl Strategy<Value = Value> {
    let entry = proptest::collection::vec((prop::sample::select(samples::all()), any::<bool>()), 1..=4);
    proptest::collection::vec(entry, 1..=3).prop_map(|entries| {
        let entries: Vec<Value> = entries
            .into_iter()
            .map(|entry| {
                let mut made = json!({"id": PAGE, "time": NOW_MS});
                for (sample, observed) in entry {
                    let list = if observed && sample.list == "messaging" { "standby" } else { sample.list };
                    if made[list].is_null() {
                        made[list] = json!([]);
                    }
                    made[list].as_array_mut().unwrap().push(sample.item);
                }
                made
            })
            .collect();
        json!({"object": "page", "entry": entries})
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn bytes(body in proptest::collection::vec(any::<u8>(), 0..512)) {
        survives(&body)?;
    }

    #[test]
    fn json_of_any_shape(body in damage::anything()) {
        survives(body.to_string().as_bytes())?;
    }

    #[test]
    fn what_is_good_is_understood(body in bodies()) {
        let events = survives(body.to_string().as_bytes())?;
        prop_assert_eq!(events.len(), items(&body));
        prop_assert!(events.iter().all(|event| event.name != UNKNOWN), "{:#}", body);
    }

    #[test]
    fn a_damaged_webhook_loses_nothing(body in damage::damaged(bodies().boxed())) {
        let events = survives(body.to_string().as_bytes())?;
        let told: u64 = events.iter().map(stands_for).sum();
        prop_assert!(told >= items(&body) as u64, "{} events of {:#}", events.len(), body);
    }

    #[test]
    fn one_odd_event_costs_no_other(body in bodies(), at in any::<Index>(), odd in damage::anything()) {
        let before = survives(body.to_string().as_bytes())?;
        let mut with_odd = body;
        let entries = with_odd["entry"].as_array_mut().unwrap();
        let index = at.index(entries.len());
        entries[index]["messaging"] = match entries[index]["messaging"].take() {
            Value::Array(mut list) => { list.insert(at.index(list.len() + 1), odd); list.into() }
            _ => json!([odd]),
        };
        let after = survives(with_odd.to_string().as_bytes())?;
        let ids: Vec<_> = after.iter().map(|event| &event.id).collect();
        prop_assert!(before.iter().all(|event| ids.contains(&&event.id)), "{:#}", with_odd);
    }

    #[test]
    fn text_with_damage(body in bodies(), cuts in damage::of_text()) {
        survives(&cuts.apply(body.to_string().into_bytes()))?;
    }

    #[test]
    fn a_redelivery_has_the_same_ids(body in bodies(), order in any::<u64>(), time in 1_700_000_000_000_u64..1_900_000_000_000) {
        let ids = |body: &[u8]| survives(body).map(|events| events.into_iter().map(|event| event.id).collect::<Vec<_>>());
        let mut again = body.clone();
        for entry in again["entry"].as_array_mut().unwrap() {
            entry["time"] = json!(time);
        }
        let first = ids(body.to_string().as_bytes())?;
        let second = ids(damage::reordered(&again, order).as_bytes())?;
        prop_assert_eq!(first.iter().collect::<BTreeSet<_>>(), second.iter().collect::<BTreeSet<_>>());
    }
}

#[test]
fn every_event_that_is_declared_has_a_sample_and_each_sample_an_id_of_its_own() {
    let mut names = BTreeSet::from([UNKNOWN]);
    let mut ids = BTreeSet::new();
    let samples = samples::all();
    for sample in &samples {
        let body = json!({"object": "page", "entry": [{"id": PAGE, "time": NOW_MS, sample.list: [sample.item]}]});
        let events = normalize(body.to_string().as_bytes()).unwrap();
        let [event] = events.as_slice() else { panic!("{} events of {body:#}", events.len()) };
        assert_eq!(event.name, sample.event, "{body:#}");
        assert!(ids.insert(event.id.clone()), "{:?} stands for two samples, one of them {body:#}", event.id);
        names.insert(sample.event);
    }
    assert_eq!(names, capabilities().receives_events.iter().copied().collect());
}

#[test]
fn two_taps_are_two_events() {
    let tap = |time: u64| {
        let tap = json!({"sender": {"id": "7411002233445566"}, "recipient": {"id": PAGE}, "timestamp": time, "postback": {"title": "Start", "payload": "START"}});
        let body = json!({"object": "page", "entry": [{"id": PAGE, "time": NOW_MS, "messaging": [tap]}]});
        normalize(body.to_string().as_bytes()).unwrap().remove(0).id
    };
    assert_eq!(tap(NOW_MS), tap(NOW_MS));
    assert_ne!(tap(NOW_MS), tap(NOW_MS + 1));
}
