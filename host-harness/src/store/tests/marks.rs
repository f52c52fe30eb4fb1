//! What lies on a bus.

use super::*;
use crate::store::{Mark, MarkKind, MarkState, StoreError};

promises!(
    what_was_published_is_found_by_its_event_and_by_its_place,
    an_event_lies_in_one_place,
    what_is_set_aside_is_found_by_how_it_stands_with_it,
    what_has_moved_is_not_changed_or_forgotten,
    the_first_that_may_be_published_again_is_told,
    of_who_is_erased_only_the_place_is_left,
    no_channel_is_refused,
);

fn mark(event_seq: u64, stream_seq: u64) -> Mark {
    Mark {
        channel_id: CHANNEL.to_owned(),
        event_seq,
        kind: MarkKind::Message,
        person: Some(PERSON.to_owned()),
        nats_id: format!("id-{event_seq}"),
        stream_seq,
        published_at: noon(),
        tries: 0,
        proven: false,
        again: false,
        settings: u64::MAX,
        state: MarkState::Published,
    }
}

async fn all(stores: &Stores) -> Vec<Mark> {
    stores.marks.of_channel(CHANNEL, 0, 100).await.unwrap()
}

async fn what_was_published_is_found_by_its_event_and_by_its_place(stores: Stores) {
    let another = Mark { channel_id: "another".to_owned(), ..mark(2, 8) };
    let status = Mark { kind: MarkKind::Status, person: None, tries: 3, proven: true, again: true, ..mark(3, 9) };
    let exact = |mark: Mark| Mark { published_at: exactly(mark.published_at), ..mark };
    let all_of_them = [mark(4, 6), mark(1, 7), another.clone(), status.clone()].map(exact);
    stores.marks.put(all_of_them.to_vec()).await.unwrap();
    assert_eq!(all(&stores).await, [mark(1, 7), status.clone(), mark(4, 6)]);
    assert_eq!(stores.marks.of_channel(CHANNEL, 1, 1).await.unwrap(), std::slice::from_ref(&status));
    let in_stream = |kind, after, limit| stores.marks.in_stream(kind, after, limit);
    assert_eq!(in_stream(MarkKind::Message, 0, 9).await.unwrap(), [mark(4, 6), mark(1, 7), another]);
    assert_eq!(in_stream(MarkKind::Message, 6, 1).await.unwrap(), [mark(1, 7)]);
    assert_eq!(in_stream(MarkKind::Status, 0, 9).await.unwrap(), [status]);
}

async fn an_event_lies_in_one_place(stores: Stores) {
    stores.marks.put(vec![mark(1, 7)]).await.unwrap();
    let moved = Mark { nats_id: "id-1-2".to_owned(), tries: 1, state: MarkState::GivenUp, ..mark(1, 9) };
    stores.marks.put(vec![moved.clone()]).await.unwrap();
    assert_eq!(all(&stores).await, [moved]);
}

async fn what_is_set_aside_is_found_by_how_it_stands_with_it(stores: Stores) {
    let refused = |event_seq| Mark { state: MarkState::Refused, ..mark(event_seq, 0) };
    let due = Mark { state: MarkState::Due, ..mark(2, 7) };
    for mark in [refused(4), due.clone(), mark(1, 8), refused(3)] {
        stores.marks.put(vec![mark]).await.unwrap();
    }
    let in_state = |state, limit| stores.marks.in_state(state, limit);
    assert_eq!(in_state(MarkState::Refused, 9).await.unwrap(), [refused(3), refused(4)]);
    assert_eq!(in_state(MarkState::Refused, 1).await.unwrap(), [refused(3)]);
    assert_eq!(in_state(MarkState::Due, 9).await.unwrap(), [due]);
    assert_eq!(in_state(MarkState::Published, 9).await.unwrap(), [], "nobody asks for those");
}

async fn what_has_moved_is_not_changed_or_forgotten(stores: Stores) {
    for mark in [mark(1, 7), mark(2, 8)] {
        stores.marks.put(vec![mark]).await.unwrap();
    }
    stores.marks.change(vec![mark(1, 6), mark(2, 8), mark(5, 5)], MarkState::Refused).await.unwrap();
    let refused = Mark { state: MarkState::Refused, ..mark(2, 8) };
    assert_eq!(all(&stores).await, [mark(1, 7), refused.clone()]);
    stores.marks.forget(vec![mark(1, 6), mark(2, 8), mark(5, 5)]).await.unwrap();
    assert_eq!(all(&stores).await, [mark(1, 7)]);
    stores.marks.forget(Vec::new()).await.unwrap();
}

async fn the_first_that_may_be_published_again_is_told(stores: Stores) {
    let first = || stores.marks.first(CHANNEL);
    assert_eq!(first().await.unwrap(), None);
    for (event_seq, state) in [
        (1, MarkState::Refused),
        (2, MarkState::Erased),
        (3, MarkState::GivenUp),
        (4, MarkState::Published),
        (5, MarkState::Due),
    ] {
        stores.marks.put(vec![Mark { state, ..mark(event_seq, event_seq) }]).await.unwrap();
    }
    assert_eq!(first().await.unwrap(), Some(3));
    stores.marks.forget(vec![mark(3, 3)]).await.unwrap();
    assert_eq!(first().await.unwrap(), Some(4));
    stores.marks.forget(vec![mark(4, 4)]).await.unwrap();
    assert_eq!(first().await.unwrap(), Some(5));
    assert_eq!(stores.marks.first("another").await.unwrap(), None);
}

async fn of_who_is_erased_only_the_place_is_left(stores: Stores) {
    let another = Mark { person: Some("another".to_owned()), ..mark(2, 8) };
    for mark in [mark(1, 7), another.clone()] {
        stores.marks.put(vec![mark]).await.unwrap();
    }
    for _ in 0..2 {
        stores.erase(CHANNEL, PERSON, noon()).await.unwrap();
    }
    let erased = Mark { person: None, nats_id: String::new(), state: MarkState::Erased, ..mark(1, 7) };
    assert_eq!(all(&stores).await, [erased, another.clone()]);
    stores.marks.change(vec![mark(1, 7)], MarkState::Published).await.unwrap();
    stores.marks.put(vec![mark(1, 9)]).await.unwrap();
    let still = Mark { person: None, state: MarkState::Erased, ..mark(1, 9) };
    assert_eq!(all(&stores).await, [still, another], "who was publishing it comes too late");
}

async fn no_channel_is_refused(stores: Stores) {
    let told = stores.marks.put(vec![Mark { channel_id: String::new(), ..mark(1, 7) }]).await;
    assert!(matches!(told, Err(StoreError::Refused)), "{told:?}");
}
