use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

/// A consumer of the host's API, as any program could be one: it follows the event stream and posts messages.
#[derive(Clone, Debug)]
pub(super) struct Consumer {
    http: reqwest::Client,
    host: String,
    key: String,
}

impl Consumer {
    pub(super) fn new(host: &str, key: &str) -> Self {
        // Never through a proxy: the host is in this process.
        let http = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
        Self { http, host: host.to_owned(), key: key.to_owned() }
    }

    /// Posts a message. A refusal is the API's own JSON.
    pub(super) async fn send(&self, message: &Value) -> Result<Value, String> {
        self.call(Method::POST, "/api/v1/messages", message).await
    }

    /// Performs one of a channel's operations.
    pub(super) async fn perform(&self, channel: &str, operation: &str, input: &Value) -> Result<Value, String> {
        self.call(Method::POST, &format!("/api/v1/channels/{channel}/operations/{operation}"), input).await
    }

    /// Sets what a person sees before they write.
    pub(super) async fn set_profile(&self, channel: &str, profile: &Value) -> Result<Value, String> {
        self.call(Method::PUT, &format!("/api/v1/channels/{channel}/profile"), profile).await
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> Result<Value, String> {
        let request = self.http.request(method, format!("{}{path}", self.host)).bearer_auth(&self.key).json(body);
        let response = request.send().await.map_err(|error| error.without_url().to_string())?;
        let status = response.status();
        let answer: Value = response.json().await.map_err(|error| error.without_url().to_string())?;
        if status == StatusCode::OK { Ok(answer) } else { Err(answer.to_string()) }
    }

    /// Follows the events after a place.
    pub(super) async fn follow(&self, after: u64) -> Option<Events> {
        let request = self.http.get(format!("{}/api/v1/events/stream", self.host)).bearer_auth(&self.key);
        let response = request.header("last-event-id", after).send().await.ok()?;
        let response = response.error_for_status().ok()?;
        Some(Events { response, unread: String::new() })
    }
}

/// A stream of server-sent events.
#[derive(Debug)]
pub(super) struct Events {
    response: Response,
    unread: String,
}

impl Events {
    /// The next event's JSON. `None` when the stream has ended.
    pub(super) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.unread.find("\n\n") {
                let event: String = self.unread.drain(..end + 2).collect();
                let data: String =
                    event.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim_start).collect();
                match serde_json::from_str(&data) {
                    Ok(json) => return Some(json),
                    // A comment that keeps the connection alive.
                    Err(_) => continue,
                }
            }
            let chunk = self.response.chunk().await.ok()??;
            // The host's JSON is written without line breaks and the demo's texts are short; a character that two chunks share
            // would be replaced, and none is.
            self.unread.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}
