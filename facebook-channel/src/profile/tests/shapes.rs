//! The names and shapes in which a document may come: Meta's, the seed's, and the seed's calls.

use serde_json::{Value, json};

use super::{good, refusals};

fn body(desired: Value) -> Value {
    let plan = good(desired);
    assert_eq!(plan.requests.len(), 1, "{plan:?}");
    plan.requests.into_iter().next().unwrap().body
}

#[test]
fn names_are_written_in_any_way() {
    let domains = json!(["https://a.example.org"]);
    for name in ["whitelisted_domains", "whitelistedDomains", "whitelisted-domains"] {
        assert_eq!(body(json!({ name: domains.clone() })), json!({"whitelisted_domains": domains}));
    }
    let twice = json!({"whitelisted_domains": domains, "whitelistedDomains": domains});
    assert_eq!(refusals(twice).len(), 1);
    let twice = json!({"persistent_menu": [{"locale": "default", "callToActions": [], "call_to_actions": []}]});
    assert_eq!(refusals(twice), ["/persistent_menu/0/call_to_actions type"]);
    let unlike = json!({"greeting": [{"locale": "default", "text": "Hi", "Text": "Ho"}]});
    assert_eq!(refusals(unlike), ["/greeting/0/Text unknown_field"]);
}

#[test]
fn a_menu_s_members_are_written_in_any_way() {
    let meta = json!([{"locale": "default", "composer_input_disabled": true, "call_to_actions": [
        {"type": "web_url", "title": "Shop", "url": "https://a.example.org", "webview_height_ratio": "compact"}
    ]}]);
    let seed = json!([{"locale": "default", "composerInputDisabled": true, "callToActions": [
        {"type": "web_url", "title": "Shop", "url": "https://a.example.org", "webviewHeightRatio": "compact"}
    ]}]);
    let kebab = json!([{"locale": "default", "composer-input-disabled": true, "call-to-actions": [
        {"type": "web_url", "title": "Shop", "url": "https://a.example.org", "webview-height-ratio": "compact"}
    ]}]);
    for menu in [&meta, &seed, &kebab] {
        assert_eq!(body(json!({ "persistentMenu": menu })), json!({ "persistent_menu": meta }));
    }
}

#[test]
fn the_seed_s_calls_are_values() {
    let id = "ch_facebook_123";
    let greeting = json!([{"locale": "default", "text": "Hi"}]);
    let menu = json!([{"locale": "default"}]);
    let breakers = json!([{"question": "Where?", "payload": "WHERE"}]);
    let commands = json!([{"locale": "default", "commands": [{"name": "a", "description": "b"}]}]);
    let domains = json!(["https://a.example.org"]);
    let url = json!("https://a.example.org/login");
    for (property, given, expected) in [
        ("getStarted", json!("GO"), json!({"payload": "GO"})),
        ("getStarted", json!({"channelId": id, "payload": "GO"}), json!({"payload": "GO"})),
        ("greeting", json!("Hi"), greeting.clone()),
        ("greeting", json!({"channelId": id, "greeting": greeting}), greeting.clone()),
        ("greeting", json!({"channel_id": id, "greeting": "Hi"}), greeting),
        ("persistentMenu", json!({"channelId": id, "menu": menu}), menu.clone()),
        ("persistentMenu", json!({"persistent_menu": menu}), menu),
        ("iceBreakers", json!({"channelId": id, "iceBreakers": breakers}), breakers),
        ("commands", json!({"channelId": id, "commands": commands}), commands),
        ("whitelistedDomains", json!("https://a.example.org"), domains.clone()),
        ("whitelistedDomains", json!({"channelId": id, "domains": domains}), domains.clone()),
        ("whitelistedDomains", json!({"whitelisted_domains": domains}), domains),
        ("accountLinkingUrl", json!({"channelId": id, "url": url}), url.clone()),
        ("accountLinkingUrl", json!({"accountLinkingUrl": url}), url),
    ] {
        let written = body(json!({"channelId": id, property: given.clone()}));
        assert_eq!(written.as_object().unwrap().values().collect::<Vec<_>>(), [&expected], "{property}: {given}");
    }
}

#[test]
fn a_call_that_is_none_is_told_where() {
    assert_eq!(
        refusals(json!({"persistentMenu": {"meun": []}})),
        ["/persistentMenu/menu required", "/persistentMenu/meun unknown_field",]
    );
    assert_eq!(
        refusals(json!({"greeting": {"greeting": [{"locale": "default"}]}})),
        ["/greeting/greeting/0/text required"]
    );
}

#[test]
fn null_removes_also_inside_a_call() {
    for desired in [json!({"get-started": null}), json!({"getStarted": null})] {
        let plan = good(desired);
        assert_eq!(plan.requests[0].body, json!({"fields": ["get_started"]}));
    }
    let current = json!({"greeting": [{"locale": "default", "text": "Hi"}]});
    let plan = super::planned(current, json!({"greeting": {"channelId": "x", "greeting": null}})).unwrap();
    assert_eq!(plan.requests[0].body, json!({"fields": ["greeting"]}));
}
