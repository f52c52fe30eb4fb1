//! What providers keep for us.

use jiff::SignedDuration;

use super::*;
use crate::store::{StoreError, Upload, UploadKey};

promises!(
    an_upload_is_found_by_channel_kind_and_content_and_replaced,
    an_id_that_is_no_longer_good_is_forgotten,
    moments_are_kept_to_the_millisecond,
    what_lacks_its_channel_kind_or_id_is_refused,
);

fn key(kind: &'static str, digest: u8) -> UploadKey {
    UploadKey { channel_id: CHANNEL.to_owned(), kind, digest: [digest; 32] }
}

fn kept(id: &str, expires_at: Option<Timestamp>) -> Upload {
    Upload { attachment_id: id.to_owned(), expires_at }
}

async fn an_upload_is_found_by_channel_kind_and_content_and_replaced(stores: Stores) {
    let uploads = stores.uploads;
    let until = noon() + SignedDuration::from_hours(1);
    uploads.put(key("image", 1), kept("a-1", Some(until))).await.unwrap();
    uploads.put(key("image", 2), kept("a-2", None)).await.unwrap();
    assert_eq!(uploads.get(&key("file", 1)).await.unwrap(), None);
    let elsewhere = UploadKey { channel_id: "another".to_owned(), ..key("image", 1) };
    assert_eq!(uploads.get(&elsewhere).await.unwrap(), None);
    uploads.put(key("image", 1), kept("a-3", Some(until))).await.unwrap();
    assert_eq!(uploads.get(&key("image", 1)).await.unwrap(), Some(kept("a-3", Some(until))));
    assert_eq!(uploads.get(&key("image", 2)).await.unwrap(), Some(kept("a-2", None)));
}

async fn an_id_that_is_no_longer_good_is_forgotten(stores: Stores) {
    let uploads = stores.uploads;
    uploads.put(key("image", 1), kept("a-1", None)).await.unwrap();
    uploads.put(key("image", 2), kept("a-2", None)).await.unwrap();
    uploads.forget("another", "a-2").await.unwrap();
    for _ in 0..2 {
        uploads.forget(CHANNEL, "a-1").await.unwrap();
    }
    assert_eq!(uploads.get(&key("image", 1)).await.unwrap(), None);
    assert!(uploads.get(&key("image", 2)).await.unwrap().is_some());
}

async fn moments_are_kept_to_the_millisecond(stores: Stores) {
    stores.uploads.put(key("image", 1), kept("a-1", Some(exactly(noon())))).await.unwrap();
    assert_eq!(stores.uploads.get(&key("image", 1)).await.unwrap(), Some(kept("a-1", Some(noon()))));
}

async fn what_lacks_its_channel_kind_or_id_is_refused(stores: Stores) {
    let nowhere = UploadKey { channel_id: String::new(), ..key("image", 1) };
    for (key, id) in [(nowhere, "a-1"), (key("", 1), "a-1"), (key("image", 1), "")] {
        let refused = stores.uploads.put(key, kept(id, None)).await;
        assert!(matches!(refused, Err(StoreError::Refused)), "{refused:?}");
    }
}
