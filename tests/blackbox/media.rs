//! Media out and in: uploads that are made once, downloads that go nowhere they should not.

use hyper::Method;
use serde_json::{Value, json};
use tests::{HostProcess, Reply, ids};

use crate::stage::{Stage, assert_says, sentence};

const UPLOADS: &str = "/message_attachments";

fn encoded(url: &str) -> String {
    url.bytes().fold(String::new(), |done, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => done + &char::from(byte).to_string(),
        _ => done + &format!("%{byte:02X}"),
    })
}

async fn download(host: &HostProcess, url: &str) -> Reply {
    host.channel(Method::GET, &format!("media?url={}", encoded(url)), "").await
}

async fn upload(host: &HostProcess, query: &str, content_type: &str, body: impl Into<bytes::Bytes>) -> Reply {
    let path = format!("/api/v1/channels/{}/media{query}", ids::CHANNEL);
    let key = format!("Bearer {}", ids::API_KEY);
    host.request(Method::POST, &path, &[("authorization", &key), ("content-type", content_type)], body).await
}

#[tokio::test]
async fn an_address_is_uploaded_once_and_sent_by_its_id() {
    let stage = Stage::in_conversation().await;
    let picture = json!({"type": "image", "url": "https://cdn.example.org/a.jpg"});
    let first = stage.host.channel(Method::POST, "media", &picture).await.expect_status(200).json();
    assert_eq!(first["cached"], false, "{first:#}");
    assert!(first["expiresAt"].is_string(), "{first:#}");
    let again = stage.host.channel(Method::POST, "media", &picture).await.expect_status(200).json();
    assert_eq!((&again["cached"], &again["attachmentId"]), (&json!(true), &first["attachmentId"]));
    assert_eq!(stage.sim.calls(UPLOADS).await.len(), 1);
    let as_file = json!({"type": "file", "url": "https://cdn.example.org/a.jpg"});
    let other = stage.host.channel(Method::POST, "media", as_file).await.expect_status(200).json();
    assert_eq!(other["cached"], false, "another kind is another attachment");

    let image = json!({"type": "image", "image": {"attachmentId": first["attachmentId"]}});
    let message = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": image});
    stage.host.send(message).await.expect_status(200);
    let shown = stage.sim.screen().await.last().unwrap()["attachments"][0].clone();
    assert_eq!(shown["attachmentId"], first["attachmentId"], "{shown:#}");
}

#[tokio::test]
async fn a_file_is_streamed_and_known_again_by_its_content() {
    let stage = Stage::new().await;
    let picture = vec![7_u8; 100_000];
    let raw = upload(&stage.host, "?type=image&filename=cat.jpg", "image/jpeg", picture.clone()).await;
    let raw = raw.expect_status(200).json();
    assert_eq!(raw["cached"], false);
    let mut form =
        b"--frontier\r\ncontent-disposition: form-data; name=\"type\"\r\n\r\nimage\r\n--frontier\r\n".to_vec();
    form.extend(
        b"content-disposition: form-data; name=\"file\"; filename=\"other.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n",
    );
    form.extend(&picture);
    form.extend(b"\r\n--frontier--\r\n");
    let parts = upload(&stage.host, "", "multipart/form-data; boundary=frontier", form).await.expect_status(200).json();
    assert_eq!((&parts["cached"], &parts["attachmentId"]), (&json!(true), &raw["attachmentId"]), "the same picture");
    let calls = stage.sim.calls(UPLOADS).await;
    assert_eq!(calls.len(), 1, "{calls:#?}");
    assert_eq!(calls[0]["file"], json!({"contentType": "image/jpeg", "bytes": 100_000}));
    let changed = upload(&stage.host, "?type=image", "image/jpeg", vec![8_u8; 100_000]).await.expect_status(200).json();
    assert_ne!(changed["attachmentId"], raw["attachmentId"]);

    let restarted = stage.host.terminate().await.restart().await;
    let kept = upload(&restarted, "?type=image", "image/jpeg", picture).await.expect_status(200).json();
    assert_eq!(kept["cached"], true, "known over a restart");
    let empty = upload(&restarted, "?type=image", "image/jpeg", Vec::new()).await;
    assert!((400..500).contains(&empty.status), "{}", empty.text());
    let wrong = upload(&restarted, "?type=image", "application/pdf", vec![1_u8; 10]).await.expect_status(422);
    assert_says(&wrong.text(), &["MIME type"]);
}

#[tokio::test]
async fn what_meta_refuses_is_told_and_not_remembered() {
    let stage = Stage::new().await;
    stage.sim.act("settings", json!({"scopes": []})).await;
    let picture = json!({"type": "image", "url": "https://cdn.example.org/a.jpg"});
    let refused = stage.host.channel(Method::POST, "media", &picture).await.expect_status(502).json();
    assert_says(&sentence(&refused), &["pages_messaging"]);
    stage.sim.act("settings", json!({"scopes": ["pages_messaging"]})).await;
    let good = stage.host.channel(Method::POST, "media", &picture).await.expect_status(200).json();
    assert_eq!(good["cached"], false);
}

