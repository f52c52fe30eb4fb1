//! Asking for webhooks, over the wire: nothing is lost, and what Meta refuses costs nothing else.

use channel_api::connection::Subscribed;
use channel_api::{Action, ErrorKind, Result};
use serde_json::{Value, json};

use super::server::{APP, PAGE, Server, Then, answer, client, within};
use crate::webhook_field::DEFAULT_FIELDS;

fn has(fields: &[&str]) -> Then {
    let other = json!({"id": "5566778899001122", "name": "Other", "subscribed_fields": ["leadgen"]});
    answer("200 OK", json!({"data": [other, {"id": APP, "name": "Demo", "subscribed_fields": fields}]}))
}

fn done() -> Then {
    answer("200 OK", json!({"success": true}))
}

fn refused(code: i64, words: &str) -> Then {
    answer("400 Bad Request", json!({"error": {"code": code, "message": words}}))
}

async fn subscribe(server: &Server, wanted: &[&str]) -> Result<Subscribed> {
    within(client(&server.url).subscribe(PAGE, Some(APP), wanted)).await
}

/// The lists that were asked for.
fn lists(server: &Server) -> Vec<Vec<String>> {
    let list = |request: &String| {
        let line = request.lines().next().unwrap();
        let list = line.split_once("subscribed_fields=")?.1.split(['&', ' ']).next()?;
        Some(list.split("%2C").map(str::to_owned).collect())
    };
    server.requests().iter().filter_map(list).collect()
}

#[tokio::test]
async fn what_is_there_stays_and_what_is_missing_is_added() {
    let server = Server::script(vec![has(&["feed", "messages"]), done()]).await;
    let told = subscribe(&server, DEFAULT_FIELDS).await.unwrap();
    assert_eq!(told.added, DEFAULT_FIELDS[1..]);
    let expected: Vec<&str> = ["feed", "messages"].into_iter().chain(DEFAULT_FIELDS[1..].iter().copied()).collect();
    assert_eq!(lists(&server), [expected]);
}

#[tokio::test]
async fn without_the_app_s_id_nothing_is_taken_from_an_app_among_several() {
    let server = Server::script(vec![has(&["feed"]), done()]).await;
    let error = within(client(&server.url).subscribe(PAGE, None, DEFAULT_FIELDS)).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "facebook.app_unknown"));
    assert_eq!(server.requests().len(), 1, "nothing was changed");
}

#[tokio::test]
async fn a_field_that_is_refused_by_its_place_its_name_or_its_permission_is_left_out_and_named() {
    let wanted = ["messages", "feed", "calls"];
    for refusal in [
        // The app's own `leadgen` comes first.
        refused(100, "(#100) Param subscribed_fields[2] must be one of {messages, calls, leadgen}"),
        refused(100, "(#100) Invalid webhook field: feed"),
        refused(200, "(#200) The field feed needs a permission"),
    ] {
        let server = Server::script(vec![has(&["leadgen"]), refusal, done()]).await;
        let told = subscribe(&server, &wanted).await.unwrap();
        assert_eq!(told.added, ["messages", "calls"]);
        assert_eq!(lists(&server)[1], ["leadgen", "messages", "calls"], "and what was there stays");
        let warning = &told.warnings[0];
        assert_eq!((&*warning.code, warning.pointer.as_str()), ("facebook.field_refused", "/subscribe"));
        let hint = warning.hint.as_ref().unwrap();
        assert!(
            warning.message.contains("`feed`") && hint.contains("set `subscribe` to a list without feed"),
            "{hint}"
        );
        // A cause that Meta has not named is not told.
        let is_permission = warning.action == Some(Action::CheckPermissions);
        assert_eq!(hint.contains("granted pages_manage_metadata"), is_permission, "{hint}");
        assert_eq!(is_permission, warning.message.contains("permission"), "{warning}");
        assert_eq!(told.warnings.len(), 1);
    }
    let words = "(#200) Requires marketing_messages_messenger permission to manage the object";
    let wanted = ["messages", "marketing_message_reads", "marketing_message_clicks"];
    let server = Server::script(vec![has(&[]), refused(200, words), done()]).await;
    let told = subscribe(&server, &wanted).await.unwrap();
    assert_eq!((told.added, told.warnings.len(), lists(&server).len()), (vec!["messages".to_owned()], 2, 2));
    assert!(told.warnings.iter().all(|warning| warning.action == Some(Action::CheckPermissions)));
}

#[tokio::test]
async fn one_that_is_not_named_is_found_by_halves() {
    let no = || refused(100, "(#100) Invalid parameter");
    let wanted = ["messages", "messaging_postbacks", "feed", "calls"];
    // All; the first half goes, the second does not; of that the first does not, the second does.
    let script = vec![has(&["leadgen"]), no(), done(), no(), no(), done()];
    let server = Server::script(script).await;
    let told = subscribe(&server, &wanted).await.unwrap();
    assert_eq!(told.added, ["messages", "messaging_postbacks", "calls"]);
    assert!(told.warnings.len() == 1 && told.warnings[0].message.contains("`feed`"), "{:?}", told.warnings);
    let lists = lists(&server);
    assert!(lists.iter().all(|list| list[0] == "leadgen"), "{lists:?}");
    assert_eq!(lists.last().unwrap(), &["leadgen", "messages", "messaging_postbacks", "calls"]);
}

