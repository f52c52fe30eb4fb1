//! The commands: data on standard output, everything else on standard error, an exit code that scripts can trust.

use serde_json::{Value, json};
use tests::json::{assert_includes, assert_same};
use tests::webhook::{body, postback, quick_reply, text};
use tests::{ChannelConfig, Graph, HostConfig, Ran, Run, ids, sign};

async fn run<'a>(args: impl IntoIterator<Item = &'a str>) -> Ran {
    Run::new(args).run().await
}

async fn normalize<'a>(args: impl IntoIterator<Item = &'a str>, body: impl Into<Vec<u8>>) -> Ran {
    Run::new(["normalize", "facebook"].into_iter().chain(args)).stdin(body).run().await
}

fn message(text: &str) -> Value {
    json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": text}})
}

#[tokio::test]
async fn plugins_lists_the_channel() {
    let table = run(["plugins"]).await.expect_code(0);
    assert!(table.stdout.contains("facebook"), "{}", table.stdout);
    let json = run(["plugins", "--json"]).await.expect_code(0).json();
    let all = json.to_string();
    assert!(all.contains("\"facebook\"") && all.contains("\"messenger\""), "{json:#}");
}

#[tokio::test]
async fn schema_draws_a_form_and_accepts_what_the_channel_accepts() {
    let schema = run(["schema", "facebook"]).await.expect_code(0).json();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(jsonschema::meta::is_valid(&schema), "{schema:#}");
    for key in ["name", "page_id", "page_access_token", "app_secret", "verify_token"] {
        let property = &schema["properties"][key];
        assert!(property["title"].is_string() && property["description"].is_string(), "{key}: {property:#}");
    }
    for key in ["page_access_token", "app_secret", "verify_token"] {
        let property = schema["properties"][key].to_string();
        assert!(property.contains("\"writeOnly\":true") && property.contains("\"password\""), "{key}: {property}");
    }
    let form = jsonschema::validator_for(&schema).expect("a schema");
    let mut config = json!({
        "name": "Facebook Support",
        "page_id": ids::PAGE,
        "page_access_token": ids::PAGE_TOKEN,
        "app_secret": ids::APP_SECRET,
        "verify_token": ids::VERIFY_TOKEN
    });
    assert!(form.is_valid(&config));
    config["app_secret"] = "".into();
    assert!(!form.is_valid(&config), "an empty secret");
    config.as_object_mut().unwrap().remove("app_secret");
    assert!(!form.is_valid(&config), "no secret");
}

#[tokio::test]
async fn schema_has_a_form_beside_it() {
    let ui = run(["schema", "facebook", "--ui"]).await.expect_code(0).json();
    assert!(ui.is_object() || ui.is_array(), "{ui:#}");
    assert!(ui.to_string().contains("page_access_token"), "{ui:#}");
}

