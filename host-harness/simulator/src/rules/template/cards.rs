//! The generic, button, media and product templates.

use super::FREE_TEXT;
use crate::graph_error::GraphError;
use crate::rules::button::{self, ALL, MEDIA};
use crate::rules::param::Param;

/// Source: `…/send-messages/template/button`.
const BUTTON_TEXT: usize = 640;
/// Source: `…/send-messages/template/{generic,product}`.
const ELEMENTS: usize = 10;
/// Source: `…/send-messages/template/generic`, for the title as for the subtitle.
const ELEMENT_TEXT: usize = 80;

pub(super) fn button(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&["template_type", "text", "buttons", "sharable"])?;
    template.required_text("text", BUTTON_TEXT)?;
    template.optional_bool("sharable")?;
    button::row(&template.require("buttons")?, ALL)
}

pub(super) fn generic(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&["template_type", "elements", "sharable", "image_aspect_ratio"])?;
    template.optional_bool("sharable")?;
    template.optional_one_of("image_aspect_ratio", &["horizontal", "square"])?;
    for element in template.require("elements")?.items(ELEMENTS)? {
        element.object(&["title", "subtitle", "image_url", "default_action", "buttons", "item_url"])?;
        element.required_text("title", ELEMENT_TEXT)?;
        element.optional_text("subtitle", ELEMENT_TEXT)?;
        element.optional_url("image_url")?;
        element.optional_url("item_url")?;
        if !["subtitle", "image_url", "default_action", "buttons"].iter().any(|key| element.get(key).is_some()) {
            return Err(element.must("have at least one of subtitle, image_url, default_action, buttons"));
        }
        element.optional("default_action", button::default_action)?;
        element.optional("buttons", |buttons| button::row(buttons, ALL))?;
    }
    Ok(())
}

/// Source: `…/send-messages/template/media`. A URL must be one of Facebook's; anything else is uploaded first.
pub(super) fn media(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&["template_type", "elements", "sharable"])?;
    template.optional_bool("sharable")?;
    for element in template.require("elements")?.items(1)? {
        element.object(&["media_type", "attachment_id", "url", "buttons"])?;
        element.require("media_type")?.one_of(&["image", "video"])?;
        match (element.get("url"), element.get("attachment_id")) {
            (Some(url), None) if is_facebook(url.http_url()?) => {}
            (Some(url), None) => return Err(url.must("be a Facebook URL")),
            (None, Some(id)) => drop(id.text(FREE_TEXT)?),
            _ => return Err(element.must("have exactly one of url and attachment_id")),
        }
        element.optional("buttons", |buttons| button::row(buttons, MEDIA))?;
    }
    Ok(())
}

/// Source: `…/send-messages/template/product`. Whether the product exists is judged later.
pub(super) fn product(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&["template_type", "elements"])?;
    for element in template.require("elements")?.items(ELEMENTS)? {
        element.object(&["id"])?;
        element.require("id")?.id()?;
    }
    Ok(())
}

fn is_facebook(url: &str) -> bool {
    let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    host == "facebook.com" || host.ends_with(".facebook.com")
}
