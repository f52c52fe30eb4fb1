//! What is heard of messages is joined to what was sent, once, and never a step back.

use channel_api::{Error, ErrorKind, ProviderRequest, Receipt, Retry, Timestamp as ProviderTime, Token};

use super::outbox::message;
use super::*;
use crate::store::{
    Accepted, Arrival, Attempt, Call, Copied, CopyOf, Heard, NewMessage, OUTCOME_UNKNOWN, Outcome, Received, Retried,
    Status, Watermark,
};

promises!(
    what_may_have_been_sent_was_sent_when_its_copy_comes,
    a_copy_is_known_by_its_token_before_its_id_and_by_its_id_without_one,
    a_copy_that_names_nothing_is_joined_to_the_one_open_part_that_says_the_same,
    a_copy_of_somebody_else_s_message_changes_nothing,
    a_copy_that_comes_before_the_answer_settles_what_the_answer_does_not,
    what_was_given_up_was_sent_when_its_copy_comes,
    receipts_lead_on_and_never_back,
    a_watermark_covers_what_was_sent_until_then_that_moment_included,
    the_clock_of_this_machine_is_put_right,
    a_watermark_says_nothing_of_what_may_have_been_sent,
    a_receipt_waits_for_the_message_that_it_names,
    a_watermark_waits_for_what_is_being_sent,
    a_message_has_come_as_far_as_its_last_part,
    the_rest_follows_when_a_copy_comes_in_time,
    what_a_crash_left_was_sent_where_its_copies_have_come,
    what_is_heard_again_is_no_step,
    what_waits_to_be_sent_again_leaves_out_what_went,
    what_a_crash_left_is_unknown_from_now_on,
    what_stands_in_a_conversation_counts_unless_its_copy_has_come,
    what_is_unknown_is_told_and_given_up_once,
    a_broken_off_message_to_an_alias_is_its_person_s_when_its_copy_says_whose,
    steps_are_read_in_pages_with_their_messages,
    who_waits_hears_that_a_message_came_on,
);

fn token(part: usize) -> Token {
    Token::from_random([u8::try_from(part + 1).unwrap(); 16])
}

fn call(part: usize, words: &str) -> Call {
    let body = serde_json::json!({ "message": { "text": words } });
    Call { part, request: ProviderRequest::post("/messages", body), token: None }
}

fn stamped(parts: usize) -> Vec<Call> {
    (0..parts).map(|part| Call { token: Some(token(part)), ..call(part, "hello") }).collect()
}

fn keyless(id: &str) -> NewMessage {
    NewMessage { key: None, ..message(id) }
}

async fn begun(stores: &Stores, new: NewMessage, calls: Vec<Call>) -> Attempt {
    let id = new.id.clone();
    let accepted = stores.outbox.accept(vec![new]).await.unwrap();
    assert!(matches!(accepted[0], Accepted::New { .. }), "{accepted:?}");
    stores.outbox.begin(&id, calls).await.unwrap().expect("leave to send")
}

fn outcome(ids: &[&str], parts: usize, failure: Option<Retry>) -> Outcome {
    let receipt = |id: &&str| Receipt { message_id: Some((*id).to_owned()), ..Receipt::default() };
    let failure = failure.map(|retry| Error::new(ErrorKind::ProviderFailed, "scripted", "it broke").with_retry(retry));
    Outcome { receipts: ids.iter().map(receipt).collect(), parts, failure, ..Outcome::default() }
}

async fn ended(stores: &Stores, attempt: &Attempt, outcome: Outcome) -> Status {
    stores.outbox.end(attempt, outcome, None).await.unwrap()
}

/// A message of one part whose answer nobody has heard.
async fn open(stores: &Stores, id: &str) {
    let attempt = begun(stores, keyless(id), stamped(1)).await;
    assert_eq!(ended(stores, &attempt, outcome(&[], 1, Some(Retry::IF_IDEMPOTENT))).await, Status::Unknown);
}

/// A message of one part that was sent.
async fn sent(stores: &Stores, id: &str, message_id: &str) {
    let attempt = begun(stores, keyless(id), vec![call(0, "hello")]).await;
    assert_eq!(ended(stores, &attempt, outcome(&[message_id], 1, None)).await, Status::Sent);
}

fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

