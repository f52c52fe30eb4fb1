use std::sync::atomic::Ordering;

use super::*;
use crate::scripted::Scripted;
use crate::store::Stores;

const PERSON: &str = "7411002233445566";
const PATIENCE: Duration = Duration::from_secs(20);

fn people() -> People {
    People::new(Stores::in_memory().profiles, CancellationToken::new())
}

fn ana() -> UserProfile {
    let mut ana = UserProfile::default();
    (ana.first_name, ana.last_name) = (Some(" Ana\nMaria ".to_owned()), Some("Lima".to_owned()));
    ana
}

fn channel(person: Result<UserProfile, ErrorKind>) -> (Arc<Scripted>, Arc<dyn ChannelAdapter>) {
    both(Scripted::new("ch_facebook_123").knowing(person))
}

fn both(stub: Scripted) -> (Arc<Scripted>, Arc<dyn ChannelAdapter>) {
    let stub = Arc::new(stub);
    (Arc::clone(&stub), stub)
}

fn key() -> Key {
    ("ch_facebook_123".to_owned(), PERSON.to_owned())
}

#[tokio::test]
async fn a_name_is_looked_up_once() {
    let people = people();
    let (stub, channel) = channel(Ok(ana()));
    for _ in 0..2 {
        let name = people.name(&channel, PERSON, PATIENCE).await.unwrap();
        assert_eq!(name.full().as_deref(), Some("Ana Maria Lima"));
    }
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_name_is_not_waited_for_for_long_and_is_there_the_next_time() {
    let people = people();
    let (stub, channel) = both(Scripted::new("ch_facebook_123").knowing(Ok(ana())).slow());
    assert_eq!(people.name(&channel, PERSON, Duration::from_millis(1)).await, None);
    stub.go_on();
    let name = people.name(&channel, PERSON, PATIENCE).await.unwrap();
    assert_eq!(name.first.as_deref(), Some("Ana Maria"));
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn why_there_is_no_name_is_remembered_and_nobody_asks_again() {
    let people = people();
    let (stub, channel) = channel(Err(ErrorKind::Permission));
    for _ in 0..2 {
        assert_eq!(people.name(&channel, PERSON, PATIENCE).await, None);
    }
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 1);
    assert_eq!(people.known(&key()).await.trouble.as_deref(), Some("stub.permission"));
    // Over a restart too.
    people.state().memory.clear();
    assert_eq!(people.known(&key()).await.trouble.as_deref(), Some("stub.permission"));
    assert_eq!(people.name(&channel, PERSON, PATIENCE).await, None);
    assert_eq!(stub.lookups.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_dead_token_pauses_look_ups_and_says_nothing_about_the_person() {
    let people = people();
    for kind in [ErrorKind::Credentials, ErrorKind::RateLimited] {
        let (stub, channel) = channel(Err(kind));
        for person in [PERSON, "9000000000000001"] {
            assert_eq!(people.name(&channel, person, PATIENCE).await, None);
        }
        assert_eq!(stub.lookups.load(Ordering::SeqCst), 1);
        assert_eq!(people.known(&key()).await.trouble, None);
        people.state().paused.clear();
        people.state().memory.clear();
    }
}

#[tokio::test]
async fn a_provider_that_fails_takes_no_name_away() {
    let people = people();
    let (_, known) = channel(Ok(ana()));
    people.name(&known, PERSON, PATIENCE).await.unwrap();
    // A day later.
    let now = Timestamp::now();
    let failed = Error::new(ErrorKind::Unreachable, "stub.unreachable", "no answer");
    people.note(key(), now, &failed).await;
    let still = people.known(&key()).await;
    assert!(still.facts.is_some());
    assert_eq!(still.trouble, None);
}
