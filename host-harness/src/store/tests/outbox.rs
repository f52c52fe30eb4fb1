//! Never twice what may have been sent, and nothing forgotten.

use channel_api::{Error, ErrorKind, Issue, Pointer, ProviderRequest, Receipt, Retry, Token};
use futures::future::join;

use super::*;
use crate::store::{
    Accepted, Again, Attempt, Call, Message, MessageQuery, NewMessage, Origin, Outcome, Retried, SendKey, Status,
    StoreError,
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
    what_was_surely_not_sent_waits_for_another_attempt_or_stays_what_it_is,
    what_may_have_been_sent_stays_so,
    attempts_are_kept_with_what_was_called_and_answered,
    a_message_goes_on_with_the_part_that_did_not_go,
    the_end_of_an_attempt_that_is_not_kept_is_told,
    keys_belong_to_their_channel,
    what_is_given_up_before_it_is_begun_was_not_sent,
    what_has_failed_is_accepted_again_behind_all_others,
    what_may_have_been_sent_is_sent_again_only_by_force,
    what_a_host_has_left_is_settled,
    what_waits_is_told_in_its_order,
    messages_are_accepted_together_or_not_at_all,
    what_is_refused_is_kept_as_failed_from_the_first,
    who_brought_a_message_is_kept_with_it,
    what_was_asked_for_without_a_key_is_told_until_it_was_answered,
    messages_are_listed_newest_first_and_by_what_they_are,
    messages_are_found_by_failure_time_name_and_broadcast,
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
        reference: Some("ref-1".to_owned()),
        implied: None,
        broadcast: None,
        origin: Origin::Api,
        refused: None,
    }
}

pub(super) async fn what_is_refused_is_kept_as_failed_from_the_first(stores: Stores) {
    let mut stepped = stores.statuses.stepped();
    let failure = Error::new(ErrorKind::InvalidMessage, "invalid_message", "the message has 1 problem");
    let refused = NewMessage { refused: Some(failure), ..keyless("msg_1") };
    let accepted = stores.outbox.accept(vec![refused, keyless("msg_2")]).await.unwrap();
    assert!(accepted.iter().all(|accepted| matches!(accepted, Accepted::New { .. })));
    assert!(stepped.has_changed().unwrap());
    stepped.borrow_and_update();
    let kept = stores.outbox.get("msg_1").await.unwrap().unwrap();
    assert_eq!((kept.status, kept.code()), (Status::Failed, Some("invalid_message")));
    let waiting = stores.outbox.waiting(None, 10).await.unwrap();
    assert_eq!(waiting.iter().map(|message| &message.id).collect::<Vec<_>>(), ["msg_2"]);
    let steps = stores.statuses.steps(0, 10).await.unwrap();
    assert_eq!(steps.iter().map(|(step, _)| step.status).collect::<Vec<_>>(), [Status::Failed]);
    // Given again, it is what it is.
    let failure = Error::new(ErrorKind::InvalidMessage, "another", "another");
    let again = NewMessage { refused: Some(failure), key: Some("k".to_owned()), ..message("msg_3") };
    let first = stores.outbox.accept(vec![again.clone()]).await.unwrap();
    assert!(matches!(first.as_slice(), [Accepted::New { .. }]));
    let known = stores.outbox.accept(vec![again]).await.unwrap();
    assert!(matches!(known.as_slice(), [Accepted::Known(known)] if known.status == Status::Failed));
    assert_eq!(stores.statuses.steps(0, 10).await.unwrap().len(), 2);
}

pub(super) async fn who_brought_a_message_is_kept_with_it(stores: Stores) {
    for (id, origin) in [("msg_1", Origin::Api), ("msg_2", Origin::Linktor)] {
        accepted(&stores, NewMessage { origin, ..keyless(id) }).await;
        assert_eq!(stores.outbox.get(id).await.unwrap().unwrap().origin, origin);
    }
}

