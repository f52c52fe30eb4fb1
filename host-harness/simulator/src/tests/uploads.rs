//! Attachments: by address, by bytes, by id.

use std::time::Duration;

use serde_json::{Value, json};

use super::stage::{GOOD, PSID, START_MS, Stage, TOKEN, answer, codes, page, simulator};
use crate::{Clock, Page};

const UPLOADS: &str = "/v26.0/me/message_attachments";

/// A form with parts, written by hand so that it does not agree with the reader by construction.
fn form(fields: &[(&str, String)], file: Option<(&str, Vec<u8>)>) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    if let Some((kind, bytes)) = file {
        let head = "--frontier\r\nContent-Disposition: form-data; name=\"filedata\"; filename=\"a.bin\"";
        body.extend(format!("{head}\r\nContent-Type: {kind}\r\n\r\n").bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--frontier--\r\n");
    ("multipart/form-data; boundary=frontier".to_owned(), body)
}

async fn post(stage: &Stage, path: &str, (kind, body): (String, Vec<u8>)) -> (u16, Value) {
    let request = stage.http.post(format!("{}{path}", stage.sim.url())).bearer_auth(TOKEN);
    answer(request.header("content-type", kind).body(body)).await
}

fn attachment(kind: &str) -> (&'static str, String) {
    ("message", json!({"attachment": {"type": kind, "payload": {"is_reusable": true}}}).to_string())
}

fn by_id(kind: &str, id: &Value) -> Value {
    json!({"attachment": {"type": kind, "payload": {"attachment_id": id}}})
}

#[tokio::test]
async fn an_upload_by_address_is_taken_without_being_fetched() {
    let stage = Stage::in_conversation().await;
    // Nothing listens there: a fetch would fail.
    let message = |payload: Value| json!({"message": {"attachment": {"type": "image", "payload": payload}}});
    let (status, uploaded) =
        stage.post(UPLOADS, &message(json!({"url": "https://cdn.invalid/a.png", "is_reusable": true}))).await;
    assert_eq!(status, 200, "{uploaded}");
    stage.sent(by_id("image", &uploaded["attachment_id"])).await;
    let template = json!({"template_type": "media", "elements": [{"media_type": "image", "attachment_id": uploaded["attachment_id"]}]});
    stage.sent(json!({"attachment": {"type": "template", "payload": template}})).await;
    for (request, expected) in [
        (message(json!({"url": "a.png"})), (Some(100), Some(2_018_008))),
        (message(json!({})), (Some(100), None)),
        (message(json!({"attachment_id": "1"})), (Some(100), None)),
        (json!({"message": {"attachment": {"type": "template", "payload": {}}}}), (Some(100), None)),
        (json!({"message": {"text": "Hi"}}), (Some(100), None)),
        (json!({}), (Some(100), None)),
        (json!({"platform": "WHATSAPP"}), (Some(100), None)),
    ] {
        assert_eq!(codes(&stage.post(UPLOADS, &request).await), expected, "{request}");
    }
}

#[tokio::test]
async fn a_file_must_be_what_it_is_declared_to_be() {
    let stage = Stage::in_conversation().await;
    let broken = (Some(100), Some(2_018_047));
    for (kind, content_type, bytes, expected) in [
        ("image", "image/png", 10, GOOD),
        ("audio", "audio/mpeg", 10, GOOD),
        ("video", "video/mp4", 10, GOOD),
        ("file", "application/pdf", 10, GOOD),
        ("file", "image/png", 10, GOOD),
        ("image", "application/octet-stream", 10, broken),
        ("audio", "video/mp4", 10, broken),
        ("image", "image/png", 0, broken),
        ("video", "video/mp4", 25 * 1024 * 1024, GOOD),
        ("video", "video/mp4", 25 * 1024 * 1024 + 1, (Some(100), Some(2_018_109))),
    ] {
        let body = form(&[attachment(kind)], Some((content_type, vec![0; bytes])));
        let answer = post(&stage, UPLOADS, body).await;
        assert_eq!(codes(&answer), expected, "{kind} {content_type} {bytes} {answer:?}");
    }
    let (_, record) = stage.get("/_sim/requests").await;
    assert_eq!(record["requests"][0]["file"], json!({"contentType": "image/png", "bytes": 10}));
}

#[tokio::test]
async fn a_file_can_come_with_the_message() {
    let mut stage = Stage::in_conversation().await;
    let to = ("recipient", json!({"id": PSID}).to_string());
    let fields = [to, ("messaging_type", "RESPONSE".to_owned()), attachment("image")];
    let (status, sent) = post(&stage, "/v26.0/me/messages", form(&fields, Some(("image/png", vec![1; 9])))).await;
    assert_eq!(status, 200, "{sent}");
    assert_eq!(stage.webhook().await["message"]["attachments"][0]["type"], "image");
    stage.sent(by_id("image", &sent["attachment_id"])).await;

    let both =
        json!({"attachment": {"type": "image", "payload": {"url": "https://cdn.example.org/a.png"}}}).to_string();
    let fields = [fields[0].clone(), ("message", both)];
    let refused = post(&stage, "/v26.0/me/messages", form(&fields, Some(("image/png", vec![1; 9])))).await;
    assert_eq!(codes(&refused), (Some(100), None));
    let torn = (form(&[], None).0, b"--frontier\r\nno".to_vec());
    assert_eq!(codes(&post(&stage, "/v26.0/me/messages", torn).await), (Some(100), None));
    let huge = form(&[attachment("video")], Some(("video/mp4", vec![0; 33 * 1024 * 1024])));
    assert_eq!(post(&stage, UPLOADS, huge).await.0, 413);
}

#[tokio::test]
async fn an_id_belongs_to_its_page_its_kind_and_ninety_days() {
    let clock = Clock::fixed(START_MS);
    let other = Page { id: "2000000000000002".into(), access_token: "other-token".into(), ..page() };
    let stage = Stage::with(simulator().clock(clock.clone()).page(other)).await;
    let upload =
        json!({"message": {"attachment": {"type": "image", "payload": {"url": "https://cdn.example.org/a.png"}}}});
    let theirs = stage.http.post(format!("{}{UPLOADS}", stage.sim.url())).bearer_auth("other-token").json(&upload);
    let (_, theirs) = answer(theirs).await;
    let (_, ours) = stage.post(UPLOADS, &upload).await;
    let (ours, theirs) = (&ours["attachment_id"], &theirs["attachment_id"]);
    clock.advance(Duration::from_hours(90 * 24) - Duration::from_secs(1));
    stage.sim.say(None, "hello").unwrap();
    let gone = (Some(100), Some(2_018_074));
    assert_eq!(codes(&stage.message(by_id("image", ours)).await), GOOD);
    assert_eq!(codes(&stage.message(by_id("video", ours)).await), (Some(100), Some(2_018_047)));
    assert_eq!(codes(&stage.message(by_id("image", theirs)).await), gone);
    let image = json!({"type": "image", "payload": {"attachment_id": theirs}});
    assert_eq!(codes(&stage.message(json!({"attachments": [image]})).await), gone);
    clock.advance(Duration::from_secs(1));
    assert_eq!(codes(&stage.message(by_id("image", ours)).await), gone);
}

#[tokio::test]
async fn several_images_travel_together() {
    let mut stage = Stage::in_conversation().await;
    let image = json!({"type": "image", "payload": {"url": "https://cdn.example.org/a.png"}});
    stage.sent(json!({"attachments": vec![image.clone(); 30]})).await;
    assert_eq!(stage.webhook().await["message"]["attachments"].as_array().unwrap().len(), 30);
    let video = json!({"type": "video", "payload": {"url": "https://cdn.example.org/a.mp4"}});
    for (message, code) in [
        (json!({"attachments": vec![image.clone(); 31]}), 105),
        (json!({"attachments": [image, video]}), 100),
        (json!({"attachments": [], "text": "Hi"}), 100),
    ] {
        assert_eq!(codes(&stage.message(message).await).0, Some(code));
    }
}
