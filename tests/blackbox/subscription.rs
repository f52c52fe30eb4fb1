//! What a Page gets: chosen, lost and made again, ended, refused in part, delivered elsewhere.

use hyper::Method;
use serde_json::{Value, json};
use tests::{ChannelConfig, Graph, HostConfig, HostProcess, Run, Simulator, appsecret_proof, ids};

use crate::stage::{Stage, assert_says, sentence};

const HERE: &str = "http://127.0.0.1:4711";

/// A simulator whose app delivers to this host, and whose Page has lost its subscription.
async fn lost() -> Simulator {
    let sim = Simulator::start().await;
    let url = format!("{HERE}/webhooks/facebook/{}", ids::CHANNEL);
    sim.act("pages", json!({"id": ids::PAGE, "webhookUrl": url, "subscribedFields": []})).await;
    sim
}

fn watching(sim: &Simulator) -> HostConfig {
    HostConfig::with_simulator(sim).server("check_connections", "6h").server("public_url", HERE)
}

/// What the host knows, as soon as its first check is over.
async fn first_check(host: &HostProcess) -> Value {
    tests::within("the first check", async {
        loop {
            let known = host.channel(Method::GET, "connection", "").await.expect_status(200).json();
            if known["state"] != "unknown" {
                return known;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

async fn posts(sim: &Simulator) -> usize {
    sim.verbs("/subscribed_apps").await.into_iter().filter(|verb| verb == "POST").count()
}

async fn fields(sim: &Simulator) -> Vec<String> {
    let apps = sim.get("/v26.0/me/subscribed_apps").await["data"].take();
    serde_json::from_value(apps[0]["subscribed_fields"].clone()).unwrap_or_default()
}

fn codes(connection: &Value, list: &str) -> Vec<String> {
    let issues = connection["status"][list].as_array().cloned().unwrap_or_default();
    issues.iter().map(|issue| issue["code"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_lost_subscription_mends_itself_once_an_hour_restarts_included() {
    let sim = lost().await;
    let host = watching(&sim).serve().await;
    let known = first_check(&host).await;
    assert_eq!((&known["state"], posts(&sim).await), (&json!("ok"), 1), "{known:#}");
    assert!(fields(&sim).await.contains(&"message_echoes".to_owned()));
    let metrics = host.get("/metrics").await.expect_status(200).text();
    let counted = format!("linktor_channel_subscription_repairs_total{{channel_id=\"{}\"}} 1", ids::CHANNEL);
    assert_says(&metrics, &[&counted]);
    let log = host.log();
    assert_eq!(log.matches("made again").count(), 1, "{log}");
    assert!(!log.contains("the connection is broken"), "it is told in one line: {log}");

    sim.request(Method::DELETE, "/v26.0/me/subscribed_apps", "").await.expect_status(200);
    let again = host.terminate().await.restart().await;
    assert_eq!(first_check(&again).await["state"], "broken", "not twice in an hour");
    assert_eq!(posts(&sim).await, 1);
}

#[tokio::test]
async fn it_is_left_where_that_is_configured_and_where_meta_delivers_to_another_host_or_nowhere() {
    for (config, app, told) in [
        (json!(false), json!({}), None),
        (json!("false"), json!({}), None),
        (
            json!(true),
            json!({"callbackUrl": "https://chatwoot.example/bot?secret=1"}),
            Some("facebook.callback_elsewhere"),
        ),
        (json!(true), json!({"exists": false}), Some("facebook.app_not_subscribed")),
    ] {
        let sim = lost().await;
        sim.act("settings", json!({"appSubscription": app})).await;
        let host = watching(&sim).set("repair", config.clone()).serve().await;
        let known = first_check(&host).await;
        assert_eq!((&known["state"], posts(&sim).await), (&json!("broken"), 0), "{config} {app}: {known:#}");
        let mut of_app = codes(&known, "warnings").into_iter().chain(codes(&known, "problems"));
        let of_app =
            of_app.find(|code| ["facebook.callback_elsewhere", "facebook.app_not_subscribed"].contains(&&**code));
        assert_eq!(of_app.as_deref(), told, "{known:#}");
        // Somebody who asks for it gets it.
        host.channel(Method::POST, "connection/repair", "").await.expect_status(200);
        assert_eq!(posts(&sim).await, 1);
    }
}

#[tokio::test]
async fn what_was_ended_stays_so_over_restarts_until_a_repair() {
    let sim = lost().await;
    // Asked for by hand, so that nothing was mended in the last hour.
    let file = watching(&sim).server("check_connections", "off").write();
    let host = file.serve().await;
    host.channel(Method::POST, "connection/repair", "").await.expect_status(200);
    let ended = host.channel(Method::POST, "connection/unsubscribe", "").await.expect_status(200).json();
    assert_eq!((&ended["unsubscribed"], &ended["state"]), (&json!(true), &json!("broken")), "{ended:#}");
    assert!(ended["unsubscribedAt"].is_string(), "{ended:#}");
    assert_eq!(fields(&sim).await, Vec::<String>::new());
    let stopped = host.kill().await;
    file.overwrite(&file.text().replace("\"off\"", "\"6h\""));

    let host = stopped.restart().await;
    let known = first_check(&host).await;
    assert_eq!((&known["state"], posts(&sim).await), (&json!("broken"), 1), "{known:#}");
    assert_eq!(known["unsubscribedAt"], ended["unsubscribedAt"]);
    let repaired = host.channel(Method::POST, "connection/repair", "").await.expect_status(200).json();
    assert_eq!((&repaired["state"], repaired.get("unsubscribedAt")), (&json!("ok"), None), "{repaired:#}");

    sim.request(Method::DELETE, "/v26.0/me/subscribed_apps", "").await.expect_status(200);
    let again = host.terminate().await.restart().await;
    assert_eq!(first_check(&again).await["state"], "ok", "from then on it mends itself again");
}

#[tokio::test]
async fn what_was_ended_stays_so_although_the_answer_was_lost() {
    let sim = lost().await;
    let file = watching(&sim).server("check_connections", "off").write();
    let host = file.serve().await;
    host.channel(Method::POST, "connection/repair", "").await.expect_status(200);
    let order = json!({"path": "/subscribed_apps", "method": "DELETE", "reset": true, "carryOut": true});
    sim.act("faults", order).await;
    let told = host.channel(Method::POST, "connection/unsubscribe", "").await;
    assert!(told.status >= 500, "{}", told.text());
    let told = told.json();
    assert_eq!(told["retry"]["advice"], "if_idempotent", "{told:#}");
    assert_says(&sentence(&told), &["check the connection"]);
    assert!(!told.to_string().contains("echo"), "{told:#}");
    assert_eq!(fields(&sim).await, Vec::<String>::new());
    let stopped = host.kill().await;
    file.overwrite(&file.text().replace("\"off\"", "\"6h\""));

    let known = first_check(&stopped.restart().await).await;
    assert_eq!((&known["state"], posts(&sim).await), (&json!("broken"), 1), "{known:#}");
    assert!(known["unsubscribedAt"].is_string(), "{known:#}");
}

#[tokio::test]
async fn the_command_ends_a_subscription_beside_a_running_host_and_without_one() {
    let sim = lost().await;
    let file = watching(&sim).server("check_connections", "off").write();
    let run = async |step: &str| Run::new(["connection", step]).config(&file).run().await;
    run("repair").await.expect_code(0);
    let ended = run("unsubscribe").await.expect_code(0);
    assert_says(&ended.stdout, &[ids::CHANNEL, "ended", "connection repair"]);
    let checked = run("check").await.expect_code(1).stdout;
    assert_says(&checked, &["ended", "connection unsubscribe", "nothing is delivered"]);
    assert!(!checked.contains("webhooks fail"), "a cause that it was not: {checked}");
    run("repair").await.expect_code(0);
    let json = Run::new(["connection", "unsubscribe", "--json"]).config(&file).run().await.expect_code(0).json();
    assert_eq!((&json["unsubscribed"], &json["channelId"]), (&json!(true), &json!(ids::CHANNEL)));

    let host = file.serve().await;
    let unknown = run("repair").await.expect_code(1);
    assert_says(&unknown.everything(), &["does not answer", "/connection/repair"]);
    file.overwrite(&file.text().replace("127.0.0.1:0", &host.address().to_string()));
    run("repair").await.expect_code(0);
    assert!(!fields(&sim).await.is_empty());
    run("unsubscribe").await.expect_code(0);
    assert_eq!(fields(&sim).await, Vec::<String>::new());
    let known = host.channel(Method::GET, "connection", "").await.expect_status(200).json();
    assert!(known["unsubscribedAt"].is_string(), "{known:#}");
}

#[tokio::test]
async fn a_subscription_that_another_channel_needs_is_not_ended() {
    let sim = lost().await;
    let channel = |id: &str| ChannelConfig::facebook(id).set("graph_api_url", sim.url()).set("app_id", ids::APP);
    let other_app = channel("ch_other_app").set("app_secret", "another-app-s-secret");
    let config = HostConfig::with_channels([channel(ids::CHANNEL), channel("ch_again"), other_app]);
    let config = config.server("check_connections", "off");
    let host = config.serve().await;
    let refused = host.channel(Method::POST, "connection/unsubscribe", "").await.expect_status(422).json();
    assert_eq!(refused["code"], "connection.needed_by_another_channel", "{refused:#}");
    assert_says(&sentence(&refused), &["ch_again", "first"]);
    assert!(sim.verbs("/subscribed_apps").await.is_empty(), "nothing was asked of Meta");
    let file = config.write();
    let run = Run::new(["connection", "unsubscribe", "--channel", "ch_again"]).config(&file).run().await;
    assert_says(&run.expect_code(1).everything(), &[ids::CHANNEL, "same account"]);
}

#[tokio::test]
async fn a_field_that_meta_refuses_is_named_and_costs_no_other() {
    let sim = lost().await;
    sim.act("settings", json!({"refusedFields": ["feed"]})).await;
    let chosen = json!(["messages", "feed", "messageEchoes", "inbox_labels"]);
    let file = watching(&sim).set("subscribe", chosen).server("check_connections", "off").write();
    let host = file.serve().await;
    let repaired = host.channel(Method::POST, "connection/repair", "").await.expect_status(200).json();
    assert_eq!((&repaired["repaired"], &repaired["state"]), (&json!(true), &json!("warning")), "{repaired:#}");
    assert_eq!(repaired["warnings"][0]["code"], "facebook.field_refused", "{repaired:#}");
    assert_says(&repaired["warnings"].to_string(), &["`feed`", "a list without feed", "/subscribe"]);
    let again = repaired["status"]["warnings"].to_string();
    assert!(again.contains("subscription_incomplete") && !again.contains("repair_connection"), "{again}");
    assert_eq!(fields(&sim).await, ["messages", "message_echoes", "inbox_labels"]);
    assert_eq!(repaired["status"]["subscription"]["missing"], json!(["feed"]));

    sim.request(Method::POST, "/v26.0/me/subscribed_apps?subscribed_fields=leadgen", "").await.expect_status(200);
    let told = Run::new(["connection", "repair"]).config(&file).run().await.expect_code(0);
    assert_says(&told.stdout, &["repaired", "refused", "`feed`"]);
    assert_eq!(fields(&sim).await, ["leadgen", "messages", "message_echoes", "inbox_labels"]);
    let json = Run::new(["connection", "repair", "--json"]).config(&file).run().await.expect_code(0).json();
    assert_eq!((&json["repaired"], &json["warnings"][0]["code"]), (&json!(false), &json!("facebook.field_refused")));
}

#[tokio::test]
async fn the_app_s_half_is_told_with_whose_address_it_is() {
    let stage = Stage::with(|config| config.server("public_url", HERE)).await;
    stage.host.channel(Method::POST, "connection/repair", "").await.expect_status(200);
    for (app, code, words) in [
        (json!({"callbackUrl": format!("{HERE}/webhooks/facebook")}), None, &[][..]),
        (
            json!({"callbackUrl": format!("{HERE}/webhook/facebok")}),
            Some("facebook.callback_path"),
            &["to no webhook here", HERE],
        ),
        (
            json!({"callbackUrl": "https://old.example/hook?secret=canary"}),
            Some("facebook.callback_elsewhere"),
            &["another host's", "https://old.example/hook", HERE],
        ),
        (
            json!({"callbackUrl": format!("{HERE}/webhooks/facebook"), "fields": ["messages"]}),
            Some("facebook.app_fields_missing"),
            &["message_echoes", "tick"],
        ),
        (json!({"fields": null, "active": false}), Some("facebook.app_webhook_inactive"), &["not active"]),
        (json!({"exists": false}), Some("facebook.app_not_subscribed"), &["no callback URL", "verify token"]),
    ] {
        stage.sim.act("settings", json!({"appSubscription": app})).await;
        let checked = stage.checks().await;
        let told = codes(&checked, "problems").into_iter().chain(codes(&checked, "warnings"));
        assert_eq!(told.collect::<Vec<_>>(), code.into_iter().collect::<Vec<_>>(), "{app}: {checked:#}");
        assert_says(&checked["status"].to_string(), words);
        assert!(!checked.to_string().contains("canary"), "{checked:#}");
    }
}

#[tokio::test]
async fn what_can_be_read_and_is_not_asked_for_is_a_note_that_alarms_nobody() {
    let stage = Stage::new().await;
    stage.host.channel(Method::POST, "connection/repair", "").await.expect_status(200);
    let checked = stage.checks().await;
    assert_eq!(checked["state"], "ok", "{checked:#}");
    assert_eq!(codes(&checked, "notes"), ["facebook.fields_available"]);
    assert_says(&checked["status"]["notes"].to_string(), &["feed", "inbox_labels", "message_template_status_update"]);
    let schema = Run::new(["schema", "facebook"]).run().await.expect_code(0).json();
    let offered = schema["properties"]["subscribe"]["items"]["oneOf"].as_array().unwrap();
    let available = checked["status"]["subscription"]["available"].as_array().unwrap();
    for field in available {
        assert!(offered.iter().any(|choice| choice["const"] == *field), "{field} is not offered");
    }
    assert_eq!(schema["properties"]["repair"]["default"], true);
}

#[tokio::test]
async fn a_choice_of_webhooks_is_checked_before_it_is_used() {
    let check = async |subscribe: Value| {
        let file = HostConfig::alone().set("subscribe", subscribe).write();
        Run::new(["check-config"]).path(file.path()).run().await
    };
    let refused = check(json!(["messages", "mesages", "messages"])).await.expect_code(1).everything();
    let at = "/channels/0/config/subscribe";
    assert_says(&refused, &[&format!("{at}/1"), "message_echoes", &format!("{at}/2"), "once"]);
    let warned = check(json!(["feed", "mention"])).await.expect_code(0).everything();
    assert_says(&warned, &[at, "messages"]);
    for good in [json!(["messages"]), json!("messages,feed"), json!([]), json!("")] {
        assert!(!check(good.clone()).await.expect_code(0).everything().contains(at), "{good}");
    }
}

#[tokio::test]
async fn no_address_holds_a_token_or_a_secret() {
    const TOKEN: &str = "EAAcanarytoken000000000000000000007";
    const SECRET: &str = "canarysecret00000000000000000000008";
    let graph = Graph::start().await;
    let config = HostConfig::with_graph(&graph).set("page_access_token", TOKEN).set("app_secret", SECRET);
    let host = config.set("app_id", ids::APP).server("check_connections", "off").serve().await;
    for step in ["check", "repair", "unsubscribe"] {
        drop(host.channel(Method::POST, &format!("connection/{step}"), "").await);
    }
    let requests = graph.requests();
    let asked = |request: &tests::GraphRequest| request.body.to_string().contains(TOKEN);
    assert!(requests.iter().any(asked), "the token is asked about, in a body: {requests:#?}");
    for request in &requests {
        let address = format!("{}?{}", request.path, request.query);
        for canary in [TOKEN, SECRET] {
            assert!(!address.contains(canary), "{} {address}", request.method);
        }
        // What stands there proves the token to whoever has the secret, and tells neither.
        let proofs = [appsecret_proof(SECRET, TOKEN), appsecret_proof(SECRET, &format!("{}|{SECRET}", ids::APP))];
        assert!(proofs.iter().any(|proof| request.query.contains(proof)), "{} {address}", request.method);
    }
}
