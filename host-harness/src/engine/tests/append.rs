//! Storing: once, in order, all or none.

use super::*;
use crate::engine::Appended;

#[tokio::test]
async fn a_duplicate_in_one_request_is_stored_once() {
    let (_dir, engine) = engine();
    let appended = engine.append(vec![event("m_1"), event("m_2"), event("m_1")]).await.unwrap();
    assert_eq!((appended.stored, appended.duplicates), (2, 1));
    assert_eq!(ids(&engine).await, ["m_1", "m_2"]);
}

#[tokio::test]
async fn a_redelivery_is_dropped_and_the_first_version_stays() {
    let (_dir, engine) = engine();
    engine.append(vec![event("m_1")]).await.unwrap();
    let again = NewEvent { data: json("{}"), ..event("m_1") };
    let appended = engine.append(vec![again, event("m_2")]).await.unwrap();
    assert_eq!((appended.stored, appended.duplicates), (1, 1));
    let events = all(&engine).await;
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].data.get(), event("m_1").data.get());
    assert_eq!(appended.last_seq, events[1].seq);
}

#[tokio::test]
async fn a_request_of_duplicates_alone_says_where_the_store_stands() {
    let (_dir, engine) = engine();
    let first = engine.append(vec![event("m_1"), event("m_2")]).await.unwrap();
    let second = engine.append(vec![event("m_1")]).await.unwrap();
    assert_eq!(second, Appended { stored: 0, duplicates: 1, last_seq: first.last_seq });
}

#[tokio::test]
async fn the_same_id_on_another_channel_is_another_event() {
    let (_dir, engine) = engine();
    let appended = engine.append(vec![event_of("a", "m_1"), event_of("b", "m_1")]).await.unwrap();
    assert_eq!((appended.stored, appended.duplicates), (2, 0));
}

#[tokio::test]
async fn duplicates_are_known_after_reopening_and_numbers_go_on() {
    let (dir, engine) = engine();
    let before = engine.append(vec![event("m_1"), event("m_2")]).await.unwrap();
    within(engine.close()).await.unwrap();

    let engine = Embedded::open(dir.path()).unwrap();
    assert_eq!(*engine.watch().borrow(), before.last_seq);
    let after = engine.append(vec![event("m_2"), event("m_3")]).await.unwrap();
    assert_eq!((after.stored, after.duplicates), (1, 1));
    assert!(after.last_seq > before.last_seq);
    assert_eq!(ids(&engine).await, ["m_1", "m_2", "m_3"]);
}

#[tokio::test]
async fn numbers_are_not_given_out_again_after_a_deletion() {
    let (dir, engine) = engine();
    let before = engine.append(vec![event("m_1"), event("m_2")]).await.unwrap();
    let delete = |scope: &mut crate::engine::writer::Scope<'_>| {
        scope.connection.execute("DELETE FROM events", []).map_err(EngineError::storage("delete"))
    };
    assert_eq!(engine.writer().submit(1, delete).await.unwrap(), 2);
    within(engine.close()).await.unwrap();

    let engine = Embedded::open(dir.path()).unwrap();
    assert_eq!(*engine.watch().borrow(), before.last_seq);
    assert!(engine.append(vec![event("m_3")]).await.unwrap().last_seq > before.last_seq);
}

#[tokio::test]
async fn a_refused_request_is_undone_whole_and_hurts_no_neighbour() {
    let (_dir, engine) = engine();
    let held = Held::hold(&engine).await;
    let mut requests = Box::pin(futures::future::join3(
        engine.append(vec![event("m_1")]),
        engine.append(vec![event("m_lost"), event(""), event("m_lost_too")]),
        engine.append(vec![event("m_2")]),
    ));
    assert!(futures::poll!(&mut requests).is_pending());
    held.release().await;

    let (first, poisoned, last) = within(requests).await;
    assert_eq!(first.unwrap().stored, 1);
    assert!(matches!(poisoned, Err(EngineError::Refused)), "{poisoned:?}");
    assert_eq!(engine.stats().commits, 2, "the three shared one commit");
    let events = all(&engine).await;
    assert_eq!(events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["m_1", "m_2"]);
    assert_eq!(last.unwrap().last_seq, events[1].seq);
    assert_eq!(*engine.watch().borrow(), events[1].seq);
}

#[tokio::test]
async fn a_refused_request_announces_nothing() {
    let (_dir, engine) = engine();
    let watch = engine.watch();
    let poisoned = engine.append(vec![event("m_lost"), event("")]).await;
    assert!(matches!(poisoned, Err(EngineError::Refused)), "{poisoned:?}");
    assert!(!watch.has_changed().unwrap(), "a consumer would wait behind a number that comes again");
    let appended = engine.append(vec![event("m_1")]).await.unwrap();
    assert_eq!((all(&engine).await[0].seq, *watch.borrow()), (appended.last_seq, appended.last_seq));
}

#[tokio::test]
async fn watch_wakes_after_the_commit_and_the_event_is_there() {
    let (_dir, engine) = engine();
    let mut watch = engine.watch();
    assert_eq!(*watch.borrow_and_update(), 0);
    let consumer = async {
        watch.changed().await.unwrap();
        *watch.borrow_and_update()
    };
    let (seen, appended) = within(futures::future::join(consumer, engine.append(vec![event("m_1")]))).await;
    assert_eq!(seen, appended.unwrap().last_seq);
    assert_eq!(all(&engine).await[0].seq, seen);
}

#[tokio::test]
async fn a_request_without_events_is_answered() {
    let (_dir, engine) = engine();
    let appended = within(engine.append(Vec::new())).await.unwrap();
    assert_eq!(appended, Appended { stored: 0, duplicates: 0, last_seq: 0 });
}
