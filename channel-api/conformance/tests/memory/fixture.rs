//! What the reference adapter brings to be measured.

mod events;
mod messages;
mod received;
mod running;

use std::time::Duration;

use channel_api::profile::Profile;
use channel_api::{ErrorKind, ProviderRequest, Retry, Timestamp, WebhookReply};
use channel_conformance::{
    BadConfig, ConnectionSamples, DownloadSamples, Failing, Fixture, Handshake, Inbound, LoginSamples, Measured,
    OperationSample, Outbound, Person, ProfileSamples, Refused, RefusedInput, Reply, UploadSamples, WindowSamples,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use sha2::Sha256;

use super::webhook::SIGNATURE;

const TOKEN: &str = "tok-mem-4f1c9a77e2b05d38";
const SIGNING_SECRET: &str = "sig-mem-b83e6d10c9f2475a";
const PREVIOUS_SECRET: &str = "old-mem-71d0aa5c3e98f264";
const VERIFY_TOKEN: &str = "ver-mem-5e2f8c41d7ab9036";

#[derive(Debug)]
pub(crate) struct MemoryFixture;

fn error(status: u16, reported: Value) -> Reply {
    let mut body = json!({});
    body["error"] = reported;
    Reply::json(status, &body)
}

impl Fixture for MemoryFixture {
    fn config(&self, upstream: &str) -> Value {
        json!({
            "name": "Memory",
            "account": "a",
            "api_url": upstream,
            "token": TOKEN,
            "signing_secret": SIGNING_SECRET,
            "previous_signing_secret": PREVIOUS_SECRET,
            "verify_token": VERIFY_TOKEN
        })
    }

    fn secrets(&self) -> Vec<&'static str> {
        vec![TOKEN, SIGNING_SECRET, PREVIOUS_SECRET, VERIFY_TOKEN]
    }

    fn good_configs(&self) -> Vec<Value> {
        vec![json!({
            "api_url": "http://[::1]:8099", "token": TOKEN, "signing_secret": SIGNING_SECRET, "verify_token": VERIFY_TOKEN
        })]
    }

    fn bad_configs(&self) -> Vec<BadConfig> {
        let mut remote = self.config("http://memory.example");
        remote["token"] = json!("");
        vec![
            BadConfig::new(json!({}), ["/api_url", "/token", "/signing_secret", "/verify_token"]),
            BadConfig::new(remote, ["/api_url", "/token"]),
        ]
    }

    fn webhook_secret(&self) -> &'static str {
        SIGNING_SECRET
    }

    fn previous_webhook_secret(&self) -> Option<&'static str> {
        Some(PREVIOUS_SECRET)
    }

    fn sign(&self, secret: &str, body: &[u8]) -> HeaderMap {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return HeaderMap::new() };
        mac.update(body);
        let digest = mac.finalize().into_bytes();
        let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digits: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
        HeaderValue::from_str(&format!("sha256={digits}")).map(|value| (SIGNATURE, value)).into_iter().collect()
    }

    fn handshake(&self) -> Option<Handshake> {
        let query = [("mode", "subscribe"), ("token", VERIFY_TOKEN), ("challenge", "007 <&>")];
        Some(Handshake::new(query, ["mode", "token"], "007 <&>"))
    }

    fn body(&self, items: &[Value]) -> Vec<u8> {
        json!({ "account": "a", "events": items }).to_string().into_bytes()
    }

    fn items<'a>(&self, body: &'a Value) -> Option<Vec<&'a Value>> {
        Some(body["events"].as_array()?.iter().collect())
    }

    fn inbound(&self) -> Vec<Inbound> {
        events::inbound()
    }

    fn unheard_of(&self) -> Value {
        json!({"kind": "hologram", "id": "5", "from": "p_1", "depth": {"cm": 3}, "words": "Grüße"})
    }

    fn happened_twice(&self) -> Option<[Vec<u8>; 2]> {
        let tap = json!({"kind": "tap", "from": "p_1", "to": "a", "payload": "YES", "title": "Yes"});
        let at = |time: u64| json!({"account": "a", "time": time, "events": [tap]}).to_string().into_bytes();
        Some([at(1_767_225_600_000), at(1_767_225_601_000)])
    }

    fn observed(&self) -> Option<Inbound> {
        let item =
            json!({"kind": "message", "standby": true, "id": "6", "from": "p_1", "to": "a", "at": 1, "text": "Hi"});
        Some(Inbound::new("a message to another app", item).event("message.received", json!({"observed": true})))
    }

    fn echo(&self, call: &ProviderRequest) -> Option<Value> {
        let mut item = call.body.clone();
        for (name, value) in
            [("kind", json!("message")), ("echo", json!(true)), ("id", json!("7")), ("from", json!("a"))]
        {
            item[name] = value;
        }
        Some(item)
    }

    fn reply(&self, _: &[u8]) -> WebhookReply {
        WebhookReply { content_type: Some("text/plain"), body: "taken".into() }
    }

    fn malformed(&self) -> Vec<Vec<u8>> {
        vec![b"{}".to_vec(), b"[]".to_vec(), br#"{"events": {}}"#.to_vec()]
    }

    fn messages(&self) -> Vec<Outbound> {
        messages::good()
    }

    fn refused(&self) -> Vec<Refused> {
        messages::refused()
    }

    fn measured(&self) -> Vec<Measured> {
        messages::measured()
    }

    fn accepted(&self, message_id: &str) -> Reply {
        Reply::json(200, &json!({ "id": message_id }))
    }

    fn failure(&self, message: &str) -> Reply {
        error(400, json!({"code": 1, "message": message, "trace": "t"}))
    }

    fn failing(&self) -> Vec<Failing> {
        let seconds = Some(Duration::from_secs(7));
        vec![
            Failing::new(
                "the token is old",
                error(401, json!({"code": 190, "subcode": 463, "message": "expired", "trace": "t1"})),
                ErrorKind::Credentials,
                Retry::Never,
                "memory.token",
            )
            .provider_code(190)
            .provider_subcode(463)
            .trace_id("t1"),
            Failing::new(
                "too fast",
                error(429, json!({"code": 4, "message": "slow down", "trace": "t2"})).header("retry-after", "7"),
                ErrorKind::RateLimited,
                Retry::Safe { after: seconds },
                "memory.rate_limited",
            )
            .provider_code(4)
            .trace_id("t2"),
            Failing::new(
                "a failure of its own",
                error(500, json!({"code": 2, "message": "oops"})),
                ErrorKind::ProviderFailed,
                Retry::IF_IDEMPOTENT,
                "memory.failed",
            )
            .provider_code(2),
            Failing::new(
                "not allowed",
                error(403, json!({"code": 10, "message": "no"})),
                ErrorKind::Permission,
                Retry::Never,
                "memory.permission",
            )
            .provider_code(10),
            Failing::new(
                "too late",
                error(400, json!({"code": 24, "message": "closed"})),
                ErrorKind::WindowClosed,
                Retry::Never,
                "memory.window",
            ),
            Failing::new(
                "gone",
                error(400, json!({"code": 551, "message": "gone"})),
                ErrorKind::RecipientUnavailable,
                Retry::Never,
                "memory.gone",
            ),
            Failing::new(
                "a failure that calls itself a success",
                error(200, json!({"code": 551, "message": "gone"})),
                ErrorKind::RecipientUnavailable,
                Retry::Never,
                "memory.gone",
            ),
        ]
    }

    fn person(&self) -> Option<Person> {
        let told = json!({"first_name": "Ana", "last_name": "Lima", "picture": "https://example.org/ana.jpg"});
        let profile = json!({"firstName": "Ana", "lastName": "Lima", "profilePic": "https://example.org/ana.jpg"});
        Some(Person::new("p_1", Reply::json(200, &told), profile))
    }

    fn profile(&self) -> Option<ProfileSamples> {
        let profile = |json: Value| Profile(json.as_object().cloned().unwrap_or_default());
        let current = profile(json!({"greeting": "Hi", "colour": "red"}));
        let desired = profile(json!({"greeting": "Welcome", "menu": ["a", "b"]}));
        let read = |profile: &Profile| vec![Reply::json(200, &Value::Object(profile.0.clone()))];
        let samples = ProfileSamples::new(current, desired, read, Reply::json(200, &json!({"ok": true})));
        Some(samples.with_warned(profile(json!({"greeting": "Welcome", "jingle": "a.mid"}))))
    }

    fn connection(&self) -> Option<ConnectionSamples> {
        let account = |more: Value| {
            let mut account = json!({"id": "a", "name": "Memory", "granted": ["read"], "delivered": ["message"]});
            for (name, value) in more.as_object().into_iter().flatten() {
                account[name.as_str()] = value.clone();
            }
            vec![Reply::json(200, &account)]
        };
        let missing = account(json!({"missing": ["send_messages"]}));
        let ends = Timestamp::from_millis(1_767_225_600_000)?;
        Some(ConnectionSamples {
            well: account(json!({})),
            account_id: "a".to_owned(),
            troubled: vec![(missing.clone(), "send_messages".to_owned())],
            subscribed: vec![Reply::json(200, &json!({"ok": true}))],
            expiring: Some((account(json!({"expires_at": 1_767_225_600_000_i64})), ends)),
            lacking: Some((missing, "send_messages".to_owned())),
            unsubscribed: Some((account(json!({"undelivered": ["handover"]})), "handover".to_owned())),
            refusing: Some((vec![Reply::json(200, &json!({"refused": ["reaction"]}))], "reaction".to_owned())),
            elsewhere: Some(account(json!({"undelivered": ["handover"], "url": "https://other.example/webhook"}))),
            told_address: true,
            not_needed: vec!["signing_secret", "verify_token"],
        })
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
        running::refused()
    }

    fn upload(&self) -> Option<UploadSamples> {
        Some(running::upload())
    }

    fn download(&self) -> Option<DownloadSamples> {
        Some(received::download())
    }

    fn window(&self) -> Option<WindowSamples> {
        Some(received::window())
    }

    fn login(&self) -> Option<LoginSamples> {
        Some(running::login())
    }
}
