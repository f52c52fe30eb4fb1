//! Templates and their buttons.
//!
//! `…/` is the documentation's root, as in [`super`].

use super::param::Param;
use crate::simulator::cast::is_http_url;
use crate::simulator::graph_error::GraphError;

/// Source: `…/send-messages/template/button`.
const BUTTON_TEXT: usize = 640;
/// Source: `…/send-messages/template/generic`.
const ELEMENTS: usize = 10;
const ELEMENT_TEXT: usize = 80;
const BUTTONS: usize = 3;
/// Source: `…/send-messages/template/receipt`.
const RECEIPT_ELEMENTS: usize = 100;
/// Source: `…/send-messages/buttons/url`, `…/buttons/postback`.
const BUTTON_TITLE: usize = 20;
const BUTTON_PAYLOAD: usize = 1000;
/// The documentation gives no limit for free texts of a receipt; this only keeps nonsense out.
const FREE_TEXT: usize = 1000;

/// Templates that exist and whose contents are not judged here.
/// Source: `…/send-messages/template/{product,coupon,image-grid}`, `…/send-messages/templates/…`.
const NOT_JUDGED: &[&str] = &[
    "airline_boardingpass",
    "airline_checkin",
    "airline_itinerary",
    "airline_update",
    "calling_optin",
    "coupon",
    "customer_feedback",
    "customer_information",
    "image_grid",
    "instant_form",
    "notification_messages",
    "one_time_notif_req",
    "product",
];

pub(super) fn judge(payload: &Param<'_>) -> Result<(), GraphError> {
    let kind = payload.require("template_type")?;
    // Meta names parameters inside a template this way: <https://github.com/botman/botman/issues/694>.
    let template = Param::new("name_placeholder", payload.value());
    match kind.string()? {
        "button" => button_template(&template),
        "generic" => generic(&template),
        "media" => media(&template),
        "receipt" => receipt(&template),
        known if NOT_JUDGED.contains(&known) => Ok(()),
        // `list` and `open_graph` were removed in 2019 and fall here as well.
        _ => Err(kind.must(&format!("be one of {{button, generic, media, receipt, {}}}", NOT_JUDGED.join(", ")))),
    }
}

fn button_template(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&["template_type", "text", "buttons", "sharable"])?;
    template.required_text("text", BUTTON_TEXT)?;
    buttons(&template.require("buttons")?)
}

fn generic(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&["template_type", "elements", "sharable", "image_aspect_ratio"])?;
    if let Some(ratio) = template.get("image_aspect_ratio") {
        ratio.one_of(&["horizontal", "square"])?;
    }
    for element in template.require("elements")?.items(ELEMENTS)? {
        element.object(&["title", "subtitle", "image_url", "default_action", "buttons", "item_url"])?;
        element.required_text("title", ELEMENT_TEXT)?;
        element.optional_text("subtitle", ELEMENT_TEXT)?;
        element.optional_url("image_url")?;
        if !["subtitle", "image_url", "default_action", "buttons"].iter().any(|key| element.get(key).is_some()) {
            return Err(element.must("have at least one of subtitle, image_url, default_action, buttons"));
        }
        if let Some(action) = element.get("default_action") {
            // A URL button without its title.
            action.require("type")?.one_of(&["web_url"])?;
            action.object(WEB_URL_KEYS)?;
            web_url(&action)?;
        }
        if let Some(buttons) = element.get("buttons") {
            self::buttons(&buttons)?;
        }
    }
    Ok(())
}

/// Source: `…/send-messages/template/media`.
fn media(template: &Param<'_>) -> Result<(), GraphError> {
    template.object(&["template_type", "elements", "sharable"])?;
    for element in template.require("elements")?.items(1)? {
        element.object(&["media_type", "attachment_id", "url", "buttons"])?;
        element.require("media_type")?.one_of(&["image", "video"])?;
        match (element.get("url"), element.get("attachment_id")) {
            (Some(url), None) => drop(url.http_url()?),
            (None, Some(id)) => drop(id.text(FREE_TEXT)?),
            _ => return Err(element.must("have exactly one of url and attachment_id")),
        }
        if let Some(buttons) = element.get("buttons") {
            self::buttons(&buttons)?;
        }
    }
    Ok(())
}

