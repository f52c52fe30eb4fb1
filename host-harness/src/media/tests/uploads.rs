//! The same file is kept once.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use channel_api::MediaKind;
use tempfile::TempDir;

use crate::media::{Given, Outcome, SpoolError, Spooled, Uploads, spool};
use crate::scripted::Scripted;
use crate::store::Stores;

const DAY: Duration = Duration::from_hours(24);

fn uploads() -> (TempDir, Uploads) {
    let dir = tempfile::tempdir().unwrap();
    let uploads = Uploads::new(Stores::in_memory().uploads, Some(dir.path()));
    (dir, uploads)
}

fn channel() -> Scripted {
    Scripted::new("ch_facebook_123")
}

async fn spooled(uploads: &Uploads, words: &'static str, at_most: u64) -> Result<Spooled, SpoolError<Infallible>> {
    let chunks = words.as_bytes().chunks(3).map(|chunk| Ok(Bytes::copy_from_slice(chunk)));
    spool(uploads.directory(), futures::stream::iter(chunks.collect::<Vec<_>>()), at_most).await
}

async fn file(uploads: &Uploads, words: &'static str, name: &str) -> Given {
    let file = spooled(uploads, words, 100).await.unwrap();
    Given::File { file, name: name.to_owned(), content_type: "text/plain".to_owned() }
}

fn id(outcome: &Outcome) -> (&str, bool) {
    (&outcome.kept.attachment_id, outcome.cached)
}

#[tokio::test]
async fn the_same_content_is_uploaded_once() {
    let (_dir, uploads) = uploads();
    let stub = channel().expiring_in(90 * DAY);
    let keep =
        async |kind, words, name| uploads.keep(&stub, kind, file(&uploads, words, name).await, false).await.unwrap();
    let first = keep(MediaKind::Image, "a picture", "a.png").await;
    assert_eq!(id(&first), ("a-1", false));
    let again = keep(MediaKind::Image, "a picture", "b.png").await;
    assert_eq!(id(&again), ("a-1", true));
    assert_eq!(first.kept, again.kept);
    assert_eq!(id(&keep(MediaKind::Image, "another picture", "a.png").await), ("a-2", false));
    // Another kind is another attachment, and so is a file that people see under another name.
    assert_eq!(id(&keep(MediaKind::File, "a picture", "a.png").await), ("a-3", false));
    assert_eq!(id(&keep(MediaKind::File, "a picture", "b.png").await), ("a-4", false));
    assert_eq!(id(&keep(MediaKind::File, "a picture", "a.png").await), ("a-3", true));
}

#[tokio::test]
async fn an_address_is_kept_by_its_words_and_can_be_fetched_afresh() {
    let (_dir, uploads) = uploads();
    let stub = channel();
    let keep = async |url: &str, fresh| {
        uploads.keep(&stub, MediaKind::Image, Given::Url(url.to_owned()), fresh).await.unwrap()
    };
    let cat = "https://cdn.example.org/cat.jpg";
    assert_eq!(id(&keep(cat, false).await), ("a-1", false));
    assert_eq!(id(&keep(cat, false).await), ("a-1", true));
    assert_eq!(id(&keep(cat, true).await), ("a-2", false));
    assert_eq!(id(&keep(cat, false).await), ("a-2", true));
    assert_eq!(id(&keep("https://cdn.example.org/dog.jpg", false).await), ("a-3", false));
}

#[tokio::test]
async fn an_id_belongs_to_the_account_that_made_it() {
    let (_dir, uploads) = uploads();
    let keep = async |channel: Scripted, words| {
        let file = file(&uploads, words, "a.png").await;
        uploads.keep(&channel, MediaKind::Image, file, false).await.unwrap().cached
    };
    for (channel, cached) in [
        (channel().connected_to("1098765432100001"), false),
        (channel().connected_to("1098765432100001"), true),
        // The same channel after its account was replaced in the configuration, and back again.
        (channel().connected_to("1098765432100002"), false),
        (channel().connected_to("1098765432100001"), true),
        // Another channel of the first account has another token, and perhaps another app.
        (Scripted::new("ch_facebook_456").connected_to("1098765432100001"), false),
    ] {
        let told = format!("{channel:?}");
        assert_eq!(keep(channel, "a picture").await, cached, "{told}");
    }
}

#[tokio::test]
async fn an_id_that_ends_soon_is_not_given_out_again() {
    let (_dir, uploads) = uploads();
    for (expires_in, expected) in [(DAY + Duration::from_mins(1), true), (Duration::from_hours(23), false)] {
        let stub = channel().expiring_in(expires_in);
        let given = || Given::Url(format!("https://cdn.example.org/{expires_in:?}"));
        uploads.keep(&stub, MediaKind::Image, given(), false).await.unwrap();
        let again = uploads.keep(&stub, MediaKind::Image, given(), false).await.unwrap();
        assert_eq!(again.cached, expected, "{expires_in:?}");
    }
}

#[tokio::test]
async fn two_who_bring_the_same_at_once_make_one_call() {
    let (_dir, uploads) = uploads();
    let uploads = Arc::new(uploads);
    let stub = Arc::new(channel().slow());
    let both: Vec<_> = (0..2)
        .map(|_| {
            let (uploads, stub) = (Arc::clone(&uploads), Arc::clone(&stub));
            tokio::spawn(async move {
                let given = Given::Url("https://cdn.example.org/cat.jpg".to_owned());
                uploads.keep(&*stub, MediaKind::Image, given, false).await.unwrap().cached
            })
        })
        .collect();
    stub.go_on();
    let mut cached = Vec::new();
    for one in both {
        cached.push(tokio::time::timeout(Duration::from_secs(20), one).await.unwrap().unwrap());
    }
    cached.sort_unstable();
    assert_eq!(cached, [false, true]);
    assert_eq!(stub.uploads.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_id_that_was_refused_is_asked_for_again() {
    let (_dir, uploads) = uploads();
    let stub = channel();
    let keep = async || {
        uploads
            .keep(&stub, MediaKind::Image, Given::Url("https://cdn.example.org/cat.jpg".to_owned()), false)
            .await
            .unwrap()
    };
    assert_eq!(id(&keep().await), ("a-1", false));
    uploads.forget("another channel", "a-1").await;
    assert_eq!(id(&keep().await), ("a-1", true));
    uploads.forget("ch_facebook_123", "a-1").await;
    assert_eq!(id(&keep().await), ("a-2", false));
}

#[tokio::test]
async fn a_file_is_bounded_and_leaves_nothing_behind() {
    let (dir, uploads) = uploads();
    let names = || std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    let before = names();
    assert!(matches!(spooled(&uploads, "0123456789", 9).await, Err(SpoolError::TooLarge(9))));
    let kept = spooled(&uploads, "0123456789", 10).await.unwrap();
    // Not even while it is there: nothing is left when the process dies.
    assert_eq!(names(), before);
    assert!(!kept.is_empty());
    assert!(spooled(&uploads, "", 10).await.unwrap().is_empty());
}
