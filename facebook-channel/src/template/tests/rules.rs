//! The rules of buttons, cards, receipts and what else is shown.

use serde_json::{Value, json};

use super::check;
use crate::send::tests::{long, refusals, saying, template};

fn many(n: usize, value: &Value) -> Value {
    json!(vec![value.clone(); n])
}

#[test]
fn button() {
    let one = json!({"type": "postback", "title": "a", "payload": "b"});
    check(
        "button",
        vec![
            ("/text", Value::Null, &["/text required"]),
            ("/text", json!(long(641)), &["/text template.button.text.length 641/640"]),
            ("/buttons", json!([]), &["/buttons template.button.buttons.count 0/1"]),
            ("/buttons", many(4, &one), &["/buttons template.button.buttons.count 4/3"]),
            ("/buttons", json!("buttons"), &["/buttons type"]),
            ("/text", json!(long(640)), &[]),
        ],
    );
}

#[test]
fn buttons_of_every_kind() {
    let cases: Vec<(Value, &[&str])> = vec![
        (json!({}), &["/payload required", "/title required"]),
        (json!({"type": "postback", "title": "a", "payload": ""}), &["/payload required"]),
        (
            json!({"type": "postback", "title": long(21), "payload": long(1001)}),
            &["/payload button.payload.length 1001/1000", "/title button.title.length 21/20"],
        ),
        (json!({"type": "postback", "title": "a", "payload": "b", "url": "https://a.b"}), &["/url button.field"]),
        (json!({"type": "web_url", "title": "a"}), &["/url required"]),
        (json!({"type": "web_url", "title": "a", "url": "a.b"}), &["/url url"]),
        (json!({"type": "web_url", "title": "a", "url": "https://a.b", "payload": "c"}), &["/payload button.field"]),
        (
            json!({"type": "web_url", "title": "a", "url": "http://a.b", "messengerExtensions": true}),
            &["/url url.https"],
        ),
        (
            json!({"type": "web_url", "title": "a", "url": "https://a.b", "fallbackUrl": "https://a.b/c"}),
            &["/fallbackUrl not_allowed"],
        ),
        (
            json!({"type": "web_url", "title": "a", "url": "https://a.b", "webviewHeightRatio": "big", "webviewShareButton": "show"}),
            &["/webviewHeightRatio choice", "/webviewShareButton choice"],
        ),
        (json!({"type": "phone_number", "title": "a"}), &["/payload required"]),
        (json!({"type": "phone_number", "title": "a", "payload": "(510) 555"}), &["/payload format"]),
        (json!({"type": "phone_number", "title": "a", "payload": "+"}), &["/payload format"]),
        (json!({"type": "account_link"}), &["/url required"]),
        (json!({"type": "account_link", "url": "http://a.b"}), &["/url url.https"]),
        (json!({"type": "account_link", "url": "https://a.b", "title": "Log in"}), &["/title button.field"]),
        (json!({"type": "account_unlink", "title": "Log out"}), &["/title button.field"]),
        (json!({"type": "game_play"}), &["/title required"]),
        (json!({"type": "game_play", "title": "a", "gameMetadata": {}}), &["/gameMetadata exactly_one"]),
        (
            json!({"type": "game_play", "title": "a", "gameMetadata": {"playerId": "1", "context_id": "2"}}),
            &["/gameMetadata exactly_one"],
        ),
        (
            json!({"type": "game_play", "title": "a", "gameMetadata": {"playerId": true}}),
            &["/gameMetadata/playerId type"],
        ),
        (
            json!({"type": "game_play", "title": "a", "gameMetadata": {"contextId": " "}}),
            &["/gameMetadata/contextId required"],
        ),
        (json!({"type": "game_play", "title": "a", "gameMetadata": {"playerId": 12}}), &[]),
        (json!({"type": "game_play", "title": "a", "expiresInDays": 1}), &["/expiresInDays button.field"]),
        (
            json!({"type": "audio_call", "title": "a", "expiresInDays": 8}),
            &["/expiresInDays button.expires_in_days 8/7"],
        ),
        (
            json!({"type": "audio_call", "title": "a", "expiresInDays": 0}),
            &["/expiresInDays button.expires_in_days 0/1"],
        ),
        (json!({"type": "element_share"}), &["/type button.retired"]),
        (json!({"type": "payment", "title": "Buy"}), &["/type button.retired"]),
        (json!({"type": "nested", "title": "More"}), &["/type button.retired"]),
        (json!({"type": "slider"}), &["/type choice"]),
    ];
    for (button, expected) in cases {
        let buttons = json!({"type": "button", "text": "?", "buttons": [button]});
        let expected: Vec<_> = expected.iter().map(|place| format!("/content/template/buttons/0{place}")).collect();
        assert_eq!(refusals(&saying(template(buttons))), expected, "{button}");
    }
}

