//! Linktor's own examples of `messages.send`, each with the body that Meta documents.

use serde_json::{Value, json};

use super::{bodies, saying, snapshot, template, warnings, with_options};

#[expect(clippy::too_many_lines, reason = "it is a list")]
fn examples() -> Vec<(&'static str, Value)> {
    let say = |text: &str| json!({"type": "text", "text": text});
    vec![
        ("text", saying(say("Hello! How can I help you today?"))),
        ("image", saying(json!({"type": "image", "image": {"url": "https://example.com/product.jpg"}}))),
        (
            "button",
            saying(template(json!({
                "type": "button",
                "text": "What would you like to do?",
                "buttons": [
                    {"type": "postback", "title": "View Orders", "payload": "VIEW_ORDERS"},
                    {"type": "postback", "title": "Track Shipment", "payload": "TRACK_SHIPMENT"},
                    {"type": "web_url", "title": "Visit Website", "url": "https://example.com"}
                ]
            }))),
        ),
        (
            "generic",
            saying(template(json!({
                "type": "generic",
                "elements": [
                    {
                        "title": "iPhone 15 Pro",
                        "subtitle": "$999 - Free shipping",
                        "imageUrl": "https://example.com/iphone.jpg",
                        "defaultAction": {"type": "web_url", "url": "https://example.com/products/iphone-15"},
                        "buttons": [
                            {"type": "postback", "title": "Buy Now", "payload": "BUY_IPHONE_15"},
                            {"type": "web_url", "title": "View Details", "url": "https://example.com/products/iphone-15"}
                        ]
                    },
                    {
                        "title": "MacBook Pro",
                        "subtitle": "$1,999 - Free shipping",
                        "imageUrl": "https://example.com/macbook.jpg",
                        "buttons": [{"type": "postback", "title": "Buy Now", "payload": "BUY_MACBOOK"}]
                    }
                ]
            }))),
        ),
        (
            "quick_replies",
            saying(json!({
                "type": "text",
                "text": "How would you rate your experience?",
                "quickReplies": [
                    {"contentType": "text", "title": "Great!", "payload": "RATING_GREAT"},
                    {"contentType": "text", "title": "Good", "payload": "RATING_GOOD"},
                    {"contentType": "text", "title": "Could be better", "payload": "RATING_POOR"},
                    {"contentType": "user_phone_number"},
                    {"contentType": "user_email"}
                ]
            })),
        ),
        (
            "receipt",
            saying(template(json!({
                "type": "receipt",
                "recipientName": "John Doe",
                "orderNumber": "ORD-12345",
                "currency": "USD",
                "paymentMethod": "Visa 1234",
                "orderUrl": "https://example.com/orders/12345",
                "timestamp": "1704067200",
                "address": {
                    "street1": "123 Main St", "city": "San Francisco", "state": "CA", "postalCode": "94105", "country": "US"
                },
                "summary": {"subtotal": 99.99, "shippingCost": 4.99, "totalTax": 8.49, "totalCost": 113.47},
                "elements": [
                    {
                        "title": "iPhone Case", "subtitle": "Black, Standard", "quantity": 1, "price": 29.99,
                        "currency": "USD", "imageUrl": "https://example.com/case.jpg"
                    },
                    {
                        "title": "Screen Protector", "subtitle": "Tempered Glass", "quantity": 2, "price": 35.00,
                        "currency": "USD"
                    }
                ]
            }))),
        ),
        (
            "tag_event",
            with_options(
                say("Your flight UA123 has been delayed. New departure time: 3:45 PM."),
                json!({"tag": "CONFIRMED_EVENT_UPDATE"}),
            ),
        ),
        (
            "tag_purchase",
            with_options(
                say("Your order #12345 has shipped! Track it here: https://track.example.com/12345"),
                json!({"tag": "POST_PURCHASE_UPDATE"}),
            ),
        ),
        (
            "tag_account",
            with_options(
                say("Your password was changed. If this was not you, please contact support."),
                json!({"tag": "ACCOUNT_UPDATE"}),
            ),
        ),
    ]
}

#[test]
fn every_example_becomes_the_body_that_meta_documents() {
    for (name, message) in examples() {
        let bodies = bodies(&message);
        assert_eq!(bodies.len(), 1, "{name}");
        snapshot(&format!("seed_{name}"), &bodies[0]);
    }
}

#[test]
fn only_the_retired_tags_are_worth_a_warning() {
    for (name, message) in examples() {
        let expected: &[&str] = if name.starts_with("tag_") { &["/options/tag tag.retired"] } else { &[] };
        assert_eq!(warnings(&message), expected, "{name}");
    }
}
