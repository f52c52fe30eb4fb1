//! The sign-in, from the address of the dialog to the list of Pages.

use std::sync::{Mutex, OnceLock};

use channel_api::{ChannelId, Retry};
use serde_json::json;

use super::*;
use crate::graph::tests::secrets::printed;
use crate::graph::tests::server::{APP, APP_SECRET, PAGE, Server, Then, answer, within};

const CODE: &str = "canary-code-1";
const SHORT: &str = "canary-short-token";
const LONG: &str = "canary-long-token";
const PAGE_TOKEN: &str = "canary-token-of-the-page";
const RETURN: &str = "https://app.example/return?from=facebook";

fn app() -> LoginApp {
    LoginApp::new(APP, Secret::new(APP_SECRET), RETURN)
}

/// A context in which Meta is somewhere else. The environment is a plain function, so each test has a process-wide place of its own.
macro_rules! elsewhere {
    ($url:expr) => {{
        static URL: OnceLock<String> = OnceLock::new();
        URL.set($url.clone()).unwrap();
        let environment = |name: &str| (name == GRAPH_API_URL_VARIABLE).then(|| URL.get().cloned()).flatten();
        BuildContext::new(ChannelId::new("login")).with_environment(environment)
    }};
}

fn token(token: &str) -> Then {
    answer("200 OK", json!({"access_token": token, "token_type": "bearer", "expires_in": 5_183_944}))
}

fn page(id: &str) -> Value {
    json!({
        "id": id, "name": "Acme", "access_token": PAGE_TOKEN, "category": "Shop", "tasks": ["MESSAGING", "MANAGE"],
        "picture": {"data": {"url": "https://scontent.xx.fbcdn.net/a.jpg"}}
    })
}

fn list(pages: &Value, after: Option<&str>, next: bool) -> Then {
    let next = next.then(|| format!("https://evil.example/next?access_token={LONG}"));
    answer("200 OK", json!({"data": pages, "paging": {"cursors": {"before": "x", "after": after}, "next": next}}))
}

fn fields(request: &str) -> Vec<(String, String)> {
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    Url::parse(&format!("https://x/?{body}")).unwrap().query_pairs().into_owned().collect()
}

fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_dialog_is_meta_s_own() {
    let context = BuildContext::new(ChannelId::new("login"));
    let url = Url::parse(&FacebookLogin.login_url(&app(), "st&te", &context).unwrap()).unwrap();
    assert_eq!(url.as_str().split('?').next(), Some("https://www.facebook.com/v26.0/dialog/oauth"));
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let expected = [
        ("client_id", APP),
        ("redirect_uri", RETURN),
        ("state", "st&te"),
        ("response_type", "code"),
        ("scope", "pages_show_list,pages_messaging,pages_manage_metadata,pages_read_engagement"),
    ];
    assert_eq!(pairs, owned(&expected));
    assert!(!url.as_str().contains(APP_SECRET));

    let context = elsewhere!("http://127.0.0.1:9/meta/".to_owned());
    let url = FacebookLogin.login_url(&app(), "s", &context).unwrap();
    assert!(url.starts_with("http://127.0.0.1:9/meta/v26.0/dialog/oauth?client_id="), "{url}");
}

