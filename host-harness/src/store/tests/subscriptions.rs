//! What was done about channels' subscriptions.

use super::*;
use crate::store::{StoreError, Subscription};

promises!(
    what_was_done_is_remembered_by_channel,
    what_is_put_replaces_what_was,
    moments_are_kept_to_the_millisecond,
    no_channel_is_refused,
);

async fn known(stores: &Stores, channel_id: &str) -> Subscription {
    stores.subscriptions.get(channel_id).await.unwrap()
}

async fn what_was_done_is_remembered_by_channel(stores: Stores) {
    assert_eq!(known(&stores, CHANNEL).await, Subscription::default());
    let ended = Subscription { ended_at: Some(noon()), mended_at: None };
    for _ in 0..2 {
        stores.subscriptions.put(CHANNEL, ended).await.unwrap();
        assert_eq!(known(&stores, CHANNEL).await, ended);
    }
    assert_eq!(known(&stores, "another channel").await, Subscription::default());
}

async fn what_is_put_replaces_what_was(stores: Stores) {
    for (ended_at, mended_at) in
        [(Some(noon()), Some(noon())), (None, Some(noon())), (Some(noon()), None), (None, None)]
    {
        let subscription = Subscription { ended_at, mended_at };
        stores.subscriptions.put(CHANNEL, subscription).await.unwrap();
        assert_eq!(known(&stores, CHANNEL).await, subscription);
    }
}

async fn moments_are_kept_to_the_millisecond(stores: Stores) {
    let exact = Some(exactly(noon()));
    stores.subscriptions.put(CHANNEL, Subscription { ended_at: exact, mended_at: exact }).await.unwrap();
    let kept = Some(noon());
    assert_eq!(known(&stores, CHANNEL).await, Subscription { ended_at: kept, mended_at: kept });
}

async fn no_channel_is_refused(stores: Stores) {
    let told = stores.subscriptions.put("", Subscription::default()).await;
    assert!(matches!(told, Err(StoreError::Refused)), "{told:?}");
}
