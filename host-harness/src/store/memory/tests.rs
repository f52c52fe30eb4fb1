//! What this store does not promise: to keep what is old.

use channel_api::ThreadOwner;

use super::*;
use crate::store::tests::outbox::message;
use crate::store::tests::{CHANNEL, event, noon};
use crate::store::{
    Accepted, Conversations as _, EventLog as _, NewMessage, Outbox, Profiles, Query, SendKey, Uploads,
};

#[tokio::test]
async fn of_each_kind_the_oldest_goes_when_there_are_too_many() {
    let store = Memory::default();
    let send_key = |n: usize| SendKey { channel_id: CHANNEL.to_owned(), key: n.to_string() };
    let upload_key = |n: usize| UploadKey { channel_id: n.to_string(), kind: "image", digest: [1; 32] };
    for n in 0..=ENTRIES {
        let person = n.to_string();
        let owned = Owned { owner: ThreadOwner::Us, since: noon() };
        store.set_owner(CHANNEL, &person, owned).await.unwrap();
        let profile = Profile { answer: Err(None), expires_at: noon(), version: 1 };
        Profiles::put(&store, CHANNEL, &person, profile).await.unwrap();
        let upload = Upload { attachment_id: "a-1".to_owned(), expires_at: None };
        Uploads::put(&store, upload_key(n), upload).await.unwrap();
        let message = NewMessage { key: Some(n.to_string()), ..message(&format!("msg_{n}")) };
        assert!(matches!(store.accept(vec![message]).await.unwrap()[..], [Accepted::New { .. }]));
    }
    for (n, kept) in [(0, false), (1, true), (ENTRIES, true)] {
        let person = n.to_string();
        assert_eq!(store.known(CHANNEL, &person).await.unwrap().owner.is_some(), kept, "owner {n}");
        assert_eq!(Profiles::get(&store, CHANNEL, &person).await.unwrap().is_some(), kept, "profile {n}");
        assert_eq!(Uploads::get(&store, &upload_key(n)).await.unwrap().is_some(), kept, "upload {n}");
        assert_eq!(store.find(&send_key(n)).await.unwrap().is_some(), kept, "message {n}");
        assert_eq!(Outbox::get(&store, &format!("msg_{n}")).await.unwrap().is_some(), kept, "message {n}");
    }
    let events = (0..=EVENTS).map(|n| event(&format!("m_{n}"))).collect();
    store.append(events).await.unwrap();
    let first = store.read(Query { limit: 1, ..Query::default() }).await.unwrap();
    assert_eq!((first.len(), first[0].seq), (1, 2));
}

#[test]
fn what_is_put_again_is_recent_and_what_is_gone_leaves_its_place() {
    let mut recent = Recent::default();
    for n in 0..ENTRIES {
        recent.put(n, n);
    }
    recent.put(0, 0);
    recent.remove(&1);
    recent.retain(|key, _| *key != 2);
    for n in 0..2 {
        recent.put(ENTRIES + n, n);
    }
    assert_eq!([0, 1, 2, 3].map(|key| recent.get(&key).is_some()), [true, false, false, true]);
    recent.put(ENTRIES + 2, 2);
    assert_eq!([0, 3, 4].map(|key| recent.get(&key).is_some()), [true, false, true]);
}
