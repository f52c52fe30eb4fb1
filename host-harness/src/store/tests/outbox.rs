//! Never twice what may have been sent.

use channel_api::{Error, ErrorKind, Issue, Pointer, Receipt, Retry};
use futures::future::join;

use super::*;
use crate::store::{Accepted, Attempt, End, Entry, Outcome, SendKey, State, StoreError};

promises!(
    what_was_accepted_is_found_and_was_not_begun,
    what_was_never_begun_gives_way_to_another_message,
    a_message_that_ended_is_told_its_first_outcome,
    an_outcome_is_told_as_it_was,
    leave_to_send_is_given_once,
    leave_is_given_only_for_what_was_accepted,
    an_attempt_that_nobody_ends_stays_begun,
    a_key_tells_its_message_whatever_became_of_it,
    what_was_surely_not_sent_may_be_sent_again,
    the_end_of_an_earlier_attempt_does_not_end_a_later_one,
    keys_belong_to_their_channel,
    debug_shows_no_key,
);

const MESSAGE: [u8; 32] = [1; 32];
const ANOTHER: [u8; 32] = [2; 32];

fn key() -> SendKey {
    SendKey { channel_id: CHANNEL.to_owned(), key: "order-17".to_owned() }
}

async fn found(stores: &Stores) -> Option<Entry> {
    stores.outbox.find(&key()).await.unwrap()
}

async fn accepted(stores: &Stores) {
    let accepted = stores.outbox.accept(&key(), MESSAGE).await.unwrap();
    assert!(matches!(accepted, Accepted::New), "{accepted:?}");
}

/// Accepts and begins.
async fn begun(stores: &Stores) -> Attempt {
    accepted(stores).await;
    stores.outbox.begin(&key(), MESSAGE).await.unwrap().expect("leave to send")
}

fn sent(id: &str) -> End {
    let receipts = vec![Receipt { message_id: Some(id.to_owned()), ..Receipt::default() }];
    End::Outcome(Box::new(Outcome { receipts, parts: 1, ..Outcome::default() }))
}

#[track_caller]
fn assert_ended(entry: Option<&Entry>, id: &str) {
    let Some(Entry { state: State::Ended(outcome), .. }) = entry else { panic!("{entry:?}") };
    assert_eq!(outcome.receipts[0].message_id.as_deref(), Some(id));
    assert!(outcome.failure.is_none());
}

async fn what_was_accepted_is_found_and_was_not_begun(stores: Stores) {
    assert!(found(&stores).await.is_none());
    accepted(&stores).await;
    let entry = found(&stores).await.unwrap();
    assert_eq!(entry.fingerprint, MESSAGE);
    assert!(matches!(entry.state, State::Accepted), "{entry:?}");
    let again = stores.outbox.accept(&key(), MESSAGE).await.unwrap();
    assert!(matches!(again, Accepted::Known(Entry { state: State::Accepted, .. })), "{again:?}");
}

async fn what_was_never_begun_gives_way_to_another_message(stores: Stores) {
    accepted(&stores).await;
    let other = stores.outbox.accept(&key(), ANOTHER).await.unwrap();
    assert!(matches!(other, Accepted::New), "{other:?}");
    assert_eq!(found(&stores).await.unwrap().fingerprint, ANOTHER);
    assert!(stores.outbox.begin(&key(), MESSAGE).await.unwrap().is_none(), "leave for a message that is not kept");
    let leave = stores.outbox.begin(&key(), ANOTHER).await.unwrap();
    assert!(leave.is_some());
    let first = stores.outbox.accept(&key(), MESSAGE).await.unwrap();
    assert!(matches!(first, Accepted::Known(Entry { fingerprint: ANOTHER, .. })), "{first:?}");
}

async fn a_message_that_ended_is_told_its_first_outcome(stores: Stores) {
    let attempt = begun(&stores).await;
    stores.outbox.end(&attempt, sent("m_1")).await.unwrap();
    stores.outbox.end(&attempt, sent("m_2")).await.unwrap();
    assert_ended(found(&stores).await.as_ref(), "m_1");
    stores.outbox.end(&attempt, End::NotSent).await.unwrap();
    assert_ended(found(&stores).await.as_ref(), "m_1");
    let Accepted::Known(entry) = stores.outbox.accept(&key(), MESSAGE).await.unwrap() else { panic!("it is new") };
    assert_ended(Some(&entry), "m_1");
    assert!(stores.outbox.begin(&key(), MESSAGE).await.unwrap().is_none());
}

