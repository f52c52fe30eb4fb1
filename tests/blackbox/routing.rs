//! One Meta app has one callback address, and speaks of every Page that it is subscribed to.

use hyper::Method;
use serde_json::{Value, json};
use tests::ids::{APP_SECRET, CHANNEL, NOW_MS, OTHER_PAGE, PAGE, PERSON};
use tests::{ChannelConfig, HostConfig, HostProcess, Reply, StoredEvent, sign};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const SECOND: &str = "ch_second";
const NOBODY_S: &str = "1098765432100099";
const BY_TYPE: &str = "/api/v1/webhooks/facebook";

/// Two Pages of one app.
fn two_pages() -> HostConfig {
    HostConfig::with_channels([ChannelConfig::facebook(CHANNEL), second()])
}

fn second() -> ChannelConfig {
    ChannelConfig::facebook(SECOND).set("page_id", OTHER_PAGE)
}

/// Somebody writes to a Page.
fn entry(page: &str, mid: &str) -> Value {
    let message = json!({"mid": mid, "text": "canary-words"});
    let item = json!({"sender": {"id": PERSON}, "recipient": {"id": page}, "timestamp": NOW_MS, "message": message});
    json!({"id": page, "time": NOW_MS, "messaging": [item]})
}

fn body(entries: &[Value]) -> String {
    json!({"object": "page", "entry": entries}).to_string()
}

async fn deliver(host: &HostProcess, path: &str, secret: &str, body: String) -> Reply {
    let signature = sign(secret, body.as_bytes());
    host.request(Method::POST, path, &[("x-hub-signature-256", &signature)], body).await
}

fn at(channel: &str) -> String {
    format!("{BY_TYPE}/{channel}")
}

