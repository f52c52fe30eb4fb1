//! What is old goes, and is known as gone; where the log begins is told.

use channel_api::{Choice, Error, ErrorKind, Identity, Opening, ProviderRequest, Receipt, Retry, ThreadOwner};
use jiff::SignedDuration;

use super::outbox::message;
use super::*;
use crate::store::outbox::KEYS;
use crate::store::{
    Accepted, Call, MessageQuery, NewMessage, Offered, Outcome, Owned, Profile, Unavailable, Upload, UploadKey,
};

promises!(
    a_new_log_begins_at_its_first_event,
    the_oldest_events_go_and_the_log_begins_behind_them,
    what_has_gone_is_no_news,
    a_log_of_which_nothing_is_left_goes_on,
    messages_that_have_ended_go_and_those_that_have_not_stay,
    the_key_of_a_message_that_is_gone_is_not_taken_again,
    a_key_is_free_again_after_thirty_days,
    what_was_written_down_of_people_ends,
    profiles_end_when_it_has_long_been_time_to_ask_again,
    uploads_end_with_their_time,
    a_store_is_of_some_size_and_gives_room_back,
    what_the_clock_showed_is_kept_even_where_it_is_set_back,
);

/// After everything that a test stores.
fn later() -> Timestamp {
    Timestamp::now() + SignedDuration::from_secs(1)
}

async fn a_new_log_begins_at_its_first_event(stores: Stores) {
    assert_eq!(stores.events.first(), 1);
    assert_eq!(stores.events.expire(later(), u64::MAX, 10).await.unwrap(), 0);
    stores.events.append(vec![event("m_1")]).await.unwrap();
    assert_eq!((stores.events.first(), all(&stores).await[0].seq), (1, 1));
}

async fn the_oldest_events_go_and_the_log_begins_behind_them(stores: Stores) {
    stores.events.append((1..=5).map(|n| event(&format!("m_{n}"))).collect()).await.unwrap();
    let first = all(&stores).await[0].received_at;
    assert_eq!(stores.events.expire(first, u64::MAX, 10).await.unwrap(), 0, "what was stored then stays");
    assert_eq!(stores.events.first(), 1);
    assert_eq!(stores.events.expire(later(), 3, 10).await.unwrap(), 2, "the third is still needed");
    assert_eq!(stores.events.expire(later(), 3, 10).await.unwrap(), 0);
    assert_eq!(ids(&stores).await, ["m_3", "m_4", "m_5"]);
    assert_eq!((stores.events.first(), stores.events.last()), (3, 5));
}

async fn what_has_gone_is_no_news(stores: Stores) {
    let derived = |time| NewEvent {
        identity: Identity::Derived {
            fingerprint: [1; 16],
            subject: None,
            entry_time: channel_api::Timestamp::from_millis(time),
        },
        ..event("")
    };
    let by_content = || NewEvent { identity: Identity::fingerprint([2; 16]), ..event("") };
    let first = stores.events.append(vec![event("m_1"), derived(1), by_content()]).await.unwrap();
    assert_eq!(stores.events.expire(later(), u64::MAX, 10).await.unwrap(), 3);
    let again = stores.events.append(vec![event("m_1"), derived(1), by_content(), event("m_2")]).await.unwrap();
    assert_eq!(again.events.iter().map(|placed| placed.new).collect::<Vec<_>>(), [false, false, false, true]);
    for (first, again) in first.events.iter().zip(&again.events) {
        assert_eq!((again.seq, again.received_at, again.erased), (first.seq, first.received_at, false));
    }
    let other = stores.events.append(vec![event_of("another channel", "m_1")]).await.unwrap();
    assert_eq!(other.stored(), 1);
}

async fn a_log_of_which_nothing_is_left_goes_on(stores: Stores) {
    stores.events.append(vec![event("m_1"), event("m_2")]).await.unwrap();
    assert_eq!(stores.events.expire(later(), u64::MAX, 10).await.unwrap(), 2);
    assert_eq!((stores.events.first(), stores.events.last()), (3, 2));
    stores.events.append(vec![event("m_3")]).await.unwrap();
    assert_eq!((stores.events.first(), all(&stores).await[0].seq), (3, 3));
}

/// A message with this id as its key.
fn keyed(id: &str) -> NewMessage {
    NewMessage { key: Some(id.to_owned()), ..message(id) }
}

