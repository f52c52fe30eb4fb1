//! What a check of the connection finds, over the wire.

use channel_api::{Action, ConnectionStatus, ErrorKind, Issue, Result, Retry, Secret, Timestamp};
use serde_json::{Value, json};

use super::super::connection::{self, Expected};
use super::server::{APP, APP_SECRET, PAGE, Server, TOKEN, Then, answer, app_client, client, context, message, within};
use crate::graph::{App, GraphClient, Page};
use crate::webhook_field::DEFAULT_FIELDS;

/// 2026-11-22, noon.
const NOW: i64 = 1_795_348_800;
const DAY: i64 = 86_400;
const REQUIRED: [&str; 3] = ["pages_messaging", "pages_manage_metadata", "pages_read_engagement"];

fn me() -> Then {
    answer("200 OK", json!({"id": PAGE, "name": "Acme"}))
}

fn token(changes: &Value) -> Then {
    let mut data = json!({
        "app_id": APP, "type": "PAGE", "application": "Demo", "data_access_expires_at": NOW + 80 * DAY, "expires_at": 0,
        "is_valid": true, "issued_at": NOW - DAY, "profile_id": PAGE, "user_id": "1001", "scopes": REQUIRED,
        "granular_scopes": [{"scope": "pages_messaging", "target_ids": [PAGE]}, {"scope": "pages_read_engagement"}]
    });
    for (name, value) in changes.as_object().unwrap() {
        data[name] = value.clone();
    }
    worth(200, &json!({ "data": data }))
}

/// The answers to both questions that are asked with the app's token; the second is that all is well.
fn worth(status: u16, token: &Value) -> Then {
    answered(status, token, 200, &app_side(HERE, DEFAULT_FIELDS))
}

fn answered(status: u16, token: &Value, app_status: u16, app: &Value) -> Then {
    let part = |status: u16, body: &Value| json!({"code": status, "body": body.to_string()});
    answer("200 OK", json!([part(status, token), part(app_status, app)]))
}

const HERE: &str = "https://linktor.example/webhooks/facebook/ch_1";

fn app_side(url: &str, fields: &[&str]) -> Value {
    let fields: Vec<Value> = fields.iter().map(|name| json!({"name": name, "version": "v26.0"})).collect();
    json!({"data": [{"object": "page", "callback_url": url, "active": true, "fields": fields}]})
}

fn subscribed(fields: &[&str]) -> Then {
    let other = json!({"id": "5566778899001122", "name": "Other", "subscribed_fields": ["feed"]});
    answer("200 OK", json!({"data": [other, {"id": APP, "name": "Demo", "subscribed_fields": fields}]}))
}

fn refusal(code: i64, message: &str) -> Then {
    answer("403 Forbidden", json!({"error": {"code": code, "message": message}}))
}

fn expected() -> Expected<'static> {
    let now = Timestamp::from_millis(NOW * 1000).unwrap();
    Expected { fields: DEFAULT_FIELDS, webhook: Some(HERE), now }
}

async fn check_as(server: &Server, with_app: bool) -> Result<ConnectionStatus> {
    let (graph, app) = (client(&server.url), app_client(&server.url));
    let app = with_app.then_some(App { id: APP, graph: &app });
    within(connection::check(Page { id: PAGE, graph: &graph, app }, expected())).await
}

async fn check(script: Vec<Then>) -> ConnectionStatus {
    check_as(&Server::script(script).await, true).await.unwrap()
}

fn codes(issues: &[Issue]) -> Vec<(&str, &str)> {
    assert!(issues.iter().all(|issue| issue.hint.is_some()), "{issues:?}");
    issues.iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect()
}

