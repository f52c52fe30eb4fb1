//! Who answers whom: later news wins, whatever the order in which it comes.

use channel_api::{Opening, ThreadOwner};
use jiff::SignedDuration;

use super::*;
use crate::store::{Owned, StoreError, Unavailable};

promises!(
    who_answers_is_remembered_by_channel_and_person,
    what_happened_earlier_turns_nothing_back,
    what_is_told_again_is_no_news,
    moments_count_to_the_millisecond,
    nobody_and_no_channel_are_refused,
    the_last_message_is_one_of_words_or_a_tap_and_not_a_receipt,
    what_was_written_down_first_stands_until_it_is_taken_away,
    what_is_newer_is_not_taken_away,
    nobody_is_never_unavailable,
    what_happened_last_is_found_whatever_came_last,
    what_the_host_says_and_what_has_no_time_did_not_happen_last,
    what_opened_the_window_last_is_known_of_each_kind,
    what_is_told_again_opens_nothing,
    what_nobody_did_opens_nothing,
    nothing_was_opened_after_it_was_told,
);

async fn happened(stores: &Stores, id: &str, name: &'static str, at: &str) {
    let data = json(&format!(r#"{{"text":"canary","timestamp":{at}}}"#));
    stores.events.append(vec![NewEvent { name: name.into(), data, ..event(id) }]).await.unwrap();
}

async fn newest(stores: &Stores) -> Option<(String, String)> {
    let newest = stores.conversations.newest(CHANNEL, PERSON).await.unwrap();
    newest.map(|newest| (newest.id, newest.at.to_string()))
}

async fn what_happened_last_is_found_whatever_came_last(stores: Stores) {
    assert_eq!(newest(&stores).await, None);
    let later = Some(("m_2".to_owned(), "2026-11-22T12:00:05Z".to_owned()));
    happened(&stores, "m_2", "message.received", "\"2026-11-22T12:00:05Z\"").await;
    happened(&stores, "m_1", "message.received", "\"2026-11-22T12:00:00Z\"").await;
    assert_eq!(newest(&stores).await, later);
    assert_eq!(stores.conversations.newest("another channel", PERSON).await.unwrap(), None);
    assert_eq!(stores.conversations.newest(CHANNEL, "another person").await.unwrap(), None);
    // By a provider's clock that is wrong: it did not happen after it was stored.
    happened(&stores, "m_3", "message.received", "\"2999-01-01T00:00:00Z\"").await;
    let (id, at) = newest(&stores).await.unwrap();
    assert_eq!(id, "m_3");
    assert!(at.parse::<Timestamp>().unwrap() <= Timestamp::now(), "{at}");
}

async fn what_the_host_says_and_what_has_no_time_did_not_happen_last(stores: Stores) {
    happened(&stores, "c_1", "contact.updated", "\"2026-11-22T12:00:05Z\"").await;
    happened(&stores, "c_2", "contact.unavailable", "\"2026-11-22T12:00:05Z\"").await;
    happened(&stores, "m_1", "message.received", "null").await;
    assert_eq!(newest(&stores).await, None);
    happened(&stores, "r_1", "message.read", "\"2026-11-22T12:00:00Z\"").await;
    assert_eq!(newest(&stores).await.unwrap().0, "r_1");
}

/// A moment so many milliseconds after noon.
fn past_noon(millis: i64) -> channel_api::Timestamp {
    channel_api::Timestamp::from_millis(noon().as_millisecond() + millis).unwrap()
}

fn opening(by: &'static str, millis: i64) -> Opening {
    Opening::new(past_noon(millis), by)
}

async fn opened(stores: &Stores, id: &str, opening: Opening) {
    stores.events.append(vec![event(id).with_opening(Some(opening))]).await.unwrap();
}

async fn openings(stores: &Stores) -> Vec<Opening> {
    stores.conversations.known(CHANNEL, PERSON).await.unwrap().openings
}

async fn what_opened_the_window_last_is_known_of_each_kind(stores: Stores) {
    stores.events.append(vec![event("m_0")]).await.unwrap();
    assert_eq!(openings(&stores).await, []);
    for (id, opening, known) in [
        ("m_1", opening("message", 5), vec![opening("message", 5)]),
        ("m_2", opening("message", 4), vec![opening("message", 5)]),
        ("m_3", opening("ad", 3), vec![opening("message", 5), opening("ad", 3)]),
        ("m_4", opening("message", 6), vec![opening("message", 6), opening("ad", 3)]),
        ("m_5", opening("ad", 7), vec![opening("ad", 7), opening("message", 6)]),
    ] {
        opened(&stores, id, opening).await;
        assert_eq!(openings(&stores).await, known, "{id}");
    }
    assert_eq!(stores.conversations.known("another channel", PERSON).await.unwrap().openings, []);
    assert_eq!(stores.conversations.known(CHANNEL, "another person").await.unwrap().openings, []);
}

async fn what_is_told_again_opens_nothing(stores: Stores) {
    opened(&stores, "m_1", opening("message", 1)).await;
    opened(&stores, "m_1", opening("message", 2)).await;
    assert_eq!(openings(&stores).await, [opening("message", 1)]);
}

async fn what_nobody_did_opens_nothing(stores: Stores) {
    for (id, person) in [("m_1", None), ("m_2", Some(String::new()))] {
        let event = NewEvent { person, ..event(id).with_opening(Some(opening("message", 1))) };
        assert_eq!(stores.events.append(vec![event]).await.unwrap().stored(), 1, "{id}");
    }
    assert_eq!(stores.conversations.known(CHANNEL, "").await.unwrap().openings, []);
}

async fn nothing_was_opened_after_it_was_told(stores: Stores) {
    let far_ahead = channel_api::Timestamp::from_millis(32_472_144_000_000).unwrap();
    let by_a_clock_that_is_wrong = Opening::new(far_ahead, "message");
    let placed = stores.events.append(vec![event("m_1").with_opening(Some(by_a_clock_that_is_wrong))]).await.unwrap();
    let told = placed.events[0].received_at.as_millisecond();
    assert_eq!(openings(&stores).await[0].at.as_millis(), told);
}

fn gone(code: &str, since: Timestamp) -> Unavailable {
    Unavailable { code: code.to_owned(), since }
}

async fn unavailable(stores: &Stores) -> Option<Unavailable> {
    stores.conversations.unavailable(CHANNEL, PERSON).await.unwrap()
}

async fn what_was_written_down_first_stands_until_it_is_taken_away(stores: Stores) {
    let (conversations, later) = (&stores.conversations, noon() + SignedDuration::from_secs(5));
    assert_eq!(unavailable(&stores).await, None);
    for told in [gone("blocked", exactly(noon())), gone("left", later)] {
        let stands = conversations.set_unavailable(CHANNEL, PERSON, told).await.unwrap();
        assert_eq!(stands, gone("blocked", noon()));
        assert_eq!(unavailable(&stores).await, Some(stands));
    }
    assert_eq!(conversations.unavailable("another channel", PERSON).await.unwrap(), None);
    assert_eq!(conversations.unavailable(CHANNEL, "another person").await.unwrap(), None);
    conversations.set_available(CHANNEL, PERSON, later).await.unwrap();
    assert_eq!(unavailable(&stores).await, None);
    let stands = conversations.set_unavailable(CHANNEL, PERSON, gone("left", later)).await.unwrap();
    assert_eq!(stands, gone("left", later));
}

async fn what_is_newer_is_not_taken_away(stores: Stores) {
    let conversations = &stores.conversations;
    conversations.set_unavailable(CHANNEL, PERSON, gone("blocked", noon())).await.unwrap();
    conversations.set_available(CHANNEL, PERSON, noon() - SignedDuration::from_millis(1)).await.unwrap();
    conversations.set_available(CHANNEL, "another person", noon()).await.unwrap();
    assert_eq!(unavailable(&stores).await, Some(gone("blocked", noon())));
    conversations.set_available(CHANNEL, PERSON, noon()).await.unwrap();
    assert_eq!(unavailable(&stores).await, None);
}

async fn nobody_is_never_unavailable(stores: Stores) {
    for (channel_id, person) in [("", PERSON), (CHANNEL, "")] {
        let refused = stores.conversations.set_unavailable(channel_id, person, gone("blocked", noon())).await;
        assert!(matches!(refused, Err(StoreError::Refused)), "{refused:?}");
    }
}

fn owned(owner: ThreadOwner, since: Timestamp) -> Owned {
    Owned { owner, since }
}

fn inbox() -> ThreadOwner {
    ThreadOwner::App("263902037430900".to_owned())
}

async fn known(stores: &Stores) -> Option<Owned> {
    stores.conversations.known(CHANNEL, PERSON).await.unwrap().owner
}

async fn tell(stores: &Stores, owner: ThreadOwner, since: Timestamp) {
    stores.conversations.set_owner(CHANNEL, PERSON, owned(owner, since)).await.unwrap();
}

async fn who_answers_is_remembered_by_channel_and_person(stores: Stores) {
    assert_eq!(known(&stores).await, None);
    tell(&stores, inbox(), noon()).await;
    assert_eq!(known(&stores).await, Some(owned(inbox(), noon())));
    assert_eq!(stores.conversations.known("another channel", PERSON).await.unwrap().owner, None);
    assert_eq!(stores.conversations.known(CHANNEL, "another person").await.unwrap().owner, None);
}

async fn what_happened_earlier_turns_nothing_back(stores: Stores) {
    let later = noon() + SignedDuration::from_secs(5);
    tell(&stores, ThreadOwner::Us, later).await;
    tell(&stores, inbox(), noon()).await;
    assert_eq!(known(&stores).await, Some(owned(ThreadOwner::Us, later)));
    tell(&stores, ThreadOwner::Nobody, later + SignedDuration::from_secs(1)).await;
    assert_eq!(known(&stores).await.unwrap().owner, ThreadOwner::Nobody);
}

async fn what_is_told_again_is_no_news(stores: Stores) {
    for owner in [inbox(), inbox(), ThreadOwner::Us] {
        tell(&stores, owner, noon()).await;
        assert_eq!(known(&stores).await, Some(owned(inbox(), noon())));
    }
}

async fn moments_count_to_the_millisecond(stores: Stores) {
    tell(&stores, inbox(), noon()).await;
    tell(&stores, ThreadOwner::Us, exactly(noon())).await;
    assert_eq!(known(&stores).await, Some(owned(inbox(), noon())));
    let later = noon() + SignedDuration::from_millis(1);
    tell(&stores, ThreadOwner::Us, exactly(later)).await;
    assert_eq!(known(&stores).await, Some(owned(ThreadOwner::Us, later)));
}

async fn nobody_and_no_channel_are_refused(stores: Stores) {
    for (channel, person) in [("", PERSON), (CHANNEL, "")] {
        let refused = stores.conversations.set_owner(channel, person, owned(inbox(), noon())).await;
        assert!(matches!(refused, Err(StoreError::Refused)), "{refused:?}");
    }
}

async fn the_last_message_is_one_of_words_or_a_tap_and_not_a_receipt(stores: Stores) {
    let last = async || stores.conversations.last_message(CHANNEL, PERSON).await.unwrap();
    assert_eq!(last().await, None);
    for name in ["message.read", "facebook.referral"] {
        stores.events.append(vec![NewEvent { name: name.into(), ..event(name) }]).await.unwrap();
        assert_eq!(last().await, None);
    }
    let kinds = [
        ("message.received", None),
        ("facebook.quick_reply", Some("message.quick_reply")),
        ("telegram.callback_query", Some("message.postback")),
        ("message.echo", None),
    ];
    for (name, kind) in kinds {
        let message = NewEvent { name: name.into(), kind: kind.map(Into::into), ..event(name) };
        let appended = stores.events.append(vec![message]).await.unwrap();
        assert_eq!(last().await, Some(appended.events[0].received_at), "{name}");
    }
    assert_eq!(stores.conversations.last_message("another channel", PERSON).await.unwrap(), None);
    assert_eq!(stores.conversations.last_message(CHANNEL, "another person").await.unwrap(), None);
}
