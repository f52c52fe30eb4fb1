//! What a person would have seen and tapped, in words: each card a paragraph, each answer a number, each link an address.

use channel_api::message::{Body, Link, Location, QuickReply, QuickReplyKind};
use channel_api::template::{ButtonKind, ReceiptTemplate};
use channel_api::{Choice, JsonObject, Template};
use serde::Deserialize as _;
use serde_json::{Number, Value};

use super::words::Words;
use crate::wire::snake_case;

/// The members of a template that hold words, by the last word of their names and in the order in which they are read out.
const SPOKEN: [&str; 22] = [
    "title",
    "name",
    "header",
    "label",
    "text",
    "body",
    "message",
    "question",
    "subtitle",
    "description",
    "caption",
    "placeholder",
    "value",
    "code",
    "number",
    "city",
    "terminal",
    "gate",
    "seat",
    "time",
    "price",
    "footer",
];

/// Members that no person was meant to see although their names end like those that are.
const UNSPOKEN: [&str; 2] = ["fallback_url", "notification_messages_cta_text"];

/// Says a thing, and returns the kinds of button that no words stand for.
pub(super) fn say(body: &Body, words: &mut Words<'_>) -> Vec<String> {
    let mut lost = Vec::new();
    match body {
        Body::Location(place) => of_location(place, words),
        Body::Link(link) => of_link(link, words),
        Body::Template(template) => match &**template {
            Template::Receipt(receipt) => of_receipt(receipt, words),
            Template::Other { fields, .. } => of_object(fields, words, &mut lost),
            template => of_object(&as_object(template), words, &mut lost),
        },
        Body::Other { fields, .. } => of_object(fields, words, &mut lost),
        _ => {}
    }
    lost.sort_unstable();
    lost.dedup();
    lost
}

/// The quick replies that have words or a picture, under a number each; the others ask for a fact of the person's profile, and
/// have no words.
pub(super) fn of_quick_replies(replies: &[QuickReply], words: &mut Words<'_>) {
    for reply in replies.iter().filter(|reply| reply.content_type == QuickReplyKind::Text) {
        let title = reply.title.as_deref().unwrap_or_default();
        let shown = if title.trim().is_empty() { reply.image_url.as_deref().unwrap_or_default() } else { title };
        words.offer(shown, Choice::new(title, reply.payload.as_deref().unwrap_or_default()));
    }
}

/// The place's name, and a map of it.
fn of_location(place: &Location, words: &mut Words<'_>) {
    words.say(place.title.as_deref().unwrap_or_default());
    let (north, east) = (place.latitude, place.longitude);
    let map = || format!("https://www.google.com/maps/search/?api=1&query={north},{east}");
    words.say(&place.url.clone().unwrap_or_else(map));
}

/// The link below its headline.
fn of_link(link: &Link, words: &mut Words<'_>) {
    for line in [&link.title, &link.url].into_iter().flatten() {
        words.say(line);
    }
}

/// What was bought, each thing with its price, and what it comes to.
fn of_receipt(receipt: &ReceiptTemplate, words: &mut Words<'_>) {
    let currency = receipt.currency.as_deref().unwrap_or_default();
    let amount = |amount: &Option<Number>| amount.as_ref().map(|amount| format!("{amount} {currency}"));
    let ReceiptTemplate { merchant_name, order_number, recipient_name, payment_method, .. } = receipt;
    for line in [merchant_name, order_number, recipient_name, payment_method].into_iter().flatten() {
        words.say(line);
    }
    if let Some(place) = &receipt.address {
        let parts = [&place.street1, &place.street2, &place.postal_code, &place.city, &place.state, &place.country];
        words.say(&joined(parts.map(Clone::clone), ", "));
    }
    for thing in &receipt.elements {
        words.pause();
        let count = thing.quantity.as_ref().map(|count| format!("{count} ×"));
        let price =
            thing.price.as_ref().map(|price| format!("{price} {}", thing.currency.as_deref().unwrap_or(currency)));
        words.say(&joined([thing.title.clone(), thing.subtitle.clone()], ", "));
        words.say(&joined([count, price], " "));
        words.say(thing.image_url.as_deref().unwrap_or_default());
    }
    words.pause();
    for adjustment in &receipt.adjustments {
        words.say(&joined([adjustment.name.clone(), amount(&adjustment.amount)], ": "));
    }
    if let Some(sums) = &receipt.summary {
        let parts = [&sums.subtotal, &sums.shipping_cost, &sums.total_tax].map(&amount);
        words.say(&joined(parts, " + "));
        words.say(&amount(&sums.total_cost).unwrap_or_default());
    }
    words.say(receipt.order_url.as_deref().unwrap_or_default());
}

