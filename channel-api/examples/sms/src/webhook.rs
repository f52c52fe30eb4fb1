use channel_api::event::{Raw, UnknownReason, name};
use channel_api::{
    ChannelId, Content, Direction, Error, ErrorKind, Event, EventBody, Identity, Received, Result, Timestamp,
};
use channel_http::WebhookHeader;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// Who sent it: the HMAC-SHA256 of the body's bytes in lower-case hexadecimal.
pub(crate) static SIGNATURE: WebhookHeader = WebhookHeader {
    provider: "Acme",
    name: "X-Sms-Signature",
    scheme: "",
    secret: "signing key",
    find: "copy the signing key from the console: Settings, Webhooks",
    compare: "compare the signing key with the one in the console",
};

#[derive(Deserialize)]
struct Delivery<'a> {
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Item {
    kind: String,
    id: String,
    from: Option<String>,
    to: Option<String>,
    time: Option<i64>,
    text: Option<String>,
}

/// What happened. Each event is read on its own, so that one which cannot be read costs no other.
pub(crate) fn normalize(channel: &ChannelId, body: &[u8]) -> Result<Vec<Received>> {
    let delivery: Delivery<'_> = serde_json::from_slice(body).map_err(|_| {
        Error::new(ErrorKind::MalformedWebhook, "sms.no_webhook", "the body is no delivery: it has no list `events`")
    })?;
    Ok(delivery.events.into_iter().map(|raw| event(channel, raw)).collect())
}

fn event(channel: &ChannelId, raw: &RawValue) -> Received {
    let json: Option<Value> = serde_json::from_str(raw.get()).ok();
    let unknown = |reason| {
        // serde_json sorts keys, so their order makes no other identity.
        let text = json.as_ref().map_or_else(|| raw.get().to_owned(), Value::to_string);
        let identity = Identity::of_content(&text);
        let body = EventBody::unknown(reason, Raw::new(raw));
        Received::new(identity, Event::new("sms.unknown", channel.clone(), "sms", body))
    };
    let Some(Ok(item)) = json.as_ref().map(Item::deserialize) else {
        return unknown(UnknownReason::UnexpectedShape);
    };
    let (name, body) = match (item.kind.as_str(), item.text) {
        ("received", Some(text)) => (name::MESSAGE_RECEIVED, EventBody::Message { content: Content::text(text) }),
        ("delivered", _) => {
            (name::MESSAGE_DELIVERED, EventBody::Delivered { message_ids: vec![item.id.clone()], watermark: None })
        }
        ("received", None) => return unknown(UnknownReason::UnexpectedShape),
        _ => return unknown(UnknownReason::UnknownKind),
    };
    let identity = Identity::Own(format!("{}-{}", item.kind, item.id));
    let mut event = Event::new(name, channel.clone(), "sms", body);
    event.direction = (name == name::MESSAGE_RECEIVED).then_some(Direction::Inbound);
    event.timestamp = item.time.and_then(Timestamp::from_millis);
    for (name, missing) in [("from", item.from.is_none()), ("to", item.to.is_none()), ("time", item.time.is_none())] {
        if missing {
            event.missing.push(name.into());
        }
    }
    (event.from, event.to) = (item.from, item.to);
    Received::new(identity, event)
}
