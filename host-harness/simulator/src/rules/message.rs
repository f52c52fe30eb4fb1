//! The `message` object: what its schema does not say, and then the schema.
//!
//! `…/` is the documentation's root, as in [`super`].

use serde_json::{Map, Value};

use super::param::Param;
use super::schema::{self, MESSAGE, UPLOAD};
use super::{Conditions, Window, file, template};
use crate::dates::{SEVERAL_IMAGES, STICKERS};
use crate::graph_error::GraphError;
use crate::multipart::File;

/// Meta names the parameters inside a template this way: <https://github.com/botman/botman/issues/694>.
const TEMPLATE: &str = "name_placeholder";

pub(super) fn judge<'a>(
    message: &Param<'a>,
    file: Option<&File>,
    window: Window,
    on: &Conditions,
) -> Result<&'a Map<String, Value>, GraphError> {
    let object = message.value().as_object().ok_or_else(|| message.must("be an object"))?;
    // Source: `…/changelog`, 19 March 2025; `…/send-messages/sticker-api`.
    for (key, since) in [("attachments", SEVERAL_IMAGES), ("sticker_id", STICKERS)] {
        if on.now < since && message.get(key).is_some() {
            return Err(message.strangers(&[key.to_owned()]));
        }
    }
    fits(message, window)?;
    one_content(message)?;
    let (attachment, is_template) = (message.get("attachment"), message.value()["attachment"]["type"] == "template");
    match attachment.as_ref().and_then(|attachment| attachment.get("payload")) {
        Some(payload) if is_template => template::judge(&Param::new(TEMPLATE, payload.value()), on)?,
        Some(payload) => fetchable(&payload, file)?,
        None => {}
    }
    for image in message.value()["attachments"].as_array().into_iter().flatten() {
        fetchable(&Param::new("payload", &image["payload"]), None)?;
    }
    let value = if is_template { message.value().clone() } else { with_file(message.value(), file) };
    schema::judge(&MESSAGE, message.name(), &value).map_err(|error| {
        let payload = format!("{}[attachment][payload]", message.name());
        let has_payload = message.value()["attachment"]["payload"].is_object();
        let is_inside = is_template && has_payload && !error.message.contains("[template_type]");
        if is_inside { error.naming(&payload, TEMPLATE) } else { error }
    })?;
    attachment.filter(|_| !is_template).map_or(Ok(()), |attachment| uploaded(&attachment, file))?;
    Ok(object)
}

/// Source: `https://developers.facebook.com/docs/messenger-platform/error-codes`.
fn one_content(message: &Param<'_>) -> Result<(), GraphError> {
    let empty =
        || GraphError::parameter("Message cannot be empty, must provide valid attachment or text").subcode(2_018_034);
    let contents = ["text", "attachment", "attachments", "sticker_id", "template"];
    match contents.iter().filter(|key| message.get(key).is_some()).count() {
        0 => Err(empty()),
        1 if message.value()["text"] == "" => Err(empty()),
        1 => Ok(()),
        _ => Err(GraphError::parameter("Only one of the text, attachment, and dynamic_text fields can be specified")),
    }
}

/// What goes only inside the standard window, or only outside of it.
fn fits(message: &Param<'_>, window: Window) -> Result<(), GraphError> {
    if window == Window::Always {
        message.require("template")?;
    } else if message.get("template").is_some() {
        // Source: `…/send-messages/utility-messages`.
        return Err(GraphError::parameter("A utility template needs messaging_type UTILITY"));
    }
    if window != Window::Day && message.get("sticker_id").is_some() {
        // Source: `…/send-messages/sticker-api`.
        return Err(GraphError::parameter("A sticker can only be sent in the standard messaging window"));
    }
    Ok(())
}

/// An attachment that is uploaded alone. Source: `…/reference/attachment-upload-api`.
pub(crate) fn upload<'a>(message: &Param<'a>, file: Option<&File>) -> Result<&'a str, GraphError> {
    let payload = message.get("attachment").and_then(|attachment| attachment.get("payload"));
    if let Some(payload) = payload {
        if payload.get("attachment_id").is_some() {
            return Err(payload.must("have a url"));
        }
        fetchable(&payload, file)?;
    }
    schema::judge(&UPLOAD, message.name(), &with_file(message.value(), file))?;
    let attachment = message.require("attachment")?;
    uploaded(&attachment, file)?;
    attachment.require("type")?.string()
}

/// Source: `…/send-messages/saving-assets`: a URL, an id or a file, and one of them only.
fn fetchable(payload: &Param<'_>, file: Option<&File>) -> Result<(), GraphError> {
    match (payload.get("url"), payload.get("attachment_id"), file) {
        (None, None, Some(_)) => Ok(()),
        (_, _, Some(_)) => Err(payload.must("have exactly one of url and attachment_id")),
        // Source: `…/error-codes` (2018008); text seen at <https://github.com/jgorset/facebook-messenger/issues/107>.
        (Some(url), None, None) => url
            .http_url()
            .map(drop)
            .map_err(|_| GraphError::parameter("Failed to fetch the file from the url").subcode(2_018_008)),
        _ => Ok(()),
    }
}

/// The message for the schema, which knows no files: one stands where an address would.
fn with_file(message: &Value, file: Option<&File>) -> Value {
    let mut message = message.clone();
    if let (Some(_), Some(Value::Object(payload))) = (file, message.pointer_mut("/attachment/payload")) {
        payload.insert("url".to_owned(), "https://file.invalid/".into());
    }
    message
}

fn uploaded(attachment: &Param<'_>, file: Option<&File>) -> Result<(), GraphError> {
    file.map_or(Ok(()), |file| file::judge(file, attachment.require("type")?.string()?))
}
