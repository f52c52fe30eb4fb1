//! The profile's operations: the seed's inputs, what they come to, and mistakes where their author wrote them.

use channel_api::profile::ProfilePlan;
use channel_api::{Error, Performed, Result};
use serde_json::{Value, json};

use super::server::{Asked, Server, within};
use super::{PAGE, lines, long, snapshot};
use crate::operations;
use crate::profile::{apply, plan, read};

const OWN: [&str; 12] = [
    "getProfile",
    "setPersistentMenu",
    "setGetStartedButton",
    "setGreeting",
    "setIceBreakers",
    "setCommands",
    "setWhitelistedDomains",
    "setAccountLinkingUrl",
    "clearProfile",
    "setPersonMenu",
    "getPersonMenu",
    "clearPersonMenu",
];

/// Performs and tells what was asked of Meta.
async fn perform(name: &str, input: Value, answer: Value) -> (Result<Performed>, Vec<Asked>) {
    let server = Server::start(vec![(200, answer)]).await;
    let done = within(operations::perform(name, &input, || Ok(server.page()))).await;
    (done, server.asked())
}

/// Does what a host does with an operation that asks for a profile: reads the profile as it is, plans, makes the calls.
async fn set_up(name: &str, input: &Value, current: Value) -> (ProfilePlan, Vec<Asked>) {
    let desired = operations::desired(name, input).expect("it asks for a profile").unwrap();
    let server = Server::start(vec![(200, json!({"data": [current]})), (200, json!({"result": "success"}))]).await;
    let current = within(read(server.page())).await.unwrap();
    let plan = plan(&current, &desired, "v26.0", PAGE).unwrap();
    within(apply(server.page(), &plan)).await.unwrap();
    (plan, server.asked())
}

/// What is refused, without any call.
async fn refused(name: &str, input: Value) -> Vec<String> {
    let none = || Err(Error::unsupported("a call although the input is refused"));
    let error = match operations::desired(name, &input) {
        Some(desired) => desired.unwrap_err(),
        None => operations::perform(name, &input, none).await.unwrap_err(),
    };
    assert_eq!(error.code(), "invalid_input");
    lines(error.issues())
}

fn example(name: &str) -> Value {
    (operations::all().iter().find(|operation| operation.name == name).unwrap().example)()
}

#[tokio::test]
async fn those_of_their_own_are_one_call() {
    for name in ["getProfile", "setPersonMenu", "getPersonMenu", "clearPersonMenu"] {
        let answer = if name.starts_with("get") { json!({"data": []}) } else { json!({"result": "success"}) };
        let (done, asked) = perform(name, example(name), answer).await;
        let done = done.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(done.warnings, [], "{name}");
        assert_eq!(asked.len(), 1, "{name}");
        let calls = json!({"call": asked[0].call, "body": asked[0].body, "output": done.output});
        snapshot(&format!("operation_{name}"), &calls);
    }
}

#[tokio::test]
async fn those_that_ask_for_a_profile_are_one_read_and_one_write() {
    let asking = OWN.into_iter().filter(|name| operations::desired(name, &example(name)).is_some());
    let asking: Vec<_> = asking.collect();
    assert_eq!(asking.len(), 8, "{asking:?}");
    for name in asking {
        let mut current = json!({"get_started": {"payload": "START"}});
        if name == "clearProfile" {
            current["persistent_menu"] = json!([{"locale": "default"}]);
        }
        let (plan, asked) = set_up(name, &example(name), current).await;
        assert_eq!((plan.warnings.len(), asked.len()), (0, 2), "{name}");
        let calls: Vec<_> = asked.iter().map(|asked| json!({"call": asked.call, "body": asked.body})).collect();
        snapshot(&format!("operation_{name}"), &json!(calls));
    }
}

#[test]
fn each_one_s_form_says_what_there_is_to_know() {
    for name in OWN {
        let operation = operations::all().iter().find(|operation| operation.name == name).unwrap();
        let (input, output) = ((operation.input)(), (operation.output)());
        assert!(operation.docs.starts_with("https://"), "{name}");
        assert!(!operation.title.is_empty() && !operation.description.is_empty(), "{name}");
        assert_eq!((&input["type"], &output["type"]), (&json!("object"), &json!("object")), "{name}");
        forms_say(name, &input);
        let required = input["required"].as_array().map_or(0, Vec::len);
        let fields = input["properties"].as_object().map_or(0, serde_json::Map::len);
        assert_eq!(required, fields, "{name}: all fields are needed");
        snapshot(&format!("form_{name}"), &input);
    }
}

/// Each field of an object, at any depth, has words for a form.
fn forms_say(name: &str, schema: &Value) {
    for (field, form) in schema["properties"].as_object().into_iter().flatten() {
        assert!(form["title"].is_string() && form["description"].is_string(), "{name}, {field}: {form}");
        forms_say(name, form);
        forms_say(name, &form["items"]);
    }
}

