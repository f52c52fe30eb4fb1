//! Words for what Messenger cannot show, where `options.fallback` asks for them.

use channel_api::JsonObject;
use channel_api::message::{Link, Location};
use serde_json::Value;

/// The place's name, and a map of it.
pub(super) fn of_location(place: &Location) -> String {
    let map = match &place.url {
        Some(url) => url.clone(),
        None => format!("https://www.google.com/maps/search/?api=1&query={},{}", place.latitude, place.longitude),
    };
    lines([place.title.as_deref(), Some(&map)])
}

/// The link below its headline.
pub(super) fn of_link(link: &Link) -> String {
    lines([link.title.as_deref(), link.url.as_deref()])
}

/// What a template that is gone would have said: each card's headline, line and link, then the buttons that lead somewhere.
pub(super) fn of_template(fields: &JsonObject) -> String {
    let mut paragraphs = vec![of_card(fields)];
    paragraphs.extend(objects(fields, "elements").map(of_card));
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}

fn of_card(card: &JsonObject) -> String {
    let text = |fields: &JsonObject, key: &str| fields.get(key).and_then(Value::as_str).map(str::to_owned);
    let action = ["defaultAction", "default_action"].iter().find_map(|key| card.get(*key)?.as_object());
    let mut texts = vec![text(card, "title"), text(card, "text"), text(card, "subtitle"), text(card, "url")];
    texts.push(action.and_then(|action| text(action, "url")));
    for button in objects(card, "buttons") {
        let title = text(button, "title").unwrap_or_default();
        texts.push(text(button, "url").map(|url| format!("{title}: {url}").trim_start_matches(": ").to_owned()));
    }
    lines(texts.iter().map(Option::as_deref))
}

fn objects<'a>(fields: &'a JsonObject, key: &str) -> impl Iterator<Item = &'a JsonObject> {
    fields.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn lines<'a>(lines: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let lines: Vec<_> = lines.into_iter().flatten().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}
