//! The three webhook events, in the shape and with the fields that the documentation shows.

use serde_json::{Value, json};
use tests::json::assert_includes;
use tests::webhook::{at, between, body};
use tests::{Graph, HostConfig, HostProcess, StoredEvent, ids, within};

const SEED_PERSON: &str = "1234567890";

/// An event from the documentation's person, at a time in milliseconds.
fn from_person(key: &str, value: Value, timestamp: u64) -> Value {
    at(between(SEED_PERSON, ids::PAGE, key, value), timestamp)
}

/// Delivers one event and returns what came out, which must be one event too.
async fn out(host: &HostProcess, event: Value) -> StoredEvent {
    let before = told(host).await.len();
    let reply = host.deliver(body([event])).await.expect_status(200);
    assert_eq!(reply.text(), "EVENT_RECEIVED");
    let mut events = told(host).await.split_off(before);
    assert_eq!(events.len(), 1, "{events:#?}");
    let event = events.remove(0);
    assert!(event.data["id"].as_str().is_some_and(|id| !id.is_empty()), "an event without an id");
    event
}

/// What Meta told. What the host learnt of people beside it comes when it comes.
async fn told(host: &HostProcess) -> Vec<StoredEvent> {
    let events = host.events().await;
    events.into_iter().filter(|event| event.event != "contact.updated").collect()
}

fn order(mid: &str) -> Value {
    from_person("message", json!({"mid": mid, "text": "Hi, I need help with my order"}), 1_705_314_600_000)
}

#[tokio::test]
async fn a_text_message_is_message_received() {
    let host = HostConfig::alone().serve().await;
    let event = out(&host, order("m_abc123")).await;
    assert_eq!(event.event, "message.received");
    assert_includes(
        &event.data,
        &json!({
            "channelId": "ch_facebook_123",
            "channelType": "facebook",
            "direction": "inbound",
            "from": "1234567890",
            "content": {"type": "text", "text": "Hi, I need help with my order"},
            "timestamp": "2024-01-15T10:30:00Z",
            "metadata": {"mid": "m_abc123"}
        }),
    );
}

#[tokio::test]
async fn a_person_s_messages_carry_their_profile_once_it_is_known() {
    let graph = Graph::start().await;
    graph.person(SEED_PERSON, "John", "Doe", "https://cdn.example.com/john.jpg");
    let host = HostConfig::with_graph(&graph).serve().await;
    host.deliver(body([order("m_1")])).await.expect_status(200);
    let asked = graph.received("the person's profile", |request| request.is_profile_of(SEED_PERSON)).await;
    for field in ["first_name", "last_name", "profile_pic"] {
        assert!(asked.query.contains(field), "{}", asked.query);
    }
    within("a message with the person's profile", async {
        for number in 2.. {
            let event = out(&host, order(&format!("m_{number}"))).await;
            if event.data["metadata"]["firstName"] == "John" {
                assert_includes(
                    &event.data["metadata"],
                    &json!({"lastName": "Doe", "profilePic": "https://cdn.example.com/john.jpg"}),
                );
                return;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_message_does_not_wait_for_a_profile_that_cannot_be_had() {
    let graph = Graph::start().await;
    graph.profiles().hang().hang().hang();
    let host = HostConfig::with_graph(&graph).serve().await;
    let event = out(&host, order("m_1")).await;
    assert_eq!(event.mid(), "m_1");
}

#[tokio::test]
async fn a_tap_on_a_button_is_facebook_postback() {
    let host = HostConfig::alone().serve().await;
    let postback = json!({"mid": "m_pb1", "title": "View Orders", "payload": "VIEW_ORDERS"});
    let event = out(&host, from_person("postback", postback, 1_705_314_605_000)).await;
    assert_eq!(event.event, "facebook.postback");
    assert_includes(
        &event.data,
        &json!({
            "channelId": "ch_facebook_123",
            "from": "1234567890",
            "payload": "VIEW_ORDERS",
            "title": "View Orders",
            "timestamp": "2024-01-15T10:30:05Z"
        }),
    );
}

#[tokio::test]
async fn a_tap_on_a_quick_reply_is_facebook_quick_reply_and_nothing_else() {
    let host = HostConfig::alone().serve().await;
    let message = json!({"mid": "m_qr1", "text": "Great!", "quick_reply": {"payload": "RATING_GREAT"}});
    let event = out(&host, from_person("message", message, 1_705_314_610_000)).await;
    assert_eq!(event.event, "facebook.quick_reply");
    assert_includes(
        &event.data,
        &json!({
            "channelId": "ch_facebook_123",
            "from": "1234567890",
            "payload": "RATING_GREAT",
            "text": "Great!",
            "timestamp": "2024-01-15T10:30:10Z"
        }),
    );
}