#[test]
fn buttons_stand_only_where_meta_allows_them() {
    let call = json!({"type": "audio_call", "title": "a"});
    let phone = json!({"type": "phone_number", "title": "a", "payload": "+1"});
    check("media", vec![("/elements/0/buttons/0", call.clone(), &["/elements/0/buttons/0/type button.place"])]);
    check(
        "image_grid",
        vec![
            ("/elements/0/buttons/0", call, &["/elements/0/buttons/0/type button.place"]),
            ("/elements/0/buttons/1", phone, &["/elements/0/buttons/1/type button.place"]),
        ],
    );
}

#[test]
fn generic() {
    let card = json!({"title": "a", "subtitle": "b"});
    let button = json!({"type": "account_unlink"});
    check(
        "generic",
        vec![
            ("/elements", json!([]), &["/elements template.generic.elements.count 0/1"]),
            ("/elements", many(11, &card), &["/elements template.generic.elements.count 11/10"]),
            ("/elements/2/title", Value::Null, &["/elements/2/title required"]),
            ("/elements/2/title", json!(long(81)), &["/elements/2/title template.generic.title.length 81/80"]),
            ("/elements/0/subtitle", json!(long(81)), &["/elements/0/subtitle template.generic.subtitle.length 81/80"]),
            ("/elements/0/imageUrl", json!("a.jpg"), &["/elements/0/imageUrl url"]),
            ("/elements/0/buttons", many(4, &button), &["/elements/0/buttons template.generic.buttons.count 4/3"]),
            ("/elements/0/buttons/0/url", json!(""), &["/elements/0/buttons/0/url required"]),
            ("/elements/2", json!({"title": "alone"}), &["/elements/2 template.generic.bare"]),
            ("/elements/2", json!("card"), &["/elements/2 type"]),
            (
                "/elements/0/defaultAction/type",
                json!("postback"),
                &["/elements/0/defaultAction/type button.default_action"],
            ),
            ("/elements/0/defaultAction/title", json!("Go"), &["/elements/0/defaultAction/title not_allowed"]),
            ("/elements/0/defaultAction/url", Value::Null, &["/elements/0/defaultAction/url required"]),
            ("/elements/0/defaultAction/payload", json!("x"), &["/elements/0/defaultAction/payload button.field"]),
            ("/imageAspectRatio", json!("round"), &["/imageAspectRatio choice"]),
            ("/sharable", json!("yes"), &["/sharable type"]),
            ("/elements", many(10, &card), &[]),
        ],
    );
}

#[test]
fn receipt() {
    let thing = json!({"title": "a", "price": 1});
    check(
        "receipt",
        vec![
            ("/recipientName", Value::Null, &["/recipientName required"]),
            ("/orderNumber", json!(""), &["/orderNumber required"]),
            ("/currency", Value::Null, &["/currency required"]),
            ("/currency", json!("usd"), &["/currency format"]),
            ("/paymentMethod", Value::Null, &["/paymentMethod required"]),
            ("/orderUrl", json!("o/1"), &["/orderUrl url"]),
            ("/timestamp", json!("2024-01-01"), &["/timestamp format"]),
            ("/summary", Value::Null, &["/summary/totalCost required"]),
            ("/summary/totalCost", Value::Null, &["/summary/totalCost required"]),
            ("/summary/totalCost", json!("56"), &["/summary/totalCost type"]),
            ("/elements", many(101, &thing), &["/elements template.receipt.elements.count 101/100"]),
            ("/elements/0/title", Value::Null, &["/elements/0/title required"]),
            ("/elements/0/price", Value::Null, &["/elements/0/price required"]),
            ("/elements/0/currency", json!("Euro"), &["/elements/0/currency format"]),
            ("/elements/0/currency", json!(""), &["/elements/0/currency format"]),
            ("/currency", json!(" "), &["/currency required"]),
            ("/elements/0/imageUrl", json!("x"), &["/elements/0/imageUrl url"]),
            (
                "/address",
                json!({}),
                &[
                    "/address/city required",
                    "/address/country required",
                    "/address/postalCode required",
                    "/address/state required",
                    "/address/street1 required",
                ],
            ),
            ("/address/country", json!("Spain"), &["/address/country format"]),
            ("/address", Value::Null, &[]),
            ("/elements", many(100, &thing), &[]),
        ],
    );
}