fn at(millis: i64) -> ProviderTime {
    ProviderTime::from_millis(millis).unwrap()
}

fn copied() -> Copied {
    Copied {
        channel_id: CHANNEL.to_owned(),
        person: Some(PERSON.to_owned()),
        token: None,
        message_id: Some("m_1".to_owned()),
        ours: None,
        at: Some(at(now())),
        kind: Some("text".to_owned()),
        text: Some("hello".to_owned()),
    }
}

fn receipt(status: Arrival, ids: &[&str], until: Option<i64>) -> Heard {
    Heard::Receipt(Received {
        channel_id: CHANNEL.to_owned(),
        person: Some(PERSON.to_owned()),
        status,
        message_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        watermark: until.map(|until| Watermark { until: at(until), ahead: 0 }),
    })
}

async fn hear(stores: &Stores, heard: Heard) {
    stores.statuses.hear(vec![heard]).await.unwrap();
}

async fn status(stores: &Stores, id: &str) -> Status {
    stores.outbox.get(id).await.unwrap().unwrap().status
}

async fn steps(stores: &Stores, id: &str) -> Vec<Status> {
    stores.statuses.steps_of(id).await.unwrap().into_iter().map(|step| step.status).collect()
}

async fn covered(stores: &Stores, status: Arrival, until: i64, ahead: i64) -> Vec<String> {
    let watermark = Watermark { until: at(until), ahead };
    stores.statuses.covered(CHANNEL, PERSON, status, watermark).await.unwrap()
}

async fn what_may_have_been_sent_was_sent_when_its_copy_comes(stores: Stores) {
    open(&stores, "msg_1").await;
    hear(&stores, Heard::Copy(Copied { token: Some(token(0)), ..copied() })).await;
    let kept = stores.outbox.get("msg_1").await.unwrap().unwrap();
    assert_eq!(kept.status, Status::Sent);
    let outcome = kept.outcome.unwrap();
    assert_eq!(outcome.receipts[0].message_id.as_deref(), Some("m_1"));
    assert!(outcome.failure.is_none());
    assert_eq!(steps(&stores, "msg_1").await, [Status::Unknown, Status::Sent]);
}

async fn a_copy_is_known_by_its_token_before_its_id_and_by_its_id_without_one(stores: Stores) {
    open(&stores, "msg_1").await;
    sent(&stores, "msg_2", "m_2").await;
    hear(&stores, Heard::Copy(Copied { message_id: Some("m_2".to_owned()), ..copied() })).await;
    assert_eq!(status(&stores, "msg_1").await, Status::Unknown);
    let elsewhere = "another channel".to_owned();
    hear(&stores, Heard::Copy(Copied { token: Some(token(0)), channel_id: elsewhere, ..copied() })).await;
    assert_eq!(status(&stores, "msg_1").await, Status::Unknown);
    hear(&stores, Heard::Copy(Copied { token: Some(token(0)), message_id: None, ..copied() })).await;
    assert_eq!(status(&stores, "msg_1").await, Status::Sent);
}

/// Begun without a token, and never answered.
async fn unstamped(stores: &Stores, id: &str, words: &str) {
    let attempt = begun(stores, keyless(id), vec![call(0, words)]).await;
    ended(stores, &attempt, outcome(&[], 1, Some(Retry::IF_IDEMPOTENT))).await;
}

async fn a_copy_that_names_nothing_is_joined_to_the_one_open_part_that_says_the_same(stores: Stores) {
    unstamped(&stores, "msg_1", "hello").await;
    unstamped(&stores, "msg_2", "good-bye").await;
    let ours = Copied { ours: Some(true), ..copied() };
    let later = at(now() + 3_600_000);
    for wrong in [
        Copied { ours: Some(false), ..ours.clone() },
        Copied { ours: None, ..ours.clone() },
        Copied { at: Some(later), ..ours.clone() },
        Copied { at: None, ..ours.clone() },
        Copied { text: Some("something else".to_owned()), ..ours.clone() },
        Copied { person: Some("9000000000000001".to_owned()), ..ours.clone() },
        Copied { token: Some(token(7)), ..ours.clone() },
        Copied { text: None, kind: Some("image".to_owned()), ..ours.clone() },
    ] {
        hear(&stores, Heard::Copy(wrong.clone())).await;
        assert_eq!(status(&stores, "msg_1").await, Status::Unknown, "{wrong:?}");
    }
    hear(&stores, Heard::Copy(ours.clone())).await;
    assert_eq!([status(&stores, "msg_1").await, status(&stores, "msg_2").await], [Status::Sent, Status::Unknown]);
    // Of two that say the same nobody can tell which it was.
    unstamped(&stores, "msg_3", "good-bye").await;
    let either = Copied { message_id: Some("m_3".to_owned()), text: Some("good-bye".to_owned()), ..ours };
    hear(&stores, Heard::Copy(either)).await;
    assert_eq!([status(&stores, "msg_2").await, status(&stores, "msg_3").await], [Status::Unknown; 2]);
}

