//! What agents do beside answering reaches the person: they react, also to what waits to be sent, they type and they read.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};
use tests::linktor::{Answer, EVENTS, outbound};
use tests::webhook::{ago, at, body, text};
use tests::{GraphRequest, ids, within};
use tokio::time::interval;

use crate::linktor_outbound::Around;

impl Around {
    /// Waits until what agents do is listened for: nobody keeps it before.
    async fn listens(&self) {
        let stream = self.core.jetstream().get_stream_no_info(EVENTS).await.expect("a name");
        let mut looks = interval(Duration::from_millis(20));
        within("the consumer of events", async {
            while stream.consumer_info("facebook-events").await.is_err() {
                looks.tick().await;
            }
        })
        .await;
    }

    /// Waits until every event is dealt with: the stream keeps none any more.
    async fn heard(&self) {
        let mut stream = self.core.jetstream().get_stream(EVENTS).await.expect("a stream of the core's");
        let mut looks = interval(Duration::from_millis(20));
        within("all events to be acknowledged", async {
            while stream.info().await.expect("a server that answers").state.messages > 0 {
                looks.tick().await;
            }
        })
        .await;
    }

    async fn tells(&self, event: &str, id: &str, payload: Value) {
        let now = jiff::Timestamp::now().to_string();
        let told = json!({"type": event, "tenant_id": ids::TENANT, "payload": payload, "timestamp": now});
        let place = self.core.try_publish(&format!("linktor.events.{event}"), id, &told).await;
        assert!(place.is_some(), "the server has taken {event}");
    }

    /// The signs that Meta was asked for.
    fn signs(&self) -> Vec<String> {
        let requests = self.graph.requests();
        requests.iter().filter_map(|request| request.body["sender_action"].as_str().map(str::to_owned)).collect()
    }

    async fn signed(&self, action: &str) -> GraphRequest {
        self.graph.received(action, |request| request.body["sender_action"] == action).await
    }
}

fn reaction(message_id: &str, external_id: &str, emoji: &str) -> Value {
    json!({
        "channel_id": ids::LINKTOR_CHANNEL, "conversation_id": "", "message_id": message_id,
        "external_id": external_id, "emoji": emoji, "sender_id": "an agent",
    })
}

#[tokio::test]
async fn a_reaction_to_a_person_s_message_reaches_them_once() {
    let Some(around) = Around::host().await else { return };
    let host = around.config().serve().await;
    around.listens().await;
    host.deliver(body([at(text("m_hello", "Hello"), ago(1_000))])).await.expect_status(200);
    around.tells("message.reaction", "first", reaction("theirs", "m_hello", "👍")).await;
    let request = around.signed("react").await;
    assert_eq!(request.body["recipient"]["id"], ids::PERSON);
    assert_eq!(request.body["payload"], json!({"message_id": "m_hello", "reaction": "👍"}));
    around.tells("message.reaction", "second", reaction("theirs", "m_hello", "")).await;
    let request = around.signed("unreact").await;
    assert_eq!(request.body["payload"]["message_id"], "m_hello");
    // What is not ours, and what is nothing.
    let mut elsewhere = reaction("theirs", "m_hello", "👍");
    elsewhere["channel_id"] = "00000000-0000-4000-8000-000000000000".into();
    around.tells("message.reaction", "third", elsewhere).await;
    around.tells("message.reaction", "fourth", reaction("theirs", "m_nobody", "👍")).await;
    around.tells("message.edit", "fifth", json!({"message_id": "theirs", "new_content": "Hi"})).await;
    around.heard().await;
    assert_eq!(around.signs(), ["react", "unreact"]);
}

#[tokio::test]
async fn a_reaction_to_an_answer_waits_until_that_is_sent() {
    let Some(around) = Around::host().await else { return };
    around.graph.messages().ok("m_answer");
    let host = around.config().serve().await;
    around.listens().await;
    host.channel(Method::POST, "pause", "").await.expect_status(200);
    let id = around.core.answers(ids::PERSON, Answer::text("Soon")).await;
    around.taken().await;
    around.core.reacts(&id, "❤").await;
    around.heard().await;
    assert_eq!(around.signs(), [""; 0]);
    let host = host.kill().await.restart().await;
    host.channel(Method::POST, "resume", "").await.expect_status(200);
    let request = around.signed("react").await;
    assert_eq!(request.body["payload"], json!({"message_id": "m_answer", "reaction": "❤"}));
    assert_eq!(around.said(), ["Soon"]);
}

#[tokio::test]
async fn who_types_and_reads_in_a_conversation_does_so_for_its_person() {
    let Some(around) = Around::host().await else { return };
    let _host = around.config().serve().await;
    around.listens().await;
    let (id, mut answer) = around.core.written(ids::PERSON, Answer::text("One moment"));
    answer["conversation_id"] = "a conversation".into();
    assert!(around.core.try_publish(&outbound("facebook"), &id, &answer).await.is_some());
    around.says("One moment").await;
    let of =
        |state: &str| json!({"conversation_id": "a conversation", "channel_id": ids::LINKTOR_CHANNEL, "state": state});
    around.tells("presence.typing", "first", of("composing")).await;
    let request = around.signed("typing_on").await;
    assert_eq!(request.body["recipient"]["id"], ids::PERSON);
    around.tells("presence.typing", "second", of("paused")).await;
    around.signed("typing_off").await;
    around.tells("message.read", "third", json!({"conversation_id": "a conversation", "message_ids": ["x"]})).await;
    around.signed("mark_seen").await;
    around.tells("message.read", "fourth", json!({"conversation_id": "another", "message_ids": ["x"]})).await;
    around.heard().await;
    assert_eq!(around.signs(), ["typing_on", "typing_off", "mark_seen"]);
}
