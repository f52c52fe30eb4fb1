use std::fs;

use super::*;
use crate::store::sqlite::Compacted;

#[tokio::test]
async fn what_was_deleted_takes_up_room_until_it_is_given_back_or_the_store_is_compacted() {
    let (dir, store) = store();
    let large = |n| NewEvent { data: json(&format!("\"{}\"", "x".repeat(10_000))), ..event(&format!("m_{n}")) };
    store.append((0..100).map(large).collect()).await.unwrap();
    by_hand(&store, "DELETE FROM events WHERE seq > 1").await;
    let refused = Sqlite::compact(dir.path()).unwrap_err();
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused:?}");
    within(store.close()).await.unwrap();
    let size = || fs::metadata(dir.path().join("events.sqlite3")).unwrap().len();
    let before = size();
    let compacted = Sqlite::compact(dir.path()).unwrap();
    assert_eq!(compacted, Compacted { before, after: size() });
    assert!(compacted.before > 1_000_000 && compacted.after < 300_000, "{compacted:?}");
    let store = Sqlite::open(dir.path()).unwrap();
    assert_eq!(ids(&store).await, ["m_0"]);
    assert_eq!(store.append(vec![event("m_new")]).await.unwrap().last_seq, 101, "no number is given out twice");
}

#[tokio::test]
async fn a_store_gives_room_back_while_it_works() {
    let (dir, store) = store();
    let large = |n| NewEvent { data: json(&format!("\"{}\"", "x".repeat(10_000))), ..event(&format!("m_{n}")) };
    store.append((0..500).map(large).collect()).await.unwrap();
    let size = || fs::metadata(dir.path().join("events.sqlite3")).unwrap().len();
    by_hand(&store, "DELETE FROM events WHERE seq > 1").await;
    within(Upkeep::wipe(&store)).await.unwrap();
    assert!(size() > 5_000_000);
    let mut bits = 0;
    while within(store.give_back()).await.unwrap() {
        bits += 1;
    }
    within(Upkeep::wipe(&store)).await.unwrap();
    assert!(bits > 3 && size() < 300_000, "{bits} {}", size());
    assert_eq!(ids(&store).await, ["m_0"]);
}

#[test]
fn there_is_nothing_to_compact_where_no_store_is() {
    let dir = tempfile::tempdir().unwrap();
    for path in [dir.path().to_owned(), dir.path().join("nowhere")] {
        let refused = Sqlite::compact(&path).unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { .. }), "{refused:?}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was made");
}
