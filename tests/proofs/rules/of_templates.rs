use serde_json::{Value, json};

use super::{Rule, hold, template};

const CARD: &str = "/elements/0";

#[test]
fn buttons() {
    let button = |button: Value, below: &str, code| template("button", "/buttons/0", button, code).told_below(below);
    let media =
        |button: Value, code| template("media", "/elements/0/buttons", json!([button]), code).told_below("/0/type");
    let grid = |button: Value, code| {
        template("image_grid", "/elements/0/buttons", json!([button]), code).told_below("/0/type")
    };
    hold(&[
        button(json!({"type": "web_url", "url": "https://a.b"}), "/title", "required"),
        button(json!({"type": "web_url", "title": " ", "url": "https://a.b"}), "/title", "required"),
        button(json!({"type": "web_url", "title": "T"}), "/url", "required"),
        button(json!({"type": "web_url", "title": "T", "url": "a.b"}), "/url", "url"),
        button(
            json!({"type": "web_url", "title": "T", "url": "https://a.b", "payload": "P"}),
            "/payload",
            "button.field",
        ),
        button(
            json!({"type": "web_url", "title": "T", "url": "https://a.b", "webviewHeightRatio": "huge"}),
            "/webviewHeightRatio",
            "choice",
        ),
        button(
            json!({"type": "web_url", "title": "T", "url": "https://a.b", "webviewShareButton": "show"}),
            "/webviewShareButton",
            "choice",
        ),
        button(
            json!({"type": "web_url", "title": "T", "url": "http://a.b", "messengerExtensions": true}),
            "/url",
            "url.https",
        ),
        button(
            json!({"type": "web_url", "title": "T", "url": "https://a.b", "fallbackUrl": "https://a.b"}),
            "/fallbackUrl",
            "not_allowed",
        ),
        button(
            json!({"type": "web_url", "title": "T", "url": "https://a.b", "messengerExtensions": true, "fallbackUrl": "a.b"}),
            "/fallbackUrl",
            "url",
        ),
        button(json!({"type": "postback", "payload": "P"}), "/title", "required"),
        button(json!({"type": "postback", "title": "T"}), "/payload", "required"),
        button(json!({"type": "postback", "title": "T", "payload": []}), "/payload", "type").told_below("/payload"),
        button(json!({"type": "postback", "title": "T", "payload": "P", "url": "https://a.b"}), "/url", "button.field"),
        button(json!({"type": "phone_number", "title": "T"}), "/payload", "required"),
        button(json!({"type": "phone_number", "title": "T", "payload": "0815"}), "/payload", "format"),
        button(json!({"type": "phone_number", "title": "T", "payload": "+1 510"}), "/payload", "format"),
        button(json!({"type": "account_link"}), "/url", "required"),
        button(json!({"type": "account_link", "url": "http://a.b"}), "/url", "url.https"),
        button(json!({"type": "account_link", "url": "https://a.b", "title": "Log in"}), "/title", "button.field"),
        button(json!({"type": "account_unlink", "title": "Log out"}), "/title", "button.field"),
        button(json!({"type": "game_play"}), "/title", "required"),
        button(json!({"type": "game_play", "title": "T", "gameMetadata": {}}), "/gameMetadata", "exactly_one"),
        button(
            json!({"type": "game_play", "title": "T", "gameMetadata": {"playerId": "1", "contextId": "2"}}),
            "/gameMetadata",
            "exactly_one",
        ),
        button(
            json!({"type": "game_play", "title": "T", "gameMetadata": {"playerId": true}}),
            "/gameMetadata/playerId",
            "type",
        ),
        button(json!({"type": "audio_call", "title": "T", "url": "https://a.b"}), "/url", "button.field"),
        button(json!({"type": "element_share"}), "/type", "button.retired"),
        button(json!({"type": "payment"}), "/type", "button.retired"),
        button(json!({"type": "nested"}), "/type", "button.retired"),
        button(json!({"type": "slider"}), "/type", "choice"),
        media(json!({"type": "game_play", "title": "T"}), "button.place"),
        media(json!({"type": "account_unlink"}), "button.place"),
        media(json!({"type": "audio_call", "title": "T"}), "button.place"),
        grid(json!({"type": "phone_number", "title": "T", "payload": "+1"}), "button.place"),
        grid(json!({"type": "account_link", "url": "https://a.b"}), "button.place"),
    ]);
}

#[test]
fn cards() {
    let card = |card: Value, below: &str, code| template("generic", CARD, card, code).told_below(below);
    let tap = |action: Value, below: &str, code| {
        card(json!({"title": "T", "defaultAction": action}), &format!("/defaultAction{below}"), code)
    };
    hold(&[
        card(json!({"subtitle": "S"}), "/title", "required"),
        card(json!({"title": "T"}), "", "template.generic.bare"),
        card(json!({"title": "T", "imageUrl": "1.jpg"}), "/imageUrl", "url"),
        card(json!({"title": ["T"], "subtitle": "S"}), "/title", "type"),
        tap(json!({"type": "postback", "payload": "P"}), "/type", "button.default_action"),
        tap(json!({"type": "web_url"}), "/url", "required"),
        tap(json!({"type": "web_url", "url": "https://a.b", "title": "Go"}), "/title", "not_allowed"),
        tap(json!({"type": "web_url", "url": "https://a.b", "payload": "P"}), "/payload", "button.field"),
        template("generic", "/imageAspectRatio", json!("round"), "choice"),
        template("generic", "/sharable", json!("yes"), "type"),
        template("button", "/text", None, "required"),
        template("button", "/text", json!(" "), "required"),
        template("button", "/buttons", json!("buttons"), "type"),
    ]);
}

