//! Deliveries into events.

use channel_api::event::{Metadata, Origin, Raw, UnknownReason, name};
use channel_api::message::{Body, Media};
use channel_api::{
    ChannelId, Content, Direction, Error, ErrorKind, Event, EventBody, Identity, Received, Result, ThreadOwner,
    Timestamp, Token,
};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

pub(super) const CHANNEL_TYPE: &str = "memory";

#[derive(Deserialize)]
struct Delivered<'a> {
    /// When the provider put it together.
    time: Option<i64>,
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

/// An event of the provider. What a kind needs is checked where it is used.
#[derive(Deserialize)]
struct Item {
    kind: String,
    id: Option<String>,
    from: Option<String>,
    to: Option<String>,
    at: Option<i64>,
    text: Option<String>,
    image: Option<String>,
    /// The picture's id.
    file: Option<String>,
    payload: Option<String>,
    title: Option<String>,
    ids: Option<Vec<String>>,
    /// What the host wrote into the message that this is the copy of.
    note: Option<String>,
    /// Who answers from now on: a desk, or `none`.
    desk: Option<String>,
    #[serde(default)]
    echo: bool,
    #[serde(default)]
    standby: bool,
}

pub(super) fn normalize(channel: &ChannelId, body: &[u8]) -> Result<Vec<Received>> {
    let delivered: Delivered<'_> = serde_json::from_slice(body).map_err(|error| {
        Error::new(ErrorKind::MalformedWebhook, "memory.no_webhook", "the body is no delivery: it has no list `events`")
            .with_operation("normalize")
            .with_context("line", error.line().to_string())
            .with_hint("look at what stands between the provider and this host")
    })?;
    let time = delivered.time.and_then(Timestamp::from_millis);
    Ok(delivered.events.into_iter().map(|raw| event(channel, raw, time)).collect())
}

fn event(channel: &ChannelId, raw: &RawValue, time: Option<Timestamp>) -> Received {
    let json: Option<Value> = serde_json::from_str(raw.get()).ok();
    // A second tap on a button is another event, so what has no id is known by all that it says; what has no time either, by that
    // of its delivery.
    let known_by = || {
        let fingerprint = json.as_ref().map_or_else(|| hash(raw.get()), |json| hash(&canonical(json)));
        let timed = json.as_ref().is_some_and(|json| json.get("at").is_some());
        Identity::Derived { fingerprint, subject: None, entry_time: time.filter(|_| !timed) }
    };
    let unknown = |reason, detail: &str| {
        let body = EventBody::Unknown {
            reason,
            detail: Some(detail.to_owned()),
            origin: Origin::default(),
            raw: Some(Raw::new(raw)),
        };
        Received::new(known_by(), Event::new("memory.unknown", channel.clone(), CHANNEL_TYPE, body))
    };
    let item: Item = match json.as_ref().map(Item::deserialize) {
        Some(Ok(item)) => item,
        _ => return unknown(UnknownReason::UnexpectedShape, "a member does not have the type that it should"),
    };
    let (name, body) = match read(&item) {
        Some((name, Some(body))) => (name, body),
        Some(_) => return unknown(UnknownReason::UnexpectedShape, "something that this kind needs is missing"),
        None => return unknown(UnknownReason::UnknownKind, "a kind that this version does not know"),
    };
    let identity = item.id.map_or_else(known_by, |id| Identity::Own(format!("{}-{id}", item.kind)));
    let mut event = Event::new(name, channel.clone(), CHANNEL_TYPE, body);
    event.direction = match name {
        name::MESSAGE_RECEIVED => Some(Direction::Inbound),
        name::MESSAGE_ECHO => Some(Direction::Outbound),
        _ => None,
    };
    for (name, missing) in [("from", item.from.is_none()), ("to", item.to.is_none()), ("at", item.at.is_none())] {
        if missing {
            event.missing.push(name.into());
        }
    }
    (event.from, event.to) = (item.from, item.to);
    event.timestamp = item.at.and_then(Timestamp::from_millis);
    event.observed = item.standby;
    event.owner = item.desk.map(|desk| if desk == "none" { ThreadOwner::Nobody } else { ThreadOwner::App(desk) });
    let token = item.note.as_deref().filter(|_| item.echo).and_then(Token::parse);
    Received::new(identity, event).with_correlation(token)
}

/// The account that a body speaks of.
pub(super) fn accounts(body: &[u8]) -> Vec<String> {
    #[derive(Deserialize)]
    struct Whose {
        account: Option<String>,
    }
    serde_json::from_slice::<Whose>(body).ok().and_then(|whose| whose.account).into_iter().collect()
}

/// What happened: `None` for an unknown kind, and a name without a body where something is missing.
fn read(item: &Item) -> Option<(&'static str, Option<EventBody>)> {
    let until = || item.at.and_then(Timestamp::from_millis);
    let text = || item.text.clone();
    Some(match item.kind.as_str() {
        "message" => {
            let image = item.image.clone().map(|url| Body::Image(Media { id: item.file.clone(), ..Media::url(url) }));
            let content = match (text(), image) {
                (Some(text), Some(image)) => {
                    let body = Body::Text(text);
                    Some(Content::new(body).with_attachments(vec![image]))
                }
                (Some(text), None) => Some(Content::text(text)),
                (None, Some(image)) => Some(Content::new(image)),
                (None, None) => None,
            };
            let name = if item.echo { name::MESSAGE_ECHO } else { name::MESSAGE_RECEIVED };
            (name, content.map(|content| EventBody::Message { content }))
        }
        "delivered" => {
            let body = |message_ids| EventBody::Delivered { message_ids, watermark: until() };
            (name::MESSAGE_DELIVERED, item.ids.clone().map(body))
        }
        "read" => {
            let body = EventBody::Read { message_ids: item.ids.clone().unwrap_or_default(), watermark: until() };
            (name::MESSAGE_READ, item.at.map(|_| body))
        }
        "tap" => {
            let (payload, title) = (item.payload.clone(), item.title.clone());
            let body = payload.is_some().then_some(EventBody::Postback { payload, title });
            ("memory.postback", body)
        }
        "choice" => {
            let body = |payload| EventBody::QuickReply { payload, text: text(), answers: None, content: None };
            ("memory.quick_reply", item.payload.clone().map(body))
        }
        "handover" => {
            let fields = |_: &String| EventBody::Fields(Metadata::default());
            ("memory.handover", item.desk.as_ref().map(fields))
        }
        _ => return None,
    })
}

/// The JSON with its keys sorted, so that their order does not count.
fn canonical(json: &Value) -> String {
    match json {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(key, value)| (key, canonical(value))).collect();
            members.sort();
            let members: Vec<_> =
                members.iter().map(|(key, value)| format!("{}:{value}", Value::String((*key).clone()))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(elements) => format!("[{}]", elements.iter().map(canonical).collect::<Vec<_>>().join(",")),
        scalar => scalar.to_string(),
    }
}

fn hash(text: &str) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    std::array::from_fn(|place| digest[place])
}