#[tokio::test]
async fn all_is_well() {
    let server = Server::script(vec![me(), token(&json!({})), subscribed(DEFAULT_FIELDS)]).await;
    let status = check_as(&server, true).await.unwrap();
    assert_eq!((status.account_id.as_deref(), status.account_name.as_deref()), (Some(PAGE), Some("Acme")));
    assert_eq!((codes(&status.problems), codes(&status.warnings)), (vec![], vec![]));
    let credentials = status.credentials.clone().unwrap();
    assert!(credentials.valid && credentials.missing.is_empty());
    assert_eq!(credentials.granted, REQUIRED);
    assert_eq!(credentials.expires_at, None, "0 is never");
    assert_eq!(status.expires_at().map(Timestamp::as_millis), Some((NOW + 80 * DAY) * 1000));
    assert!(!status.can_be_repaired());
    let requests = server.requests();
    let lines: Vec<&str> = requests.iter().filter_map(|request| request.split(['&', ' ']).nth(1)).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], "/v26.0/me?fields=id%2Cname");
    assert!(requests[1].starts_with("POST /v26.0/?appsecret_proof="), "{}", requests[1]);
    assert!(requests[1].contains(&format!("authorization: Bearer {APP}|")), "it is asked with the app's token");
    let body: Value = serde_json::from_str(requests[1].split_once("\r\n\r\n").unwrap().1).unwrap();
    let asked: Vec<&str> =
        body["batch"].as_array().unwrap().iter().map(|item| item["relative_url"].as_str().unwrap()).collect();
    assert_eq!(asked, [format!("debug_token?input_token={TOKEN}"), format!("{APP}/subscriptions")]);
    for request in &requests {
        let line = request.lines().next().unwrap();
        assert!(!line.contains(TOKEN) && !line.contains(APP_SECRET), "a secret stands in an address: {line}");
    }
    assert!(lines[2].starts_with(&format!("/v26.0/{PAGE}/subscribed_apps")));
}

#[tokio::test]
async fn whose_token_it_is() {
    for (status, body, pointer, code) in [
        (
            "400 Bad Request",
            json!({"error": {"code": 190, "error_subcode": 463}}),
            "/page_access_token",
            "facebook.token_expired",
        ),
        (
            "400 Bad Request",
            json!({"error": {"code": 190, "error_subcode": 460}}),
            "/page_access_token",
            "facebook.password_changed",
        ),
        (
            "400 Bad Request",
            json!({"error": {"code": 100, "type": "GraphMethodException",
                "message": "Invalid appsecret_proof provided in the API argument"}}),
            "/app_secret",
            "facebook.app_secret_proof",
        ),
        ("404 Not Found", json!("nothing here"), "/graph_api_url", "facebook.not_found"),
    ] {
        let server = Server::start(answer(status, &body)).await;
        let found = check_as(&server, true).await.unwrap();
        assert_eq!(codes(&found.problems), [(pointer, code)], "{status} {body}");
        assert_eq!(server.requests().len(), 1, "with a dead token there is nothing more to ask");
        assert_eq!(found.credentials.is_some_and(|credentials| !credentials.valid), code != "facebook.not_found");
    }
    let server = Server::script(vec![
        answer("200 OK", json!({"id": "999", "name": "Other"})),
        token(&json!({"profile_id": "999"})),
    ])
    .await;
    let found = check_as(&server, true).await.unwrap();
    assert_eq!(codes(&found.problems), [("/page_id", "facebook.other_page")], "told once");
    assert_eq!(server.requests().len(), 2, "another Page's token says nothing of this Page's subscription");

    let found = check(vec![answer("200 OK", json!({})), token(&json!({})), subscribed(DEFAULT_FIELDS)]).await;
    assert_eq!(codes(&found.problems), [("/page_access_token", "facebook.no_page")]);
}

