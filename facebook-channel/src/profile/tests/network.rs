//! Reading and applying over the wire.

use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{Error, ErrorKind, Retry};
use serde_json::{Value, json};

use super::server::{Asked, Server, within};
use super::{PAGE, planned, profile};
use crate::profile::{apply, read};

const ALL: &str =
    "get_started%2Cpersistent_menu%2Cice_breakers%2Cgreeting%2Ccommands%2Cwhitelisted_domains%2Caccount_linking_url";

fn refusal(message: &str) -> (u16, Value) {
    (400, json!({"error": {"message": message, "code": 100, "fbtrace_id": "AbC"}}))
}

fn success() -> (u16, Value) {
    (200, json!({"result": "success"}))
}

/// A plan with a POST and a DELETE.
fn plan() -> ProfilePlan {
    let current =
        json!({"greeting": [{"locale": "default", "text": "Hi"}], "ice_breakers": [{"question": "?", "payload": "x"}]});
    let desired =
        json!({"get_started": "GO", "account_linking_url": "https://a.b", "greeting": null, "ice_breakers": null});
    let plan = planned(current, desired).unwrap();
    assert_eq!(plan.requests.len(), 2);
    plan
}

fn context<'a>(error: &'a Error, name: &str) -> Option<&'a str> {
    error.context().iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn one_call_reads_what_is_set() {
    let menu = json!([{"locale": "default", "call_to_actions": []}]);
    let one = json!({"persistent_menu": menu, "get_started": {"payload": "GO"}, "commands": [], "id": "1"});
    for data in [json!([one]), json!([{"persistent_menu": menu}, {"get_started": {"payload": "GO"}}])] {
        let server = Server::start(vec![(200, json!({ "data": data }))]).await;
        let found = within(read(server.page())).await.unwrap();
        assert_eq!(found, profile(json!({"persistent_menu": menu, "get_started": {"payload": "GO"}})));
        let call = format!("GET /v26.0/{PAGE}/messenger_profile?fields={ALL}");
        assert_eq!(server.asked(), [Asked { call, body: Value::Null }]);
    }
}

#[tokio::test]
async fn nothing_set_is_an_empty_document() {
    let server = Server::start(vec![(200, json!({"data": []}))]).await;
    assert_eq!(within(read(server.page())).await.unwrap(), Profile::default());
}

#[tokio::test]
async fn an_answer_that_is_no_profile_is_an_error() {
    for answer in [json!({}), json!({"data": {"get_started": {}}}), json!([])] {
        let server = Server::start(vec![(200, answer)]).await;
        let error = within(read(server.page())).await.unwrap_err();
        let facts = (error.kind(), error.code(), error.operation());
        assert_eq!(facts, (ErrorKind::ProviderFailed, "facebook.unreadable_reply", "profile_read"));
    }
}

#[tokio::test]
async fn a_greeting_that_meta_does_not_tell_is_left_out() {
    let refused = refusal("(#100) Tried accessing nonexisting field (greeting) on node type (MessengerProfile)");
    let server = Server::start(vec![refused, (200, json!({"data": [{"get_started": {"payload": "GO"}}]}))]).await;
    let found = within(read(server.page())).await.unwrap();
    assert_eq!(found, profile(json!({"get_started": {"payload": "GO"}})));
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert!(!asked[1].call.contains("greeting"), "{asked:?}");
}

#[tokio::test]
async fn any_other_refusal_of_a_read_is_told_after_one_call() {
    let server = Server::start(vec![refusal("(#100) Invalid parameter"), success()]).await;
    let error = within(read(server.page())).await.unwrap_err();
    assert_eq!((error.code(), server.asked().len()), ("facebook.invalid_parameter", 1));
}