pub(super) async fn what_was_asked_for_without_a_key_is_told_until_it_was_answered(stores: Stores) {
    for (id, implied) in [("msg_1", Some([7; 32])), ("msg_2", None), ("msg_3", Some([8; 32])), ("msg_4", Some([7; 32]))]
    {
        accepted(&stores, NewMessage { implied, ..keyless(id) }).await;
    }
    let unanswered = async || stores.outbox.unanswered().await.unwrap();
    let told = |implied: u8, id: &str| ([implied; 32], id.to_owned());
    assert_eq!(unanswered().await, [told(7, "msg_1"), told(8, "msg_3"), told(7, "msg_4")]);
    let ids = ["msg_1", "msg_2", "msg_3", "msg_9"].map(str::to_owned);
    stores.outbox.answered(ids.to_vec()).await.unwrap();
    assert_eq!(unanswered().await, [told(7, "msg_4")]);
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
    let accepted = accept(stores, message).await.unwrap();
    assert!(matches!(accepted, Accepted::New { .. }), "{accepted:?}");
}

async fn accept(stores: &Stores, message: NewMessage) -> Result<Accepted, StoreError> {
    Ok(stores.outbox.accept(vec![message]).await?.remove(0))
}

fn again(due: Timestamp) -> Again {
    Again { due, counts: true }
}

/// The calls of so many parts, from one on.
fn calls(parts: std::ops::Range<usize>) -> Vec<Call> {
    let request = |part| ProviderRequest::post("/messages", serde_json::json!({ "part": part }));
    let token = |part: usize| Token::from_random([u8::try_from(part).unwrap(); 16]);
    parts.map(|part| Call { part, request: request(part), token: Some(token(part)) }).collect()
}

async fn begin(stores: &Stores, id: &str) -> Option<Attempt> {
    stores.outbox.begin(id, calls(0..1)).await.unwrap()
}

async fn end(stores: &Stores, attempt: &Attempt, outcome: Outcome) -> Status {
    stores.outbox.end(attempt, outcome, None).await.unwrap()
}

/// Accepts and begins.
async fn begun(stores: &Stores, message: NewMessage) -> Attempt {
    let id = message.id.clone();
    accepted(stores, message).await;
    begin(stores, &id).await.expect("leave to send")
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
    let again = accept(&stores, message("msg_2")).await.unwrap();
    assert!(matches!(again, Accepted::Known(known) if known.id == "msg_1"));
}

async fn a_message_without_a_key_is_kept_like_any_other(stores: Stores) {
    let attempt = begun(&stores, keyless("msg_1")).await;
    accepted(&stores, keyless("msg_2")).await;
    end(&stores, &attempt, sent("m_1")).await;
    assert_sent(&got(&stores, "msg_1").await, "m_1");
    assert_eq!(got(&stores, "msg_2").await.status, Status::Accepted);
    let twice = accept(&stores, keyless("msg_1")).await;
    assert!(matches!(twice, Err(StoreError::Refused)), "{twice:?}");
}

async fn a_message_that_ended_is_told_its_first_outcome(stores: Stores) {
    let attempt = begun(&stores, message("msg_1")).await;
    for outcome in [sent("m_1"), sent("m_2"), failed(Retry::SAFE)] {
        end(&stores, &attempt, outcome).await;
        assert_sent(&found(&stores).await.unwrap(), "m_1");
    }
    let Accepted::Known(known) = accept(&stores, message("msg_2")).await.unwrap() else { panic!("it is new") };
    assert_sent(&known, "m_1");
    assert!(begin(&stores, "msg_1").await.is_none());
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
    end(&stores, &attempt, outcome.clone()).await;
    let kept = found(&stores).await.unwrap();
    assert_eq!(kept.status, Status::Failed);
    assert_eq!(serde_json::to_value(kept.outcome).unwrap(), serde_json::to_value(outcome).unwrap());
}

async fn leave_to_send_is_given_once(stores: Stores) {
    let both = join(accept(&stores, message("msg_1")), accept(&stores, message("msg_2"))).await;
    let new =
        [both.0.unwrap(), both.1.unwrap()].iter().filter(|outcome| matches!(outcome, Accepted::New { .. })).count();
    let id = found(&stores).await.unwrap().id;
    let both = join(begin(&stores, &id), begin(&stores, &id)).await;
    let leave = [both.0, both.1].iter().flatten().count();
    assert_eq!((new, leave), (1, 1));
}