#[tokio::test]
async fn an_unknown_channel_type_is_refused_with_the_known_ones() {
    for args in [["schema", "telegram"], ["normalize", "telegram"], ["denormalize", "telegram"]] {
        let ran = run(args).await.expect_code(1);
        assert!(ran.stderr.contains("telegram") && ran.stderr.contains("facebook"), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
}

#[tokio::test]
async fn wrong_usage_exits_2() {
    let wrong: [&[&str]; 7] = [
        &[],
        &["fly"],
        &["normalize"],
        &["schema", "facebook", "--loud"],
        &["events", "--after", "soon"],
        &["serve", "--config"],
        &["normalize", "facebook", "--signature"],
    ];
    for args in wrong {
        let ran = run(args.iter().copied()).await.expect_code(2);
        assert_eq!(ran.stdout, "", "{args:?}");
        assert!(!ran.stderr.is_empty(), "{args:?}");
    }
}

#[tokio::test]
async fn help_and_version_are_data() {
    let help = run(["--help"]).await.expect_code(0).stdout;
    for command in ["demo", "serve", "plugins", "schema", "check-config", "normalize", "denormalize", "send", "events"]
    {
        assert!(help.contains(command), "{help}");
    }
    assert!(!help.contains("discard-events"));
    assert!(run(["--version"]).await.expect_code(0).stdout.starts_with("host-harness "));
}

#[tokio::test]
async fn check_config_accepts_a_good_file() {
    let file = HostConfig::alone().write();
    Run::new(["check-config"]).path(file.path()).run().await.expect_code(0);
    let json = Run::new(["check-config", "--json"]).path(file.path()).run().await.expect_code(0).json();
    assert!(json.is_object() || json.is_array(), "{json:#}");
}

#[tokio::test]
async fn check_config_warns_of_a_version_that_is_over_or_not_there() {
    for (version, words) in [("v3.2", "is no longer one"), ("v20.0", "ended on 2026-09-24"), ("v99.0", "v27.0")] {
        let file = HostConfig::alone().set("graph_api_version", version).write();
        // It may still work: Meta can serve the oldest version that is left.
        let told = Run::new(["check-config"]).path(file.path()).run().await.expect_code(0);
        let warning = "warning: /channels/0/config/graph_api_version: ";
        assert!(told.stderr.contains(warning) && told.stderr.contains(words), "{version}: {}", told.stderr);
        assert!(told.stdout.contains("is good"), "{}", told.stdout);
        let json = Run::new(["check-config", "--json"]).path(file.path()).run().await.expect_code(0).json();
        assert_eq!((&json["ok"], json["issues"].as_array().map(Vec::len)), (&true.into(), Some(0)), "{json:#}");
        assert_eq!(json["warnings"][0]["pointer"], "/channels/0/config/graph_api_version", "{json:#}");
    }
    for version in ["v26.0", "v27.0"] {
        let file = HostConfig::alone().set("graph_api_version", version).write();
        let json = Run::new(["check-config", "--json"]).path(file.path()).run().await.expect_code(0).json();
        assert_eq!(json["warnings"].as_array().map(Vec::len), Some(0), "{json:#}");
    }
}

#[tokio::test]
async fn check_config_knows_what_may_become_of_what_comes_too_late() {
    for rule in ["warn", "refuse"] {
        let file = HostConfig::alone().channel("window", rule).write();
        let json = Run::new(["check-config", "--json"]).path(file.path()).run().await.expect_code(0).json();
        assert_eq!(json["warnings"].as_array().map(Vec::len), Some(0), "{json:#}");
    }
    let file = HostConfig::alone().channel("window", "ask").write();
    let told = Run::new(["check-config"]).path(file.path()).run().await.expect_code(1);
    let words = ["/channels/0/window", "must be \"warn\" or \"refuse\"", "the host does without this setting"];
    assert!(words.iter().all(|word| told.stderr.contains(word)), "{}", told.stderr);
}

#[tokio::test]
async fn check_config_notices_one_page_twice_and_channels_of_one_app() {
    let channel = |id: &str, page: &str| ChannelConfig::facebook(id).set("page_id", page);
    let other_app = |id: &str, page: &str| channel(id, page).set("app_secret", "another-app-s-secret-000000000001");
    for (channels, expected) in [
        (vec![channel("a", "1"), channel("b", "1")], vec![("/channels/1/config", "account_twice")]),
        (vec![channel("a", "1"), other_app("b", "1")], vec![("/channels/1/config", "account_twice")]),
        (
            vec![channel("a", "1"), channel("b", "2"), channel("c", "3"), other_app("d", "4")],
            vec![("/channels/1/config", "app_shared")],
        ),
        (vec![channel("a", "1"), other_app("b", "2")], vec![]),
    ] {
        let file = HostConfig::with_channels(channels).write();
        let json = Run::new(["check-config", "--json"]).path(file.path()).run().await.expect_code(0).json();
        let text = |issue: &Value, name: &str| issue[name].as_str().unwrap_or_default().to_owned();
        let told = json["warnings"].as_array().into_iter().flatten();
        let told: Vec<_> = told.map(|issue| (text(issue, "pointer"), text(issue, "code"))).collect();
        let expected: Vec<_> = expected.into_iter().map(|(at, code)| (at.to_owned(), code.to_owned())).collect();
        assert_eq!(told, expected, "{json:#}");
    }
}

#[tokio::test]
async fn check_config_tells_everything_that_is_wrong_at_once() {
    let file = HostConfig::alone().set("page_id", "").set("app_secret", "").without("verify_token").write();
    let table = Run::new(["check-config"]).path(file.path()).run().await.expect_code(1);
    let json = Run::new(["check-config", "--json"]).path(file.path()).run().await.expect_code(1).json();
    for key in ["page_id", "app_secret", "verify_token"] {
        assert!(table.everything().contains(key), "{key}: {table:?}");
        assert!(json.to_string().contains(key), "{key}: {json:#}");
    }
}

#[tokio::test]
async fn check_config_refuses_two_channels_with_one_id_and_an_unknown_type() {
    let channels = [ids::CHANNEL, ids::CHANNEL].map(ChannelConfig::facebook);
    let file = HostConfig::with_channels(channels).write();
    let twice = Run::new(["check-config"]).path(file.path()).run().await.expect_code(1);
    assert!(twice.everything().contains("/channels/1/id"), "{twice:?}");
    let file = HostConfig::alone().write();
    file.overwrite(&file.text().replace("type = \"facebook\"", "type = \"telegram\""));
    let unknown = Run::new(["check-config"]).path(file.path()).run().await.expect_code(1);
    assert!(unknown.everything().contains("telegram"), "{unknown:?}");
    let missing = run(["check-config", "/nowhere/linktor.toml"]).await.expect_code(1);
    assert!(missing.stderr.contains("/nowhere/linktor.toml"), "{missing:?}");
}

#[tokio::test]
async fn normalize_prints_one_event_a_line() {
    let input = body([text("m_1", "hello"), postback("m_2", "Go", "GO"), quick_reply("m_3", "Red", "RED")]);
    let lines = normalize([], input.clone()).await.expect_code(0).json_lines();
    let names: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["message.received", "facebook.postback", "facebook.quick_reply"]);
    assert_includes(&lines[0]["data"], &json!({"content": {"text": "hello"}, "metadata": {"mid": "m_1"}}));
    let array = normalize(["--array"], input).await.expect_code(0).json();
    assert_same(&array, &Value::from(lines));
}

#[tokio::test]
async fn normalize_names_the_channel_it_is_told() {
    let lines = normalize(["--channel-id", "ch_mine"], body([text("m_1", "hello")])).await.expect_code(0).json_lines();
    assert_eq!(lines[0]["data"]["channelId"], "ch_mine");
}

#[tokio::test]
async fn normalize_verifies_when_it_is_given_a_signature() {
    let input = body([text("m_1", "hello")]);
    let good = sign(ids::APP_SECRET, &input);
    let secret = ["--app-secret", ids::APP_SECRET, "--signature"];
    normalize(secret.into_iter().chain([good.as_str()]), input.clone()).await.expect_code(0);
    let bad = sign("guess", &input);
    let refused = normalize(secret.into_iter().chain([bad.as_str()]), input).await.expect_code(1);
    assert_eq!(refused.stdout, "");
}

#[tokio::test]
async fn normalize_refuses_what_is_no_webhook() {
    for input in ["", "hello", "[]", "{}", "{\"object\":"] {
        let refused = normalize([], input).await.expect_code(1);
        assert_eq!(refused.stdout, "", "for {input}");
        assert!(!refused.stderr.is_empty(), "for {input}");
    }
}

#[tokio::test]
async fn denormalize_prints_the_provider_s_requests() {
    let ran = Run::new(["denormalize", "facebook"]).stdin(message("hello").to_string()).run().await.expect_code(0);
    let requests = ran.json_lines();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["method"], "POST");
    assert!(requests[0]["path"].as_str().unwrap().ends_with("/messages"), "{requests:?}");
    let expected = json!({
        "recipient": {"id": ids::PERSON},
        "messaging_type": "RESPONSE",
        "message": {"text": "hello"}
    });
    assert_same(&requests[0]["body"], &expected);
}

