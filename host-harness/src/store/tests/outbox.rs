//! Never twice what may have been sent, and nothing forgotten.

use channel_api::{Error, ErrorKind, Issue, Pointer, Receipt, Retry};
use futures::future::join;

use super::*;
use crate::store::{
    Accepted, Attempt, Message, MessageQuery, NewMessage, Outcome, Recovered, SendKey, Status, StoreError,
};

promises!(
    what_was_accepted_is_found_and_was_not_begun,
    a_message_without_a_key_is_kept_like_any_other,
    a_message_that_ended_is_told_its_first_outcome,
    an_outcome_is_told_as_it_was,
    leave_to_send_is_given_once,
    leave_is_given_only_for_what_was_accepted,
    an_attempt_that_nobody_ends_stays_begun,
    a_key_tells_its_message_whatever_became_of_it,
    what_was_surely_not_sent_frees_its_key_and_stays_what_it_is,
    what_may_have_been_sent_keeps_its_key,
    the_end_of_an_attempt_that_is_not_kept_is_told,
    keys_belong_to_their_channel,
    what_is_abandoned_was_not_sent,
    what_a_host_has_left_is_settled,
    messages_are_listed_newest_first_and_by_what_they_are,
    debug_shows_no_key_and_no_words,
);

const MESSAGE: [u8; 32] = [1; 32];
const ANOTHER: [u8; 32] = [2; 32];

