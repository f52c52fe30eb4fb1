//! What the app is told about a message that it or another app has sent.
//!
//! Source: `…/webhooks/webhook-events/message-echoes`.

use serde_json::{Map, Value, json};

use crate::entities::Page;
use crate::webhook::app_number;

/// The `message` of an echo; `app_id` is a number in real bodies.
pub(super) fn echo(page: &Page, mid: &str, message: &Map<String, Value>, reply_to: Option<Value>) -> Value {
    let mut echo = json!({"is_echo": true, "app_id": app_number(&page.app_id), "mid": mid});
    for key in ["text", "metadata"] {
        if let Some(value) = message.get(key).filter(|value| !value.is_null()) {
            echo[key] = value.clone();
        }
    }
    if let Some(reply_to) = reply_to {
        echo["reply_to"] = reply_to;
    }
    let several = message.get("attachments").and_then(Value::as_array).into_iter().flatten();
    let mut attachments: Vec<Value> = message.get("attachment").into_iter().chain(several).map(attachment).collect();
    if let Some(sticker) = message.get("sticker_id") {
        let url = format!("https://scontent.example/sticker/{}.png", sticker.to_string().trim_matches('"'));
        attachments.push(json!({"type": "sticker", "payload": {"url": url, "sticker_id": sticker}}));
    }
    if !attachments.is_empty() {
        echo["attachments"] = attachments.into();
    }
    echo
}

fn attachment(attachment: &Value) -> Value {
    let (kind, payload) = (&attachment["type"], &attachment["payload"]);
    if kind == "template" {
        return json!({"title": "", "url": "", "type": "template", "payload": as_numbers(payload)});
    }
    let id = payload["attachment_id"].as_str().unwrap_or("uploaded");
    let url =
        payload["url"].as_str().map_or_else(|| format!("https://scontent.example/attachment/{id}"), str::to_owned);
    json!({"type": kind, "payload": {"url": url}})
}

/// An `attachment_id` goes out as text and comes back as a number.
fn as_numbers(payload: &Value) -> Value {
    let mut payload = payload.clone();
    let elements = payload.get_mut("elements").and_then(Value::as_array_mut);
    for element in elements.into_iter().flatten() {
        if let Some(number) = element["attachment_id"].as_str().and_then(|id| id.parse::<u64>().ok()) {
            element["attachment_id"] = number.into();
        }
    }
    payload
}
