//! A store ends as a whole: all its traits are closed with the log.

use channel_api::{Error, ErrorKind, ThreadOwner};

use super::outbox::message;
use super::*;
use crate::store::{
    MarkKind, MarkState, MessageQuery, Offered, Outcome, Owned, Profile, SendKey, StoreError, Subscription,
    Unavailable, Upload, UploadKey,
};

promises!(after_its_close_every_trait_is_closed);

async fn after_its_close_every_trait_is_closed(stores: Stores) {
    let Stores {
        events,
        outbox,
        conversations,
        profiles,
        uploads,
        subscriptions,
        pauses,
        statuses,
        cursors,
        marks,
        broadcasts,
        upkeep,
    } = stores;
    let key = SendKey { channel_id: CHANNEL.to_owned(), key: "order-17".to_owned() };
    let upload_key = UploadKey { channel_id: CHANNEL.to_owned(), kind: "image", digest: [1; 32] };
    let _new = outbox.accept(vec![message("msg_1")]).await.unwrap();
    let attempt = outbox.begin("msg_1", Vec::new()).await.unwrap().unwrap();
    events.close().await.unwrap();
    events.close().await.unwrap();

    let never_begun = Error::new(ErrorKind::Unexpected, "never_begun", "it was not begun");
    let owned = Owned { owner: ThreadOwner::Us, since: noon() };
    let offered = Offered { choices: Vec::new(), since: noon() };
    let gone = Unavailable { code: "blocked".to_owned(), since: noon() };
    let profile = Profile { answer: Err(None), expires_at: noon(), version: 1 };
    let upload = Upload { attachment_id: "a-1".to_owned(), expires_at: None };
    let calls = [
        ("broadcasts", broadcasts.broadcast("bc_1").await.map(drop)),
        ("append", events.append(vec![event("m_1")]).await.map(drop)),
        ("read", events.read(Query { limit: 1, ..Query::default() }).await.map(drop)),
        ("health", events.health().await),
        ("expire events", events.expire(noon(), 1, 1).await.map(drop)),
        ("erase events", events.erase(CHANNEL, PERSON, noon()).await.map(drop)),
        ("expire messages", outbox.expire(noon(), 1).await.map(drop)),
        ("erase messages", outbox.erase(CHANNEL, PERSON).await.map(drop)),
        ("expire conversations", conversations.expire(noon(), 1).await.map(drop)),
        ("erase a conversation", conversations.erase(CHANNEL, PERSON).await),
        ("expire profiles", profiles.expire(noon(), 1).await.map(drop)),
        ("erase a profile", profiles.erase(CHANNEL, PERSON).await),
        ("size", upkeep.size().await.map(drop)),
        ("forget what has expired", upkeep.forget_expired(noon(), 1).await.map(drop)),
        ("give back", upkeep.give_back().await.map(drop)),
        ("wipe", upkeep.wipe().await),
        ("find", outbox.find(&key).await.map(drop)),
        ("get", outbox.get("msg_1").await.map(drop)),
        ("list", outbox.list(MessageQuery { limit: 1, ..MessageQuery::default() }).await.map(drop)),
        ("accept", outbox.accept(vec![message("msg_2")]).await.map(drop)),
        ("begin", outbox.begin("msg_1", Vec::new()).await.map(drop)),
        ("end", outbox.end(&attempt, Outcome::default(), None).await.map(drop)),
        ("fail", outbox.fail("msg_1", never_begun.clone()).await.map(drop)),
        ("retry", outbox.retry("msg_1", true, None).await.map(drop)),
        ("waiting", outbox.waiting(None, 1).await.map(drop)),
        ("attempts", outbox.attempts("msg_1").await.map(drop)),
        ("recover", outbox.recover().await.map(drop)),
        ("known", conversations.known(CHANNEL, PERSON).await.map(drop)),
        ("set_owner", conversations.set_owner(CHANNEL, PERSON, owned).await),
        ("newest", conversations.newest(CHANNEL, PERSON).await.map(drop)),
        ("unavailable", conversations.unavailable(CHANNEL, PERSON).await.map(drop)),
        ("set_unavailable", conversations.set_unavailable(CHANNEL, PERSON, gone).await.map(drop)),
        ("set_available", conversations.set_available(CHANNEL, PERSON, noon()).await),
        ("choices", conversations.choices(CHANNEL, PERSON).await.map(drop)),
        ("set_choices", conversations.set_choices(CHANNEL, PERSON, offered).await),
        ("last_message", conversations.last_message(CHANNEL, PERSON).await.map(drop)),
        ("profile", profiles.get(CHANNEL, PERSON).await.map(drop)),
        ("put a profile", profiles.put(CHANNEL, PERSON, profile).await),
        ("upload", uploads.get(&upload_key).await.map(drop)),
        ("put an upload", uploads.put(upload_key, upload).await),
        ("forget", uploads.forget(CHANNEL, "a-1").await),
        ("subscription", subscriptions.get(CHANNEL).await.map(drop)),
        ("paused", pauses.paused().await.map(drop)),
        ("pause", pauses.pause(CHANNEL, noon()).await),
        ("resume", pauses.resume(CHANNEL).await),
        ("put a subscription", subscriptions.put(CHANNEL, Subscription::default()).await),
        ("hear", statuses.hear(Vec::new()).await.map(drop)),
        ("unknown", statuses.unknown(noon(), 0, 1).await.map(drop)),
        ("give_up", statuses.give_up("msg_1", never_begun).await.map(drop)),
        ("steps", statuses.steps(0, 1).await.map(drop)),
        ("steps_of", statuses.steps_of("msg_1").await.map(drop)),
        ("next", broadcasts.next("bc_1", 1).await.map(drop)),
        ("take", broadcasts.take("bc_1", Vec::new()).await.map(drop)),
        ("tally", broadcasts.tally("bc_1").await.map(drop)),
        ("counts", broadcasts.counts("bc_1").await.map(drop)),
        ("broadcast", broadcasts.broadcast("bc_1").await.map(drop)),
        ("give a broadcast's messages back", broadcasts.give_back("bc_1").await.map(drop)),
        ("expire broadcasts", broadcasts.expire(noon(), 1).await.map(drop)),
        ("erase from broadcasts", broadcasts.erase(CHANNEL, PERSON).await),
        ("marks of a channel", marks.of_channel(CHANNEL, 0, 1).await.map(drop)),
        ("marks in a stream", marks.in_stream(MarkKind::Message, 0, 1).await.map(drop)),
        ("marks in a state", marks.in_state(MarkState::Refused, 1).await.map(drop)),
        ("the first mark", marks.first(CHANNEL).await.map(drop)),
        ("erase marks", marks.erase(CHANNEL, PERSON).await),
        ("place", cursors.place("bus").await.map(drop)),
        ("advance", cursors.advance("bus", 0, 1).await.map(drop)),
    ];
    for (call, told) in calls {
        assert!(matches!(told, Err(StoreError::Closed)), "{call}: {told:?}");
    }
}