/// A message under the usual key.
pub(in crate::store) fn message(id: &str) -> NewMessage {
    NewMessage {
        id: id.to_owned(),
        channel_id: CHANNEL.to_owned(),
        person: Some(PERSON.to_owned()),
        key: Some("order-17".to_owned()),
        fingerprint: MESSAGE,
        json: json(r#"{"content":{"type":"text","text":"canary-text"}}"#),
    }
}

fn keyless(id: &str) -> NewMessage {
    NewMessage { key: None, ..message(id) }
}

fn key() -> SendKey {
    SendKey { channel_id: CHANNEL.to_owned(), key: "order-17".to_owned() }
}

async fn found(stores: &Stores) -> Option<Message> {
    stores.outbox.find(&key()).await.unwrap()
}

async fn got(stores: &Stores, id: &str) -> Message {
    stores.outbox.get(id).await.unwrap().expect("the message")
}

async fn accepted(stores: &Stores, message: NewMessage) {
    let accepted = stores.outbox.accept(message).await.unwrap();
    assert!(matches!(accepted, Accepted::New), "{accepted:?}");
}

/// Accepts and begins.
async fn begun(stores: &Stores, message: NewMessage) -> Attempt {
    let id = message.id.clone();
    accepted(stores, message).await;
    stores.outbox.begin(&id).await.unwrap().expect("leave to send")
}

fn sent(id: &str) -> Outcome {
    let receipts = vec![Receipt { message_id: Some(id.to_owned()), ..Receipt::default() }];
    Outcome { receipts, parts: 1, ..Outcome::default() }
}

fn failed(retry: Retry) -> Outcome {
    let failure = Error::new(ErrorKind::ProviderFailed, "scripted", "it broke").with_retry(retry);
    Outcome { parts: 1, failure: Some(failure), ..Outcome::default() }
}

#[track_caller]
fn assert_sent(message: &Message, id: &str) {
    assert_eq!(message.status, Status::Sent);
    let outcome = message.outcome.as_ref().expect("an outcome");
    assert_eq!(outcome.receipts[0].message_id.as_deref(), Some(id));
    assert!(outcome.failure.is_none());
}

async fn what_was_accepted_is_found_and_was_not_begun(stores: Stores) {
    assert!(found(&stores).await.is_none());
    assert!(stores.outbox.get("msg_1").await.unwrap().is_none());
    accepted(&stores, message("msg_1")).await;
    for kept in [found(&stores).await.unwrap(), got(&stores, "msg_1").await] {
        assert_eq!((kept.id.as_str(), kept.fingerprint, kept.status), ("msg_1", MESSAGE, Status::Accepted));
        assert_eq!((kept.channel_id.as_str(), kept.person.as_deref()), (CHANNEL, Some(PERSON)));
        assert_eq!(kept.json.get(), message("msg_1").json.get());
        assert_eq!(kept.accepted_at, kept.changed_at);
        assert_eq!(kept.accepted_at.subsec_nanosecond() % 1_000_000, 0, "{}", kept.accepted_at);
        assert!(kept.outcome.is_none());
    }
    let again = stores.outbox.accept(message("msg_2")).await.unwrap();
    assert!(matches!(again, Accepted::Known(known) if known.id == "msg_1"));
}

async fn a_message_without_a_key_is_kept_like_any_other(stores: Stores) {
    let attempt = begun(&stores, keyless("msg_1")).await;
    accepted(&stores, keyless("msg_2")).await;
    stores.outbox.end(&attempt, sent("m_1")).await.unwrap();
    assert_sent(&got(&stores, "msg_1").await, "m_1");
    assert_eq!(got(&stores, "msg_2").await.status, Status::Accepted);
    let twice = stores.outbox.accept(keyless("msg_1")).await;
    assert!(matches!(twice, Err(StoreError::Refused)), "{twice:?}");
}

async fn a_message_that_ended_is_told_its_first_outcome(stores: Stores) {
    let attempt = begun(&stores, message("msg_1")).await;
    for outcome in [sent("m_1"), sent("m_2"), failed(Retry::SAFE)] {
        stores.outbox.end(&attempt, outcome).await.unwrap();
        assert_sent(&found(&stores).await.unwrap(), "m_1");
    }
    let Accepted::Known(known) = stores.outbox.accept(message("msg_2")).await.unwrap() else { panic!("it is new") };
    assert_sent(&known, "m_1");
    assert!(stores.outbox.begin("msg_1").await.unwrap().is_none());
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
    let attempt = begun(&stores, message("msg_1")).await;
    stores.outbox.end(&attempt, outcome.clone()).await.unwrap();
    let kept = found(&stores).await.unwrap();
    assert_eq!(kept.status, Status::Failed);
    assert_eq!(serde_json::to_value(kept.outcome).unwrap(), serde_json::to_value(outcome).unwrap());
}

async fn leave_to_send_is_given_once(stores: Stores) {
    let both = join(stores.outbox.accept(message("msg_1")), stores.outbox.accept(message("msg_2"))).await;
    let new = [both.0.unwrap(), both.1.unwrap()].iter().filter(|outcome| matches!(outcome, Accepted::New)).count();
    let id = found(&stores).await.unwrap().id;
    let both = join(stores.outbox.begin(&id), stores.outbox.begin(&id)).await;
    let leave = [both.0.unwrap(), both.1.unwrap()].iter().flatten().count();
    assert_eq!((new, leave), (1, 1));
}

async fn leave_is_given_only_for_what_was_accepted(stores: Stores) {
    assert!(stores.outbox.begin("msg_1").await.unwrap().is_none());
    assert!(stores.outbox.get("msg_1").await.unwrap().is_none());
}

async fn an_attempt_that_nobody_ends_stays_begun(stores: Stores) {
    drop(begun(&stores, message("msg_1")).await);
    let kept = found(&stores).await.unwrap();
    let age = Timestamp::now().duration_since(kept.changed_at);
    assert!(kept.status == Status::Begun && age.as_secs() < 60, "{kept:?} {age:?}");
    let again = stores.outbox.accept(message("msg_2")).await.unwrap();
    assert!(matches!(again, Accepted::Known(known) if known.status == Status::Begun));
    assert!(stores.outbox.begin("msg_1").await.unwrap().is_none());
}

async fn a_key_tells_its_message_whatever_became_of_it(stores: Stores) {
    let attempt = begun(&stores, message("msg_1")).await;
    for _ in 0..2 {
        let other = NewMessage { fingerprint: ANOTHER, ..message("msg_2") };
        let other = stores.outbox.accept(other).await.unwrap();
        assert!(matches!(other, Accepted::Known(known) if known.fingerprint == MESSAGE));
        stores.outbox.end(&attempt, sent("m_1")).await.unwrap();
    }
    assert!(stores.outbox.get("msg_2").await.unwrap().is_none());
}

async fn what_was_surely_not_sent_frees_its_key_and_stays_what_it_is(stores: Stores) {
    let attempt = begun(&stores, message("msg_1")).await;
    for _ in 0..2 {
        stores.outbox.end(&attempt, failed(Retry::SAFE)).await.unwrap();
        assert!(found(&stores).await.is_none());
    }
    let attempt = begun(&stores, message("msg_2")).await;
    stores.outbox.end(&attempt, sent("m_2")).await.unwrap();
    assert_sent(&found(&stores).await.unwrap(), "m_2");
    let first = got(&stores, "msg_1").await;
    assert_eq!(first.status, Status::Failed);
    assert_eq!(first.outcome.unwrap().failure.unwrap().code(), "scripted");
}

async fn what_may_have_been_sent_keeps_its_key(stores: Stores) {
    let attempt = begun(&stores, message("msg_1")).await;
    stores.outbox.end(&attempt, failed(Retry::IF_IDEMPOTENT)).await.unwrap();
    let kept = found(&stores).await.unwrap();
    assert_eq!((kept.status, kept.outcome.is_some()), (Status::Unknown, true));
    assert!(stores.outbox.begin("msg_1").await.unwrap().is_none());
    stores.outbox.end(&attempt, sent("m_1")).await.unwrap();
    assert_eq!(found(&stores).await.unwrap().status, Status::Unknown, "the first end stands");
}

async fn the_end_of_an_attempt_that_is_not_kept_is_told(stores: Stores) {
    let earlier = begun(&stores, message("msg_1")).await;
    let later = Attempt { number: earlier.number + 1, ..earlier.clone() };
    let nobody = Attempt { id: "msg_2".to_owned(), ..earlier.clone() };
    for other in [later, nobody] {
        let ended = stores.outbox.end(&other, sent("m_1")).await;
        assert!(matches!(ended, Err(StoreError::NotBegun)), "{ended:?}");
    }
    assert_eq!(found(&stores).await.unwrap().status, Status::Begun);
    stores.outbox.end(&earlier, sent("m_2")).await.unwrap();
    assert_sent(&found(&stores).await.unwrap(), "m_2");
}

async fn keys_belong_to_their_channel(stores: Stores) {
    accepted(&stores, message("msg_1")).await;
    accepted(&stores, NewMessage { channel_id: "another channel".to_owned(), ..message("msg_2") }).await;
    for empty in [
        message(""),
        NewMessage { key: Some(String::new()), ..message("msg_3") },
        NewMessage { channel_id: String::new(), ..message("msg_3") },
    ] {
        let refused = stores.outbox.accept(empty).await;
        assert!(matches!(refused, Err(StoreError::Refused)), "{refused:?}");
    }
}

async fn what_is_abandoned_was_not_sent(stores: Stores) {
    let never_begun = || Error::new(ErrorKind::Unexpected, "never_begun", "it was not begun").with_retry(Retry::SAFE);
    accepted(&stores, message("msg_1")).await;
    for _ in 0..2 {
        stores.outbox.abandon("msg_1", never_begun()).await.unwrap();
        assert_eq!(got(&stores, "msg_1").await.status, Status::Failed);
        assert!(found(&stores).await.is_none(), "the key is free");
    }
    assert!(stores.outbox.begin("msg_1").await.unwrap().is_none());
    drop(begun(&stores, message("msg_2")).await);
    stores.outbox.abandon("msg_2", never_begun()).await.unwrap();
    assert_eq!(found(&stores).await.unwrap().status, Status::Begun, "it may have been sent");
    stores.outbox.abandon("msg_nobody", never_begun()).await.unwrap();
}

async fn what_a_host_has_left_is_settled(stores: Stores) {
    accepted(&stores, message("msg_accepted")).await;
    let attempt = begun(&stores, keyless("msg_begun")).await;
    let ended = begun(&stores, keyless("msg_ended")).await;
    stores.outbox.end(&ended, sent("m_1")).await.unwrap();
    let before = got(&stores, "msg_begun").await.changed_at;

    let never_begun = || Error::new(ErrorKind::Unexpected, "never_begun", "it was not begun").with_retry(Retry::SAFE);
    let recovered = stores.outbox.recover(never_begun()).await.unwrap();
    assert_eq!(recovered, Recovered { unknown: 1, not_sent: 1 });
    assert_eq!(stores.outbox.recover(never_begun()).await.unwrap(), Recovered::default());
    let unknown = got(&stores, "msg_begun").await;
    assert_eq!((unknown.status, unknown.changed_at, unknown.outcome.is_none()), (Status::Unknown, before, true));
    let not_sent = got(&stores, "msg_accepted").await;
    assert_eq!(not_sent.status, Status::Failed);
    assert_eq!(not_sent.outcome.unwrap().failure.unwrap().code(), "never_begun");
    assert!(found(&stores).await.is_none(), "the key is free");
    assert_sent(&got(&stores, "msg_ended").await, "m_1");
    // Whoever began it may be cut off only for a while, and what it knows is still taken.
    stores.outbox.end(&attempt, sent("m_2")).await.unwrap();
    assert_sent(&got(&stores, "msg_begun").await, "m_2");
}

async fn messages_are_listed_newest_first_and_by_what_they_are(stores: Stores) {
    let attempt = begun(&stores, keyless("msg_1")).await;
    accepted(&stores, NewMessage { channel_id: "another".to_owned(), ..keyless("msg_2") }).await;
    accepted(&stores, NewMessage { person: Some("somebody".to_owned()), ..keyless("msg_3") }).await;
    accepted(&stores, NewMessage { person: None, ..keyless("msg_4") }).await;
    stores.outbox.end(&attempt, sent("m_1")).await.unwrap();
    let all = || MessageQuery { limit: 10, ..MessageQuery::default() };
    let third = got(&stores, "msg_3").await.seq;
    for (query, expected) in [
        (all(), &["msg_4", "msg_3", "msg_2", "msg_1"][..]),
        (MessageQuery { limit: 2, ..all() }, &["msg_4", "msg_3"]),
        (MessageQuery { before: Some(third), ..all() }, &["msg_2", "msg_1"]),
        (MessageQuery { before: Some(0), ..all() }, &[]),
        (MessageQuery { before: Some(u64::MAX), limit: 1, ..all() }, &["msg_4"]),
        (MessageQuery { channel_id: Some("another".to_owned()), ..all() }, &["msg_2"]),
        (MessageQuery { person: Some(PERSON.to_owned()), ..all() }, &["msg_2", "msg_1"]),
        (MessageQuery { statuses: vec![Status::Sent, Status::Failed], ..all() }, &["msg_1"]),
        (
            MessageQuery { channel_id: Some(CHANNEL.to_owned()), statuses: vec![Status::Accepted], ..all() },
            &["msg_4", "msg_3"],
        ),
    ] {
        let listed = stores.outbox.list(query.clone()).await.unwrap();
        assert_eq!(listed.iter().map(|message| message.id.as_str()).collect::<Vec<_>>(), expected, "{query:?}");
    }
}

async fn debug_shows_no_key_and_no_words(stores: Stores) {
    let shown = format!("{:?} {:?} {:?}", key(), message("msg_1"), begun(&stores, message("msg_1")).await);
    let shown = format!("{shown} {:?}", found(&stores).await);
    assert!(shown.contains(CHANNEL) && shown.contains("msg_1"), "{shown}");
    for hidden in ["order-17", "canary-text", PERSON] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}
