//! Running a Page brings more secrets into the host; none of them comes out, but for the tokens that a sign-in is for.

use hyper::Method;
use serde_json::{Value, json};
use tests::{HostConfig, Run, Simulator, appsecret_proof, ids};

use crate::stage::Stage;

/// What a sign-in handles on its way, as Meta gave it: read off the simulator's own answers it would be left out, so the dialog's
/// code is kept by the test and the user's tokens are known by how they begin.
fn assert_silent(place: &str, said: &str, more: &[&str]) {
    let proof = appsecret_proof(ids::APP_SECRET, ids::PAGE_TOKEN);
    let app_token = format!("{}|{}", ids::APP, ids::APP_SECRET);
    let known = [ids::APP_SECRET, ids::PAGE_TOKEN, ids::VERIFY_TOKEN, ids::API_KEY, &proof, &app_token];
    for canary in known.iter().chain(more) {
        if let Some(at) = said.find(*canary) {
            let around: String = said.chars().skip(at.saturating_sub(200)).take(200).collect();
            panic!("a secret came out in {place}, after: {around}");
        }
    }
}

#[tokio::test]
async fn answers_logs_and_metrics_of_operations_are_silent() {
    let stage = Stage::with(|config| config.env("RUST_LOG", "trace")).await;
    stage.says("hello").await;
    let token = stage.sim.act("log-in", json!({})).await["accountLinkingToken"].as_str().unwrap().to_owned();
    let mut answers = Vec::new();
    for state in ["valid", "expired"] {
        stage.sim.act("settings", json!({"token": state})).await;
        let calls: [(Method, &str, Value); 9] = [
            (Method::POST, "connection/check", Value::Null),
            (Method::POST, "connection/repair", Value::Null),
            (Method::GET, "connection", Value::Null),
            (Method::GET, "profile", Value::Null),
            (Method::PUT, "profile/greeting", json!([{"locale": "default", "text": "Hi"}])),
            (
                Method::POST,
                "media",
                json!({"type": "image", "url": "https://cdn.example.org/a.jpg?sig=canarysignature"}),
            ),
            (Method::POST, "operations/listStickerPacks", json!({})),
            (Method::POST, "operations/getLinkedPerson", json!({"accountLinkingToken": token})),
            (Method::POST, "operations/createLabel", json!({"name": "VIP"})),
        ];
        for (method, what, body) in calls {
            answers.push(
                stage
                    .host
                    .channel(method, what, if body.is_null() { String::new() } else { body.to_string() })
                    .await
                    .everything(),
            );
        }
    }
    let fault = json!({"next": 20, "respond": {"status": 400, "body": {"error": {"code": 190, "type": "OAuthException",
        "message": format!("Malformed access token {} for {}", ids::PAGE_TOKEN, token)}}}});
    stage.sim.act("faults", fault).await;
    answers.push(stage.checks().await.to_string());
    answers.push(stage.host.operation("getLinkedPerson", json!({"accountLinkingToken": token})).await.everything());
    answers.push(stage.host.get("/api/v1/channels").await.everything());
    answers.push(stage.host.get("/metrics").await.everything());
    answers.push(json!(stage.host.events().await.into_iter().map(|event| event.data).collect::<Vec<_>>()).to_string());
    for answer in &answers {
        assert_silent("an answer", answer, &[&token]);
    }
    let stopped = stage.host.terminate().await;
    assert!(stopped.stderr.lines().count() > 10, "trace is on");
    assert_silent("the log", &stopped.stderr, &[&token, "canarysignature"]);
    for file in std::fs::read_dir(stopped.config.dir().join("data")).expect("a data directory").flatten() {
        if file.path().is_file() {
            let bytes = std::fs::read(file.path()).expect("a readable file");
            assert_silent("the store", &String::from_utf8_lossy(&bytes), &[&token]);
        }
    }
}

#[tokio::test]
async fn a_sign_in_gives_the_pages_tokens_and_tells_nobody_else() {
    let sim = Simulator::start().await;
    let config = HostConfig::with_simulator(&sim).env("LINKTOR_GRAPH_API_URL", &sim.url()).env("RUST_LOG", "trace");
    let host = config.serve().await;
    let app =
        json!({"app_id": ids::APP, "app_secret": ids::APP_SECRET, "redirect_uri": "https://linktor.example/back"});
    let begun = host.call(Method::POST, "/api/v1/oauth/facebook/login", app).await.expect_status(200).json();
    let (url, state) = (begun["login_url"].as_str().unwrap(), begun["state"].as_str().unwrap());
    assert_silent("the login address", url, &[]);
    let back = sim.request(Method::GET, url.strip_prefix(&sim.url()).unwrap(), "").await.expect_status(302);
    let code = back.header("location").split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let finished =
        host.call(Method::POST, "/api/v1/oauth/facebook/callback", json!({"state": state, "code": code})).await;
    let finished = finished.expect_status(200);
    assert!(finished.text().contains(ids::PAGE_TOKEN), "the answer is the one place for it");
    assert!(!finished.text().contains(ids::APP_SECRET) && !finished.text().contains(&code));
    assert!(!finished.text().replace(ids::PAGE_TOKEN, "").contains("EAA"), "no token of the person");
    assert_silent("metrics", &host.get("/metrics").await.text(), &[&code, state, "EAA"]);
    let stopped = host.terminate().await;
    assert!(stopped.stderr.lines().count() > 10, "trace is on");
    assert_silent("the log", &stopped.stderr, &[&code, state, "EAA"]);
}

#[tokio::test]
async fn the_commands_are_silent() {
    let sim = Simulator::start().await;
    let file = HostConfig::with_simulator(&sim).write();
    for state in ["valid", "expired"] {
        sim.act("settings", json!({"token": state})).await;
        for args in [
            &["connection", "check"][..],
            &["connection", "check", "--json"],
            &["connection", "repair"],
            &["profile", "show"],
            &["profile", "clear"],
            &["call", "facebook", "listLabels"],
            &["call", "facebook", "listStickerPacks"],
        ] {
            let ran = Run::new(args.iter().copied()).config(&file).env("RUST_LOG", "trace").run().await;
            assert_silent(&args.join(" "), &ran.everything(), &[]);
        }
    }
}
