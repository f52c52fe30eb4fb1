//! What the conformance suite measures the adapter with.
//!
//! The samples stand beside this file, one a line, as JSON: events with what becomes of them, messages with their calls, messages
//! that are refused, messages for each limit, and Meta's errors.

mod measured;
mod meta_error;
mod profile;
mod running;
mod window;

use channel_api::{ProviderRequest, Timestamp, WebhookReply};
use channel_conformance::{
    BadConfig, ConnectionSamples, DownloadSamples, Failing, Fixture, Handshake, Inbound, LoginSamples, Measured,
    OperationSample, Outbound, Person, ProfileSamples, Refused, RefusedInput, Reply, UploadSamples, WEBHOOK,
    WindowSamples, register_fixture,
};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::FacebookFactory;
use crate::webhook_field::DEFAULT_FIELDS;
use meta_error::MetaError;

const PAGE: &str = "1098765432100001";
const APP: &str = "2233445566778899";
const PERSON: &str = "7411002233445566";
const PAGE_ACCESS_TOKEN: &str = "EAAGconformance7f3a91c2d8e4b605";
const APP_SECRET: &str = "conformance4d1f8a2b6c9e7053";
const PREVIOUS_APP_SECRET: &str = "conformance0b7e5d3c1a9f8264";
const VERIFY_TOKEN: &str = "conformance-verify-62c8e0f4a7";

/// The samples of a file beside this one, or none if it cannot be read: then the suite misses them.
fn samples<T: DeserializeOwned>(json: &str) -> Vec<T> {
    serde_json::from_str(json).unwrap_or_default()
}

#[derive(Debug)]
struct FacebookFixture;

register_fixture!(FacebookFactory, FacebookFixture);

impl Fixture for FacebookFixture {
    fn config(&self, upstream: &str) -> Value {
        json!({
            "name": "Facebook Support",
            "page_id": PAGE,
            "page_access_token": PAGE_ACCESS_TOKEN,
            "app_secret": APP_SECRET,
            "previous_app_secret": PREVIOUS_APP_SECRET,
            "verify_token": VERIFY_TOKEN,
            "app_id": APP,
            "graph_api_url": upstream
        })
    }

