//! Tokens, permissions, features, and what Meta says of them.

use serde_json::{Value, json};

use super::stage::{GOOD, PAGE, PSID, START_MS, Stage, TOKEN, answer, codes, page, simulator};
use crate::Page;

/// The token of the app: its id and its secret.
const APP_TOKEN: &str = "2233445566778899|s3cr3t";

async fn get_as(stage: &Stage, token: &str, path: &str) -> (u16, Value) {
    answer(stage.http.get(format!("{}{path}", stage.sim.url())).bearer_auth(token)).await
}

#[tokio::test]
async fn each_end_of_a_token_has_its_sub_code() {
    let stage = Stage::in_conversation().await;
    for (state, subcode) in [
        ("app_removed", 458),
        ("checkpoint", 459),
        ("password_changed", 460),
        ("expired", 463),
        ("unconfirmed", 464),
        ("logged_out", 467),
        ("role_lost", 492),
    ] {
        stage.act("settings", json!({"token": state})).await;
        let refused = stage.message(json!({"text": "Hi"})).await;
        assert_eq!(codes(&refused), (Some(190), Some(subcode)), "{state}");
        let (status, debugged) = get_as(&stage, APP_TOKEN, &format!("/debug_token?input_token={TOKEN}")).await;
        let data = &debugged["data"];
        assert_eq!((status, &data["is_valid"], &data["error"]["subcode"]), (200, &json!(false), &json!(subcode)));
    }
    stage.act("settings", json!({"token": "valid", "tokenExpiresAt": START_MS / 1000})).await;
    assert_eq!(codes(&stage.get("/v26.0/me").await), (Some(190), Some(463)));
    stage.act("settings", json!({"tokenExpiresAt": START_MS / 1000 + 1})).await;
    assert_eq!(codes(&stage.get("/v26.0/me").await), GOOD);
}

#[tokio::test]
async fn a_token_can_be_looked_into_and_never_comes_back() {
    let stage = Stage::new().await;
    let (status, body) = get_as(&stage, APP_TOKEN, &format!("/v26.0/debug_token?input_token={TOKEN}")).await;
    let data = &body["data"];
    assert_eq!((status, &data["type"], &data["is_valid"]), (200, &json!("PAGE"), &json!(true)));
    assert_eq!((&data["profile_id"], &data["expires_at"]), (&json!(PAGE), &json!(0)));
    assert!(data["scopes"].as_array().unwrap().contains(&json!("pages_messaging")));
    assert!(!body.to_string().contains(TOKEN) && !body.to_string().contains("s3cr3t"));
    let (_, unknown) = get_as(&stage, APP_TOKEN, "/debug_token?input_token=nonsense").await;
    assert_eq!((&unknown["data"]["is_valid"], &unknown["data"]["error"]["code"]), (&json!(false), &json!(190)));
    let other = json!({"id": "2", "appId": "77", "appSecret": "s", "accessToken": "other-token", "verifyToken": "v"});
    stage.act("pages", other).await;
    let foreign = get_as(&stage, "other-token", &format!("/debug_token?input_token={TOKEN}")).await;
    assert_eq!(codes(&foreign), (Some(100), None));
}

#[tokio::test]
async fn a_token_is_looked_into_in_a_batch_too_and_stands_in_no_record() {
    let stage = Stage::new().await;
    let ask = format!("debug_token?input_token={TOKEN}");
    let batch = json!({"batch": [
        {"method": "GET", "relative_url": ask}, {"method": "GET", "relative_url": "2233445566778899/subscriptions"}
    ]});
    let request = stage.http.post(format!("{}/v26.0/", stage.sim.url())).bearer_auth(APP_TOKEN).json(&batch);
    let (status, parts) = super::stage::answer(request).await;
    assert_eq!(status, 200, "{parts}");
    let body = |part: usize| serde_json::from_str::<Value>(parts[part]["body"].as_str().unwrap()).unwrap();
    assert_eq!((&body(0)["data"]["is_valid"], &body(0)["data"]["profile_id"]), (&json!(true), &json!(PAGE)));
    let app = body(1)["data"][0].clone();
    assert_eq!((&app["object"], &app["active"]), (&json!("page"), &json!(true)), "{app}");
    assert!(app["fields"].as_array().unwrap().contains(&json!({"name": "messages", "version": "v26.0"})), "{app}");
    let (_, requests) = stage.get("/_sim/requests").await;
    assert!(!requests.to_string().contains(TOKEN), "{requests}");
}

