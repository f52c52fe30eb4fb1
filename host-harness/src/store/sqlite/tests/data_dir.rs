//! The directory: private, one writer, readers beside it, and what a crash leaves.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;
use crate::store::Holder;
use crate::store::sqlite::data_dir::DataDir;

#[tokio::test]
async fn a_second_writer_is_refused_until_the_first_has_closed() {
    let (dir, store) = store();
    let refused = Sqlite::open(dir.path()).unwrap_err();
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused:?}");
    assert!(refused.to_string().contains(&dir.path().display().to_string()), "{refused}");
    store.append(vec![event("m_1")]).await.unwrap();

    within(store.close()).await.unwrap();
    let store = Sqlite::open(dir.path()).unwrap();
    assert_eq!(ids(&store).await, ["m_1"]);
}

#[test]
fn whoever_looks_whether_it_is_free_keeps_no_writer_out() {
    let dir = tempfile::tempdir().unwrap();
    let (dir, holder) = (DataDir::new(dir.path()), Holder::this("serve"));
    drop(dir.prepare(&holder).unwrap());
    let (has_looked, is_over) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                has_looked.fetch_or(dir.check_free().is_ok(), Ordering::Relaxed);
            }
        });
        while !has_looked.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        // Often enough to meet a look.
        let opened: Vec<_> = (0..500).map(|_| dir.prepare(&holder).map(drop)).collect();
        is_over.store(true, Ordering::Relaxed);
        assert!(opened.iter().all(Result::is_ok), "{:?}", opened.iter().find(|opened| opened.is_err()));
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_writer_without_a_name_and_not_outside() {
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/full", dir.path().join("writer.lock")).unwrap();
    let _lock = DataDir::new(dir.path()).prepare(&Holder::this("compact")).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_look_into_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("deep/data");
    let store = Sqlite::open(&dir).unwrap();
    store.append(vec![event("m_1")]).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    let mut files = 0;
    for entry in fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 4, "the database, its log, its index and the lock");
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, "").unwrap();
    let error = Sqlite::open(&path.join("data")).unwrap_err();
    assert!(matches!(error, StoreError::DataDir { .. }), "{error:?}");
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
}

#[tokio::test]
async fn a_reader_sees_what_is_committed_beside_the_writer_and_holds_nobody_up() {
    let (dir, store) = store();
    store.append(vec![event("m_1")]).await.unwrap();
    let reader = Reader::open(dir.path()).unwrap();

    // A read that is in the middle of its snapshot while the writer commits.
    let (entered, has_entered) = oneshot::channel();
    let (release, gate) = std::sync::mpsc::channel();
    let slow = tokio::spawn({
        let reader = reader.clone();
        async move {
            let count = |connection: &rusqlite::Connection| {
                connection.query_row("SELECT count(*) FROM events", [], |row| row.get::<_, i64>(0)).unwrap()
            };
            let work = move |connection: &rusqlite::Connection| {
                connection.execute_batch("BEGIN").unwrap();
                let before = count(connection);
                entered.send(()).unwrap();
                gate.recv().unwrap();
                let after = count(connection);
                connection.execute_batch("COMMIT").unwrap();
                Ok((before, after))
            };
            reader.run(work).await
        }
    });
    within(has_entered).await.unwrap();
    within(store.append(vec![event("m_2")])).await.unwrap();
    let read = within(reader.read(Query { limit: 10, ..Query::default() })).await.unwrap();
    assert_eq!(read.len(), 2);
    release.send(()).unwrap();
    assert_eq!(within(slow).await.unwrap().unwrap(), (1, 1));
}

#[tokio::test]
async fn whoever_asks_and_does_not_come_for_the_answer_holds_nobody_up() {
    let (dir, _engine) = store();
    let reader = Reader::open(dir.path()).unwrap();
    // As in a set of futures whose owner waits for something else.
    let mut left: Vec<_> = (0..64).map(|_| Box::pin(reader.first())).collect();
    for asking in &mut left {
        drop(futures::poll!(asking.as_mut()));
    }
    assert_eq!(within(reader.first()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let (dir, _engine) = store();
    let reader = Reader::open(dir.path()).unwrap();
    let written = reader.run(|connection| Ok(connection.execute("DELETE FROM events", []).is_ok()));
    assert!(!within(written).await.unwrap());
}

#[tokio::test]
async fn a_reader_works_when_no_server_runs() {
    let (dir, store) = store();
    store.append(vec![event("m_1")]).await.unwrap();
    within(store.close()).await.unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let read = within(reader.read(Query { limit: 10, ..Query::default() })).await.unwrap();
    assert_eq!(read.len(), 1);
    Sqlite::open(dir.path()).unwrap();
}

#[test]
fn there_is_nothing_to_read_where_no_server_ever_ran() {
    let dir = tempfile::tempdir().unwrap();
    let missing = Reader::open(dir.path()).unwrap_err();
    assert!(matches!(missing, StoreError::NotFound { .. }), "{missing:?}");
    fs::write(dir.path().join("events.sqlite3"), "").unwrap();
    let empty = Reader::open(dir.path()).unwrap_err();
    assert!(matches!(empty, StoreError::NotFound { .. }), "{empty:?}");
}

#[tokio::test]
async fn a_store_of_a_later_release_is_left_alone() {
    let (dir, store) = store();
    within(store.close()).await.unwrap();
    let database = rusqlite::Connection::open(dir.path().join("events.sqlite3")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    for error in [Sqlite::open(dir.path()).unwrap_err(), Reader::open(dir.path()).unwrap_err()] {
        assert!(matches!(error, StoreError::NewerFormat { found: 99, .. }), "{error:?}");
    }
}

#[test]
fn a_file_that_is_no_database_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("events.sqlite3");
    let text = "somebody's notes, long enough to be looked at. ".repeat(100);
    fs::write(&file, &text).unwrap();
    let error = Sqlite::open(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::Storage { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

/// The files as a process leaves them that dies at this moment.
pub(super) fn crash(dir: &Path) -> TempDir {
    let left = tempfile::tempdir().unwrap();
    for name in ["events.sqlite3", "events.sqlite3-wal"] {
        fs::copy(dir.join(name), left.path().join(name)).unwrap();
    }
    left
}

#[tokio::test]
async fn after_a_crash_everything_acknowledged_is_there_once() {
    let (dir, store) = store();
    for id in ["m_1", "m_2"] {
        store.append(vec![event(id)]).await.unwrap();
    }
    assert!(matches!(store.accept(vec![under("k")]).await.unwrap()[..], [Accepted::New { .. }]));
    let _attempt = store.begin("msg_k", Vec::new()).await.unwrap().unwrap();

    let left = crash(dir.path());
    let reader = Reader::open(left.path()).unwrap();
    let read = within(reader.read(Query { limit: 10, ..Query::default() })).await.unwrap();
    assert_eq!(read.len(), 2);
    let store = Sqlite::open(left.path()).unwrap();
    let again = store.append(vec![event("m_1"), event("m_2"), event("m_3")]).await.unwrap();
    assert_eq!((again.stored(), again.duplicates()), (1, 2));
    assert_eq!(ids(&store).await, ["m_1", "m_2", "m_3"]);
    let kept = store.find(&key("k")).await.unwrap().unwrap();
    assert_eq!(kept.status, Status::Begun);
}