async fn leave_is_given_only_for_what_was_accepted(stores: Stores) {
    assert!(begin(&stores, "msg_1").await.is_none());
    assert!(stores.outbox.get("msg_1").await.unwrap().is_none());
}

async fn an_attempt_that_nobody_ends_stays_begun(stores: Stores) {
    drop(begun(&stores, message("msg_1")).await);
    let kept = found(&stores).await.unwrap();
    let age = Timestamp::now().duration_since(kept.changed_at);
    assert!(kept.status == Status::Begun && age.as_secs() < 60, "{kept:?} {age:?}");
    let again = accept(&stores, message("msg_2")).await.unwrap();
    assert!(matches!(again, Accepted::Known(known) if known.status == Status::Begun));
    assert!(begin(&stores, "msg_1").await.is_none());
}

async fn a_key_tells_its_message_whatever_became_of_it(stores: Stores) {
    let attempt = begun(&stores, message("msg_1")).await;
    for _ in 0..2 {
        let other = NewMessage { fingerprint: ANOTHER, ..message("msg_2") };
        let other = accept(&stores, other).await.unwrap();
        assert!(matches!(other, Accepted::Known(known) if known.fingerprint == MESSAGE));
        end(&stores, &attempt, sent("m_1")).await;
    }
    assert!(stores.outbox.get("msg_2").await.unwrap().is_none());
}

async fn what_was_surely_not_sent_waits_for_another_attempt_or_stays_what_it_is(stores: Stores) {
    let attempt = begun(&stores, message("msg_1")).await;
    let due = Timestamp::from_millisecond(Timestamp::now().as_millisecond() + 1_000).unwrap();
    for _ in 0..2 {
        let came = stores.outbox.end(&attempt, failed(Retry::SAFE), Some(again(due))).await.unwrap();
        assert_eq!(came, Status::Accepted);
    }
    let waits = found(&stores).await.unwrap();
    assert_eq!((waits.status, waits.due_at, waits.tries), (Status::Accepted, Some(due), 1));
    assert_eq!(waits.outcome.unwrap().failure.unwrap().code(), "scripted");
    let another = begin(&stores, "msg_1").await.expect("leave to send again");
    let uncounted = Some(Again { due, counts: false });
    assert_eq!(stores.outbox.end(&another, failed(Retry::SAFE), uncounted).await.unwrap(), Status::Accepted);
    assert_eq!(got(&stores, "msg_1").await.tries, 1, "it met a closed door");
    let again = begin(&stores, "msg_1").await.expect("leave to send again");
    let begun = got(&stores, "msg_1").await;
    assert_eq!((begun.tries, begun.due_at, begun.tried_at.is_some()), (2, None, true));
    end(&stores, &attempt, sent("m_late")).await;
    assert_eq!(got(&stores, "msg_1").await.status, Status::Begun, "the first attempt has ended");
    assert_eq!(end(&stores, &again, failed(Retry::Never)).await, Status::Failed);
    let first = found(&stores).await.unwrap();
    assert_eq!((first.status, first.due_at), (Status::Failed, None), "the key is its own for good");
}

async fn what_may_have_been_sent_stays_so(stores: Stores) {
    let attempt = begun(&stores, message("msg_1")).await;
    let due = Some(again(Timestamp::now()));
    let came = stores.outbox.end(&attempt, failed(Retry::IF_IDEMPOTENT), due).await.unwrap();
    let kept = found(&stores).await.unwrap();
    assert_eq!((came, kept.status, kept.outcome.is_some()), (Status::Unknown, Status::Unknown, true));
    assert!(begin(&stores, "msg_1").await.is_none());
    end(&stores, &attempt, sent("m_1")).await;
    assert_eq!(found(&stores).await.unwrap().status, Status::Unknown, "the first end stands");
}

