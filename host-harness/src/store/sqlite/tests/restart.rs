//! What is stored is there after a restart, and a fault in one place is no fault in another.

use channel_api::{Choice, Error, ErrorKind, Identity, Opening, Retry, ThreadOwner};
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::store::EventLog;
use crate::store::events::REMEMBERED;
use crate::store::{Offered, Owned, Profile, Profiles, Upload, UploadKey, Uploads};

async fn reopened(dir: &TempDir, store: Sqlite) -> Sqlite {
    within(store.close()).await.unwrap();
    Sqlite::open(dir.path()).unwrap()
}

/// This moment, as it is kept.
fn now() -> Timestamp {
    Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap()
}

#[tokio::test]
async fn duplicates_are_known_and_numbers_go_on() {
    let (dir, store) = store();
    let before = store.append(vec![event("m_1"), event("m_2")]).await.unwrap();
    let store = reopened(&dir, store).await;
    assert_eq!(store.last(), before.last_seq);
    let after = store.append(vec![event("m_2"), event("m_3")]).await.unwrap();
    assert_eq!((after.stored(), after.duplicates()), (1, 1));
    assert_eq!(after.events[0].received_at, before.events[1].received_at);
    assert!(after.last_seq > before.last_seq);
    assert_eq!(ids(&store).await, ["m_1", "m_2", "m_3"]);
}

#[tokio::test]
async fn numbers_are_not_given_out_again_after_a_deletion() {
    let (dir, store) = store();
    let before = store.append(vec![event("m_1"), event("m_2")]).await.unwrap();
    assert_eq!(by_hand(&store, "DELETE FROM events").await, 2);
    let store = reopened(&dir, store).await;
    assert_eq!(store.last(), before.last_seq);
    assert!(store.append(vec![event("m_3")]).await.unwrap().last_seq > before.last_seq);
}

