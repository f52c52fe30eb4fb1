//! The Page's profile: the seed's three calls, desired state, the Page's budget.

use hyper::Method;
use serde_json::{Value, json};
use tests::json::{assert_includes, assert_same};
use tests::{HostConfig, Run, Simulator, ids};

use crate::stage::{Stage, assert_says, sentence};

const EDGE: &str = "/messenger_profile";

/// `client.facebook.setPersistentMenu` of the guide.
fn set_persistent_menu() -> Value {
    json!({"channelId": "ch_facebook_123", "menu": [{
        "locale": "default",
        "composerInputDisabled": false,
        "callToActions": [
            {"type": "postback", "title": "Get Started", "payload": "GET_STARTED"},
            {"type": "nested", "title": "Products", "callToActions": [
                {"type": "postback", "title": "New Arrivals", "payload": "PRODUCTS_NEW"},
                {"type": "postback", "title": "Best Sellers", "payload": "PRODUCTS_BEST"},
                {"type": "web_url", "title": "All Products", "url": "https://example.com/products"}]},
            {"type": "postback", "title": "Contact Support", "payload": "CONTACT_SUPPORT"}]}]})
}

/// `client.facebook.setGetStartedButton` of the guide.
fn set_get_started_button() -> Value {
    json!({"channelId": "ch_facebook_123", "payload": "GET_STARTED"})
}

/// `client.facebook.setGreeting` of the guide.
fn set_greeting() -> Value {
    json!({"channelId": "ch_facebook_123", "greeting": [
        {"locale": "default", "text": "Hi {{user_first_name}}! Welcome to Acme Support. Tap Get Started to begin."},
        {"locale": "pt_BR", "text": "Oi {{user_first_name}}! Bem-vindo ao suporte da Acme."}]})
}

/// What the guide's menu comes to: no kind of nesting is left at Meta.
fn flat_menu() -> Value {
    json!([{"locale": "default", "composer_input_disabled": false, "call_to_actions": [
        {"type": "postback", "title": "Get Started", "payload": "GET_STARTED"},
        {"type": "postback", "title": "New Arrivals", "payload": "PRODUCTS_NEW"},
        {"type": "postback", "title": "Best Sellers", "payload": "PRODUCTS_BEST"},
        {"type": "web_url", "title": "All Products", "url": "https://example.com/products"},
        {"type": "postback", "title": "Contact Support", "payload": "CONTACT_SUPPORT"}]}])
}

/// What Meta has now, asked without the host.
async fn at_meta(sim: &Simulator) -> Value {
    let fields = "greeting,get_started,persistent_menu,ice_breakers,commands,whitelisted_domains,account_linking_url";
    sim.get(&format!("/v26.0/me/messenger_profile?fields={fields}")).await["data"][0].clone()
}

async fn put(stage: &Stage, property: &str, body: Value) -> Value {
    stage.host.channel(Method::PUT, &format!("profile/{property}"), body).await.expect_status(200).json()
}

#[tokio::test]
async fn the_guide_s_calls_work_through_the_address_of_each_property() {
    let stage = Stage::new().await;
    put(&stage, "get-started", set_get_started_button()).await;
    let menu = put(&stage, "persistentMenu", set_persistent_menu()).await;
    assert_eq!(menu["applied"], json!(["persistent_menu"]));
    let warned = &menu["warnings"][0];
    assert_eq!(warned["code"], "menu.nested", "{menu:#}");
    put(&stage, "greeting", set_greeting()).await;
    let profile = at_meta(&stage.sim).await;
    assert_same(&profile["get_started"], &json!({"payload": "GET_STARTED"}));
    assert_includes(&profile["persistent_menu"], &flat_menu());
    assert_same(&profile["greeting"], &set_greeting()["greeting"]);
}

