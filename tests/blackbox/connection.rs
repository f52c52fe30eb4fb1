//! Whether the Page can work, told in an operator's words; and what goes on working when it cannot.

use hyper::Method;
use serde_json::{Value, json};
use tests::{HostConfig, Run, Simulator, ids};

use crate::stage::{Stage, assert_says, sentence};

/// The messages and hints of the problems.
fn problems(connection: &Value) -> String {
    let problems = connection["status"]["problems"].as_array().cloned().unwrap_or_default();
    let told = |issue: &Value, part: &str| issue[part].as_str().unwrap_or_default().to_owned();
    let lines: Vec<String> = problems.iter().map(|issue| told(issue, "message") + " " + &told(issue, "hint")).collect();
    lines.join("\n")
}

#[tokio::test]
async fn a_good_connection_says_whose_it_is_and_is_shown_with_the_channel() {
    let stage = Stage::new().await;
    let repaired = stage.host.channel(Method::POST, "connection/repair", "").await.expect_status(200).json();
    assert_eq!(repaired["state"], "ok", "{repaired:#}");
    let checked = stage.checks().await;
    assert_eq!((&checked["state"], &checked["status"]["accountId"]), (&json!("ok"), &json!(ids::PAGE)), "{checked:#}");
    assert_eq!(checked["status"]["accountName"], "Acme Support");
    assert_eq!(checked["status"]["credentials"]["valid"], true);
    for path in [String::new(), "/connection".to_owned()] {
        let shown = stage.host.get(&format!("/api/v1/channels/{}{path}", ids::CHANNEL)).await.expect_status(200).json();
        let connection = if path.is_empty() { &shown["connection"] } else { &shown };
        assert_eq!(connection["state"], "ok", "{shown:#}");
    }
    let fields = stage.sim.get("/v26.0/me/subscribed_apps").await["data"][0]["subscribed_fields"].to_string();
    let seed = ["messages", "messaging_postbacks", "messaging_optins", "message_deliveries", "message_reads"];
    for field in seed.into_iter().chain(["message_echoes", "messaging_handovers", "standby", "messaging_referrals"]) {
        assert!(fields.contains(&format!("\"{field}\"")), "{field} is not subscribed: {fields}");
    }
}

#[tokio::test]
async fn an_expired_token_is_named_and_inbound_goes_on() {
    let stage = Stage::in_conversation().await;
    let mut waiting = Vec::new();
    for (state, words) in [
        ("expired", &["Page Access Token has expired", "Regenerate the Page Access Token"][..]),
        ("password_changed", &["changed the password", "Regenerate"]),
        ("role_lost", &["no role on the Page"]),
        ("app_removed", &["has removed the app"]),
    ] {
        stage.sim.act("settings", json!({"token": state})).await;
        let checked = stage.checks().await;
        assert_eq!(checked["state"], "broken", "{state}: {checked:#}");
        assert_says(&problems(&checked), words);
        assert_eq!(checked["status"]["problems"][0]["action"], "reconnect");
        // Nothing is wrong with the message: it waits until the token is mended, and so does what comes after it.
        if waiting.is_empty() {
            let held = stage.sends("are you there?").await.expect_status(202).json();
            let why = &held["failure"];
            assert_eq!((&why["kind"], &why["action"]), (&json!("credentials"), &json!("reconnect")));
            assert_says(&sentence(why), words);
            waiting.push(held["id"].clone());
        }
        let text = format!("still heard while {state}");
        stage.says(&text).await;
        let heard = stage.events("message.received").await;
        assert_eq!(heard.last().unwrap().data["content"]["text"], text.as_str());
    }
    stage.host.get_without_key("/ready").await.expect_status(200);
    stage.sim.act("settings", json!({"token": "valid"})).await;
    let Stage { sim, host } = stage;
    let stage = Stage { sim, host: host.terminate().await.restart().await };
    stage.sends("and back again").await.expect_status(200);
    let id = waiting[0].as_str().expect("an id");
    let sent = stage.host.get(&format!("/api/v1/messages/{id}")).await.expect_status(200).json();
    assert_eq!(sent["status"], "sent", "{sent:#}");
}

