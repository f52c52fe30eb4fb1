//! Words that answer by number.

use channel_api::Choice;
use channel_api::message::{Body, Media};

use super::*;
use crate::store::Offered;

/// The person was offered two colours at noon.
async fn offered() -> Stores {
    let stores = Stores::in_memory();
    let choices = vec![Choice::new("Red", "PICK_RED"), Choice::new("Blue", "PICK_BLUE")];
    offer(&stores, choices, noon()).await;
    stores
}

async fn offer(stores: &Stores, choices: Vec<Choice>, since: Timestamp) {
    stores.conversations.set_choices(CHANNEL, PERSON, Offered { choices, since }).await.unwrap();
}

fn said(words: &str, seconds: i64) -> Event {
    timed(text(words), noon() + SignedDuration::from_secs(seconds))
}

/// What is stored of an event beside who spoke and when: its name, its kind, and what it says.
async fn told(stores: &Stores) -> Vec<Value> {
    let of = |event: &StoredEvent| {
        let data: Value = serde_json::from_str(event.data.get()).unwrap();
        json!([event.name, event.kind, data["content"]["text"], data["payload"], data["text"]])
    };
    stored(stores).await.iter().map(of).collect()
}

/// Whether these events, told one by one, are all taken for words alone.
async fn says_nothing_more(stores: &Stores, events: impl IntoIterator<Item = Event>) {
    for event in events {
        let shown = format!("{event:?}");
        let before = stored(stores).await.len();
        let received = [Received::new(Identity::Own(format!("words_{before}")), event)];
        let channel: Arc<dyn ChannelAdapter> =
            Arc::new(Scripted::new(CHANNEL).knowing(Err(ErrorKind::Permission)).receiving(received));
        take(stores, &channel).await.unwrap();
        let kept = stored(stores).await.pop().unwrap();
        assert_eq!((kept.kind.as_deref(), kept.data.get().contains("PICK_")), (None, false), "{shown}");
    }
}

#[tokio::test]
async fn a_number_carries_its_payload_under_the_message_s_own_name() {
    let stores = offered().await;
    let events =
        [("m_1", said("2", 1)), ("m_2", said("２）", 2)), ("m_3", said(" red ", 3)), ("m_4", said("hello", 4))];
    deliver(&ingest(&stores), events.map(|event| vec![event])).await;
    let (name, kind) = ("message.received", "message.quick_reply");
    let answered = json!([
        [name, kind, "2", "PICK_BLUE", "Blue"],
        [name, kind, "２）", "PICK_BLUE", "Blue"],
        [name, kind, " red ", "PICK_RED", "Red"],
        [name, null, "hello", null, null],
    ]);
    assert_eq!(Value::from(told(&stores).await), answered);
    let event = &stored(&stores).await[0];
    let whole = json!({"event": event.name, "kind": event.kind, "data": event.data});
    let read: Event = serde_json::from_value(whole).unwrap();
    let (payload, text) = ("PICK_BLUE".to_owned(), Some("Blue".to_owned()));
    let content = Some(Content::text("2"));
    assert_eq!(
        read.body,
        EventBody::QuickReply { payload, text, answers: None, content },
        "as a consumer in Rust reads it"
    );
}

#[tokio::test]
async fn a_redelivery_says_the_same_whatever_is_offered_since() {
    let stores = offered().await;
    deliver(&ingest(&stores), [vec![("m_1", said("2", 1))]]).await;
    let before = told(&stores).await;
    offer(&stores, vec![Choice::new("No", "NO"), Choice::new("Yes", "YES")], noon() + SignedDuration::from_secs(5))
        .await;
    deliver(&ingest(&stores), [vec![("m_1", said("2", 1))]]).await;
    assert_eq!(told(&stores).await, before);
}

#[tokio::test]
async fn a_number_is_an_answer_for_a_day_and_not_to_what_came_later() {
    let day = 24 * 60 * 60;
    let stores = offered().await;
    let events = [("m_1", said("2", -5)), ("m_2", said("2", day))];
    deliver(&ingest(&stores), events.map(|event| vec![event])).await;
    assert!(told(&stores).await.iter().all(|told| told[3] == "PICK_BLUE"), "the clocks may differ a little");
    says_nothing_more(&stores, [said("2", -11), said("2", day + 1)]).await;
}

#[tokio::test]
async fn only_a_person_s_own_words_to_us_are_an_answer() {
    let stores = offered().await;
    let [mut echo, mut observed, mut imported, mut picture, mut stranger, mut edited] = [(); 6].map(|()| said("2", 1));
    (echo.direction, echo.to) = (Some(Direction::Outbound), Some(PERSON.to_owned()));
    observed.observed = true;
    imported.imported = true;
    let attached = Content::text("2").with_attachments(vec![Body::Image(Media::url("https://example.org/a.jpg"))]);
    picture.body = EventBody::Message { content: attached };
    stranger.from = Some("9000000000000001".to_owned());
    edited.name = "message.edited".into();
    says_nothing_more(&stores, [echo, observed, imported, picture, stranger, edited]).await;
}
