//! The Messenger profile and the menus of single people.

use std::time::Duration;

use serde_json::{Value, json};

use super::stage::{GOOD, PSID, START_MS, Stage, codes, simulator};
use crate::Clock;

const PROFILE: &str = "/v26.0/me/messenger_profile";

/// A stage where calls of the profile do not run out: time passes between them.
async fn timed() -> (Stage, Clock) {
    let clock = Clock::fixed(START_MS);
    (Stage::with(simulator().clock(clock.clone())).await, clock)
}

fn menu(items: usize) -> Value {
    json!([{"locale": "default", "call_to_actions": vec![json!({"type": "postback", "title": "Talk", "payload": "T"}); items]}])
}

fn greeting(length: usize) -> Value {
    json!([{"locale": "default", "text": "ü".repeat(length)}])
}

fn commands(count: usize, name: &str, description: &str) -> Value {
    json!([{"locale": "default", "commands": vec![json!({"name": name, "description": description}); count]}])
}

#[tokio::test]
async fn each_property_has_its_limits() {
    let (stage, clock) = timed().await;
    let text = |length: usize| "x".repeat(length);
    let questions = |count| vec![json!({"question": "Where?", "payload": "W"}); count];
    let item = |item: Value| json!([{"locale": "default", "call_to_actions": [item]}]);
    let rows = [
        ("greeting", greeting(160), greeting(161)),
        ("greeting", greeting(1), json!([{"locale": "de_DE", "text": "Hallo"}])),
        ("greeting", greeting(1), json!([{"locale": "default", "text": "a"}, {"locale": "default", "text": "b"}])),
        ("get_started", json!({"payload": text(1000)}), json!({"payload": text(1001)})),
        ("get_started", json!({"payload": "S"}), json!({})),
        ("persistent_menu", menu(20), menu(21)),
        (
            "persistent_menu",
            item(json!({"type": "postback", "title": text(30), "payload": text(1000)})),
            item(json!({"type": "postback", "title": text(31), "payload": "T"})),
        ),
        (
            "persistent_menu",
            item(json!({"type": "web_url", "title": "Shop", "url": "https://shop.example.org/"})),
            item(json!({"type": "nested", "title": "More", "call_to_actions": []})),
        ),
        ("persistent_menu", menu(1), item(json!({"type": "phone_number", "title": "Call", "payload": "+34600000000"}))),
        ("persistent_menu", menu(1), json!([{"locale": "default", "composer_input_disabled": true}])),
        ("persistent_menu", menu(1), json!([{"type": "postback", "title": "Talk", "payload": "T"}])),
        ("ice_breakers", json!(questions(4)), json!(questions(5))),
        (
            "ice_breakers",
            json!([{"locale": "default", "call_to_actions": questions(4)}]),
            json!([{"locale": "default", "call_to_actions": questions(5)}]),
        ),
        (
            "ice_breakers",
            json!(questions(1)),
            json!([{"question": "Where?", "payload": "W"}, {"locale": "default", "call_to_actions": questions(1)}]),
        ),
        ("commands", commands(100, "flights", "Find"), commands(101, "flights", "Find")),
        ("commands", commands(1, &text(32), &text(64)), commands(1, &text(33), "Find")),
        ("commands", commands(1, "a", "b"), commands(1, "a", &text(65))),
        ("commands", commands(1, "a/b", "c"), commands(1, "/a", "c")),
        (
            "whitelisted_domains",
            json!(vec!["https://shop.example.org/"; 50]),
            json!(vec!["https://shop.example.org/"; 51]),
        ),
        ("whitelisted_domains", json!(["https://a.example"]), json!(["http://a.example"])),
        ("whitelisted_domains", json!(["https://a.example"]), json!(["https://localhost/"])),
        ("whitelisted_domains", json!(["https://a.example"]), json!(["https://192.0.2.1/"])),
        ("account_linking_url", json!("https://a.example/login"), json!("http://a.example/login")),
    ];
    for (property, good, bad) in rows {
        clock.advance(Duration::from_mins(10));
        let started = json!({"get_started": {"payload": "START"}});
        assert_eq!(stage.post(PROFILE, &started).await.0, 200);
        let set = stage.post(PROFILE, &json!({property: good})).await;
        assert_eq!((codes(&set), &set.1), (GOOD, &json!({"result": "success"})), "{property} {good}");
        let refused = stage.post(PROFILE, &json!({property: bad})).await;
        assert!(matches!(codes(&refused), (Some(100 | 105), None)), "{property} {bad} {refused:?}");
        let (_, read) = stage.get(&format!("{PROFILE}?fields={property}")).await;
        assert_eq!(read, json!({"data": [{property: good}]}), "a refusal changes nothing");
    }
    for wrong in [
        json!({}),
        json!({"home_url": {}}),
        json!({"greeting": []}),
        json!({"platform": "X", "get_started": {"payload": "S"}}),
    ] {
        clock.advance(Duration::from_mins(10));
        assert_eq!(codes(&stage.post(PROFILE, &wrong).await).0, Some(100), "{wrong}");
    }
}