    fn secrets(&self) -> Vec<&'static str> {
        vec![PAGE_ACCESS_TOKEN, APP_SECRET, PREVIOUS_APP_SECRET, VERIFY_TOKEN]
    }

    fn good_configs(&self) -> Vec<Value> {
        let mut least = self.config("");
        for name in ["name", "previous_app_secret", "app_id", "graph_api_url"] {
            least[name] = json!("");
        }
        let mut most = self.config("https://graph.example.org");
        for (name, value) in [("keep_raw", json!(true)), ("retired_tags", json!("refuse"))] {
            most[name] = value;
        }
        vec![least, most]
    }

    fn bad_configs(&self) -> Vec<BadConfig> {
        let mut several = self.config("http://graph.example.org");
        for (name, value) in [("page_id", "my.page"), ("verify_token", ""), ("graph_api_version", "26")] {
            several[name] = json!(value);
        }
        vec![
            BadConfig::new(json!({}), ["/page_id", "/page_access_token", "/app_secret", "/verify_token"]),
            BadConfig::new(several, ["/page_id", "/verify_token", "/graph_api_version", "/graph_api_url"]),
        ]
    }

    fn webhook_secret(&self) -> &'static str {
        APP_SECRET
    }

    fn previous_webhook_secret(&self) -> Option<&'static str> {
        Some(PREVIOUS_APP_SECRET)
    }

    fn sign(&self, secret: &str, body: &[u8]) -> HeaderMap {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return HeaderMap::new() };
        mac.update(body);
        let digest = mac.finalize().into_bytes();
        let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digits: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(&format!("sha256={digits}")) {
            headers.insert("x-hub-signature-256", value);
        }
        headers
    }

    fn handshake(&self) -> Option<Handshake> {
        let challenge = "0115820144 <&>";
        let query = [("hub.mode", "subscribe"), ("hub.challenge", challenge), ("hub.verify_token", VERIFY_TOKEN)];
        Some(Handshake::new(query, ["hub.mode", "hub.verify_token"], challenge))
    }

    fn body(&self, items: &[Value]) -> Vec<u8> {
        // Each run of items of one list is an entry, so that their order is the body's.
        let mut entries: Vec<(&str, Vec<&Value>)> = Vec::new();
        for item in items {
            let list = list_of(item);
            match entries.last_mut() {
                Some((run_of, run)) if *run_of == list => run.push(item),
                _ => entries.push((list, vec![item])),
            }
        }
        let one = |(list, items): (&str, Vec<&Value>)| json!({"id": PAGE, "time": 1_763_712_999_000_u64, list: items});
        let entries: Vec<Value> = entries.into_iter().map(one).collect();
        json!({"object": "page", "entry": entries}).to_string().into_bytes()
    }

    fn items<'a>(&self, body: &'a Value) -> Option<Vec<&'a Value>> {
        let entries = body.get("entry")?.as_array()?;
        let lists = ["messaging", "standby", "changes", "calls"];
        let of_entry = |entry: &'a Value| lists.into_iter().filter_map(|list| entry.get(list)?.as_array()).flatten();
        Some(entries.iter().flat_map(of_entry).collect())
    }

    fn inbound(&self) -> Vec<Inbound> {
        #[derive(Deserialize)]
        struct Sample {
            name: String,
            item: Value,
            events: Vec<Value>,
        }
        let samples = samples::<Sample>(include_str!("fixture/inbound.json"));
        samples.into_iter().map(|Sample { name, item, events }| Inbound::new(name, item).with_events(events)).collect()
    }

    fn unheard_of(&self) -> Value {
        json!({
            "sender": {"id": PERSON}, "recipient": {"id": PAGE}, "timestamp": 1_763_712_013_000_u64,
            "hologram": {"depth": {"cm": 3}, "words": "Grüße"}
        })
    }

    fn observed(&self) -> Option<Inbound> {
        let item = json!({
            "sender": {"id": PERSON}, "recipient": {"id": PAGE}, "timestamp": 1_763_712_008_999_u64,
            "message": {"mid": "m_standby-1", "text": "Hi"}
        });
        Some(Inbound::new("a message to another app", item).event("message.received", json!({"observed": true})))
    }

    fn happened_twice(&self) -> Option<[Vec<u8>; 2]> {
        let label = json!({"id": "33", "page_label_name": "vip"});
        let added =
            json!({"field": "inbox_labels", "value": {"user": {"id": PERSON}, "action": "add", "label": label}});
        let at = |time: u64| {
            let entry = json!({"id": PAGE, "time": time, "changes": [added]});
            json!({"object": "page", "entry": [entry]}).to_string().into_bytes()
        };
        // Taken off in between, which another delivery told.
        Some([at(1_763_712_015_000), at(1_763_712_019_000)])
    }

    fn reply(&self, _: &[u8]) -> WebhookReply {
        WebhookReply { content_type: Some("text/plain; charset=utf-8"), body: "EVENT_RECEIVED".into() }
    }

    fn echo(&self, call: &ProviderRequest) -> Option<Value> {
        let mut message = call.body.get("message")?.clone();
        for (name, value) in [("mid", json!("m_c-copy")), ("is_echo", json!(true)), ("app_id", json!(APP))] {
            message[name] = value;
        }
        let person = &call.body["recipient"];
        Some(
            json!({"sender": {"id": PAGE}, "recipient": person, "timestamp": 1_763_712_001_000_u64, "message": message}),
        )
    }

    fn malformed(&self) -> Vec<Vec<u8>> {
        [&b"{}"[..], b"[]", b"null", br#"{"object":"page"}"#].map(<[u8]>::to_vec).into()
    }

    fn messages(&self) -> Vec<Outbound> {
        #[derive(Deserialize)]
        struct Sample {
            name: String,
            message: Value,
            requests: Vec<Value>,
            thread: Option<Value>,
        }
        let samples = samples::<Sample>(include_str!("fixture/messages.json"));
        let sample = |Sample { name, message, requests, thread }: Sample| {
            let sample = Outbound::new(name, message, requests);
            thread.into_iter().fold(sample, Outbound::handing_over)
        };
        samples.into_iter().map(sample).collect()
    }

    fn refused(&self) -> Vec<Refused> {
        #[derive(Deserialize)]
        struct Sample {
            name: String,
            message: Value,
            pointers: Vec<String>,
        }
        let samples = samples::<Sample>(include_str!("fixture/refused.json"));
        samples.into_iter().map(|Sample { name, message, pointers }| Refused::new(name, message, pointers)).collect()
    }

    fn measured(&self) -> Vec<Measured> {
        #[derive(Deserialize)]
        struct Sample {
            limit: String,
            message: Value,
            pointer: String,
        }
        let sized = |Sample { limit, message, pointer }: Sample| match limit.as_str() {
            "template.image_grid.images.count" => {
                Measured::new(limit, message, pointer).made_by(|size| pictures(size, 0))
            }
            "template.image_grid.hero_images.count" => {
                Measured::new(limit, message, pointer).made_by(|size| pictures(2, size))
            }
            "template.customer_feedback.question.id.length" => {
                Measured::new(limit, message, pointer).made_by(|size| json!("q".repeat(size)))
            }
            _ => Measured::new(limit, message, pointer),
        };
        let messages = samples::<Sample>(include_str!("fixture/measured.json")).into_iter().map(sized);
        messages.chain(measured::beside_messages()).collect()
    }

    fn accepted(&self, message_id: &str) -> Reply {
        Reply::json(200, &json!({"recipient_id": PERSON, "message_id": message_id}))
    }

    fn failure(&self, message: &str) -> Reply {
        let error = json!({"message": message, "type": "OAuthException", "code": 100, "fbtrace_id": "AbCdEf"});
        Reply::json(400, &json!({ "error": error }))
    }

    fn failing(&self) -> Vec<Failing> {
        samples::<MetaError>(include_str!("fixture/failing.json")).into_iter().filter_map(MetaError::sample).collect()
    }

    fn person(&self) -> Option<Person> {
        let picture = "https://scontent.example/ana.jpg";
        let told = json!({"id": PERSON, "first_name": "Ana", "last_name": "Diaz", "profile_pic": picture});
        let profile = json!({"firstName": "Ana", "lastName": "Diaz", "profilePic": picture});
        Some(Person::new(PERSON, Reply::json(200, &told), profile))
    }

    fn profile(&self) -> Option<ProfileSamples> {
        Some(profile::samples())
    }

    fn connection(&self) -> Option<ConnectionSamples> {
        let expired = json!({"message": "Session has expired", "code": 190, "error_subcode": 463});
        let forbidden = json!({"message": "(#200) Requires pages_manage_metadata permission", "code": 200});
        let me = Reply::json(200, &json!({"id": PAGE, "name": "Acme"}));
        let granted = ["pages_messaging", "pages_manage_metadata", "pages_read_engagement"];
        let token = |scopes: &[&str]| {
            json!({"data": {
                "app_id": APP, "type": "PAGE", "is_valid": true, "expires_at": 0, "profile_id": PAGE, "scopes": scopes
            }})
        };
        // Both are asked with the app's token, in one call.
        let to = |url: &str, token: &Value| {
            let app = json!({"object": "page", "callback_url": url, "active": true, "fields": DEFAULT_FIELDS});
            let part = |body: &Value| json!({"code": 200, "body": body.to_string()});
            Reply::json(200, &json!([part(token), part(&json!({"data": [app]}))]))
        };
        let here = |token: &Value| to(WEBHOOK, token);
        let fields = |fields: &[&str]| Reply::json(200, &json!({"data": [{"id": APP, "subscribed_fields": fields}]}));
        let without: Vec<&str> =
            DEFAULT_FIELDS.iter().copied().filter(|field| *field != "messaging_postbacks").collect();
        let mut ends = token(&granted);
        ends["data"]["expires_at"] = json!(1_893_456_000);
        let ending = vec![me.clone(), here(&ends), fields(DEFAULT_FIELDS)];
        let some = token(&["pages_messaging", "pages_read_engagement"]);
        let lacking = vec![me.clone(), here(&some), fields(DEFAULT_FIELDS)];
        let fewer = vec![me.clone(), here(&token(&granted)), fields(&without)];
        let done = Reply::json(200, &json!({"success": true}));
        let no_postbacks =
            json!({"message": "(#100) Param subscribed_fields[1] must be one of {messages}", "code": 100});
        Some(ConnectionSamples {
            well: vec![me.clone(), here(&token(&granted)), fields(DEFAULT_FIELDS)],
            account_id: PAGE.to_owned(),
            troubled: vec![
                (vec![Reply::json(401, &json!({ "error": expired }))], "Session has expired".to_owned()),
                (vec![Reply::json(200, &json!({"id": "42", "name": "Other"}))], "42".to_owned()),
                (vec![me.clone(), here(&token(&["pages_messaging"]))], "pages_manage_metadata".to_owned()),
                (
                    vec![me.clone(), here(&token(&granted)), Reply::json(403, &json!({ "error": forbidden }))],
                    "pages_manage_metadata".to_owned(),
                ),
            ],
            subscribed: vec![fields(&["feed"]), done.clone()],
            refusing: Some((
                vec![fields(&[]), Reply::json(400, &json!({ "error": no_postbacks })), done],
                "messaging_postbacks".to_owned(),
            )),
            elsewhere: Some(vec![me, to("https://other.example/webhook", &token(&granted)), fields(&without)]),
            told_address: false,
            expiring: Some((ending, Timestamp::from_millis(1_893_456_000_000)?)),
            lacking: Some((lacking, "pages_manage_metadata".to_owned())),
            unsubscribed: Some((fewer, "messaging_postbacks".to_owned())),
            not_needed: vec!["name", "previous_app_secret", "verify_token"],
        })
    }

    fn window(&self) -> Option<WindowSamples> {
        Some(window::samples())
    }

    fn batched(&self, body: &[u8], each: &mut dyn FnMut(&str) -> Reply) -> Option<Reply> {
        running::batched(body, each)
    }

    fn batches_by_person(&self) -> bool {
        true
    }

    fn operations(&self) -> Vec<OperationSample> {
        running::operations()
    }

    fn refused_inputs(&self) -> Vec<RefusedInput> {
        running::refused_inputs()
    }

    fn upload(&self) -> Option<UploadSamples> {
        Some(running::upload())
    }

    fn download(&self) -> Option<DownloadSamples> {
        Some(running::download())
    }

    fn login(&self) -> Option<LoginSamples> {
        Some(running::login())
    }
}

/// The list of an entry in which Meta puts it. One sample belongs to another app.
fn list_of(item: &Value) -> &'static str {
    let mid = item.pointer("/message/mid").and_then(Value::as_str).unwrap_or_default();
    if mid.starts_with("m_standby") {
        "standby"
    } else if item.get("field").is_some() {
        "changes"
    } else if item.get("event").is_some() {
        "calls"
    } else {
        "messaging"
    }
}

/// A grid's pictures, of which so many are shown large.
fn pictures(count: usize, large: usize) -> Value {
    let picture =
        |index: usize| json!({"url": format!("https://example.com/{index}.jpg"), "isHeroImage": index < large});
    (0..count).map(picture).collect()
}
