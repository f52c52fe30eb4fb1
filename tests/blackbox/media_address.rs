//! Media at addresses of the host's own: they open one file to whoever has them, outlive Meta's, and end with the event.

use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use tests::{HostProcess, Reply, Simulator, StoredEvent, ids, within};

use crate::stage::Stage;

const CAT: &str = "a picture of a cat";

/// The address of a message's first medium, as every version of the host has to read it: addresses are kept elsewhere.
fn address(host: &HostProcess, event: &StoredEvent) -> String {
    let key = std::fs::read(host.config().dir().join("data/media.key")).expect("the key of media addresses");
    let mac = |purpose: &str, pieces: [&[u8]; 2], length: usize| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
        mac.update(purpose.as_bytes());
        for piece in pieces {
            mac.update(&(piece.len() as u64).to_be_bytes());
            mac.update(piece);
        }
        mac.finalize().into_bytes()[..length].to_vec()
    };
    let id = event.data["id"].as_str().expect("an event's id");
    let mark = mac("event", [ids::CHANNEL.as_bytes(), id.as_bytes()], 8);
    let named = [&event.seq.to_be_bytes()[..], &[0, 0], &mark].concat();
    let proof = mac("token", [&named, b""], 16);
    format!("/media/{}", hex::encode([named, proof].concat()))
}

/// A file at the simulator's media host, sent by the person; returns its address at this host.
async fn sent(stage: &Stage, kind: &str, file: Value) -> String {
    let url = stage.sim.act("media", file).await["url"].as_str().expect("its address").to_owned();
    stage.sim.act("attach", json!({"type": kind, "url": url})).await;
    stage.sim.settled().await;
    address(&stage.host, stage.events("message.received").await.last().expect("a message"))
}

fn cat() -> Value {
    json!({"name": "cat.jpg", "contentType": "image/jpeg", "text": CAT})
}

/// Without a key: whoever is shown the address has none.
async fn open(host: &HostProcess, address: &str) -> Reply {
    host.request(Method::GET, address, &[], "").await
}

/// How often the simulator's file was fetched.
async fn fetched(sim: &Simulator, name: &str) -> u64 {
    let listed = sim.get("/_sim/media").await;
    let files = listed["media"].as_array().expect("a list");
    files.iter().find(|file| file["name"] == name).expect("the file")["fetched"].as_u64().expect("a number")
}

#[tokio::test]
async fn a_browser_is_shown_pictures_films_and_sounds_and_given_the_rest() {
    let stage = Stage::new().await;
    for (kind, content_type, told, disposition) in [
        ("image", "image/jpeg", "image/jpeg", "inline"),
        ("video", "video/mp4", "video/mp4", "inline"),
        ("audio", "audio/mpeg", "audio/mpeg", "inline"),
        ("file", "application/pdf", "application/octet-stream", "attachment"),
        ("image", "image/svg+xml", "application/octet-stream", "attachment"),
        ("file", "text/html", "application/octet-stream", "attachment"),
    ] {
        let file = json!({"name": "a.bin", "contentType": content_type, "text": "<script>"});
        let at = sent(&stage, kind, file).await;
        let shown = open(&stage.host, &at).await.expect_status(200);
        assert_eq!((shown.text().as_str(), shown.header("content-type")), ("<script>", told), "{content_type}");
        assert!(shown.header("content-disposition").starts_with(disposition), "{content_type}: {shown:?}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox"),
            ("referrer-policy", "no-referrer"),
            ("set-cookie", ""),
        ] {
            assert_eq!(shown.header(name), value, "{content_type}");
        }
    }
}

