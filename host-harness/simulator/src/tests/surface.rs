//! The reference is true: each of its examples is carried out, and each path has one.

use std::collections::BTreeSet;

use serde_json::Value;

use super::stage::{Stage, answer, simulator};

/// The person's side, path by path as the router has them.
const PATHS: &str = include_str!("../sim_api.rs");

#[tokio::test]
async fn each_example_of_the_reference_works() {
    let text = include_str!("../surface.md");
    let stage = Stage::with(simulator().seed(1)).await;
    let mut seen = BTreeSet::new();
    let mut run = 0;
    for line in text.lines() {
        let mut parts = line.splitn(3, ' ');
        let (Some(method @ ("GET" | "POST" | "DELETE")), Some(path)) = (parts.next(), parts.next()) else { continue };
        let body = parts.next().unwrap_or_default();
        assert!(body.is_empty() || serde_json::from_str::<Value>(body).is_ok(), "{line}");
        let url = format!("{}{path}", stage.sim.url()).replace("simulated-app-secret", super::stage::SECRET);
        let request = stage.http.request(method.parse().unwrap(), url);
        let token = if ["sticker", "debug_token", "/subscriptions"].iter().any(|of_app| path.contains(of_app)) {
            "2233445566778899|s3cr3t"
        } else {
            super::stage::TOKEN
        };
        // A token in the example goes before the Page's.
        let request = if path.contains("access_token=") { request } else { request.bearer_auth(token) };
        let request = request.header("content-type", "application/json").body(body.to_owned());
        if path.contains("/dialog/") {
            let sent_on = request.send().await.unwrap();
            assert!(sent_on.headers()["location"].to_str().unwrap().contains("code=AQ"), "{line}");
        } else if path == "/_sim" || path.starts_with("/_sim/media/") {
            let begins = if path == "/_sim" { "# " } else { "a picture" };
            assert!(request.send().await.unwrap().text().await.unwrap().starts_with(begins), "{line}");
        } else {
            let (status, body) = answer(request).await;
            assert_eq!(status, 200, "{line}\n{body}");
        }
        run += 1;
        let bare = path.split('?').next().unwrap();
        let of_sim = bare.strip_prefix("/_sim").filter(|rest| !rest.is_empty()).unwrap_or("/");
        // The router's name for the last part of an address.
        seen.insert(if of_sim.starts_with("/media/") { "/media/{name}" } else { of_sim }.to_owned());
    }
    assert!(run > 40, "{run} examples");
    for path in
        PATHS.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")).filter_map(|rest| rest.split('"').next())
    {
        assert!(seen.contains(path), "{path} has no example");
    }
}
