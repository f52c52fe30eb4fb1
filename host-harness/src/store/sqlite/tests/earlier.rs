//! Stores of earlier releases open, and nothing in them is lost.

use std::fs;
use std::path::Path;

use channel_api::{ErrorKind, Opening, ThreadOwner};
use jiff::Timestamp;
use rusqlite::Connection;

use super::*;
use crate::store::sqlite::schema;
use crate::store::{Owned, Profiles, Subscription, Subscriptions, UploadKey, Uploads};

const OTHER_PERSON: &str = "9000000000000001";
/// SHA-256 of what was uploaded: the address `https://cdn.example.org/catalogue.jpg`.
const CATALOGUE: [u8; 32] = [
    0x55, 0xfa, 0x04, 0xc9, 0x99, 0x18, 0x08, 0x08, 0x07, 0x58, 0x88, 0xff, 0xfb, 0xa0, 0x8a, 0xba, 0xb3, 0xa2, 0x58,
    0x68, 0xfb, 0x54, 0x5f, 0xd2, 0x4b, 0xe1, 0xa4, 0x64, 0x80, 0xf5, 0x6e, 0x99,
];

/// A copy of the store that commit 18ca8b1 left. What had not expired then has not expired now.
fn of_18ca8b1() -> TempDir {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/store-18ca8b1/events.sqlite3");
    let dir = tempfile::tempdir().unwrap();
    fs::copy(fixture, dir.path().join("events.sqlite3")).unwrap();
    let database = Connection::open(dir.path().join("events.sqlite3")).unwrap();
    let passed = Timestamp::now().as_millisecond() - 1_795_873_818_402;
    for table in ["people", "uploads"] {
        database.execute(&format!("UPDATE {table} SET expires_at = expires_at + ?1"), [passed]).unwrap();
    }
    dir
}

