//! "Connect with Facebook", from the dialog to the Pages.

use std::time::Duration;

use serde_json::{Value, json};

use super::stage::{GOOD, PAGE, SECRET, START_MS, Stage, TOKEN, answer, codes, page, simulator, within};
use crate::{Clock, Page};

const APP: &str = "2233445566778899";
const BACK: &str = "https://linktor.example/oauth/facebook?tab=1";
const SCOPES: &str = "pages_show_list,pages_messaging,pages_manage_metadata";

async fn timed() -> (Stage, Clock) {
    let clock = Clock::fixed(START_MS);
    let second = Page { id: "2000000000000002".into(), name: "Second".into(), access_token: "second".into(), ..page() };
    let foreign = Page { id: "3000000000000003".into(), app_id: "77".into(), access_token: "foreign".into(), ..page() };
    (Stage::with(simulator().clock(clock.clone()).page(second).page(foreign)).await, clock)
}

/// Where the dialog sends the browser, as pairs.
async fn dialog(stage: &Stage, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut query = vec![("client_id", APP), ("redirect_uri", BACK), ("state", "s t&1"), ("scope", SCOPES)];
    query.extend(more);
    let url = format!("{}/v26.0/dialog/oauth", stage.sim.url());
    let url = reqwest::Url::parse_with_params(&url, query).unwrap();
    let response = within(stage.http.get(url).send()).await.unwrap();
    assert_eq!(response.status().as_u16(), 302);
    let location = reqwest::Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    assert!(location.as_str().starts_with(BACK), "{location}");
    location.query_pairs().into_owned().collect()
}

