use std::time::Duration;

use channel_api::{ErrorKind, MediaRef, Retry, WebhookReply};
use channel_conformance::{
    BadConfig, ConnectionSamples, DownloadSamples, Failing, Fixture, Found, FoundSample, Inbound, Measured, Outbound,
    Refused, Reply, WEBHOOK, register_fixture,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use telegram_channel::TelegramFactory;

const SECRET: HeaderName = HeaderName::from_static("x-telegram-bot-api-secret-token");

/// What the suite measures the adapter with.
struct TelegramFixture;

register_fixture!(TelegramFactory, TelegramFixture);

fn message(content: &Value) -> Value {
    json!({"channelId": "ch_telegram", "to": "7411002", "content": content})
}

fn buttons(text: &str, payload: &str) -> Value {
    let buttons =
        [json!({"title": "Yes", "payload": payload}), json!({"type": "web_url", "title": "See", "url": "https://a.b"})];
    message(&json!({"type": "template", "template": {"type": "button", "text": text, "buttons": buttons}}))
}

fn ok(result: &Value) -> Reply {
    Reply::json(200, &json!({"ok": true, "result": result}))
}

fn refusal(code: u16, description: &str) -> Reply {
    Reply::json(code, &json!({"ok": false, "error_code": code, "description": description}))
}

/// A message of Ada's, with more in it.
fn written(more: Value) -> Value {
    let ada = json!({"id": 7_411_002, "type": "private", "first_name": "Ada"});
    let mut message = json!({"message_id": 41, "date": 1_763_712_000, "from": ada, "chat": ada});
    if let (Some(message), Value::Object(more)) = (message.as_object_mut(), more) {
        message.extend(more);
    }
    message
}

impl Fixture for TelegramFixture {
    fn config(&self, upstream: &str) -> Value {
        json!({"token": "900113:AAc4nary-t0ken", "secret_token": "c4nary-secret-token", "api_url": upstream})
    }

    fn secrets(&self) -> Vec<&'static str> {
        vec!["900113:AAc4nary-t0ken", "c4nary-secret-token"]
    }

    fn bad_configs(&self) -> Vec<BadConfig> {
        let bad = json!({"token": "1:a", "secret_token": "a b", "api_url": "?"});
        vec![BadConfig::new(json!({}), ["/token", "/secret_token"]), BadConfig::new(bad, ["/secret_token", "/api_url"])]
    }

    fn webhook_secret(&self) -> &'static str {
        "c4nary-secret-token"
    }

    fn sign(&self, secret: &str, _: &[u8]) -> HeaderMap {
        HeaderValue::from_str(secret).map(|secret| (SECRET, secret)).into_iter().collect()
    }

    fn body(&self, items: &[Value]) -> Vec<u8> {
        items.iter().flat_map(|item| item.to_string().into_bytes()).collect()
    }

    fn batches(&self) -> bool {
        false
    }

    fn inbound(&self) -> Vec<Inbound> {
        let photo = json!([{"file_id": "small"}, {"file_id": "large"}]);
        let image = json!({"type": "image", "image": {"id": "large"}});
        let tapped = json!({"id": "q1", "data": "YES", "message": written(json!({}))});
        let with =
            |name: &str, value: Value| json!({"from": "7411002", "to": "900113", "direction": "inbound", name: value});
        let of = |id: i64, more: Value, content: Value| {
            Inbound::new("a message", json!({"update_id": id, "message": written(more)}))
                .event("message.received", with("content", content))
        };
        vec![
            of(1, json!({"text": "Grüße"}), json!({"type": "text", "text": "Grüße"})),
            of(2, json!({ "photo": photo }), image.clone()),
            of(
                3,
                json!({"photo": photo, "caption": "Look"}),
                json!({"type": "text", "text": "Look", "attachments": [image]}),
            ),
            Inbound::new("a tap", json!({"update_id": 4, "callback_query": tapped}))
                .event("telegram.callback_query", with("payload", json!("YES"))),
        ]
    }

    fn unheard_of(&self) -> Value {
        json!({"update_id": 5, "hologram": {"depth": 3}})
    }

    fn reply(&self, body: &[u8]) -> WebhookReply {
        if !String::from_utf8_lossy(body).contains("callback_query") {
            return WebhookReply::default();
        }
        let answer = json!({"method": "answerCallbackQuery", "callback_query_id": "q1"});
        WebhookReply { content_type: Some("application/json"), body: answer.to_string().into() }
    }

    fn download(&self) -> Option<DownloadSamples> {
        let file = Reply::text(200, "conformance: a photo").header("content-type", "image/jpeg");
        let get_file =
            json!({"method": "POST", "path": "/bot900113:AAc4nary-t0ken/getFile", "body": {"file_id": "large"}});
        let get = json!({"method": "GET", "path": "/file/bot900113:AAc4nary-t0ken/photos/file_1.jpg"});
        let bytes = Found::Body { content_type: Some("image/jpeg".to_owned()) };
        let found = FoundSample::new(MediaRef::by_id("large"), bytes)
            .with_call(get_file, ok(&json!({"file_path": "photos/file_1.jpg"})))
            .with_call(get, file);
        let gone = Some((MediaRef::by_id("old"), vec![ok(&json!({"file_path": "a"})), refusal(404, "Not Found")]));
        Some(DownloadSamples { found: vec![found], gone })
    }

    fn messages(&self) -> Vec<Outbound> {
        let sent = |name: &str, message: Value, method: &str, body: Value| {
            Outbound::new(name, message, [json!({"method": "POST", "path": method, "body": body})])
        };
        let hello = message(&json!({"type": "text", "text": "Hello"}));
        let picture = message(&json!({"type": "image", "image": {"url": "https://a.b/c.jpg"}}));
        let rows = json!([[{"text": "Yes", "callback_data": "YES"}], [{"text": "See", "url": "https://a.b"}]]);
        let keyboard = json!({"chat_id": "7411002", "text": "Well?", "reply_markup": {"inline_keyboard": rows}});
        vec![
            sent("a text", hello, "/sendMessage", json!({"chat_id": "7411002", "text": "Hello"})),
            sent("a photo", picture, "/sendPhoto", json!({"chat_id": "7411002", "photo": "https://a.b/c.jpg"})),
            sent("buttons", buttons("Well?", "YES"), "/sendMessage", keyboard),
        ]
    }

    fn refused(&self) -> Vec<Refused> {
        let film = message(&json!({"type": "video", "video": {"url": "https://a.b/c.mp4"}}));
        let places = ["/content/template/text", "/content/template/buttons/0/payload"];
        let image = "/content/image";
        let twice = message(&json!({"type": "image", "image": {"url": "https://a.b/c.jpg", "attachmentId": "1"}}));
        let mut stray = buttons("Well?", "YES");
        stray["content"]["template"]["buttons"][0]["url"] = "https://a.b".into();
        stray["content"]["template"]["buttons"][1]["payload"] = "SEE".into();
        let strays = ["/content/template/buttons/0/url", "/content/template/buttons/1/payload"];
        let mut none = buttons("Well?", "YES");
        none["content"]["template"]["buttons"] = json!([]);
        let beside = message(&json!({"type": "image", "image": {"url": "https://a.b/c.jpg"}, "text": "Look"}));
        let caption = message(&json!({"type": "image", "image": {"url": "https://a.b/c.jpg", "caption": "Look"}}));
        vec![
            Refused::new("a film", film, ["/content/type"]),
            Refused::new("words beside a photo", beside, ["/content/text"]),
            Refused::new("a caption", caption, ["/content/image/caption"]),
            Refused::new("empty buttons", buttons("", ""), places),
            Refused::new("a photo by two names", twice, [image]),
            Refused::new("what the other type has", stray, strays),
            Refused::new("no buttons", none, ["/content/template/buttons"]),
        ]
    }

    fn measured(&self) -> Vec<Measured> {
        let text = message(&json!({"type": "text", "text": ""}));
        vec![
            Measured::new("text.length", text, "/content/text"),
            Measured::new("button.payload", buttons("Well?", ""), "/content/template/buttons/0/payload"),
        ]
    }

    fn accepted(&self, message_id: &str) -> Reply {
        ok(&json!({ "message_id": message_id.parse::<i64>().ok() }))
    }

    fn failure(&self, words: &str) -> Reply {
        refusal(400, words)
    }

    fn failing(&self) -> Vec<Failing> {
        let busy = json!({"ok": false, "error_code": 429, "description": "Too Many", "parameters": {"retry_after": 9}});
        let failing =
            |reply, kind, code: &str| Failing::new(code, reply, kind, Retry::Never, format!("telegram.{code}"));
        let wait = Retry::Safe { after: Some(Duration::from_secs(9)) };
        let gone = ErrorKind::RecipientUnavailable;
        vec![
            failing(refusal(401, "Unauthorized"), ErrorKind::Credentials, "token").provider_code(401),
            failing(refusal(403, "Forbidden: bot was blocked by the user"), gone, "blocked").provider_code(403),
            failing(refusal(400, "Bad Request: chat not found"), gone, "no_chat").provider_code(400),
            Failing::new("busy", Reply::json(429, &busy), ErrorKind::RateLimited, wait, "telegram.rate_limited"),
        ]
    }

    fn connection(&self) -> Option<ConnectionSamples> {
        let me = ok(&json!({"id": 900_113, "username": "acme_bot"}));
        let webhook = |url: &str, updates: &[&str]| ok(&json!({"url": url, "allowed_updates": updates}));
        let (both, one) = (["message", "callback_query"], ["message"]);
        let elsewhere = vec![me.clone(), webhook("https://c.d", &both)];
        Some(ConnectionSamples {
            well: vec![me.clone(), webhook(WEBHOOK, &both)],
            account_id: "900113".to_owned(),
            troubled: vec![(vec![refusal(401, "No")], "token".to_owned()), (elsewhere.clone(), "message".to_owned())],
            elsewhere: Some(elsewhere),
            subscribed: vec![ok(&json!(true))],
            told_address: true,
            unsubscribed: Some((vec![me, webhook(WEBHOOK, &one)], "callback_query".to_owned())),
            ..ConnectionSamples::default()
        })
    }
}
