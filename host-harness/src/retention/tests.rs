use std::sync::Arc;

use channel_api::{ChannelAdapter, Error, ErrorKind, Identity, ThreadOwner};
use serde_json::value::RawValue;

use super::*;
use crate::channels::{ChannelList, Channels};
use crate::scripted::Scripted;
use crate::store::{Mark, MarkKind, MarkState, MessageQuery, NewEvent, NewMessage, Origin, Owned, Profile, Query};

const NEVER: config::Retention = config::Retention { events: None, messages: None, people: None, max_size: None };

fn event(id: usize, bytes: usize) -> NewEvent {
    NewEvent {
        copy: None,
        channel_id: Arc::from("ch_1"),
        identity: Identity::Own(format!("m_{id}")),
        name: "message.received".into(),
        kind: None,
        person: Some("7411".to_owned()),
        happened_at: None,
        concerns: Vec::new(),
        opening: None,
        data: RawValue::from_string(format!("\"{}\"", "x".repeat(bytes))).unwrap(),
    }
}

async fn filled(stores: &Stores, events: usize, bytes: usize) {
    stores.events.append((0..events).map(|n| event(n, bytes)).collect()).await.unwrap();
    let owned = Owned { owner: ThreadOwner::Us, since: Timestamp::now() };
    stores.conversations.set_owner("ch_1", "7411", owned).await.unwrap();
    let profile = Profile { answer: Err(None), expires_at: Timestamp::now(), version: 1 };
    stores.profiles.put("ch_1", "7411", profile).await.unwrap();
    let _accepted = stores.outbox.accept(vec![message("msg_1"), message("msg_2")]).await.unwrap();
    let failure = Error::new(ErrorKind::Unexpected, "dropped", "it was dropped");
    assert!(stores.outbox.fail("msg_1", failure).await.unwrap());
}

fn message(id: &str) -> NewMessage {
    NewMessage {
        id: id.to_owned(),
        channel_id: "ch_1".to_owned(),
        person: Some("7411".to_owned()),
        key: None,
        fingerprint: [1; 32],
        json: RawValue::from_string("{}".to_owned()).unwrap(),
        reference: None,
        implied: None,
        broadcast: None,
        origin: Origin::Api,
        refused: None,
    }
}