#[tokio::test]
async fn a_missing_permission_is_named_in_the_guide_s_words() {
    let stage = Stage::in_conversation().await;
    let all = ["pages_messaging", "pages_manage_metadata", "pages_read_engagement"];
    for missing in all {
        let scopes: Vec<&str> = all.into_iter().filter(|scope| *scope != missing).collect();
        stage.sim.act("settings", json!({"scopes": scopes})).await;
        let checked = stage.checks().await;
        assert_eq!(checked["state"], "broken", "{missing}: {checked:#}");
        assert_says(&problems(&checked), &[missing, "missing"]);
        assert_eq!(checked["status"]["credentials"]["missing"], json!([missing]));
        for other in scopes {
            assert!(!problems(&checked).contains(&format!("`{other}`")), "{}", problems(&checked));
        }
    }
    stage.sim.act("settings", json!({"scopes": all[1..]})).await;
    let refused = stage.sends("hello?").await.expect_status(422).json();
    assert_eq!((&refused["kind"], &refused["action"]), (&json!("permission"), &json!("check_permissions")));
    assert_says(&sentence(&refused), &["pages_messaging"]);
}

#[tokio::test]
async fn a_lost_subscription_is_found_and_repaired() {
    let stage = Stage::new().await;
    stage.host.channel(Method::POST, "connection/repair", "").await.expect_status(200);
    stage.sim.request(Method::DELETE, "/v26.0/me/subscribed_apps", "").await.expect_status(200);
    let lost = stage.checks().await;
    assert_eq!(lost["state"], "broken", "{lost:#}");
    assert_says(&problems(&lost), &["not subscribed to the app", "none of its messages", "repair the connection"]);
    assert_eq!(lost["status"]["problems"][0]["action"], "repair_connection", "a dashboard has a button for it");
    stage.says("nobody hears this").await;
    assert!(stage.events("message.received").await.is_empty());

    let repaired = stage.host.channel(Method::POST, "connection/repair", "").await.expect_status(200).json();
    assert_eq!((&repaired["repaired"], &repaired["state"]), (&json!(true), &json!("ok")), "{repaired:#}");
    stage.says("and this is heard").await;
    assert_eq!(stage.events("message.received").await.len(), 1);
    let posted = stage.sim.verbs("/subscribed_apps").await.into_iter().filter(|verb| verb == "POST").count();
    let again = stage.host.channel(Method::POST, "connection/repair", "").await.expect_status(200).json();
    assert_eq!(again["repaired"], false, "there is nothing to repair");
    let after = stage.sim.verbs("/subscribed_apps").await.into_iter().filter(|verb| verb == "POST").count();
    assert_eq!(after, posted);
}

#[tokio::test]
async fn a_repair_takes_nothing_away() {
    for chosen in
        [&["feed", "leadgen", "mention"][..], &["messages", "inbox_labels"], &["message_template_status_update"]]
    {
        let stage = Stage::new().await;
        let path = format!("/v26.0/me/subscribed_apps?subscribed_fields={}", chosen.join(","));
        stage.sim.request(Method::POST, &path, "").await.expect_status(200);
        let repaired = stage.host.channel(Method::POST, "connection/repair", "").await.expect_status(200).json();
        assert_eq!((&repaired["repaired"], &repaired["state"]), (&json!(true), &json!("ok")), "{repaired:#}");
        let listed = stage.sim.get("/v26.0/me/subscribed_apps").await["data"][0]["subscribed_fields"].clone();
        let has = |field: &str| listed.as_array().is_some_and(|fields| fields.contains(&json!(field)));
        assert!(chosen.iter().all(|field| has(field)), "{chosen:?} is not all of {listed}");
        assert!(has("messages") && has("message_echoes"), "{listed}");
    }
}

#[tokio::test]
async fn an_end_that_is_near_is_a_warning_days_ahead() {
    let stage = Stage::new().await;
    stage.host.channel(Method::POST, "connection/repair", "").await.expect_status(200);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for (setting, days, word) in
        [("tokenExpiresAt", 3, "Page Access Token ends"), ("dataAccessExpiresAt", 5, "data ends")]
    {
        stage.sim.act("settings", json!({setting: now + days * 86_400 + 3600})).await;
        let checked = stage.checks().await;
        assert_eq!(checked["state"], "warning", "{checked:#}");
        assert_says(&checked["status"]["warnings"].to_string(), &[word, &format!("in {days} days")]);
        stage.sim.act("settings", json!({setting: null})).await;
    }
}

