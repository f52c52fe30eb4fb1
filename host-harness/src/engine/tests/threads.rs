//! Who answers whom: later news wins, whatever the order in which it comes.

use channel_api::ThreadOwner;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::engine::Owned;

const PERSON: &str = "7411002233445566";

fn owned(owner: ThreadOwner, since: Timestamp) -> Owned {
    Owned { owner, since }
}

fn inbox() -> ThreadOwner {
    ThreadOwner::App("263902037430900".to_owned())
}

/// To the millisecond, as it is kept.
fn noon() -> Timestamp {
    Timestamp::from_millisecond(1_763_812_800_000).unwrap()
}

async fn known(engine: &Embedded) -> Option<Owned> {
    within(engine.threads().get(CHANNEL, PERSON)).await.unwrap()
}

#[tokio::test]
async fn an_event_and_its_owner_are_stored_together_and_outlive_a_restart() {
    let (dir, engine) = engine();
    assert_eq!(known(&engine).await, None);
    let handed = NewEvent { owner: Some(owned(inbox(), noon())), ..event("pass-1") };
    within(engine.append(vec![event("m_1"), handed])).await.unwrap();
    assert_eq!(known(&engine).await, Some(owned(inbox(), noon())));
    within(engine.close()).await.unwrap();
    let engine = Embedded::open(dir.path()).unwrap();
    assert_eq!(known(&engine).await, Some(owned(inbox(), noon())));
    let other = within(engine.threads().get("another channel", PERSON)).await.unwrap();
    assert_eq!(other, None);
}

#[tokio::test]
async fn what_happened_earlier_turns_nothing_back() {
    let (_dir, engine) = engine();
    let later = noon() + SignedDuration::from_secs(5);
    let pass = NewEvent { owner: Some(owned(inbox(), noon())), ..event("pass-1") };
    let back = NewEvent { owner: Some(owned(ThreadOwner::Us, later)), ..event("pass-2") };
    within(engine.append(vec![back.clone()])).await.unwrap();
    within(engine.append(vec![pass.clone()])).await.unwrap();
    assert_eq!(known(&engine).await, Some(owned(ThreadOwner::Us, later)));
    // Nor does a message that the host sent before.
    within(engine.threads().put(CHANNEL, PERSON, owned(ThreadOwner::Nobody, noon()))).await.unwrap();
    assert_eq!(known(&engine).await, Some(owned(ThreadOwner::Us, later)));
}

#[tokio::test]
async fn a_duplicate_turns_nothing_back_even_with_a_later_time() {
    let (_dir, engine) = engine();
    let second = |seconds| noon() + SignedDuration::from_secs(seconds);
    let pass = |at| NewEvent { owner: Some(owned(inbox(), second(at))), ..event("pass-1") };
    within(engine.append(vec![pass(1)])).await.unwrap();
    within(engine.threads().put(CHANNEL, PERSON, owned(ThreadOwner::Us, second(2)))).await.unwrap();
    let appended = within(engine.append(vec![pass(3)])).await.unwrap();
    assert_eq!(appended.duplicates, 1);
    assert_eq!(known(&engine).await, Some(owned(ThreadOwner::Us, second(2))));
}

#[tokio::test]
async fn the_last_message_is_one_of_words_and_not_a_receipt() {
    let (_dir, engine) = engine();
    let threads = engine.threads();
    assert_eq!(within(threads.last_message(CHANNEL, PERSON)).await.unwrap(), None);
    let read = NewEvent { name: "message.read".into(), ..event("read-1") };
    within(engine.append(vec![read])).await.unwrap();
    assert_eq!(within(threads.last_message(CHANNEL, PERSON)).await.unwrap(), None);
    for (id, name) in [("m_1", "message.received"), ("m_2", "facebook.quick_reply"), ("m_3", "message.echo")] {
        within(engine.append(vec![NewEvent { name: name.into(), ..event(id) }])).await.unwrap();
        let stored = all(&engine).await.pop().unwrap();
        assert_eq!(within(threads.last_message(CHANNEL, PERSON)).await.unwrap(), Some(stored.received_at), "{name}");
    }
}
