//! What a stored event is to the core: a message of a person, something that happened, or nothing.

mod facts;
pub(super) mod fit;
mod id;
mod shown;
#[cfg(test)]
mod tests;

use channel_api::event::name;
use channel_api::message::Body;
use channel_api::{Content, JsonObject};
use jiff::Timestamp;
use serde::Deserialize as _;
use serde_json::{Value, json};

use self::facts::{Facts, SENDER_NAME};
use self::shown::Shown;
use super::wire::{CoreEvent, InboundMessage};
use crate::config::Place;
use crate::store::{CopyOf, StoredEvent};

/// By what an event is told.
pub(crate) struct Rules<'a> {
    pub(crate) place: &'a Place,
    pub(crate) channel_type: &'a str,
    /// Whether the addresses of media stand among the words.
    pub(crate) media_in_content: bool,
    /// The short address of what stands in this place among an event's attachments; `None` where none can be made.
    pub(crate) address: &'a (dyn Fn(usize) -> Option<String> + Sync),
}

/// What the core is told of an event.
#[derive(Debug, PartialEq)]
pub(crate) enum Told {
    /// A person said something.
    Inbound(Box<InboundMessage>),
    /// Something happened; with the id by which it is known when it is told again.
    Happened { id: String, event: CoreEvent },
    /// It is of no use to the core, or told in another way.
    Nothing,
}

/// What became of messages that went out is told as their status, and what was sent from here is known to the core.
const TOLD_AS_STATUS: [&str; 5] =
    [name::MESSAGE_STATUS, name::MESSAGE_DELIVERED, name::MESSAGE_READ, name::MESSAGE_SENT, name::MESSAGE_FAILED];
/// Somebody reacted to a message, or stopped to: `mid`, `action`, `emoji` or `reaction`.
const MESSAGE_REACTION: &str = "message.reaction";

/// Whose message it is, if it is one that the core is given as such: it would be the person's first if they were not known yet.
pub(crate) fn sender(event: &StoredEvent) -> Option<String> {
    let data: JsonObject = serde_json::from_str(event.data.get()).ok()?;
    speaks(event, &data).map(str::to_owned)
}

/// What the core is told of an event, with the person's name as far as it is known.
pub(crate) fn told(event: &StoredEvent, sender_name: Option<&str>, rules: &Rules<'_>) -> Told {
    let data: JsonObject = serde_json::from_str(event.data.get()).unwrap_or_default();
    let is_set = |name: &str| data.get(name).and_then(Value::as_bool).unwrap_or_default();
    let is_our_copy = event.copy.as_ref().is_some_and(|CopyOf { ours, .. }| *ours == Some(true));
    if is_set("imported") || is_our_copy || TOLD_AS_STATUS.contains(&event.name.as_str()) {
        return Told::Nothing;
    }
    match speaks(event, &data) {
        Some(person) => Told::Inbound(Box::new(message(event, &data, person, sender_name, rules))),
        None => happened(event, data, rules),
    }
}

/// Who says something here that the core can hold. What is only looked on, or was said long ago, is nobody's to answer.
fn speaks<'a>(event: &'a StoredEvent, data: &JsonObject) -> Option<&'a str> {
    let person = event.person.as_deref()?;
    let holds = fit::says_something(person) && !person.contains('\0') && person.chars().count() <= fit::PERSON;
    let is_set = |name: &str| data.get(name).and_then(Value::as_bool).unwrap_or_default();
    if !holds || is_set("observed") || is_set("imported") || text(data, "direction") == Some("outbound") {
        return None;
    }
    let says = match kind(event) {
        name::MESSAGE_RECEIVED | name::MESSAGE_POSTBACK | name::MESSAGE_QUICK_REPLY => true,
        MESSAGE_REACTION => reaction(data).is_some(),
        _ => false,
    };
    says.then_some(person)
}

/// What it is on every channel.
fn kind(event: &StoredEvent) -> &str {
    event.kind.as_deref().unwrap_or(&event.name)
}

fn text<'a>(data: &'a JsonObject, name: &str) -> Option<&'a str> {
    data.get(name).and_then(Value::as_str).filter(|text| fit::says_something(text))
}

/// By what somebody reacted; `None` where they take it back, which nobody can show.
fn reaction(data: &JsonObject) -> Option<&str> {
    text(data, "emoji")
        .or_else(|| text(data, "reaction"))
        .filter(|_| text(data, "action").is_none_or(|it| it == "react"))
}