#[test]
fn an_app_that_cannot_be_one_is_refused_with_all_reasons() {
    let context = BuildContext::new(ChannelId::new("login"));
    let problems = |app: &LoginApp, state: &str| -> Vec<String> {
        let error = FacebookLogin.login_url(app, state, &context).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!printed(&error).contains(APP_SECRET));
        error.issues().iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect()
    };
    let none = LoginApp::new("", Secret::default(), "");
    assert_eq!(
        problems(&none, " "),
        ["/app_id required", "/app_secret required", "/redirect_uri url", "/state required"]
    );
    let app_of = |id: &str, secret: &str, uri: &str| LoginApp::new(id, secret.into(), uri);
    assert_eq!(problems(&app_of("my app", APP_SECRET, RETURN), "s"), ["/app_id digits"]);
    assert_eq!(problems(&app_of(APP, "canary secret", RETURN), "s"), ["/app_secret whitespace"]);
    for uri in [
        "http://app.example/",
        "https://u:p@app.example/",
        "https://app.example/#x",
        "app.example",
        "javascript:alert(1)",
    ] {
        assert_eq!(problems(&app_of(APP, APP_SECRET, uri), "s"), ["/redirect_uri url"], "{uri}");
    }
    for scope in ["", "Pages_messaging", "pages messaging", "a,b", "é"] {
        let app = app_of(APP, APP_SECRET, RETURN).with_scopes(vec!["pages_messaging".to_owned(), scope.to_owned()]);
        assert_eq!(problems(&app, "s"), ["/scopes/1 permission"], "{scope}");
    }
    for uri in ["http://localhost:8080/return", "http://127.0.0.1:9/", "https://app.example/"] {
        assert!(FacebookLogin.login_url(&app_of(APP, APP_SECRET, uri), "s", &context).is_ok(), "{uri}");
    }
}

#[tokio::test]
async fn a_code_becomes_the_list_of_pages() {
    let reader = json!({"id": 7, "name": "Reader", "access_token": PAGE_TOKEN, "tasks": ["ANALYZE"]});
    let script = vec![
        token(SHORT),
        token(LONG),
        list(
            &json!([page(PAGE), reader, {"id": "8", "name": "no token"}, {"access_token": "x"}, null]),
            Some("c1"),
            true,
        ),
        list(&json!([page(PAGE), page("9")]), Some("c2"), false),
    ];
    let server = Server::script(script).await;
    let context = elsewhere!(server.url);
    let accounts = within(FacebookLogin.accounts(&app(), &Secret::new(CODE), &context)).await.unwrap();
    let ids: Vec<_> = accounts.iter().map(|account| account.id.as_str()).collect();
    assert_eq!(ids, [PAGE, "7", "9"], "each Page once, and only with a token");
    let acme = &accounts[0];
    assert_eq!((acme.name.as_str(), acme.category.as_deref(), acme.tasks.len()), ("Acme", Some("Shop"), 2));
    assert_eq!(acme.picture_url.as_deref(), Some("https://scontent.xx.fbcdn.net/a.jpg"));
    assert!(acme.access_token.matches(PAGE_TOKEN.as_bytes()));
    assert_eq!(accounts[1].tasks, ["ANALYZE"]);

    let requests = server.requests();
    assert_eq!(requests.len(), 4, "each call is made once");
    for request in &requests[..2] {
        assert!(request.starts_with("POST /v26.0/oauth/access_token HTTP/1.1"), "{request}");
        assert!(
            request.contains("content-type: application/x-www-form-urlencoded") && !request.contains("authorization")
        );
    }
    let (id, secret) = (("client_id", APP), ("client_secret", APP_SECRET));
    assert_eq!(fields(&requests[0]), owned(&[id, secret, ("redirect_uri", RETURN), ("code", CODE)]));
    let exchange = ("grant_type", "fb_exchange_token");
    assert_eq!(fields(&requests[1]), owned(&[exchange, id, secret, ("fb_exchange_token", SHORT)]));
    for (request, after) in requests[2..].iter().zip([None, Some("c1")]) {
        assert!(request.contains(&format!("authorization: Bearer {LONG}")));
        let target = request.split(' ').nth(1).unwrap();
        let url = Url::parse(&format!("https://x{target}")).unwrap();
        assert_eq!(url.path(), "/v26.0/me/accounts");
        let query: Vec<_> = url.query_pairs().into_owned().collect();
        let given = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!((given("fields"), given("after")), (Some(FIELDS), after));
        assert!(given("appsecret_proof").is_some_and(|proof| proof.len() == 64) && !target.contains("canary"));
    }
    assert!(!format!("{accounts:?}").contains("canary"), "{accounts:?}");
}