async fn accept(stores: &Stores, message: NewMessage) -> Accepted {
    stores.outbox.accept(vec![message]).await.unwrap().remove(0)
}

fn failure(retry: Retry) -> Outcome {
    let error = Error::new(ErrorKind::Unreachable, "unreachable", "nobody answered").with_retry(retry);
    Outcome { failure: Some(error), parts: 1, ..Outcome::default() }
}

async fn messages_that_have_ended_go_and_those_that_have_not_stay(stores: Stores) {
    let outbox = &stores.outbox;
    let sent = Outcome { receipts: vec![Receipt::default()], parts: 1, ..Outcome::default() };
    for (id, outcome) in [
        ("accepted", None),
        ("sent", Some(sent)),
        ("failed", Some(failure(Retry::Never))),
        ("unknown", Some(failure(Retry::IF_IDEMPOTENT))),
        ("begun", None),
    ] {
        assert!(matches!(accept(&stores, keyed(id)).await, Accepted::New { .. }));
        let request = ProviderRequest::post("/messages", serde_json::json!({}));
        let call = Call { part: 0, request, token: None };
        if id == "accepted" {
            continue;
        }
        let attempt = outbox.begin(id, vec![call]).await.unwrap().unwrap();
        if let Some(outcome) = outcome {
            let _status = outbox.end(&attempt, outcome, None).await.unwrap();
        }
    }
    let first = outbox.get("sent").await.unwrap().unwrap().accepted_at;
    assert_eq!(outbox.expire(first, 10).await.unwrap(), 0);
    assert_eq!(outbox.expire(later(), 1).await.unwrap(), 1);
    assert!(outbox.get("sent").await.unwrap().is_none(), "the oldest goes first");
    assert_eq!(outbox.expire(later(), 10).await.unwrap(), 1);
    assert!(outbox.attempts("failed").await.unwrap().is_empty());
    let left = outbox.list(MessageQuery { limit: 10, ..MessageQuery::default() }).await.unwrap();
    assert_eq!(left.iter().map(|message| message.id.as_str()).collect::<Vec<_>>(), ["begun", "unknown", "accepted"]);
    assert_eq!(outbox.waiting(None, 10).await.unwrap().len(), 1);
}

async fn the_key_of_a_message_that_is_gone_is_not_taken_again(stores: Stores) {
    let _new = accept(&stores, keyed("msg_1")).await;
    assert!(stores.outbox.fail("msg_1", failure(Retry::Never).failure.unwrap()).await.unwrap());
    assert_eq!(stores.outbox.expire(later(), 10).await.unwrap(), 1);
    let again = NewMessage { id: "msg_2".to_owned(), ..keyed("msg_1") };
    assert!(matches!(accept(&stores, again.clone()).await, Accepted::Gone));
    assert!(stores.outbox.get("msg_2").await.unwrap().is_none());
    let elsewhere = NewMessage { channel_id: "another channel".to_owned(), ..keyed("msg_1") };
    assert!(matches!(accept(&stores, elsewhere).await, Accepted::New { .. }));
    assert!(matches!(accept(&stores, keyed("msg_3")).await, Accepted::New { .. }));
    while stores.upkeep.forget_expired(later() + KEYS, 10).await.unwrap() > 0 {}
    assert!(matches!(accept(&stores, again).await, Accepted::New { .. }), "nobody gives it again by then");
}

async fn a_key_is_free_again_after_thirty_days(stores: Stores) {
    let _new = accept(&stores, keyed("msg_1")).await;
    let again = |id: &str| NewMessage { id: id.to_owned(), ..keyed("msg_1") };
    for (then, free) in [(later() + KEYS - SignedDuration::from_mins(1), false), (later() + KEYS, true)] {
        while stores.upkeep.forget_expired(then, 10).await.unwrap() > 0 {}
        assert_eq!(matches!(accept(&stores, again("msg_2")).await, Accepted::New { .. }), free);
    }
    assert!(stores.outbox.get("msg_1").await.unwrap().is_some());
    assert!(matches!(accept(&stores, again("msg_3")).await, Accepted::Known(_)), "it is the other's now");
}

