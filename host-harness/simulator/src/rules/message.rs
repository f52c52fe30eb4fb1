//! The `message` object: text, media, stickers.
//!
//! `…/` is the documentation's root, as in [`super`].

use serde_json::{Map, Value};

use super::param::Param;
use super::{Conditions, Window, file, quick_reply, template, utility};
use crate::dates::{SEVERAL_IMAGES, STICKERS};
use crate::graph_error::GraphError;
use crate::multipart::File;

/// Source: the API's own text, `(#100) Length of param message[text] must be less than or equal to 2000`.
const TEXT: usize = 2000;
/// Source: `…/reference/send-api`.
const METADATA: usize = 1000;
/// Several images in one message. Source: `…/changelog`, 19 March 2025.
const ATTACHMENTS: usize = 30;

pub(super) fn judge<'a>(
    message: &Param<'a>,
    file: Option<&File>,
    window: Window,
    on: &Conditions,
) -> Result<&'a Map<String, Value>, GraphError> {
    // Source: `…/reference/send-api`, `…/send-messages/sticker-api`, `…/send-messages/utility-messages`.
    let mut keys = vec!["text", "attachment", "quick_replies", "metadata", "template"];
    if on.now >= SEVERAL_IMAGES {
        keys.push("attachments");
    }
    if on.now >= STICKERS {
        keys.push("sticker_id");
    }
    let object = message.object(&keys)?;
    message.optional_text("metadata", METADATA)?;
    if window == Window::Always || message.get("template").is_some() {
        utility::judge(message, window)?;
        return Ok(object);
    }
    let given = ["text", "attachment", "attachments", "sticker_id"];
    match given.iter().filter(|key| message.get(key).is_some()).count() {
        0 => return Err(empty()),
        1 => {}
        _ => {
            return Err(GraphError::parameter(
                "Only one of the text, attachment, and dynamic_text fields can be specified",
            ));
        }
    }
    if let Some(text) = message.get("text") {
        let words = text.string()?;
        if words.is_empty() {
            return Err(empty());
        }
        text.at_most(words, TEXT)?;
    }
    if let Some(attachment) = message.get("attachment") {
        self::attachment(&attachment, file, on)?;
    }
    if let Some(images) = message.get("attachments") {
        for image in images.items(ATTACHMENTS)? {
            image.object(&["type", "payload"])?;
            image.require("type")?.one_of(&["image"])?;
            media(&image.require("payload")?, None, "image")?;
        }
    }
    if let Some(sticker) = message.get("sticker_id") {
        sticker.id()?;
        if window != Window::Day {
            // Source: `…/send-messages/sticker-api`: inside the standard window only.
            return Err(GraphError::parameter("A sticker can only be sent in the standard messaging window"));
        }
    }
    message.optional("quick_replies", quick_reply::judge)?;
    Ok(object)
}

/// Source: `https://developers.facebook.com/docs/messenger-platform/error-codes`.
fn empty() -> GraphError {
    GraphError::parameter("Message cannot be empty, must provide valid attachment or text").subcode(2_018_034)
}

/// Source: `…/reference/send-api`.
fn attachment(attachment: &Param<'_>, file: Option<&File>, on: &Conditions) -> Result<(), GraphError> {
    attachment.object(&["type", "payload"])?;
    let kind = attachment.require("type")?.one_of(&["audio", "file", "image", "template", "video"])?;
    let payload = attachment.require("payload")?;
    if kind == "template" { template::judge(&payload, on) } else { media(&payload, file, kind) }
}

/// An attachment that is uploaded alone. Source: `…/reference/attachment-upload-api`.
pub(crate) fn upload<'a>(message: &Param<'a>, file: Option<&File>) -> Result<&'a str, GraphError> {
    message.object(&["attachment"])?;
    let attachment = message.require("attachment")?;
    attachment.object(&["type", "payload"])?;
    let kind = attachment.require("type")?.one_of(&["audio", "file", "image", "video"])?;
    match attachment.get("payload") {
        Some(payload) if payload.get("attachment_id").is_some() => Err(payload.must("have a url")),
        Some(payload) => media(&payload, file, kind).map(|()| kind),
        None => Err(attachment.must("have a payload")),
    }
}

/// Source: `…/send-messages/saving-assets`: a URL, an id or a file, and one of them only.
fn media(payload: &Param<'_>, file: Option<&File>, kind: &str) -> Result<(), GraphError> {
    payload.object(&["url", "attachment_id", "is_reusable"])?;
    if payload.get("is_reusable").is_some_and(|reusable| !reusable.value().is_boolean()) {
        return Err(payload.must("have a boolean is_reusable"));
    }
    match (payload.get("url"), payload.get("attachment_id"), file) {
        // Source: `…/error-codes` (2018008); text seen at <https://github.com/jgorset/facebook-messenger/issues/107>.
        (Some(url), None, None) => url
            .http_url()
            .map(drop)
            .map_err(|_| GraphError::parameter("Failed to fetch the file from the url").subcode(2_018_008)),
        (None, Some(id), None) => id.text(100).map(drop),
        (None, None, Some(file)) => file::judge(file, kind),
        _ => Err(payload.must("have exactly one of url and attachment_id")),
    }
}