async fn a_copy_of_somebody_else_s_message_changes_nothing(stores: Stores) {
    open(&stores, "msg_1").await;
    hear(&stores, Heard::Copy(copied())).await;
    hear(&stores, Heard::Copy(Copied { token: Some(token(7)), ..copied() })).await;
    assert_eq!(steps(&stores, "msg_1").await, [Status::Unknown]);
}

async fn a_copy_that_comes_before_the_answer_settles_what_the_answer_does_not(stores: Stores) {
    let attempt = begun(&stores, keyless("msg_1"), stamped(1)).await;
    hear(&stores, Heard::Copy(Copied { token: Some(token(0)), ..copied() })).await;
    assert_eq!(status(&stores, "msg_1").await, Status::Begun, "its call has not ended");
    assert_eq!(ended(&stores, &attempt, outcome(&[], 1, Some(Retry::IF_IDEMPOTENT))).await, Status::Sent);
    assert_eq!(steps(&stores, "msg_1").await, [Status::Sent]);
}

async fn what_was_given_up_was_sent_when_its_copy_comes(stores: Stores) {
    open(&stores, "msg_1").await;
    let unknown = Error::new(ErrorKind::Unexpected, OUTCOME_UNKNOWN, "nobody knows").with_retry(Retry::IF_IDEMPOTENT);
    assert!(stores.statuses.give_up("msg_1", unknown).await.unwrap());
    hear(&stores, Heard::Copy(Copied { token: Some(token(0)), ..copied() })).await;
    hear(&stores, receipt(Arrival::Read, &["m_1"], None)).await;
    assert_eq!(steps(&stores, "msg_1").await, [Status::Unknown, Status::Failed, Status::Sent, Status::Read]);
    assert!(stores.outbox.get("msg_1").await.unwrap().unwrap().outcome.unwrap().failure.is_none());
}

async fn receipts_lead_on_and_never_back(stores: Stores) {
    sent(&stores, "msg_1", "m_1").await;
    sent(&stores, "msg_2", "m_2").await;
    hear(&stores, receipt(Arrival::Delivered, &["m_1", "m_2"], None)).await;
    hear(&stores, receipt(Arrival::Read, &["m_1"], None)).await;
    hear(&stores, receipt(Arrival::Delivered, &["m_1"], None)).await;
    assert_eq!(steps(&stores, "msg_1").await, [Status::Sent, Status::Delivered, Status::Read]);
    assert_eq!(steps(&stores, "msg_2").await, [Status::Sent, Status::Delivered]);
    sent(&stores, "msg_3", "m_3").await;
    hear(&stores, receipt(Arrival::Read, &["m_3"], None)).await;
    hear(&stores, receipt(Arrival::Delivered, &["m_3"], None)).await;
    assert_eq!(steps(&stores, "msg_3").await, [Status::Sent, Status::Read]);
}

