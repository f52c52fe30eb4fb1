use channel_api::event::{Raw, UnknownReason, name};
use channel_api::message::{Body, Media};
use channel_api::{
    ChannelId, Content, Direction, Error, ErrorKind, Event, EventBody, Identity, Received, Result, Timestamp,
    WebhookReply,
};
use channel_http::WebhookHeader;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// Source: <https://core.telegram.org/bots/api#setwebhook>
pub(crate) static SECRET: WebhookHeader = WebhookHeader {
    provider: "Telegram",
    name: "X-Telegram-Bot-Api-Secret-Token",
    scheme: "",
    secret: "secret token",
    find: "choose a text of letters, digits, _ and -, and enter it as secret_token",
    compare: "repair the connection: it tells Telegram the secret token that is configured",
};

pub(crate) const CALLBACK: &str = "telegram.callback_query";
pub(crate) const UNKNOWN: &str = "telegram.unknown";

/// One update a delivery. Source: <https://core.telegram.org/bots/api#update>
pub(crate) fn normalize(channel: &ChannelId, bot: Option<&str>, body: &[u8]) -> Result<Vec<Received>> {
    let update = read(body)?;
    let id = update["update_id"].as_i64().map(|id| Identity::Own(format!("update_{id}")));
    // serde_json sorts keys, so their order makes no other identity.
    let identity = id.unwrap_or_else(|| Identity::of_content(&update.to_string()));
    let known = message(channel, &update["message"]).or_else(|| tap(channel, &update["callback_query"]));
    let mut event = known.unwrap_or_else(|| {
        let is_known = ["message", "callback_query"].iter().any(|kind| update.get(kind).is_some());
        let reason = if is_known { UnknownReason::UnexpectedShape } else { UnknownReason::UnknownKind };
        // What was read as an object is JSON.
        let raw = serde_json::from_slice::<&RawValue>(body).map_or_else(|_| Raw::new(RawValue::NULL), Raw::new);
        Event::new(UNKNOWN, channel.clone(), "telegram", EventBody::unknown(reason, raw))
    });
    event.to = bot.filter(|_| event.direction.is_some()).map(str::to_owned);
    Ok(vec![Received::new(identity, event)])
}

fn read(body: &[u8]) -> Result<Value> {
    let malformed = || Error::new(ErrorKind::MalformedWebhook, "telegram.no_webhook", "the body must be a JSON object");
    serde_json::from_slice(body).ok().filter(Value::is_object).ok_or_else(malformed)
}

/// What a person wrote in a private chat. Source: <https://core.telegram.org/bots/api#message>
fn message(channel: &ChannelId, message: &Value) -> Option<Event> {
    let largest = message["photo"].as_array().and_then(|sizes| sizes.last()?["file_id"].as_str());
    let photo = largest.map(|id| Body::Image(Media::received(id)));
    let content = match (photo, message["caption"].as_str()) {
        (Some(photo), None) => Content::new(photo),
        (Some(photo), Some(caption)) => Content::text(caption).with_attachments(vec![photo]),
        (None, _) => Content::text(message["text"].as_str()?),
    };
    let event = Event::new(name::MESSAGE_RECEIVED, channel.clone(), "telegram", EventBody::Message { content });
    let mut event = inbound(event, message)?;
    event.timestamp = message["date"].as_i64().and_then(|seconds| Timestamp::from_millis(seconds.checked_mul(1000)?));
    event.missing.extend(event.timestamp.is_none().then(|| "timestamp".into()));
    Some(event)
}

/// A tap on a button. Source: <https://core.telegram.org/bots/api#callbackquery>
fn tap(channel: &ChannelId, query: &Value) -> Option<Event> {
    let body = EventBody::Postback { payload: Some(query["data"].as_str()?.to_owned()), title: None };
    inbound(Event::new(CALLBACK, channel.clone(), "telegram", body), &query["message"])
}

/// Who it came from. In a group the chat is not the person who wrote, and an answer to that person would go elsewhere.
fn inbound(mut event: Event, message: &Value) -> Option<Event> {
    let chat = &message["chat"];
    event.from = Some(chat["id"].as_i64().filter(|_| chat["type"] == "private")?.to_string());
    event.direction = Some(Direction::Inbound);
    match message["message_id"].as_i64() {
        Some(id) => event.metadata.insert("messageId", id.to_string()),
        None => event.missing.push("messageId".into()),
    }
    Some(event)
}

/// Ends the waiting sign on a button that was tapped. Source: <https://core.telegram.org/bots/api#making-requests-when-getting-updates>
pub(crate) fn reply(body: &[u8]) -> WebhookReply {
    let update = read(body).unwrap_or_default();
    let Some(id) = update["callback_query"]["id"].as_str() else { return WebhookReply::default() };
    let answer = json!({"method": "answerCallbackQuery", "callback_query_id": id});
    WebhookReply { content_type: Some("application/json"), body: answer.to_string().into() }
}