#[tokio::test]
async fn the_app_s_half_of_a_subscription_can_be_broken_and_a_field_refused() {
    let stage = Stage::new().await;
    let app = async || get_as(&stage, APP_TOKEN, "/v26.0/2233445566778899/subscriptions").await.1["data"].clone();
    for (change, expected) in [
        (json!({"callbackUrl": "https://other.example/hook"}), ("https://other.example/hook", true)),
        (json!({"active": false}), ("https://other.example/hook", false)),
    ] {
        stage.act("settings", json!({"appSubscription": change})).await;
        let told = app().await;
        assert_eq!((&told[0]["callback_url"], &told[0]["active"]), (&json!(expected.0), &json!(expected.1)), "{told}");
    }
    stage.act("settings", json!({"appSubscription": {"fields": ["messages"]}})).await;
    assert_eq!(app().await[0]["fields"].as_array().unwrap().len(), 1);
    stage.act("settings", json!({"appSubscription": {"exists": false}})).await;
    assert_eq!(app().await, json!([]));
    assert_eq!(codes(&get_as(&stage, TOKEN, "/v26.0/2233445566778899/subscriptions").await), (Some(15), None));

    stage.act("settings", json!({"refusedFields": ["feed"]})).await;
    let refused = stage.post("/v26.0/me/subscribed_apps", &json!({"subscribed_fields": "messages,feed"})).await;
    assert_eq!(codes(&refused), (Some(100), None));
    assert!(refused.1["error"]["message"].as_str().unwrap().contains("subscribed_fields[1]"), "{refused:?}");
    assert_eq!(codes(&stage.post("/v26.0/me/subscribed_apps", &json!({"subscribed_fields": "messages"})).await), GOOD);
}

#[tokio::test]
async fn each_kind_of_token_has_its_calls() {
    let stage = Stage::in_conversation().await;
    for (token, path, expected) in [
        (APP_TOKEN, "/v26.0/me", (Some(210), None)),
        (APP_TOKEN, "/v26.0/sticker_packs", GOOD),
        (APP_TOKEN, "/v26.0/sticker_packs/369239033222845/stickers", GOOD),
        (APP_TOKEN, "/v26.0/sticker_packs/1/stickers", (Some(100), Some(33))),
        (APP_TOKEN, "/v26.0/sticker_search?q=like", GOOD),
        (APP_TOKEN, "/v26.0/sticker_search?q=l", (Some(100), None)),
        (TOKEN, "/v26.0/sticker_packs", (Some(200), None)),
        ("2233445566778899|wrong", "/v26.0/sticker_packs", (Some(190), None)),
    ] {
        assert_eq!(codes(&get_as(&stage, token, path).await), expected, "{path}");
    }
    let (_, packs) = get_as(&stage, APP_TOKEN, "/v26.0/sticker_search?q=small").await;
    let id = packs["data"][0]["id"].as_str().unwrap();
    stage.sent(json!({"sticker_id": id.parse::<u64>().unwrap()})).await;
}

