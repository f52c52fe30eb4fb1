//! Quick replies. Source: `…/send-messages/quick-replies`.

use super::param::Param;
use crate::graph_error::GraphError;

const QUICK_REPLIES: usize = 13;
const TITLE: usize = 20;
const PAYLOAD: usize = 1000;

pub(super) fn judge(list: &Param<'_>) -> Result<(), GraphError> {
    list.items(QUICK_REPLIES)?.iter().try_for_each(quick_reply)
}

fn quick_reply(reply: &Param<'_>) -> Result<(), GraphError> {
    reply.object(&["content_type", "title", "payload", "image_url"])?;
    let kind = reply.require("content_type")?.one_of(&["text", "user_phone_number", "user_email"])?;
    reply.optional_url("image_url")?;
    if kind != "text" {
        return Ok(());
    }
    let (title, payload, image) = (reply.require("title")?, reply.require("payload")?, reply.get("image_url"));
    let words = title.at_most(title.string()?, TITLE)?;
    if words.is_empty() && image.is_none() {
        return Err(title.must("be non-empty"));
    }
    if payload.value().is_number() {
        return Ok(());
    }
    let words = payload.at_most(payload.string()?, PAYLOAD)?;
    if words.is_empty() && image.is_none() {
        return Err(payload.must("be non-empty"));
    }
    Ok(())
}
