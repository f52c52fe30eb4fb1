//! Only what Meta signed gets in, and whoever is turned away learns nothing.

use tests::webhook::{body, text};
use tests::{ChannelConfig, HostConfig, HostProcess, Reply, digest, ids, sign};

const SIGNATURE: &str = "x-hub-signature-256";

fn sample() -> Vec<u8> {
    body([text("m_sig", "hello")])
}

/// Delivers the sample with these headers, checks that it is turned away with nothing said, and that the host goes on.
async fn refused(headers: &[(&str, &str)]) -> Reply {
    let host = HostConfig::alone().serve().await;
    let reply = host.deliver_with(headers, sample()).await.expect_status(401);
    assert!(reply.json()["code"].is_string(), "{}", reply.text());
    let said = reply.everything();
    assert!(!said.contains(ids::APP_SECRET), "the secret in {said}");
    assert!(!said.contains(&digest(ids::APP_SECRET, &sample())), "the expected digest in {said}");
    assert_eq!(host.events().await, []);
    host.deliver(sample()).await.expect_status(200);
    assert_eq!(host.events().await.len(), 1);
    reply
}

#[tokio::test]
async fn a_wrong_digest_is_refused() {
    refused(&[(SIGNATURE, &sign(ids::APP_SECRET, b"another body"))]).await;
}

#[tokio::test]
async fn a_missing_signature_is_refused() {
    refused(&[]).await;
}

#[tokio::test]
async fn an_empty_signature_is_refused() {
    refused(&[(SIGNATURE, "")]).await;
    refused(&[(SIGNATURE, "sha256=")]).await;
}

#[tokio::test]
async fn a_short_or_long_digest_is_refused() {
    let right = sign(ids::APP_SECRET, &sample());
    refused(&[(SIGNATURE, &right[..right.len() - 1])]).await;
    refused(&[(SIGNATURE, &right[..right.len() - 2])]).await;
    refused(&[(SIGNATURE, &format!("{right}00"))]).await;
}

#[tokio::test]
async fn an_upper_case_digest_is_refused() {
    let upper = digest(ids::APP_SECRET, &sample()).to_uppercase();
    refused(&[(SIGNATURE, &format!("sha256={upper}"))]).await;
}

#[tokio::test]
async fn a_digest_that_is_no_hex_is_refused() {
    refused(&[(SIGNATURE, &format!("sha256={}", "z".repeat(64)))]).await;
    refused(&[(SIGNATURE, &digest(ids::APP_SECRET, &sample()))]).await;
}

#[tokio::test]
async fn a_signature_given_twice_is_refused() {
    let right = sign(ids::APP_SECRET, &sample());
    let wrong = sign("another secret", &sample());
    refused(&[(SIGNATURE, &right), (SIGNATURE, &wrong)]).await;
    refused(&[(SIGNATURE, &wrong), (SIGNATURE, &right)]).await;
    refused(&[(SIGNATURE, &format!("{right},{wrong}"))]).await;
}

#[tokio::test]
async fn a_sha1_signature_alone_is_refused() {
    refused(&[("x-hub-signature", "sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709")]).await;
    refused(&[(SIGNATURE, "sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709")]).await;
}

#[tokio::test]
async fn a_sha1_signature_beside_the_right_one_does_no_harm() {
    let host = HostConfig::alone().serve().await;
    let right = sign(ids::APP_SECRET, &sample());
    let headers = [("x-hub-signature", "sha1=00"), (SIGNATURE, right.as_str())];
    host.deliver_with(&headers, sample()).await.expect_status(200);
}

#[tokio::test]
async fn a_signature_of_another_secret_is_refused() {
    refused(&[(SIGNATURE, &sign("00000000000000000000000000000000", &sample()))]).await;
    refused(&[(SIGNATURE, &sign("", &sample()))]).await;
    refused(&[(SIGNATURE, &sign(ids::VERIFY_TOKEN, &sample()))]).await;
}

#[tokio::test]
async fn every_refusal_says_the_same() {
    let wrong = refused(&[(SIGNATURE, &sign("another secret", &sample()))]).await;
    let unequal = refused(&[(SIGNATURE, &sign(ids::APP_SECRET, b"another body"))]).await;
    assert_eq!(wrong.body, unequal.body);
}

#[tokio::test]
async fn one_changed_byte_is_noticed() {
    let host = HostConfig::alone().serve().await;
    let signed = sample();
    let signature = sign(ids::APP_SECRET, &signed);
    let mut changed = signed.clone();
    let last = changed.len() - 1;
    changed.insert(last, b' ');
    host.deliver_with(&[(SIGNATURE, &signature)], changed).await.expect_status(401);
    host.deliver_with(&[(SIGNATURE, &signature)], signed).await.expect_status(200);
}

#[tokio::test]
async fn the_raw_bytes_are_what_is_signed() {
    let host = HostConfig::alone().serve().await;
    let escaped = body([text("m_uni", "Grüße 😀 100% <b>@\\/")]);
    assert!(escaped.is_ascii());
    let signature = sign(ids::APP_SECRET, &escaped);
    let written_out: serde_json::Value = serde_json::from_slice(&escaped).unwrap();
    let again = host.deliver_with(&[(SIGNATURE, &signature)], written_out.to_string()).await;
    assert_eq!(again.status, 401, "the same JSON in other bytes");
    host.deliver_with(&[(SIGNATURE, &signature)], escaped).await.expect_status(200);
    assert_eq!(host.events().await[0].data["content"]["text"], "Grüße 😀 100% <b>@\\/");
}

async fn delivered_with(host: &HostProcess, secret: &str, mid: &str) -> u16 {
    let body = body([text(mid, "hello")]);
    host.deliver_with(&[(SIGNATURE, &sign(secret, &body))], body).await.status
}

#[tokio::test]
async fn during_a_rotation_both_secrets_are_accepted() {
    let old = "0123456789abcdef0123456789abcdef";
    let host = HostConfig::alone().set("previous_app_secret", old).serve().await;
    assert_eq!(delivered_with(&host, ids::APP_SECRET, "m_new").await, 200);
    assert_eq!(delivered_with(&host, old, "m_old").await, 200);
    assert_eq!(delivered_with(&host, "fedcba9876543210fedcba9876543210", "m_none").await, 401);
    assert_eq!(host.events().await.len(), 2);
}

#[tokio::test]
async fn an_empty_previous_secret_is_none() {
    // A form that was left empty; what it may not be is a key that everybody knows.
    let host = HostConfig::alone().set("previous_app_secret", "").serve().await;
    assert_eq!(delivered_with(&host, "", "m_empty").await, 401);
    assert_eq!(delivered_with(&host, ids::APP_SECRET, "m_new").await, 200);
}

#[tokio::test]
async fn a_channel_s_secret_opens_no_other_channel() {
    let other = ChannelConfig::facebook("ch_other").set("app_secret", "0123456789abcdef0123456789abcdef");
    let host = HostConfig::with_channels([ChannelConfig::facebook(ids::CHANNEL), other]).serve().await;
    let body = sample();
    let signature = sign(ids::APP_SECRET, &body);
    let headers = [(SIGNATURE, signature.as_str())];
    let reply = host.request(hyper::Method::POST, "/webhooks/facebook/ch_other", &headers, body).await;
    // At whichever address: it is proven for the channel whose secret it is, and for no other.
    assert_eq!(reply.status, 200, "{}", reply.text());
    let channels: Vec<_> = host.events().await.into_iter().map(|event| event.data["channelId"].clone()).collect();
    assert_eq!(channels, [ids::CHANNEL]);
}
