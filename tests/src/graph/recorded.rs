//! What the host asked.

use hyper::Method;
use hyper::header::HeaderMap;
use serde_json::Value;

/// One request to the stand-in.
#[derive(Clone, Debug)]
pub struct GraphRequest {
    /// The method.
    pub method: Method,
    /// The path, which starts with the version.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null when it was empty or no JSON.
    pub body: Value,
}

impl GraphRequest {
    /// Whether a message was posted.
    #[must_use]
    pub fn is_message(&self) -> bool {
        self.method == Method::POST && self.path.ends_with("/messages")
    }

    /// How many calls it carries, where it is a batch.
    #[must_use]
    pub fn batch(&self) -> Option<usize> {
        let batch = &self.body["batch"];
        let items = match batch.as_str() {
            Some(text) => serde_json::from_str(text).ok()?,
            None => batch.clone(),
        };
        items.as_array().map(Vec::len)
    }

    /// Whom messages were sent to with it: ids of 16 digits.
    #[must_use]
    pub fn recipients(&self) -> Vec<String> {
        if self.is_message() {
            return self.body["recipient"]["id"].as_str().map(str::to_owned).into_iter().collect();
        }
        let text = if self.batch().is_some() { self.body["batch"].to_string() } else { String::new() };
        let ids = text.split("%22id%22%3A%22").skip(1);
        ids.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect()).collect()
    }

    /// Whether this person's profile was asked for.
    #[must_use]
    pub fn is_profile_of(&self, psid: &str) -> bool {
        self.method == Method::GET && self.path.ends_with(&format!("/{psid}"))
    }

    /// A header's value, or an empty string.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The script's name for what was asked.
    pub(super) fn endpoint(&self) -> &'static str {
        let asks_for_a_person = self.query.contains("first_name");
        match self.path.rsplit('/').next().unwrap_or_default() {
            "messages" => "messages",
            "subscribed_apps" => "subscribed_apps",
            "conversations" => "conversations",
            _ if asks_for_a_person => "profiles",
            _ => "page",
        }
    }
}
