mod answers;

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use channel_api::{ChannelId, Concern, Content, Delivery, ErrorKind, UserProfile};
use http::HeaderMap;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::scripted::Scripted;
use crate::statuses::{Clocks, Watermarks};
use crate::store::{Known, Newest, Offered, Profile, Query, StoredEvent, Stores, Unavailable};

const CHANNEL: &str = "ch_facebook_123";
const PERSON: &str = "7411002233445566";

fn event(body: EventBody) -> Event {
    let mut event = Event::new("scripted.event", ChannelId::new(CHANNEL), "scripted", body);
    event.from = Some(PERSON.to_owned());
    event.direction = Some(Direction::Inbound);
    event
}

fn text(words: &str) -> Event {
    let mut event = event(EventBody::Message { content: Content::text(words) });
    event.name = "message.received".into();
    event
}

fn postback() -> Event {
    event(EventBody::Postback { payload: Some("BUY".to_owned()), title: Some("Buy".to_owned()) })
}

/// To the millisecond, as it is kept.
fn noon() -> Timestamp {
    Timestamp::from_millisecond(1_763_812_800_000).unwrap()
}

/// Somebody answers from this moment on, by the provider's clock.
fn handed(owner: ThreadOwner, at: Option<Timestamp>) -> Event {
    let body = EventBody::Fields([("action", "pass")].into_iter().collect());
    let mut event = event(body);
    event.owner = Some(owner);
    event.timestamp = at.and_then(|at| channel_api::Timestamp::from_millis(at.as_millisecond()));
    event
}

fn inbox() -> ThreadOwner {
    ThreadOwner::App("263902037430900".to_owned())
}

