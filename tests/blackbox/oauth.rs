//! "Connect with Facebook": the host's two calls, with Facebook's dialog between them.

use hyper::Method;
use serde_json::{Value, json};
use tests::{HostConfig, HostProcess, Simulator, ids};

use crate::stage::{assert_says, sentence};

const BACK: &str = "https://linktor.example/oauth/facebook/callback";

async fn stage() -> (Simulator, HostProcess) {
    let sim = Simulator::start().await;
    let host = HostConfig::with_simulator(&sim).env("LINKTOR_GRAPH_API_URL", &sim.url()).serve().await;
    (sim, host)
}

async fn login(host: &HostProcess) -> (String, String) {
    let app = json!({"app_id": ids::APP, "app_secret": ids::APP_SECRET, "redirect_uri": BACK});
    let begun = host.call(Method::POST, "/api/v1/oauth/facebook/login", app).await.expect_status(200);
    assert!(!begun.everything().contains(ids::APP_SECRET), "the secret comes back");
    let begun = begun.json();
    let told = |name: &str| begun[name].as_str().expect("a text").to_owned();
    (told("login_url"), told("state"))
}

/// Follows the login address as a browser does; gives what the dialog sends back, as a JSON body for the host.
async fn dialog(sim: &Simulator, login_url: &str) -> Value {
    let path = login_url.strip_prefix(&sim.url()).expect("the dialog is where the Graph API is");
    let reply = sim.request(Method::GET, path, "").await.expect_status(302);
    let location = reply.header("location").to_owned();
    let query = location.strip_prefix(BACK).and_then(|rest| rest.strip_prefix('?')).expect("it comes back");
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    // The values are letters, digits, `_` and `-`; the description has a space.
    pairs
        .map(|(name, value)| (name.to_owned(), Value::from(value.replace('+', " "))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

async fn callback(host: &HostProcess, back: &Value) -> tests::Reply {
    host.call(Method::POST, "/api/v1/oauth/facebook/callback", back).await
}

#[tokio::test]
async fn from_the_login_to_the_pages_with_tokens_that_do_not_end() {
    let (sim, host) = stage().await;
    let second = json!({"id": "2000000000000002", "name": "Second", "appId": ids::APP, "appSecret": ids::APP_SECRET,
        "accessToken": "EAAsecond", "verifyToken": "v"});
    sim.act("pages", second).await;
    // Fewer at once than asked for, so that there are several answers.
    sim.act("login", json!({"atOnce": 1})).await;
    let (url, state) = login(&host).await;
    for part in
        ["/dialog/oauth?", "client_id=2233445566778899", "response_type=code", "pages_messaging", "pages_show_list"]
    {
        assert!(url.contains(part), "{part} is not in {url}");
    }
    let back = dialog(&sim, &url).await;
    assert_eq!(back["state"], state.as_str());
    let reply = callback(&host, &back).await.expect_status(200);
    assert!(reply.header("cache-control").contains("no-store"));
    let pages = reply.json()["pages"].clone();
    let first = json!({"id": ids::PAGE, "name": "Acme Support", "access_token": ids::PAGE_TOKEN, "category": "Local business",
        "picture_url": "https://scontent.example/page.jpg"});
    assert_eq!(pages[0], first, "the Page's own token, not one that ends with the sign-in's");
    assert_eq!((&pages[1]["name"], pages.as_array().map(Vec::len)), (&json!("Second"), Some(2)));
    let calls = sim.get("/_sim/requests").await;
    let proved = calls["requests"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|call| call["path"].as_str().unwrap().ends_with("/me/accounts"));
    assert!(proved.clone().count() >= 2 && proved.clone().all(|call| call["appsecretProof"] == "valid"), "{calls:#}");
    for call in sim.calls("/oauth/access_token").await {
        assert_eq!(call["query"], json!({}), "nothing of it belongs in an address: {call:#}");
    }
}

#[tokio::test]
async fn linktor_s_own_bodies_are_understood() {
    let (sim, host) = stage().await;
    let asked = json!({"app_id": ids::APP, "app_secret": ids::APP_SECRET, "redirect_url": BACK,
        "scopes": ["pages_show_list", "pages_messaging"]});
    let begun = host.call(Method::POST, "/api/v1/oauth/facebook/login", &asked).await.expect_status(200).json();
    let url = begun["login_url"].as_str().unwrap();
    assert!(url.ends_with("&scope=pages_show_list%2Cpages_messaging"), "{url}");
    let mut back = dialog(&sim, url).await;
    (back["app_id"], back["app_secret"]) = (ids::APP.into(), ids::APP_SECRET.into());
    assert_eq!(callback(&host, &back).await.expect_status(200).json()["pages"][0]["id"], ids::PAGE);

    let wrong = json!({"app_id": ids::APP, "app_secret": ids::APP_SECRET, "redirect_url": BACK, "scopes": ["a,b"]});
    let wrong = host.call(Method::POST, "/api/v1/oauth/facebook/login", wrong).await.expect_status(422).json();
    assert_eq!(wrong["issues"][0]["pointer"], "/scopes/0", "{wrong:#}");
}

#[tokio::test]
async fn a_state_is_good_once_and_only_if_it_is_the_host_s() {
    let (sim, host) = stage().await;
    let (url, _) = login(&host).await;
    let back = dialog(&sim, &url).await;
    let mut forged = back.clone();
    forged["state"] = "0".repeat(64).into();
    let refused = callback(&host, &forged).await.expect_status(400).json();
    assert_eq!(refused["code"], "unknown_state");
    callback(&host, &back).await.expect_status(200);
    let again = callback(&host, &back).await.expect_status(400).json();
    assert_eq!(again["code"], "unknown_state");
    assert_says(&sentence(&again), &["begin again"]);
    assert_eq!(sim.calls("/oauth/access_token").await.len(), 2, "Meta was asked once for each of the two tokens");
}

#[tokio::test]
async fn a_person_who_cancels_is_told_so() {
    let (sim, host) = stage().await;
    sim.act("login", json!({"deny": true})).await;
    let (url, _) = login(&host).await;
    let back = dialog(&sim, &url).await;
    assert_eq!(back["error"], "access_denied");
    let denied = callback(&host, &back).await.expect_status(403).json();
    assert_eq!(denied["code"], "access_denied");
    assert_says(&sentence(&denied), &["cancelled", "begin again"]);
    assert!(sim.calls("/oauth/access_token").await.is_empty());
}

#[tokio::test]
async fn what_meta_refuses_is_told_without_the_secret() {
    let (sim, host) = stage().await;
    let wrong = "canarywrongsecret00000000000001";
    let app = json!({"app_id": ids::APP, "app_secret": wrong, "redirect_uri": BACK});
    let begun = host.call(Method::POST, "/api/v1/oauth/facebook/login", app).await.expect_status(200).json();
    let back = dialog(&sim, begun["login_url"].as_str().unwrap()).await;
    let refused = callback(&host, &back).await;
    assert!(refused.status >= 400, "{}", refused.text());
    assert!(!refused.everything().contains(wrong), "{}", refused.text());
    assert_says(&sentence(&refused.json()).to_lowercase(), &["app secret"]);
    let code = back["code"].as_str().unwrap();
    assert!(!host.log().contains(wrong) && !host.log().contains(code), "{}", host.log());
}

#[tokio::test]
async fn nothing_begins_without_an_app_an_address_and_a_known_channel() {
    let (_sim, host) = stage().await;
    let begin = async |channel_type: &str, body: Value| {
        host.call(Method::POST, &format!("/api/v1/oauth/{channel_type}/login"), body).await
    };
    let wrong = begin("facebook", json!({"app_id": "", "redirect_uri": "http://linktor.example/"})).await;
    let wrong = wrong.expect_status(422).json();
    let pointers: Vec<_> = wrong["issues"].as_array().unwrap().iter().map(|issue| &issue["pointer"]).collect();
    assert_eq!(pointers, ["/app_id", "/app_secret", "/redirect_uri"], "{wrong:#}");
    begin("telegram", json!({})).await.expect_status(404);
    let none = callback(&host, &json!({})).await.expect_status(422).json();
    assert_eq!(none["issues"].as_array().map(Vec::len), Some(2), "{none:#}");
}