#[tokio::test]
async fn what_is_not_granted_is_refused() {
    let stage = Stage::in_conversation().await;
    let hi = json!({"recipient": {"id": PSID}, "message": {"text": "Hi"}});
    let agent = json!({"recipient": {"id": PSID}, "message": {"text": "Hi"}, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"});
    let product = json!({"recipient": {"id": PSID}, "message": {"attachment": {"type": "template", "payload": {
        "template_type": "product", "elements": [{"id": "501"}]}}}});
    let utility = json!({"recipient": {"id": PSID}, "messaging_type": "UTILITY",
        "message": {"template": {"name": "n", "language": {"code": "en_US"}}}});
    let upload =
        json!({"message": {"attachment": {"type": "image", "payload": {"url": "https://cdn.example.org/a.png"}}}});
    for (setting, path, request, expected) in [
        (json!({"scopes": []}), "/v26.0/me/messages", &hi, (Some(200), None)),
        (json!({"scopes": []}), "/v26.0/me/message_attachments", &upload, (Some(200), None)),
        (json!({"scopes": []}), "/v26.0/me/subscribed_apps", &json!({"subscribed_fields": "feed"}), (Some(200), None)),
        (
            json!({"scopes": ["pages_manage_metadata"]}),
            "/v26.0/me/subscribed_apps",
            &json!({"subscribed_fields": "messages"}),
            (Some(200), None),
        ),
        (json!({"scopes": ["pages_messaging"]}), "/v26.0/me/messages", &hi, GOOD),
        (json!({}), "/v26.0/me/messages", &product, (Some(200), None)),
        (json!({}), "/v26.0/me/messages", &utility, (Some(200), None)),
        (json!({"features": []}), "/v26.0/me/messages", &agent, (Some(10), None)),
        (json!({"features": ["human_agent"]}), "/v26.0/me/messages", &agent, GOOD),
        (json!({"restricted": true}), "/v26.0/me/messages", &hi, (Some(10), Some(1_893_063))),
        (json!({"restricted": false, "live": false}), "/v26.0/me/messages", &hi, (Some(200), Some(2_018_028))),
        (json!({"testers": [PSID]}), "/v26.0/me/messages", &hi, GOOD),
    ] {
        stage.act("settings", setting.clone()).await;
        let answer = stage.post(path, request).await;
        assert_eq!(codes(&answer), expected, "{setting} {path} {answer:?}");
    }
    let (_, settings) = stage.get("/_sim/settings").await;
    assert_eq!((&settings["settings"]["live"], &settings["settings"]["country"]), (&json!(false), &json!("US")));
    for wrong in [json!({"scope": []}), json!({"token": "lost"}), json!({"page": "9", "live": true})] {
        assert_ne!(stage.post("/_sim/settings", &wrong).await.0, 200, "{wrong}");
    }
}

#[tokio::test]
async fn each_rule_for_credentials_and_paths() {
    let other = Page {
        id: "2000000000000002".into(),
        access_token: "other-token".into(),
        require_appsecret_proof: true,
        ..page()
    };
    let stage = Stage::with(simulator().page(other)).await;
    let get = async |path: &str, token: Option<&str>| {
        let request = stage.http.get(format!("{}{path}", stage.sim.url()));
        let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
        let (_, body) = answer(request).await;
        (body["error"]["code"].as_i64(), body["error"]["error_subcode"].as_i64(), body["error"]["message"].to_string())
    };
    let wrong_proof = format!("/v26.0/me?appsecret_proof={}", "0".repeat(64));
    let foreign = format!("/v26.0/{PAGE}/subscribed_apps");
    let cases = [
        ("/v26.0/me", None, Some(2500), None, "An active access token"),
        (foreign.as_str(), None, Some(104), None, "An access token is required"),
        ("/v26.0/me", Some("wrong"), Some(190), None, "Invalid OAuth access token"),
        (wrong_proof.as_str(), Some(TOKEN), Some(100), None, "Invalid appsecret_proof"),
        ("/v26.0/me", Some("other-token"), Some(100), None, "require an appsecret_proof"),
        ("/v26.0/2000000000000002/messages", Some(TOKEN), Some(100), Some(33), "does not exist"),
        ("/v26.0/me?fields=nonsense", Some(TOKEN), Some(100), None, "nonexisting field (nonsense)"),
        ("/v26.0", Some(TOKEN), Some(2500), None, "Unknown path components"),
        ("/v28.0/me", Some(TOKEN), Some(2500), None, "Unknown path components"),
        ("/v20.0/me", Some(TOKEN), Some(2635), None, "deprecated version"),
        ("/v26.0/me?date_format=U", Some(TOKEN), Some(100), None, "date_format"),
    ];
    for (path, token, code, subcode, text) in cases {
        let (got_code, got_subcode, message) = get(path, token).await;
        assert_eq!((got_code, got_subcode), (code, subcode), "{path} {message}");
        assert!(message.contains(text), "{path} {message}");
    }
    for good in [format!("/v26.0/me?access_token={TOKEN}"), format!("/me?access_token={TOKEN}")] {
        assert_eq!(get(&good, None).await.0, None, "{good}");
    }
}