async fn an_outcome_is_told_as_it_was(stores: Stores) {
    let failure = Error::new(ErrorKind::RateLimited, "too_much", "too much in too short a time")
        .with_retry(Retry::SAFE)
        .with_hint("wait")
        .with_source(std::io::Error::other("the cause"));
    let outcome = Outcome {
        receipts: vec![Receipt { message_id: Some("m_1".to_owned()), ..Receipt::default() }],
        parts: 2,
        failure: Some(failure),
        warnings: vec![Issue::new(&Pointer::ROOT.key("to"), "thread.other_owner", "another app answers")],
    };
    let attempt = begun(&stores).await;
    stores.outbox.end(&attempt, End::Outcome(Box::new(outcome.clone()))).await.unwrap();
    let Some(Entry { state: State::Ended(kept), .. }) = found(&stores).await else { panic!("it has not ended") };
    assert_eq!(serde_json::to_value(kept).unwrap(), serde_json::to_value(outcome).unwrap());
}

async fn leave_to_send_is_given_once(stores: Stores) {
    let both = join(stores.outbox.accept(&key(), MESSAGE), stores.outbox.accept(&key(), MESSAGE)).await;
    let new = [both.0.unwrap(), both.1.unwrap()].iter().filter(|outcome| matches!(outcome, Accepted::New)).count();
    let (this, that) = (key(), key());
    let both = join(stores.outbox.begin(&this, MESSAGE), stores.outbox.begin(&that, MESSAGE)).await;
    let leave = [both.0.unwrap(), both.1.unwrap()].iter().flatten().count();
    assert_eq!((new, leave), (1, 1));
}

async fn leave_is_given_only_for_what_was_accepted(stores: Stores) {
    assert!(stores.outbox.begin(&key(), MESSAGE).await.unwrap().is_none());
    assert!(found(&stores).await.is_none());
}

async fn an_attempt_that_nobody_ends_stays_begun(stores: Stores) {
    drop(begun(&stores).await);
    let Some(Entry { state: State::Begun { at }, .. }) = found(&stores).await else { panic!("it is not begun") };
    let age = Timestamp::now().duration_since(at);
    assert!(age.as_secs() < 60, "{age:?}");
    assert_eq!(at.subsec_nanosecond() % 1_000_000, 0, "{at}");
    let again = stores.outbox.accept(&key(), MESSAGE).await.unwrap();
    assert!(matches!(again, Accepted::Known(Entry { state: State::Begun { .. }, .. })), "{again:?}");
    assert!(stores.outbox.begin(&key(), MESSAGE).await.unwrap().is_none());
}

async fn a_key_tells_its_message_whatever_became_of_it(stores: Stores) {
    let attempt = begun(&stores).await;
    for _ in 0..2 {
        let other = stores.outbox.accept(&key(), ANOTHER).await.unwrap();
        assert!(matches!(other, Accepted::Known(Entry { fingerprint: MESSAGE, .. })), "{other:?}");
        stores.outbox.end(&attempt, sent("m_1")).await.unwrap();
    }
}

async fn what_was_surely_not_sent_may_be_sent_again(stores: Stores) {
    let attempt = begun(&stores).await;
    for _ in 0..2 {
        stores.outbox.end(&attempt, End::NotSent).await.unwrap();
        assert!(found(&stores).await.is_none());
    }
    let attempt = begun(&stores).await;
    stores.outbox.end(&attempt, sent("m_1")).await.unwrap();
    assert_ended(found(&stores).await.as_ref(), "m_1");
}

async fn the_end_of_an_earlier_attempt_does_not_end_a_later_one(stores: Stores) {
    let earlier = begun(&stores).await;
    stores.outbox.end(&earlier, End::NotSent).await.unwrap();
    let late = stores.outbox.end(&earlier, sent("m_1")).await;
    assert!(matches!(late, Err(StoreError::NotBegun)), "{late:?}");

    let later = begun(&stores).await;
    stores.outbox.end(&earlier, End::NotSent).await.unwrap();
    let late = stores.outbox.end(&earlier, sent("m_1")).await;
    assert!(matches!(late, Err(StoreError::NotBegun)), "{late:?}");
    assert!(matches!(found(&stores).await, Some(Entry { state: State::Begun { .. }, .. })));
    stores.outbox.end(&later, sent("m_2")).await.unwrap();
    assert_ended(found(&stores).await.as_ref(), "m_2");
}

async fn keys_belong_to_their_channel(stores: Stores) {
    accepted(&stores).await;
    let elsewhere = SendKey { channel_id: "another channel".to_owned(), ..key() };
    assert!(matches!(stores.outbox.accept(&elsewhere, ANOTHER).await.unwrap(), Accepted::New));
    for empty in [SendKey { key: String::new(), ..key() }, SendKey { channel_id: String::new(), ..key() }] {
        let refused = stores.outbox.accept(&empty, MESSAGE).await;
        assert!(matches!(refused, Err(StoreError::Refused)), "{refused:?}");
    }
}

async fn debug_shows_no_key(stores: Stores) {
    let shown = format!("{:?} {:?}", key(), begun(&stores).await);
    assert!(shown.contains(CHANNEL) && !shown.contains("order-17"), "{shown}");
}
