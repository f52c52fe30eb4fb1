use std::time::Duration;

use channel_api::{ErrorKind, Retry};
use channel_conformance::{BadConfig, Failing, Fixture, Inbound, Measured, Outbound, Refused, Reply};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::Sha256;

const SIGNATURE: HeaderName = HeaderName::from_static("x-sms-signature");

/// What the suite measures the adapter with.
#[derive(Debug)]
pub(crate) struct SmsFixture;

fn message(content: &Value) -> Value {
    json!({"channelId": "ch_sms", "to": "+15105551234", "content": content})
}

fn failure(status: u16, code: i64) -> Reply {
    Reply::json(status, &json!({"error": {"code": code, "message": "no", "trace": "t-1"}}))
}

impl Fixture for SmsFixture {
    fn config(&self, upstream: &str) -> Value {
        json!({
            "number": "+34600111222", "api_key": "key-5b1d7f03a9", "signing_key": "sign-c24e6a8810", "api_url": upstream
        })
    }

    fn secrets(&self) -> Vec<&'static str> {
        vec!["key-5b1d7f03a9", "sign-c24e6a8810"]
    }

    fn bad_configs(&self) -> Vec<BadConfig> {
        vec![
            BadConfig::new(json!({}), ["/number", "/api_key", "/signing_key"]),
            BadConfig::new(
                json!({"number": "600", "api_key": "k", "signing_key": "s", "api_url": "?"}),
                ["/number", "/api_url"],
            ),
        ]
    }

    fn webhook_secret(&self) -> &'static str {
        "sign-c24e6a8810"
    }

    fn sign(&self, secret: &str, body: &[u8]) -> HeaderMap {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return HeaderMap::new() };
        mac.update(body);
        let digest = hex::encode(mac.finalize().into_bytes());
        HeaderValue::from_str(&digest).map(|digest| (SIGNATURE, digest)).into_iter().collect()
    }

    fn body(&self, items: &[Value]) -> Vec<u8> {
        json!({ "events": items }).to_string().into_bytes()
    }

    fn inbound(&self) -> Vec<Inbound> {
        let received = json!({
            "kind": "received", "id": "s1", "from": "+15105551234", "to": "+34600111222",
            "time": 1_763_712_000_123_i64, "text": "Grüße"
        });
        let delivered =
            json!({"kind": "delivered", "id": "s2", "from": "+15105551234", "to": "+34600111222", "time": 1});
        vec![
            Inbound::new("a message", received).event(
                "message.received",
                json!({
                    "from": "+15105551234", "to": "+34600111222", "content": {"type": "text", "text": "Grüße"},
                    "timestamp": "2025-11-21T08:00:00.123Z"
                }),
            ),
            Inbound::new("a delivery", delivered).event("message.delivered", json!({"messageIds": ["s2"]})),
        ]
    }

    fn unheard_of(&self) -> Value {
        json!({"kind": "hologram", "id": "s3", "depth": 3})
    }

    fn messages(&self) -> Vec<Outbound> {
        let body = json!({"from": "+34600111222", "to": "+15105551234", "text": "Hello"});
        let call = json!({"method": "POST", "path": "/v1/sms", "body": body});
        vec![Outbound::new("a text", message(&json!({"type": "text", "text": "Hello"})), [call])]
    }

    fn refused(&self) -> Vec<Refused> {
        let picture = json!({"type": "image", "image": {"url": "https://example.org/a.jpg"}});
        let long = json!({"channelId": "ch_sms", "to": "", "content": {"type": "text", "text": "x".repeat(161)}});
        vec![
            Refused::new("a picture", message(&picture), ["/content/type"]),
            Refused::new("long, to nobody", long, ["/to", "/content/text"]),
        ]
    }

    fn measured(&self) -> Vec<Measured> {
        vec![Measured::new("text.length", message(&json!({"type": "text", "text": ""})), "/content/text")]
    }

    fn accepted(&self, message_id: &str) -> Reply {
        Reply::json(200, &json!({ "id": message_id }))
    }

    fn failure(&self, words: &str) -> Reply {
        Reply::json(400, &json!({"error": {"code": 1, "message": words}}))
    }

    fn failing(&self) -> Vec<Failing> {
        let wait = Retry::Safe { after: Some(Duration::from_secs(9)) };
        let busy = failure(429, 29).header("retry-after", "9");
        let gone = ErrorKind::RecipientUnavailable;
        vec![
            Failing::new("a wrong key", failure(401, 10), ErrorKind::Credentials, Retry::Never, "sms.key")
                .provider_code(10)
                .trace_id("t-1"),
            Failing::new("unsubscribed", failure(400, 21), gone, Retry::Never, "sms.unsubscribed").provider_code(21),
            Failing::new("too fast", busy, ErrorKind::RateLimited, wait, "sms.rate_limited").provider_code(29),
        ]
    }
}