#[tokio::test]
async fn a_plan_s_calls_are_made_once_and_in_its_order() {
    let server = Server::start(vec![success(), (200, json!({"success": "true"})), success()]).await;
    within(apply(server.page(), &plan())).await.unwrap();
    let path = format!("/v26.0/{PAGE}/messenger_profile");
    let post = json!({"get_started": {"payload": "GO"}, "account_linking_url": "https://a.b"});
    assert_eq!(
        server.asked(),
        [
            Asked { call: format!("POST {path}"), body: post },
            Asked { call: format!("DELETE {path}"), body: json!({"fields": ["ice_breakers", "greeting"]}) },
        ]
    );
}

#[tokio::test]
async fn an_empty_plan_makes_no_call() {
    let server = Server::start(vec![success()]).await;
    within(apply(server.page(), &ProfilePlan::default())).await.unwrap();
    assert_eq!(server.asked(), []);
}

#[tokio::test]
async fn the_first_failure_ends_it_with_nothing_applied() {
    let server = Server::start(vec![refusal("(#100) Invalid parameter"), success()]).await;
    let error = within(apply(server.page(), &plan())).await.unwrap_err();
    assert_eq!(server.asked().len(), 1);
    assert_eq!((context(&error, "calls_made"), context(&error, "applied")), (Some("0"), Some("")));
    assert_eq!((error.operation(), error.retry()), ("profile_apply", Retry::Never));
}

#[tokio::test]
async fn a_failure_in_between_tells_what_was_applied() {
    let limited =
        (400, json!({"error": {"message": "(#613) Calls to this api have exceeded the rate limit", "code": 613}}));
    let server = Server::start(vec![success(), limited, success()]).await;
    let error = within(apply(server.page(), &plan())).await.unwrap_err();
    assert_eq!(server.asked().len(), 2);
    assert_eq!(context(&error, "calls_made"), Some("1"));
    let mut applied: Vec<_> = context(&error, "applied").unwrap().split(',').collect();
    applied.sort_unstable();
    assert_eq!(applied, ["account_linking_url", "get_started"]);
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(matches!(error.retry(), Retry::Safe { .. }), "{error:?}");
    assert!(error.hint().is_some_and(|hint| hint.contains("ten profile calls in ten minutes")), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_is_no_success_is_a_failure() {
    for (answer, kind, code, retry) in [
        (json!({"success": false}), ErrorKind::Rejected, "facebook.not_done", Retry::Never),
        (json!({"success": "no"}), ErrorKind::Rejected, "facebook.not_done", Retry::Never),
        (json!({}), ErrorKind::ProviderFailed, "facebook.unclear_answer", Retry::IF_IDEMPOTENT),
        (json!({"result": "pending"}), ErrorKind::ProviderFailed, "facebook.unclear_answer", Retry::IF_IDEMPOTENT),
    ] {
        let server = Server::start(vec![(200, answer), success()]).await;
        let error = within(apply(server.page(), &plan())).await.unwrap_err();
        assert_eq!((error.kind(), error.code(), error.retry()), (kind, code, retry));
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_refused_greeting_and_a_menu_without_button_are_explained() {
    let plan = planned(json!({}), json!({"greeting": "Hi", "get_started": "GO"})).unwrap();
    let server = Server::start(vec![refusal("(#100) Invalid keys \"greeting\" were found")]).await;
    let error = within(apply(server.page(), &plan)).await.unwrap_err();
    assert!(error.hint().unwrap().contains("leave the greeting out"), "{error:?}");

    let subcode = json!({"error": {"message": "(#100) You must set a Get Started button", "code": 100, "error_subcode": 2_018_145}});
    let server = Server::start(vec![(400, subcode)]).await;
    let error = within(apply(server.page(), &plan)).await.unwrap_err();
    assert!(error.hint().unwrap().contains("set the button first"), "{error:?}");

    let server = Server::start(vec![refusal("(#100) Invalid parameter")]).await;
    let error = within(apply(server.page(), &plan)).await.unwrap_err();
    assert!(!error.hint().unwrap_or_default().contains("greeting"), "{error:?}");
}
