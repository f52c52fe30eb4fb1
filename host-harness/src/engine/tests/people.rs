//! The cache of people: profiles and failures, each for its time.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::engine::{PeopleCache, Person};

async fn known(people: &PeopleCache, now: Timestamp) -> Option<String> {
    match within(people.get(CHANNEL, "7411002233445566", now)).await.unwrap() {
        Some(Person::Known(profile)) => Some(profile.get().to_owned()),
        Some(Person::Unavailable { code }) => Some(format!("unavailable: {}", code.unwrap_or_default())),
        None => None,
    }
}

#[tokio::test]
async fn a_profile_is_remembered_until_it_expires_and_over_a_restart() {
    let (dir, engine) = engine();
    let now = Timestamp::now();
    let expires_at = now + SignedDuration::from_hours(1);
    let profile = Person::Known(json(r#"{"firstName":"Ana"}"#));
    within(engine.people().put(CHANNEL, "7411002233445566", profile, expires_at)).await.unwrap();
    assert_eq!(known(&engine.people(), now).await.as_deref(), Some(r#"{"firstName":"Ana"}"#));
    assert_eq!(known(&engine.people(), expires_at).await, None);

    within(engine.close()).await.unwrap();
    let engine = Embedded::open(dir.path()).unwrap();
    assert!(known(&engine.people(), now).await.is_some());
    let stranger = within(engine.people().get("another channel", "7411002233445566", now)).await.unwrap();
    assert!(stranger.is_none());
}

#[tokio::test]
async fn a_failure_is_remembered_and_replaced() {
    let (_dir, engine) = engine();
    let (people, now) = (engine.people(), Timestamp::now());
    let soon = now + SignedDuration::from_mins(5);
    assert_eq!(known(&people, now).await, None);
    let unavailable = Person::Unavailable { code: Some("facebook.no_profile".to_owned()) };
    within(people.put(CHANNEL, "7411002233445566", unavailable, soon)).await.unwrap();
    assert_eq!(known(&people, now).await.as_deref(), Some("unavailable: facebook.no_profile"));
    within(people.put(CHANNEL, "7411002233445566", Person::Known(json("{}")), soon)).await.unwrap();
    assert_eq!(known(&people, now).await.as_deref(), Some("{}"));
}

#[tokio::test]
async fn profiles_that_expired_long_ago_are_gone_after_a_restart() {
    let (dir, engine) = engine();
    let past = Timestamp::now() - SignedDuration::from_hours(91 * 24);
    within(engine.people().put(CHANNEL, "7411002233445566", Person::Unavailable { code: None }, past)).await.unwrap();
    let earlier = past - SignedDuration::from_hours(1);
    assert!(known(&engine.people(), earlier).await.is_some());
    within(engine.close()).await.unwrap();
    let engine = Embedded::open(dir.path()).unwrap();
    assert_eq!(known(&engine.people(), earlier).await, None);
}