/// A channel whose every delivery holds these events, the first known by the first id, and so on.
fn channel(events: impl IntoIterator<Item = (&'static str, Event)>) -> Arc<dyn ChannelAdapter> {
    let received = events.into_iter().map(|(id, event)| Received::new(Identity::Own(id.to_owned()), event));
    Arc::new(Scripted::new(CHANNEL).knowing(Err(ErrorKind::Permission)).receiving(received))
}

async fn take(stores: &Stores, channel: &Arc<dyn ChannelAdapter>) -> Result<Appended, IngestError> {
    let Stores { events, conversations, profiles, statuses, .. } = stores.clone();
    let people = Profiles::new(profiles, Arc::clone(&events), CancellationToken::new());
    let ingest = Ingest::new(events, conversations, people, Watermarks::new(statuses, Clocks::default()));
    let headers = HeaderMap::new();
    let verified = Delivery::new(&headers, b"{}").verify(&**channel)?;
    ingest.take(&[(Arc::clone(channel), verified)]).await
}

async fn stored(stores: &Stores) -> Vec<StoredEvent> {
    stores.events.read(Query { limit: 100, ..Query::default() }).await.unwrap()
}

fn metadata(event: &StoredEvent) -> Value {
    serde_json::from_str::<Value>(event.data.get()).unwrap()["metadata"].take()
}

async fn owner(stores: &Stores) -> Option<Owned> {
    stores.conversations.known(CHANNEL, PERSON).await.unwrap().owner
}

#[tokio::test]
async fn whoever_writes_or_taps_is_introduced_as_far_as_they_are_known() {
    let stores = Stores::in_memory();
    let fields = serde_json::from_value(json!({"firstName": "Ana", "lastName": "Lima"})).unwrap();
    let profile = Profile { answer: Ok(fields), expires_at: Timestamp::now(), version: 1 };
    stores.profiles.put(CHANNEL, PERSON, profile).await.unwrap();
    let quick_reply = EventBody::QuickReply { payload: "RED".to_owned(), text: None, answers: None, content: None };
    let mut echo = text("an echo");
    (echo.direction, echo.to) = (Some(Direction::Outbound), Some(PERSON.to_owned()));
    let receipt = EventBody::Read { message_ids: Vec::new(), watermark: None };
    let mut stranger = text("hello");
    stranger.from = Some("9000000000000001".to_owned());
    let events = [text("hello"), postback(), event(quick_reply), stranger, echo, event(receipt)];
    let ids = ["m_1", "p_1", "q_1", "m_2", "e_1", "r_1"];
    take(&stores, &channel(ids.into_iter().zip(events))).await.unwrap();
    let kept = stored(&stores).await;
    let ana = json!({"firstName": "Ana", "lastName": "Lima", "senderName": "Ana Lima", "sender_id": PERSON,
        "sender_name": "Ana Lima"});
    for event in &kept[..3] {
        assert_eq!(metadata(event), ana, "{}", event.data);
    }
    assert_eq!(metadata(&kept[3]), json!({"sender_id": "9000000000000001"}));
    for event in &kept[4..] {
        assert_eq!(metadata(event), Value::Null, "{}", event.data);
    }
    let kinds: Vec<_> = kept.iter().filter_map(|event| event.kind.as_deref()).collect();
    assert_eq!(kinds, ["message.postback", "message.quick_reply"]);
}

#[tokio::test]
async fn what_is_learnt_later_changes_nothing_that_is_stored() {
    let stores = Stores::in_memory();
    let ana = UserProfile { first_name: Some("Ana".to_owned()), ..UserProfile::default() };
    let received = [Received::new(Identity::Own("m_1".to_owned()), text("hello"))];
    let channel: Arc<dyn ChannelAdapter> = Arc::new(Scripted::new(CHANNEL).knowing(Ok(ana)).receiving(received));
    let mut watch = stores.events.watch();
    take(&stores, &channel).await.unwrap();
    watch.borrow_and_update();
    let before = stored(&stores).await[0].data.get().to_owned();
    let woken = tokio::time::timeout(std::time::Duration::from_secs(20), watch.wait_for(|last| *last >= 2));
    woken.await.unwrap().unwrap();
    // Delivered again with the name known, it is still the same event.
    take(&stores, &channel).await.unwrap();
    let kept = stored(&stores).await;
    assert_eq!(
        kept.iter().map(|event| event.name.as_str()).collect::<Vec<_>>(),
        ["message.received", "contact.updated"]
    );
    assert_eq!(kept[0].data.get(), before);
}

/// Fails once to write down who answers.
#[derive(Debug)]
struct FailsOnce(Arc<dyn Conversations>, AtomicBool);

#[async_trait]
impl Conversations for FailsOnce {
    async fn known(&self, channel_id: &str, person: &str) -> Result<Known, StoreError> {
        self.0.known(channel_id, person).await
    }

    async fn set_owner(&self, channel_id: &str, person: &str, owned: Owned) -> Result<(), StoreError> {
        if self.1.swap(false, Ordering::SeqCst) {
            return Err(StoreError::Closed);
        }
        self.0.set_owner(channel_id, person, owned).await
    }

    async fn last_message(&self, channel_id: &str, person: &str) -> Result<Option<Timestamp>, StoreError> {
        self.0.last_message(channel_id, person).await
    }

    async fn newest(&self, channel_id: &str, person: &str) -> Result<Option<Newest>, StoreError> {
        self.0.newest(channel_id, person).await
    }

    async fn set_unavailable(
        &self,
        channel_id: &str,
        person: &str,
        unavailable: Unavailable,
    ) -> Result<Unavailable, StoreError> {
        self.0.set_unavailable(channel_id, person, unavailable).await
    }

    async fn set_available(&self, channel_id: &str, person: &str, at: Timestamp) -> Result<(), StoreError> {
        self.0.set_available(channel_id, person, at).await
    }

    async fn expire(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.0.expire(before, limit).await
    }

    async fn erase(&self, channel_id: &str, person: &str) -> Result<(), StoreError> {
        self.0.erase(channel_id, person).await
    }

    async fn choices(&self, channel_id: &str, person: &str) -> Result<Option<Offered>, StoreError> {
        self.0.choices(channel_id, person).await
    }

    async fn set_choices(&self, channel_id: &str, person: &str, offered: Offered) -> Result<(), StoreError> {
        self.0.set_choices(channel_id, person, offered).await
    }
}

/// Words of this moment, in seconds after noon.
fn at(seconds: i64) -> Event {
    timed(text("hello"), noon() + SignedDuration::from_secs(seconds))
}

fn timed(mut event: Event, at: Timestamp) -> Event {
    event.timestamp = channel_api::Timestamp::from_millis(at.as_millisecond());
    event
}

/// Takes them in one delivery each, by one host.
async fn deliver(ingest: &Ingest, deliveries: impl IntoIterator<Item = Vec<(&'static str, Event)>>) {
    for events in deliveries {
        let channel = channel(events);
        let headers = HeaderMap::new();
        let verified = Delivery::new(&headers, b"{}").verify(&*channel).unwrap();
        ingest.take(&[(Arc::clone(&channel), verified)]).await.unwrap();
    }
}

fn ingest(stores: &Stores) -> Ingest {
    let Stores { events, conversations, profiles, statuses, .. } = stores.clone();
    let people = Profiles::new(profiles, Arc::clone(&events), CancellationToken::new());
    Ingest::new(events, conversations, people, Watermarks::new(statuses, Clocks::default()))
}

/// Each event's id, and by what it was overtaken.
async fn order(stores: &Stores) -> Vec<(String, Option<String>)> {
    let of = |event: StoredEvent| {
        let data: Value = serde_json::from_str(event.data.get()).unwrap();
        assert_eq!(data["late"] == true, data["overtakenBy"].is_string(), "{data}");
        (event.id, data["overtakenBy"].as_str().map(str::to_owned))
    };
    stored(stores).await.into_iter().map(of).collect()
}

fn expected(order: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    order.iter().map(|(id, by)| ((*id).to_owned(), by.map(str::to_owned))).collect()
}

#[tokio::test]
async fn what_is_overtaken_says_by_what_and_stays_in_the_order_of_arrival() {
    let stores = Stores::in_memory();
    let one_each = [("m_1", at(1)), ("m_3", at(3)), ("m_2", at(2)), ("m_4", at(3)), ("m_5", at(5))];
    deliver(&ingest(&stores), one_each.map(|event| vec![event])).await;
    let told = [("m_1", None), ("m_3", None), ("m_2", Some("m_3")), ("m_4", None), ("m_5", None)];
    assert_eq!(order(&stores).await, expected(&told));
}

#[tokio::test]
async fn also_within_a_delivery_and_by_what_is_no_message() {
    let stores = Stores::in_memory();
    let receipt = EventBody::Read { message_ids: Vec::new(), watermark: None };
    let receipt = timed(event(receipt), noon() + SignedDuration::from_secs(3));
    let mut echo = at(2);
    (echo.direction, echo.to) = (Some(Direction::Outbound), Some(PERSON.to_owned()));
    deliver(&ingest(&stores), [vec![("m_1", at(1)), ("r_1", receipt), ("e_1", echo)]]).await;
    assert_eq!(order(&stores).await, expected(&[("m_1", None), ("r_1", None), ("e_1", Some("r_1"))]));
}

#[tokio::test]
async fn nobody_is_late_by_somebody_else_nor_without_a_time_nor_as_history() {
    let stores = Stores::in_memory();
    let (mut stranger, mut history, mut timeless) = (at(1), at(1), at(1));
    stranger.from = Some("9000000000000001".to_owned());
    history.imported = true;
    timeless.timestamp = None;
    let events = [("m_5", at(5)), ("m_1", stranger), ("m_2", history), ("m_3", timeless)];
    deliver(&ingest(&stores), events.map(|event| vec![event])).await;
    assert!(order(&stores).await.iter().all(|(_, by)| by.is_none()));
}

#[tokio::test]
async fn a_restart_forgets_nothing_and_a_redelivery_changes_nothing() {
    let stores = Stores::in_memory();
    deliver(&ingest(&stores), [vec![("m_1", at(1))], vec![("m_3", at(3))], vec![("m_1", at(1))]]).await;
    deliver(&ingest(&stores), [vec![("m_1", at(1)), ("m_2", at(2))], vec![("m_4", at(4))]]).await;
    let told = [("m_1", None), ("m_3", None), ("m_2", Some("m_3")), ("m_4", None)];
    assert_eq!(order(&stores).await, expected(&told));
}

#[tokio::test]
async fn a_clock_of_tomorrow_makes_nothing_of_today_late_for_long() {
    let stores = Stores::in_memory();
    let tomorrow = Timestamp::now() + SignedDuration::from_hours(24);
    let ahead = timed(at(0), tomorrow);
    let ingest = ingest(&stores);
    deliver(&ingest, [vec![("m_1", ahead)]]).await;
    let soon = Timestamp::now() + SignedDuration::from_millis(5);
    let next = timed(at(0), soon);
    deliver(&ingest, [vec![("m_2", next)]]).await;
    assert_eq!(order(&stores).await, expected(&[("m_1", None), ("m_2", None)]));
}

async fn unavailable(stores: &Stores) -> Option<Unavailable> {
    stores.conversations.unavailable(CHANNEL, PERSON).await.unwrap()
}

async fn mark(stores: &Stores, since: Timestamp) {
    let unavailable = Unavailable { code: "scripted.gone".to_owned(), since };
    stores.conversations.set_unavailable(CHANNEL, PERSON, unavailable).await.unwrap();
}

#[tokio::test]
async fn who_writes_or_taps_can_be_reached_again() {
    for said in [text("hello"), postback()] {
        let stores = Stores::in_memory();
        mark(&stores, noon()).await;
        take(&stores, &channel([("m_1", said)])).await.unwrap();
        assert_eq!(unavailable(&stores).await, None);
    }
}

#[tokio::test]
async fn a_receipt_an_echo_and_somebody_else_say_nothing_of_that() {
    let stores = Stores::in_memory();
    mark(&stores, noon()).await;
    let mut echo = text("an echo");
    (echo.direction, echo.to) = (Some(Direction::Outbound), Some(PERSON.to_owned()));
    let receipt = event(EventBody::Read { message_ids: Vec::new(), watermark: None });
    let mut stranger = text("hello");
    stranger.from = Some("9000000000000001".to_owned());
    take(&stores, &channel([("e_1", echo), ("r_1", receipt), ("m_1", stranger)])).await.unwrap();
    assert!(unavailable(&stores).await.is_some());
}

#[tokio::test]
async fn a_message_that_is_delivered_again_does_not_reach_beyond_its_own_time() {
    let stores = Stores::in_memory();
    let channel = channel([("m_1", text("hello"))]);
    take(&stores, &channel).await.unwrap();
    let first_told = stored(&stores).await[0].received_at;
    mark(&stores, first_told + SignedDuration::from_millis(1)).await;
    take(&stores, &channel).await.unwrap();
    assert!(unavailable(&stores).await.is_some());
}

#[tokio::test]
async fn who_answers_is_made_good_by_a_redelivery_after_a_failure_behind_the_event() {
    let stores = Stores::in_memory();
    let conversations = Arc::new(FailsOnce(Arc::clone(&stores.conversations), AtomicBool::new(true)));
    let stores = Stores { conversations, ..stores };
    let channel = channel([("pass-1", handed(inbox(), Some(noon())))]);
    let failed = take(&stores, &channel).await;
    assert!(matches!(failed, Err(IngestError::NotStored(StoreError::Closed))), "{failed:?}");
    assert_eq!((stored(&stores).await.len(), owner(&stores).await), (1, None));

    let again = take(&stores, &channel).await.unwrap();
    assert_eq!(again.duplicates(), 1);
    assert_eq!(owner(&stores).await, Some(Owned { owner: inbox(), since: noon() }));
}

#[tokio::test]
async fn a_redelivery_turns_nothing_back() {
    let later = noon() + SignedDuration::from_secs(5);
    for at in [Some(noon()), None] {
        let stores = Stores::in_memory();
        let channel = channel([("pass-1", handed(inbox(), at))]);
        take(&stores, &channel).await.unwrap();
        let since = owner(&stores).await.unwrap().since;
        assert_eq!(since, at.unwrap_or(stored(&stores).await[0].received_at));
        // As told by our own call, right after it.
        let taken = Owned { owner: ThreadOwner::Us, since: (since + SignedDuration::from_millis(1)).max(later) };
        stores.conversations.set_owner(CHANNEL, PERSON, taken.clone()).await.unwrap();
        take(&stores, &channel).await.unwrap();
        assert_eq!(owner(&stores).await, Some(taken), "{at:?}");
    }
}

#[tokio::test]
async fn nothing_has_happened_after_it_was_told() {
    let stores = Stores::in_memory();
    let next_year = Timestamp::now() + SignedDuration::from_hours(365 * 24);
    take(&stores, &channel([("pass-1", handed(inbox(), Some(next_year)))])).await.unwrap();
    assert_eq!(owner(&stores).await.unwrap().since, stored(&stores).await[0].received_at);
}

/// Something about the message `m_1`.
fn about_the_message(name: &'static str, at: Timestamp) -> Received {
    let mut event = timed(event(EventBody::Fields([("mid", "m_1")].into_iter().collect())), at);
    event.name = name.into();
    let mut received = Received::new(Identity::Own(format!("{name}_1")), event);
    received.concerns = vec![Concern::new("m_1", vec!["m_1".to_owned()])];
    received
}

#[tokio::test]
async fn what_comes_before_its_message_says_so_and_the_message_that_follows_is_late() {
    let stores = Stores::in_memory();
    let ingest = ingest(&stores);
    let edited = about_the_message("edited", noon() + SignedDuration::from_secs(2));
    let message = Received::new(Identity::Own("m_1".to_owned()), at(1));
    let deleted = about_the_message("deleted", noon() + SignedDuration::from_secs(3));
    for received in [edited.clone(), message, deleted, edited] {
        let channel: Arc<dyn ChannelAdapter> = Arc::new(Scripted::new(CHANNEL).receiving([received]));
        let headers = HeaderMap::new();
        let verified = Delivery::new(&headers, b"{}").verify(&*channel).unwrap();
        ingest.take(&[(Arc::clone(&channel), verified)]).await.unwrap();
    }
    let data = stored(&stores).await.into_iter().map(|event| serde_json::from_str::<Value>(event.data.get()).unwrap());
    let said: Vec<_> =
        data.map(|data| [&data["id"], &data["unknownMessages"], &data["overtakenBy"]].map(Clone::clone)).collect();
    assert_eq!(
        said,
        [
            [json!("edited_1"), json!(["m_1"]), Value::Null],
            [json!("m_1"), Value::Null, json!("edited_1")],
            [json!("deleted_1"), Value::Null, Value::Null],
        ]
    );
}
