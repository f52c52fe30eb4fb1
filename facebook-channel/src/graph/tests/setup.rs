//! Profile look-up and subscription, over the wire.

use channel_api::{Error, ErrorKind, UserProfile};
use serde_json::json;

use super::super::{Page, UserProfiles};
use super::server::{PAGE, PSID, Server, Then, answer, client, within};
use crate::webhook_field::DEFAULT_FIELDS;

/// The request lines, without the proof.
fn request_lines(server: &Server) -> Vec<String> {
    let line = |request: &String| {
        let request = request.as_str();
        let cut = request.split_once("&appsecret_proof=").or(request.split_once("?appsecret_proof="));
        cut.unwrap().0.to_owned()
    };
    server.requests().iter().map(line).collect()
}

fn request_line(server: &Server) -> String {
    request_lines(server).swap_remove(0)
}

const ALL_FIELDS: &str = "first_name%2Clast_name%2Cprofile_pic%2Clocale%2Ctimezone";
const FIELDS: &str = "first_name%2Clast_name%2Cprofile_pic";

fn profile_line(fields: &str) -> String {
    format!("GET /v26.0/{PSID}?fields={fields}")
}

fn conversation_line() -> String {
    format!("GET /v26.0/{PAGE}/conversations?platform=messenger&user_id={PSID}&fields=participants")
}

fn refused(code: i64, subcode: Option<i64>) -> Then {
    answer("400 Bad Request", json!({"error": {"code": code, "error_subcode": subcode}}))
}

/// Looks the person up so many times through one channel.
async fn looked_up(server: &Server, times: usize) -> Vec<Result<UserProfile, Error>> {
    let (people, graph) = (UserProfiles::default(), client(&server.url));
    let mut found = Vec::new();
    for _ in 0..times {
        found.push(within(people.look_up(Page { id: PAGE, graph: &graph, app: None }, PSID)).await);
    }
    found
}

async fn look_up(server: &Server) -> Result<UserProfile, Error> {
    looked_up(server, 1).await.swap_remove(0)
}

#[tokio::test]
async fn a_profile_is_what_meta_gives_of_it() {
    let all = json!({
        "id": PSID, "first_name": "Ana", "last_name": "Diaz", "profile_pic": "https://cdn.example/a.jpg",
        "locale": "pt_BR", "timezone": -3
    });
    let place = json!({"firstName": "Ana", "locale": "pt_BR", "timezone": 5.5});
    for (answered, profile) in [
        (
            all,
            json!({
                "firstName": "Ana", "lastName": "Diaz", "profilePic": "https://cdn.example/a.jpg", "locale": "pt_BR", "timezone": -3
            }),
        ),
        (json!({"first_name": "Ana", "last_name": null, "locale": "", "timezone": "?"}), json!({"firstName": "Ana"})),
        (json!({"first_name": "Ana", "locale": "pt_BR", "timezone": 5.5}), place),
    ] {
        let server = Server::start(answer("200 OK", &answered)).await;
        assert_eq!(json!(look_up(&server).await.unwrap()), profile, "{answered}");
        assert_eq!(request_lines(&server), [profile_line(ALL_FIELDS)]);
    }
}

#[tokio::test]
async fn where_meta_refuses_language_and_time_zone_it_is_asked_without_them_once_and_for_all() {
    for code in [3, 10, 100, 200, 298] {
        let ana = || answer("200 OK", json!({"id": PSID, "first_name": "Ana"}));
        let server = Server::script(vec![refused(code, None), ana()]).await;
        for found in looked_up(&server, 3).await {
            assert_eq!(found.unwrap().first_name.as_deref(), Some("Ana"), "{code}");
        }
        let plain = profile_line(FIELDS);
        assert_eq!(request_lines(&server), [profile_line(ALL_FIELDS), plain.clone(), plain.clone(), plain], "{code}");
    }
}

#[tokio::test]
async fn what_fails_without_them_too_was_not_about_them() {
    let server = Server::start(refused(10, None)).await;
    for found in looked_up(&server, 2).await {
        assert_eq!(found.unwrap_err().kind(), ErrorKind::Permission);
    }
    let pair = [profile_line(ALL_FIELDS), profile_line(FIELDS)];
    assert_eq!(request_lines(&server), [pair.clone(), pair].concat());
}

