//! Webhook bodies, as Meta's documentation shows them
//! (<https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks>).
//!
//! The functions named after an event make one element of `messaging[]`; [`body`] and [`entries`] put elements into envelopes.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use crate::ids::{NOW_MS, PAGE, PERSON};

/// One element of `messaging[]` from [`PERSON`] to [`PAGE`]: `key` is what kind of event it is.
#[must_use]
pub fn event(key: &str, value: impl Into<Value>) -> Value {
    between(PERSON, PAGE, key, value)
}

/// One element of `messaging[]` from and to whom it says.
#[must_use]
pub fn between(sender: &str, recipient: &str, key: &str, value: impl Into<Value>) -> Value {
    let mut event = Map::new();
    event.insert("sender".to_owned(), json!({"id": sender}));
    event.insert("recipient".to_owned(), json!({"id": recipient}));
    event.insert("timestamp".to_owned(), NOW_MS.into());
    event.insert(key.to_owned(), value.into());
    event.into()
}

/// The same event at another time, in milliseconds since the epoch.
#[must_use]
pub fn at(mut event: Value, timestamp: impl Into<Value>) -> Value {
    event["timestamp"] = timestamp.into();
    event
}

/// A time for [`at`]: so many milliseconds before this moment.
#[must_use]
pub fn ago(millis: u64) -> u64 {
    let since_the_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_the_epoch.as_millis()).unwrap_or_default() - millis
}

/// The same event without one of its members.
#[must_use]
pub fn without(mut event: Value, key: &str) -> Value {
    if let Some(members) = event.as_object_mut() {
        members.remove(key);
    }
    event
}

/// A person writes.
#[must_use]
pub fn text(mid: &str, text: &str) -> Value {
    event("message", json!({"mid": mid, "text": text}))
}

/// A person taps a quick reply: a message with its title as the text.
#[must_use]
pub fn quick_reply(mid: &str, title: &str, payload: &str) -> Value {
    event("message", json!({"mid": mid, "text": title, "quick_reply": {"payload": payload}}))
}

/// A person taps a button.
#[must_use]
pub fn postback(mid: &str, title: &str, payload: &str) -> Value {
    event("postback", json!({"mid": mid, "title": title, "payload": payload}))
}

/// A person sends one file of this type: `image`, `video`, `audio` or `file`.
#[must_use]
pub fn attachment(mid: &str, kind: &str, url: &str) -> Value {
    event("message", json!({"mid": mid, "attachments": [{"type": kind, "payload": {"url": url}}]}))
}

/// The Page's own message, coming back.
#[must_use]
pub fn echo(mid: &str, text: &str) -> Value {
    let message = json!({"is_echo": true, "app_id": 2_233_445_566_778_899_u64, "mid": mid, "text": text});
    between(PAGE, PERSON, "message", message)
}

/// Messages have reached the person.
#[must_use]
pub fn delivery(mids: &[&str], watermark: u64) -> Value {
    event("delivery", json!({"mids": mids, "watermark": watermark}))
}

/// The person has read what was sent before this time.
#[must_use]
pub fn read(watermark: u64) -> Value {
    event("read", json!({"watermark": watermark}))
}

/// A body with these events in one entry of [`PAGE`].
#[must_use]
pub fn body(events: impl IntoIterator<Item = Value>) -> Vec<u8> {
    entries([entry(PAGE, events)])
}

/// One entry of a Page.
#[must_use]
pub fn entry(page: &str, events: impl IntoIterator<Item = Value>) -> Value {
    json!({"id": page, "time": NOW_MS, "messaging": events.into_iter().collect::<Vec<_>>()})
}

/// A body with these entries.
#[must_use]
pub fn entries(entries: impl IntoIterator<Item = Value>) -> Vec<u8> {
    escaped(&json!({"object": "page", "entry": entries.into_iter().collect::<Vec<_>>()}))
}

/// `count` text messages in one entry, with the mids `m_0`, `m_1` and so on after the prefix.
#[must_use]
pub fn batch(prefix: &str, count: usize) -> Vec<u8> {
    body((0..count).map(|n| text(&format!("{prefix}{n}"), &format!("message number {n}"))))
}

/// JSON with everything outside ASCII as `\u` escapes, which is how Meta writes and signs it.
#[must_use]
pub fn escaped(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    for character in value.to_string().chars() {
        if character.is_ascii() {
            out.push(character as u8);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_escaped_as_meta_escapes_them() {
        assert_eq!(escaped(&json!("ä 😀")), br#""\u00e4 \ud83d\ude00""#);
        assert_eq!(serde_json::from_slice::<Value>(&escaped(&json!("ä 😀"))).unwrap(), "ä 😀");
    }

    #[test]
    fn a_batch_has_as_many_events_as_it_says() {
        let body: Value = serde_json::from_slice(&batch("m_", 3)).unwrap();
        assert_eq!(body["entry"][0]["messaging"].as_array().unwrap().len(), 3);
        assert_eq!(body["entry"][0]["messaging"][2]["message"]["mid"], "m_2");
    }
}
