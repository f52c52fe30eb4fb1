//! The bodies Meta posts, and how they are signed.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks>.

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::Sha256;

/// One webhook on its way to a Page's address.
#[derive(Clone, Debug)]
pub(super) struct Webhook {
    /// The subscription field that it comes under.
    pub(super) field: &'static str,
    /// How often everything held back had been let go when this was queued.
    pub(super) flushes: u64,
    /// The entry as it is written into a body.
    entry: String,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<i64>,
    #[serde(flatten)]
    content: Content<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Content<'a> {
    Messaging([&'a Value; 1]),
    Standby([&'a Value; 1]),
    Changes([Value; 1]),
    #[serde(untagged)]
    Bare(&'a Value),
}

impl Webhook {
    /// One element of `messaging` in its entry; Messenger puts exactly one into an entry.
    pub(super) fn new(field: &'static str, page_id: &str, time_ms: i64, messaging: &Value) -> Self {
        Self::write(field, page_id, Some(time_ms), Content::Messaging([messaging]))
    }

    /// The same for an app that does not control the thread.
    pub(super) fn standby(page_id: &str, time_ms: i64, messaging: &Value) -> Self {
        Self::write("standby", page_id, Some(time_ms), Content::Standby([messaging]))
    }

    /// Something about the Page itself.
    pub(super) fn change(field: &'static str, page_id: &str, time_ms: i64, value: &Value) -> Self {
        let change = json!({"field": field, "value": value});
        Self::write(field, page_id, Some(time_ms), Content::Changes([change]))
    }

    /// An event whose members stand on the entry itself.
    pub(super) fn on_entry(field: &'static str, page_id: &str, event: &Value) -> Self {
        Self::write(field, page_id, None, Content::Bare(event))
    }

    fn write(field: &'static str, id: &str, time: Option<i64>, content: Content<'_>) -> Self {
        // Strings, numbers and `Value`s only: nothing that JSON cannot hold, so the error arm is never taken.
        let text = serde_json::to_string(&Entry { id, time, content }).unwrap_or_default();
        Self { field, flushes: 0, entry: escape(&text) }
    }
}

/// The bytes that carry these webhooks, an entry each.
pub(super) fn body(webhooks: &[Webhook]) -> Bytes {
    let entries: Vec<&str> = webhooks.iter().map(|webhook| webhook.entry.as_str()).collect();
    format!(r#"{{"object":"page","entry":[{}]}}"#, entries.join(",")).into()
}

/// `{sender, recipient, timestamp, <key>: <value>}`.
pub(super) fn messaging(sender: &str, recipient: &str, at_ms: i64, key: &str, value: Value) -> Value {
    let mut element = json!({"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": at_ms});
    element[key] = value;
    element
}

/// JSON as Meta writes it: ASCII only, `\u` escapes in lower-case hex, `/` as `\/`.
/// A body re-encoded by a careless host no longer matches its signature, which is what this must bring to light.
pub(super) fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len() + json.len() / 8);
    for char in json.chars() {
        match char {
            // A slash stands inside strings only, and never right after a backslash that escapes it.
            '/' => escaped.push_str("\\/"),
            ' '..='~' => escaped.push(char),
            _ => {
                let mut units = [0; 2];
                for unit in char.encode_utf16(&mut units) {
                    escaped.push_str("\\u");
                    escaped.push_str(&hex::encode(unit.to_be_bytes()));
                }
            }
        }
    }
    escaped
}

/// `sha256=<lower-case hex>` over the bytes as sent.
pub(super) fn signature(app_secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex::encode(mac(app_secret, body).finalize().into_bytes()))
}

/// Whether `proof` is the `appsecret_proof` for this token, in constant time.
/// Source: <https://developers.facebook.com/docs/graph-api/guides/secure-requests>.
pub(super) fn is_appsecret_proof(app_secret: &str, token: &str, proof: &str) -> bool {
    let expected = hex::encode(mac(app_secret, token.as_bytes()).finalize().into_bytes());
    subtle::ConstantTimeEq::ct_eq(expected.as_bytes(), proof.as_bytes()).into()
}

fn mac(key: &str, message: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length, so this cannot fail")]
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.chain_update(message)
}

/// An app id as Meta writes it in JSON.
pub(super) fn app_number(app_id: &str) -> Value {
    app_id.parse::<u64>().map_or_else(|_| app_id.into(), Value::from)
}
