//! Profile look-up, connection check and subscription, over the wire.

use channel_api::{ErrorKind, UserProfile};
use serde_json::json;

use super::super::connection::SUBSCRIBED_FIELDS;
use super::server::{PAGE, PSID, Server, Then, answer, within};

fn request_line(server: &Server) -> String {
    let requests = server.requests();
    let (line, _) =
        requests[0].split_once("&appsecret_proof=").or(requests[0].split_once("?appsecret_proof=")).unwrap();
    line.to_owned()
}

#[tokio::test]
async fn a_profile_is_what_meta_gives_of_it() {
    let all = json!({"id": PSID, "first_name": "Ana", "last_name": "Diaz", "profile_pic": "https://cdn.example/a.jpg"});
    for (answered, profile) in [
        (all, ["Ana", "Diaz", "https://cdn.example/a.jpg"]),
        (json!({"first_name": "Ana", "last_name": null}), ["Ana", "", ""]),
        (json!({"id": PSID}), ["", "", ""]),
        (json!({}), ["", "", ""]),
    ] {
        let server = Server::start(answer("200 OK", &answered)).await;
        let found = within(server.client().user_profile(PSID)).await.unwrap();
        let UserProfile { first_name, last_name, profile_pic, .. } = found;
        assert_eq!([first_name, last_name, profile_pic].map(Option::unwrap_or_default), profile, "{answered}");
        assert_eq!(request_line(&server), format!("GET /v26.0/{PSID}?fields=first_name%2Clast_name%2Cprofile_pic"));
    }
}

#[tokio::test]
async fn a_profile_that_is_not_there_is_never_asked_for_again() {
    for (code, subcode, kind) in [
        (100, 2_018_218, ErrorKind::Rejected),
        (100, 33, ErrorKind::Permission),
        (10, 2_018_247, ErrorKind::Permission),
    ] {
        let body = json!({"error": {"code": code, "error_subcode": subcode}});
        let server = Server::start(answer("400 Bad Request", body)).await;
        let error = within(server.client().user_profile(PSID)).await.unwrap_err();
        assert_eq!((error.kind(), error.retry_advice()), (kind, channel_api::Retry::Never), "{code}/{subcode}");
        assert_eq!(error.operation_name(), "user_profile");
        assert!(!format!("{error:?}").contains(PSID), "{error:?}");
    }
    let server = Server::start(answer("200 OK", json!({}))).await;
    for person in ["", "me/accounts", "..", "7?fields=x", "7#"] {
        let error = within(server.client().user_profile(person)).await.unwrap_err();
        assert_eq!(error.code(), "facebook.invalid_id", "{person:?}");
    }
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_check_says_whose_token_it_is() {
    let server = Server::start(answer("200 OK", json!({"id": PAGE, "name": "Acme"}))).await;
    let status = within(server.client().connection_check(PAGE)).await.unwrap();
    assert_eq!((status.account_id.as_deref(), status.account_name.as_deref()), (Some(PAGE), Some("Acme")));
    assert_eq!(status.problems, []);
    assert_eq!(request_line(&server), "GET /v26.0/me?fields=id%2Cname");

    for (status, body, pointer, code) in [
        ("200 OK", json!({"id": "999", "name": "Other"}), "/page_id", "facebook.other_page"),
        ("200 OK", json!({}), "/page_access_token", "facebook.no_page"),
        (
            "400 Bad Request",
            json!({"error": {"code": 190, "error_subcode": 463}}),
            "/page_access_token",
            "facebook.token_expired",
        ),
        ("403 Forbidden", json!({"error": {"code": 10}}), "/page_access_token", "facebook.permission_missing"),
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
        let found = within(server.client().connection_check(PAGE)).await.unwrap();
        let problems: Vec<_> = found.problems.iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
        assert_eq!(problems, [(pointer, code)], "{status} {body}");
        assert!(found.problems[0].hint.is_some());
    }
}

#[tokio::test]
async fn a_check_names_the_missing_permission_in_meta_s_words() {
    let words = "(#200) Requires pages_messaging permission to manage the object";
    let server = Server::start(answer("403 Forbidden", json!({"error": {"code": 200, "message": words}}))).await;
    let found = within(server.client().connection_check(PAGE)).await.unwrap();
    assert!(found.problems[0].message.ends_with(words), "{}", found.problems[0]);
    assert!(found.problems[0].hint.as_deref().unwrap().contains("review"));
}

#[tokio::test]
async fn a_check_that_could_not_be_made_is_an_error() {
    for (then, kind) in [
        (Then::Reset, ErrorKind::Unreachable),
        (answer("500 Internal Server Error", "oops"), ErrorKind::ProviderFailed),
        (answer("400 Bad Request", json!({"error": {"code": 4}})), ErrorKind::RateLimited),
    ] {
        let server = Server::start(then).await;
        let error = within(server.client().connection_check(PAGE)).await.unwrap_err();
        assert_eq!((error.kind(), error.operation_name()), (kind, "connection_check"));
    }
}

#[tokio::test]
async fn subscribing_sends_the_whole_list() {
    for success in [json!({"success": true}), json!({"success": "true"})] {
        let server = Server::start(answer("200 OK", success)).await;
        within(server.client().subscribe(PAGE)).await.unwrap();
        let fields = SUBSCRIBED_FIELDS.join("%2C");
        assert_eq!(request_line(&server), format!("POST /v26.0/{PAGE}/subscribed_apps?subscribed_fields={fields}"));
    }
    let server = Server::start(answer("200 OK", json!({"success": true}))).await;
    within(server.client().unsubscribe(PAGE)).await.unwrap();
    assert_eq!(request_line(&server), format!("DELETE /v26.0/{PAGE}/subscribed_apps"));

    let server = Server::start(answer("200 OK", json!({"success": false}))).await;
    let error = within(server.client().subscribe(PAGE)).await.unwrap_err();
    assert_eq!((error.code(), error.operation_name()), ("facebook.not_done", "connection_subscribe"));
    let error = within(server.client().unsubscribe(PAGE)).await.unwrap_err();
    assert_eq!(error.operation_name(), "connection_unsubscribe");
}

#[test]
fn the_fields_of_linktor_s_guide_are_subscribed() {
    for field in ["messages", "messaging_postbacks", "messaging_optins", "message_deliveries", "message_reads"] {
        assert!(SUBSCRIBED_FIELDS.contains(&field), "{field}");
    }
    let mut once = SUBSCRIBED_FIELDS.to_vec();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), SUBSCRIBED_FIELDS.len());
}
