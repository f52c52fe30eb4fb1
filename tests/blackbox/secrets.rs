//! Secrets do not come out: not in answers, not in logs, not in metrics, not from commands.

use serde_json::{Value, json};
use tests::webhook::{body, text};
use tests::{Graph, HostConfig, HostProcess, Ran, Run, appsecret_proof, digest, ids, sign};

const APP_SECRET: &str = "canaryappsecret00000000000000001";
const OLD_SECRET: &str = "canaryoldsecret00000000000000002";
const PAGE_TOKEN: &str = "EAAcanarypagetoken0000000000003";
const VERIFY_TOKEN: &str = "canaryverifytoken00000000000004";
const API_KEY: &str = "canaryapikey0000000000000000000005";

/// The canaries and what is computed from them, with names.
fn canaries() -> Vec<(&'static str, String)> {
    vec![
        ("the app secret", APP_SECRET.to_owned()),
        ("the previous app secret", OLD_SECRET.to_owned()),
        ("the page token", PAGE_TOKEN.to_owned()),
        ("the verify token", VERIFY_TOKEN.to_owned()),
        ("the API key", API_KEY.to_owned()),
        ("the proof", appsecret_proof(APP_SECRET, PAGE_TOKEN)),
        ("an expected digest", digest(APP_SECRET, &sample("m_bad"))),
        ("an expected digest of the previous secret", digest(OLD_SECRET, &sample("m_bad"))),
    ]
}

fn sample(mid: &str) -> Vec<u8> {
    body([text(mid, "hello")])
}

#[track_caller]
fn assert_silent(place: &str, said: &str) {
    for (name, canary) in canaries() {
        if let Some(at) = said.find(&canary) {
            let around: String = said[..at].chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect();
            panic!("{name} came out in {place}, after: {around}");
        }
    }
}

fn config() -> HostConfig {
    HostConfig::alone()
        .set("app_secret", APP_SECRET)
        .set("previous_app_secret", OLD_SECRET)
        .set("page_access_token", PAGE_TOKEN)
        .set("verify_token", VERIFY_TOKEN)
        .server("api_key", API_KEY)
        .env("RUST_LOG", "trace")
}

fn message(text: &str) -> String {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": text}}).to_string()
}

/// A path, headers and a body.
type Post<'a> = (&'a str, &'a [(&'a str, &'a str)], Vec<u8>);

/// Asks the host for everything, in good ways and bad, and checks each answer.
async fn exercise(host: &HostProcess, graph: &Graph) {
    let bearer = format!("Bearer {API_KEY}");
    let with_key = [("authorization", bearer.as_str())];
    let webhook = format!("/webhooks/facebook/{}", ids::CHANNEL);
    let good = sign(APP_SECRET, &sample("m_good"));
    let bad = sign("guess", &sample("m_bad"));
    let signed = |signature| [("x-hub-signature-256", signature)];
    let no_json = sign(APP_SECRET, b"{no json");

    graph.person(ids::PERSON, "Ana", "Lima", "https://cdn.example.org/ana.jpg");
    graph.messages().ok("m_sent").reset();
    graph.messages().text(500, ("content-type", "text/plain"), &format!("access_token={PAGE_TOKEN}"));
    // The last one: it holds the channel.
    graph.messages().error(190, 463, &format!("Malformed access token {PAGE_TOKEN}"));

    let posts: [Post<'_>; 10] = [
        (&webhook, &signed(good.as_str()), sample("m_good")),
        (&webhook, &signed(bad.as_str()), sample("m_bad")),
        (&webhook, &signed("sha256=zz"), sample("m_bad")),
        (&webhook, &[], sample("m_bad")),
        (&webhook, &signed(no_json.as_str()), b"{no json".to_vec()),
        ("/api/v1/messages", &with_key, message("hello").into()),
        ("/api/v1/messages", &with_key, message("into a reset").into()),
        ("/api/v1/messages", &with_key, message("into a bad gateway").into()),
        ("/api/v1/messages", &with_key, message("with an expired token").into()),
        ("/api/v1/messages", &[("authorization", "Bearer wrong")], message("without a key").into()),
    ];
    let mut statuses = Vec::new();
    for (path, headers, body) in posts {
        let reply = host.request(hyper::Method::POST, path, headers, body).await;
        statuses.push(reply.status);
        assert_silent(&format!("the answer to POST {path}"), &reply.everything());
    }
    assert_eq!(statuses, [200, 401, 401, 401, 400, 200, 202, 202, 202, 401]);

    graph.received("the person's profile", |request| request.is_profile_of(ids::PERSON)).await;
    let right = format!("{webhook}?hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1");
    let wrong = format!("{webhook}?hub.mode=subscribe&hub.verify_token=guess&hub.challenge=1");
    for path in [&right, &wrong, "/health", "/ready", "/metrics", "/api/v1/events", "/api/v1/nothing"] {
        let reply = host.request(hyper::Method::GET, path, &with_key, Vec::new()).await;
        assert_silent(&format!("the answer to GET {path}"), &reply.everything());
    }
}

