//! The ledger of sends: never twice what may have been sent.

use super::*;
use crate::engine::{Begin, OpenSend, SendLedger};

const MESSAGE: [u8; 32] = [1; 32];
const ANOTHER: [u8; 32] = [2; 32];

async fn begin(sends: &SendLedger, key: &str, fingerprint: [u8; 32]) -> Begin {
    within(sends.begin(CHANNEL, key, fingerprint)).await.unwrap()
}

async fn begin_new(sends: &SendLedger, key: &str) -> OpenSend {
    match begin(sends, key, MESSAGE).await {
        Begin::New(open) => open,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_finished_send_answers_with_the_first_reply() {
    let (dir, engine) = engine();
    let sends = engine.sends();
    let open = begin_new(&sends, "key").await;
    within(open.finish(json(r#"{"messageId":"m_1"}"#))).await.unwrap();
    let again = begin(&sends, "key", MESSAGE).await;
    assert!(matches!(&again, Begin::Finished(reply) if reply.get() == r#"{"messageId":"m_1"}"#), "{again:?}");

    within(engine.close()).await.unwrap();
    let engine = Embedded::open(dir.path()).unwrap();
    let again = begin(&engine.sends(), "key", MESSAGE).await;
    assert!(matches!(&again, Begin::Finished(reply) if reply.get() == r#"{"messageId":"m_1"}"#), "{again:?}");
}

#[tokio::test]
async fn a_send_in_flight_is_not_begun_twice() {
    let (_dir, engine) = engine();
    let sends = engine.sends();
    let both =
        within(futures::future::join(sends.begin(CHANNEL, "key", MESSAGE), sends.begin(CHANNEL, "key", MESSAGE)));
    let (first, second) = both.await;
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(matches!((&first, &second), (Begin::New(_), Begin::InFlightOrUnknown)), "{first:?} {second:?}");
}

#[tokio::test]
async fn a_send_that_is_dropped_unsettled_stays_unknown_for_ever() {
    let (dir, engine) = engine();
    drop(begin_new(&engine.sends(), "key").await);
    let again = begin(&engine.sends(), "key", MESSAGE).await;
    assert!(matches!(again, Begin::InFlightOrUnknown), "{again:?}");

    within(engine.close()).await.unwrap();
    let engine = Embedded::open(dir.path()).unwrap();
    let again = begin(&engine.sends(), "key", MESSAGE).await;
    assert!(matches!(again, Begin::InFlightOrUnknown), "{again:?}");
}

#[tokio::test]
async fn a_key_serves_one_message_whatever_became_of_it() {
    let (_dir, engine) = engine();
    let sends = engine.sends();
    let open = begin_new(&sends, "key").await;
    let other = begin(&sends, "key", ANOTHER).await;
    assert!(matches!(other, Begin::KeyReusedForAnotherMessage), "{other:?}");
    within(open.finish(json("{}"))).await.unwrap();
    let other = begin(&sends, "key", ANOTHER).await;
    assert!(matches!(other, Begin::KeyReusedForAnotherMessage), "{other:?}");
}

#[tokio::test]
async fn an_abandoned_send_may_be_made_again() {
    let (_dir, engine) = engine();
    let sends = engine.sends();
    within(begin_new(&sends, "key").await.abandon()).await.unwrap();
    let open = begin_new(&sends, "key").await;
    within(open.finish(json("{}"))).await.unwrap();
    assert!(matches!(begin(&sends, "key", MESSAGE).await, Begin::Finished(_)));
}

#[tokio::test]
async fn keys_belong_to_their_channel() {
    let (_dir, engine) = engine();
    let sends = engine.sends();
    let _first = begin_new(&sends, "key").await;
    let other = within(sends.begin("another channel", "key", ANOTHER)).await.unwrap();
    assert!(matches!(other, Begin::New(_)), "{other:?}");
    let empty = within(sends.begin(CHANNEL, "", MESSAGE)).await;
    assert!(matches!(empty, Err(EngineError::Refused)), "{empty:?}");
}

#[tokio::test]
async fn an_outcome_waits_for_room_where_a_beginning_is_refused() {
    let (_dir, engine) = engine_with(Limits { queue: 1, ..Limits::default() });
    let sends = engine.sends();
    let open = begin_new(&sends, "key").await;
    let held = Held::hold(&engine).await;
    let mut waiting = Box::pin(engine.append(vec![event("m_1")]));
    assert!(futures::poll!(&mut waiting).is_pending());

    let refused = within(sends.begin(CHANNEL, "another", MESSAGE)).await;
    assert!(matches!(refused, Err(EngineError::Busy { .. })), "{refused:?}");
    let mut finishing = Box::pin(open.finish(json("{}")));
    assert!(futures::poll!(&mut finishing).is_pending());
    held.release().await;
    within(finishing).await.unwrap();
    within(waiting).await.unwrap();
    assert!(matches!(begin(&sends, "key", MESSAGE).await, Begin::Finished(_)));
    drop(begin_new(&sends, "another").await);
}

#[tokio::test]
async fn an_entry_that_vanished_is_not_settled_in_silence() {
    let (_dir, engine) = engine();
    let sends = engine.sends();
    let open = begin_new(&sends, "key").await;
    let delete = |scope: &mut crate::engine::writer::Scope<'_>| {
        scope.connection.execute("DELETE FROM sends", []).map_err(EngineError::storage("delete"))
    };
    assert_eq!(engine.writer().submit(1, delete).await.unwrap(), 1);
    let settled = within(open.finish(json("{}"))).await;
    assert!(matches!(settled, Err(EngineError::NotOpen)), "{settled:?}");
}
