//! `generic`: a card, or several side by side.

use channel_api::template::{GenericElement, GenericTemplate};
use channel_api::{Issue, Pointer, Report};

use super::buttons::{self, Place};
use crate::limits;
use crate::send::rules;
use crate::send::wire::{self, Object};

pub(super) fn translate(template: &GenericTemplate, at: &Pointer<'_>, report: &mut Report) -> Object {
    let elements = at.key("elements");
    rules::count(&elements, template.elements.len(), &limits::GENERIC_ELEMENTS, "cards", report);
    for (index, element) in template.elements.iter().enumerate() {
        check(element, &elements.index(index), report);
    }
    let ratio = template.image_aspect_ratio.as_deref();
    let here = at.key("imageAspectRatio");
    rules::choice(&here, ratio, &["horizontal", "square"], report);
    rules::doubtful(&here, ratio.is_some(), "legacy", "is no longer on Meta's page; it may have no effect", report);
    Object::new()
        .with("template_type", "generic")
        .with("elements", wire::list(&template.elements, object))
        .maybe("sharable", template.sharable)
        .maybe("image_aspect_ratio", ratio)
}

fn check(element: &GenericElement, at: &Pointer<'_>, report: &mut Report) {
    rules::words(&at.key("title"), element.title.as_deref(), "a card needs a title", &limits::GENERIC_TITLE, report);
    let (subtitle, list) = (at.key("subtitle"), at.key("buttons"));
    rules::fits(&subtitle, element.subtitle.as_deref(), &limits::GENERIC_SUBTITLE, report);
    rules::web_address(&at.key("imageUrl"), element.image_url.as_deref(), report);
    if let Some(action) = &element.default_action {
        buttons::check_default_action(action, &at.key("defaultAction"), report);
    }
    rules::count(&list, element.buttons.len(), &limits::GENERIC_BUTTONS, "buttons", report);
    buttons::check(&element.buttons, Place::Card, &list, report);
    let bare = element.subtitle.is_none()
        && element.image_url.is_none()
        && element.default_action.is_none()
        && element.buttons.is_empty();
    if bare {
        let advice = "a card needs more than a title: add subtitle, imageUrl, defaultAction or buttons";
        report.refuse(Issue::new(at, "template.generic.bare", advice));
    }
}

fn object(element: &GenericElement) -> Object {
    Object::new()
        .maybe("title", element.title.as_deref())
        .maybe("subtitle", element.subtitle.as_deref())
        .maybe("image_url", element.image_url.as_deref())
        .maybe("default_action", element.default_action.as_ref().map(buttons::object))
        .maybe("buttons", buttons::list(&element.buttons))
}