#[test]
fn media() {
    let element = json!({"mediaType": "video", "attachmentId": "1"});
    let button = json!({"type": "postback", "title": "a", "payload": "b"});
    check(
        "media",
        vec![
            ("/elements", json!([]), &["/elements template.media.elements.count 0/1"]),
            ("/elements/-", element, &["/elements template.media.elements.count 2/1"]),
            ("/elements/0/mediaType", Value::Null, &["/elements/0/mediaType required"]),
            ("/elements/0/mediaType", json!("audio"), &["/elements/0/mediaType choice"]),
            ("/elements/0/attachmentId", Value::Null, &["/elements/0/attachmentId required"]),
            ("/elements/0/attachmentId", json!(" "), &["/elements/0/attachmentId required"]),
            (
                "/elements/0/url",
                json!("https://www.facebook.com/p/photos/1"),
                &["/elements/0/attachmentId not_allowed"],
            ),
            (
                "/elements/0",
                json!({"mediaType": "image", "url": "https://notfacebook.com/1"}),
                &["/elements/0/url url.facebook"],
            ),
            ("/elements/0", json!({"mediaType": "image", "url": "facebook.com/1"}), &["/elements/0/url url"]),
            ("/elements/0", json!({"mediaType": "image", "url": "https://m.facebook.com/1"}), &[]),
            ("/elements/0/buttons", many(4, &button), &["/elements/0/buttons template.media.buttons.count 4/3"]),
        ],
    );
}

#[test]
fn product_and_coupon() {
    check(
        "product",
        vec![
            ("/elements", json!([]), &["/elements template.product.elements.count 0/1"]),
            ("/elements", many(11, &json!({"id": "1"})), &["/elements template.product.elements.count 11/10"]),
            ("/elements/1/id", Value::Null, &["/elements/1/id required"]),
        ],
    );
    check(
        "coupon",
        vec![
            ("/title", Value::Null, &["/title required"]),
            ("/title", json!(long(81)), &["/title template.coupon.title.length 81/80"]),
            ("/subtitle", json!(long(81)), &["/subtitle template.coupon.subtitle.length 81/80"]),
            ("/couponCode", json!("10 OFF"), &["/couponCode format"]),
            ("/couponUrl", json!("example.com"), &["/couponUrl url"]),
            ("/imageUrl", json!("c.png"), &["/imageUrl url"]),
            ("/couponCode", Value::Null, &[]),
        ],
    );
    let empty = template(json!({"type": "coupon", "title": "a"}));
    assert_eq!(refusals(&saying(empty)), ["/content/template template.coupon.empty"]);
}

#[test]
fn image_grid() {
    let image = json!({"url": "https://example.com/3.jpg"});
    let hero = json!({"url": "https://example.com/3.jpg", "isHeroImage": true});
    check(
        "image_grid",
        vec![
            ("/elements", json!([]), &["/elements template.image_grid.elements.count 0/1"]),
            ("/elements/0/images", many(1, &image), &["/elements/0/images template.image_grid.images.count 1/2"]),
            ("/elements/0/images", many(7, &image), &["/elements/0/images template.image_grid.images.count 7/6"]),
            ("/elements/0/images/-", hero, &["/elements/0/images template.image_grid.hero_images.count 2/1"]),
            ("/elements/0/images/0/url", Value::Null, &["/elements/0/images/0/url required"]),
            ("/elements/0/images/0/action/type", json!("call"), &["/elements/0/images/0/action/type choice"]),
            ("/elements/0/images/0/action/url", Value::Null, &["/elements/0/images/0/action/url required"]),
            ("/elements/0/images/0/action/text", json!("a"), &["/elements/0/images/0/action/text not_allowed"]),
            ("/elements/0/images/1/action/text", Value::Null, &["/elements/0/images/1/action/text required"]),
            ("/elements/0/images/1/action/payload", Value::Null, &["/elements/0/images/1/action/payload required"]),
            ("/elements/0/title", json!(long(46)), &["/elements/0/title template.image_grid.title.length 46/45"]),
            (
                "/elements/0/subtitle",
                json!(long(81)),
                &["/elements/0/subtitle template.image_grid.subtitle.length 81/80"],
            ),
            (
                "/elements/0/buttons",
                many(4, &json!({"title": "a", "payload": "b"})),
                &["/elements/0/buttons template.image_grid.buttons.count 4/3"],
            ),
        ],
    );
}