#[tokio::test]
async fn every_missing_permission_is_named() {
    let here = |scope: &str, target: &str| json!({"scope": scope, "target_ids": [target]});
    for (changes, missing) in [
        (
            json!({"scopes": ["pages_messaging"], "granular_scopes": []}),
            &["pages_manage_metadata", "pages_read_engagement"][..],
        ),
        (json!({"scopes": [], "granular_scopes": null}), &REQUIRED),
        (json!({"scopes": REQUIRED, "granular_scopes": [here("pages_messaging", "1")]}), &["pages_messaging"]),
        (
            json!({"scopes": [], "granular_scopes": [here("pages_messaging", PAGE), here("pages_manage_metadata", PAGE),
            {"scope": "pages_read_engagement", "target_ids": []}]}),
            &[],
        ),
        (json!({"scopes": "pages_messaging", "granular_scopes": [7, null, {}]}), &REQUIRED),
    ] {
        let found = check(vec![me(), token(&changes), subscribed(DEFAULT_FIELDS)]).await;
        assert_eq!(found.credentials.unwrap().missing, missing, "{changes}");
        assert_eq!(found.problems.len(), missing.len());
        for (problem, name) in found.problems.iter().zip(missing) {
            assert_eq!(
                (problem.pointer.as_str(), &*problem.code),
                ("/page_access_token", "facebook.permission_missing")
            );
            assert!(problem.message.contains(&format!("`{name}`")), "{problem}");
            assert!(problem.hint.as_deref().unwrap().contains(name));
        }
    }
    // Without the app's token Meta's own words have to do.
    let words = "(#200) Requires pages_messaging permission to manage the object";
    let server = Server::script(vec![refusal(200, words), subscribed(DEFAULT_FIELDS)]).await;
    let found = check_as(&server, false).await.unwrap();
    assert!(found.problems[0].message.ends_with(words), "{}", found.problems[0]);
    assert!(found.problems[0].hint.as_deref().unwrap().contains("review"));
}

#[tokio::test]
async fn a_token_of_the_wrong_kind() {
    for (changes, expected) in [
        (json!({"type": "USER", "profile_id": null}), ("/page_access_token", "facebook.not_a_page_token")),
        (json!({"app_id": "1"}), ("/app_id", "facebook.other_app")),
        (json!({"profile_id": "42"}), ("/page_id", "facebook.other_page")),
        (
            json!({"is_valid": false, "scopes": [], "error": {"code": 190, "message": "Session has expired", "subcode": 463}}),
            ("/page_access_token", "facebook.token_expired"),
        ),
        (json!({"is_valid": false, "error": null}), ("/page_access_token", "facebook.token_invalid")),
        (json!({"is_valid": "yes"}), ("/page_access_token", "facebook.token_invalid")),
    ] {
        let found = check(vec![me(), token(&changes), subscribed(DEFAULT_FIELDS)]).await;
        assert_eq!(codes(&found.problems), [expected], "{changes}");
    }
    let other = "(#100) The App_id in the input_token did not match the Viewing App";
    for (then, expected) in [
        (worth(400, &json!({"error": {"code": 100, "message": other}})), ("/app_id", "facebook.other_app")),
        (
            answer("400 Bad Request", json!({"error": {"code": 101, "message": "Error validating application."}})),
            ("/app_id", "facebook.wrong_app"),
        ),
        (refusal(190, "Invalid OAuth access token signature."), ("/app_secret", "facebook.app_not_accepted")),
    ] {
        let found = check(vec![me(), then, subscribed(DEFAULT_FIELDS)]).await;
        assert_eq!(codes(&found.problems), [expected]);
    }
}

#[tokio::test]
async fn what_ends_is_told_days_ahead() {
    for (name, left, words) in [
        ("expires_at", 13 * DAY + 5, Some("in 13 days")),
        ("expires_at", 14 * DAY, Some("in 14 days")),
        ("expires_at", 14 * DAY + 1, None),
        ("expires_at", DAY, Some("in 1 day,")),
        ("expires_at", 60, Some("in less than a day")),
        ("expires_at", -60, Some("now")),
        ("data_access_expires_at", 3 * DAY, Some("in 3 days")),
        ("data_access_expires_at", 15 * DAY, None),
        ("data_access_expires_at", -NOW, None),
    ] {
        let found = check(vec![me(), token(&json!({name: NOW + left})), subscribed(DEFAULT_FIELDS)]).await;
        assert_eq!(codes(&found.problems), [], "{name} {left}");
        let expected = words.map(|_| match name {
            "expires_at" => "facebook.token_expires_soon",
            _ => "facebook.data_access_expires_soon",
        });
        assert_eq!(codes(&found.warnings).into_iter().map(|(_, code)| code).next(), expected, "{name} {left}");
        if let Some(words) = words {
            assert!(found.warnings[0].message.contains(words), "{}", found.warnings[0]);
        }
    }
}