#[test]
fn pictures_with_buttons() {
    let element = |element: Value, below: &str, code| template("media", CARD, element, code).told_below(below);
    let image =
        |image: Value, below: &str, code| template("image_grid", "/elements/0/images/0", image, code).told_below(below);
    let tap = |action: Value, below: &str, code| {
        image(json!({"url": "https://a.b/1", "action": action}), &format!("/action{below}"), code)
    };
    hold(&[
        element(json!({"attachmentId": "1"}), "/mediaType", "required"),
        element(json!({"mediaType": "audio", "attachmentId": "1"}), "/mediaType", "choice"),
        element(json!({"mediaType": "image"}), "/attachmentId", "required"),
        element(json!({"mediaType": "image", "attachmentId": ""}), "/attachmentId", "required"),
        element(
            json!({"mediaType": "image", "attachmentId": "1", "url": "https://facebook.com/1"}),
            "/attachmentId",
            "not_allowed",
        ),
        element(json!({"mediaType": "image", "url": "https://example.com/1"}), "/url", "url.facebook"),
        element(json!({"mediaType": "image", "url": "https://notfacebook.com/1"}), "/url", "url.facebook"),
        element(json!({"mediaType": "image", "url": "facebook.com/1"}), "/url", "url"),
        image(json!({}), "/url", "required"),
        image(json!({"url": "1.jpg"}), "/url", "url"),
        tap(json!({"url": "https://a.b"}), "/type", "required"),
        tap(json!({"type": "call"}), "/type", "choice"),
        tap(json!({"type": "web_url"}), "/url", "required"),
        tap(json!({"type": "web_url", "url": "https://a.b", "payload": "P"}), "/payload", "not_allowed"),
        tap(json!({"type": "web_url", "url": "https://a.b", "text": "T"}), "/text", "not_allowed"),
        tap(json!({"type": "postback", "text": "T"}), "/payload", "required"),
        tap(json!({"type": "postback", "payload": "P"}), "/text", "required"),
        tap(json!({"type": "postback", "payload": "P", "text": "T", "url": "https://a.b"}), "/url", "not_allowed"),
    ]);
}

#[test]
fn shops() {
    let receipt = |at: &str, new: Option<Value>, code| template("receipt", at, new, code);
    let address = |name: &str| {
        let mut address =
            json!({"street1": "1 Main St", "city": "Vic", "postalCode": "94105", "state": "B", "country": "ES"});
        address.as_object_mut().unwrap().remove(name);
        receipt("/address", Some(address), "required").told_below(&format!("/{name}"))
    };
    let bought = |thing: Value, below: &str, code| {
        receipt("/elements", Some(json!([thing])), code).told_below(&format!("/0{below}"))
    };
    let mut rules: Vec<Rule> = ["recipientName", "orderNumber", "currency", "paymentMethod"]
        .map(|name| receipt(&format!("/{name}"), None, "required"))
        .into();
    rules.extend(["street1", "city", "postalCode", "state", "country"].map(address));
    rules.extend([
        receipt("/currency", Some(json!("usd")), "format"),
        receipt("/currency", Some(json!("")), "required"),
        receipt("/orderUrl", Some(json!("o/1")), "url"),
        receipt("/timestamp", Some(json!("yesterday")), "format"),
        receipt("/summary", None, "required").told_below("/totalCost"),
        receipt("/summary/totalCost", None, "required"),
        receipt("/summary/totalCost", Some(json!("56")), "type"),
        bought(json!({"price": 1}), "/title", "required"),
        bought(json!({"title": "Hat"}), "/price", "required"),
        bought(json!({"title": "Hat", "price": 1, "currency": "euro"}), "/currency", "format"),
        bought(json!({"title": "Hat", "price": 1, "currency": ""}), "/currency", "format"),
        bought(json!({"title": "Hat", "price": 1, "imageUrl": "hat.png"}), "/imageUrl", "url"),
        bought(json!({"title": "Hat", "price": "1"}), "/price", "type"),
        template("product", "/elements/0/id", None, "required"),
        template("product", "/elements/0/id", json!(""), "required"),
        template("product", "/elements/0/id", json!({}), "type"),
        template("coupon", "/title", None, "required"),
        template("coupon", "/couponCode", json!("10 OFF"), "format"),
        template("coupon", "/couponCode", json!(""), "format"),
        template("coupon", "/couponUrl", json!("a.b"), "url"),
        template("coupon", "/imageUrl", json!("c.png"), "url"),
        template("coupon", "", json!({"type": "coupon", "title": "10% off"}), "template.coupon.empty"),
    ]);
    hold(&rules);
}