fn message(
    event: &StoredEvent,
    data: &JsonObject,
    person: &str,
    name: Option<&str>,
    rules: &Rules<'_>,
) -> InboundMessage {
    let nothing = JsonObject::new();
    let metadata = data.get("metadata").and_then(Value::as_object).unwrap_or(&nothing);
    let mut facts = Facts::of(person, name.or_else(|| text(metadata, SENDER_NAME)));
    let (words, parts, content_type) = match kind(event) {
        name::MESSAGE_POSTBACK => tap(data, "title", Vec::new(), &mut facts),
        name::MESSAGE_QUICK_REPLY => tap(data, "text", beside(data, rules), &mut facts),
        MESSAGE_REACTION => {
            if let Some(mid) = text(data, "mid") {
                facts.add("reaction_to", mid);
            }
            let by = reaction(data).unwrap_or_default();
            facts.add("emoji", by);
            (format!("Reacted with {by}"), Vec::new(), None)
        }
        _ => {
            let (words, parts) = said(data, rules);
            (words, parts, None)
        }
    };
    if let Some((latitude, longitude)) = parts.iter().find_map(|part| part.place) {
        facts.add("latitude", &latitude.to_string());
        facts.add("longitude", &longitude.to_string());
    }
    facts.add_all(metadata);
    let content_type = content_type.or_else(|| parts.iter().find_map(|part| part.content_type)).unwrap_or("text");
    let content = content(&words, &parts);
    InboundMessage {
        id: id::of(&rules.place.channel_id, &event.id),
        tenant_id: rules.place.tenant_id.clone(),
        channel_id: rules.place.channel_id.clone(),
        channel_type: rules.channel_type.to_owned(),
        external_id: fit::external_id(text(metadata, "mid").unwrap_or(&event.id)),
        content_type: content_type.to_owned(),
        content,
        metadata: facts.into_map(),
        attachments: parts.into_iter().filter_map(|part| part.attachment).take(fit::ATTACHMENTS).collect(),
        timestamp: at(event, data),
    }
}

/// A tap: its words, what came with it, and what its author wanted back.
fn tap(
    data: &JsonObject,
    title: &str,
    parts: Vec<Shown>,
    facts: &mut Facts,
) -> (String, Vec<Shown>, Option<&'static str>) {
    let payload = text(data, "payload");
    if let Some(payload) = payload {
        facts.add("payload", payload);
    }
    let words = text(data, title).or(payload).unwrap_or("Tapped a button");
    (words.to_owned(), parts, Some("interactive"))
}

/// What came with a tap, besides its words.
fn beside(data: &JsonObject, rules: &Rules<'_>) -> Vec<Shown> {
    if data.contains_key("content") { said(data, rules).1 } else { Vec::new() }
}

/// The words of a message, and its other parts.
fn said(data: &JsonObject, rules: &Rules<'_>) -> (String, Vec<Shown>) {
    let json = data.get("content").unwrap_or(&Value::Null);
    let Ok(content) = Content::deserialize(json) else {
        let kind = json.get("type").and_then(Value::as_str).unwrap_or_default();
        let fields = json.as_object().cloned().unwrap_or_default();
        let body = Body::Other { kind: kind.to_owned(), fields };
        return (String::new(), vec![shown::of(&body, 0, rules)]);
    };
    let Content { body, attachments, .. } = content;
    let (words, list) = match body {
        Body::Text(words) => (words, attachments),
        body if attachments.is_empty() => (String::new(), vec![body]),
        _ => (String::new(), attachments),
    };
    (words, list.iter().enumerate().map(|(index, body)| shown::of(body, index, rules)).collect())
}

/// All that is to be read of a message. There is always something.
fn content(words: &str, parts: &[Shown]) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let has_words = fit::says_something(words);
    // A link's preview often repeats what the words say.
    let is_news = |part: &&Shown| !(has_words && words.contains(part.words.as_str()));
    let told = parts.iter().take(fit::ATTACHMENTS).filter(is_news).filter(|part| !(has_words && part.is_spare));
    lines.extend(told.map(|part| part.words.as_str()));
    let more = parts.len().saturating_sub(fit::ATTACHMENTS);
    let more = (more > 0).then(|| format!("and {more} more"));
    lines.extend(more.as_deref());
    let lines = fit::cut(&lines.join("\n"), fit::WORDS / 2);
    let content = if has_words {
        let room = fit::WORDS - lines.chars().count() - 1;
        let words = fit::cut(words, room);
        if lines.is_empty() { words } else { format!("{words}\n{lines}") }
    } else {
        lines
    };
    if fit::says_something(&content) { content } else { "A message without words".to_owned() }
}

/// When it was said, by the provider's clock; else when it came. The core knows the years 1 to 9999.
fn at(event: &StoredEvent, data: &JsonObject) -> Timestamp {
    let said = text(data, "timestamp").and_then(|at| at.parse::<Timestamp>().ok());
    said.filter(|at| *at >= YEAR_ONE).unwrap_or(event.received_at)
}

/// 0001-01-01T00:00:00Z, the first moment that Go's JSON writes.
const YEAR_ONE: Timestamp = Timestamp::constant(-62_135_596_800, 0);

/// Whoever asks for it hears of it under `linktor.events.<channel type>.<event, its dots as _>`.
fn happened(event: &StoredEvent, mut data: JsonObject, rules: &Rules<'_>) -> Told {
    let Rules { place: Place { tenant_id, channel_id }, channel_type, .. } = rules;
    let timestamp = at(event, &data);
    if event.data.get().len() > fit::EVENT {
        data = JsonObject::from_iter([("omittedBytes".to_owned(), event.data.get().len().into())]);
    }
    let mut payload = json!({"channel_id": channel_id, "event": event.name, "data": data});
    if let Some(kind) = &event.kind {
        payload["kind"] = kind.as_str().into();
    }
    if let Some(person) = &event.person {
        payload["sender_id"] = person.as_str().into();
    }
    let named = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
    let name: String = event.name.chars().map(named).collect();
    let id = id::of(channel_id, &event.id);
    let event =
        CoreEvent { r#type: format!("{channel_type}.{name}"), tenant_id: tenant_id.clone(), payload, timestamp };
    Told::Happened { id, event }
}