#[tokio::test]
async fn what_a_document_shows_by_itself_costs_no_call_by_any_door() {
    let stage = Stage::new().await;
    let long = json!({"greeting": [{"locale": "default", "text": "x".repeat(161)}]});
    for door in ["profile", "profile?dryRun=true", "profile/greeting"] {
        for attempt in 1..=11 {
            let body = if door.ends_with("greeting") { &long["greeting"] } else { &long };
            let refused = stage.host.channel(Method::PUT, door, body.clone()).await;
            assert_eq!(refused.status, 422, "{door}, {attempt}: {}", refused.text());
            assert_eq!(refused.json()["issues"][0]["limit"], 160, "{door}, {attempt}");
        }
    }
    assert_eq!(stage.sim.verbs(EDGE).await, Vec::<String>::new());
    let good = json!({"greeting": [{"locale": "default", "text": "x".repeat(160)}]});
    stage.host.channel(Method::PUT, "profile", good).await.expect_status(200);
}

#[tokio::test]
async fn the_command_line_reads_nothing_for_what_cannot_be() {
    let sim = Simulator::start().await;
    let file = HostConfig::with_simulator(&sim).write();
    let menu =
        json!({"persistent_menu": [{"locale": "default", "call_to_actions": []}], "get_started": null, "greet": 1});
    for step in ["plan", "apply"] {
        let refused = Run::new(["profile", step]).config(&file).stdin(menu.to_string()).run().await.expect_code(1);
        for word in ["/greet", "/get_started"] {
            assert!(refused.stdout.contains(word), "{step}: {}", refused.stdout);
        }
    }
    assert_eq!(sim.verbs(EDGE).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_guide_s_calls_work_as_operations_and_as_commands() {
    let sim = Simulator::start().await;
    let host = HostConfig::with_simulator(&sim).serve().await;
    host.operation("setGetStartedButton", set_get_started_button()).await.expect_status(200);
    let menu = host.operation("setPersistentMenu", set_persistent_menu()).await.expect_status(200).json();
    assert_eq!(menu["warnings"][0]["code"], "menu.nested", "{menu:#}");
    host.operation("setGreeting", set_greeting()).await.expect_status(200);
    assert_includes(&at_meta(&sim).await["persistent_menu"], &flat_menu());

    let sim = Simulator::start().await;
    let file = HostConfig::with_simulator(&sim).write();
    for (operation, input) in [
        ("setGetStartedButton", set_get_started_button()),
        ("setPersistentMenu", set_persistent_menu()),
        ("setGreeting", set_greeting()),
    ] {
        Run::new(["call", "facebook", operation]).config(&file).stdin(input.to_string()).run().await.expect_code(0);
    }
    let profile = at_meta(&sim).await;
    assert_includes(&profile["persistent_menu"], &flat_menu());
    assert_same(&profile["greeting"], &set_greeting()["greeting"]);
}

#[tokio::test]
async fn whoever_sets_the_menu_and_by_whichever_door_one_reads_and_writes_at_a_time() {
    let stage = Stage::new().await;
    put(&stage, "get-started", set_get_started_button()).await;
    let menu = |title: &str| {
        let item = json!({"type": "postback", "title": title, "payload": title});
        json!({"channelId": ids::CHANNEL, "menu": [{"locale": "default", "callToActions": [item]}]})
    };
    let by_address = async |title: &str| put(&stage, "persistent_menu", menu(title)).await;
    let by_operation = async |title: &str| stage.performs("setPersistentMenu", menu(title)).await;
    let (first, second, third, fourth) =
        tokio::join!(by_address("A"), by_operation("B"), by_address("C"), by_operation("D"));
    for output in [second, fourth] {
        assert_eq!(output, json!({"applied": ["persistent_menu"]}));
    }
    // Ten calls, which is all that Meta grants: nobody has read what another was about to replace.
    assert_eq!(stage.sim.verbs(EDGE).await, ["GET", "POST"].repeat(5));
    let calls = stage.sim.calls(EDGE).await;
    let menus: Vec<&Value> =
        calls.iter().map(|call| &call["body"]["persistent_menu"]).filter(|menu| menu.is_array()).collect();
    assert_eq!(menus.len(), 4, "{calls:#?}");
    // Each change begins with what the one before has left.
    for told in [first, third] {
        let change = &told["changes"][0];
        let at = menus.iter().position(|menu| **menu == change["to"]).expect("it was written");
        let before = at.checked_sub(1).map_or(&Value::Null, |before| menus[before]);
        assert_eq!(change["from"], *before, "{told:#}");
    }
    stage.sim.act("clock", json!({"advanceSeconds": 600})).await;
    assert_same(&at_meta(&stage.sim).await["persistent_menu"], menus[3]);
}

/// Everything at once, in the guide's shapes.
fn document() -> Value {
    json!({
        "greeting": set_greeting()["greeting"],
        "getStarted": {"payload": "GET_STARTED"},
        "persistentMenu": set_persistent_menu()["menu"],
        "iceBreakers": [{"locale": "default", "callToActions": [{"question": "Where are you?", "payload": "WHERE"}]}],
        "commands": [{"locale": "default", "commands": [{"name": "flights", "description": "Find a flight"}]}],
        "whitelistedDomains": ["https://shop.example.org/"],
        "accountLinkingUrl": "https://shop.example.org/login",
    })
}

#[tokio::test]
async fn a_whole_profile_costs_one_read_and_one_write_and_then_only_a_read() {
    let stage = Stage::new().await;
    let first = stage.host.channel(Method::PUT, "profile", document()).await.expect_status(200).json();
    assert_eq!(first["requests"], 1, "{first:#}");
    assert_eq!(first["applied"].as_array().map(Vec::len), Some(7), "{first:#}");
    assert_eq!(stage.sim.verbs(EDGE).await, ["GET", "POST"]);
    let again = stage.host.channel(Method::PUT, "profile", document()).await.expect_status(200).json();
    assert_eq!((&again["changes"], &again["requests"], &again["applied"]), (&json!([]), &json!(0), &json!([])));
    assert_eq!(stage.sim.verbs(EDGE).await, ["GET", "POST", "GET"]);
    let read = stage.host.channel(Method::GET, "profile", "").await.expect_status(200).json();
    assert_same(&read["account_linking_url"], &json!("https://shop.example.org/login"));

    let none = stage.host.channel(Method::DELETE, "profile", "").await.expect_status(200).json();
    assert_eq!(none["applied"].as_array().map(Vec::len), Some(7), "{none:#}");
    let tail = stage.sim.verbs(EDGE).await.split_off(4);
    assert_eq!(tail, ["GET", "DELETE"], "menu and button go in one call");
    assert_eq!(at_meta(&stage.sim).await, Value::Null);
}

#[tokio::test]
async fn a_dry_run_plans_and_changes_nothing() {
    let stage = Stage::new().await;
    let plan = stage.host.channel(Method::PUT, "profile?dryRun=true", document()).await.expect_status(200).json();
    assert_eq!((plan["changes"].as_array().map(Vec::len), &plan["applied"]), (Some(7), &json!([])), "{plan:#}");
    assert_eq!(stage.sim.verbs(EDGE).await, ["GET"]);
}

#[tokio::test]
async fn the_command_plans_applies_shows_and_clears() {
    let sim = Simulator::start().await;
    let file = HostConfig::with_simulator(&sim).write();
    let profile = file.dir().join("profile.json");
    std::fs::write(&profile, document().to_string()).unwrap();
    let step = async |step: &str| Run::new(["profile", step]).path(&profile).config(&file).run().await.expect_code(0);
    let planned = step("plan").await;
    assert_says(&planned.stdout, &["+ persistent_menu", "+ get_started", "7 to change, in 1 call"]);
    assert!(planned.stderr.contains("nested") || planned.stderr.contains("Products"), "{}", planned.stderr);
    assert_eq!(sim.verbs(EDGE).await, ["GET"]);
    assert_says(&step("apply").await.stdout, &["applied: "]);
    assert_says(&step("plan").await.stdout, &["nothing to do"]);
    assert_says(&step("apply").await.stdout, &["nothing to do"]);
    assert_eq!(sim.verbs(EDGE).await, ["GET", "GET", "POST", "GET", "GET"]);
    let shown = Run::new(["profile", "show"]).config(&file).run().await.expect_code(0).json();
    assert_includes(&shown["persistent_menu"], &flat_menu());
    Run::new(["profile", "clear", "greeting"]).config(&file).run().await.expect_code(0);
    assert_eq!(at_meta(&sim).await["greeting"], Value::Null);
}

#[tokio::test]
async fn dependencies_are_kept_without_being_told() {
    let stage = Stage::new().await;
    let refused = stage.host.channel(Method::PUT, "profile/persistent_menu", set_persistent_menu()).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert_says(&refused.text(), &["get_started"]);
    assert!(!stage.sim.verbs(EDGE).await.contains(&"POST".to_owned()), "Meta was not asked what it refuses anyway");
    let both = json!({"get_started": {"payload": "GO"}, "persistent_menu": set_persistent_menu()["menu"]});
    stage.host.channel(Method::PUT, "profile", both).await.expect_status(200);
    let held = stage.host.channel(Method::DELETE, "profile/get-started", "").await;
    assert_eq!(held.status, 422, "{}", held.text());
    assert_says(&held.text(), &["persistent_menu"]);
    let neither = json!({"get_started": null, "persistent_menu": null});
    stage.host.channel(Method::PUT, "profile", neither).await.expect_status(200);
    assert_eq!(at_meta(&stage.sim).await, Value::Null);
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once_and_nothing_is_changed() {
    let stage = Stage::new().await;
    let long = "x".repeat(161);
    let wrong = json!({
        "greeting": [{"locale": "default", "text": long}],
        "getStarted": {"payload": ""},
        "iceBreakers": vec![json!({"question": "?", "payload": "P"}); 5],
        "whitelistedDomains": ["http://shop.example.org/", "https://localhost/"],
        "accountLinkingUrl": "http://shop.example.org/",
        "homeUrl": {},
    });
    let refused = stage.host.channel(Method::PUT, "profile", wrong).await.expect_status(422).json();
    let pointers: Vec<_> =
        refused["issues"].as_array().unwrap().iter().map(|issue| issue["pointer"].as_str().unwrap()).collect();
    for part in [
        "greeting",
        "getStarted",
        "iceBreakers",
        "whitelistedDomains/0",
        "whitelistedDomains/1",
        "accountLinkingUrl",
        "homeUrl",
    ] {
        assert!(pointers.iter().any(|pointer| pointer.contains(part)), "nothing at {part}: {pointers:?}");
    }
    let too_long = refused["issues"].as_array().unwrap().iter().find(|issue| issue["limit"] == 160);
    assert_eq!(too_long.map(|issue| &issue["actual"]), Some(&json!(161)), "{refused:#}");
    let unknown = stage.host.channel(Method::PUT, "profile/home_url", json!({})).await;
    assert!((400..500).contains(&unknown.status), "{}", unknown.text());
    assert!(stage.sim.verbs(EDGE).await.iter().all(|verb| verb == "GET"), "something was written");
}

#[tokio::test]
async fn a_page_s_ten_calls_run_out_and_the_operator_is_told_to_wait() {
    let stage = Stage::new().await;
    for _ in 0..10 {
        stage.host.channel(Method::GET, "profile", "").await.expect_status(200);
    }
    let refused = stage.host.channel(Method::PUT, "profile/greeting", set_greeting()).await;
    let body = refused.expect_status(429).json();
    assert_eq!((&body["kind"], &body["provider"]["code"]), (&json!("rate_limited"), &json!(613)));
    assert_says(&sentence(&body), &["limit", "ten profile calls in ten minutes", "wait"]);
    assert_eq!(body["retry"]["advice"], "safe", "{body:#}");
    assert_eq!(stage.sim.verbs(EDGE).await.len(), 11, "it was not asked again");
    stage.sim.act("clock", json!({"advanceSeconds": 600})).await;
    stage.host.channel(Method::PUT, "profile/greeting", set_greeting()).await.expect_status(200);
}

#[tokio::test]
async fn a_profile_that_fails_halfway_tells_what_was_applied() {
    let stage = Stage::new().await;
    stage.host.channel(Method::PUT, "profile", document()).await.expect_status(200);
    // Something is set and something is removed: two calls, of which the second meets trouble.
    let before = stage.sim.verbs(EDGE).await.len();
    let trouble =
        json!({"error": {"message": "(#2) Service temporarily unavailable", "type": "OAuthException", "code": 2}});
    let change = json!({"greeting": [{"locale": "default", "text": "Hi"}], "commands": null});
    let order = json!({"next": 1, "path": EDGE, "after": 2, "respond": {"status": 500, "body": trouble}});
    stage.sim.act("faults", order).await;
    let halfway = stage.host.channel(Method::PUT, "profile", &change).await;
    assert_eq!(halfway.status, 502, "{}", halfway.text());
    let body = halfway.json();
    let (applied, not) = (&body["applied"], &body["notApplied"]);
    assert_eq!(applied.as_array().map(Vec::len), Some(1), "{body:#}");
    assert_eq!(not.as_array().map(Vec::len), Some(1), "{body:#}");
    assert_says(&sentence(&body), &["send the same document again"]);
    let verbs = stage.sim.verbs(EDGE).await.split_off(before);
    assert_eq!(verbs.len(), 3, "one read, two writes, nothing twice: {verbs:?}");
    let profile = at_meta(&stage.sim).await;
    let greeted = profile["greeting"][0]["text"] == "Hi";
    let (done, left) = if greeted { ("greeting", "commands") } else { ("commands", "greeting") };
    assert_eq!((applied, not), (&json!([done]), &json!([left])));

    let rest = stage.host.channel(Method::PUT, "profile", &change).await.expect_status(200).json();
    assert_eq!(rest["applied"], json!([left]), "the same document does the rest");
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_not_made_again_and_the_same_document_mends_it() {
    let stage = Stage::new().await;
    stage.sim.act("faults", json!({"path": EDGE, "method": "POST", "reset": true, "carryOut": true})).await;
    let lost = stage.host.channel(Method::PUT, "profile", document()).await;
    assert!(lost.status >= 500, "{}", lost.text());
    assert_says(&sentence(&lost.json()), &["send the same document again"]);
    assert_eq!(stage.sim.verbs(EDGE).await, ["GET", "POST"]);
    let again = stage.host.channel(Method::PUT, "profile", document()).await.expect_status(200).json();
    assert_eq!((&again["changes"], &again["requests"]), (&json!([]), &json!(0)), "it was done all the same");
}

#[tokio::test]
async fn a_person_can_have_a_menu_of_their_own() {
    let stage = Stage::in_conversation().await;
    stage.performs("setGetStartedButton", json!({"payload": "GO"})).await;
    let menu =
        json!([{"locale": "default", "callToActions": [{"type": "postback", "title": "My bill", "payload": "BILL"}]}]);
    stage.performs("setPersonMenu", json!({"person": ids::PERSON, "menu": menu})).await;
    let read = stage.performs("getPersonMenu", json!({"person": ids::PERSON})).await;
    assert!(read.to_string().contains("My bill"), "{read}");
    stage.sim.act("tap", json!({"title": "My bill"})).await;
    stage.sim.settled().await;
    assert_eq!(stage.events("facebook.postback").await[0].data["payload"], "BILL");
    stage.performs("clearPersonMenu", json!({"person": ids::PERSON})).await;
    let read = stage.performs("getPersonMenu", json!({"person": ids::PERSON})).await;
    assert!(!read.to_string().contains("My bill"), "{read}");
}
