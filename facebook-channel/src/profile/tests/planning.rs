//! From what is to what shall be: as few calls as there can be, in an order that Meta accepts.

use channel_api::Method;
use channel_api::profile::ProfilePlan;
use serde_json::{Value, json};

use super::{PAGE, good, lines, planned, refused_unread};

fn menu() -> Value {
    json!([{"locale": "default", "call_to_actions": [{"type": "postback", "title": "Help", "payload": "HELP"}]}])
}

fn calls(plan: &ProfilePlan) -> Vec<(Method, Value)> {
    for request in &plan.requests {
        assert_eq!(request.path, format!("/v26.0/{PAGE}/messenger_profile"));
        assert!(request.query.is_empty());
    }
    plan.requests.iter().map(|request| (request.method.clone(), request.body.clone())).collect()
}

fn changed(current: Value, desired: Value) -> Vec<String> {
    planned(current, desired).unwrap().changes.into_iter().map(|change| change.property).collect()
}

fn refused(current: Value, desired: Value) -> Vec<String> {
    lines(planned(current, desired).unwrap_err().issues())
}

#[test]
fn what_is_new_is_one_call() {
    let plan = planned(json!({}), json!({"persistentMenu": menu(), "getStarted": "GO", "greeting": "Hi"})).unwrap();
    let greeting = json!([{"locale": "default", "text": "Hi"}]);
    assert_eq!(
        calls(&plan),
        [(Method::POST, json!({"get_started": {"payload": "GO"}, "persistent_menu": menu(), "greeting": greeting}),)]
    );
    let changes: Vec<_> = plan.changes.iter().map(|change| (change.property.as_str(), &change.from)).collect();
    assert_eq!(changes, [("get_started", &Value::Null), ("persistent_menu", &Value::Null), ("greeting", &Value::Null)]);
}

#[test]
fn what_goes_is_one_call_and_the_menu_goes_first() {
    let current = json!({"get_started": {"payload": "GO"}, "persistent_menu": menu(), "commands": [1]});
    let plan = planned(current, json!({"get_started": null, "persistent_menu": null, "greeting": null})).unwrap();
    assert_eq!(calls(&plan), [(Method::DELETE, json!({"fields": ["persistent_menu", "get_started"]}))]);
}

#[test]
fn what_is_new_comes_before_what_goes() {
    let current = json!({"get_started": {"payload": "GO"}, "greeting": [{"locale": "default", "text": "Hi"}]});
    let plan = planned(current, json!({"greeting": null, "persistent_menu": menu()})).unwrap();
    assert_eq!(
        calls(&plan),
        [(Method::POST, json!({"persistent_menu": menu()})), (Method::DELETE, json!({"fields": ["greeting"]})),]
    );
}

#[test]
fn what_is_absent_stays_and_what_is_not_there_need_not_go() {
    let plan = planned(json!({"get_started": {"payload": "GO"}}), json!({})).unwrap();
    assert_eq!(plan, ProfilePlan::default());
    let plan = planned(json!({"commands": []}), json!({"greeting": null, "commands": null})).unwrap();
    assert_eq!(plan, ProfilePlan::default());
}

#[test]
fn only_what_differs_is_written() {
    let current = json!({"get_started": {"payload": "GO"}, "persistent_menu": menu(), "greeting": "x"});
    let desired = json!({"get_started": {"payload": "GO"}, "persistent_menu": menu(), "greeting": "Hi"});
    assert_eq!(changed(current, desired), ["greeting"]);
}