/// Writes bytes as they are and reads what is answered first.
async fn raw(host: &HostProcess, request: &str) -> String {
    let mut stream = TcpStream::connect(host.address()).await.expect("the host listens");
    stream.write_all(request.as_bytes()).await.expect("the host reads");
    let mut answer = vec![0; 4096];
    let length = tests::within("an answer", stream.read(&mut answer)).await.expect("an answer");
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

/// Each event's channel and name, in order.
async fn stored(host: &HostProcess) -> Vec<(String, String)> {
    let told = |event: StoredEvent| (event.data["channelId"].as_str().unwrap_or_default().to_owned(), event.event);
    host.events().await.into_iter().map(told).collect()
}

fn received(channel: &str) -> (String, String) {
    (channel.to_owned(), "message.received".to_owned())
}

#[tokio::test]
async fn each_page_s_message_reaches_its_channel_whichever_address_meta_was_given() {
    let paths = [at(CHANNEL), at(SECOND), BY_TYPE.to_owned(), "/webhooks/facebook/".to_owned(), at(CHANNEL) + "/"];
    for path in paths {
        let host = two_pages().serve().await;
        let both = body(&[entry(PAGE, "m_1"), entry(OTHER_PAGE, "m_2"), entry(PAGE, "m_3")]);
        let reply = deliver(&host, &path, APP_SECRET, both.clone()).await.expect_status(200);
        assert_eq!(reply.text(), "EVENT_RECEIVED");
        deliver(&host, &path, APP_SECRET, both).await.expect_status(200);
        let mut events = stored(&host).await;
        events.sort();
        let mut expected = vec![received(CHANNEL), received(CHANNEL), received(SECOND)];
        expected.sort();
        assert_eq!(events, expected, "{path}");
    }
}

#[tokio::test]
async fn a_page_that_no_channel_has_is_noted_without_a_word_of_anybody() {
    let host = two_pages().serve().await;
    let entries = [entry(NOBODY_S, "m_1"), entry(OTHER_PAGE, "m_2"), entry(NOBODY_S, "m_3")];
    deliver(&host, &at(CHANNEL), APP_SECRET, body(&entries)).await.expect_status(200);
    deliver(&host, &at(CHANNEL), APP_SECRET, body(&entries)).await.expect_status(200);
    let events = host.events().await;
    let note = events.iter().find(|event| event.event == "facebook.unknown").expect("a note");
    assert_eq!(events.len(), 2, "{events:#?}");
    let fact = |name: &str| note.data[name].clone();
    assert_eq!(
        (fact("reason"), fact("object"), fact("account")),
        ("other_account".into(), "page".into(), NOBODY_S.into())
    );
    assert_eq!((fact("items"), fact("channelId"), fact("raw")), (2.into(), CHANNEL.into(), Value::Null));
    assert!(!note.data.to_string().contains("canary-words"));
}

#[tokio::test]
async fn at_the_type_s_address_it_is_counted_and_the_operator_is_told_what_to_do() {
    let host = two_pages().serve().await;
    for mid in ["m_1", "m_2", "m_3"] {
        deliver(&host, BY_TYPE, APP_SECRET, body(&[entry(NOBODY_S, mid)])).await.expect_status(200);
    }
    assert_eq!(stored(&host).await, []);
    let metrics = host.get("/metrics").await.text();
    assert!(metrics.contains("linktor_webhook_unclaimed_total 3"), "{metrics}");
    let log = host.log();
    assert_eq!(log.matches("an account that no channel has").count(), 1, "{log}");
    assert!(log.contains(NOBODY_S), "{log}");
}

#[tokio::test]
async fn a_channel_takes_only_what_its_own_secret_proves() {
    let other_app = ["another-app-s-secret-000000000001", "another-app-s-secret-000000000002"];
    let config =
        HostConfig::with_channels([ChannelConfig::facebook(CHANNEL), second().set("app_secret", other_app[0])]);
    let host = config.serve().await;
    // Either app delivers to either address; each proves its own Page's entries and no others.
    let both = || body(&[entry(PAGE, "m_1"), entry(OTHER_PAGE, "m_2")]);
    deliver(&host, &at(SECOND), APP_SECRET, both()).await.expect_status(200);
    assert_eq!(stored(&host).await, [received(CHANNEL)]);
    deliver(&host, BY_TYPE, other_app[0], both()).await.expect_status(200);
    assert_eq!(stored(&host).await, [received(CHANNEL), received(SECOND)]);
    for path in [at(CHANNEL), at(SECOND), BY_TYPE.to_owned()] {
        deliver(&host, &path, other_app[1], both()).await.expect_status(401);
        deliver(&host, &path, other_app[1], body(&[entry(NOBODY_S, "m_3")])).await.expect_status(401);
    }
    assert_eq!(stored(&host).await.len(), 2);
}

#[tokio::test]
async fn a_body_that_names_no_page_belongs_to_the_addressed_channel_or_to_the_only_one() {
    let sample = json!({"field": "messages", "value": {"sender": {"id": PERSON}, "recipient": {"id": PAGE},
        "timestamp": "1527459824", "message": {"mid": "test_message_id", "text": "test_message"}}});
    let one = HostConfig::alone().serve().await;
    deliver(&one, BY_TYPE, APP_SECRET, sample.to_string()).await.expect_status(200);
    assert_eq!(stored(&one).await, [received(CHANNEL)]);
    let two = two_pages().serve().await;
    deliver(&two, BY_TYPE, APP_SECRET, sample.to_string()).await.expect_status(200);
    assert_eq!(stored(&two).await, []);
    deliver(&two, &at(SECOND), APP_SECRET, sample.to_string()).await.expect_status(200);
    assert_eq!(stored(&two).await, [received(SECOND)]);
}

#[tokio::test]
async fn the_type_s_address_takes_any_channel_s_verify_token() {
    let config = HostConfig::with_channels([ChannelConfig::facebook(CHANNEL), second().set("verify_token", "another")]);
    let host = config.serve().await;
    let ask = async |path: &str, token: &str| {
        let query = format!("{path}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=42");
        host.get_without_key(&query).await
    };
    for (path, token, status) in [
        (BY_TYPE.to_owned(), tests::ids::VERIFY_TOKEN, 200),
        (BY_TYPE.to_owned(), "another", 200),
        (BY_TYPE.to_owned(), "wrong", 403),
        (at(SECOND), "another", 200),
        (at(SECOND), tests::ids::VERIFY_TOKEN, 403),
        (at("ch_none"), "another", 404),
        ("/webhooks/telex".to_owned(), "another", 404),
    ] {
        let reply = ask(&path, token).await.expect_status(status);
        assert!(status != 200 || reply.text() == "42", "{path}");
    }
}

#[tokio::test]
async fn instagram_s_events_are_kept_whole_where_its_account_is_configured() {
    let instagram = "17841400000000001";
    let item = json!({"sender": {"id": "42"}, "recipient": {"id": instagram}, "timestamp": NOW_MS, "message": {"mid": "ig_1", "text": "hi"}});
    let body = || {
        json!({"object": "instagram", "entry": [{"id": instagram, "time": NOW_MS, "messaging": [item]}]}).to_string()
    };
    let config = HostConfig::with_channels([ChannelConfig::facebook(CHANNEL), second().set("instagram_id", instagram)]);
    let host = config.serve().await;
    deliver(&host, &at(CHANNEL), APP_SECRET, body()).await.expect_status(200);
    let events = host.events().await;
    assert_eq!(events.len(), 1, "{events:#?}");
    let data = &events[0].data;
    assert_eq!((&data["channelId"], &data["reason"]), (&SECOND.into(), &"other_product".into()));
    assert_eq!(
        (&data["object"], &data["account"], &data["list"]),
        (&"instagram".into(), &instagram.into(), &"messaging".into())
    );
    assert_eq!(data["raw"], item);
}

#[tokio::test]
async fn whose_request_is_not_signed_is_refused_before_its_body_is_read() {
    let host = HostConfig::alone().serve().await;
    for header in ["", "x-hub-signature-256: sha256=short\r\n"] {
        // The body never ends; the answer comes all the same.
        let request = format!("POST {} HTTP/1.1\r\nhost: a\r\ncontent-length: 5000000\r\n", at(CHANNEL));
        let answer = raw(&host, &format!("{request}{header}\r\n{{")).await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
    let log = host.log();
    assert!(log.contains("hint"), "the operator is told what to do: {log}");
}

#[tokio::test]
async fn a_batch_as_large_as_meta_documents_is_taken() {
    let host = HostConfig::alone().serve().await;
    let text = "щ".repeat(200);
    let items: Vec<Value> = (0..1_000)
        .map(|n| json!({"sender": {"id": PERSON}, "recipient": {"id": PAGE}, "timestamp": NOW_MS + n, "message": {"mid": format!("m_{n}"), "text": text}}))
        .collect();
    // Meta escapes what is not ASCII: six bytes a letter.
    let body = json!({"object": "page", "entry": [{"id": PAGE, "time": NOW_MS, "messaging": items}]}).to_string();
    let escaped = body.replace('щ', "\\u0449");
    assert!(escaped.len() > 1_300_000);
    deliver(&host, &at(CHANNEL), APP_SECRET, escaped).await.expect_status(200);
    assert_eq!(stored(&host).await.len(), 1_000);
}