/// Every event's name and data, as they lie in the database.
fn rows(dir: &TempDir) -> Vec<(String, String)> {
    let database = Connection::open(dir.path().join("events.sqlite3")).unwrap();
    let mut rows = database.prepare("SELECT name, data FROM events ORDER BY seq").unwrap();
    rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

fn pragma(dir: &TempDir, name: &str) -> i64 {
    let database = Connection::open(dir.path().join("events.sqlite3")).unwrap();
    database.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn the_events_of_18ca8b1_read_as_they_were_stored() {
    let dir = of_18ca8b1();
    let before = rows(&dir);
    assert_eq!(before.len(), 27);
    for _ in 0..2 {
        let store = Sqlite::open(dir.path()).unwrap();
        let events = all(&store).await;
        let read: Vec<_> = events.iter().map(|event| (event.name.clone(), event.data.get().to_owned())).collect();
        assert_eq!(read, before);
        for (event, seq) in events.iter().zip(1..) {
            assert_eq!(event.seq, seq);
            assert!(event.data.get().starts_with(&format!("{{\"id\":\"{}\",", event.id)), "{}", event.data);
        }
        let kinds: Vec<_> = events.iter().filter_map(|event| Some((event.seq, event.kind.as_deref()?))).collect();
        assert_eq!(kinds, [(9, "message.quick_reply"), (13, "message.postback")]);
        within(store.close()).await.unwrap();
    }
}

#[tokio::test]
async fn a_reader_does_not_read_18ca8b1_before_the_store_is_brought_up_to_date() {
    let dir = of_18ca8b1();
    let refused = Reader::open(dir.path()).unwrap_err();
    assert!(matches!(refused, StoreError::OlderFormat { found: 2, .. }), "{refused:?}");
    within(Sqlite::open(dir.path()).unwrap().close()).await.unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let query = Query { limit: usize::MAX, ..Query::default() };
    assert_eq!(within(reader.read(query)).await.unwrap().len(), 27);
}

#[tokio::test]
async fn a_log_of_18ca8b1_knows_its_events_and_goes_on() {
    let dir = of_18ca8b1();
    let store = Sqlite::open(dir.path()).unwrap();
    let known = all(&store).await.into_iter().map(|stored| event(&stored.id)).collect();
    let appended = store.append(known).await.unwrap();
    assert_eq!((appended.stored(), appended.duplicates(), appended.last_seq), (0, 27, 27));
    assert!(store.append(vec![event("m_new")]).await.unwrap().last_seq > 27);
}

#[tokio::test]
async fn what_18ca8b1_knew_of_people_is_known() {
    let dir = of_18ca8b1();
    let store = Sqlite::open(dir.path()).unwrap();
    let ana = Profiles::get(&store, CHANNEL, PERSON).await.unwrap().unwrap();
    assert_eq!(ana.answer.unwrap()["lastName"], "Lima");
    assert!(ana.expires_at > Timestamp::now());
    let other = Profiles::get(&store, CHANNEL, OTHER_PERSON).await.unwrap().unwrap();
    assert_eq!(other.answer, Err(Some("facebook.no_profile".to_owned())));

    let at = |millis| Timestamp::from_millisecond(millis).unwrap();
    let owned = Owned { owner: ThreadOwner::Us, since: at(1_795_873_818_340) };
    assert_eq!(store.known(CHANNEL, PERSON).await.unwrap().owner, Some(owned));
    let owned = Owned { owner: ThreadOwner::App("263902037430900".to_owned()), since: at(1_795_873_818_389) };
    assert_eq!(store.known(CHANNEL, OTHER_PERSON).await.unwrap().owner, Some(owned));
    let events = all(&store).await;
    let last = store.last_message(CHANNEL, PERSON).await.unwrap();
    assert_eq!(last, Some(events[20].received_at), "the colleague's answer");
    // A tap was a message before the log said so.
    by_hand(&store, "DELETE FROM events WHERE seq > 13").await;
    assert_eq!(store.last_message(CHANNEL, PERSON).await.unwrap(), Some(events[12].received_at));
    by_hand(&store, "DELETE FROM events WHERE seq > 9").await;
    assert_eq!(store.last_message(CHANNEL, PERSON).await.unwrap(), Some(events[8].received_at));

    let opening = Opening::new(channel_api::Timestamp::from_millis(1_795_873_818_340).unwrap(), "message");
    assert_eq!(store.known(CHANNEL, PERSON).await.unwrap().openings, [], "only its channel could say");
    store.append(vec![event("m_new").with_opening(Some(opening.clone()))]).await.unwrap();
    assert_eq!(store.known(CHANNEL, PERSON).await.unwrap().openings, [opening]);

    let catalogue = UploadKey { channel_id: CHANNEL.to_owned(), kind: "image", digest: CATALOGUE };
    let kept = Uploads::get(&store, &catalogue).await.unwrap().unwrap();
    assert_eq!(kept.attachment_id, "7162901932142822");
}

#[tokio::test]
async fn what_18ca8b1_sent_is_not_sent_again() {
    let dir = of_18ca8b1();
    let store = Sqlite::open(dir.path()).unwrap();
    let found = async |name| store.find(&key(name)).await.unwrap();
    let ended = async |name| {
        let kept = found(name).await.unwrap();
        (kept.status, kept.outcome.unwrap())
    };
    let (status, sent) = ended("sent").await;
    assert_eq!(status, Status::Sent);
    assert_eq!(sent.receipts[0].message_id.as_deref(), Some("m__rJ-XCVRjN6Re6tfxXXVkyl3il6_bmnX"));
    assert_eq!((sent.receipts.len(), sent.parts, sent.warnings.len()), (1, 1, 0));
    assert!(sent.failure.is_none());
    let (status, partly) = ended("partly-sent").await;
    // Whether its second part may have gone out as well was not kept.
    assert_eq!(status, Status::Unknown);
    assert_eq!((partly.receipts.len(), partly.parts), (1, 2));
    let failure = partly.failure.unwrap();
    assert_eq!((failure.kind(), failure.code()), (ErrorKind::RecipientUnavailable, "facebook.person_unknown"));
    assert_eq!(failure.to_string(), "Message failed to send: the Page knows nobody with this id (PSID).");
    assert_eq!(failure.provider().unwrap().subcode_number(), Some(2_018_001));
    assert!(found("refused").await.is_none());
    for open in ["reset", "killed"] {
        let kept = found(open).await.unwrap();
        assert_eq!((kept.status, kept.json.get()), (Status::Unknown, "{}"));
        assert!(store.begin(&kept.id, Vec::new()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn new_stores_give_room_back_bit_by_bit_and_old_ones_keep_their_way() {
    let (dir, store) = store();
    within(store.close()).await.unwrap();
    assert_eq!(pragma(&dir, "auto_vacuum"), 2, "2 is INCREMENTAL");
    let dir = of_18ca8b1();
    within(Sqlite::open(dir.path()).unwrap().close()).await.unwrap();
    assert_eq!(pragma(&dir, "auto_vacuum"), 0);
}

#[tokio::test]
async fn a_store_of_the_first_format_is_brought_up_to_date() {
    let dir = tempfile::tempdir().unwrap();
    let database = Connection::open(dir.path().join("events.sqlite3")).unwrap();
    database.execute_batch(schema::first_step()).unwrap();
    let insert = "INSERT INTO events (channel_id, id, name, person, data, received_at) VALUES (?1, 'm_1', 'message.received', ?2, '{}', 1)";
    database.execute(insert, [CHANNEL, PERSON]).unwrap();
    database.pragma_update(None, "user_version", 1).unwrap();
    drop(database);
    let store = Sqlite::open(dir.path()).unwrap();
    assert_eq!(ids(&store).await, ["m_1"]);
    assert!(store.last_message(CHANNEL, PERSON).await.unwrap().is_some());
    let again = store.append(vec![event("m_1"), event("m_2")]).await.unwrap();
    assert_eq!((again.stored(), again.duplicates()), (1, 1));
}

#[tokio::test]
async fn a_store_of_18ca8b1_can_remember_that_a_subscription_was_ended() {
    let dir = of_18ca8b1();
    let ended = Subscription { ended_at: Some(noon()), mended_at: None };
    {
        let store = Sqlite::open(dir.path()).unwrap();
        assert_eq!(Subscriptions::get(&store, CHANNEL).await.unwrap(), Subscription::default());
        Subscriptions::put(&store, CHANNEL, ended).await.unwrap();
    }
    assert_eq!(Reader::open(dir.path()).unwrap().subscription(CHANNEL).await.unwrap(), ended);
}
