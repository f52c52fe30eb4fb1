//! Generated documents: what is good passes, and what was applied need not be applied again.

use channel_api::Method;
use channel_api::profile::{Profile, ProfilePlan};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{PAGE, profile};
use crate::profile::canonical::canonical;
use crate::profile::plan;
use crate::profile::property::Property;

/// As many characters as the limit allows or fewer, of one to four bytes each.
fn words(most: usize) -> impl Strategy<Value = String> {
    (1..=most, prop::sample::select(vec!["a", "é", "ж", "🎉", "aé🎉"]))
        .prop_map(|(n, pattern)| pattern.chars().cycle().take(n).collect())
}

fn page() -> impl Strategy<Value = String> {
    "https://[a-zA-Z]{1,6}\\.example\\.(com|org)(/[a-z0-9]{1,6}){0,2}"
}

fn item() -> impl Strategy<Value = Value> {
    let height = prop::option::of(prop::sample::select(vec!["compact", "tall", "full"]));
    prop_oneof![
        (words(30), words(1000)).prop_map(|(t, p)| json!({"type": "postback", "title": t, "payload": p})),
        (words(30), page(), height, any::<Option<bool>>()).prop_map(|(title, url, height, extensions)| {
            let mut item = json!({"type": "web_url", "title": title, "url": url});
            if let Some(height) = height {
                item["webviewHeightRatio"] = height.into();
            }
            if let Some(extensions) = extensions {
                item["messenger_extensions"] = extensions.into();
            }
            item
        }),
    ]
}

