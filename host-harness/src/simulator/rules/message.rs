//! The `message` object: text, media, quick replies.
//!
//! `…/` is the documentation's root, as in [`super`].

use serde_json::{Map, Value};

use super::param::Param;
use super::{Window, template};
use crate::simulator::graph_error::GraphError;

/// Source: the API's own text, `(#100) Length of param message[text] must be less than or equal to 2000`.
const TEXT: usize = 2000;
/// Source: `…/reference/send-api`.
const METADATA: usize = 1000;
/// Source: `…/send-messages/quick-replies`.
const QUICK_REPLIES: usize = 13;
const QUICK_REPLY_TITLE: usize = 20;
const QUICK_REPLY_PAYLOAD: usize = 1000;
/// Several images in one message. Source: `…/changelog`, 19 March 2025.
const ATTACHMENTS: usize = 30;

pub(super) fn judge<'a>(message: &Param<'a>, window: Window) -> Result<&'a Map<String, Value>, GraphError> {
    // Source: `…/reference/send-api`, `…/send-messages/sticker-api`, `…/send-messages/utility-messages`.
    let object = message.object(&[
        "text",
        "attachment",
        "attachments",
        "quick_replies",
        "metadata",
        "sticker_id",
        "template",
    ])?;
    message.optional_text("metadata", METADATA)?;
    if window == Window::Always || message.get("template").is_some() {
        utility(message, window)?;
        return Ok(object);
    }
    let (text, attachment) = (message.get("text"), message.get("attachment"));
    let others = [message.get("attachments"), message.get("sticker_id")];
    match [text.is_some(), attachment.is_some(), others[0].is_some(), others[1].is_some()]
        .iter()
        .filter(|given| **given)
        .count()
    {
        0 => return Err(empty()),
        1 => {}
        _ => {
            return Err(GraphError::parameter(
                "Only one of the text, attachment, and dynamic_text fields can be specified",
            ));
        }
    }
    if let Some(text) = &text {
        let words = text.string()?;
        if words.is_empty() {
            return Err(empty());
        }
        text.at_most(words, TEXT)?;
    }
    if let Some(attachment) = &attachment {
        self::attachment(attachment)?;
    }
    if let Some(images) = &others[0] {
        for image in images.items(ATTACHMENTS)? {
            image.object(&["type", "payload"])?;
            image.require("type")?.one_of(&["image"])?;
            media(&image.require("payload")?)?;
        }
    }
    if let Some(replies) = message.get("quick_replies") {
        for reply in replies.items(QUICK_REPLIES)? {
            quick_reply(&reply)?;
        }
    }
    Ok(object)
}

/// Source: `https://developers.facebook.com/docs/messenger-platform/error-codes`.
fn empty() -> GraphError {
    GraphError::parameter("Message cannot be empty, must provide valid attachment or text").subcode(2_018_034)
}

/// Source: `…/send-messages/utility-messages`: type and template belong together.
fn utility(message: &Param<'_>, window: Window) -> Result<(), GraphError> {
    let template = message.require("template")?;
    if window != Window::Always {
        return Err(GraphError::parameter("A utility template needs messaging_type UTILITY"));
    }
    template.object(&["name", "language", "components"])?;
    template.required_text("name", 512)?;
    template.require("language")?.require("code")?.string().map(drop)
}

/// Source: `…/reference/send-api`.
fn attachment(attachment: &Param<'_>) -> Result<(), GraphError> {
    attachment.object(&["type", "payload"])?;
    let kind = attachment.require("type")?.one_of(&["audio", "file", "image", "template", "video"])?;
    let payload = attachment.require("payload")?;
    if kind == "template" { template::judge(&payload) } else { media(&payload) }
}

/// Source: `…/send-messages/saving-assets`: a URL or an id, never both.
fn media(payload: &Param<'_>) -> Result<(), GraphError> {
    payload.object(&["url", "attachment_id", "is_reusable"])?;
    if payload.get("is_reusable").is_some_and(|reusable| !reusable.value().is_boolean()) {
        return Err(payload.must("have a boolean is_reusable"));
    }
    match (payload.get("url"), payload.get("attachment_id")) {
        // Source: `…/error-codes` (2018008); text seen at <https://github.com/jgorset/facebook-messenger/issues/107>.
        (Some(url), None) => url
            .http_url()
            .map(drop)
            .map_err(|_| GraphError::parameter("Failed to fetch the file from the url").subcode(2_018_008)),
        (None, Some(id)) => id.text(100).map(drop),
        _ => Err(payload.must("have exactly one of url and attachment_id")),
    }
}

/// Source: `…/send-messages/quick-replies`.
fn quick_reply(reply: &Param<'_>) -> Result<(), GraphError> {
    reply.object(&["content_type", "title", "payload", "image_url"])?;
    let kind = reply.require("content_type")?.one_of(&["text", "user_phone_number", "user_email"])?;
    reply.optional_url("image_url")?;
    if kind != "text" {
        return Ok(());
    }
    let (title, payload, image) = (reply.require("title")?, reply.require("payload")?, reply.get("image_url"));
    let words = title.at_most(title.string()?, QUICK_REPLY_TITLE)?;
    if words.is_empty() && image.is_none() {
        return Err(title.must("be non-empty"));
    }
    if payload.value().is_number() {
        return Ok(());
    }
    let words = payload.at_most(payload.string()?, QUICK_REPLY_PAYLOAD)?;
    if words.is_empty() && image.is_none() {
        return Err(payload.must("be non-empty"));
    }
    Ok(())
}