/// Source: `…/send-messages/template/receipt`.
fn receipt(template: &Param<'_>) -> Result<(), GraphError> {
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
    currency(&template.require("currency")?)?;
    template.optional_text("merchant_name", FREE_TEXT)?;
    template.optional_url("order_url")?;
    if let Some(time) = template.get("timestamp")
        && !time.string()?.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Err(time.must("be seconds since the epoch"));
    }
    let summary = template.require("summary")?;
    summary.object(&["subtotal", "shipping_cost", "total_tax", "total_cost"])?;
    summary.require("total_cost")?.number()?;
    for part in ["subtotal", "shipping_cost", "total_tax"] {
        summary.get(part).map_or(Ok(()), |part| part.number())?;
    }
    if let Some(address) = template.get("address") {
        address.object(&["street_1", "street_2", "city", "postal_code", "state", "country"])?;
        for key in ["street_1", "city", "postal_code", "state"] {
            address.required_text(key, FREE_TEXT)?;
        }
        address.required_text("country", 2)?;
    }
    for element in template.get("elements").map_or(Ok(Vec::new()), |elements| elements.items(RECEIPT_ELEMENTS))? {
        element.object(&["title", "subtitle", "quantity", "price", "currency", "image_url"])?;
        element.required_text("title", FREE_TEXT)?;
        element.require("price")?.number()?;
        element.get("quantity").map_or(Ok(()), |quantity| quantity.number())?;
        element.get("currency").map_or(Ok(()), |code| currency(&code))?;
        element.optional_url("image_url")?;
    }
    for adjustment in template.get("adjustments").map_or(Ok(Vec::new()), |items| items.items(RECEIPT_ELEMENTS))? {
        adjustment.object(&["name", "amount"])?;
        adjustment.get("amount").map_or(Ok(()), |amount| amount.number())?;
    }
    Ok(())
}

/// ISO 4217.
fn currency(code: &Param<'_>) -> Result<(), GraphError> {
    let text = code.string()?;
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(())
    } else {
        Err(code.must("be a currency code"))
    }
}

fn buttons(list: &Param<'_>) -> Result<(), GraphError> {
    list.items(BUTTONS)?.iter().try_for_each(button)
}

const WEB_URL_KEYS: &[&str] =
    &["type", "url", "webview_height_ratio", "messenger_extensions", "fallback_url", "webview_share_button"];

/// Source: `…/send-messages/buttons/{url,postback,call,login,logout,game-play}`, `…/calling/callaudiocta`.
fn button(button: &Param<'_>) -> Result<(), GraphError> {
    let kind = button.require("type")?.one_of(&[
        "web_url",
        "postback",
        "phone_number",
        "account_link",
        "account_unlink",
        "game_play",
        "audio_call",
    ])?;
    match kind {
        "web_url" => {
            button.object(&[WEB_URL_KEYS, &["title"]].concat())?;
            button.required_text("title", BUTTON_TITLE)?;
            web_url(button)
        }
        "postback" => {
            button.object(&["type", "title", "payload"])?;
            button.required_text("title", BUTTON_TITLE)?;
            button.required_text("payload", BUTTON_PAYLOAD).map(drop)
        }
        "phone_number" => {
            button.object(&["type", "title", "payload"])?;
            button.required_text("title", BUTTON_TITLE)?;
            let number = button.require("payload")?;
            match number.string()?.strip_prefix('+') {
                Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(()),
                _ => Err(number.must("be a phone number like +16505551234")),
            }
        }
        "account_link" => {
            button.object(&["type", "url"])?;
            https(&button.require("url")?)
        }
        "account_unlink" => button.object(&["type"]).map(drop),
        "audio_call" => {
            button.object(&["type", "title", "expires_in_days"])?;
            button.required_text("title", BUTTON_TITLE).map(drop)
        }
        _ => {
            button.object(&["type", "title", "payload", "game_metadata"])?;
            button.required_text("title", BUTTON_TITLE).map(drop)
        }
    }
}

/// The members of a URL button other than its title.
fn web_url(button: &Param<'_>) -> Result<(), GraphError> {
    let url = button.require("url")?;
    url.http_url()?;
    if let Some(ratio) = button.get("webview_height_ratio") {
        ratio.one_of(&["compact", "tall", "full"])?;
    }
    if let Some(share) = button.get("webview_share_button") {
        share.one_of(&["hide"])?;
    }
    let extensions = button.get("messenger_extensions").is_some_and(|on| on.value() == true);
    if extensions {
        https(&url)?;
    } else if let Some(fallback) = button.get("fallback_url") {
        return Err(fallback.must("come with messenger_extensions true"));
    }
    button.optional_url("fallback_url")
}

fn https(url: &Param<'_>) -> Result<(), GraphError> {
    let text = url.string()?;
    if is_http_url(text) && text.starts_with("https:") { Ok(()) } else { Err(url.must("be an https URL")) }
}
