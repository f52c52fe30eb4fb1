//! What providers say of people.

use super::*;
use crate::store::{Profile, StoreError};

promises!(
    a_profile_is_remembered_by_channel_and_person,
    a_failure_is_remembered_and_replaced,
    an_earlier_version_turns_nothing_back,
    moments_are_kept_to_the_millisecond,
    nobody_and_no_channel_are_refused,
    debug_shows_nobody,
);

fn ana(version: u64) -> Profile {
    let answer = serde_json::from_str(r#"{"firstName":"Ana"}"#).unwrap();
    Profile { answer: Ok(answer), expires_at: noon(), version }
}

fn nothing(code: Option<&str>, version: u64) -> Profile {
    Profile { answer: Err(code.map(str::to_owned)), expires_at: noon(), version }
}

async fn known(stores: &Stores) -> Option<Profile> {
    stores.profiles.get(CHANNEL, PERSON).await.unwrap()
}

async fn put(stores: &Stores, profile: Profile) {
    stores.profiles.put(CHANNEL, PERSON, profile).await.unwrap();
}

async fn a_profile_is_remembered_by_channel_and_person(stores: Stores) {
    assert_eq!(known(&stores).await, None);
    for _ in 0..2 {
        put(&stores, ana(1)).await;
        assert_eq!(known(&stores).await, Some(ana(1)));
    }
    assert_eq!(stores.profiles.get("another channel", PERSON).await.unwrap(), None);
    assert_eq!(stores.profiles.get(CHANNEL, "another person").await.unwrap(), None);
}

async fn a_failure_is_remembered_and_replaced(stores: Stores) {
    for profile in [nothing(Some("facebook.no_profile"), 1), nothing(None, 2), ana(3), nothing(None, 4)] {
        put(&stores, profile.clone()).await;
        assert_eq!(known(&stores).await, Some(profile));
    }
}

async fn an_earlier_version_turns_nothing_back(stores: Stores) {
    put(&stores, ana(2)).await;
    put(&stores, nothing(None, 1)).await;
    assert_eq!(known(&stores).await, Some(ana(2)));
    // The same version again: asked later, and nothing has changed.
    let asked_later = Profile { expires_at: noon() + jiff::SignedDuration::from_hours(1), ..ana(2) };
    put(&stores, asked_later.clone()).await;
    assert_eq!(known(&stores).await, Some(asked_later));
}

async fn moments_are_kept_to_the_millisecond(stores: Stores) {
    put(&stores, Profile { expires_at: exactly(noon()), ..ana(1) }).await;
    assert_eq!(known(&stores).await, Some(ana(1)));
}

async fn nobody_and_no_channel_are_refused(stores: Stores) {
    for (channel, person) in [("", PERSON), (CHANNEL, "")] {
        let refused = stores.profiles.put(channel, person, ana(1)).await;
        assert!(matches!(refused, Err(StoreError::Refused)), "{refused:?}");
    }
}

async fn debug_shows_nobody(stores: Stores) {
    put(&stores, ana(1)).await;
    let shown = format!("{:?}", known(&stores).await);
    assert!(shown.contains("Profile") && !shown.contains("Ana"), "{shown}");
}
