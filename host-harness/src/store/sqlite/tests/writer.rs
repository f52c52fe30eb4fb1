//! The one writer: shared commits, a bounded queue, an orderly end.

use futures::future::{join, join_all};

use super::*;

#[tokio::test]
async fn requests_that_wait_share_one_commit() {
    let (_dir, store) = store();
    let held = Held::hold(&store).await;
    let mut requests = Box::pin(join_all((0..100).map(|n| store.append(vec![event(&format!("m_{n}"))]))));
    assert!(futures::poll!(&mut requests).is_pending());
    assert_eq!(store.stats().queued, 100);
    held.release().await;

    let answers = within(requests).await;
    let numbers: Vec<u64> = answers.into_iter().map(|answer| answer.unwrap().last_seq).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "in the order of the queue");
    let stats = store.stats();
    assert_eq!((stats.commits, stats.requests, stats.queued), (2, 101, 0));
    assert_eq!(all(&store).await.len(), 100);
}

#[tokio::test]
async fn a_commit_takes_so_many_requests_and_no_more() {
    let (_dir, store) = store_with(Limits { requests_per_commit: 10, ..Limits::default() });
    let held = Held::hold(&store).await;
    let mut requests = Box::pin(join_all((0..25).map(|n| store.append(vec![event(&format!("m_{n}"))]))));
    assert!(futures::poll!(&mut requests).is_pending());
    held.release().await;
    assert!(within(requests).await.iter().all(Result::is_ok));
    assert_eq!(store.stats().commits, 1 + 3, "10, 10 and 5 behind the one that was held");
}

#[tokio::test]
async fn a_commit_takes_so_many_records_and_no_more() {
    let (_dir, store) = store_with(Limits { records_per_commit: 4, ..Limits::default() });
    let held = Held::hold(&store).await;
    let three = |n: usize| (0..3).map(|i| event(&format!("m_{n}_{i}"))).collect();
    let mut requests = Box::pin(join_all((0..6).map(|n| store.append(three(n)))));
    assert!(futures::poll!(&mut requests).is_pending());
    held.release().await;
    assert!(within(requests).await.iter().all(Result::is_ok));
    assert_eq!(store.stats().commits, 1 + 3, "two requests of three records each");
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_takes_again_later() {
    let (_dir, store) = store_with(Limits { queue: 2, ..Limits::default() });
    let held = Held::hold(&store).await;
    let mut waiting = Box::pin(join_all([store.append(vec![event("m_1")]), store.append(vec![event("m_2")])]));
    assert!(futures::poll!(&mut waiting).is_pending());

    let refused = futures::poll!(Box::pin(store.append(vec![event("m_3")])));
    let std::task::Poll::Ready(Err(error)) = refused else { panic!("it waits: {refused:?}") };
    assert!(matches!(error, StoreError::Busy { capacity: 2 }) && error.is_temporary(), "{error}");
    assert!(matches!(store.health().await, Err(StoreError::Busy { .. })));

    held.release().await;
    assert!(within(waiting).await.iter().all(Result::is_ok));
    store.append(vec![event("m_3")]).await.unwrap();
    assert_eq!(ids(&store).await, ["m_1", "m_2", "m_3"]);
}

#[tokio::test]
async fn what_a_caller_no_longer_waits_for_is_stored_all_the_same() {
    let (_dir, store) = store();
    let held = Held::hold(&store).await;
    let mut abandoned = Box::pin(store.append(vec![event("m_1")]));
    assert!(futures::poll!(&mut abandoned).is_pending());
    drop(abandoned);
    held.release().await;
    store.append(vec![event("m_2")]).await.unwrap();
    assert_eq!(ids(&store).await, ["m_1", "m_2"]);
}

#[tokio::test]
async fn close_commits_what_waits_and_takes_nothing_new() {
    let (dir, store) = store();
    let held = Held::hold(&store).await;
    let mut waiting = Box::pin(join_all((0..5).map(|n| store.append(vec![event(&format!("m_{n}"))]))));
    assert!(futures::poll!(&mut waiting).is_pending());
    let mut closing = Box::pin(futures::future::join(store.close(), store.close()));
    assert!(futures::poll!(&mut closing).is_pending());
    held.release().await;

    assert!(within(waiting).await.iter().all(Result::is_ok));
    let (first, second) = within(closing).await;
    first.unwrap();
    second.unwrap();
    within(store.close()).await.unwrap();
    assert!(matches!(store.append(vec![event("m_9")]).await, Err(StoreError::Closed)));
    assert!(matches!(store.health().await, Err(StoreError::Closed)));
    assert!(matches!(store.read(Query { limit: 1, ..Query::default() }).await, Err(StoreError::Closed)));
    assert!(!dir.path().join("events.sqlite3-wal").exists(), "all of it is in the database file");

    let store = Sqlite::open(dir.path()).unwrap();
    assert_eq!(all(&store).await.len(), 5);
}

#[tokio::test]
async fn a_writer_that_dies_is_reported_and_answers_nobody_with_success() {
    let (_dir, store) = store();
    // On a thread that ends: the message of the panic goes to the test's output.
    let death = store.writer.submit(1, |_| -> Result<(), StoreError> { panic!("meant to") });
    assert!(matches!(within(death).await, Err(StoreError::Closed)));
    assert!(matches!(within(store.append(vec![event("m_1")])).await, Err(StoreError::Closed)));
    assert!(matches!(within(store.health()).await, Err(StoreError::Closed)));
    assert!(within(store.close()).await.is_err());
}

/// As a full disk would: the database may not grow beyond so many pages.
async fn allow_pages(store: &Sqlite, pages: &str) {
    let sql = format!("PRAGMA max_page_count = {pages}");
    let set = move |scope: &mut Scope<'_>| {
        scope.connection.query_row(&sql, [], |_| Ok(())).map_err(StoreError::storage("set a limit"))
    };
    store.writer.submit(1, set).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_fails_what_is_not_stored_and_nothing_else() {
    let (_dir, store) = store();
    store.append(vec![event("m_0")]).await.unwrap();
    allow_pages(&store, "1").await; // SQLite raises it to what is in use

    let large = |id: &str| NewEvent { data: json(&format!("\"{}\"", "x".repeat(100_000))), ..event(id) };
    let held = Held::hold(&store).await;
    let mut waiting = Box::pin(futures::future::join3(
        store.append(vec![event("m_1")]),
        store.append(vec![event("m_2"), large("m_3")]),
        store.append(vec![event("m_4")]),
    ));
    assert!(futures::poll!(&mut waiting).is_pending());
    held.release().await;
    let (small, full, other) = within(waiting).await;
    let Err(error @ StoreError::Storage { .. }) = full else { panic!("{full:?}") };
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("full"), "{error:?}");
    let stored = ids(&store).await;
    assert_eq!(stored.contains(&"m_1".to_owned()), small.is_ok());
    assert_eq!(stored.contains(&"m_4".to_owned()), other.is_ok());
    assert!(!stored.contains(&"m_2".to_owned()) && !stored.contains(&"m_3".to_owned()));

    allow_pages(&store, "1000000").await;
    let again = store.append(vec![event("m_2"), large("m_3")]).await.unwrap();
    assert_eq!((again.stored(), again.duplicates()), (2, 0));
    within(store.health()).await.unwrap();
}