#[test]
fn what_means_the_same_is_the_same() {
    let item = json!({"type": "web_url", "title": "Shop", "url": "https://A.example.org"});
    let full = json!({"title": "Shop", "type": "web_url", "url": "https://a.example.org/",
        "webview_height_ratio": "full", "messenger_extensions": false});
    for (property, one, other) in [
        ("get_started", json!("GO"), json!({"payload": "GO"})),
        (
            "persistent_menu",
            json!([{"locale": "default", "call_to_actions": [item]}, {"locale": "pt_BR"}]),
            json!([
                {"locale": "pt_BR", "composer_input_disabled": false, "call_to_actions": []},
                {"composer_input_disabled": false, "locale": "default", "call_to_actions": [full]}
            ]),
        ),
        (
            "greeting",
            json!([{"locale": "default", "text": "Hi"}, {"locale": "pt_BR", "text": "Oi"}]),
            json!([{"text": "Oi", "locale": "pt_BR"}, {"text": "Hi", "locale": "default"}]),
        ),
        (
            "whitelisted_domains",
            json!(["https://b.example.org", "https://A.example.org"]),
            json!(["https://a.example.org/", "https://b.example.org/"]),
        ),
        ("account_linking_url", json!("https://A.example.org"), json!("https://a.example.org/")),
    ] {
        for (from, to) in [(&one, &other), (&other, &one)] {
            let plan = good(json!({ property: to }));
            let current = json!({"get_started": {"payload": "GO"}, property: from});
            let again = planned(current, json!({ property: to })).unwrap();
            assert!(again.changes.is_empty() && again.requests.is_empty(), "{from}\n{to}\n{again:?}");
            assert_eq!(plan.requests.len(), 1, "{to}");
        }
    }
}

#[test]
fn what_differs_differs() {
    let with = |item: Value| json!([{"locale": "default", "call_to_actions": [item, {"type": "postback", "title": "b", "payload": "b"}]}]);
    let item = json!({"type": "postback", "title": "a", "payload": "a"});
    let question = |name: &str| json!({"question": name, "payload": name});
    let command = |name: &str| json!({"name": name, "description": name});
    for (property, one, other) in [
        ("get_started", json!("GO"), json!("go")),
        ("persistent_menu", with(item.clone()), with(json!({"type": "postback", "title": "a", "payload": "c"}))),
        ("persistent_menu", with(item.clone()), json!([{"locale": "default", "call_to_actions": [item]}])),
        (
            "persistent_menu",
            with(json!({"type": "web_url", "title": "a", "url": "https://a.b"})),
            with(json!({"type": "web_url", "title": "a", "url": "https://a.b", "webview_height_ratio": "tall"})),
        ),
        ("greeting", json!("Hi"), json!("Hi ")),
        ("ice_breakers", json!([question("a"), question("b")]), json!([question("b"), question("a")])),
        ("ice_breakers", json!([question("a")]), json!([{"locale": "default", "call_to_actions": [question("a")]}])),
        (
            "commands",
            json!([{"locale": "default", "commands": [command("a"), command("b")]}]),
            json!([{"locale": "default", "commands": [command("b"), command("a")]}]),
        ),
        ("whitelisted_domains", json!(["https://a.example.org"]), json!(["https://a.example.org:8443"])),
        ("account_linking_url", json!("https://a.example.org/a"), json!("https://a.example.org/b")),
    ] {
        let current = good(json!({ property: one.clone() })).requests[0].body.clone();
        let mut current = current.as_object().unwrap().clone();
        current.entry("get_started").or_insert(json!({"payload": "START"}));
        assert_eq!(changed(Value::Object(current), json!({ property: other.clone() })), [property], "{one}\n{other}");
    }
}

#[test]
fn a_menu_needs_get_started() {
    let current = || json!({"get_started": {"payload": "GO"}, "persistent_menu": menu()});
    assert_eq!(refused(json!({}), json!({"persistentMenu": menu()})), ["/persistentMenu menu.get_started"]);
    assert_eq!(
        refused(json!({}), json!({"persistentMenu": menu(), "getStarted": null})),
        ["/persistentMenu menu.get_started",]
    );
    assert_eq!(refused(current(), json!({"getStarted": null})), ["/getStarted get_started.needed"]);
    assert_eq!(
        refused(current(), json!({"get_started": null, "persistent_menu": menu()})),
        ["/get_started get_started.needed",]
    );
    assert_eq!(
        refused(json!({}), json!({"persistent_menu": [{}], "greeting": 5})),
        [
            "/greeting type",
            "/persistent_menu locale.default",
            "/persistent_menu menu.get_started",
            "/persistent_menu/0/locale required",
        ]
    );
    assert_eq!(changed(json!({}), json!({"persistent_menu": menu(), "get_started": "GO"})).len(), 2);
    assert_eq!(changed(json!({"get_started": {"payload": "GO"}}), json!({"persistent_menu": menu()})).len(), 1);
}