#[tokio::test]
async fn an_id_that_has_ended_at_meta_is_forgotten_and_made_anew() {
    let stage = Stage::in_conversation().await;
    let picture = json!({"type": "image", "url": "https://cdn.example.org/a.jpg"});
    let first = stage.host.channel(Method::POST, "media", &picture).await.expect_status(200).json();
    stage.sim.act("clock", json!({"advanceSeconds": 91 * 86_400})).await;
    stage.says("hello again").await;
    let image = json!({"type": "image", "image": {"attachmentId": first["attachmentId"]}});
    let message = json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": image});
    let refused = stage.host.send(message).await.expect_status(422).json();
    assert_eq!(refused["provider"]["subcode"], 2_018_074, "{refused:#}");
    let second = stage.host.channel(Method::POST, "media", &picture).await.expect_status(200).json();
    assert_eq!(second["cached"], false, "{second:#}");
    assert_ne!(second["attachmentId"], first["attachmentId"]);
}

/// A file that the person sent, by the address that stands in the message.
async fn sent_file(stage: &Stage, file: Value) -> String {
    let url = stage.sim.act("media", file).await["url"].as_str().expect("its address").to_owned();
    stage.sim.act("attach", json!({"type": "image", "url": url})).await;
    stage.sim.settled().await;
    let received = stage.events("message.received").await;
    let inbound = &received.last().expect("a message").data["content"]["image"]["url"];
    assert_eq!(*inbound, url.as_str());
    url
}

#[tokio::test]
async fn what_a_person_sends_is_fetched_through_the_host() {
    let stage = Stage::new().await;
    let file = json!({"name": "cat.jpg", "contentType": "image/jpeg", "text": "a picture of a cat"});
    let url = sent_file(&stage, file).await;
    let fetched = download(&stage.host, &url).await.expect_status(200);
    assert_eq!(fetched.text(), "a picture of a cat");
    assert_eq!((fetched.header("content-type"), fetched.header("x-content-type-options")), ("image/jpeg", "nosniff"));
    assert!(fetched.header("content-disposition").starts_with("attachment"));
    let gone = sent_file(&stage, json!({"name": "gone.jpg", "status": 404})).await;
    let gone = download(&stage.host, &gone).await.expect_status(404).json();
    assert_eq!(gone["code"], "media.gone");
    let calls = stage.sim.calls("").await;
    assert!(calls.iter().all(|call| !call["path"].as_str().unwrap().contains("media/")), "the token stays at home");
}

#[tokio::test]
async fn a_media_host_that_sends_on_to_this_machine_is_not_followed() {
    let stage = Stage::new().await;
    let elsewhere = tests::Graph::start().await;
    for target in [
        elsewhere.url() + "/secret",
        "http://127.0.0.1:1/".into(),
        "http://169.254.169.254/latest".into(),
        "file:///etc/passwd".into(),
    ] {
        let url = sent_file(&stage, json!({"name": "trap.jpg", "redirect": target})).await;
        let refused = download(&stage.host, &url).await.expect_status(502).json();
        assert_eq!(refused["code"], "media.redirect", "{target}: {refused:#}");
        assert_says(&sentence(&refused), &["sends on"]);
        assert!(!refused.to_string().contains("/secret"), "{refused:#}");
    }
    assert!(elsewhere.requests().is_empty(), "nobody was asked");
}

#[tokio::test]
async fn only_listed_hosts_are_asked_and_only_for_so_much() {
    let stage = Stage::new().await;
    for (url, code) in [
        ("https://evil.example/a.jpg", "media.host"),
        ("http://cdn.fbcdn.net/a.jpg", "media.scheme"),
        ("https://10.0.0.1/a.jpg", "media.address"),
        ("http://127.0.0.1:1/a.jpg", "media.address"),
        ("https://user:pass@scontent.fbcdn.net/a.jpg", "media.user_info"),
    ] {
        let refused = download(&stage.host, url).await.expect_status(403).json();
        assert_eq!(refused["code"], code, "{url}");
        assert!(refused["hint"].is_string(), "{url}");
    }
    for (query, code) in [("", "media.url"), ("?url=https://cdn.fbcdn.net/a.jpg&width=5", "bad_query")] {
        let refused = stage.host.channel(Method::GET, &format!("media{query}"), "").await.expect_status(400).json();
        assert_eq!(refused["code"], code, "{refused}");
    }
    let large = sent_file(&stage, json!({"name": "large.mp4", "bytes": 26_214_401})).await;
    let refused = download(&stage.host, &large).await;
    assert_eq!(refused.json()["code"], "media.too_large", "{}", refused.text());
    let just = sent_file(&stage, json!({"name": "just.mp4", "bytes": 26_214_400})).await;
    assert_eq!(download(&stage.host, &just).await.expect_status(200).body.len(), 26_214_400);
    let secretly = sent_file(&stage, json!({"name": "secretly.mp4", "bytes": 26_214_401, "withoutLength": true})).await;
    let path = format!("/api/v1/channels/{}/media?url={}", ids::CHANNEL, encoded(&secretly));
    let key = format!("Bearer {}", ids::API_KEY);
    let cut = stage.host.try_request(Method::GET, &path, &[("authorization", &key)], "").await;
    assert!(cut.is_err() || cut.is_ok_and(|reply| reply.status == 502), "a stream that grows too long is cut");
}
