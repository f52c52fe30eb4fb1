use serde_json::{Value, json};

use super::stage::PERSON;

/// Somebody of the business, who answers in the Page's own inbox. To the host that is another app.
#[derive(Clone, Debug)]
pub(super) struct Colleague {
    http: reqwest::Client,
    simulator: String,
}

impl Colleague {
    pub(super) fn new(simulator: String) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
        Self { http, simulator }
    }

    /// Writes to the person.
    pub(super) async fn says(&self, text: &str) -> Result<(), String> {
        self.does("inbox", &json!({ "to": PERSON, "text": text })).await
    }

    /// Leaves the conversation to the host again.
    pub(super) async fn gives_back(&self) -> Result<(), String> {
        self.does("thread-control", &json!({ "to": PERSON, "action": "pass", "metadata": "done" })).await
    }

    async fn does(&self, what: &str, how: &Value) -> Result<(), String> {
        let response = self.http.post(format!("{}/_sim/{what}", self.simulator)).json(how).send().await;
        let response = response.map_err(|error| error.without_url().to_string())?;
        if response.status().is_success() { Ok(()) } else { Err(response.text().await.unwrap_or_default()) }
    }
}
