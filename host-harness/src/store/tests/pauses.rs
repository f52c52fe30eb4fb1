//! Which channels are paused.

use super::*;
use crate::store::StoreError;

promises!(a_channel_is_paused_until_it_is_resumed, a_pause_began_when_it_was_asked_for_first, no_channel_is_refused);

async fn a_channel_is_paused_until_it_is_resumed(stores: Stores) {
    let pauses = &stores.pauses;
    assert_eq!(pauses.paused().await.unwrap(), []);
    pauses.pause(CHANNEL, noon()).await.unwrap();
    pauses.pause("another", noon()).await.unwrap();
    for _ in 0..2 {
        pauses.resume(CHANNEL).await.unwrap();
        assert_eq!(pauses.paused().await.unwrap(), [("another".to_owned(), noon())]);
    }
}

async fn a_pause_began_when_it_was_asked_for_first(stores: Stores) {
    for moment in [exactly(noon()), noon() + jiff::SignedDuration::from_secs(1)] {
        stores.pauses.pause(CHANNEL, moment).await.unwrap();
        assert_eq!(stores.pauses.paused().await.unwrap(), [(CHANNEL.to_owned(), noon())]);
    }
}

async fn no_channel_is_refused(stores: Stores) {
    let told = stores.pauses.pause("", noon()).await;
    assert!(matches!(told, Err(StoreError::Refused)), "{told:?}");
}