#[tokio::test]
async fn a_menu_and_its_button_hold_each_other() {
    let (stage, _) = timed().await;
    let needs = (Some(100), Some(2_018_145));
    let started = json!({"payload": "START"});
    assert_eq!(stage.get(&format!("{PROFILE}?fields=get_started")).await.1, json!({"data": []}));
    assert_eq!(codes(&stage.post(PROFILE, &json!({"persistent_menu": menu(1)})).await), needs);
    let both = json!({"persistent_menu": menu(1), "get_started": started});
    assert_eq!(codes(&stage.post(PROFILE, &both).await), GOOD);
    assert_eq!(codes(&stage.delete(PROFILE, &json!({"fields": ["get_started"]})).await), needs);
    let all = json!({"fields": ["get_started", "persistent_menu"]});
    assert_eq!(stage.delete(PROFILE, &all).await.1, json!({"result": "success"}));
    assert_eq!(codes(&stage.delete(PROFILE, &json!({"fields": ["nonsense"]})).await), (Some(100), None));
    assert_eq!(codes(&stage.get(&format!("{PROFILE}?fields=nonsense")).await), (Some(100), None));
    let (_, eu) = stage.get(&format!("{PROFILE}?fields=subject_to_new_eu_privacy_rules")).await;
    assert_eq!(eu, json!({"data": [{"subject_to_new_eu_privacy_rules": false}]}));
}

#[tokio::test]
async fn ten_calls_in_ten_minutes_are_enough() {
    let (stage, clock) = timed().await;
    let read = async || codes(&stage.get(&format!("{PROFILE}?fields=greeting")).await);
    for _ in 0..10 {
        assert_eq!(read().await, GOOD);
        clock.advance(Duration::from_secs(1));
    }
    assert_eq!(read().await, (Some(613), None));
    assert_eq!(codes(&stage.post(PROFILE, &json!({"greeting": greeting(1)})).await), (Some(613), None));
    clock.advance(Duration::from_mins(10));
    assert_eq!(read().await, GOOD);

    let settings = format!("/v26.0/me/custom_user_settings?psid={PSID}");
    for _ in 0..10 {
        assert_eq!(codes(&stage.get(&settings).await), GOOD);
    }
    assert_eq!(codes(&stage.get(&settings).await), (Some(613), None));
}

#[tokio::test]
async fn a_person_can_have_a_menu_of_their_own_and_tap_it() {
    let mut stage = Stage::new().await;
    let settings = "/v26.0/me/custom_user_settings";
    stage.post(PROFILE, &json!({"get_started": {"payload": "START"}, "persistent_menu": menu(1)})).await;
    let own = json!([{"locale": "default", "call_to_actions": [{"type": "postback", "title": "My bill", "payload": "BILL"}]}]);
    let set = stage.post(settings, &json!({"psid": PSID, "persistent_menu": own})).await;
    assert_eq!(set.1, json!({"result": "success"}));
    let (_, read) = stage.get(&format!("{settings}?psid={PSID}")).await;
    let expected = json!({"user_level_persistent_menu": own, "page_level_persistent_menu": menu(1)});
    assert_eq!(read, json!({ "data": [expected] }));
    stage.act("tap", json!({"title": "My bill"})).await;
    assert_eq!(stage.webhook().await["postback"]["payload"], "BILL");
    let delete = format!("{settings}?psid={PSID}&params=[%22persistent_menu%22]");
    assert_eq!(stage.delete(&delete, &json!({})).await.1, json!({"result": "success"}));
    stage.act("tap", json!({"title": "Talk"})).await;
    assert_eq!(stage.webhook().await["postback"]["payload"], "T");
    assert_eq!(codes(&stage.get(&format!("{settings}?psid=999")).await), (Some(100), Some(2_018_001)));
}

#[tokio::test]
async fn a_new_conversation_begins_with_the_button_or_a_question() {
    let mut stage = Stage::new().await;
    let questions = json!([{"question": "Where are you?", "payload": "WHERE"}]);
    stage.post(PROFILE, &json!({"get_started": {"payload": "START"}, "ice_breakers": questions})).await;
    stage.act("open", json!({"ref": "flyer-7"})).await;
    let postback = stage.webhook().await["postback"].clone();
    assert_eq!((&postback["payload"], &postback["referral"]["ref"]), (&json!("START"), &json!("flyer-7")));
    assert_eq!(stage.post("/_sim/tap", &json!({"title": "Where are you?"})).await.0, 409, "it is no longer new");

    let mut fresh = Stage::new().await;
    fresh.post(PROFILE, &json!({"ice_breakers": questions})).await;
    fresh.act("tap", json!({"title": "Where are you?"})).await;
    assert_eq!(fresh.webhook().await["postback"]["payload"], "WHERE");
}
