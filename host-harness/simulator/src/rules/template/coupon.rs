//! The coupon. Source: `…/send-messages/template/coupon`.

use super::FREE_TEXT;
use crate::graph_error::GraphError;
use crate::rules::param::Param;

/// For the title as for the subtitle.
const TITLE: usize = 80;

pub(super) fn judge(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&[
        "template_type",
        "title",
        "subtitle",
        "coupon_code",
        "coupon_url",
        "coupon_url_button_title",
        "coupon_pre_message",
        "image_url",
        "payload",
    ])?;
    template.required_text("title", TITLE)?;
    template.optional_text("subtitle", TITLE)?;
    for key in ["coupon_url_button_title", "coupon_pre_message", "payload"] {
        template.optional_text(key, FREE_TEXT)?;
    }
    template.optional_url("coupon_url")?;
    template.optional_url("image_url")?;
    template.optional("coupon_code", |code| {
        if code.text(FREE_TEXT)?.contains(char::is_whitespace) { Err(code.must("not contain spaces")) } else { Ok(()) }
    })?;
    if template.get("coupon_code").is_none() && template.get("coupon_url").is_none() {
        return Err(template.must("have at least one of coupon_code and coupon_url"));
    }
    Ok(())
}