async fn a_watermark_covers_what_was_sent_until_then_that_moment_included(stores: Stores) {
    let noon = 1_763_812_800_000;
    for (id, message_id, sent_at) in [("msg_1", "m_1", noon - 1), ("msg_2", "m_2", noon), ("msg_3", "m_3", noon + 1)] {
        sent(&stores, id, message_id).await;
        let message_id = Some(message_id.to_owned());
        hear(&stores, Heard::Copy(Copied { message_id, at: Some(at(sent_at)), ..copied() })).await;
    }
    assert_eq!(covered(&stores, Arrival::Delivered, noon, 0).await, ["m_1", "m_2"]);
    hear(&stores, receipt(Arrival::Delivered, &[], Some(noon))).await;
    assert_eq!(covered(&stores, Arrival::Delivered, noon, 0).await, [""; 0], "nothing is named twice");
    assert_eq!(covered(&stores, Arrival::Read, noon, 0).await, ["m_1", "m_2"]);
    hear(&stores, receipt(Arrival::Read, &[], Some(noon + 1))).await;
    assert_eq!(covered(&stores, Arrival::Read, noon + 1, 0).await, [""; 0]);
    let told = [steps(&stores, "msg_2").await, steps(&stores, "msg_3").await];
    assert_eq!(told, [vec![Status::Sent, Status::Delivered, Status::Read], vec![Status::Sent, Status::Read]]);
    let elsewhere =
        stores.statuses.covered("another channel", PERSON, Arrival::Read, Watermark { until: at(now()), ahead: 0 });
    assert_eq!(elsewhere.await.unwrap(), [""; 0]);
}

async fn the_clock_of_this_machine_is_put_right(stores: Stores) {
    sent(&stores, "msg_1", "m_1").await;
    let earlier = now() - 60_000;
    assert_eq!(covered(&stores, Arrival::Read, earlier, 0).await, [""; 0]);
    assert_eq!(covered(&stores, Arrival::Read, earlier, 90_000).await, ["m_1"]);
    assert_eq!(covered(&stores, Arrival::Read, now(), -90_000).await, [""; 0]);
}

async fn a_watermark_says_nothing_of_what_may_have_been_sent(stores: Stores) {
    open(&stores, "msg_1").await;
    hear(&stores, receipt(Arrival::Read, &[], Some(now()))).await;
    assert_eq!(covered(&stores, Arrival::Read, now(), 0).await, [""; 0]);
    assert_eq!(steps(&stores, "msg_1").await, [Status::Unknown]);
}

async fn a_receipt_waits_for_the_message_that_it_names(stores: Stores) {
    hear(&stores, receipt(Arrival::Delivered, &["m_1"], None)).await;
    hear(&stores, receipt(Arrival::Delivered, &["m_2"], None)).await;
    hear(&stores, receipt(Arrival::Read, &["m_2"], None)).await;
    let attempt = begun(&stores, keyless("msg_1"), stamped(1)).await;
    assert_eq!(ended(&stores, &attempt, outcome(&["m_1"], 1, None)).await, Status::Delivered);
    assert_eq!(steps(&stores, "msg_1").await, [Status::Sent, Status::Delivered]);
    let attempt = begun(&stores, keyless("msg_2"), vec![Call { token: Some(token(1)), ..call(0, "hello") }]).await;
    ended(&stores, &attempt, outcome(&[], 1, Some(Retry::IF_IDEMPOTENT))).await;
    let (token, message_id) = (Some(token(1)), Some("m_2".to_owned()));
    hear(&stores, Heard::Copy(Copied { token, message_id, ..copied() })).await;
    assert_eq!(steps(&stores, "msg_2").await, [Status::Unknown, Status::Sent, Status::Read]);
}

async fn a_watermark_waits_for_what_is_being_sent(stores: Stores) {
    let attempt = begun(&stores, keyless("msg_1"), stamped(1)).await;
    hear(&stores, receipt(Arrival::Read, &[], Some(now() + 5_000))).await;
    assert_eq!(ended(&stores, &attempt, outcome(&["m_1"], 1, None)).await, Status::Read);
    // What is begun after it is not covered by it.
    let heard = now();
    while now() <= heard {
        std::hint::spin_loop();
    }
    let attempt = begun(&stores, keyless("msg_2"), vec![call(0, "hello")]).await;
    hear(&stores, receipt(Arrival::Delivered, &[], Some(now() - 5_000))).await;
    assert_eq!(ended(&stores, &attempt, outcome(&["m_2"], 1, None)).await, Status::Sent);
}

async fn a_message_has_come_as_far_as_its_last_part(stores: Stores) {
    let attempt = begun(&stores, keyless("msg_1"), stamped(2)).await;
    ended(&stores, &attempt, outcome(&["m_1", "m_2"], 2, None)).await;
    hear(&stores, receipt(Arrival::Delivered, &["m_1"], None)).await;
    assert_eq!(steps(&stores, "msg_1").await, [Status::Sent]);
    hear(&stores, receipt(Arrival::Read, &["m_1", "m_2"], None)).await;
    assert_eq!(steps(&stores, "msg_1").await, [Status::Sent, Status::Read]);
}