#[tokio::test]
async fn a_lost_subscription_can_be_repaired() {
    let all_but = |lost: &str| DEFAULT_FIELDS.iter().copied().filter(|field| *field != lost).collect::<Vec<_>>();
    for (then, problems, warnings) in [
        (subscribed(&[]), &["facebook.subscription_lost"][..], &[][..]),
        (subscribed(&["standby", "feed"]), &["facebook.subscription_lost"], &[]),
        (subscribed(&all_but("messages")), &["facebook.subscription_lost"], &[]),
        (answer("200 OK", json!({"data": []})), &["facebook.subscription_lost"], &[]),
        (subscribed(&all_but("message_edits")), &[], &["facebook.subscription_incomplete"]),
    ] {
        let found = check(vec![me(), token(&json!({})), then]).await;
        let names = |issues: &[Issue]| issues.iter().map(|issue| issue.code.to_string()).collect::<Vec<_>>();
        assert_eq!((names(&found.problems), names(&found.warnings)), (names_of(problems), names_of(warnings)));
        assert!(found.can_be_repaired());
        let issue = found.problems.iter().chain(&found.warnings).next().unwrap();
        assert!(issue.hint.as_deref().unwrap().contains("repair"), "{issue}");
        assert_eq!(issue.action, Some(Action::RepairConnection));
    }
    let found = check(vec![me(), token(&json!({})), subscribed(&all_but("message_edits"))]).await;
    assert!(found.warnings[0].message.contains("message_edits"), "{}", found.warnings[0]);
}