fn value(pairs: &[(String, String)], name: &str) -> String {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

async fn token(stage: &Stage, more: &[(&str, &str)]) -> (u16, Value) {
    let mut query = vec![("client_id", APP), ("client_secret", SECRET)];
    query.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    query.extend(more);
    let url = format!("{}/v26.0/oauth/access_token", stage.sim.url());
    answer(stage.http.get(reqwest::Url::parse_with_params(&url, query).unwrap())).await
}

async fn long_lived(stage: &Stage) -> String {
    let code = value(&dialog(stage, &[]).await, "code");
    let short = token(stage, &[("code", &code), ("redirect_uri", BACK)]).await.1;
    let short = short["access_token"].as_str().unwrap();
    let (_, long) = token(stage, &[("grant_type", "fb_exchange_token"), ("fb_exchange_token", short)]).await;
    long["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn from_the_dialog_to_the_pages_with_their_own_tokens() {
    let (stage, clock) = timed().await;
    let back = dialog(&stage, &[]).await;
    assert_eq!(value(&back, "state"), "s t&1");
    assert_eq!(value(&back, "tab"), "1", "the address keeps its own query");
    let (status, short) = token(&stage, &[("code", &value(&back, "code")), ("redirect_uri", BACK)]).await;
    assert_eq!((status, &short["token_type"], &short["expires_in"]), (200, &json!("bearer"), &json!(5400)));
    let short = short["access_token"].as_str().unwrap();
    let accounts = "/v26.0/me/accounts?fields=id,name,access_token,category,tasks,picture{url}";
    let (_, pages) = stage.get_as(Some(short), accounts).await;
    let lent = pages["data"][0]["access_token"].as_str().unwrap().to_owned();
    assert_ne!(lent, TOKEN, "a short-lived token lends Page tokens that end with it");
    assert_eq!(stage.get_as(Some(&lent), "/v26.0/me").await.1["id"], PAGE);

    let (_, long) = token(&stage, &[("grant_type", "fb_exchange_token"), ("fb_exchange_token", short)]).await;
    assert_eq!(long["expires_in"], 5_183_944);
    let long = long["access_token"].as_str().unwrap();
    let (_, pages) = stage.get_as(Some(long), accounts).await;
    let first = json!({"id": PAGE, "name": "Acme Support", "access_token": TOKEN, "category": "Local business",
        "tasks": ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"],
        "picture": {"data": {"url": "https://scontent.example/page.jpg"}}});
    assert_eq!((&pages["data"][0], pages["data"].as_array().unwrap().len()), (&first, 2), "not the other app's Page");

    let (_, debugged) = stage.get_as(Some(long), &format!("/v26.0/debug_token?input_token={short}")).await;
    assert_eq!((&debugged["data"]["type"], &debugged["data"]["is_valid"]), (&json!("USER"), &json!(true)));
    clock.advance(Duration::from_mins(90));
    for ended in [short, &lent] {
        assert_eq!(codes(&stage.get_as(Some(ended), "/v26.0/me").await), (Some(190), Some(463)));
    }
    assert_eq!(codes(&stage.get_as(Some(long), "/v26.0/me/permissions").await), GOOD);
    assert_eq!(codes(&stage.get_as(Some(long), "/v26.0/me/messages").await), (Some(100), None));
    let (_, kept) = stage.get("/_sim/requests").await;
    let kept = kept.to_string();
    for credential in [short, long, &lent, TOKEN, SECRET, &value(&back, "code")] {
        assert!(!kept.contains(&format!("\"{credential}\"")) && !kept.contains(&format!("={credential}")), "kept");
    }
}

#[tokio::test]
async fn a_code_is_good_once_for_its_address_and_its_app() {
    let (stage, clock) = timed().await;
    let code = value(&dialog(&stage, &[]).await, "code");
    let exchange = async |more: &[(&str, &str)]| {
        let mut all = vec![("code", code.as_str()), ("redirect_uri", BACK)];
        all.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        all.extend(more);
        let (_, body) = token(&stage, &all).await;
        (body["error"]["code"].as_i64(), body["error"]["message"].as_str().unwrap_or_default().to_owned())
    };
    for (more, code, text) in [
        (&[("redirect_uri", "https://linktor.example/oauth/facebook?tab=1&")][..], 100, "identical"),
        (&[("client_secret", "wrong")], 1, "client secret"),
        (&[("client_id", "99")], 101, "validating application"),
        (&[("client_id", "77")], 100, "Invalid verification code"),
        (&[("code", "AQunknown")], 100, "Invalid verification code"),
        (&[("grant_type", "password")], 100, "grant_type"),
    ] {
        let (got, message) = exchange(more).await;
        assert_eq!(got, Some(code), "{more:?}");
        assert!(message.contains(text), "{message}");
    }
    assert_eq!(exchange(&[]).await.0, None, "none of the refusals has used it up");
    assert!(exchange(&[]).await.1.contains("has been used"));
    let late = value(&dialog(&stage, &[]).await, "code");
    clock.advance(Duration::from_mins(10));
    assert!(exchange(&[("code", &late)]).await.1.contains("expired"));
}

#[tokio::test]
async fn the_person_may_cancel_decline_and_choose() {
    let (stage, _) = timed().await;
    stage.act("login", json!({"deny": true})).await;
    let denied = dialog(&stage, &[]).await;
    assert_eq!(
        (value(&denied, "error"), value(&denied, "error_reason")),
        ("access_denied".into(), "user_denied".into())
    );
    assert_eq!((value(&denied, "state"), value(&denied, "code")), ("s t&1".into(), String::new()));

    let choice = json!({"declined": ["pages_messaging"], "pages": ["2000000000000002"], "tasks": ["ANALYZE"], "withoutExpiry": true});
    stage.act("login", choice).await;
    let user = long_lived(&stage).await;
    let (_, pages) = stage.get_as(Some(&user), "/v26.0/me/accounts").await;
    assert_eq!((&pages["data"][0]["name"], &pages["data"][0]["tasks"]), (&json!("Second"), &json!(["ANALYZE"])));
    assert_eq!(pages["data"].as_array().unwrap().len(), 1);
    let (_, granted) = stage.get_as(Some(&user), "/v26.0/me/permissions").await;
    assert!(
        granted["data"].as_array().unwrap().contains(&json!({"permission": "pages_messaging", "status": "declined"}))
    );

    stage.act("login", json!({"declined": ["pages_show_list"]})).await;
    let user = long_lived(&stage).await;
    assert_eq!(stage.get_as(Some(&user), "/v26.0/me/accounts").await.1, json!({"data": []}));
}

#[tokio::test]
async fn many_pages_come_piece_by_piece() {
    let (stage, _) = timed().await;
    stage.act("login", json!({"atOnce": 1})).await;
    let user = long_lived(&stage).await;
    let (_, first) = stage.get_as(Some(&user), "/v26.0/me/accounts?limit=100").await;
    assert_eq!((first["data"].as_array().unwrap().len(), &first["data"][0]["id"]), (1, &json!(PAGE)));
    assert!(first["paging"]["next"].as_str().unwrap().contains(&user), "as Meta does");
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let (_, second) = stage.get_as(Some(&user), &format!("/v26.0/me/accounts?after={after}")).await;
    assert_eq!((&second["data"][0]["name"], &second["paging"]["next"]), (&json!("Second"), &Value::Null));
}

#[tokio::test]
async fn the_dialog_sends_nobody_to_an_address_that_is_not_the_app_s() {
    let (stage, _) = timed().await;
    stage.act("login", json!({"redirectUris": ["https://other.example/"]})).await;
    let ask = async |query: &[(&str, &str)]| {
        let url = format!("{}/v26.0/dialog/oauth", stage.sim.url());
        answer(stage.http.get(reqwest::Url::parse_with_params(&url, query).unwrap())).await
    };
    assert_eq!(codes(&ask(&[("client_id", APP), ("redirect_uri", BACK)]).await), (Some(191), None));
    assert_eq!(codes(&ask(&[("client_id", APP), ("redirect_uri", "javascript:1")]).await), (Some(191), None));
    assert_eq!(codes(&ask(&[("client_id", "99"), ("redirect_uri", BACK)]).await), (Some(101), None));
    stage.act("login", json!({})).await;
    let token = [("client_id", APP), ("redirect_uri", BACK), ("response_type", "token")];
    assert_eq!(codes(&ask(&token).await), (Some(100), None));
}
