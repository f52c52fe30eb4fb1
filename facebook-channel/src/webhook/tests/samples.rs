//! Every kind of event, as it comes out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::{EVENT_NAMES, EVENTS, UNKNOWN};
use super::{EventBody, body, events, is_unknown};

type Samples = BTreeMap<String, Value>;

fn read(file: &str) -> Samples {
    serde_json::from_str(file).unwrap()
}

fn messages() -> Samples {
    read(include_str!("../samples/messages.json"))
}

/// Attachments alone; here they become messages.
fn attachments() -> Samples {
    let lists = read(include_str!("../samples/attachments.json"));
    let message = |(name, list): (String, Value)| {
        let mid = format!("m_{}", name.replace(' ', "-"));
        let head = json!({"sender": {"id": "7411002233445566"}, "recipient": {"id": "1098765432100001"}, "timestamp": 1_763_712_000_200_u64});
        let mut item = head;
        item["message"] = json!({"mid": mid, "attachments": list});
        (name, item)
    };
    lists.into_iter().map(message).collect()
}

/// The samples by the list in which they stand.
pub(super) fn all() -> Vec<(&'static str, &'static str, Samples)> {
    vec![
        ("messages", "messaging", messages()),
        ("attachments", "messaging", attachments()),
        ("echoes", "messaging", read(include_str!("../samples/echoes.json"))),
        ("thread", "messaging", read(include_str!("../samples/thread.json"))),
        ("changes", "changes", read(include_str!("../samples/changes.json"))),
        ("calls", "calls", read(include_str!("../samples/calls.json"))),
        ("unknown", "messaging", read(include_str!("../samples/unknown.json"))),
    ]
}

#[test]
fn every_kind_comes_out_as_pinned() {
    for (family, list, samples) in all() {
        let out: BTreeMap<_, _> =
            samples.into_iter().map(|(name, item)| (name, json!(events(&body(list, &[item]))))).collect();
        insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_json_snapshot!(family, out);
        });
    }
}

#[test]
fn only_the_samples_that_shall_be_are_unknown() {
    for (family, list, samples) in all() {
        for (name, item) in samples {
            let out = events(&body(list, &[item]));
            assert_eq!(out.iter().any(is_unknown), family == "unknown", "{family}: {name}");
        }
    }
}

#[test]
fn the_table_lists_what_comes_out_and_nothing_else() {
    let every = all().into_iter().flat_map(|(_, list, samples)| {
        samples.into_values().flat_map(move |item| events(&body(list, &[item]))).collect::<Vec<_>>()
    });
    let seen: BTreeSet<_> = every.map(|event| event.name.into_owned()).collect();
    let listed: BTreeSet<_> = EVENT_NAMES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(seen, listed);
    assert_eq!(EVENTS.len(), listed.len(), "a name is listed once");
    assert_eq!(EVENTS.last().unwrap().0, UNKNOWN);
    assert!(EVENTS.iter().all(|(_, field, what)| !field.is_empty() && what.ends_with('.')));
}

#[test]
fn no_field_hides_one_of_the_event_s_own() {
    const OWN: [&str; 11] = [
        "id",
        "channelId",
        "channelType",
        "direction",
        "from",
        "to",
        "timestamp",
        "metadata",
        "observed",
        "missing",
        "raw",
    ];
    for (_, list, samples) in all() {
        for (name, item) in samples {
            for event in events(&body(list, &[item])) {
                let mut names: Vec<_> = event.metadata.iter().map(|(name, _)| name).collect();
                names.sort_unstable();
                assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{name}: a fact is there twice");
                if let EventBody::Fields(fields) = &event.body {
                    assert!(fields.iter().all(|(field, _)| !OWN.contains(&field)), "{name}");
                    assert!(fields.iter().all(|(field, _)| !field.contains('_')), "{name}");
                }
            }
        }
    }
}

#[test]
fn an_event_on_standby_is_observed_and_has_an_id_of_its_own() {
    for (family, list, samples) in all() {
        for (name, item) in samples.into_iter().filter(|_| list == "messaging") {
            let ours = events(&body("messaging", std::slice::from_ref(&item)));
            // What has no time of its own may happen again, and then its id says which time it is.
            let known_by_itself = item.get("timestamp").is_some();
            let watched = events(&body("standby", &[item]));
            assert_eq!(ours.len(), watched.len(), "{family}: {name}");
            for (ours, watched) in ours.iter().zip(&watched) {
                assert!(watched.observed && !ours.observed);
                if name == "empty postback" {
                    // Another app's button may tell nothing, so there an empty tap is a tap.
                    assert_eq!(watched.name, "facebook.postback");
                    continue;
                }
                assert_eq!(watched.name, ours.name, "{family}");
                match &ours.id {
                    Some(id) if known_by_itself => assert_eq!(watched.id, Some(format!("standby_{id}")), "{family}"),
                    _ => assert_ne!(watched.id, ours.id, "{family}"),
                }
            }
        }
    }
}

#[test]
fn the_seed_s_three_events_come_out_as_it_shows_them() {
    let message = &events(&body("messaging", &[messages()["text"].clone()]))[0];
    let json = json!(message);
    assert_eq!(json["event"], "message.received");
    assert_eq!(json["data"]["id"], "msg_abc123");
    assert_eq!(json["data"]["content"], json!({"type": "text", "text": "Hi, I need help with my order"}));
    assert_eq!(json["data"]["metadata"], json!({"mid": "m_abc123"}));

    let tap = json!(events(&body("messaging", &[messages()["quick reply"].clone()])));
    assert_eq!(tap.as_array().unwrap().len(), 1, "a tap is one event");
    assert_eq!(tap[0]["event"], "facebook.quick_reply");
    assert_eq!((&tap[0]["data"]["payload"], &tap[0]["data"]["text"]), (&json!("RATING_GREAT"), &json!("Great!")));

    let thread = read(include_str!("../samples/thread.json"));
    let postback = json!(events(&body("messaging", &[thread["postback"].clone()])));
    assert_eq!(postback[0]["event"], "facebook.postback");
    assert_eq!(
        (&postback[0]["data"]["payload"], &postback[0]["data"]["title"]),
        (&json!("VIEW_ORDERS"), &json!("View Orders"))
    );
}