#[tokio::test]
async fn answers_and_logs_are_silent_about_them() {
    for format in ["text", "json"] {
        let graph = Graph::start().await;
        let config = config().graph(&graph);
        let config = if format == "json" { config.arg("--log-format").arg("json") } else { config };
        let host = config.serve().await;
        exercise(&host, &graph).await;
        let stopped = host.terminate().await;
        assert_eq!(stopped.code, Some(0));
        assert!(stopped.stderr.lines().count() > 10, "trace is on: {}", stopped.stderr);
        assert_silent(&format!("the {format} log"), &stopped.stderr);
        assert_silent("standard output", &stopped.stdout);
    }
}

#[tokio::test]
async fn the_store_holds_none_of_them() {
    let graph = Graph::start().await;
    let host = config().graph(&graph).serve().await;
    exercise(&host, &graph).await;
    let stopped = host.terminate().await;
    let data = stopped.config.dir().join("data");
    let mut files = 0;
    for file in std::fs::read_dir(&data).expect("a data directory") {
        let file = file.expect("a readable directory").path();
        let bytes = std::fs::read(&file).expect("a readable file");
        assert_silent(&file.display().to_string(), &String::from_utf8_lossy(&bytes));
        files += 1;
    }
    assert!(files > 0, "nothing in {}", data.display());
}

/// Checks the file for people and for programs.
async fn check(config: &HostConfig) -> Ran {
    let file = config.write();
    let told = Run::new(["check-config"]).path(file.path()).env("RUST_LOG", "trace").run().await;
    assert_silent("check-config", &told.everything());
    let told = Run::new(["check-config", "--json"]).path(file.path()).env("RUST_LOG", "trace").run().await;
    assert_silent("check-config --json", &told.everything());
    told
}

#[tokio::test]
async fn check_config_is_silent_about_them() {
    check(&config()).await.expect_code(0);
    let bad: [(&str, Value); 6] = [
        ("page_id", "not a number".into()),
        ("page_access_token", json!([PAGE_TOKEN])),
        ("app_secret", json!({"secret": APP_SECRET})),
        ("verify_token", json!({"env": VERIFY_TOKEN, "file": VERIFY_TOKEN})),
        ("page_access_token", format!("  {PAGE_TOKEN}\n").into()),
        ("app_secrt", APP_SECRET.into()),
    ];
    for (key, value) in bad {
        check(&config().set(key, value)).await;
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_as_toml_is_not_quoted() {
    let whole = config().write().text();
    let broken = [
        whole.replace(&format!("\"{APP_SECRET}\""), &format!("\"{APP_SECRET}")),
        whole.replace(&format!("\"{PAGE_TOKEN}\""), PAGE_TOKEN),
        whole.replace(&format!("\"{API_KEY}\""), &format!("[\"{API_KEY}\"]")),
        format!("{whole}\napp_secret = \"{APP_SECRET}\"\napp_secret = \"{APP_SECRET}\"\n"),
    ];
    for text in broken {
        assert_ne!(text, whole);
        let file = config().write();
        file.overwrite(&text);
        let checked = Run::new(["check-config"]).path(file.path()).run().await.expect_code(1);
        assert_silent("check-config", &checked.everything());
        let served = Run::new(["serve"]).config(&file).run().await.expect_code(1);
        assert_silent("serve", &served.everything());
    }
}

#[tokio::test]
async fn send_and_events_are_silent_about_them() {
    let graph = Graph::start().await;
    graph.messages().ok("m_1").error(190, 463, &format!("Malformed access token {PAGE_TOKEN}"));
    let file = config().graph(&graph).write();
    Run::new(["send"]).config(&file).stdin(message("hello")).run().await.expect_code(0);
    let failed = Run::new(["send"]).config(&file).stdin(message("hello")).run().await.expect_code(1);
    assert_silent("send", &failed.everything());
    let listed = Run::new(["events"]).config(&file).run().await;
    assert_silent("events", &listed.everything());
}

#[tokio::test]
async fn normalize_is_silent_about_the_secret_it_verifies_with() {
    let run = |signature: &str| {
        Run::new(["normalize", "facebook", "--app-secret", APP_SECRET, "--signature", signature])
            .env("RUST_LOG", "trace")
            .stdin(sample("m_bad"))
            .run()
    };
    let refused = run(&sign("guess", &sample("m_bad"))).await.expect_code(1);
    assert_silent("normalize", &refused.everything());
}