async fn attempts_are_kept_with_what_was_called_and_answered(stores: Stores) {
    assert!(stores.outbox.attempts("msg_1").await.unwrap().is_empty());
    let attempt = begun(&stores, message("msg_1")).await;
    let open = stores.outbox.attempts("msg_1").await.unwrap();
    assert!(open.len() == 1 && open[0].ended_at.is_none() && open[0].failure.is_none());
    stores.outbox.end(&attempt, failed(Retry::SAFE), Some(again(Timestamp::now()))).await.unwrap();
    let attempt = begin(&stores, "msg_1").await.unwrap();
    end(&stores, &attempt, sent("m_1")).await;
    let both = stores.outbox.attempts("msg_1").await.unwrap();
    assert_eq!(both.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [1, 2]);
    assert!(both.iter().all(|attempt| attempt.ended_at.is_some_and(|ended| ended >= attempt.began_at)));
    assert_eq!(serde_json::to_value(&both[0].calls).unwrap(), serde_json::to_value(calls(0..1)).unwrap());
    assert_eq!(both[0].failure.as_ref().map(Error::code), Some("scripted"));
    assert_eq!((both[1].receipts[0].message_id.as_deref(), both[1].failure.is_none()), (Some("m_1"), true));
}

async fn a_message_goes_on_with_the_part_that_did_not_go(stores: Stores) {
    accepted(&stores, message("msg_1")).await;
    let attempt = stores.outbox.begin("msg_1", calls(0..2)).await.unwrap().unwrap();
    let partly = Outcome { parts: 2, receipts: sent("m_1").receipts, ..failed(Retry::SAFE) };
    let came = stores.outbox.end(&attempt, partly, Some(again(Timestamp::now()))).await.unwrap();
    assert_eq!(came, Status::Accepted);
    let attempt = stores.outbox.begin("msg_1", calls(1..2)).await.unwrap().unwrap();
    let receipts = [sent("m_1").receipts, sent("m_2").receipts].concat();
    let came = end(&stores, &attempt, Outcome { receipts, parts: 2, ..Outcome::default() }).await;
    assert_eq!(came, Status::Sent);
    let second = stores.outbox.attempts("msg_1").await.unwrap().remove(1);
    assert_eq!(second.receipts.len(), 1, "an attempt has its own receipts");
    assert_eq!(got(&stores, "msg_1").await.outcome.unwrap().receipts.len(), 2);
}

async fn the_end_of_an_attempt_that_is_not_kept_is_told(stores: Stores) {
    let earlier = begun(&stores, message("msg_1")).await;
    let later = Attempt { number: earlier.number + 1, ..earlier.clone() };
    let nobody = Attempt { id: "msg_2".to_owned(), ..earlier.clone() };
    for other in [later, nobody] {
        let ended = stores.outbox.end(&other, sent("m_1"), None).await;
        assert!(matches!(ended, Err(StoreError::NotBegun)), "{ended:?}");
    }
    assert_eq!(found(&stores).await.unwrap().status, Status::Begun);
    end(&stores, &earlier, sent("m_2")).await;
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
        let refused = accept(&stores, empty).await;
        assert!(matches!(refused, Err(StoreError::Refused)), "{refused:?}");
    }
}

fn given_up() -> Error {
    Error::new(ErrorKind::Unexpected, "dropped", "it was dropped").with_retry(Retry::SAFE)
}

async fn what_is_given_up_before_it_is_begun_was_not_sent(stores: Stores) {
    accepted(&stores, message("msg_1")).await;
    assert!(stores.outbox.fail("msg_1", given_up()).await.unwrap());
    assert!(!stores.outbox.fail("msg_1", given_up()).await.unwrap(), "it waits no more");
    let dropped = found(&stores).await.unwrap();
    assert_eq!(dropped.status, Status::Failed);
    assert_eq!(dropped.outcome.unwrap().failure.unwrap().code(), "dropped");
    assert!(begin(&stores, "msg_1").await.is_none());
    drop(begun(&stores, keyless("msg_2")).await);
    assert!(!stores.outbox.fail("msg_2", given_up()).await.unwrap(), "it may have been sent");
    assert_eq!(got(&stores, "msg_2").await.status, Status::Begun);
    assert!(!stores.outbox.fail("msg_nobody", given_up()).await.unwrap());
}

