//! `generic`: a card, or several side by side.

use channel_api::template::{GenericElement, GenericTemplate};
use channel_api::{Issue, Pointer, Quote, Report, read_object};
use serde::Deserialize;
use serde_json::Value;

use super::buttons;
use crate::address;
use crate::limits;
use crate::rules;
use crate::wire::Object;

/// What only Messenger's generic template has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Extra {
    /// Whether the person may pass it on.
    sharable: Option<bool>,
    /// The shape of the pictures.
    image_aspect_ratio: Option<String>,
}

/// What Messenger's cards had.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CardExtra {
    /// The page that a tap opened before there was a default action.
    item_url: Option<String>,
}

pub(super) fn translate(template: &GenericTemplate, at: &Pointer<'_>, report: &mut Report) -> Object {
    let extra: Extra = read_object(&template.extra, at, Quote::Values, report);
    let elements = at.key("elements");
    rules::count(&elements, template.elements.len(), &limits::GENERIC_ELEMENTS, "cards", report);
    let mut cards = Vec::with_capacity(template.elements.len());
    for (index, element) in template.elements.iter().enumerate() {
        cards.push(Value::from(card(element, &elements.index(index), report)));
    }
    let ratio = extra.image_aspect_ratio.as_deref();
    let here = at.key("imageAspectRatio");
    rules::choice(&here, ratio, &["horizontal", "square"], report);
    rules::doubtful(&here, ratio.is_some(), "legacy", "is no longer on Meta's page; it may have no effect", report);
    Object::new()
        .with("template_type", "generic")
        .with("elements", cards)
        .maybe("sharable", extra.sharable)
        .maybe("image_aspect_ratio", ratio)
}

fn card(element: &GenericElement, at: &Pointer<'_>, report: &mut Report) -> Object {
    let extra: CardExtra = read_object(&element.extra, at, Quote::Values, report);
    rules::words(&at.key("title"), element.title.as_deref(), "a card needs a title", &limits::GENERIC_TITLE, report);
    let (subtitle, list) = (at.key("subtitle"), at.key("buttons"));
    rules::fits(&subtitle, element.subtitle.as_deref(), &limits::GENERIC_SUBTITLE, report);
    address::fetched(&at.key("imageUrl"), element.image_url.as_deref(), address::PUBLISH, report);
    let action = default_action(element, extra.item_url.as_deref(), at, report);
    rules::count(&list, element.buttons.len(), &limits::GENERIC_BUTTONS, "buttons", report);
    let buttons = buttons::translate(&element.buttons, &list, report);
    if element.subtitle.is_none() && element.image_url.is_none() && action.is_none() && buttons.is_none() {
        let advice = "a card needs more than a title: add subtitle, imageUrl, defaultAction or buttons";
        report.refuse(Issue::new(at, "template.generic.bare", advice));
    }
    Object::new()
        .maybe("title", element.title.as_deref())
        .maybe("subtitle", element.subtitle.as_deref())
        .maybe("image_url", element.image_url.as_deref())
        .maybe("default_action", action)
        .maybe("buttons", buttons)
}

/// What a tap on the card does. A card of the old form says it in `itemUrl`; Meta takes one of the two.
fn default_action(
    element: &GenericElement,
    item_url: Option<&str>,
    at: &Pointer<'_>,
    report: &mut Report,
) -> Option<Object> {
    let old = at.key("itemUrl");
    if let Some(action) = &element.default_action {
        let gone = "has been replaced by defaultAction, which is sent";
        rules::doubtful(&old, item_url.is_some(), "legacy", gone, report);
        return Some(buttons::default_action(action, &at.key("defaultAction"), report));
    }
    address::opened(&old, item_url, report);
    item_url.map(|url| Object::new().with("type", "web_url").with("url", url))
}
