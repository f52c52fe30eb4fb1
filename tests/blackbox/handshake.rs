//! The GET by which Meta makes sure that an address is the operator's.

use tests::{HostConfig, Reply, ids};

/// The query, as Meta sends it.
fn query(mode: &str, token: &str, challenge: &str) -> String {
    format!("hub.mode={mode}&hub.verify_token={token}&hub.challenge={challenge}")
}

async fn asked(query: &str) -> Reply {
    let host = HostConfig::alone().serve().await;
    host.get_without_key(&format!("/webhooks/facebook/{}?{query}", ids::CHANNEL)).await
}

#[tokio::test]
async fn the_challenge_comes_back_on_every_path() {
    let host = HostConfig::alone().serve().await;
    for prefix in ["/api/v1/webhooks", "/webhooks"] {
        for kind in ["facebook", "messenger"] {
            let query = query("subscribe", ids::VERIFY_TOKEN, "1158201444");
            let reply = host.get_without_key(&format!("{prefix}/{kind}/{}?{query}", ids::CHANNEL)).await;
            let reply = reply.expect_status(200);
            assert_eq!(reply.text(), "1158201444");
            assert!(reply.header("content-type").starts_with("text/plain"), "{}", reply.header("content-type"));
        }
    }
}

#[tokio::test]
async fn a_challenge_is_text_whatever_it_holds() {
    let reply =
        asked(&query("subscribe", ids::VERIFY_TOKEN, "%3Cscript%3Ea%20b%3C%2Fscript%3E")).await.expect_status(200);
    assert_eq!(reply.text(), "<script>a b</script>");
    assert!(reply.header("content-type").starts_with("text/plain"));
}

#[tokio::test]
async fn a_token_may_hold_any_character() {
    let host = HostConfig::alone().set("verify_token", "a b&c=d+ü%").serve().await;
    let query = query("subscribe", "a%20b%26c%3Dd%2B%C3%BC%25", "42");
    let reply = host.get_without_key(&format!("/webhooks/facebook/{}?{query}", ids::CHANNEL)).await;
    assert_eq!(reply.expect_status(200).text(), "42");
}

#[tokio::test]
async fn another_mode_is_refused() {
    for mode in ["unsubscribe", "SUBSCRIBE", ""] {
        asked(&query(mode, ids::VERIFY_TOKEN, "1")).await.expect_status(403);
    }
    asked(&format!("hub.verify_token={}&hub.challenge=1", ids::VERIFY_TOKEN)).await.expect_status(403);
}

#[tokio::test]
async fn another_token_is_refused_and_the_right_one_is_not_told() {
    let almost = &ids::VERIFY_TOKEN[..ids::VERIFY_TOKEN.len() - 1];
    for token in ["wrong", "", almost, "verify-me-20266", "VERIFY-ME-2026"] {
        let reply = asked(&query("subscribe", token, "challenge-4711")).await.expect_status(403);
        assert!(!reply.everything().contains(ids::VERIFY_TOKEN));
        assert!(!reply.everything().contains("challenge-4711"), "a challenge is only for who knows the token");
    }
}

#[tokio::test]
async fn a_missing_token_is_refused() {
    asked("hub.mode=subscribe&hub.challenge=1").await.expect_status(403);
    asked("").await.expect_status(403);
}

#[tokio::test]
async fn a_token_given_twice_is_refused() {
    let twice = format!("{}&hub.verify_token=wrong", query("subscribe", ids::VERIFY_TOKEN, "1"));
    asked(&twice).await.expect_status(403);
}

#[tokio::test]
async fn another_channel_is_not_found() {
    let host = HostConfig::alone().serve().await;
    let query = query("subscribe", ids::VERIFY_TOKEN, "1");
    for path in ["/webhooks/facebook/ch_none", "/webhooks/telegram/ch_facebook_123", "/api/v1/webhooks/"] {
        host.get_without_key(&format!("{path}?{query}")).await.expect_status(404);
    }
}

/// A host with this key of its channel empty refuses to start, and says which key.
async fn does_not_start(config: HostConfig, key: &str) {
    let refusal = config.try_serve().await.expect_err("a host with an empty secret must not start");
    assert_eq!(refusal.code, Some(1), "{refusal}");
    assert!(refusal.stderr.contains(key), "{refusal}");
    assert!(refusal.stdout.is_empty(), "{refusal}");
}

#[tokio::test]
async fn an_empty_secret_or_token_stops_the_host_at_the_start() {
    for key in ["verify_token", "app_secret", "page_access_token"] {
        does_not_start(HostConfig::alone().set(key, ""), key).await;
    }
    does_not_start(HostConfig::alone().server("api_key", ""), "api_key").await;
}

#[tokio::test]
async fn blanks_are_no_secret() {
    for key in ["verify_token", "app_secret", "page_access_token"] {
        does_not_start(HostConfig::alone().set(key, "   "), key).await;
    }
}

#[tokio::test]
async fn a_missing_secret_or_token_stops_the_host_at_the_start() {
    for key in ["verify_token", "app_secret", "page_access_token", "page_id"] {
        does_not_start(HostConfig::alone().without(key), key).await;
    }
}

#[tokio::test]
async fn a_secret_from_an_unset_variable_or_a_missing_file_stops_the_host() {
    let unset = serde_json::json!({"env": "LINKTOR_TEST_NOT_SET"});
    does_not_start(HostConfig::alone().set("verify_token", unset), "LINKTOR_TEST_NOT_SET").await;
    let missing = serde_json::json!({"file": "/nowhere/verify_token"});
    does_not_start(HostConfig::alone().set("verify_token", missing), "/nowhere/verify_token").await;
    let empty =
        HostConfig::alone().set("app_secret", serde_json::json!({"env": "EMPTY_SECRET"})).env("EMPTY_SECRET", "");
    does_not_start(empty, "app_secret").await;
}