#[tokio::test]
async fn denormalize_prints_the_issues_of_a_refusal() {
    let long = message(&"x".repeat(2001)).to_string();
    let refused = Run::new(["denormalize", "facebook"]).stdin(long).run().await.expect_code(1).json();
    assert_includes(&refused["issues"][0], &json!({"pointer": "/content/text", "limit": 2000, "actual": 2001}));
    for input in ["", "hello", "[]", "{}"] {
        let refused = Run::new(["denormalize", "facebook"]).stdin(input).run().await.expect_code(1);
        assert!(!refused.json()["issues"].as_array().unwrap().is_empty(), "for {input}: {refused:?}");
    }
}

#[tokio::test]
async fn send_prints_the_receipt_and_fails_with_the_reason() {
    let graph = Graph::start().await;
    graph.messages().ok("m_sent").error(10, 2_018_278, "(#10) This message is sent outside of allowed window.");
    let file = HostConfig::with_graph(&graph).write();
    let sent = Run::new(["send"]).config(&file).stdin(message("hello").to_string()).run().await.expect_code(0);
    let told = sent.json();
    assert_eq!((&told["status"], &told["receipts"][0]["messageId"]), (&json!("sent"), &json!("m_sent")));
    let refused = Run::new(["send"]).config(&file).stdin(message("hello").to_string()).run().await.expect_code(1);
    assert!(refused.stderr.contains("24 hours") && refused.stderr.contains("hint"), "{refused:?}");
    assert_eq!((&refused.json()["status"], &refused.json()["receipts"]), (&json!("failed"), &json!([])));
    assert_eq!(graph.sent().len(), 2);
    // As a host tells it.
    let events = Run::new(["events"]).config(&file).run().await.expect_code(0).json_lines();
    let statuses = events.iter().filter(|event| event["event"] == "message.status");
    let steps: Vec<_> = statuses.map(|event| (&event["data"]["sendId"], &event["data"]["status"])).collect();
    assert_eq!(steps, [(&told["id"], &json!("sent")), (&refused.json()["id"], &json!("failed"))]);
}

