//! A subscription that somebody ends, and who may.

use super::*;
use crate::store::Subscription;

fn code(refused: &ConnectionError) -> &str {
    match refused {
        ConnectionError::Channel(error) => error.code(),
        ConnectionError::Store(error) => error.code(),
    }
}

#[tokio::test]
async fn what_was_ended_is_remembered_until_a_repair() {
    let stores = Stores::in_memory();
    let channel = Scripted::new("ch_1").checks([Ok(unsubscribed()), Ok(unsubscribed())]);
    let (connections, id) = over_stores(&[&channel], &stores);
    let ended = connections.unsubscribe(&id).await.unwrap();
    assert!(ended.unsubscribed_at.is_some() && ended.state == State::Broken, "{ended:?}");
    assert_eq!(channel.unsubscribed.load(Ordering::SeqCst), 1);
    let first = stores.subscriptions.get("ch_1").await.unwrap().ended_at;
    // Ended twice, it has been so since the first time.
    let channel = Scripted::new("ch_1").checks([Ok(unsubscribed()), Ok(unsubscribed())]);
    let (connections, id) = over_stores(&[&channel], &stores);
    connections.unsubscribe(&id).await.unwrap();
    assert_eq!(stores.subscriptions.get("ch_1").await.unwrap().ended_at, first);
    let repaired = connections.repair(&id).await.unwrap();
    assert!(repaired.repaired && repaired.connection.unsubscribed_at.is_none(), "{repaired:?}");
    assert_eq!(stores.subscriptions.get("ch_1").await.unwrap(), Subscription::default());
}

#[tokio::test]
async fn it_is_refused_while_another_channel_of_the_account_needs_it() {
    let stores = Stores::in_memory();
    let of = |id: &str, account: &str| Scripted::new(id).connected_to(account).checks([]);
    let (first, second, third) = (of("ch_1", "page"), of("ch_2", "page"), of("ch_3", "another page"));
    let (connections, id) = over_stores(&[&first, &second, &third], &stores);
    let refused = connections.unsubscribe(&id).await.unwrap_err();
    assert_eq!(code(&refused), "connection.needed_by_another_channel");
    assert!(refused.to_string().contains("ch_2"), "{refused}");
    assert_eq!(first.unsubscribed.load(Ordering::SeqCst), 0);
    assert_eq!(stores.subscriptions.get("ch_1").await.unwrap(), Subscription::default());
    connections.unsubscribe(&ChannelId::new("ch_3")).await.unwrap();
    // One that has been ended needs nothing.
    let ended = Subscription { ended_at: Some(jiff::Timestamp::now()), mended_at: None };
    stores.subscriptions.put("ch_2", ended).await.unwrap();
    connections.unsubscribe(&id).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_remembered_is_not_ended() {
    let stores = Stores::in_memory();
    let channel = Scripted::new("ch_1").checks([]);
    let (connections, id) = over_stores(&[&channel], &stores);
    stores.events.close().await.unwrap();
    let refused = connections.unsubscribe(&id).await.unwrap_err();
    assert!(matches!(refused, ConnectionError::Store(_)), "{refused:?}");
    assert_eq!(channel.unsubscribed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_the_provider_does_not_end_is_not_remembered() {
    for retry in [Retry::Never, Retry::SAFE] {
        let stores = Stores::in_memory();
        let channel = Scripted::new("ch_1").never_ending(retry).checks([]);
        let (connections, id) = over_stores(&[&channel], &stores);
        assert_eq!(code(&connections.unsubscribe(&id).await.unwrap_err()), "scripted.not_ended");
        assert_eq!(stores.subscriptions.get("ch_1").await.unwrap(), Subscription::default());
    }
}

#[tokio::test]
async fn what_the_provider_may_have_ended_counts_as_ended() {
    let stores = Stores::in_memory();
    let channel = Scripted::new("ch_1").never_ending(Retry::IF_IDEMPOTENT).checks([Ok(unsubscribed())]);
    let (connections, id) = over_stores(&[&channel], &stores);
    assert_eq!(code(&connections.unsubscribe(&id).await.unwrap_err()), "scripted.not_ended");
    assert!(stores.subscriptions.get("ch_1").await.unwrap().ended_at.is_some());
    assert!(connections.known(&id).unsubscribed_at.is_some());
}
