//! What callers do with a host: Meta delivers, programs send and read.

use bytes::Bytes;
use hyper::Method;
use serde::Deserialize;
use serde_json::Value;

use crate::http::{Connection, Error, Reply, exchange, request};
use crate::sse::EventStream;
use crate::{HostProcess, ids, sign, within};

/// One event as the API gives it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct StoredEvent {
    /// Its place in the store.
    pub seq: u64,
    /// Its name, such as `message.received`.
    pub event: String,
    /// What happened.
    pub data: Value,
}

impl StoredEvent {
    /// Meta's id of the message, or an empty string.
    #[must_use]
    pub fn mid(&self) -> &str {
        self.data["metadata"]["mid"].as_str().unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct Page {
    events: Vec<StoredEvent>,
    next: u64,
}

impl HostProcess {
    /// Sends a request as it is.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn try_request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Reply, Error> {
        exchange(self.address(), request(method, path, headers, body)).await
    }

    /// Sends a request as it is and reads the answer.
    pub async fn request(&self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
        let what = format!("{method} {path}");
        self.try_request(method, path, headers, body)
            .await
            .unwrap_or_else(|error| panic!("no answer to {what}: {error}"))
    }

    /// Delivers a webhook to [`ids::CHANNEL`], signed with [`ids::APP_SECRET`].
    pub async fn deliver(&self, body: impl Into<Bytes>) -> Reply {
        let body = body.into();
        let signature = sign(ids::APP_SECRET, &body);
        self.deliver_with(&[("x-hub-signature-256", &signature)], body).await
    }

    /// Delivers a webhook to [`ids::CHANNEL`] with these headers only.
    pub async fn deliver_with(&self, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
        self.request(Method::POST, &webhook_path(ids::CHANNEL), headers, body).await
    }

    /// Gets a path without a key.
    pub async fn get_without_key(&self, path: &str) -> Reply {
        self.request(Method::GET, path, &[], Bytes::new()).await
    }

    /// Gets a path of the API.
    pub async fn get(&self, path: &str) -> Reply {
        self.request(Method::GET, path, &[("authorization", &bearer())], Bytes::new()).await
    }

    /// Calls the API with a JSON body.
    pub async fn call(&self, method: Method, path: &str, body: impl ToString) -> Reply {
        self.request(method, path, &[("authorization", &bearer())], body.to_string()).await
    }

    /// Calls what the API has for [`ids::CHANNEL`], such as `profile` or `connection/check`.
    pub async fn channel(&self, method: Method, what: &str, body: impl ToString) -> Reply {
        self.call(method, &format!("/api/v1/channels/{}/{what}", ids::CHANNEL), body).await
    }

    /// Performs an operation of [`ids::CHANNEL`].
    pub async fn operation(&self, name: &str, input: impl ToString) -> Reply {
        self.channel(Method::POST, &format!("operations/{name}"), input).await
    }

    /// Posts a message to the API.
    pub async fn send(&self, message: impl ToString) -> Reply {
        self.send_with(&[], message).await
    }

    /// Posts a message to the API with more headers, and waits so many seconds for what becomes of it.
    pub async fn send_for(&self, seconds: u32, headers: &[(&str, &str)], message: impl ToString) -> Reply {
        let bearer = bearer();
        let all = [&[("authorization", bearer.as_str())], headers].concat();
        self.request(Method::POST, &format!("/api/v1/messages?wait={seconds}"), &all, message.to_string()).await
    }

    /// Posts a message to the API with more headers.
    pub async fn send_with(&self, headers: &[(&str, &str)], message: impl ToString) -> Reply {
        let bearer = bearer();
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend_from_slice(headers);
        self.request(Method::POST, "/api/v1/messages", &all, message.to_string()).await
    }

    /// One page of events: those after `after`, and the cursor for the following call.
    pub async fn page(&self, query: &str) -> (Vec<StoredEvent>, u64) {
        let reply = self.get(&format!("/api/v1/events?{query}")).await.expect_status(200);
        let page: Page = serde_json::from_value(reply.json()).expect("a page of events");
        (page.events, page.next)
    }

    /// All events that are stored.
    pub async fn events(&self) -> Vec<StoredEvent> {
        let mut all: Vec<StoredEvent> = Vec::new();
        let mut after = 0;
        loop {
            let (events, next) = self.page(&format!("after={after}&limit=500")).await;
            if events.is_empty() {
                return all;
            }
            assert!(next > after, "a cursor that does not move on: {after}, then {next}");
            all.extend(events);
            after = next;
        }
    }

    /// Opens the stream of events. What is delivered after this returns is seen.
    pub async fn stream(&self, query: &str, headers: &[(&str, &str)]) -> EventStream {
        let bearer = bearer();
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend_from_slice(headers);
        let path = format!("/api/v1/events/stream{query}");
        let request = request(Method::GET, &path, &all, Bytes::new());
        within("the stream to open", async {
            let mut connection = Connection::open(self.address()).await.expect("a host that listens");
            let response = connection.start(request).await.expect("the head of a stream");
            assert_eq!(response.status().as_u16(), 200);
            let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
            assert!(kind.starts_with("text/event-stream"), "a stream of type {kind}");
            EventStream::new(response.into_body(), connection)
        })
        .await
    }
}

fn bearer() -> String {
    format!("Bearer {}", ids::API_KEY)
}

/// The path that Linktor's core uses for a channel's webhooks.
fn webhook_path(channel: &str) -> String {
    format!("/api/v1/webhooks/facebook/{channel}")
}