async fn what_has_failed_is_accepted_again_behind_all_others(stores: Stores) {
    accepted(&stores, message("msg_1")).await;
    let attempt = stores.outbox.begin("msg_1", calls(0..2)).await.unwrap().unwrap();
    accepted(&stores, keyless("msg_2")).await;
    assert!(matches!(stores.outbox.retry("msg_1", true, None).await.unwrap(), Retried::NotFailed(Status::Begun)));
    end(&stores, &attempt, Outcome { parts: 2, receipts: sent("m_1").receipts, ..failed(Retry::Never) }).await;
    let Retried::Again(again) = stores.outbox.retry("msg_1", false, None).await.unwrap() else {
        panic!("it has failed")
    };
    assert_eq!((again.status, again.round, again.tries), (Status::Accepted, 1, 0));
    assert_eq!(again.outcome.as_ref().unwrap().receipts.len(), 1, "what went is known");
    accepted(&stores, keyless("msg_3")).await;
    let waiting = stores.outbox.waiting(None, 10).await.unwrap();
    assert_eq!(ids(&waiting), ["msg_2", "msg_1", "msg_3"]);
    let attempt = stores.outbox.begin("msg_1", calls(1..2)).await.unwrap().unwrap();
    let receipts = [sent("m_1").receipts, sent("m_2").receipts].concat();
    end(&stores, &attempt, Outcome { receipts, parts: 2, ..Outcome::default() }).await;
    assert!(matches!(stores.outbox.retry("msg_1", true, None).await.unwrap(), Retried::NotFailed(Status::Sent)));
    assert!(matches!(stores.outbox.retry("msg_nobody", true, None).await.unwrap(), Retried::NotFound));
}

async fn what_may_have_been_sent_is_sent_again_only_by_force(stores: Stores) {
    let attempt = begun(&stores, message("msg_1")).await;
    end(&stores, &attempt, failed(Retry::IF_IDEMPOTENT)).await;
    assert!(matches!(stores.outbox.retry("msg_1", false, None).await.unwrap(), Retried::NeedsForce));
    let Retried::Again(again) = stores.outbox.retry("msg_1", true, Some([9; 32])).await.unwrap() else {
        panic!("it was forced")
    };
    assert_eq!(stores.outbox.unanswered().await.unwrap(), [([9; 32], "msg_1".to_owned())]);
    assert_eq!(again.status, Status::Accepted);
    let _attempt = begin(&stores, "msg_1").await.expect("leave to send again");
}

fn ids(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.id.as_str()).collect()
}

async fn what_a_host_has_left_is_settled(stores: Stores) {
    accepted(&stores, message("msg_accepted")).await;
    let attempt = begun(&stores, keyless("msg_begun")).await;
    let ended = begun(&stores, keyless("msg_ended")).await;
    end(&stores, &ended, sent("m_1")).await;
    let before = got(&stores, "msg_begun").await.changed_at;

    assert_eq!(stores.outbox.recover().await.unwrap(), 1);
    assert_eq!(stores.outbox.recover().await.unwrap(), 0);
    let unknown = got(&stores, "msg_begun").await;
    assert_eq!((unknown.status, unknown.outcome.is_some()), (Status::Unknown, false));
    assert!(unknown.changed_at >= before, "its copy may come from now on");
    assert_eq!(found(&stores).await.unwrap().status, Status::Accepted, "it still waits");
    assert_sent(&got(&stores, "msg_ended").await, "m_1");
    // Whoever began it may be cut off only for a while, and what it knows is still taken.
    end(&stores, &attempt, sent("m_2")).await;
    assert_sent(&got(&stores, "msg_begun").await, "m_2");
}

async fn what_waits_is_told_in_its_order(stores: Stores) {
    for id in ["msg_1", "msg_2", "msg_3", "msg_4"] {
        accepted(&stores, keyless(id)).await;
    }
    let _attempt = begin(&stores, "msg_2").await;
    let first = stores.outbox.waiting(None, 2).await.unwrap();
    assert_eq!(ids(&first), ["msg_1", "msg_3"]);
    assert_eq!(first[0].reference.as_deref(), Some("ref-1"));
    let rest = stores.outbox.waiting(Some(first[1].place()), 2).await.unwrap();
    assert_eq!(ids(&rest), ["msg_4"]);
}

