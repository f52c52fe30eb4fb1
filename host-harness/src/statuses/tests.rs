use std::sync::Mutex;

use channel_api::{
    ChannelAdapter, Error, ErrorKind, Event, EventBody, Identity, ProviderRequest, Retry, Said,
    Timestamp as ProviderTime, Token,
};
use jiff::Timestamp;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::*;
use crate::channels::ChannelList;
use crate::scripted::Scripted;
use crate::store::{Call, CopyOf, NewEvent, NewMessage, OUTCOME_UNKNOWN, Origin, Outcome, Status, Stores};

const CHANNEL: &str = "ch_1";
const PERSON: &str = "p_1";

fn follower(stores: &Stores, channel: Scripted) -> Statuses {
    let channel: Arc<dyn ChannelAdapter> = Arc::new(channel);
    Statuses {
        store: Arc::clone(&stores.statuses),
        events: Arc::clone(&stores.events),
        cursors: Arc::clone(&stores.cursors),
        channels: Channels::new(std::iter::once(channel).collect::<ChannelList>()),
        clocks: Clocks::default(),
        unknown_after: Duration::ZERO,
    }
}

fn token(part: u8) -> Token {
    Token::from_random([part + 1; 16])
}

/// A message of so many parts whose first call got no answer.
async fn unknown(stores: &Stores, id: &str, parts: u8) {
    let new = NewMessage {
        id: id.to_owned(),
        channel_id: CHANNEL.to_owned(),
        person: Some(PERSON.to_owned()),
        key: None,
        fingerprint: [1; 32],
        json: RawValue::from_string(json!({"content": {"type": "text", "text": "hello"}}).to_string()).unwrap(),
        reference: Some("order-17".to_owned()),
        implied: None,
        broadcast: None,
        origin: Origin::Api,
        refused: None,
    };
    let _accepted = stores.outbox.accept(vec![new]).await.unwrap();
    let call = |part: u8| Call {
        part: part.into(),
        request: ProviderRequest::post("/messages", json!({"text": "hello"})),
        token: Some(token(part)),
    };
    let attempt = stores.outbox.begin(id, (0..parts).map(call).collect()).await.unwrap().unwrap();
    let failure = Error::new(ErrorKind::Unreachable, "network.timeout", "no answer").with_retry(Retry::IF_IDEMPOTENT);
    let outcome = Outcome { parts: parts.into(), failure: Some(failure), ..Outcome::default() };
    assert_eq!(stores.outbox.end(&attempt, outcome, None).await.unwrap(), Status::Unknown);
}

fn event(name: &'static str, id: &str, body: EventBody) -> NewEvent {
    let event = Event::new(name, channel_api::ChannelId::new(CHANNEL), "scripted", body);
    NewEvent::of(event, Identity::Own(id.to_owned()), Some(PERSON.to_owned())).unwrap()
}

/// The copy of a message's first part.
fn copy(id: &str) -> NewEvent {
    let body = EventBody::Message { content: channel_api::Content::text("hello") };
    let copy = CopyOf { token: Some(token(0)), message_id: Some(id.to_owned()), ours: None };
    event(MESSAGE_ECHO, id, body).with_copy(Some(copy))
}

fn read(id: &str) -> NewEvent {
    event(MESSAGE_READ, &format!("read-{id}"), EventBody::Read { message_ids: vec![id.to_owned()], watermark: None })
}

/// The data of all that was told.
async fn told(stores: &Stores) -> Vec<Value> {
    let query = Query { limit: 100, names: &["message.status"], ..Query::default() };
    let events = stores.events.read(query).await.unwrap();
    events.iter().map(|event| serde_json::from_str(event.data.get()).unwrap()).collect()
}