#[tokio::test]
async fn send_fills_in_names_as_the_server_does() {
    let graph = Graph::start().await;
    graph.person(ids::PERSON, "Ana", "Lima", "https://cdn.example.org/ana.jpg");
    let file = HostConfig::with_graph(&graph).write();
    let message = message("Hi {{user_first_name}}!").to_string();
    Run::new(["send"]).config(&file).stdin(message).run().await.expect_code(0);
    assert_eq!(graph.sent()[0]["message"]["text"], "Hi Ana!");
}

#[tokio::test]
async fn events_says_how_a_store_of_an_earlier_release_is_brought_up_to_date() {
    let config = HostConfig::alone().write();
    let data = config.dir().join("data");
    std::fs::create_dir(&data).unwrap();
    let earlier = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/store-18ca8b1/events.sqlite3");
    std::fs::copy(earlier, data.join("events.sqlite3")).unwrap();
    let refused = Run::new(["events"]).config(&config).run().await.expect_code(1);
    assert!(refused.stderr.contains("let a host of this release serve it once"), "{}", refused.stderr);
    assert_eq!(refused.stdout, "");
    let stopped = config.serve().await.terminate().await;
    let events = Run::new(["events"]).config(&stopped.config).run().await.expect_code(0);
    assert_eq!(events.json_lines().len(), 27);
}

#[tokio::test]
async fn events_prints_what_is_stored() {
    let host = HostConfig::alone().serve().await;
    host.deliver(body([text("m_1", "one"), text("m_2", "two"), text("m_3", "three")])).await.expect_status(200);
    let served = host.events().await;
    let stopped = host.terminate().await;
    let events =
        |args: &[&str]| Run::new(["events"].into_iter().chain(args.iter().copied())).config(&stopped.config).run();
    let all = events(&[]).await.expect_code(0).json_lines();
    assert_eq!(all.len(), 3);
    assert_eq!(all[0]["data"]["metadata"]["mid"], "m_1");
    let after = served[0].seq.to_string();
    let rest = events(&["--after", &after, "--limit", "1"]).await.expect_code(0).json_lines();
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0]["data"]["metadata"]["mid"], "m_2");
    assert_eq!(events(&["--channel", "ch_none"]).await.expect_code(0).stdout, "");
}

#[tokio::test]
async fn serve_prints_one_line_and_logs_elsewhere() {
    let host = HostConfig::alone().env("RUST_LOG", "debug").serve().await;
    host.deliver(body([text("m_1", "hello")])).await.expect_status(200);
    let stopped = host.terminate().await;
    assert_eq!(stopped.stdout.lines().count(), 1, "{}", stopped.stdout);
}

#[tokio::test]
async fn logs_may_be_json() {
    let host = HostConfig::alone().arg("--log-format").arg("json").env("RUST_LOG", "info").serve().await;
    host.deliver_with(&[], body([text("m_1", "hello")])).await.expect_status(401);
    let stopped = host.terminate().await;
    assert!(!stopped.stderr.is_empty());
    for line in stopped.stderr.lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object()), "{line}");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_a_clear_refusal() {
    let host = HostConfig::alone().serve().await;
    let address = host.address().to_string();
    let refusal = HostConfig::alone().arg("--listen").arg(&address).try_serve().await.expect_err("the port is taken");
    assert_eq!(refusal.code, Some(1), "{refusal}");
    assert!(refusal.stderr.contains(&address), "{refusal}");
}

#[tokio::test]
async fn what_is_sent_from_the_command_line_is_kept_and_a_running_host_is_asked() {
    let graph = Graph::start().await;
    let file = HostConfig::with_graph(&graph).write();
    let send = async |text: &str| Run::new(["send"]).config(&file).stdin(message(text).to_string()).run().await;
    let alone = send("alone").await.expect_code(0).json();
    let host = file.serve().await;
    let id = alone["id"].as_str().expect("an id");
    let kept = host.get(&format!("/api/v1/messages/{id}")).await.expect_status(200).json();
    assert_eq!((&kept["status"], &kept["content"]["text"]), (&json!("sent"), &json!("alone")));

    file.overwrite(&file.text().replace("127.0.0.1:0", &host.address().to_string()));
    let beside = send("beside").await.expect_code(0).json();
    let kept =
        host.get(&format!("/api/v1/messages/{}", beside["id"].as_str().expect("an id"))).await.expect_status(200);
    assert_eq!(kept.json()["receipts"], beside["receipts"]);
    let refused = send("").await.expect_code(1);
    assert_eq!(refused.json()["issues"][0]["pointer"], "/content/text");
    graph.messages().error(100, 2_018_001, "(#100) No matching user found");
    let failed = send("nobody").await.expect_code(1);
    crate::stage::assert_says(
        &failed.everything(),
        &["knows nobody with this id", "(#100) No matching user found", "hint:"],
    );
    assert_eq!(graph.sent().len(), 3);
}