#[tokio::test]
async fn the_host_checks_on_its_own_when_it_starts() {
    let sim = Simulator::start().await;
    sim.act("settings", json!({"token": "expired"})).await;
    let host = HostConfig::with_simulator(&sim).server("check_connections", "6h").serve().await;
    // A check of ours waits for the one that is under way; what counts is that the state came without a repair.
    tests::within("the first check", async {
        loop {
            let known = host.channel(Method::GET, "connection", "").await.expect_status(200).json();
            if known["state"] == "broken" {
                break;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let metrics = host.get("/metrics").await.expect_status(200).text();
    assert!(
        metrics.lines().any(|line| line.contains("connection") && line.contains("broken") && line.ends_with(" 1")),
        "{metrics}"
    );
}

#[tokio::test]
async fn the_command_tells_it_and_its_exit_code_can_be_trusted() {
    let sim = Simulator::start().await;
    let app = json!({"callbackUrl": "https://linktor.example/webhooks/facebook"});
    sim.act("settings", json!({"appSubscription": app})).await;
    let file = HostConfig::with_simulator(&sim).write();
    let run = async |step: &str| Run::new(["connection", step]).config(&file).run().await;
    run("repair").await.expect_code(0);
    let good = run("check").await.expect_code(0);
    assert_says(&good.stdout, &["Acme Support"]);
    sim.request(Method::DELETE, "/v26.0/me/subscribed_apps", "").await.expect_status(200);
    let lost = run("check").await.expect_code(1);
    assert_says(&lost.stdout, &["repair the connection", "host-harness connection repair"]);
    run("repair").await.expect_code(0);
    sim.act("settings", json!({"token": "expired"})).await;
    let bad = run("check").await.expect_code(1);
    assert_says(&bad.everything(), &["Page Access Token has expired", "Regenerate"]);
    let json = Run::new(["connection", "check", "--json"]).config(&file).run().await.expect_code(1).json();
    assert_eq!((&json["state"], &json["channelId"]), (&json!("broken"), &json!(ids::CHANNEL)));
}

#[tokio::test]
async fn a_configuration_can_be_tried_before_it_is_saved() {
    let sim = Simulator::start().await;
    let host = HostConfig::with_simulator(&sim).serve().await;
    let mut tried = json!({"page_id": ids::PAGE, "page_access_token": ids::PAGE_TOKEN, "graph_api_url": sim.url()});
    let good = host.call(Method::POST, "/api/v1/channels/test-facebook", &tried).await.expect_status(200).json();
    assert_eq!(good["accountName"], "Acme Support", "{good:#}");
    sim.request(Method::DELETE, "/v26.0/me/subscribed_apps", "").await.expect_status(200);
    let unsubscribed =
        host.call(Method::POST, "/api/v1/channels/test-facebook", &tried).await.expect_status(200).json();
    assert_eq!(
        (&unsubscribed["state"], &unsubscribed["problems"]),
        (&json!("warning"), &json!([])),
        "{unsubscribed:#}"
    );
    assert_says(&unsubscribed["warnings"].to_string(), &["repair the connection"]);
    tried["page_access_token"] = "EAAwrong".into();
    // A dashboard takes every success for a good configuration, and shows `error.message` of all else.
    let bad = host.call(Method::POST, "/api/v1/channels/test-messenger", &tried).await.expect_status(422).json();
    assert_eq!((&bad["state"], &bad["code"]), (&json!("broken"), &json!("broken")), "{bad:#}");
    let first = &bad["problems"][0];
    for part in ["message", "hint"] {
        assert_says(bad["error"]["message"].as_str().unwrap(), &[first[part].as_str().unwrap()]);
    }
    assert!(!bad.to_string().contains("EAAwrong"));
    tried["page_id"] = "no id".into();
    let wrong = host.call(Method::POST, "/api/v1/channels/test-facebook", &tried).await.expect_status(422).json();
    assert_eq!(wrong["issues"][0]["pointer"], "/page_id", "{wrong:#}");
}
