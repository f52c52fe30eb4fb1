//! The cache of uploads.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::engine::{UploadKept, UploadKey};

fn key(kind: &'static str, digest: u8) -> UploadKey {
    UploadKey { channel_id: CHANNEL.to_owned(), kind, digest: [digest; 32] }
}

fn kept(id: &str, expires_at: Option<Timestamp>) -> UploadKept {
    UploadKept { attachment_id: id.to_owned(), expires_at }
}

fn soon() -> Timestamp {
    let soon = Timestamp::now() + SignedDuration::from_hours(1);
    Timestamp::from_millisecond(soon.as_millisecond()).unwrap()
}

#[tokio::test]
async fn an_upload_is_found_by_channel_kind_and_content_and_replaced() {
    let (dir, engine) = engine();
    let uploads = engine.uploads();
    let until = soon();
    within(uploads.put(key("image", 1), kept("a-1", Some(until)))).await.unwrap();
    within(uploads.put(key("image", 2), kept("a-2", None))).await.unwrap();
    assert_eq!(within(uploads.get(&key("file", 1))).await.unwrap(), None);
    let elsewhere = UploadKey { channel_id: "another".to_owned(), ..key("image", 1) };
    assert_eq!(within(uploads.get(&elsewhere)).await.unwrap(), None);
    within(uploads.put(key("image", 1), kept("a-3", Some(until)))).await.unwrap();
    within(engine.close()).await.unwrap();
    let uploads = Embedded::open(dir.path()).unwrap().uploads();
    assert_eq!(within(uploads.get(&key("image", 1))).await.unwrap(), Some(kept("a-3", Some(until))));
    assert_eq!(within(uploads.get(&key("image", 2))).await.unwrap(), Some(kept("a-2", None)));
}

#[tokio::test]
async fn an_id_that_is_no_longer_good_is_forgotten() {
    let (_dir, engine) = engine();
    let uploads = engine.uploads();
    within(uploads.put(key("image", 1), kept("a-1", None))).await.unwrap();
    within(uploads.put(key("image", 2), kept("a-2", None))).await.unwrap();
    within(uploads.forget("another", "a-2")).await.unwrap();
    within(uploads.forget(CHANNEL, "a-1")).await.unwrap();
    assert_eq!(within(uploads.get(&key("image", 1))).await.unwrap(), None);
    assert!(within(uploads.get(&key("image", 2))).await.unwrap().is_some());
}

#[tokio::test]
async fn uploads_that_expired_are_gone_after_a_restart() {
    let (dir, engine) = engine();
    let past = Timestamp::now() - SignedDuration::from_secs(1);
    within(engine.uploads().put(key("image", 1), kept("a-1", Some(past)))).await.unwrap();
    assert!(within(engine.uploads().get(&key("image", 1))).await.unwrap().is_some());
    within(engine.close()).await.unwrap();
    let engine = Embedded::open(dir.path()).unwrap();
    assert_eq!(within(engine.uploads().get(&key("image", 1))).await.unwrap(), None);
}
