//! Carts, coupons, and the payments that Meta has retired and older apps still receive.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/send_cart>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/coupon>,
//! <https://github.com/restfb/restfb> (payments)

use channel_api::{Event, EventBody};

use super::event_spec::EventSpec;
use super::fields::{self, Field, FieldType, Mismatch, field};
use super::json::Json;
use super::normalize_error::NormalizeError;

pub(super) const SPECS: &[EventSpec] = &[
    EventSpec::fields("order", "facebook.order", ORDER, &["products"]),
    EventSpec::with("template", "facebook.coupon", coupon),
    EventSpec::fields("payment", "facebook.payment", PAYMENT, &[]),
    EventSpec::fields("checkout_update", "facebook.checkout_update", CHECKOUT, &[]),
    EventSpec::fields("pre_checkout", "facebook.pre_checkout", PAYMENT, &[]),
];

const ORDER: &[Field] = &[
    field("products", "products", FieldType::Many(PRODUCT)),
    field("note", "note", FieldType::Text),
    field("source", "source", FieldType::Text),
];

const PRODUCT: &[Field] = &[
    field("id", "id", FieldType::Id),
    field("retailer_id", "retailerId", FieldType::Id),
    field("name", "name", FieldType::Text),
    field("unit_price", "unitPrice", FieldType::Number),
    field("currency", "currency", FieldType::Text),
    field("quantity", "quantity", FieldType::Number),
];

const COUPON: &[Field] = &[
    field("type", "type", FieldType::Text),
    field("payload", "payload", FieldType::Payload),
    field("coupon_code", "couponCode", FieldType::Id),
];

fn coupon(payload: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
    if payload.get("type").and_then(Json::as_str) != Some("coupon") {
        return Err(NormalizeError::unknown_kind("is not a coupon's, the only one that Meta documents here"));
    }
    event.body = EventBody::Fields(fields::read(payload, COUPON, Mismatch::Refuse)?);
    Ok(())
}

const PAYMENT: &[Field] = &[
    field("payload", "payload", FieldType::Payload),
    field("requested_user_info", "requestedUserInfo", FieldType::Free),
    field("payment_credential", "paymentCredential", FieldType::Free),
    field("amount", "amount", FieldType::One(AMOUNT)),
    field("shipping_option_id", "shippingOptionId", FieldType::Id),
];

const AMOUNT: &[Field] =
    &[field("currency", "currency", FieldType::Text), field("amount", "amount", FieldType::Number)];

const CHECKOUT: &[Field] =
    &[field("payload", "payload", FieldType::Payload), field("shipping_address", "shippingAddress", FieldType::Free)];
