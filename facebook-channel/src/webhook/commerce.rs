//! Carts, coupons, and the payments that Meta has retired and older apps still receive.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/send_cart>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/template/coupon>,
//! <https://github.com/restfb/restfb> (payments)

use channel_api::{Event, EventBody};

use super::fields::{self, Field, Form, Mismatch, field};
use super::json::Json;
use super::kind::Kind;
use super::trouble::Trouble;

pub(super) const KINDS: &[Kind] = &[
    Kind::fields("order", "facebook.order", ORDER, &["products"]),
    Kind::with("template", "facebook.coupon", coupon),
    Kind::fields("payment", "facebook.payment", PAYMENT, &[]),
    Kind::fields("checkout_update", "facebook.checkout_update", CHECKOUT, &[]),
    Kind::fields("pre_checkout", "facebook.pre_checkout", PAYMENT, &[]),
];

const ORDER: &[Field] = &[
    field("products", "products", Form::Many(PRODUCT)),
    field("note", "note", Form::Text),
    field("source", "source", Form::Text),
];

const PRODUCT: &[Field] = &[
    field("id", "id", Form::Id),
    field("retailer_id", "retailerId", Form::Id),
    field("name", "name", Form::Text),
    field("unit_price", "unitPrice", Form::Number),
    field("currency", "currency", Form::Text),
    field("quantity", "quantity", Form::Number),
];

const COUPON: &[Field] = &[
    field("type", "type", Form::Text),
    field("payload", "payload", Form::Payload),
    field("coupon_code", "couponCode", Form::Id),
];

fn coupon(payload: Json<'_>, event: &mut Event) -> Result<(), Trouble> {
    if payload.get("type").and_then(Json::as_str) != Some("coupon") {
        return Err(Trouble::kind("is not a coupon's, the only one that Meta documents here"));
    }
    event.body = EventBody::Fields(fields::read(payload, COUPON, Mismatch::Refuse)?);
    Ok(())
}

const PAYMENT: &[Field] = &[
    field("payload", "payload", Form::Payload),
    field("requested_user_info", "requestedUserInfo", Form::Free),
    field("payment_credential", "paymentCredential", Form::Free),
    field("amount", "amount", Form::One(AMOUNT)),
    field("shipping_option_id", "shippingOptionId", Form::Id),
];

const AMOUNT: &[Field] = &[field("currency", "currency", Form::Text), field("amount", "amount", Form::Number)];

const CHECKOUT: &[Field] =
    &[field("payload", "payload", Form::Payload), field("shipping_address", "shippingAddress", Form::Free)];