#[tokio::test]
async fn who_has_no_name_in_the_profile_may_have_one_in_the_conversation() {
    let conversation =
        |participants: serde_json::Value| json!({"data": [{"participants": {"data": participants}, "id": "t_1"}]});
    let page = json!({"id": PAGE, "name": "Acme"});
    for (told, name) in [
        (conversation(json!([page, {"id": PSID, "name": "Ana Diaz", "email": "7411@facebook.com"}])), Some("Ana Diaz")),
        (conversation(json!([{"id": PSID, "name": ""}, page])), None),
        (conversation(json!([page])), None),
        (json!({"data": []}), None),
        (json!({}), None),
    ] {
        let nameless = answer("200 OK", json!({"id": PSID, "profile_pic": "https://cdn.example/a.jpg"}));
        let server = Server::script(vec![nameless, answer("200 OK", &told)]).await;
        let found = look_up(&server).await.unwrap();
        assert_eq!((found.name.as_deref(), found.first_name), (name, None), "{told}");
        assert_eq!(found.profile_pic.as_deref(), Some("https://cdn.example/a.jpg"));
        assert_eq!(request_lines(&server), [profile_line(ALL_FIELDS), conversation_line()]);
    }
}

#[tokio::test]
async fn a_conversation_that_may_not_be_read_is_no_failure_and_too_many_calls_are() {
    let nameless = || answer("200 OK", json!({"id": PSID}));
    let forbidden = Server::script(vec![nameless(), refused(200, None)]).await;
    assert_eq!(look_up(&forbidden).await.unwrap(), UserProfile::default());
    for (code, kind) in [(32, ErrorKind::RateLimited), (190, ErrorKind::Credentials), (2, ErrorKind::ProviderFailed)] {
        let server = Server::script(vec![nameless(), refused(code, None)]).await;
        assert_eq!(look_up(&server).await.unwrap_err().kind(), kind, "{code}");
    }
}

#[tokio::test]
async fn a_profile_that_is_not_there_is_never_asked_for_again() {
    for (code, subcode, kind) in [
        (100, 2_018_218, ErrorKind::Rejected),
        (100, 33, ErrorKind::Permission),
        (10, 2_018_247, ErrorKind::Permission),
    ] {
        let server = Server::start(refused(code, Some(subcode))).await;
        let error = look_up(&server).await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (kind, channel_api::Retry::Never), "{code}/{subcode}");
        assert_eq!(error.operation(), "user_profile");
        assert!(!format!("{error:?}").contains(PSID), "{error:?}");
        assert_eq!(server.requests().len(), 1, "{code}/{subcode}");
    }
    let server = Server::start(answer("200 OK", json!({}))).await;
    let (people, graph) = (UserProfiles::default(), client(&server.url));
    for person in ["", "me/accounts", "..", "7?fields=x", "7#"] {
        let page = Page { id: PAGE, graph: &graph, app: None };
        let error = within(people.look_up(page, person)).await.unwrap_err();
        assert_eq!(error.code(), "facebook.invalid_id", "{person:?}");
    }
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn subscribing_sends_the_whole_list() {
    for success in [json!({"success": true}), json!({"success": "true"})] {
        let none = answer("200 OK", json!({"data": []}));
        let server = Server::script(vec![none, answer("200 OK", success)]).await;
        let told = within(client(&server.url).subscribe(PAGE, Some("22"), DEFAULT_FIELDS)).await.unwrap();
        assert_eq!((told.added, told.warnings), (DEFAULT_FIELDS.iter().map(ToString::to_string).collect(), Vec::new()));
        let fields = DEFAULT_FIELDS.join("%2C");
        let posted = format!("POST /v26.0/{PAGE}/subscribed_apps?subscribed_fields={fields}&");
        assert!(server.requests()[1].starts_with(&posted), "{:?}", server.requests());
    }
    let server = Server::start(answer("200 OK", json!({"success": true}))).await;
    within(client(&server.url).unsubscribe(PAGE)).await.unwrap();
    assert_eq!(request_line(&server), format!("DELETE /v26.0/{PAGE}/subscribed_apps"));

    let not_done = answer("200 OK", json!({"data": [], "success": false}));
    let server = Server::start(not_done).await;
    let error = within(client(&server.url).subscribe(PAGE, Some("22"), DEFAULT_FIELDS)).await.unwrap_err();
    assert_eq!((error.code(), error.operation()), ("facebook.not_done", "connection_subscribe"));
    let error = within(client(&server.url).unsubscribe(PAGE)).await.unwrap_err();
    assert_eq!(error.operation(), "connection_unsubscribe");
}
