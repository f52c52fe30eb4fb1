//! Whatever is wrong with a request, its answer is a problem document (RFC 9457).

use hyper::Method;
use tests::{HostConfig, ids};

#[tokio::test]
async fn every_error_is_told_as_a_problem() {
    let host = HostConfig::alone().serve().await;
    let key = format!("Bearer {}", ids::API_KEY);
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    let channel = format!("/api/v1/channels/{}", ids::CHANNEL);
    let at = |what: &str| format!("{channel}/{what}");
    let asked = [
        (&get, "/nowhere".to_owned(), "", 404),
        (&put, "/api/v1/events".to_owned(), "", 405),
        (&get, "/api/v1/events?limit=many".to_owned(), "", 400),
        (&get, "/api/v1/events/stream?after=now".to_owned(), "", 400),
        (&post, "/api/v1/messages".to_owned(), "", 400),
        (&post, "/api/v1/messages".to_owned(), "{", 400),
        (&post, "/api/v1/messages".to_owned(), "{}", 422),
        (&post, "/api/v1/messages".to_owned(), "[]", 422),
        (&post, "/api/v1/messages/batch".to_owned(), "{}", 422),
        (&get, "/api/v1/channels/ch_none".to_owned(), "", 404),
        (&get, "/api/v1/channels/%FF".to_owned(), "", 404),
        (&post, "/api/v1/channels/ch_none".to_owned(), "{}", 405),
        (&post, "/api/v1/channels/test-none".to_owned(), "{}", 404),
        (&post, "/api/v1/channels/test-facebook".to_owned(), "{}", 422),
        (&post, "/api/v1/channels/%FF".to_owned(), "{}", 405),
        (&get, at("conversations/%FF"), "", 404),
        (&get, "/api/v1/channels/ch_none/conversations/1".to_owned(), "", 404),
        (&get, at("operations/none"), "", 404),
        (&post, at("operations/none"), "{}", 404),
        (&post, at("operations/%FF"), "{}", 404),
        (&get, at("profile"), "", 502),
        (&put, at("profile"), "{", 400),
        (&delete, at("profile?dry_run=perhaps"), "", 400),
        (&put, at("profile/none"), "{}", 422),
        (&get, at("media"), "", 400),
        (&post, at("media"), "", 415),
        (&post, at("connection/none"), "", 404),
        (&post, "/api/v1/channels/ch_none/connection/check".to_owned(), "", 404),
        (&post, "/api/v1/oauth/none/login".to_owned(), "{}", 404),
        (&post, "/api/v1/oauth/%FF/login".to_owned(), "{}", 404),
        (&post, "/api/v1/oauth/facebook/login".to_owned(), "{}", 422),
        (&post, "/api/v1/oauth/facebook/callback".to_owned(), "{}", 422),
        (&get, "/webhooks/facebook/ch_none".to_owned(), "", 404),
        (&get, "/webhooks/%FF/ch_none".to_owned(), "", 404),
        (&get, format!("/webhooks/facebook/{}?hub.mode=subscribe", ids::CHANNEL), "", 403),
        (&get, format!("/webhooks/facebook/{}?%FF=%FF", ids::CHANNEL), "", 403),
        (&post, format!("/webhooks/facebook/{}", ids::CHANNEL), "{}", 401),
    ];
    let mut others = Vec::new();
    for (method, path, body, status) in asked {
        let reply = host.request(method.clone(), &path, &[("authorization", &key)], body.to_owned()).await;
        let shown = format!("{method} {path} {body}: {} {}", reply.status, reply.text());
        assert_eq!(reply.header("content-type"), "application/problem+json", "{shown}");
        let problem = reply.json();
        assert_eq!(problem["status"], reply.status, "{shown}");
        assert!(problem["code"].is_string() && problem["title"].is_string(), "{shown}");
        assert_eq!(problem["detail"], problem["message"], "{shown}");
        if reply.status != status {
            others.push(shown);
        }
    }
    assert!(others.is_empty(), "another status than expected: {others:#?}");
    let reply = host.get_without_key("/api/v1/events").await.expect_status(401);
    assert_eq!(reply.header("content-type"), "application/problem+json");
}