#[tokio::test]
async fn everything_beside_the_events_is_there_too() {
    let (dir, store) = store();
    let owned = Owned { owner: ThreadOwner::App("263902037430900".to_owned()), since: noon() };
    store.set_owner(CHANNEL, PERSON, owned.clone()).await.unwrap();
    let offered = Offered { choices: vec![Choice::new("Red", "PICK_RED")], since: now() };
    store.set_choices(CHANNEL, PERSON, offered.clone()).await.unwrap();
    let opening = Opening::new(channel_api::Timestamp::from_millis(noon().as_millisecond()).unwrap(), "message");
    store.append(vec![event("m_1").with_opening(Some(opening.clone()))]).await.unwrap();
    let later = Timestamp::from_millisecond(Timestamp::now().as_millisecond() + 3_600_000).unwrap();
    let answer = serde_json::from_str(r#"{"firstName":"Ana"}"#).unwrap();
    let profile = Profile { answer: Ok(answer), expires_at: later, version: 3 };
    within(Profiles::put(&store, CHANNEL, PERSON, profile.clone())).await.unwrap();
    let upload_key = UploadKey { channel_id: CHANNEL.to_owned(), kind: "image", digest: [1; 32] };
    let upload = Upload { attachment_id: "a-1".to_owned(), expires_at: Some(later) };
    Uploads::put(&store, upload_key.clone(), upload.clone()).await.unwrap();
    for name in ["accepted", "begun", "ended", "refused"] {
        assert!(matches!(store.accept(vec![under(name)]).await.unwrap()[..], [Accepted::New { .. }]));
    }
    let mut attempts = Vec::new();
    for name in ["begun", "ended", "refused"] {
        attempts.push(store.begin(&format!("msg_{name}"), Vec::new()).await.unwrap().unwrap());
    }
    store.end(&attempts[1], Outcome::default(), None).await.unwrap();
    let refused = Error::new(ErrorKind::Rejected, "scripted", "it was refused").with_retry(Retry::Never);
    store.end(&attempts[2], Outcome { failure: Some(refused), ..Outcome::default() }, None).await.unwrap();

    let store = reopened(&dir, store).await;
    assert_eq!(store.known(CHANNEL, PERSON).await.unwrap().owner, Some(owned));
    assert_eq!(store.choices(CHANNEL, PERSON).await.unwrap(), Some(offered));
    assert_eq!(store.known(CHANNEL, PERSON).await.unwrap().openings, [opening]);
    assert_eq!(Profiles::get(&store, CHANNEL, PERSON).await.unwrap(), Some(profile));
    assert_eq!(Uploads::get(&store, &upload_key).await.unwrap(), Some(upload));
    let status = async |name| store.find(&key(name)).await.unwrap().map(|kept| kept.status);
    assert_eq!(status("accepted").await, Some(Status::Accepted));
    assert_eq!(status("begun").await, Some(Status::Begun));
    assert_eq!(status("ended").await, Some(Status::Sent));
    assert_eq!(status("refused").await, Some(Status::Failed), "a key is its message's for good");
    // Who began before may have been cut off after it was sent, but what it knows is still taken.
    store.end(&attempts[0], Outcome::default(), None).await.unwrap();
}

#[tokio::test]
async fn what_is_gone_stays_gone() {
    let (dir, store) = store();
    let identity = || Identity::Derived { fingerprint: [1; 16], subject: Some([2; 16]), entry_time: millis(1) };
    let derived = || NewEvent { identity: identity(), person: None, ..event("") };
    let later = Timestamp::now() + SignedDuration::from_secs(1);
    store.append(vec![event("m_1"), derived(), event("m_2")]).await.unwrap();
    assert_eq!(EventLog::expire(&store, later, u64::MAX, 2).await.unwrap(), 2);
    assert_eq!(EventLog::erase(&store, CHANNEL, PERSON, later).await.unwrap(), 1);

    let store = reopened(&dir, store).await;
    assert_eq!((store.first(), store.last()), (3, 3));
    assert_eq!(within(Reader::open(dir.path()).unwrap().first()).await.unwrap(), 3);
    let old = NewEvent { happened_at: millis(later.as_millisecond()), ..event("m_3") };
    let again = store.append(vec![event("m_1"), derived(), event("m_2"), old]).await.unwrap();
    assert_eq!(again.stored(), 0);
    assert_eq!(again.events.iter().map(|placed| placed.erased).collect::<Vec<_>>(), [true, false, true, true]);

    // By then nobody delivers it again.
    let month = Timestamp::now() + REMEMBERED + SignedDuration::from_mins(1);
    assert_eq!(store.forget_expired(month, 2).await.unwrap(), 2);
    assert_eq!(store.forget_expired(month, 10).await.unwrap(), 3, "two ids, a time and a subject, and an id");
    assert_eq!(store.append(vec![event("m_1"), derived()]).await.unwrap().stored(), 2);
}

fn millis(millis: i64) -> Option<channel_api::Timestamp> {
    channel_api::Timestamp::from_millis(millis)
}

#[tokio::test]
async fn a_refused_request_hurts_no_neighbour() {
    let (_dir, store) = store();
    let held = Held::hold(&store).await;
    let mut requests = Box::pin(futures::future::join3(
        store.append(vec![event("m_1")]),
        store.append(vec![event("m_lost"), event(""), event("m_lost_too")]),
        store.append(vec![event("m_2")]),
    ));
    assert!(futures::poll!(&mut requests).is_pending());
    held.release().await;

    let (first, poisoned, last) = within(requests).await;
    assert_eq!(first.unwrap().stored(), 1);
    assert!(matches!(poisoned, Err(StoreError::Refused)), "{poisoned:?}");
    assert_eq!(store.stats().commits, 2, "the three shared one commit");
    let events = all(&store).await;
    assert_eq!(events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["m_1", "m_2"]);
    assert_eq!(last.unwrap().last_seq, events[1].seq);
    assert_eq!(store.last(), events[1].seq);
}

#[tokio::test]
async fn a_damaged_event_stops_the_reader_only_when_it_is_next() {
    let (_dir, store) = store();
    store.append(vec![event("m_1"), event("m_2"), event("m_3")]).await.unwrap();
    assert_eq!(by_hand(&store, "UPDATE events SET data = '{' WHERE id = 'm_2'").await, 1);
    let from = |after| store.read(Query { after, limit: 10, ..Query::default() });
    let before = within(from(0)).await.unwrap();
    assert_eq!(before.len(), 1);
    let Err(StoreError::CorruptEvent { seq }) = within(from(before[0].seq)).await else { panic!("it was read") };
    assert_eq!(within(from(seq)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_attempt_that_vanished_is_not_ended_in_silence() {
    let (_dir, store) = store();
    assert!(matches!(store.accept(vec![under("k")]).await.unwrap()[..], [Accepted::New { .. }]));
    let attempt = store.begin("msg_k", Vec::new()).await.unwrap().unwrap();
    assert_eq!(by_hand(&store, "DELETE FROM messages").await, 1);
    let ended = within(store.end(&attempt, Outcome::default(), None)).await;
    assert!(matches!(ended, Err(StoreError::NotBegun)), "{ended:?}");
}

#[tokio::test]
async fn a_damaged_outcome_is_told_as_what_it_is() {
    let (_dir, store) = store();
    assert!(matches!(store.accept(vec![under("k")]).await.unwrap()[..], [Accepted::New { .. }]));
    assert_eq!(by_hand(&store, "UPDATE messages SET outcome = '{'").await, 1);
    for refused in [store.find(&key("k")).await.map(|_| ()), store.accept(vec![under("k")]).await.map(|_| ())] {
        assert!(matches!(refused, Err(StoreError::CorruptOutcome)), "{refused:?}");
    }
}

#[tokio::test]
async fn an_end_waits_for_room_where_a_beginning_is_refused() {
    let (_dir, store) = store_with(Limits { queue: 1, ..Limits::default() });
    assert!(matches!(store.accept(vec![under("k")]).await.unwrap()[..], [Accepted::New { .. }]));
    let attempt = store.begin("msg_k", Vec::new()).await.unwrap().unwrap();
    let held = Held::hold(&store).await;
    let mut waiting = Box::pin(store.append(vec![event("m_1")]));
    assert!(futures::poll!(&mut waiting).is_pending());

    let refused = within(store.accept(vec![under("another")])).await;
    assert!(matches!(refused, Err(StoreError::Busy { .. })), "{refused:?}");
    let mut ending = Box::pin(store.end(&attempt, Outcome::default(), None));
    assert!(futures::poll!(&mut ending).is_pending());
    held.release().await;
    within(ending).await.unwrap();
    within(waiting).await.unwrap();
    assert_eq!(store.find(&key("k")).await.unwrap().unwrap().status, Status::Sent);
    assert!(store.find(&key("another")).await.unwrap().is_none(), "what was refused is not written down");
}