#[tokio::test]
async fn a_list_without_end_is_left() {
    let server = Server::script(vec![token(SHORT), token(LONG), list(&json!([page(PAGE)]), Some("same"), true)]).await;
    let context = elsewhere!(server.url);
    let accounts = within(FacebookLogin.accounts(&app(), &Secret::new(CODE), &context)).await.unwrap();
    assert_eq!(accounts.len(), 1);
    assert_eq!(server.requests().len(), 4, "the same cursor twice leads nowhere");

    let full = |start: usize, after: &str| {
        list(&(start..start + PER_ANSWER).map(|id| page(&id.to_string())).collect(), Some(after), false)
    };
    let mut script = vec![token(SHORT), token(LONG)];
    script.extend((0..ANSWERS + 5).map(|index| full(index * PER_ANSWER, &format!("c{index}"))));
    let server = Server::script(script).await;
    let context = elsewhere!(server.url);
    let accounts = within(FacebookLogin.accounts(&app(), &Secret::new(CODE), &context)).await.unwrap();
    assert_eq!((accounts.len(), server.requests().len()), (ANSWERS * PER_ANSWER, ANSWERS + 2));
}

/// Where Meta is at the moment, for the test below.
static META: Mutex<String> = Mutex::new(String::new());

#[tokio::test]
async fn every_failure_is_told_without_a_secret() {
    let good = [token(SHORT), token(LONG)];
    let environment = |name: &str| (name == GRAPH_API_URL_VARIABLE).then(|| META.lock().unwrap().clone());
    let context = BuildContext::new(ChannelId::new("login")).with_environment(environment);
    for steps in 0..=2 {
        // Meta repeats all that it was told so far.
        let known = [CODE, APP_SECRET, SHORT, LONG].into_iter().take(steps + 2).collect::<Vec<_>>().join(" ");
        let repeated = format!("told {known} https://graph.facebook.com/x?code={CODE}");
        let refusal = |code: i64, words: &str| {
            let error = json!({"code": code, "message": format!("{words} {repeated}"), "fbtrace_id": CODE});
            answer("400 Bad Request", json!({ "error": error }))
        };
        for (then, code, retry) in [
            (refusal(100, "This authorization code has been used."), "facebook.login_code", Retry::Never),
            (refusal(1, "Error validating client secret."), "facebook.wrong_app", Retry::Never),
            (refusal(101, "Error validating application."), "facebook.wrong_app", Retry::Never),
            (refusal(190, "Invalid"), "facebook.token_invalid", Retry::Never),
            (Then::Reset, "network.no_answer", Retry::IF_IDEMPOTENT),
            (answer("502 Bad Gateway", &repeated), "facebook.provider_failed", Retry::IF_IDEMPOTENT),
            (answer("200 OK", &repeated), "facebook.unreadable_reply", Retry::IF_IDEMPOTENT),
            (
                answer("200 OK", json!({"told": repeated})),
                if steps == 2 { "facebook.unreadable_reply" } else { "facebook.no_token" },
                Retry::IF_IDEMPOTENT,
            ),
        ] {
            let script = good.iter().take(steps).cloned().chain([then]).collect();
            let server = Server::script(script).await;
            server.url.clone_into(&mut META.lock().unwrap());
            let error = within(FacebookLogin.accounts(&app(), &Secret::new(CODE), &context)).await.unwrap_err();
            assert_eq!((error.code(), error.retry()), (code, retry), "step {steps}: {error:?}");
            assert_eq!(error.operation(), "login");
            let shown = printed(&error);
            for secret in [CODE, APP_SECRET, SHORT, LONG, "client_secret", "127.0.0.1"] {
                assert!(!shown.contains(secret), "step {steps} shows {secret:?}: {shown}");
            }
            assert_eq!(server.requests().len(), steps + 1);
        }
    }
    let error = within(FacebookLogin.accounts(&app(), &Secret::new(" "), &context)).await.unwrap_err();
    assert_eq!(error.code(), "facebook.login_code");
}
