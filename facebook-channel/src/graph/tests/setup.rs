//! Profile look-up and subscription, over the wire.

use channel_api::{ErrorKind, UserProfile};
use serde_json::json;

use super::super::SUBSCRIBED_FIELDS;
use super::server::{PAGE, PSID, Server, answer, client, within};

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
        let found = within(client(&server.url).user_profile(PSID)).await.unwrap();
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
        let error = within(client(&server.url).user_profile(PSID)).await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (kind, channel_api::Retry::Never), "{code}/{subcode}");
        assert_eq!(error.operation(), "user_profile");
        assert!(!format!("{error:?}").contains(PSID), "{error:?}");
    }
    let server = Server::start(answer("200 OK", json!({}))).await;
    for person in ["", "me/accounts", "..", "7?fields=x", "7#"] {
        let error = within(client(&server.url).user_profile(person)).await.unwrap_err();
        assert_eq!(error.code(), "facebook.invalid_id", "{person:?}");
    }
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn subscribing_sends_the_whole_list() {
    for success in [json!({"success": true}), json!({"success": "true"})] {
        let server = Server::start(answer("200 OK", success)).await;
        within(client(&server.url).subscribe(PAGE)).await.unwrap();
        let fields = SUBSCRIBED_FIELDS.join("%2C");
        assert_eq!(request_line(&server), format!("POST /v26.0/{PAGE}/subscribed_apps?subscribed_fields={fields}"));
    }
    let server = Server::start(answer("200 OK", json!({"success": true}))).await;
    within(client(&server.url).unsubscribe(PAGE)).await.unwrap();
    assert_eq!(request_line(&server), format!("DELETE /v26.0/{PAGE}/subscribed_apps"));

    let server = Server::start(answer("200 OK", json!({"success": false}))).await;
    let error = within(client(&server.url).subscribe(PAGE)).await.unwrap_err();
    assert_eq!((error.code(), error.operation()), ("facebook.not_done", "connection_subscribe"));
    let error = within(client(&server.url).unsubscribe(PAGE)).await.unwrap_err();
    assert_eq!(error.operation(), "connection_unsubscribe");
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

/// `subscribed_fields` as Meta's Business SDK of June 2026 lists them, those that concern messages.
const KNOWN: &str = "messages messaging_postbacks messaging_optins messaging_optouts messaging_referrals messaging_handovers \
    messaging_account_linking messaging_policy_enforcement messaging_feedback message_deliveries message_reads message_echoes \
    message_edits message_reactions standby";

#[test]
fn no_field_could_make_the_call_fail() {
    let known: Vec<&str> = KNOWN.split_whitespace().collect();
    for field in SUBSCRIBED_FIELDS {
        assert!(known.contains(field), "{field}: is it in Meta's list, and is pages_messaging enough for it?");
    }
}