fn names_of(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn a_subscription_that_may_not_be_asked_for_is_a_problem() {
    for code in [10, 200] {
        let lacking = json!({"scopes": ["pages_messaging", "pages_read_engagement"], "granular_scopes": []});
        for changes in [json!({}), lacking] {
            let found = check(vec![me(), token(&changes), refusal(code, "(#200) Requires permission")]).await;
            assert_eq!(codes(&found.problems), [("/page_access_token", "facebook.permission_missing")], "{changes}");
            assert!(found.problems[0].message.contains("pages_manage_metadata"));
            assert_eq!(found.subscription, None);
        }
    }
    // A Page that is not there is another matter.
    let gone = answer("400 Bad Request", json!({"error": {"code": 100, "error_subcode": 33}}));
    let found = check(vec![me(), token(&json!({})), gone]).await;
    assert_eq!(codes(&found.problems), [("/page_access_token", "facebook.object_unreachable")]);
}

#[tokio::test]
async fn without_the_app_s_id_less_can_be_said() {
    let one = answer("200 OK", json!({"data": [{"id": APP, "subscribed_fields": DEFAULT_FIELDS}]}));
    for (then, warnings, known) in [
        (one, &["facebook.token_not_examined"][..], true),
        (subscribed(DEFAULT_FIELDS), &["facebook.token_not_examined", "facebook.subscription_unknown"], false),
    ] {
        let server = Server::script(vec![me(), then]).await;
        let found = check_as(&server, false).await.unwrap();
        assert_eq!(codes(&found.problems), []);
        assert_eq!(codes(&found.warnings).into_iter().map(|(_, code)| code).collect::<Vec<_>>(), warnings);
        assert_eq!((found.credentials, found.subscription.is_some()), (None, known));
    }
}

#[tokio::test]
async fn a_check_that_could_not_be_made_is_an_error() {
    let failures = || {
        [
            (Then::Reset, ErrorKind::Unreachable),
            (answer("500 Internal Server Error", "oops"), ErrorKind::ProviderFailed),
            (answer("400 Bad Request", json!({"error": {"code": 4}})), ErrorKind::RateLimited),
        ]
    };
    for before in [vec![], vec![me()], vec![me(), token(&json!({}))]] {
        for (then, kind) in failures() {
            let script = [before.clone(), vec![then]].concat();
            let error = check_as(&Server::script(script).await, true).await.unwrap_err();
            assert_eq!((error.kind(), error.operation()), (kind, "connection_check"), "{}", before.len());
        }
    }
    // What was found is told all the same.
    for (then, _) in failures() {
        let found = check(vec![me(), token(&json!({"app_id": "1"})), then]).await;
        assert_eq!(codes(&found.problems), [("/app_id", "facebook.other_app")]);
        assert_eq!(codes(&found.warnings), [("", "facebook.subscription_unknown")]);
    }
}

#[tokio::test]
async fn a_version_that_is_over_is_mended_in_the_configuration() {
    let ended = (2635, "(#2635) You are calling a deprecated version of the API.", "facebook.version_ended");
    let unknown = (2500, "Unknown path components: /me", "facebook.version_unknown");
    for (code, words, name) in [ended, unknown] {
        let status = check(vec![refusal(code, words)]).await;
        assert_eq!(codes(&status.problems), [("/graph_api_version", name)]);
        let problem = &status.problems[0];
        assert!(problem.message.contains(words), "{}", problem.message);
        assert!(problem.hint.as_deref().is_some_and(|hint| hint.contains("graph_api_version")), "{problem:?}");
        // One that is refused to a message is the configuration's fault, not the message's.
        let server = Server::start(refusal(code, words)).await;
        let error = within(client(&server.url).send(&message())).await.unwrap_err();
        assert_eq!((error.kind(), error.code(), error.retry()), (ErrorKind::Config, name, Retry::Never));
        assert!(error.context().contains(&("pointer".into(), "/graph_api_version".to_owned())), "{error:?}");
    }
}

#[tokio::test]
async fn a_version_that_ends_is_told_while_it_still_works() {
    for (version, told) in [
        ("v21.0", Some("facebook.version_ends_soon")),
        ("v20.0", Some("facebook.version_ended")),
        ("v31.0", Some("facebook.version_unknown")),
        ("v27.0", None),
    ] {
        let server = Server::script(vec![me(), subscribed(DEFAULT_FIELDS)]).await;
        let secret = Secret::new(APP_SECRET);
        let graph = GraphClient::new(&context(), &server.url, version, Secret::new(TOKEN), Some(&secret)).unwrap();
        let status = within(connection::check(Page { id: PAGE, graph: &graph, app: None }, expected())).await.unwrap();
        assert_eq!(codes(&status.problems), [], "{version}");
        let found: Vec<_> = codes(&status.warnings).into_iter().filter(|(at, _)| *at == "/graph_api_version").collect();
        assert_eq!(found, told.map(|code| ("/graph_api_version", code)).into_iter().collect::<Vec<_>>(), "{version}");
    }
}

#[tokio::test]
async fn a_refusal_without_a_known_cause_blames_neither_app_nor_permission() {
    let status = check(vec![me(), refusal(200, "(#200) API access blocked."), subscribed(DEFAULT_FIELDS)]).await;
    assert_eq!(codes(&status.problems), [("/page_access_token", "facebook.not_allowed")]);
    let status = check(vec![me(), token(&json!({})), refusal(10, "(#10) Something new")]).await;
    assert_eq!(codes(&status.problems), [("/page_access_token", "facebook.not_allowed")]);
}

#[tokio::test]
async fn the_app_s_half_is_told_beside_the_page_s() {
    let well = token(&json!({}));
    let of_app = |app: &Value| {
        let Then::Write(bytes) = &well else { unreachable!("an answer") };
        let text = String::from_utf8(bytes.clone()).unwrap();
        let parts: Value = serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap();
        answer("200 OK", json!([parts[0], {"code": 200, "body": app.to_string()}]))
    };
    for (app, told_of_it, url, is_here) in [
        (app_side(HERE, DEFAULT_FIELDS), &[][..], Some(HERE), Some(true)),
        (json!({"data": []}), &["facebook.app_not_subscribed"], None, None),
        (
            app_side("https://old.example/hook", DEFAULT_FIELDS),
            &["facebook.callback_elsewhere"],
            Some("https://old.example/hook"),
            Some(false),
        ),
        (app_side(HERE, &DEFAULT_FIELDS[1..]), &["facebook.app_fields_missing"], Some(HERE), Some(true)),
    ] {
        let found = check(vec![me(), of_app(&app), subscribed(DEFAULT_FIELDS)]).await;
        let told = codes(&found.problems).into_iter().chain(codes(&found.warnings));
        assert_eq!(told.map(|(_, code)| code).collect::<Vec<_>>(), told_of_it);
        let webhook = found.webhook.unwrap();
        assert_eq!((webhook.url.as_deref(), webhook.is_here), (url, is_here));
    }
    // What the app may not ask is no fault of the Page.
    let denied = json!({"error": {"code": 200, "message": "(#200) Apps cannot do that"}});
    let valid =
        json!({"data": {"app_id": APP, "type": "PAGE", "is_valid": true, "profile_id": PAGE, "scopes": REQUIRED}});
    let found = check(vec![me(), answered(200, &valid, 403, &denied), subscribed(DEFAULT_FIELDS)]).await;
    assert_eq!(
        (codes(&found.problems), codes(&found.warnings)),
        (vec![], vec![("/app_id", "facebook.app_side_unknown")])
    );
    assert!(found.warnings[0].message.contains("Apps cannot do that"), "{}", found.warnings[0]);
    assert_eq!(found.webhook, None);
}

#[tokio::test]
async fn what_could_be_read_besides_is_a_note() {
    let found = check(vec![me(), token(&json!({})), subscribed(DEFAULT_FIELDS)]).await;
    assert_eq!(codes(&found.notes), [("/subscribe", "facebook.fields_available")]);
    for field in ["feed", "inbox_labels", "message_template_status_update"] {
        assert!(found.notes[0].message.contains(field), "{}", found.notes[0]);
    }
    let all: Vec<&str> = crate::webhook_field::all().map(|(name, _)| name).collect();
    let found = check(vec![me(), token(&json!({})), subscribed(&all)]).await;
    assert_eq!(found.notes, []);
    let server = Server::script(vec![me(), answer("200 OK", json!({"data": []}))]).await;
    let found = check_as(&server, false).await.unwrap();
    assert!(codes(&found.notes).contains(&("/app_id", "facebook.app_side_not_asked")), "{:?}", found.notes);
}

#[tokio::test]
async fn what_is_not_known_of_the_subscription_is_told_so_and_not_called_lost() {
    let more = json!({"next": "https://graph.facebook.com/next"});
    for answered in [
        json!({}),
        json!({"data": [], "paging": more}),
        json!({"data": [{"id": APP, "name": "Demo"}]}),
        json!({"data": [{"id": "1", "subscribed_fields": ["feed"]}], "paging": more}),
    ] {
        let found = check(vec![me(), token(&json!({})), answer("200 OK", &answered)]).await;
        assert_eq!(
            (codes(&found.problems), codes(&found.warnings)),
            (vec![], vec![("", "facebook.subscription_unknown")])
        );
        assert!(!found.can_be_repaired() && found.subscription.is_none(), "{answered}");
    }
}

#[tokio::test]
async fn without_the_app_s_id_it_is_told_whose_subscription_is_shown() {
    let one = json!({"data": [{"id": "5566", "name": "Other", "subscribed_fields": DEFAULT_FIELDS}]});
    let server = Server::script(vec![me(), answer("200 OK", &one)]).await;
    let found = check_as(&server, false).await.unwrap();
    let note = found.notes.iter().find(|note| note.code == "facebook.app_assumed").unwrap();
    assert!(note.message.contains("Other (5566)") && note.pointer == "/app_id", "{note}");
}