async fn the_rest_follows_when_a_copy_comes_in_time(stores: Stores) {
    let attempt = begun(&stores, keyless("msg_1"), stamped(2)).await;
    ended(&stores, &attempt, outcome(&[], 2, Some(Retry::IF_IDEMPOTENT))).await;
    let copy = Heard::Copy(Copied { token: Some(token(0)), ..copied() });
    let again = stores.statuses.hear(vec![copy.clone(), copy]).await.unwrap();
    assert_eq!(again.into_iter().map(|message| message.id).collect::<Vec<_>>(), ["msg_1"]);
    let kept = stores.outbox.get("msg_1").await.unwrap().unwrap();
    let outcome = kept.outcome.unwrap();
    assert_eq!((kept.status, outcome.receipts.len(), outcome.failure.is_some()), (Status::Accepted, 1, false));
    assert_eq!(steps(&stores, "msg_1").await, [Status::Unknown]);
}

async fn what_a_crash_left_was_sent_where_its_copies_have_come(stores: Stores) {
    let _lost = begun(&stores, keyless("msg_1"), stamped(1)).await;
    let two = vec![Call { token: Some(token(1)), ..call(0, "one") }, Call { token: Some(token(2)), ..call(1, "two") }];
    let _lost = begun(&stores, keyless("msg_2"), two).await;
    for (part, id) in [(0, "m_1"), (1, "m_2")] {
        let (token, message_id) = (Some(token(part)), Some(id.to_owned()));
        hear(&stores, Heard::Copy(Copied { token, message_id, ..copied() })).await;
    }
    assert_eq!(stores.outbox.recover().await.unwrap(), 1);
    assert_eq!([status(&stores, "msg_1").await, status(&stores, "msg_2").await], [Status::Sent, Status::Unknown]);
    hear(&stores, Heard::Copy(Copied { token: Some(token(2)), message_id: Some("m_3".to_owned()), ..copied() })).await;
    let kept = stores.outbox.get("msg_2").await.unwrap().unwrap();
    let ids: Vec<_> = kept.outcome.unwrap().receipts.into_iter().filter_map(|receipt| receipt.message_id).collect();
    assert_eq!((kept.status, ids), (Status::Sent, vec!["m_2".to_owned(), "m_3".to_owned()]));
    assert_eq!(steps(&stores, "msg_1").await, [Status::Sent]);
}

async fn what_waits_to_be_sent_again_leaves_out_what_went(stores: Stores) {
    let attempt = begun(&stores, keyless("msg_1"), stamped(2)).await;
    ended(&stores, &attempt, outcome(&[], 2, Some(Retry::IF_IDEMPOTENT))).await;
    assert!(matches!(stores.outbox.retry("msg_1", true, None).await.unwrap(), Retried::Again(_)));
    let copy = Heard::Copy(Copied { token: Some(token(0)), ..copied() });
    assert!(stores.statuses.hear(vec![copy]).await.unwrap().is_empty(), "it stands in line already");
    let kept = stores.outbox.get("msg_1").await.unwrap().unwrap();
    assert_eq!((kept.status, kept.outcome.unwrap().receipts.len()), (Status::Accepted, 1));
}

async fn what_a_crash_left_is_unknown_from_now_on(stores: Stores) {
    let _lost = begun(&stores, keyless("msg_1"), stamped(1)).await;
    let begun_at = now();
    while now() <= begun_at {
        std::hint::spin_loop();
    }
    stores.outbox.recover().await.unwrap();
    let kept = stores.outbox.get("msg_1").await.unwrap().unwrap();
    assert!(kept.changed_at.as_millisecond() > begun_at, "its copy may come yet");
}

async fn what_stands_in_a_conversation_counts_unless_its_copy_has_come(stores: Stores) {
    open(&stores, "msg_1").await;
    let found = |id: &str| Heard::Found(Copied { message_id: Some(id.to_owned()), ours: Some(true), ..copied() });
    // A colleague has written the same.
    let copy = CopyOf { token: None, message_id: Some("m_7".to_owned()), ours: Some(false) };
    let echo = NewEvent { name: "message.echo".into(), ..event("echo_7") };
    stores.events.append(vec![echo.with_copy(Some(copy))]).await.unwrap();
    hear(&stores, found("m_7")).await;
    assert_eq!(status(&stores, "msg_1").await, Status::Unknown);
    hear(&stores, found("m_1")).await;
    assert_eq!(status(&stores, "msg_1").await, Status::Sent);
}

