//! What people pass on (reels, posts, shares) and what shops send (products, bookings, templates), in the host's own form. Meta's
//! own JSON stays beside it, for what the form does not show.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messages>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates>,
//! <https://developers.facebook.com/docs/graph-api/reference/page/messages>

use channel_api::JsonObject;
use serde_json::Value;

use super::fields::{Field, FieldType, addition, field};
use super::json::Json;
use super::scalar;

/// What leads somewhere: it has a `link`, whatever else Meta calls it. A post of Instagram's was a `share` until April 2026.
const LINKS: [&str; 6] = ["reel", "ig_reel", "post", "ig_post", "share", "media_share"];

/// The form of an attachment of this type, and the name under which it stands. `None` where it has nothing that the form shows.
pub(super) fn form(kind: &str, attachment: &Json<'_>) -> Option<(&'static str, Value)> {
    let payload = attachment.get("payload");
    match kind {
        _ if LINKS.contains(&kind) => Some(("link", link(payload, attachment)?)),
        "template" => Some(("template", template(payload?)?)),
        "product" => Some(("product", one(payload?.get("product").or(payload)?, PRODUCT)?)),
        "appointment_booking" => Some(("appointmentBooking", one(payload?, BOOKING)?)),
        _ => None,
    }
}

/// As in a link: `url`, `title`, and the id of what it leads to, all of it text. In older messages it stands beside the payload.
fn link(payload: Option<&Json<'_>>, attachment: &Json<'_>) -> Option<Value> {
    let mut link = JsonObject::new();
    for (key, name) in [("url", "url"), ("title", "title"), ("id", "id"), ("reel_video_id", "id")] {
        let places = [payload, Some(attachment)].into_iter().flatten();
        let text = places.filter_map(|place| place.get(key)).find_map(scalar::text_id);
        if let Some(text) = text.filter(|_| !link.contains_key(name)) {
            link.insert(name.to_owned(), text.into());
        }
    }
    (!link.is_empty()).then_some(Value::Object(link))
}

/// As in a template that is sent, with Meta's `template_type` as its `type`. The products that somebody asks about come without.
fn template(payload: &Json<'_>) -> Option<Value> {
    if payload.get("template_type").is_some_and(|kind| kind.as_str().is_some()) {
        return one(payload, TEMPLATE);
    }
    let mut products = one(payload.get("product")?, PRODUCT)?;
    products["type"] = "product".into();
    Some(products)
}

/// An object of these fields, if it has at least one of them. What no table names stands in it by Meta's own names.
fn one(json: &Json<'_>, table: &'static [Field]) -> Option<Value> {
    let named = |field: &Field| json.get(field.key).is_some_and(|value| !value.is_null());
    if !table.iter().any(named) {
        return None;
    }
    addition(json.clone(), FieldType::One(table))
}

const BOOKING: &[Field] = &[
    field("booking_id", "bookingId", FieldType::Id),
    field("status", "status", FieldType::Text),
    field("start_time", "startTime", FieldType::Time),
    field("end_time", "endTime", FieldType::Time),
    field("timezone", "timezone", FieldType::Text),
];

const PRODUCT: &[Field] = &[field("elements", "elements", FieldType::Many(ELEMENT))];

const ELEMENT: &[Field] = &[
    field("id", "id", FieldType::Id),
    field("retailer_id", "retailerId", FieldType::Id),
    field("title", "title", FieldType::Text),
    field("subtitle", "subtitle", FieldType::Text),
    field("image_url", "imageUrl", FieldType::Text),
    field("price", "price", FieldType::NumberOrText),
    field("currency", "currency", FieldType::Text),
    field("quantity", "quantity", FieldType::Number),
    field("url", "url", FieldType::Text),
    field("media_type", "mediaType", FieldType::Text),
    // A number in echoes, and text when it is sent.
    field("attachment_id", "attachmentId", FieldType::Id),
    field("default_action", "defaultAction", FieldType::One(BUTTON)),
    field("buttons", "buttons", FieldType::Many(BUTTON)),
];

const BUTTON: &[Field] = &[
    field("type", "type", FieldType::Text),
    field("title", "title", FieldType::Text),
    field("url", "url", FieldType::Text),
    field("payload", "payload", FieldType::Payload),
];

const TEMPLATE: &[Field] = &[
    field("template_type", "type", FieldType::Text),
    field("text", "text", FieldType::Text),
    field("title", "title", FieldType::Text),
    field("subtitle", "subtitle", FieldType::Text),
    field("image_url", "imageUrl", FieldType::Text),
    field("elements", "elements", FieldType::Many(ELEMENT)),
    field("buttons", "buttons", FieldType::Many(BUTTON)),
    field("recipient_name", "recipientName", FieldType::Text),
    field("merchant_name", "merchantName", FieldType::Text),
    field("order_number", "orderNumber", FieldType::Id),
    field("order_url", "orderUrl", FieldType::Text),
    field("payment_method", "paymentMethod", FieldType::Text),
    field("currency", "currency", FieldType::Text),
    // In seconds, as text: as it is sent.
    field("timestamp", "timestamp", FieldType::Id),
    field("address", "address", FieldType::One(ADDRESS)),
    field("summary", "summary", FieldType::One(SUMMARY)),
    field("adjustments", "adjustments", FieldType::Many(ADJUSTMENT)),
    field("coupon_code", "couponCode", FieldType::Text),
    field("coupon_url", "couponUrl", FieldType::Text),
];

const ADDRESS: &[Field] = &[
    field("street_1", "street1", FieldType::Text),
    field("street_2", "street2", FieldType::Text),
    field("city", "city", FieldType::Text),
    field("postal_code", "postalCode", FieldType::Id),
    field("state", "state", FieldType::Text),
    field("country", "country", FieldType::Text),
];

const SUMMARY: &[Field] = &[
    field("subtotal", "subtotal", FieldType::Number),
    field("shipping_cost", "shippingCost", FieldType::Number),
    field("total_tax", "totalTax", FieldType::Number),
    field("total_cost", "totalCost", FieldType::Number),
];

const ADJUSTMENT: &[Field] = &[field("name", "name", FieldType::Text), field("amount", "amount", FieldType::Number)];
