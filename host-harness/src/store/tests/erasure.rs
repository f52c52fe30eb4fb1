//! A person who is erased is gone, does not come back with what is old, and may come back as somebody new.

use channel_api::{Choice, Event, EventBody, Identity, Opening, ThreadOwner};
use jiff::SignedDuration;

use super::outbox::message;
use super::*;
use crate::store::{
    Accepted, Call, ErasedMessages, MessageQuery, NewMessage, Offered, Outcome, Owned, Profile, SendKey, StoreError,
    Unavailable,
};

promises!(
    what_a_person_did_goes_and_what_others_did_stays,
    what_names_an_erased_person_goes_where_it_is_nobody_s,
    a_person_s_messages_go_and_their_keys_stay_taken,
    a_message_that_is_being_sent_is_waited_for,
    what_is_old_does_not_come_back,
    a_redelivery_of_what_is_erased_is_no_news,
    who_writes_anew_is_new,
    what_was_so_before_is_not_written_down_again,
    nobody_cannot_be_erased,
);

const OTHER: &str = "7411002233449999";

fn of(person: &str, id: &str) -> NewEvent {
    NewEvent { person: Some(person.to_owned()), ..event(id) }
}

fn offered(since: Timestamp) -> Offered {
    Offered { choices: vec![Choice::new("Red", "PICK_RED")], since }
}

fn at(moment: Timestamp) -> Option<channel_api::Timestamp> {
    channel_api::Timestamp::from_millis(moment.as_millisecond())
}

async fn erase(stores: &Stores, moment: Timestamp) -> u64 {
    let erased = stores.events.erase(CHANNEL, PERSON, moment).await.unwrap();
    stores.conversations.erase(CHANNEL, PERSON).await.unwrap();
    stores.profiles.erase(CHANNEL, PERSON).await.unwrap();
    erased
}

async fn what_a_person_did_goes_and_what_others_did_stays(stores: Stores) {
    let Stores { events, conversations, profiles, .. } = &stores;
    for person in [PERSON, OTHER] {
        let opens = Opening::new(at(noon()).unwrap(), "message");
        let said = (0..600).map(|n| of(person, &format!("{person}-{n}")).with_opening(Some(opens.clone())));
        events.append(said.collect()).await.unwrap();
        conversations.set_owner(CHANNEL, person, Owned { owner: ThreadOwner::Us, since: noon() }).await.unwrap();
        let unavailable = Unavailable { code: "blocked".to_owned(), since: noon() };
        conversations.set_unavailable(CHANNEL, person, unavailable).await.unwrap();
        conversations.set_choices(CHANNEL, person, offered(noon())).await.unwrap();
        let profile = Profile { answer: Err(None), expires_at: noon(), version: 1 };
        profiles.put(CHANNEL, person, profile).await.unwrap();
    }
    let elsewhere = NewEvent { channel_id: "another channel".into(), ..of(PERSON, "m_1") };
    events.append(vec![elsewhere]).await.unwrap();
    for erased in [600, 0] {
        assert_eq!(erase(&stores, Timestamp::now()).await, erased);
        let left = all(&stores).await;
        assert_eq!(left.len(), 601);
        assert!(left.iter().all(|event| event.person.as_deref() == Some(OTHER) || event.channel_id != CHANNEL));
        assert_eq!(stores.events.first(), 1, "nothing is missed by a reader");
        for (person, kept) in [(PERSON, false), (OTHER, true)] {
            assert_eq!(conversations.known(CHANNEL, person).await.unwrap().owner.is_some(), kept, "{person}");
            assert_eq!(conversations.unavailable(CHANNEL, person).await.unwrap().is_some(), kept, "{person}");
            assert_eq!(conversations.choices(CHANNEL, person).await.unwrap().is_some(), kept, "{person}");
            assert_eq!(
                conversations.known(CHANNEL, person).await.unwrap().openings.len(),
                usize::from(kept),
                "{person}"
            );
            assert_eq!(conversations.newest(CHANNEL, person).await.unwrap(), None, "these have no time");
            assert_eq!(conversations.last_message(CHANNEL, person).await.unwrap().is_some(), kept, "{person}");
            assert_eq!(profiles.get(CHANNEL, person).await.unwrap().is_some(), kept, "{person}");
        }
    }
}