/// A template's fields, a card's, or those of something in one: the words, the links, what stands in it, then the buttons.
fn of_object(fields: &JsonObject, words: &mut Words<'_>, lost: &mut Vec<String>) {
    let mut members: Vec<_> = fields.iter().map(|(name, value)| (rank(name), snake_case(name), value)).collect();
    members.retain(|(_, name, _)| !UNSPOKEN.contains(&name.as_str()));
    members.sort_by(|(left, first, _), (right, second, _)| (left, first).cmp(&(right, second)));
    let buttons: Vec<_> = listed(fields, "buttons").collect();
    // A row of a list, an answer in a poll, a coupon: it is tapped as a whole.
    let answer = ["title", "text"].into_iter().find(|name| payload(fields).is_some() && !text(fields, name).is_empty());
    for (rank, name, value) in &members {
        match value {
            Value::String(text) if Some(name.as_str()) == answer => {
                words.offer(text, Choice::new(text, payload(fields).unwrap_or_default()));
            }
            Value::String(text) if *rank < SPOKEN.len() || is_link(text) => words.say(text),
            Value::Object(action) if name == "default_action" => {
                let url = text(action, "url");
                if !buttons.iter().any(|button| text(button, "url") == url) {
                    words.say(url);
                }
            }
            _ => {}
        }
    }
    let mut deeper = false;
    for (_, name, value) in members {
        let within: &[Value] = match value {
            Value::Array(within) => within,
            Value::Object(_) => std::slice::from_ref(value),
            _ => continue,
        };
        if name == "default_action" || name == "buttons" {
            continue;
        }
        for one in within.iter().filter_map(Value::as_object) {
            if payload(one).is_none() {
                words.pause();
                deeper = true;
            }
            of_object(one, words, lost);
        }
    }
    if deeper {
        words.pause();
    }
    for button in buttons {
        of_button(button, words, lost);
    }
}

/// What sends something back has a number; what leads somewhere says where.
fn of_button(button: &JsonObject, words: &mut Words<'_>, lost: &mut Vec<String>) {
    let (title, url, payload) = (text(button, "title"), text(button, "url"), payload(button).unwrap_or_default());
    let leads = |to: &str| joined([Some(title.to_owned()), Some(to.to_owned())], ": ");
    match kind(button) {
        ButtonKind::PhoneNumber => words.say(&leads(&payload)),
        _ if !url.is_empty() => words.say(&leads(url)),
        ButtonKind::Postback => words.offer(title, Choice::new(title, payload)),
        ButtonKind::Other(other) => {
            words.say(title);
            lost.push(other);
        }
        _ => words.say(title),
    }
}

/// What a tap sends back.
fn payload(fields: &JsonObject) -> Option<String> {
    match fields.get("payload")? {
        Value::String(payload) => Some(payload.clone()),
        Value::Number(payload) => Some(payload.to_string()),
        _ => None,
    }
}

fn kind(button: &JsonObject) -> ButtonKind {
    button.get("type").and_then(|kind| ButtonKind::deserialize(kind).ok()).unwrap_or_default()
}

fn as_object(template: &Template) -> JsonObject {
    match serde_json::to_value(template) {
        Ok(Value::Object(fields)) => fields,
        // A template is written as an object.
        _ => JsonObject::new(),
    }
}

/// Where a member is read out; at the end of the list where it is not, unless it is a link.
fn rank(name: &str) -> usize {
    let name = snake_case(name);
    let last = name.rsplit('_').next().unwrap_or_default();
    SPOKEN.iter().position(|spoken| *spoken == last).unwrap_or(SPOKEN.len())
}

fn is_link(text: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

fn text<'a>(fields: &'a JsonObject, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default().trim()
}

/// The objects in a list.
pub(super) fn listed<'a>(fields: &'a JsonObject, name: &str) -> impl Iterator<Item = &'a JsonObject> {
    fields.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// Those that are there and not empty.
fn joined<const N: usize>(parts: [Option<String>; N], border: &str) -> String {
    let there: Vec<_> = parts.into_iter().flatten().filter(|part| !part.trim().is_empty()).collect();
    there.join(border)
}
