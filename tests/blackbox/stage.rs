//! A host with the simulator behind it, as the tests of running a Page begin.

use hyper::Method;
use serde_json::{Value, json};
use tests::{HostConfig, HostProcess, Simulator, StoredEvent, ids};

/// Both, with the Page's webhooks coming in.
pub(crate) struct Stage {
    pub(crate) sim: Simulator,
    pub(crate) host: HostProcess,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(|config| config).await
    }

    /// With a change to the host's configuration.
    pub(crate) async fn with(change: impl FnOnce(HostConfig) -> HostConfig) -> Self {
        let sim = Simulator::start().await;
        let host = change(HostConfig::with_simulator(&sim)).serve().await;
        sim.connect(&host).await;
        Self { sim, host }
    }

    /// With an open window: the person has written, and the host knows it.
    pub(crate) async fn in_conversation() -> Self {
        let stage = Self::new().await;
        stage.says("hello").await;
        stage
    }

    /// The person writes; returns when the host has all of it.
    pub(crate) async fn says(&self, text: &str) {
        self.sim.act("say", json!({"text": text})).await;
        self.sim.settled().await;
    }

    /// Performs an operation that must succeed; returns its output.
    #[track_caller]
    pub(crate) fn performs(&self, name: &str, input: Value) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        let name = name.to_owned();
        async move {
            let reply = self.host.operation(&name, &input).await;
            assert_eq!(reply.status, 200, "{place}: {name} {input}: {}", reply.text());
            reply.json()["output"].clone()
        }
    }

    /// Sends a text; returns the reply.
    pub(crate) async fn sends(&self, text: &str) -> tests::Reply {
        let content = json!({"type": "text", "text": text});
        self.host.send(json!({"channelId": ids::CHANNEL, "to": ids::PERSON, "content": content})).await
    }

    /// What the host answers to `POST …/connection/check`.
    pub(crate) async fn checks(&self) -> Value {
        self.host.channel(Method::POST, "connection/check", "").await.expect_status(200).json()
    }

    /// What the host knows of the conversation.
    pub(crate) async fn conversation(&self) -> Value {
        self.host.channel(Method::GET, &format!("conversations/{}", ids::PERSON), "").await.expect_status(200).json()
    }

    /// The stored events of this name.
    pub(crate) async fn events(&self, name: &str) -> Vec<StoredEvent> {
        self.host.events().await.into_iter().filter(|event| event.event == name).collect()
    }
}

/// Fails unless every word stands in the text.
#[track_caller]
pub(crate) fn assert_says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word:?} is not in: {text}");
    }
}

/// A problem's sentence and its advice, as an operator reads them.
pub(crate) fn sentence(body: &Value) -> String {
    let part = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    format!("{} {}", part("message"), part("hint"))
}
