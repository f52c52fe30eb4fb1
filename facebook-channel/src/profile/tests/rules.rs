//! The rules of every property but the menu: each fires at its place, and what is good passes.

use serde_json::{Value, json};

use super::{check, check_warnings, long, many, planned, refusals};
use crate::profile::property::Property;

#[test]
fn greeting() {
    let with = |text: Value| json!([{"locale": "default", "text": text}]);
    check(
        "greeting",
        vec![
            (with(json!(long(160))), &[]),
            (with(json!(long(161))), &["/0/text profile.greeting.text.length 161/160"]),
            (with(json!("")), &["/0/text required"]),
            (with(json!(" ")), &["/0/text required"]),
            (with(json!(5)), &["/0/text type"]),
            (with(Value::Null), &["/0/text required"]),
            (json!("Hi"), &[]),
            (json!(long(161)), &[" profile.greeting.text.length 161/160"]),
            (json!(5), &[" type"]),
            (json!([]), &[" locale.default"]),
            (json!(["Hi"]), &[" locale.default", "/0 type"]),
            (json!([{"locale": "default", "text": "Hi", "texd": "?"}]), &["/0/texd unknown_field"]),
        ],
    );
    check_warnings(
        "greeting",
        vec![
            (with(json!("{{user_first_name}} {{user_last_name}} {{user_full_name}} {{ {{")), &[]),
            (with(json!("Hi {{first_name}}")), &["/0/text greeting.token"]),
        ],
    );
}

#[test]
fn locales() {
    let of = |locales: &[&str]| locales.iter().map(|locale| json!({"locale": locale, "text": "Hi"})).collect::<Value>();
    check(
        "greeting",
        vec![
            (of(&["default", "pt_BR", "es_LA", "fb_LT"]), &[]),
            (of(&["pt_BR"]), &[" locale.default"]),
            (of(&["default", "pt_BR", "pt_BR"]), &["/2/locale locale.duplicate"]),
            (of(&["default", "default"]), &["/1/locale locale.duplicate"]),
            (of(&["default", "pt-BR"]), &["/1/locale locale"]),
            (of(&["default", "", "pt", "portuguese"]), &["/1/locale locale", "/2/locale locale", "/3/locale locale"]),
            (json!([{"text": "Hi"}]), &[" locale.default", "/0/locale required"]),
            (json!([{"locale": 5, "text": "Hi"}]), &[" locale.default", "/0/locale type"]),
        ],
    );
    let error = planned(json!({}), json!({"greeting": of(&["Default", "pt-br"])})).unwrap_err();
    let hints: Vec<_> = error.issues().iter().filter_map(|issue| issue.hint.as_deref()).collect();
    assert_eq!(hints, ["perhaps default", "perhaps pt_BR"]);
}

#[test]
fn get_started() {
    check(
        "get_started",
        vec![
            (json!({"payload": long(1000)}), &[]),
            (json!({"payload": long(1001)}), &["/payload profile.get_started.payload.length 1001/1000"]),
            (json!({"payload": ""}), &["/payload required"]),
            (json!({"payload": 5}), &["/payload type"]),
            (json!({}), &["/payload required"]),
            (json!(long(1001)), &[" profile.get_started.payload.length 1001/1000"]),
            (json!(""), &[" required"]),
            (json!([]), &[" type"]),
            (json!({"payload": "GO", "title": "Go"}), &["/title unknown_field"]),
        ],
    );
}

#[test]
fn ice_breakers() {
    let question = json!({"question": "Where?", "payload": "WHERE"});
    let with = |questions: Value| json!([{"locale": "default", "call_to_actions": questions}]);
    check(
        "ice_breakers",
        vec![
            (with(many(4, &question)), &[]),
            (with(many(5, &question)), &["/0/call_to_actions profile.ice_breakers.count 5/4"]),
            (with(json!([])), &["/0/call_to_actions profile.ice_breakers.count 0/1"]),
            (with(json!([{}])), &["/0/call_to_actions/0/payload required", "/0/call_to_actions/0/question required"]),
            (with(json!("?")), &["/0/call_to_actions type"]),
            (
                with(json!([{"question": "?", "payload": "x", "type": "y"}])),
                &["/0/call_to_actions/0/type unknown_field"],
            ),
            (json!([{"locale": "default"}]), &["/0/callToActions required"]),
            (json!([{"locale": "pt_BR", "callToActions": [question]}]), &[" locale.default"]),
            (many(4, &question), &[]),
            (many(5, &question), &[" profile.ice_breakers.count 5/4"]),
            (json!([{"question": "Where?"}]), &["/0/payload required"]),
            (json!([question, {"locale": "default", "call_to_actions": [question]}]), &[" ice_breakers.mixed"]),
            (json!([]), &[" locale.default"]),
            (json!("Where?"), &[" type"]),
        ],
    );
    check_warnings(
        "ice_breakers",
        vec![
            (json!([{"question": long(80), "payload": long(1000)}]), &[]),
            (
                json!([{"question": long(81), "payload": long(1001)}]),
                &["/0/payload ice_breakers.payload", "/0/question ice_breakers.question"],
            ),
        ],
    );
}