async fn what_was_written_down_of_people_ends(stores: Stores) {
    let Stores { conversations, events, .. } = stores;
    let (before, after) = (noon() - SignedDuration::from_hours(1), noon() + SignedDuration::from_hours(1));
    for (person, at) in [("old", before), ("new", after)] {
        let owned = Owned { owner: ThreadOwner::Us, since: at };
        conversations.set_owner(CHANNEL, person, owned).await.unwrap();
        let unavailable = Unavailable { code: "blocked".to_owned(), since: at };
        conversations.set_unavailable(CHANNEL, person, unavailable).await.unwrap();
        let offered = Offered { choices: vec![Choice::new("Red", "PICK_RED")], since: at };
        conversations.set_choices(CHANNEL, person, offered).await.unwrap();
        let at = channel_api::Timestamp::from_millis(at.as_millisecond()).unwrap();
        let opens = event(person).with_opening(Some(Opening::new(at, "message")));
        events.append(vec![NewEvent { person: Some(person.to_owned()), ..opens }]).await.unwrap();
    }
    assert_eq!(conversations.expire(before, 10).await.unwrap(), 0);
    assert_eq!(conversations.expire(noon(), 2).await.unwrap(), 2);
    assert_eq!(conversations.expire(noon(), 10).await.unwrap(), 2);
    for (person, kept) in [("old", false), ("new", true)] {
        assert_eq!(conversations.known(CHANNEL, person).await.unwrap().owner.is_some(), kept, "{person}");
        assert_eq!(conversations.unavailable(CHANNEL, person).await.unwrap().is_some(), kept, "{person}");
        assert_eq!(conversations.choices(CHANNEL, person).await.unwrap().is_some(), kept, "{person}");
        assert_eq!(conversations.known(CHANNEL, person).await.unwrap().openings.len(), usize::from(kept), "{person}");
    }
}

async fn profiles_end_when_it_has_long_been_time_to_ask_again(stores: Stores) {
    for (person, hours) in [("old", -1), ("new", 1)] {
        let expires_at = noon() + SignedDuration::from_hours(hours);
        let profile = Profile { answer: Err(None), expires_at, version: 1 };
        stores.profiles.put(CHANNEL, person, profile).await.unwrap();
    }
    assert_eq!(stores.profiles.expire(noon(), 10).await.unwrap(), 1);
    for (person, kept) in [("old", false), ("new", true)] {
        assert_eq!(stores.profiles.get(CHANNEL, person).await.unwrap().is_some(), kept, "{person}");
    }
}

async fn uploads_end_with_their_time(stores: Stores) {
    let key = |n: u8| UploadKey { channel_id: CHANNEL.to_owned(), kind: "image", digest: [n; 32] };
    let ends = [Some(noon() - SignedDuration::from_hours(1)), Some(noon() + SignedDuration::from_hours(1)), None];
    for (n, expires_at) in (0..).zip(ends) {
        stores.uploads.put(key(n), Upload { attachment_id: n.to_string(), expires_at }).await.unwrap();
    }
    assert_eq!(stores.upkeep.forget_expired(noon(), 10).await.unwrap(), 1);
    for (n, kept) in [(0, false), (1, true), (2, true)] {
        assert_eq!(stores.uploads.get(&key(n)).await.unwrap().is_some(), kept, "{n}");
    }
}

async fn a_store_is_of_some_size_and_gives_room_back(stores: Stores) {
    let large = |n| NewEvent { data: json(&format!("\"{}\"", "x".repeat(10_000))), ..event(&format!("m_{n}")) };
    let empty = stores.upkeep.size().await.unwrap();
    stores.events.append((0..200).map(large).collect()).await.unwrap();
    let full = stores.upkeep.size().await.unwrap();
    assert_eq!(stores.events.expire(later(), u64::MAX, 1_000).await.unwrap(), 200);
    let left = stores.upkeep.size().await.unwrap();
    assert!(full == 0 || (full > 2_000_000 && left < empty + 200_000), "{empty} {full} {left}");
    while stores.upkeep.give_back().await.unwrap() {}
    stores.upkeep.wipe().await.unwrap();
}

async fn what_the_clock_showed_is_kept_even_where_it_is_set_back(stores: Stores) {
    assert_eq!(stores.upkeep.trusted().await.unwrap(), None);
    for hours in [0, 9, -9] {
        let at = noon() + SignedDuration::from_hours(hours);
        stores.upkeep.trust(exactly(at)).await.unwrap();
        assert_eq!(stores.upkeep.trusted().await.unwrap(), Some(at));
    }
}