/// What is left: events, hand-overs, profiles, messages.
async fn left(stores: &Stores) -> [usize; 4] {
    let query = Query { limit: usize::MAX, ..Query::default() };
    let owner = stores.conversations.known("ch_1", "7411").await.unwrap().owner;
    let profile = stores.profiles.get("ch_1", "7411").await.unwrap();
    let messages = stores.outbox.list(MessageQuery { limit: 10, ..MessageQuery::default() }).await.unwrap();
    [stores.events.read(query).await.unwrap().len(), owner.iter().len(), profile.iter().len(), messages.len()]
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn each_kind_goes_at_its_own_age() {
    let rules = config::Retention { events: Some(hours(2)), messages: Some(hours(4)), people: Some(hours(6)), ..NEVER };
    for (rules, passed, expected) in [
        (rules, 1, [600, 1, 1, 2]),
        (rules, 3, [0, 1, 1, 2]),
        (rules, 5, [0, 1, 1, 1]),
        (rules, 7, [0, 0, 0, 1]),
        (NEVER, 100_000, [600, 1, 1, 2]),
    ] {
        let stores = Stores::in_memory();
        filled(&stores, 600, 1).await;
        let retention = Retention::new(stores.clone(), rules);
        retention.sweep(Timestamp::now() + hours(passed)).await.unwrap();
        assert_eq!(left(&stores).await, expected, "after {passed} hours");
        let Counts { events, messages, people, .. } = &*retention.counts;
        assert_eq!(events.load(Ordering::Relaxed), 600 - expected[0] as u64);
        assert_eq!(messages.load(Ordering::Relaxed), 2 - expected[3] as u64, "one waits");
        assert_eq!(people.load(Ordering::Relaxed), 2 - (expected[1] + expected[2]) as u64);
    }
}

#[tokio::test]
async fn a_store_that_is_too_large_loses_its_oldest() {
    let dir = tempfile::tempdir().unwrap();
    let stores = Stores::open(dir.path()).unwrap();
    filled(&stores, 1_000, 10_000).await;
    let rules = config::Retention { max_size: Some(6 << 20), ..NEVER };
    let retention = Retention::new(stores.clone(), rules);
    retention.sweep(Timestamp::now()).await.unwrap();
    assert_eq!(left(&stores).await, [1_000, 1, 1, 2], "all of it is young");
    retention.sweep(Timestamp::now() + hours(2)).await.unwrap();
    let [events, owners, profiles, messages] = left(&stores).await;
    assert!((200..600).contains(&events), "{events} events");
    assert_eq!([owners, profiles, messages], [1, 1, 1]);
    assert_eq!(stores.events.first(), 1_001 - events as u64);
    assert!(stores.upkeep.size().await.unwrap() <= 6 << 20);
    assert_eq!(retention.counts.size.load(Ordering::Relaxed), stores.upkeep.size().await.unwrap());
    stores.events.close().await.unwrap();
    assert!(std::fs::metadata(dir.path().join("events.sqlite3")).unwrap().len() <= 6 << 20, "the disk has it back");
}

/// A bus with the channel of [`event`].
fn bus(stores: &Stores) -> Untaken {
    let channel: Arc<dyn ChannelAdapter> = Arc::new(Scripted::new("ch_1"));
    let place = config::Place { channel_id: "c".to_owned(), tenant_id: "t".to_owned() };
    let list = std::iter::once(channel).collect::<ChannelList>().with_place(&place);
    let (cursors, marks) = (Arc::clone(&stores.cursors), Arc::clone(&stores.marks));
    Untaken { channels: Channels::new(list), cursors, marks }
}

#[tokio::test]
async fn what_a_bus_has_not_taken_stays_however_old_it_is() {
    let stores = Stores::in_memory();
    filled(&stores, 10, 1).await;
    let retention = Retention::new(stores.clone(), config::Retention { events: Some(hours(1)), ..NEVER });
    let retention = retention.with_bus(Some(bus(&stores)));
    let mark = |event_seq, state| Mark {
        channel_id: "ch_1".to_owned(),
        event_seq,
        kind: MarkKind::Message,
        person: None,
        nats_id: String::new(),
        stream_seq: event_seq,
        published_at: Timestamp::now(),
        tries: 0,
        proven: false,
        again: false,
        settings: 0,
        state,
    };
    stores.cursors.advance("linktor.ch_1", 0, 8).await.unwrap();
    for mark in [mark(2, MarkState::Refused), mark(5, MarkState::Published)] {
        stores.marks.put(vec![mark]).await.unwrap();
    }
    for (taken, kept) in [(None, 6), (Some(mark(5, MarkState::Published)), 3)] {
        stores.marks.forget(taken.into_iter().collect()).await.unwrap();
        retention.sweep(Timestamp::now() + hours(2)).await.unwrap();
        assert_eq!(left(&stores).await[0], kept);
    }
}

#[tokio::test]
async fn a_channel_that_has_not_begun_needs_nothing() {
    let stores = Stores::in_memory();
    assert_eq!(bus(&stores).first().await.unwrap(), u64::MAX);
}

#[test]
fn sweeps_come_once_an_hour_or_as_often_as_an_age_asks_for() {
    let every = |rules| Retention::new(Stores::in_memory(), rules).every();
    assert_eq!(every(NEVER), EVERY);
    assert_eq!(every(config::Retention::default()), EVERY);
    let soon = SignedDuration::from_mins(5);
    assert_eq!(every(config::Retention { people: Some(soon), ..NEVER }), Duration::from_mins(5));
}

#[test]
fn a_clock_that_is_doubted_deletes_nothing_and_is_told() {
    let retention = Retention::new(Stores::in_memory(), NEVER);
    for (seen, may) in [
        (Seen::Steady, true),
        (Seen::Jumped(hours(2)), false),
        (Seen::Doubtful, false),
        (Seen::Away(hours(9)), false),
        (Seen::SteadyAgain, true),
    ] {
        assert_eq!(retention.may_delete(seen), may, "{seen:?}");
        assert_eq!(retention.counts.halted.load(Ordering::Relaxed), !may);
    }
}

/// Lets a host run for so many minutes, which deletes whatever it may: how many events are left then, and whether it was halted.
async fn ran(stores: &Stores, minutes: u64) -> (usize, bool) {
    let retention = Retention::new(stores.clone(), config::Retention { events: Some(SignedDuration::ZERO), ..NEVER });
    let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
    retention.watch(&stopping, &tasks);
    sleep(Duration::from_mins(minutes)).await;
    stopping.cancel();
    tasks.close();
    tasks.wait().await;
    (left(stores).await[0], retention.counts.halted.load(Ordering::Relaxed))
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_while_no_host_ran_deletes_nothing_for_an_hour() {
    for away in [hours(-2), hours(2)] {
        let stores = Stores::in_memory();
        let trusted = Timestamp::now() + away;
        stores.upkeep.trust(trusted).await.unwrap();
        stores.events.append((0..10).map(|n| event(n, 1)).collect()).await.unwrap();
        assert_eq!(ran(&stores, 59).await, (10, true));
        let kept = stores.upkeep.trusted().await.unwrap().unwrap();
        assert_eq!(kept.as_millisecond(), trusted.as_millisecond(), "a host that starts anew doubts it as well");
        assert_eq!(ran(&stores, 62).await, (0, false));
        stores.events.append((10..20).map(|n| event(n, 1)).collect()).await.unwrap();
        assert_eq!(ran(&stores, 1).await, (0, false), "it was trusted, and no more than a moment ago");
    }
}