fn words(told: &[Value]) -> Vec<&str> {
    told.iter().map(|data| data["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_copy_and_a_receipt_lead_a_message_on_and_each_step_is_told() {
    let stores = Stores::in_memory();
    unknown(&stores, "msg_1", 1).await;
    stores.events.append(vec![copy("m_1"), read("m_1")]).await.unwrap();
    follower(&stores, Scripted::new(CHANNEL)).round(&drop).await.unwrap();
    let told = told(&stores).await;
    assert_eq!(words(&told), ["unknown", "sent", "read"]);
    for (data, word) in told.iter().zip(["unknown", "sent", "read"]) {
        assert_eq!(data["id"], format!("msg_1-0-{word}"));
        assert_eq!((&data["sendId"], &data["ref"], &data["round"]), (&json!("msg_1"), &json!("order-17"), &json!(0)));
        assert_eq!((&data["channelId"], &data["channelType"]), (&json!(CHANNEL), &json!("scripted")));
        assert_eq!((&data["to"], &data["messageIds"]), (&json!(PERSON), &json!(["m_1"])));
        assert!(data["timestamp"].is_string(), "{data}");
    }
    assert_eq!(told[0]["error"]["code"], OUTCOME_UNKNOWN, "what it was is not known any more");
    assert_eq!(told[1]["error"], Value::Null);
}

#[tokio::test]
async fn whoever_reads_again_after_a_crash_tells_nothing_twice() {
    let stores = Stores::in_memory();
    unknown(&stores, "msg_1", 1).await;
    stores.events.append(vec![copy("m_1")]).await.unwrap();
    follower(&stores, Scripted::new(CHANNEL)).round(&drop).await.unwrap();
    let before = told(&stores).await;
    // The places were not written down.
    let stores = Stores { cursors: Stores::in_memory().cursors, ..stores };
    follower(&stores, Scripted::new(CHANNEL)).round(&drop).await.unwrap();
    assert_eq!(told(&stores).await, before);
}

#[tokio::test]
async fn a_place_is_written_down_and_gone_on_from() {
    let stores = Stores::in_memory();
    unknown(&stores, "msg_1", 1).await;
    stores.events.append(vec![copy("m_1")]).await.unwrap();
    follower(&stores, Scripted::new(CHANNEL)).round(&drop).await.unwrap();
    assert_eq!(stores.cursors.place(HEARD).await.unwrap(), 1);
    assert_eq!(stores.cursors.place(TOLD).await.unwrap(), 2);
}

#[tokio::test]
async fn what_waits_again_is_handed_on() {
    let stores = Stores::in_memory();
    unknown(&stores, "msg_1", 2).await;
    stores.events.append(vec![copy("m_1")]).await.unwrap();
    let again = Mutex::new(Vec::new());
    let hand_on = |message: Message| again.lock().unwrap().push((message.id, message.status));
    follower(&stores, Scripted::new(CHANNEL)).round(&hand_on).await.unwrap();
    assert_eq!(*again.lock().unwrap(), [("msg_1".to_owned(), Status::Accepted)]);
}

/// What is told when it is decided a second later.
async fn decided(channel: Scripted, unknown_after: Duration) -> Vec<Value> {
    let stores = Stores::in_memory();
    unknown(&stores, "msg_1", 1).await;
    let follower = Statuses { unknown_after, ..follower(&stores, channel) };
    let soon = Timestamp::now() + jiff::SignedDuration::from_secs(1);
    follower.decide(&mut Unknown::new(unknown_after), soon, &drop).await.unwrap();
    follower.tell().await.unwrap();
    told(&stores).await
}

#[tokio::test]
async fn what_nobody_finds_out_is_given_up() {
    for channel in [Scripted::new(CHANNEL), Scripted::new(CHANNEL).without_people()] {
        let told = decided(channel, Duration::ZERO).await;
        assert_eq!(words(&told), ["unknown", "failed"]);
        assert_eq!(told[1]["error"]["code"], OUTCOME_UNKNOWN);
        assert_eq!(told[1]["error"]["context"], json!([["cause", "network.timeout"]]));
    }
    let long = Duration::from_secs(5);
    assert_eq!(words(&decided(Scripted::new(CHANNEL), long).await), ["unknown"], "not before its time");
}

#[tokio::test]
async fn what_stands_in_the_conversation_was_sent() {
    let now = ProviderTime::from_millis(Timestamp::now().as_millisecond());
    let said = |by_account, text: &str| Said::new("m_1", by_account).with_text(Some(text.to_owned())).with_time(now);
    for (said, expected) in [
        (said(true, "hello"), &["unknown", "sent"][..]),
        (said(false, "hello"), &["unknown"]),
        (said(true, "something else"), &["unknown"]),
    ] {
        let channel = Scripted::new(CHANNEL).having_said([said.clone()]);
        let told = decided(channel, Duration::from_secs(5)).await;
        assert_eq!(words(&told), expected, "{said:?}");
    }
}

#[tokio::test]
async fn watermarks_name_what_was_sent_and_nothing_twice() {
    let stores = Stores::in_memory();
    unknown(&stores, "msg_1", 1).await;
    let follower = follower(&stores, Scripted::new(CHANNEL));
    let watermarks = Watermarks::new(Arc::clone(&stores.statuses), Clocks::default());
    let later = ProviderTime::from_millis(Timestamp::now().as_millisecond() + 60_000);
    let named = async |id: &str, watermark| {
        let body = EventBody::Read { message_ids: Vec::new(), watermark };
        let mut event = Event::new(MESSAGE_READ, channel_api::ChannelId::new(CHANNEL), "scripted", body);
        watermarks.name(&mut event, &Identity::Own(id.to_owned()), Some(PERSON)).await;
        match event.body {
            EventBody::Read { message_ids, .. } => message_ids,
            body => panic!("{body:?}"),
        }
    };
    assert_eq!(named("r_1", later).await, [""; 0], "nobody knows that it was sent");
    stores.events.append(vec![copy("m_1")]).await.unwrap();
    follower.round(&drop).await.unwrap();
    assert_eq!(named("r_2", None).await, [""; 0]);
    for _ in 0..2 {
        assert_eq!(named("r_3", later).await, ["m_1"], "also when it is delivered again");
    }
    assert_eq!(named("r_4", later).await, [""; 0], "another has named it, and is not heard yet");
}

#[tokio::test]
async fn who_follows_hears_at_once() {
    let stores = Stores::in_memory();
    let stopping = CancellationToken::new();
    let follower = Arc::new(follower(&stores, Scripted::new(CHANNEL)));
    let following = tokio::spawn({
        let (follower, stopping) = (Arc::clone(&follower), stopping.clone());
        async move { follower.follow(drop, stopping).await }
    });
    let mut logged = stores.events.watch();
    unknown(&stores, "msg_1", 1).await;
    stores.events.append(vec![copy("m_1")]).await.unwrap();
    // The copy, and two steps.
    let heard = tokio::time::timeout(Duration::from_secs(20), logged.wait_for(|last| *last >= 3));
    heard.await.unwrap().unwrap();
    stopping.cancel();
    following.await.unwrap();
    assert_eq!(words(&told(&stores).await), ["unknown", "sent"]);
}