#[tokio::test]
async fn a_commit_is_on_the_disk_before_it_is_answered() {
    let (_dir, store) = store();
    let settings = |scope: &mut Scope<'_>| {
        let sql = "SELECT (SELECT synchronous FROM pragma_synchronous), (SELECT journal_mode FROM pragma_journal_mode)";
        let row = scope.connection.query_row(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)));
        row.map_err(StoreError::storage("look"))
    };
    let (synchronous, journal) = store.writer.submit(0, settings).await.unwrap();
    assert_eq!((synchronous, journal.as_str()), (2, "wal"), "2 is FULL");
    let (synchronous, _) = store.writer.submit_unsynced(settings).await.unwrap();
    assert_eq!(synchronous, 1, "1 is NORMAL: nobody waits for it");
    let (synchronous, _) = store.writer.submit_when_room(settings).await.unwrap();
    assert_eq!(synchronous, 2);
    let held = Held::hold(&store).await;
    let mut together = Box::pin(join(store.writer.submit_unsynced(settings), store.writer.submit(0, settings)));
    assert!(futures::poll!(&mut together).is_pending());
    held.release().await;
    let (unsynced, synced) = within(together).await;
    assert_eq!(
        (unsynced.unwrap().0, synced.unwrap().0),
        (2, 2),
        "one that has to reach the disk takes the other along"
    );
}

#[tokio::test]
async fn health_writes() {
    let (_dir, store) = store();
    within(store.health()).await.unwrap();
    within(store.health()).await.unwrap();
    assert_eq!(store.stats().commits, 2);
    let count = |scope: &mut Scope<'_>| {
        let sql = "SELECT checks FROM health";
        scope.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(StoreError::storage("count"))
    };
    assert_eq!(store.writer.submit(0, count).await.unwrap(), 2);
}
