//! One message to a list of people: each has one turn.

use channel_api::{Error, ErrorKind, Retry};

use super::*;
use crate::store::{
    Again, Broadcast, BroadcastQuery, CastState, Created, NewBroadcast, NewMessage, Origin, Outcome, Recipient, Status,
    StoreError, Tally, Turn,
};

promises!(
    each_person_on_a_list_has_one_turn,
    what_was_not_begun_is_given_back,
    what_met_a_closed_door_is_not_given_back,
    refusals_are_counted_anew_after_a_stop,
    a_key_or_the_same_words_are_one_broadcast,
    what_was_not_whole_is_forgotten,
    who_is_erased_is_on_no_list,
    they_are_listed_the_newest_first,
    what_is_over_for_long_is_deleted,
);

const ID: &str = "bc_1";

fn new(id: &str) -> NewBroadcast {
    NewBroadcast {
        id: id.to_owned(),
        channel_id: CHANNEL.to_owned(),
        key: None,
        fingerprint: [u8::try_from(id.len()).unwrap(); 32],
        json: json(r#"{"content":{"type":"text","text":"Sale"}}"#),
        reference: Some("sale".to_owned()),
        at: None,
    }
}

/// A broadcast that runs.
async fn running(stores: &Stores, people: &[&str]) -> Broadcast {
    assert!(matches!(stores.broadcasts.create(new(ID)).await.unwrap(), Created::New));
    stores.broadcasts.add(ID, people.iter().map(|person| (*person).to_owned()).collect()).await.unwrap();
    bring(stores, CastState::Gathering, CastState::Running).await
}

async fn bring(stores: &Stores, from: CastState, to: CastState) -> Broadcast {
    stores.broadcasts.bring(ID, &[from], to).await.unwrap().unwrap()
}

fn turn(Recipient { position, person }: &Recipient) -> Turn {
    let message = NewMessage {
        id: format!("msg_{person}"),
        channel_id: CHANNEL.to_owned(),
        person: Some(person.clone()),
        key: None,
        fingerprint: [0; 32],
        json: json("{}"),
        reference: None,
        implied: None,
        broadcast: Some(ID.to_owned()),
        origin: Origin::Api,
        refused: None,
    };
    Turn { position: *position, given: Ok(message) }
}

async fn next(stores: &Stores) -> Vec<Recipient> {
    stores.broadcasts.next(ID, 100).await.unwrap()
}

/// Gives these many their turn.
async fn take(stores: &Stores, count: usize) -> Vec<String> {
    let turns = next(stores).await.iter().take(count).map(turn).collect();
    stores.broadcasts.take(ID, turns).await.unwrap().into_iter().map(|message| message.id).collect()
}

async fn end(stores: &Stores, id: &str, failure: Option<Error>) {
    let attempt = stores.outbox.begin(id, Vec::new()).await.unwrap().unwrap();
    let outcome = Outcome { failure, ..Outcome::default() };
    let _status = stores.outbox.end(&attempt, outcome, None).await.unwrap();
}

fn refused() -> Error {
    Error::new(ErrorKind::Rejected, "no_such_person", "no").with_retry(Retry::Never)
}

async fn tally(stores: &Stores) -> Tally {
    stores.broadcasts.tally(ID).await.unwrap()
}

async fn each_person_on_a_list_has_one_turn(stores: Stores) {
    let broadcast = running(&stores, &["ana", "bo", "ana", "cy"]).await;
    assert_eq!(
        (broadcast.total, broadcast.state, broadcast.reference.as_deref()),
        (3, CastState::Running, Some("sale"))
    );
    let people = next(&stores).await;
    assert_eq!(people.iter().map(|one| one.person.as_str()).collect::<Vec<_>>(), ["ana", "bo", "cy"]);
    let mut turns: Vec<_> = people.iter().map(turn).collect();
    turns[1].given = Err("window_closed".to_owned());
    let late = turns.split_off(2);
    let taken = stores.broadcasts.take(ID, turns.clone()).await.unwrap();
    let [message] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!(
        (message.id.as_str(), message.broadcast.as_deref(), message.status),
        ("msg_ana", Some(ID), Status::Accepted)
    );
    // What was lost on the way back is asked for again.
    assert!(stores.broadcasts.take(ID, turns).await.unwrap().is_empty());
    assert_eq!(next(&stores).await, people[2..]);
    bring(&stores, CastState::Running, CastState::Paused).await;
    assert!(stores.broadcasts.take(ID, late).await.unwrap().is_empty(), "it is paused");
    end(&stores, "msg_ana", None).await;
    let counts = stores.broadcasts.counts(ID).await.unwrap();
    assert_eq!(
        (counts.taken, counts.statuses.get("sent"), counts.skipped.get("window_closed")),
        (1, Some(&1), Some(&1))
    );
    assert_eq!(tally(&stores).await, Tally { taken: 1, open: 0, tried: 1, refused: 0, waiting: true });
}

async fn what_was_not_begun_is_given_back(stores: Stores) {
    running(&stores, &["ana", "bo", "cy"]).await;
    assert_eq!(take(&stores, 2).await, ["msg_ana", "msg_bo"]);
    let begun = stores.outbox.begin("msg_ana", Vec::new()).await.unwrap();
    for expected in [1, 0] {
        assert_eq!(stores.broadcasts.give_back(ID).await.unwrap(), expected);
        let people: Vec<_> = next(&stores).await.into_iter().map(|one| one.person).collect();
        assert_eq!(people, ["bo", "cy"]);
        assert!(stores.outbox.get("msg_bo").await.unwrap().is_none());
    }
    assert_eq!(tally(&stores).await, Tally { taken: 1, open: 1, tried: 0, refused: 0, waiting: true });
    assert_eq!(take(&stores, 9).await, ["msg_bo", "msg_cy"]);
    drop(begun);
    assert!(!tally(&stores).await.waiting);
}

async fn what_met_a_closed_door_is_not_given_back(stores: Stores) {
    running(&stores, &["ana"]).await;
    take(&stores, 1).await;
    let attempt = stores.outbox.begin("msg_ana", Vec::new()).await.unwrap().unwrap();
    let outcome = Outcome { failure: Some(refused()), ..Outcome::default() };
    let again = Again { due: noon(), counts: false };
    assert_eq!(stores.outbox.end(&attempt, outcome, Some(again)).await.unwrap(), Status::Accepted);
    assert_eq!(stores.broadcasts.give_back(ID).await.unwrap(), 0, "a part of it may have gone");
    assert_eq!(stores.outbox.get("msg_ana").await.unwrap().unwrap().tries, 0);
}

async fn refusals_are_counted_anew_after_a_stop(stores: Stores) {
    running(&stores, &["ana", "bo", "cy"]).await;
    take(&stores, 3).await;
    end(&stores, "msg_ana", Some(refused())).await;
    // It was never tried.
    assert!(stores.outbox.fail("msg_bo", refused()).await.unwrap());
    assert_eq!(tally(&stores).await, Tally { taken: 3, open: 1, tried: 1, refused: 1, waiting: false });
    bring(&stores, CastState::Running, CastState::Stopped).await;
    bring(&stores, CastState::Stopped, CastState::Running).await;
    end(&stores, "msg_cy", None).await;
    assert_eq!(tally(&stores).await, Tally { taken: 3, open: 0, tried: 1, refused: 0, waiting: false });
    let counts = stores.broadcasts.counts(ID).await.unwrap();
    assert_eq!(counts.failures.get("no_such_person"), Some(&2));
}

async fn a_key_or_the_same_words_are_one_broadcast(stores: Stores) {
    let keyed = |id: &str| NewBroadcast { key: Some("sale".to_owned()), ..new(id) };
    assert!(matches!(stores.broadcasts.create(keyed("bc_1")).await.unwrap(), Created::New));
    let Created::Known(known) = stores.broadcasts.create(keyed("bc_22")).await.unwrap() else { panic!("new") };
    assert_eq!((known.id.as_str(), known.fingerprint), ("bc_1", [4; 32]));
    assert!(matches!(stores.broadcasts.create(new("bc_3")).await.unwrap(), Created::New), "without the key");
    let same = stores.broadcasts.create(new("bc_4")).await.unwrap();
    assert!(matches!(same, Created::Known(known) if known.id == "bc_3"));
    assert!(matches!(stores.broadcasts.create(new("bc_22")).await.unwrap(), Created::New), "other words");
    let nameless = stores.broadcasts.create(NewBroadcast { channel_id: String::new(), ..keyed("bc_5") }).await;
    assert!(nameless.is_err());
}

async fn what_was_not_whole_is_forgotten(stores: Stores) {
    assert!(matches!(stores.broadcasts.create(new("bc_22")).await.unwrap(), Created::New));
    stores.broadcasts.add("bc_22", vec!["ana".to_owned()]).await.unwrap();
    running(&stores, &["ana"]).await;
    stores.broadcasts.forget_gathering(Some(ID)).await.unwrap();
    assert!(stores.broadcasts.broadcast("bc_22").await.unwrap().is_some(), "it is another's");
    stores.broadcasts.forget_gathering(None).await.unwrap();
    assert!(stores.broadcasts.broadcast("bc_22").await.unwrap().is_none());
    assert_eq!(next(&stores).await.len(), 1);
    // Nobody is added to what is whole.
    stores.broadcasts.add(ID, vec!["bo".to_owned()]).await.unwrap();
    assert_eq!(next(&stores).await.len(), 1);
}

async fn who_is_erased_is_on_no_list(stores: Stores) {
    running(&stores, &["ana", "bo", "cy"]).await;
    take(&stores, 1).await;
    for person in ["ana", "bo", "nobody"] {
        stores.broadcasts.erase(CHANNEL, person).await.unwrap();
    }
    stores.broadcasts.erase("another", "cy").await.unwrap();
    assert_eq!(next(&stores).await.iter().map(|one| one.person.as_str()).collect::<Vec<_>>(), ["cy"]);
    let counts = stores.broadcasts.counts(ID).await.unwrap();
    assert_eq!((counts.taken, counts.skipped.get("erased")), (1, Some(&1)));
}

async fn what_is_over_for_long_is_deleted(stores: Stores) {
    running(&stores, &["ana", "bo"]).await;
    let later = Timestamp::now() + Duration::from_mins(1);
    assert_eq!(stores.broadcasts.expire(later, 100).await.unwrap(), 0, "it runs");
    bring(&stores, CastState::Running, CastState::Done).await;
    assert_eq!(stores.broadcasts.expire(noon(), 100).await.unwrap(), 0, "it is young");
    while stores.broadcasts.expire(later, 1).await.unwrap() > 0 {}
    assert!(stores.broadcasts.broadcast(ID).await.unwrap().is_none());
    assert!(matches!(stores.broadcasts.create(new(ID)).await.unwrap(), Created::New));
}

async fn they_are_listed_the_newest_first(stores: Stores) {
    for id in ["bc_1", "bc_22", "bc_333"] {
        assert!(matches!(stores.broadcasts.create(new(id)).await.unwrap(), Created::New));
    }
    bring(&stores, CastState::Gathering, CastState::Running).await;
    let all = || BroadcastQuery { limit: 10, ..BroadcastQuery::default() };
    let ids = async |query| {
        let all: Result<Vec<Broadcast>, StoreError> = stores.broadcasts.broadcasts(query).await;
        all.unwrap().into_iter().map(|broadcast| broadcast.id).collect::<Vec<_>>()
    };
    let second = stores.broadcasts.broadcast("bc_22").await.unwrap().unwrap().seq;
    for (query, expected) in [
        (all(), &["bc_333", "bc_22", "bc_1"][..]),
        (BroadcastQuery { limit: 1, ..all() }, &["bc_333"]),
        (BroadcastQuery { before: Some(second), ..all() }, &["bc_1"]),
        (BroadcastQuery { states: vec![CastState::Running], ..all() }, &["bc_1"]),
        (BroadcastQuery { channel_id: Some("another".to_owned()), ..all() }, &[]),
    ] {
        assert_eq!(ids(query.clone()).await, expected, "{query:?}");
    }
}