#[tokio::test]
async fn where_meta_refuses_everything_it_is_not_asked_for_ever() {
    let server = Server::script(vec![has(&["leadgen"]), refused(100, "(#100) Invalid parameter")]).await;
    let told = subscribe(&server, DEFAULT_FIELDS).await.unwrap();
    assert_eq!(told.added, Vec::<String>::new());
    assert_eq!(lists(&server).len(), 16);
    let said: String = told.warnings.iter().map(|warning| warning.message.clone() + "\n").collect();
    assert!(DEFAULT_FIELDS.iter().all(|field| said.contains(field)), "each is told of: {said}");
    // A Page that gets nothing at all is an error.
    let server = Server::script(vec![has(&[]), refused(200, "(#200) Requires pages_messaging permission")]).await;
    let error = subscribe(&server, DEFAULT_FIELDS).await.unwrap_err();
    assert_eq!((error.code(), error.operation()), ("facebook.permission_missing", "connection_subscribe"));
    assert_eq!(lists(&server).len(), 1);
}

#[tokio::test]
async fn what_no_other_list_would_mend_is_an_error_at_once() {
    let lost = "(#100) Param subscribed_fields[0] must be one of {messages}";
    for (then, kind) in [
        (refused(190, "Invalid OAuth access token"), ErrorKind::Credentials),
        (refused(4, "Too many calls"), ErrorKind::RateLimited),
        (refused(200, "(#200) Requires pages_manage_metadata permission to manage the object"), ErrorKind::Permission),
        (Then::Reset, ErrorKind::Unreachable),
        (answer("200 OK", json!({"success": false})), ErrorKind::Rejected),
        // One that the Page has already: without it, it would be lost.
        (refused(100, lost), ErrorKind::Rejected),
    ] {
        let server = Server::script(vec![has(&["leadgen"]), then]).await;
        let error = subscribe(&server, &["messages", "feed"]).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
        // What may have been done is looked for.
        assert_eq!(server.requests().len(), if kind == ErrorKind::Unreachable { 3 } else { 2 }, "{kind:?}");
        assert!(!error.hint().unwrap_or_default().contains("echo"), "{error:?}");
    }
}

fn page_of_list(apps: &Value, next: Option<&str>) -> Then {
    let next = next.map(|after| json!({"next": "https://evil.example/", "cursors": {"after": after}}));
    answer("200 OK", json!({"data": apps, "paging": next}))
}

fn apps(count: usize) -> Value {
    (0..count).map(|at| json!({"id": format!("77{at}"), "name": "Other", "subscribed_fields": ["feed"]})).collect()
}

fn ours(fields: &Value) -> Value {
    json!([{"id": APP, "name": "Demo", "subscribed_fields": fields}])
}

#[tokio::test]
async fn the_list_of_apps_is_read_until_ours_is_found() {
    let script = vec![
        page_of_list(&apps(25), Some("QVFI=1&x")),
        page_of_list(&ours(&json!(["feed", "messages"])), Some("more")),
        done(),
    ];
    let server = Server::script(script).await;
    let told = subscribe(&server, &["messages", "calls"]).await.unwrap();
    assert_eq!(
        (told.added, lists(&server)),
        (vec!["calls".to_owned()], vec![vec!["feed".to_owned(), "messages".to_owned(), "calls".to_owned()]])
    );
    let requests = server.requests();
    let own = format!("GET /v26.0/{PAGE}/subscribed_apps?fields=id%2Cname%2Csubscribed_fields&after=QVFI%3D1%26x&");
    assert!(requests[1].starts_with(&own), "{}", requests[1]);
}

#[tokio::test]
async fn what_is_not_known_is_not_taken_away() {
    for (script, asked) in [
        // Without end; without a way to the rest; the same place again and again; no list at all.
        ((0..20).map(|at| page_of_list(&apps(1), Some(&at.to_string()))).collect::<Vec<_>>(), 10),
        (vec![answer("200 OK", json!({"data": apps(2), "paging": {"next": "https://graph.facebook.com/next"}}))], 1),
        (vec![page_of_list(&apps(1), Some("same"))], 2),
        (vec![answer("200 OK", json!({}))], 1),
        // Ours, without its fields.
        (vec![answer("200 OK", json!({"data": [{"id": APP, "name": "Demo"}]}))], 1),
        (vec![page_of_list(&ours(&json!(null)), None)], 1),
    ] {
        let server = Server::script(script).await;
        let error = subscribe(&server, DEFAULT_FIELDS).await.unwrap_err();
        assert_eq!((error.code(), error.operation()), ("facebook.subscription_unknown", "connection_subscribe"));
        assert!(error.hint().unwrap().contains("taken away"), "{error:?}");
        assert_eq!((server.requests().len(), lists(&server).len()), (asked, 0), "nothing was changed");
    }
}