/// A list with an entry for `default` and for some other locales, in any order.
fn by_locale(entry: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Value> {
    let others = prop::sample::subsequence(vec!["default", "pt_BR", "de_DE", "es_LA"], 0..=4).prop_shuffle();
    (others, proptest::collection::vec(entry, 5)).prop_map(|(mut locales, entries)| {
        if !locales.contains(&"default") {
            locales.push("default");
        }
        let with = |(locale, mut entry): (&str, Value)| {
            entry["locale"] = locale.into();
            entry
        };
        locales.into_iter().zip(entries).map(with).collect()
    })
}

fn menu() -> impl Strategy<Value = Value> + Clone {
    let inner = proptest::collection::vec(item(), 1..3)
        .prop_map(|items| json!({"type": "nested", "title": "More", "call-to-actions": items}));
    let items = proptest::collection::vec(prop_oneof![4 => item(), 1 => inner], 1..8);
    by_locale(
        (items, any::<Option<bool>>())
            .prop_map(|(items, disabled)| match disabled {
                Some(disabled) => json!({"callToActions": items, "composerInputDisabled": disabled}),
                None => json!({ "call_to_actions": items }),
            })
            .boxed(),
    )
    .boxed()
}

fn questions() -> impl Strategy<Value = Value> + Clone {
    let question = (words(80), words(1000)).prop_map(|(q, p)| json!({"question": q, "payload": p}));
    proptest::collection::vec(question, 1..=4).prop_map(Value::from).boxed()
}

fn value(property: Property) -> BoxedStrategy<Value> {
    match property {
        Property::GetStarted => {
            prop_oneof![words(1000).prop_map(Value::from), words(1000).prop_map(|p| json!({"payload": p}))].boxed()
        }
        Property::PersistentMenu => menu().boxed(),
        Property::IceBreakers => {
            prop_oneof![questions(), by_locale(questions().prop_map(|q| json!({"callToActions": q})).boxed())].boxed()
        }
        Property::Greeting => prop_oneof![
            words(160).prop_map(Value::from),
            by_locale(words(160).prop_map(|text| json!({ "text": text })).boxed())
        ]
        .boxed(),
        Property::Commands => {
            let command = (words(32), words(64)).prop_map(|(n, d)| json!({"name": n, "description": d}));
            let list = proptest::collection::vec(command, 1..6).prop_map(|list| json!({ "commands": list }));
            by_locale(list.boxed()).boxed()
        }
        Property::WhitelistedDomains => proptest::collection::vec(page(), 1..8).prop_map(Value::from).boxed(),
        Property::AccountLinkingUrl => page().prop_map(Value::from).boxed(),
    }
}

/// A document in which a menu comes with its button.
fn document() -> impl Strategy<Value = Profile> {
    let members = Property::ALL.map(|property| prop::option::of(prop::option::weighted(0.7, value(property))));
    members.prop_map(|values| {
        let mut members = serde_json::Map::new();
        for (property, value) in Property::ALL.into_iter().zip(values) {
            if let Some(value) = value {
                members.insert(property.name().to_owned(), value.unwrap_or_default());
            }
        }
        if members.get("persistent_menu").is_none_or(|menu| !menu.is_null()) {
            let button = members.entry("get_started").or_insert_with(|| "GO".into());
            if button.is_null() {
                *button = "GO".into();
            }
        }
        Profile(members)
    })
}

/// What is on the Page once the calls are made. Every step is a profile that Meta takes.
fn applied(current: &Profile, plan: &ProfilePlan) -> Profile {
    let mut after = current.0.clone();
    for request in &plan.requests {
        match request.method {
            Method::POST => after.extend(request.body.as_object().unwrap().clone()),
            _ => {
                for field in request.body["fields"].as_array().unwrap() {
                    assert!(after.remove(field.as_str().unwrap()).is_some(), "{field} is not set");
                    assert!(after.contains_key("get_started") || !after.contains_key("persistent_menu"));
                }
            }
        }
        assert!(after.contains_key("get_started") || !after.contains_key("persistent_menu"));
    }
    Profile(after)
}

/// The same profile in Meta's words: defaults told, domains with their slash, locales the other way round.
fn as_meta_tells(profile: &Profile) -> Profile {
    let mut read = profile.0.clone();
    for (name, value) in &mut read {
        if name == "whitelisted_domains" {
            for domain in value.as_array_mut().unwrap() {
                if domain.as_str().unwrap().matches('/').count() == 2 {
                    *domain = format!("{}/", domain.as_str().unwrap().to_lowercase()).into();
                }
            }
        }
        let Some(entries) = value.as_array_mut().filter(|list| list.iter().any(|entry| entry["locale"].is_string()))
        else {
            continue;
        };
        entries.reverse();
        for entry in entries.iter_mut().filter(|_| name == "persistent_menu") {
            if entry["composer_input_disabled"].is_null() {
                entry["composer_input_disabled"] = false.into();
            }
            for item in entry["call_to_actions"].as_array_mut().unwrap() {
                if item["type"] == "web_url" && item["webview_height_ratio"].is_null() {
                    item["webview_height_ratio"] = "full".into();
                }
            }
        }
    }
    Profile(read)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_second_time_changes_nothing(first in document(), second in document()) {
        let before = applied(&Profile::default(), &plan(&Profile::default(), &first, "v26.0", PAGE).unwrap());
        let step = plan(&before, &second, "v26.0", PAGE).unwrap();
        prop_assert!(step.requests.len() <= 2);
        let after = applied(&before, &step);
        for current in [&after, &as_meta_tells(&after)] {
            let again = plan(current, &second, "v26.0", PAGE).unwrap();
            prop_assert!(again.changes.is_empty() && again.requests.is_empty(), "{:?}", again);
        }
    }

    #[test]
    fn what_is_read_changes_nothing_when_it_is_desired(document in document()) {
        let page = applied(&Profile::default(), &plan(&Profile::default(), &document, "v26.0", PAGE).unwrap());
        let read = as_meta_tells(&page);
        prop_assert_eq!(plan(&read, &read, "v26.0", PAGE).unwrap(), ProfilePlan::default());
        // Also where it is judged, because it is not to the letter what is there.
        let again = plan(&page, &read, "v26.0", PAGE).unwrap();
        prop_assert!(again.changes.is_empty() && again.requests.is_empty(), "{:?}", again);
    }

    #[test]
    fn what_was_written_is_what_is_read(document in document()) {
        let page = applied(&Profile::default(), &plan(&Profile::default(), &document, "v26.0", PAGE).unwrap());
        for property in Property::ALL {
            let (written, read) = (page.0.get(property.name()), as_meta_tells(&page));
            prop_assert_eq!(written.is_some(), document.0.get(property.name()).is_some_and(|value| !value.is_null()));
            if let Some(written) = written {
                prop_assert_eq!(canonical(property, written), canonical(property, &read.0[property.name()]));
            }
        }
    }

    #[test]
    fn nothing_makes_it_panic(value in "\\PC{0,40}", name in prop::sample::select(Property::ALL.to_vec()), depth in 0_usize..4) {
        let mut value = serde_json::from_str(&value).unwrap_or(Value::String(value));
        for _ in 0..depth {
            value = json!([{"locale": value.clone(), "call_to_actions": value}]);
        }
        let document = profile(json!({ name.name(): value }));
        drop(plan(&document, &Profile::default(), "v26.0", PAGE));
        drop(plan(&Profile::default(), &document, "v26.0", PAGE));
    }
}
