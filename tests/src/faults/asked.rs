//! The messages in a request to the Graph API: one, or those of a batch.
//!
//! Source of the batch's form: <https://developers.facebook.com/docs/graph-api/batch-requests>

use std::collections::HashMap;

use serde_json::Value;

use crate::GraphRequest;

/// One message that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) person: String,
    pub(super) text: String,
    pub(super) metadata: Option<String>,
    /// Its name in a batch.
    pub(super) name: Option<String>,
    /// The call of a batch without which it is not made.
    pub(super) after: Option<String>,
}

/// What was asked.
pub(super) enum Request {
    Message(Asked),
    Batch(Vec<Asked>),
    /// What was said last to and by this person.
    Conversation(String),
    /// Anything else.
    Other,
}

pub(super) fn read(request: &GraphRequest) -> Request {
    if request.is_message() {
        return Request::Message(Asked::of(&request.body, &Value::Null));
    }
    if request.path.ends_with("/conversations") {
        let of_user = form_urlencoded::parse(request.query.as_bytes()).find(|(name, _)| name == "user_id");
        return Request::Conversation(of_user.map(|(_, person)| person.into_owned()).unwrap_or_default());
    }
    match request.body["batch"].as_array() {
        Some(calls) if calls.iter().any(is_message) => Request::Batch(calls.iter().map(in_batch).collect()),
        _ => Request::Other,
    }
}

fn is_message(call: &Value) -> bool {
    let path = call["relative_url"].as_str().unwrap_or_default();
    path.split('?').next().is_some_and(|path| path.ends_with("/messages"))
}

/// A call's body is a form whose values are JSON, or plain.
fn in_batch(call: &Value) -> Asked {
    let form = call["body"].as_str().unwrap_or_default();
    let fields: HashMap<_, _> = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let json = |name: &str| fields.get(name).and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    let body = serde_json::json!({"recipient": json("recipient"), "message": json("message")});
    Asked::of(&body, call)
}

impl Asked {
    fn of(body: &Value, call: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Self {
            person: text(&body["recipient"]["id"]).unwrap_or_default(),
            text: text(&body["message"]["text"]).unwrap_or_default(),
            metadata: text(&body["message"]["metadata"]),
            name: text(&call["name"]),
            after: text(&call["depends_on"]),
        }
    }
}
