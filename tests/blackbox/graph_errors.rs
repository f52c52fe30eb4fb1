//! When the Graph API says no, says nothing, or is not there.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tests::{Graph, HostConfig, HostProcess, Reply, Run, ids};

const WINDOW: &str = "(#10) This message is sent outside of allowed window.";

fn message(to: &str) -> Value {
    json!({"channelId": ids::CHANNEL, "to": to, "content": {"type": "text", "text": "hello"}})
}

async fn send(host: &HostProcess) -> Reply {
    host.send(message(ids::PERSON)).await
}

/// Sends a message, waits until its first attempt has ended, and answers how the message stands then and why the attempt failed.
async fn failure_of(host: &HostProcess, message: Value, key: &str) -> (String, Value) {
    // To ask with the same key is to wait on.
    let ask = async || host.send_for(30, &[("idempotency-key", key)], &message).await.json()["id"].clone();
    loop {
        let id = ask().await;
        let told = host.get(&format!("/api/v1/messages/{}", id.as_str().expect("it is kept"))).await.json();
        if told["attempts"][0]["endedAt"].is_string() {
            let error = told["attempts"][0]["failure"].clone();
            for part in ["code", "message", "hint"] {
                assert!(error[part].as_str().is_some_and(|text| !text.is_empty()), "no {part} in {told}");
            }
            return (told["status"].as_str().unwrap_or_default().to_owned(), error);
        }
    }
}

/// The same to the usual person.
async fn failure(host: &HostProcess) -> (String, Value) {
    failure_to(host, ids::PERSON).await
}

async fn failure_to(host: &HostProcess, person: &str) -> (String, Value) {
    static KEYS: AtomicUsize = AtomicUsize::new(0);
    failure_of(host, message(person), &format!("key-{}", KEYS.fetch_add(1, Ordering::Relaxed))).await
}

fn advice(error: &Value) -> &str {
    error["retry"]["advice"].as_str().unwrap_or_default()
}

/// What the caller reads says that the message may have arrived.
fn assert_may_have_been_sent(error: &Value) {
    assert_eq!((advice(error), &error["action"]), ("if_idempotent", &json!("check_outcome")), "{error}");
    let told = format!("{} {}", error["message"], error["hint"]);
    assert!(told.contains("may have been"), "{told}");
}