#[test]
fn what_is_there_is_not_judged() {
    // A Page from before the rules of today: a menu alone, with a menu in it, and a domain that is none.
    let nested = json!({"type": "nested", "title": "More", "call_to_actions": [{"type": "postback", "title": "a"}]});
    let old = json!({
        "persistent_menu": [{"locale": "pt_BR", "call_to_actions": [nested]}],
        "whitelisted_domains": ["http://10.0.0.1"]
    });
    assert_eq!(planned(old.clone(), old).unwrap(), ProfilePlan::default());
}

#[test]
fn what_a_document_shows_by_itself_is_refused_before_the_page_is_read() {
    let long = |length: usize| json!([{"locale": "default", "text": "x".repeat(length)}]);
    for (document, refused) in [
        (json!({"greeting": long(161)}), vec!["/greeting/0/text profile.greeting.text.length 161/160"]),
        (json!({"greeting": long(160)}), vec![]),
        (json!({"greeting": 5, "get_started": {"payload": "GO"}}), vec!["/greeting type"]),
        (json!({"greetings": []}), vec!["/greetings unknown_field"]),
        (json!({"get_started": null, "getStarted": {"payload": "GO"}}), vec!["/get_started duplicate"]),
        (json!({"persistent_menu": menu(), "get_started": null}), vec!["/get_started get_started.needed"]),
        (json!({"channelId": "ch_1", "greeting": null}), vec![]),
        (json!({}), vec![]),
    ] {
        assert_eq!(refused_unread(document.clone()), refused, "{document}");
    }
}

#[test]
fn what_a_document_needs_of_the_page_is_not_guessed() {
    assert_eq!(refused_unread(json!({"persistent_menu": menu()})), Vec::<String>::new());
    assert_eq!(refused_unread(json!({"get_started": null})), Vec::<String>::new());
    assert_eq!(refused_unread(json!({"get_started": null, "persistent_menu": null})), Vec::<String>::new());
}

#[test]
fn a_flat_menu_takes_the_place_of_an_old_nested_one() {
    let item = json!({"type": "postback", "title": "a", "payload": "b"});
    let old = json!([{"locale": "default", "call_to_actions": [
        {"type": "nested", "title": "More", "call_to_actions": [item]}
    ]}]);
    let current = json!({"get_started": {"payload": "GO"}, "persistent_menu": old});
    let flat = json!([{"locale": "default", "call_to_actions": [item]}]);
    let plan = planned(current, json!({ "persistent_menu": flat })).unwrap();
    assert_eq!(plan.requests[0].body, json!({ "persistent_menu": flat }));
}

#[test]
fn commands_hide_the_menu_and_extensions_need_their_domain() {
    let commands = json!([{"locale": "default", "commands": [{"name": "a", "description": "b"}]}]);
    let current = json!({"get_started": {"payload": "GO"}, "persistent_menu": menu()});
    let plan = planned(current, json!({ "commands": commands })).unwrap();
    assert_eq!(lines(&plan.warnings), ["/commands commands.menu"]);

    let page = json!([{"locale": "default", "call_to_actions": [
        {"type": "web_url", "title": "Shop", "url": "https://shop.example.org/x", "messenger_extensions": true}
    ]}]);
    assert_eq!(lines(&good(json!({ "persistent_menu": page })).warnings), ["/persistent_menu menu.domain"]);
    let plan = good(json!({"persistent_menu": page, "whitelisted_domains": ["https://shop.example.org"]}));
    assert!(plan.warnings.is_empty(), "{plan:?}");
}
