//! The receipt. Source: `…/send-messages/template/receipt`.

use super::FREE_TEXT;
use crate::graph_error::GraphError;
use crate::rules::param::Param;

const ELEMENTS: usize = 100;

pub(super) fn judge(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&[
        "template_type",
        "recipient_name",
        "order_number",
        "currency",
        "payment_method",
        "summary",
        "merchant_name",
        "timestamp",
        "order_url",
        "elements",
        "address",
        "adjustments",
        "sharable",
    ])?;
    for key in ["recipient_name", "order_number", "payment_method"] {
        template.required_text(key, FREE_TEXT)?;
    }
    template.require("currency")?.currency()?;
    template.optional_text("merchant_name", FREE_TEXT)?;
    template.optional_url("order_url")?;
    template.optional_bool("sharable")?;
    template.optional("timestamp", |time| {
        let seconds = time.string()?;
        if !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(())
        } else {
            Err(time.must("be seconds since the epoch"))
        }
    })?;
    let summary = template.require("summary")?;
    summary.object(&["subtotal", "shipping_cost", "total_tax", "total_cost"])?;
    summary.require("total_cost")?.number()?;
    for part in ["subtotal", "shipping_cost", "total_tax"] {
        summary.optional(part, Param::number)?;
    }
    template.optional("address", address)?;
    for element in template.optional_items("elements", ELEMENTS)? {
        element.object(&["title", "subtitle", "quantity", "price", "currency", "image_url"])?;
        element.required_text("title", FREE_TEXT)?;
        element.optional_text("subtitle", FREE_TEXT)?;
        element.require("price")?.number()?;
        element.optional("quantity", Param::number)?;
        element.optional("currency", Param::currency)?;
        element.optional_url("image_url")?;
    }
    for adjustment in template.optional_items("adjustments", ELEMENTS)? {
        adjustment.object(&["name", "amount"])?;
        adjustment.optional_text("name", FREE_TEXT)?;
        adjustment.optional("amount", Param::number)?;
    }
    Ok(())
}

fn address(address: &Param<'_>) -> Result<(), GraphError> {
    address.object(&["street_1", "street_2", "city", "postal_code", "state", "country"])?;
    for key in ["street_1", "city", "postal_code", "state"] {
        address.required_text(key, FREE_TEXT)?;
    }
    address.optional_text("street_2", FREE_TEXT)?;
    address.required_text("country", 2).map(drop)
}