async fn messages_are_accepted_together_or_not_at_all(stores: Stores) {
    accepted(&stores, message("msg_1")).await;
    let given = vec![keyless("msg_2"), message("msg_3"), keyless("msg_4")];
    let mut answers = stores.outbox.accept(given).await.unwrap().into_iter();
    assert!(matches!(answers.next(), Some(Accepted::New { .. })));
    assert!(matches!(answers.next(), Some(Accepted::Known(known)) if known.id == "msg_1"));
    assert!(matches!(answers.next(), Some(Accepted::New { .. })));
    let refused = stores.outbox.accept(vec![keyless("msg_5"), keyless("msg_4")]).await;
    assert!(matches!(refused, Err(StoreError::Refused)), "{refused:?}");
    assert_eq!(ids(&stores.outbox.waiting(None, 10).await.unwrap()), ["msg_1", "msg_2", "msg_4"]);
}

async fn messages_are_listed_newest_first_and_by_what_they_are(stores: Stores) {
    let attempt = begun(&stores, keyless("msg_1")).await;
    accepted(&stores, NewMessage { channel_id: "another".to_owned(), ..keyless("msg_2") }).await;
    accepted(&stores, NewMessage { person: Some("somebody".to_owned()), ..keyless("msg_3") }).await;
    accepted(&stores, NewMessage { person: None, ..keyless("msg_4") }).await;
    end(&stores, &attempt, sent("m_1")).await;
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
        assert_listed(&stores, query, expected).await;
    }
}

async fn messages_are_found_by_failure_time_name_and_broadcast(stores: Stores) {
    let named = NewMessage { reference: Some("order-17".to_owned()), ..keyless("msg_1") };
    let attempt = begun(&stores, named).await;
    end(&stores, &attempt, failed(Retry::Never)).await;
    accepted(&stores, keyless("msg_2")).await;
    let broadcast = NewMessage { broadcast: Some("bc_1".to_owned()), ..keyless("msg_3") };
    let _lost = begun(&stores, broadcast).await;
    stores.outbox.recover().await.unwrap();
    end(&stores, &begun(&stores, keyless("msg_4")).await, sent("m_4")).await;
    let all = || MessageQuery { limit: 10, ..MessageQuery::default() };
    let (first, third) = (got(&stores, "msg_1").await, got(&stores, "msg_3").await);
    let code = |code: &str| Some(code.to_owned());
    let (now, tomorrow) = (first.accepted_at, first.accepted_at + jiff::SignedDuration::from_hours(24));
    for (query, expected) in [
        (MessageQuery { after: Some(0), limit: 2, ..all() }, &["msg_1", "msg_2"][..]),
        (MessageQuery { after: Some(third.seq), ..all() }, &["msg_4"]),
        (MessageQuery { after: Some(first.seq), before: Some(third.seq), ..all() }, &["msg_2"]),
        (MessageQuery { code: code("scripted"), ..all() }, &["msg_1"]),
        (MessageQuery { code: code("outcome_lost"), statuses: vec![Status::Unknown], ..all() }, &["msg_3"]),
        (MessageQuery { code: code("scripted"), statuses: vec![Status::Sent], ..all() }, &[]),
        (MessageQuery { code: code("another"), ..all() }, &[]),
        (MessageQuery { since: Some(now), until: Some(tomorrow), ..all() }, &["msg_4", "msg_3", "msg_2", "msg_1"]),
        (MessageQuery { since: Some(tomorrow), ..all() }, &[]),
        (MessageQuery { until: Some(now), ..all() }, &[]),
        (MessageQuery { reference: Some("order-17".to_owned()), ..all() }, &["msg_1"]),
        (MessageQuery { broadcast: Some("bc_1".to_owned()), ..all() }, &["msg_3"]),
    ] {
        assert_listed(&stores, query, expected).await;
    }
}

async fn assert_listed(stores: &Stores, query: MessageQuery, expected: &[&str]) {
    let listed = stores.outbox.list(query.clone()).await.unwrap();
    assert_eq!(listed.iter().map(|message| message.id.as_str()).collect::<Vec<_>>(), expected, "{query:?}");
}

async fn debug_shows_no_key_and_no_words(stores: Stores) {
    let shown = format!("{:?} {:?} {:?}", key(), message("msg_1"), begun(&stores, message("msg_1")).await);
    let shown = format!("{shown} {:?}", found(&stores).await);
    assert!(shown.contains(CHANNEL) && shown.contains("msg_1"), "{shown}");
    for hidden in ["order-17", "canary-text", PERSON] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}
