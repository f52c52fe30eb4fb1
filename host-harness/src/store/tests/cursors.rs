//! How far consumers have come.

use futures::future::join;

use super::*;
use crate::store::StoreError;

promises!(
    a_consumer_begins_at_nothing_and_stands_where_it_was_moved,
    one_that_stands_elsewhere_is_not_moved,
    no_consumer_moves_back,
    of_two_who_move_it_at_once_one_does,
    no_name_is_refused,
);

async fn place(stores: &Stores, consumer: &str) -> u64 {
    stores.cursors.place(consumer).await.unwrap()
}

async fn a_consumer_begins_at_nothing_and_stands_where_it_was_moved(stores: Stores) {
    assert_eq!(place(&stores, "bus").await, 0);
    assert!(stores.cursors.advance("bus", 0, 7).await.unwrap());
    assert!(stores.cursors.advance("bus", 7, 9).await.unwrap());
    assert_eq!((place(&stores, "bus").await, place(&stores, "another").await), (9, 0));
}

async fn one_that_stands_elsewhere_is_not_moved(stores: Stores) {
    assert!(!stores.cursors.advance("bus", 3, 7).await.unwrap(), "it has never moved");
    assert!(stores.cursors.advance("bus", 0, 7).await.unwrap());
    for from in [0, 6] {
        assert!(!stores.cursors.advance("bus", from, 8).await.unwrap(), "{from}");
    }
    assert_eq!(place(&stores, "bus").await, 7);
}

async fn no_consumer_moves_back(stores: Stores) {
    assert!(stores.cursors.advance("bus", 0, 7).await.unwrap());
    for to in [0, 6, 7] {
        assert!(!stores.cursors.advance("bus", 7, to).await.unwrap(), "{to}");
    }
    assert_eq!(place(&stores, "bus").await, 7);
}

async fn of_two_who_move_it_at_once_one_does(stores: Stores) {
    let (one, other) = join(stores.cursors.advance("bus", 0, 7), stores.cursors.advance("bus", 0, 7)).await;
    assert_ne!(one.unwrap(), other.unwrap());
}

async fn no_name_is_refused(stores: Stores) {
    let told = stores.cursors.advance("", 0, 1).await;
    assert!(matches!(told, Err(StoreError::Refused)), "{told:?}");
}