async fn what_names_an_erased_person_goes_where_it_is_nobody_s(stores: Stores) {
    let naming = |id: &str, person: Option<&str>, data: &str| NewEvent {
        person: person.map(str::to_owned),
        data: json(data),
        ..event(id)
    };
    let events = vec![
        naming("not understood", None, &format!(r#"{{"raw":{{"sender":{{"id":"{PERSON}"}}}}}}"#)),
        naming("another number", None, &format!(r#"{{"raw":"1{PERSON}"}}"#)),
        naming("another's", Some(OTHER), &format!(r#"{{"text":"{PERSON}"}}"#)),
    ];
    stores.events.append(events).await.unwrap();
    assert_eq!(erase(&stores, Timestamp::now()).await, 1);
    assert_eq!(ids(&stores).await, ["another number", "another's"]);
}

/// A message to a person, with its id as its key.
fn to(person: Option<&str>, id: &str) -> NewMessage {
    NewMessage { key: Some(id.to_owned()), person: person.map(str::to_owned), ..message(id) }
}

async fn a_person_s_messages_go_and_their_keys_stay_taken(stores: Stores) {
    let outbox = &stores.outbox;
    let naming = |id: &str, whom: &str| NewMessage { json: json(&format!(r#"{{"to":"{whom}"}}"#)), ..to(None, id) };
    let elsewhere = NewMessage { channel_id: "another channel".to_owned(), ..to(Some(PERSON), "elsewhere") };
    let mut messages =
        vec![to(Some(OTHER), "other"), naming("naming", PERSON), naming("naming-other", OTHER), elsewhere];
    messages.extend((0..250).map(|n| to(Some(PERSON), &format!("msg_{n}"))));
    assert_eq!(outbox.accept(messages).await.unwrap().len(), 254);
    let whole = stores.erase(CHANNEL, PERSON, Timestamp::now()).await.unwrap();
    assert_eq!((whole.messages, whole.events), (251, 0));
    let left = outbox.list(MessageQuery { limit: 10, ..MessageQuery::default() }).await.unwrap();
    assert_eq!(
        left.iter().map(|message| message.id.as_str()).collect::<Vec<_>>(),
        ["elsewhere", "naming-other", "other"]
    );
    assert_eq!(outbox.waiting(None, 10).await.unwrap().len(), 3);
    assert!(outbox.begin("msg_7", Vec::new()).await.unwrap().is_none(), "it is not sent");
    let key = SendKey { channel_id: CHANNEL.to_owned(), key: "msg_7".to_owned() };
    assert!(outbox.find(&key).await.unwrap().is_none());
    let replayed = outbox.accept(vec![to(Some(PERSON), "msg_7"), to(Some(PERSON), "new")]).await.unwrap();
    assert!(matches!(replayed.as_slice(), [Accepted::Gone, Accepted::New { .. }]), "{replayed:?}");
}

async fn a_message_that_is_being_sent_is_waited_for(stores: Stores) {
    let outbox = &stores.outbox;
    let accepted = outbox.accept(vec![to(Some(PERSON), "open"), to(Some(PERSON), "waiting")]).await.unwrap();
    assert_eq!(accepted.len(), 2);
    let request = channel_api::ProviderRequest::post("/messages", serde_json::json!({}));
    let attempt = outbox.begin("open", vec![Call { part: 0, request, token: None }]).await.unwrap().unwrap();
    let erase = async || outbox.erase(CHANNEL, PERSON).await.unwrap();
    assert_eq!(erase().await, ErasedMessages { erased: 1, open: 1 });
    let _status = outbox.end(&attempt, Outcome { parts: 1, ..Outcome::default() }, None).await.unwrap();
    assert_eq!(erase().await, ErasedMessages { erased: 1, open: 0 });
    assert!(outbox.attempts("open").await.unwrap().is_empty());
}

async fn what_is_old_does_not_come_back(stores: Stores) {
    erase(&stores, noon()).await;
    let (before, after) = (noon() - SignedDuration::from_hours(1), noon() + SignedDuration::from_millis(1));
    let told = |id: &str, body, moment| {
        let mut event = Event::new("message.read", channel_api::ChannelId::new(CHANNEL), "facebook", body);
        event.timestamp = at(moment);
        NewEvent::of(event, Identity::Own(id.to_owned()), Some(PERSON.to_owned())).unwrap()
    };
    let read = |watermark| EventBody::Read { message_ids: Vec::new(), watermark: at(watermark) };
    let nothing = || EventBody::Fields(std::iter::empty::<(&'static str, &str)>().collect());
    let events = vec![
        told("imported", nothing(), before),
        told("at that moment", nothing(), noon()),
        told("a receipt that comes later", read(before), after),
        told("later", nothing(), after),
        told("a receipt of later", read(after), after),
        NewEvent { person: Some(OTHER.to_owned()), ..told("another's", nothing(), before) },
        NewEvent { channel_id: "other".into(), ..told("elsewhere", nothing(), before) },
    ];
    let placed = stores.events.append(events).await.unwrap();
    let erased: Vec<_> = placed.events.iter().map(|placed| (placed.erased, placed.new)).collect();
    let [gone, new] = [(true, false), (false, true)];
    assert_eq!(erased, [gone, gone, gone, new, new, new, new]);
    assert_eq!(ids(&stores).await, ["later", "a receipt of later", "another's", "elsewhere"]);
}

/// Also where nothing tells when it happened.
async fn a_redelivery_of_what_is_erased_is_no_news(stores: Stores) {
    let derived = || NewEvent {
        identity: Identity::Derived { fingerprint: [1; 16], subject: Some([2; 16]), entry_time: at(noon()) },
        ..event("")
    };
    stores.events.append(vec![event("m_1"), derived()]).await.unwrap();
    assert_eq!(erase(&stores, Timestamp::now()).await, 2);
    let again = stores.events.append(vec![event("m_1"), derived()]).await.unwrap();
    assert!(again.events.iter().all(|placed| !placed.new && placed.erased), "{again:?}");
    assert!(all(&stores).await.is_empty());
}

async fn who_writes_anew_is_new(stores: Stores) {
    stores.events.append(vec![event("m_1")]).await.unwrap();
    let moment = Timestamp::now();
    erase(&stores, moment).await;
    let opens = Opening::new(at(moment).unwrap(), "message");
    let anew = NewEvent { happened_at: at(moment + SignedDuration::from_secs(1)), ..event("m_2") };
    let placed = stores.events.append(vec![anew.with_opening(Some(opens))]).await.unwrap();
    assert!(placed.events[0].new && !placed.events[0].erased);
    assert_eq!(ids(&stores).await, ["m_2"]);
    assert_eq!(stores.conversations.known(CHANNEL, PERSON).await.unwrap().openings.len(), 1);
    assert_eq!(erase(&stores, moment + SignedDuration::from_secs(2)).await, 1);
}

async fn what_was_so_before_is_not_written_down_again(stores: Stores) {
    let conversations = &stores.conversations;
    erase(&stores, noon()).await;
    let later = noon() + SignedDuration::from_millis(1);
    for (since, kept) in [(noon(), false), (later, true)] {
        conversations.set_owner(CHANNEL, PERSON, Owned { owner: ThreadOwner::Us, since }).await.unwrap();
        assert_eq!(conversations.known(CHANNEL, PERSON).await.unwrap().owner.is_some(), kept);
        conversations.set_choices(CHANNEL, PERSON, offered(since)).await.unwrap();
        assert_eq!(conversations.choices(CHANNEL, PERSON).await.unwrap().is_some(), kept);
        let unavailable = Unavailable { code: "blocked".to_owned(), since };
        assert_eq!(conversations.set_unavailable(CHANNEL, PERSON, unavailable.clone()).await.unwrap(), unavailable);
        assert_eq!(conversations.unavailable(CHANNEL, PERSON).await.unwrap().is_some(), kept);
    }
}

async fn nobody_cannot_be_erased(stores: Stores) {
    for (channel, person) in [("", PERSON), (CHANNEL, "")] {
        let refused = stores.events.erase(channel, person, noon()).await;
        assert!(matches!(refused, Err(StoreError::Refused)), "{refused:?}");
    }
}