#[tokio::test]
async fn the_seed_s_calls_are_made_as_they_stand() {
    let path = format!("POST /v26.0/{PAGE}/messenger_profile");
    let menu = json!({"channelId": "ch_facebook_123", "menu": [{"locale": "default", "callToActions": [
        {"type": "nested", "title": "Products", "callToActions": [
            {"type": "postback", "title": "New Arrivals", "payload": "PRODUCTS_NEW"}
        ]}
    ]}]});
    let (plan, asked) = set_up("setPersistentMenu", &menu, json!({"get_started": {"payload": "GO"}})).await;
    let items = json!([{"type": "postback", "title": "New Arrivals", "payload": "PRODUCTS_NEW"}]);
    let body = json!({"persistent_menu": [{"locale": "default", "call_to_actions": items}]});
    assert_eq!(asked[1..], [Asked { call: path.clone(), body }]);
    assert_eq!(lines(&plan.warnings), ["/persistent_menu/menu/0/callToActions menu.nested"]);

    let button = json!({"channelId": "ch_facebook_123", "payload": "GET_STARTED"});
    let (_, asked) = set_up("setGetStartedButton", &button, json!({})).await;
    assert_eq!(asked[1..], [Asked { call: path, body: json!({"get_started": {"payload": "GET_STARTED"}}) }]);
}

#[tokio::test]
async fn mistakes_are_told_where_they_stand() {
    let cases: Vec<(&str, Value, &[&str])> = vec![
        ("setPersistentMenu", json!({}), &["/menu required"]),
        ("setPersistentMenu", json!({"menu": null}), &[" required"]),
        (
            "setPersistentMenu",
            json!({"menu": [{"locale": "default", "callToActions": [{"type": "postback"}]}]}),
            &["/menu/0/callToActions/0/payload required", "/menu/0/callToActions/0/title required"],
        ),
        (
            "setPersistentMenu",
            json!({"persistent_menu": "x", "colour": 1}),
            &["/colour unknown_field", "/persistent_menu type"],
        ),
        (
            "setGetStartedButton",
            json!({"payload": long(1001)}),
            &["/payload profile.get_started.payload.length 1001/1000"],
        ),
        ("setGetStartedButton", json!({}), &["/payload required"]),
        ("setGreeting", json!({"greeting": [{"locale": "pt_BR", "text": "Oi"}]}), &["/greeting locale.default"]),
        ("setIceBreakers", json!({"ice_breakers": [{"question": "?"}]}), &["/ice_breakers/0/payload required"]),
        (
            "setCommands",
            json!({"commands": [{"locale": "default", "commands": []}]}),
            &["/commands/0/commands profile.commands.count 0/1"],
        ),
        ("setWhitelistedDomains", json!({"domains": ["https://10.0.0.1"]}), &["/domains/0 domain.ip"]),
        ("setAccountLinkingUrl", json!({"url": "x"}), &["/url url"]),
        ("getProfile", json!({"fields": []}), &["/fields unknown_field"]),
        ("clearProfile", json!({}), &["/fields required"]),
        ("clearProfile", json!({"fields": []}), &["/fields required"]),
        ("clearProfile", json!({"fields": "greeting"}), &["/fields type"]),
        ("clearProfile", json!({"fields": ["greeting", "menu", 5]}), &["/fields/1 choice", "/fields/2 type"]),
        ("setPersonMenu", json!({}), &["/menu required", "/person required"]),
        ("setPersonMenu", json!({"psid": "7", "persistentMenu": [{"locale": "pt_BR"}]}), &["/menu locale.default"]),
        ("getPersonMenu", json!({"person": " "}), &["/person required"]),
        ("clearPersonMenu", json!({"person": {}, "menu": []}), &["/menu unknown_field", "/person type"]),
    ];
    for (name, input, expected) in cases {
        assert_eq!(refused(name, input.clone()).await, expected, "{name} {input}");
    }
}

#[tokio::test]
async fn clearing_names_the_menu_first_and_each_once() {
    let current = json!({"get_started": {"payload": "GO"}, "persistent_menu": [{"locale": "default"}], "greeting": [{"locale": "default", "text": "Hi"}]});
    let input = json!({"fields": ["getStarted", "greeting", "get_started", "persistent-menu", "commands"]});
    let (_, asked) = set_up("clearProfile", &input, current).await;
    let call = format!("DELETE /v26.0/{PAGE}/messenger_profile");
    let body = json!({"fields": ["persistent_menu", "get_started", "greeting"]});
    assert_eq!(asked[1..], [Asked { call, body }]);
}

#[tokio::test]
async fn a_person_s_menu_is_told_beside_the_page_s() {
    let (own, page) = (json!([{"locale": "default"}]), json!([{"locale": "default", "call_to_actions": []}]));
    let answer = json!({"data": [{"user_level_persistent_menu": own, "page_level_persistent_menu": page}]});
    let (done, _) = perform("getPersonMenu", json!({"to": 7_411_002_233_445_566_u64}), answer).await;
    assert_eq!(done.unwrap().output, json!({"personMenu": own, "pageMenu": page}));
}