#[tokio::test]
async fn a_part_of_a_film_can_be_asked_for() {
    let stage = Stage::new().await;
    let at = sent(&stage, "video", json!({"name": "a.mp4", "contentType": "video/mp4", "text": "0123456789"})).await;
    let part = stage.host.request(Method::GET, &at, &[("range", "bytes=2-5")], "").await.expect_status(206);
    assert_eq!((part.text().as_str(), part.header("content-range")), ("2345", "bytes 2-5/10"));
    let beyond = stage.host.request(Method::GET, &at, &[("range", "bytes=10-")], "").await.expect_status(416);
    assert_eq!(beyond.json()["code"], "media.range");
    let head = stage.host.request(Method::HEAD, &at, &[], "").await.expect_status(200);
    assert_eq!((head.text().as_str(), head.header("content-length")), ("", "10"));
}

#[tokio::test]
async fn an_address_outlives_meta_s_the_process_and_the_app_secret() {
    let stage = Stage::new().await;
    stage.sim.act("media", json!({"name": "again.jpg", "contentType": "image/jpeg", "text": "the cat again"})).await;
    let ended = json!({"name": "ended.jpg", "status": 403, "movedTo": "again.jpg"});
    let at = sent(&stage, "image", ended).await;
    for _ in 0..3 {
        assert_eq!(open(&stage.host, &at).await.expect_status(200).text(), "the cat again");
    }
    assert_eq!(asked(&stage.sim).await, 1, "once an hour");
    assert_eq!(fetched(&stage.sim, "ended.jpg").await, 1);

    let at = sent(&stage, "image", cat()).await;
    let config = stage.host.config().clone();
    let stopped = stage.host.terminate().await;
    config.overwrite(&config.text().replace(ids::APP_SECRET, "0123456789abcdef0123456789abcdef"));
    assert_eq!(open(&stopped.restart().await, &at).await.expect_status(200).text(), CAT);
}

/// How often Meta was asked for a message's media.
async fn asked(sim: &Simulator) -> usize {
    let calls = sim.calls("").await;
    calls
        .iter()
        .filter(|call| call["query"]["fields"].as_str().is_some_and(|fields| fields.contains("sticker")))
        .count()
}

#[tokio::test]
async fn what_is_gone_says_so() {
    let stage = Stage::new().await;
    let at = sent(&stage, "image", cat()).await;
    open(&stage.host, &at).await.expect_status(200);
    let person = format!("people/{}", ids::PERSON);
    stage.host.channel(Method::DELETE, &person, "").await.expect_status(200);
    let gone = open(&stage.host, &at).await.expect_status(410);
    assert_eq!((gone.json()["code"].as_str(), gone.header("cache-control")), (Some("media.gone"), "no-store"));
    assert_eq!(fetched(&stage.sim, "cat.jpg").await, 1, "nobody is asked for what was erased");

    let at = sent(&stage, "image", json!({"name": "old.jpg", "status": 404})).await;
    for _ in 0..2 {
        assert_eq!(open(&stage.host, &at).await.expect_status(410).json()["code"], "media.gone");
    }
    let forged = format!("{}{}", &at[..at.len() - 1], if at.ends_with('0') { '1' } else { '0' });
    for nothing in [forged.as_str(), "/media/x", "/media/"] {
        open(&stage.host, nothing).await.expect_status(404);
    }
}

#[tokio::test]
async fn what_is_older_than_events_are_kept_is_gone() {
    let stage = Stage::with(|config| config.section("retention", json!({"events": "1s"}))).await;
    let at = sent(&stage, "image", cat()).await;
    within("the event to be gone", async { while open(&stage.host, &at).await.status != 410 {} }).await;
}

#[tokio::test]
async fn an_address_that_leads_to_this_machine_is_not_followed() {
    let stage = Stage::new().await;
    let elsewhere = tests::Graph::start().await;
    let trap = json!({"name": "trap.jpg", "redirect": elsewhere.url() + "/secret"});
    let at = sent(&stage, "image", trap).await;
    let refused = open(&stage.host, &at).await.expect_status(502);
    assert_eq!(refused.json()["code"], "media.redirect");
    assert!(!refused.everything().contains("/secret"), "{}", refused.everything());
    assert!(elsewhere.requests().is_empty(), "nobody was asked");
}
