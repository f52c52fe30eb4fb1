//! What a shop sends: receipts, products, coupons, pictures in a grid.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::buttons;
use super::object::{list, may, need, object};
use super::words::{amount, id, text, url, words};

fn currency() -> impl Strategy<Value = String> {
    "[A-Z]{3}"
}

/// A string, or the same as a number, as many authors write ids.
fn string_or_number() -> impl Strategy<Value = Value> {
    prop_oneof![words().prop_map(Value::from), any::<u32>().prop_map(Value::from)]
}

pub(crate) fn receipt() -> BoxedStrategy<Value> {
    let address = object([
        need("street1", words()),
        may("street2", text(0..=10)),
        need("city", words()),
        need("postalCode", string_or_number()),
        need("state", words()),
        need("country", "[A-Z]{2}"),
    ]);
    let summary = object([
        may("subtotal", amount()),
        may("shippingCost", amount()),
        may("totalTax", amount()),
        need("totalCost", amount()),
    ]);
    let bought = object([
        need("title", words()),
        may("subtitle", words()),
        may("quantity", 1_u32..=99),
        need("price", amount()),
        may("currency", currency()),
        may("imageUrl", url()),
    ]);
    object([
        need("type", Just("receipt")),
        need("recipientName", words()),
        may("merchantName", words()),
        need("orderNumber", string_or_number()),
        need("currency", currency()),
        need("paymentMethod", words()),
        may("orderUrl", url()),
        may("timestamp", prop_oneof![Just(json!("1704067200")), Just(json!(1_704_067_200))]),
        may("address", address),
        need("summary", summary),
        may("adjustments", list(object([may("name", words()), may("amount", amount())]), 1..=3)),
        may("elements", list(bought, 1..=100)),
        may("sharable", any::<bool>()),
    ])
}

pub(crate) fn product() -> BoxedStrategy<Value> {
    let product = object([need("id", prop_oneof![id().prop_map(Value::from), any::<u32>().prop_map(Value::from)])]);
    object([need("type", Just("product")), need("elements", list(product, 1..=10))])
}

pub(crate) fn coupon() -> BoxedStrategy<Value> {
    let coupon = object([
        need("type", Just("coupon")),
        need("title", text(1..=80)),
        may("subtitle", text(0..=80)),
        may("couponCode", "[A-Z0-9]{1,12}"),
        may("couponUrl", url()),
        may("couponUrlButtonTitle", words()),
        may("couponPreMessage", words()),
        may("imageUrl", url()),
        may("payload", words()),
    ]);
    // A coupon has a code, a link or both.
    coupon
        .prop_map(|mut coupon| {
            if coupon.get("couponUrl").is_none() && coupon.get("couponCode").is_none() {
                coupon["couponCode"] = json!("10OFF");
            }
            coupon
        })
        .boxed()
}

pub(crate) fn image_grid() -> BoxedStrategy<Value> {
    let action = prop_oneof![
        object([need("type", Just("web_url")), need("url", url())]),
        object([need("type", Just("postback")), need("payload", words()), need("text", words())]),
    ];
    let image = object([need("url", url()), may("isHeroImage", Just(false)), may("action", action)]);
    let grid = object([
        need("images", list(image, 2..=6)),
        may("title", text(0..=45)),
        may("subtitle", text(0..=80)),
        may("buttons", buttons::of_a_grid()),
    ]);
    // One picture at most is shown large.
    let grid = (grid, any::<prop::sample::Index>(), any::<bool>()).prop_map(|(mut grid, which, hero)| {
        let images = grid["images"].as_array_mut().unwrap();
        if hero {
            let index = which.index(images.len());
            images[index]["isHeroImage"] = json!(true);
        }
        grid
    });
    object([need("type", Just("image_grid")), need("elements", list(grid, 1..=1))])
}