#[test]
fn commands() {
    let command = |name: &str| json!({"name": name, "description": "Find a flight"});
    let with = |commands: Value| json!([{"locale": "default", "commands": commands}]);
    let numbered = |n: usize| (0..n).map(|n| command(&n.to_string())).collect::<Value>();
    check(
        "commands",
        vec![
            (with(numbered(100)), &[]),
            (with(numbered(101)), &["/0/commands profile.commands.count 101/100"]),
            (with(json!([])), &["/0/commands profile.commands.count 0/1"]),
            (json!([{"locale": "default"}]), &["/0/commands required"]),
            (with(json!([command(&long(32)), {"name": "x", "description": long(64)}])), &[]),
            (with(json!([command(&long(33))])), &["/0/commands/0/name profile.commands.name.length 33/32"]),
            (with(json!([command("/flights")])), &["/0/commands/0/name format"]),
            (
                with(json!([{"name": "x", "description": long(65)}])),
                &["/0/commands/0/description profile.commands.description.length 65/64"],
            ),
            (with(json!([{}])), &["/0/commands/0/description required", "/0/commands/0/name required"]),
            (with(json!(["x"])), &["/0/commands/0 type"]),
        ],
    );
    check_warnings(
        "commands",
        vec![(with(json!([command("a"), command("a")])), &["/0/commands/1/name commands.duplicate"])],
    );
}

#[test]
fn whitelisted_domains() {
    let one = |domain: &str| json!([domain]);
    let numbered = |n: usize| (0..n).map(|n| format!("https://a{n}.example.org")).collect::<Value>();
    check(
        "whitelisted_domains",
        vec![
            (numbered(50), &[]),
            (numbered(51), &[" profile.whitelisted_domains.count 51/50"]),
            (json!([]), &[" profile.whitelisted_domains.count 0/1"]),
            (one("https://shop.example.org/"), &[]),
            (one("https://shop.example.org:8443"), &[]),
            (json!("https://shop.example.org"), &[]),
            (one("http://shop.example.org"), &["/0 url.https"]),
            (one("shop.example.org"), &["/0 url"]),
            (one("https://"), &["/0 url.host"]),
            (one("https://a b.org"), &["/0 url.space"]),
            (one("ftp://shop.example.org"), &["/0 url.scheme"]),
            (one("https://192.0.2.7"), &["/0 domain.ip"]),
            (one("https://0x7f.1"), &["/0 domain.ip"]),
            (one("https://[2001:db8::1]/"), &["/0 domain.ip"]),
            (one("https://localhost"), &["/0 domain.localhost"]),
            (one("https://LOCALHOST:3000"), &["/0 domain.localhost"]),
            (one("https://app.localhost"), &["/0 domain.localhost"]),
            (one("https://shop"), &["/0 domain.host"]),
            (one("https://me:secret@example.org"), &["/0 domain.credentials"]),
            (json!([5, "https://example.org"]), &["/0 type"]),
        ],
    );
    check_warnings(
        "whitelisted_domains",
        vec![
            (one("https://example.org/shop"), &["/0 domain.path"]),
            (json!(["https://example.org", "https://EXAMPLE.org/"]), &["/1 domain.duplicate"]),
        ],
    );
}

#[test]
fn account_linking_url() {
    check(
        "account_linking_url",
        vec![
            (json!("https://example.com/login?x=1"), &[]),
            (json!("http://example.com/login"), &[" url.https"]),
            (json!(""), &[" required"]),
            (json!(["https://example.com"]), &[" type"]),
            (json!({"url": "http://example.com"}), &["/url url.https"]),
        ],
    );
}

#[test]
fn what_is_no_property_is_told_with_what_there_is() {
    let error = planned(json!({}), json!({"greting": "Hi", "home_url": {}, "platform": "MESSENGER"})).unwrap_err();
    assert_eq!(
        super::lines(error.issues()),
        ["/greting unknown_field", "/home_url unknown_field", "/platform unknown_field",]
    );
    let hint = error.issues()[0].hint.as_deref().unwrap();
    assert!(Property::ALL.iter().all(|property| hint.contains(property.name())), "{hint}");
    assert_eq!((error.code(), error.operation()), ("invalid_profile", "profile_plan"));
}

#[test]
fn everything_is_told_at_once() {
    let issues = refusals(json!({
        "get-started": {"payload": ""},
        "greeting": [{"locale": "pt_BR", "text": long(200)}],
        "whitelistedDomains": ["http://a.example.org", "https://127.0.0.1"],
        "account_linking_url": 1,
        "menue": []
    }));
    assert_eq!(
        issues,
        [
            "/account_linking_url type",
            "/get-started/payload required",
            "/greeting locale.default",
            "/greeting/0/text profile.greeting.text.length 200/160",
            "/menue unknown_field",
            "/whitelistedDomains/0 url.https",
            "/whitelistedDomains/1 domain.ip",
        ]
    );
}