#[tokio::test]
async fn a_closed_window_is_told_with_meta_s_codes_and_a_way_on() {
    let graph = Graph::start().await;
    graph.messages().error(10, 2_018_278, WINDOW);
    let host = HostConfig::with_graph(&graph).serve().await;
    let (_, error) = failure(&host).await;
    assert_eq!(error["provider"]["code"], 10);
    assert_eq!(error["provider"]["subcode"], 2_018_278);
    assert_eq!(error["provider"]["traceId"], "AbCdEfGhIjK");
    assert_eq!((advice(&error), &error["action"]), ("never", &json!("wait_for_person")));
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn meta_s_code_is_read_before_the_status() {
    let codes = [(10, 2_018_278), (190, 463), (4, 0), (551, 1_545_041), (100, 2_018_001)];
    for (code, subcode) in codes {
        let graph = Graph::start().await;
        let mut seen = HashSet::new();
        for status in [400, 401, 403, 404, 500, 503, 200] {
            // What is held because of one answer shall not wait with the next.
            let host = HostConfig::with_graph(&graph).serve().await;
            graph.messages().error_with_status(status, code, subcode, "whatever it says");
            let (stands, error) = failure(&host).await;
            seen.insert((stands == "failed", error["code"].to_string(), advice(&error).to_owned()));
        }
        assert_eq!(seen.len(), 1, "{code}/{subcode} with one status means this, with another that: {seen:?}");
    }
}

#[tokio::test]
async fn different_troubles_have_different_codes() {
    let graph = Graph::start().await;
    let mut codes = HashSet::new();
    let troubles = [(10, 2_018_278), (190, 463), (4, 0), (551, 1_545_041), (200, 2_018_028), (100, 2_018_008)];
    for (code, subcode) in troubles {
        let host = HostConfig::with_graph(&graph).serve().await;
        graph.messages().error(code, subcode, "whatever it says");
        codes.insert(failure(&host).await.1["code"].to_string());
    }
    assert_eq!(codes.len(), troubles.len(), "{codes:?}");
}

#[tokio::test]
async fn a_rate_limit_is_tried_again_and_an_expired_token_holds_the_channel() {
    let graph = Graph::start().await;
    graph.messages().error(613, 0, "(#613) Calls to this api have exceeded the rate limit.");
    let host = HostConfig::with_graph(&graph).serve().await;
    let (_, limited) = failure(&host).await;
    assert_eq!((advice(&limited), &limited["action"]), ("safe", &json!("retry_later")), "{limited}");
    let host = HostConfig::with_graph(&graph).serve().await;
    graph.messages().error(190, 463, "expired").error(190, 463, "expired").error(190, 463, "expired");
    let (stands, expired) = failure(&host).await;
    assert_eq!((advice(&expired), &expired["action"]), ("never", &json!("reconnect")), "{expired}");
    assert_eq!(stands, "pending", "our token is not the message's mistake");
}

#[tokio::test]
async fn what_was_surely_not_sent_is_tried_again_by_itself() {
    let graph = Graph::start().await;
    graph.messages().error(613, 0, "too many").error(613, 0, "too many").ok("m_third");
    let host = HostConfig::with_graph(&graph).serve().await;
    let sent = host.send_for(30, &[], message(ids::PERSON)).await.expect_status(200).json();
    assert_eq!(sent["receipts"][0]["messageId"], "m_third");
    let told = host.get(&format!("/api/v1/messages/{}", sent["id"].as_str().unwrap())).await.json();
    let attempts = told["attempts"].as_array().expect("attempts");
    assert_eq!(attempts.len(), 3, "{told:#}");
    assert!(attempts.iter().all(|attempt| attempt["requests"][0]["body"]["message"]["text"] == "hello"), "{told:#}");
    assert_eq!(attempts[2]["receipts"][0]["messageId"], "m_third");
}

#[tokio::test]
async fn an_answer_that_is_not_meta_s_is_no_success() {
    let graph = Graph::start().await;
    let html = ("content-type", "text/html");
    graph.messages().text(502, html, "<h1>Bad Gateway</h1>").text(200, html, "<h1>Welcome</h1>").text(200, html, "");
    graph.messages().json(json!({})).json(json!([])).json(Value::Null);
    let host = HostConfig::with_graph(&graph).serve().await;
    for _ in 0..6 {
        let (stands, error) = failure(&host).await;
        assert_eq!(stands, "unknown", "{error}");
        assert_may_have_been_sent(&error);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let graph = Graph::start().await;
    let elsewhere = format!("{}/elsewhere", graph.url());
    for status in [301, 302, 303, 307, 308] {
        graph.messages().text(status, ("location", &elsewhere), "");
    }
    let host = HostConfig::with_graph(&graph).serve().await;
    for _ in 0..5 {
        failure(&host).await;
    }
    assert!(graph.requests().iter().all(|request| request.path != "/elsewhere"), "the token went elsewhere");
}

#[tokio::test]
async fn no_answer_is_told_as_may_have_been_sent_and_is_not_tried_again() {
    let graph = Graph::start().await;
    graph.messages().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    let (stands, error) = failure(&host).await;
    assert_eq!(stands, "unknown", "{error}");
    assert_may_have_been_sent(&error);
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn a_reset_is_told_as_may_have_been_sent_and_is_not_tried_again() {
    let graph = Graph::start().await;
    graph.messages().reset();
    let host = HostConfig::with_graph(&graph).serve().await;
    let (stands, error) = failure(&host).await;
    assert_eq!(stands, "unknown", "{error}");
    assert_may_have_been_sent(&error);
    assert_eq!(graph.sent().len(), 1);
}

#[tokio::test]
async fn a_reset_on_a_kept_connection_is_not_tried_again_either() {
    let graph = Graph::start().await;
    graph.messages().ok("m_1").reset();
    let host = HostConfig::with_graph(&graph).serve().await;
    send(&host).await.expect_status(200);
    let (_, error) = failure(&host).await;
    assert_may_have_been_sent(&error);
    assert_eq!(graph.sent().len(), 2);
}

#[tokio::test]
async fn a_graph_api_that_is_not_there_got_nothing() {
    let host = HostConfig::alone().serve().await;
    let (stands, error) = failure(&host).await;
    assert_eq!((stands.as_str(), advice(&error)), ("pending", "safe"), "{error}");
}

#[tokio::test]
async fn a_slow_graph_api_holds_nobody_else_up() {
    let graph = Graph::start().await;
    graph.messages().hang().ok("m_quick");
    let host = HostConfig::with_graph(&graph).serve().await;
    let slow = send(&host);
    let quick = async {
        graph.received("the slow message", tests::GraphRequest::is_message).await;
        host.get_without_key("/health").await.expect_status(200);
        // A person's own messages wait for each other.
        let other =
            json!({"channelId": ids::CHANNEL, "to": "9000000000000001", "content": {"type": "text", "text": "hello"}});
        let reply = host.send(other).await.expect_status(200);
        assert_eq!(reply.json()["receipts"][0]["messageId"], "m_quick");
    };
    // The quick one ends first: the slow one is given up by dropping it.
    tokio::select! {
        biased;
        () = quick => {}
        reply = slow => panic!("the slow answer came first: {}", reply.text()),
    }
}

const TITLE: &str = "This Page cannot do that";
const TOLD: &str = "Ask an admin of the Page to look into its inbox";

#[tokio::test]
async fn what_meta_says_to_people_reaches_the_caller_and_the_command_line() {
    let graph = Graph::start().await;
    graph.messages().error_for_people(100, TITLE, TOLD).error_for_people(100, TITLE, TOLD);
    let host = HostConfig::with_graph(&graph).serve().await;
    let (stands, error) = failure(&host).await;
    assert_eq!(stands, "failed", "{error}");
    let provider = &error["provider"];
    assert_eq!((&provider["userTitle"], &provider["userMessage"]), (&json!(TITLE), &json!(TOLD)), "{error}");
    assert!(error["hint"].as_str().unwrap().contains("Meta's own words"), "{error}");

    // The hint sends the operator to Meta's words: they are there.
    let file = HostConfig::with_graph(&graph).write();
    let text = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": {"type": "text", "text": "hello"}});
    let run = Run::new(["send", "--config"]).path(file.path()).stdin(text.to_string()).run().await.expect_code(1);
    for words in ["Meta's own words", "the provider says: Invalid parameter", TITLE, TOLD, "code 100", "AbCdEfGhIjK"] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
}

#[tokio::test]
async fn a_version_that_is_over_is_nobody_s_message_s_fault() {
    let graph = Graph::start().await;
    graph.messages().error(2635, 0, "(#2635) You are calling a deprecated version of the API.").error(
        2500,
        0,
        "Unknown path components: /messages",
    );
    let host = HostConfig::with_graph(&graph).serve().await;
    for code in ["facebook.version_ended", "facebook.version_unknown"] {
        let (stands, error) = failure(&host).await;
        assert_eq!(
            (stands.as_str(), &error["code"], &error["kind"]),
            ("failed", &json!(code), &json!("config")),
            "{error}"
        );
        assert!(error["hint"].as_str().unwrap().contains("graph_api_version"), "{error}");
        assert_eq!(advice(&error), "never");
    }
}

#[tokio::test]
async fn one_code_of_meta_s_is_told_as_what_its_words_say() {
    let graph = Graph::start().await;
    for (code, words, name, said, unsaid) in [
        (10, "(#10) No approval for the feature Human Agent", "feature_missing", "Human Agent", "pages_messaging"),
        (10, "(#10) Something new", "not_allowed", "Meta's own words", "permission"),
        (210, "(#210) This call requires a Page access token.", "not_a_page_token", "not a Page's token", "review"),
        (100, "(#100) Param message[text] must be a UTF-8 encoded string", "text_invalid", "UTF-8", "Shorten"),
        (100, "(#100) Something new", "invalid_parameter", "Meta's own words", "tag"),
        (27, "(#27) Conversation Routing is not enabled", "routing", "conversation routing", "permission"),
    ] {
        // What is held because of one answer shall not wait with the next.
        let host = HostConfig::with_graph(&graph).serve().await;
        graph.messages().error(code, 0, words);
        let (_, error) = failure(&host).await;
        assert_eq!(error["code"], format!("facebook.{name}"), "{error}");
        let told = format!("{} {}", error["message"], error["hint"]);
        assert!(told.contains(said) && !told.contains(unsaid), "{words}: {told}");
        assert_eq!((advice(&error), &error["provider"]["message"]), ("never", &json!(words)));
    }
}