async fn what_is_heard_again_is_no_step(stores: Stores) {
    open(&stores, "msg_1").await;
    let heard = [
        Heard::Copy(Copied { token: Some(token(0)), ..copied() }),
        receipt(Arrival::Delivered, &["m_1"], None),
        receipt(Arrival::Read, &[], Some(now() + 1)),
    ];
    for _ in 0..2 {
        stores.statuses.hear(heard.to_vec()).await.unwrap();
    }
    assert_eq!(steps(&stores, "msg_1").await, [Status::Unknown, Status::Sent, Status::Delivered, Status::Read]);
}

async fn what_is_unknown_is_told_and_given_up_once(stores: Stores) {
    open(&stores, "msg_1").await;
    sent(&stores, "msg_2", "m_2").await;
    let later = Timestamp::now() + jiff::SignedDuration::from_secs(1);
    let told = stores.statuses.unknown(later, 0, 10).await.unwrap();
    assert_eq!(told.into_iter().map(|message| message.id).collect::<Vec<_>>(), ["msg_1"]);
    assert!(stores.statuses.unknown(noon(), 0, 10).await.unwrap().is_empty(), "not since then");
    let failure = || Error::new(ErrorKind::Unexpected, OUTCOME_UNKNOWN, "nobody knows");
    assert!(stores.statuses.give_up("msg_1", failure()).await.unwrap());
    for id in ["msg_1", "msg_2", "msg_3"] {
        assert!(!stores.statuses.give_up(id, failure()).await.unwrap(), "{id}");
    }
    let kept = stores.outbox.get("msg_1").await.unwrap().unwrap();
    assert_eq!((kept.status, kept.outcome.unwrap().failure.unwrap().code()), (Status::Failed, OUTCOME_UNKNOWN));
    assert!(matches!(stores.outbox.retry("msg_1", false, None).await.unwrap(), Retried::NeedsForce));
    assert_eq!(status(&stores, "msg_2").await, Status::Sent);
}

async fn a_broken_off_message_to_an_alias_is_its_person_s_when_its_copy_says_whose(stores: Stores) {
    let attempt = begun(&stores, NewMessage { person: None, ..keyless("msg_1") }, stamped(1)).await;
    ended(&stores, &attempt, outcome(&["m_1"], 1, None)).await;
    hear(&stores, receipt(Arrival::Delivered, &[], Some(now() + 1))).await;
    assert_eq!(status(&stores, "msg_1").await, Status::Sent, "nobody knows whose it is");
    hear(&stores, Heard::Copy(Copied { token: Some(token(0)), ..copied() })).await;
    hear(&stores, receipt(Arrival::Delivered, &[], Some(now() + 1))).await;
    assert_eq!(status(&stores, "msg_1").await, Status::Delivered);
}

async fn steps_are_read_in_pages_with_their_messages(stores: Stores) {
    sent(&stores, "msg_1", "m_1").await;
    open(&stores, "msg_2").await;
    hear(&stores, receipt(Arrival::Read, &["m_1"], None)).await;
    let (mut after, mut told) = (0, Vec::new());
    loop {
        let page = stores.statuses.steps(after, 2).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = last.seq;
        told.extend(page.into_iter().map(|(step, message)| (message.unwrap().id, step.status)));
    }
    let expected = [("msg_1", Status::Sent), ("msg_2", Status::Unknown), ("msg_1", Status::Read)];
    assert_eq!(told, expected.map(|(id, status)| (id.to_owned(), status)));
}

async fn who_waits_hears_that_a_message_came_on(stores: Stores) {
    let mut stepped = stores.statuses.stepped();
    sent(&stores, "msg_1", "m_1").await;
    within(stepped.changed()).await.unwrap();
    stepped.borrow_and_update();
    hear(&stores, receipt(Arrival::Read, &["m_1"], None)).await;
    within(stepped.changed()).await.unwrap();
}