#[tokio::test]
async fn what_came_although_the_answer_was_lost_is_told() {
    let server = Server::script(vec![has(&["leadgen"]), Then::Reset, has(&["leadgen", "messages"])]).await;
    let told = subscribe(&server, &["messages"]).await.unwrap();
    assert_eq!(told, Subscribed::to(["messages"]));
    let server = Server::script(vec![has(&["leadgen"]), Then::Reset, has(&["leadgen"])]).await;
    let error = subscribe(&server, &["messages"]).await.unwrap_err();
    assert!(error.hint().unwrap().contains("check the connection"), "{error:?}");
}

#[tokio::test]
async fn a_part_that_came_is_no_failure() {
    let no = refused(100, "(#100) Invalid parameter");
    for (stop, action) in [
        (refused(2, "Service temporarily unavailable"), Action::RetryLater),
        (refused(190, "Invalid token"), Action::Reconnect),
    ] {
        let server = Server::script(vec![has(&["leadgen"]), no.clone(), done(), stop]).await;
        let told = subscribe(&server, &["messages", "messaging_postbacks", "feed", "calls"]).await.unwrap();
        assert_eq!(told.added, ["messages", "messaging_postbacks"]);
        let [warning] = &*told.warnings else { panic!("{:?}", told.warnings) };
        assert!(warning.message.contains("feed, calls could not be added"), "{warning}");
        assert_eq!((warning.action, warning.pointer.as_str()), (Some(action), "/subscribe"));
    }
}

#[tokio::test]
async fn a_field_that_the_page_has_and_meta_refuses_is_told_with_both_ways_out() {
    let words = "(#200) To subscribe to the leadgen field, one of these permissions is needed: leads_retrieval";
    let server = Server::script(vec![has(&["leadgen"]), refused(200, words)]).await;
    let error = subscribe(&server, &["messages"]).await.unwrap_err();
    let hint = error.hint().unwrap();
    assert!(hint.contains("granted leads_retrieval") && hint.contains("take leadgen away at Meta"), "{hint}");
    let server = Server::script(vec![has(&["leadgen"]), refused(100, "(#100) Invalid field: leadgen")]).await;
    let error = subscribe(&server, &["messages"]).await.unwrap_err();
    let hint = error.hint().unwrap();
    assert!(!hint.contains("granted") && hint.contains("take leadgen away at Meta"), "{hint}");
}

#[tokio::test]
async fn without_the_app_s_id_the_list_tells_whether_the_only_app_was_ours() {
    let list = |apps: Value| answer("200 OK", json!({ "data": apps }));
    let one = |fields: &[&str]| json!({"id": "5566", "name": "Other", "subscribed_fields": fields});
    let ours = json!({"id": APP, "name": "Demo", "subscribed_fields": ["feed", "messages", "calls"]});
    let wanted = ["messages", "calls"];
    let ask = async |script: Vec<Then>| {
        let server = Server::script(script).await;
        within(client(&server.url).subscribe(PAGE, None, &wanted)).await
    };
    let told =
        ask(vec![list(json!([one(&["feed"])])), done(), list(json!([one(&["feed", "messages", "calls"])]))]).await;
    assert_eq!(told.unwrap(), Subscribed::to(wanted));
    let told = ask(vec![list(json!([])), done(), list(json!([ours]))]).await.unwrap();
    assert_eq!(told, Subscribed::to(["feed", "messages", "calls"]));

    let error = ask(vec![list(json!([one(&["feed"])])), done(), list(json!([one(&["feed"])]))]).await.unwrap_err();
    assert_eq!(error.code(), "facebook.not_subscribed");
    assert!(error.hint().unwrap().contains("App ID"), "{error:?}");

    let told = ask(vec![list(json!([one(&["feed"])])), done(), list(json!([one(&["feed"]), ours]))]).await.unwrap();
    assert_eq!(told.added, ["feed", "messages", "calls"], "what came, to the app that came");
    let [warning] = &*told.warnings else { panic!("{:?}", told.warnings) };
    assert!(warning.code == "facebook.app_assumed" && warning.message.contains("Other (5566)"), "{warning}");

    // What Meta has taken and does not show is no failure.
    let told = ask(vec![list(json!([one(&["feed"])])), done()]).await.unwrap();
    assert_eq!((told.added.len(), &*told.warnings[0].code), (2, "facebook.subscription_unknown"));
}

#[tokio::test]
async fn nothing_is_asked_for_where_nothing_is_missing() {
    let server = Server::script(vec![has(DEFAULT_FIELDS), done()]).await;
    assert_eq!(subscribe(&server, &["messages", "standby"]).await.unwrap(), Subscribed::default());
    assert_eq!(lists(&server), Vec::<Vec<String>>::new());
}
