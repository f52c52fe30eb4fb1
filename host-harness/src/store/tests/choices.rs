//! What people may answer by number: the newest message's, whatever comes last.

use channel_api::Choice;
use jiff::SignedDuration;

use super::*;
use crate::store::{Offered, StoreError};

promises!(
    what_was_offered_is_remembered_by_channel_and_person,
    the_newest_offer_stands_whatever_comes_last,
    a_message_without_choices_ends_those_before_it,
    nothing_is_offered_to_nobody,
);

fn offer(titles: &[&str], since: Timestamp) -> Offered {
    Offered { choices: titles.iter().map(|title| Choice::new(*title, format!("PICK_{title}"))).collect(), since }
}

async fn set(stores: &Stores, offered: Offered) {
    stores.conversations.set_choices(CHANNEL, PERSON, offered).await.unwrap();
}

async fn known(stores: &Stores) -> Option<Offered> {
    stores.conversations.choices(CHANNEL, PERSON).await.unwrap()
}

async fn what_was_offered_is_remembered_by_channel_and_person(stores: Stores) {
    assert_eq!(known(&stores).await, None);
    set(&stores, offer(&["Red", "Blue"], exactly(noon()))).await;
    assert_eq!(known(&stores).await, Some(offer(&["Red", "Blue"], noon())));
    assert_eq!(stores.conversations.choices("another channel", PERSON).await.unwrap(), None);
    assert_eq!(stores.conversations.choices(CHANNEL, "another person").await.unwrap(), None);
}

async fn the_newest_offer_stands_whatever_comes_last(stores: Stores) {
    let later = noon() + SignedDuration::from_secs(5);
    set(&stores, offer(&["Red"], later)).await;
    set(&stores, offer(&["Late"], noon())).await;
    set(&stores, offer(&[], noon())).await;
    assert_eq!(known(&stores).await, Some(offer(&["Red"], later)));
    set(&stores, offer(&["Blue"], later)).await;
    assert_eq!(known(&stores).await, Some(offer(&["Blue"], later)));
}

async fn a_message_without_choices_ends_those_before_it(stores: Stores) {
    set(&stores, offer(&[], noon())).await;
    set(&stores, offer(&["Red"], noon())).await;
    set(&stores, offer(&[], noon())).await;
    assert_eq!(known(&stores).await, None);
}

async fn nothing_is_offered_to_nobody(stores: Stores) {
    for (channel, person) in [("", PERSON), (CHANNEL, "")] {
        let refused = stores.conversations.set_choices(channel, person, offer(&["Red"], noon())).await;
        assert!(matches!(refused, Err(StoreError::Refused)), "{refused:?}");
    }
}
