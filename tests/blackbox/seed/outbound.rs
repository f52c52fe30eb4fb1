//! `messages.send`: the example goes in over HTTP, the body that Meta documents comes out at the Graph API.

use serde_json::{Value, json};
use tests::json::assert_same;
use tests::webhook::{ago, at, between, body};
use tests::{Graph, HostConfig, ids};

/// Posts the example and returns what reached the Graph API. There is nothing to warn of.
async fn sent(example: &str) -> Value {
    let (body, warnings) = sent_with_warnings(example).await;
    assert_eq!(warnings, json!([]));
    body
}

/// Posts the example to somebody who has just written; returns what reached the Graph API, and what the author is warned of.
async fn sent_with_warnings(example: &str) -> (Value, Value) {
    let graph = Graph::start().await;
    graph.messages().ok("m_seed");
    let host = HostConfig::with_graph(&graph).serve().await;
    let wrote = between("1234567890", ids::PAGE, "message", json!({"mid": "m_hi", "text": "Hi"}));
    host.deliver(body([at(wrote, ago(0))])).await.expect_status(200);
    let reply = host.send(example).await.expect_status(200).json();
    assert_eq!(reply["channelId"], ids::CHANNEL);
    assert_eq!(reply["to"], "1234567890");
    assert_eq!(reply["receipts"][0]["messageId"], "m_seed");
    assert_eq!(reply["receipts"].as_array().expect("receipts").len(), 1);
    let request = graph.received("a message", tests::GraphRequest::is_message).await;
    assert!(request.path.ends_with(&format!("/{}/messages", ids::PAGE)) || request.path.ends_with("/me/messages"));
    assert!(request.header("content-type").starts_with("application/json"));
    assert_eq!(graph.sent().len(), 1);
    (unstamped(request.body), reply["warnings"].clone())
}

/// Without what brings its copy back to it: 22 letters and digits that differ each time.
fn unstamped(mut body: Value) -> Value {
    let stamp = body["message"].as_object_mut().and_then(|message| message.remove("metadata"));
    let stamp = stamp.as_ref().and_then(Value::as_str).and_then(|stamp| stamp.strip_prefix("ltk:")).unwrap_or_default();
    assert!(stamp.len() == 22 && stamp.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{stamp}");
    body
}

#[tokio::test]
async fn text() {
    let body = sent(
        r#"{
            "channelId": "ch_facebook_123",
            "to": "1234567890",
            "content": {"type": "text", "text": "Hello! How can I help you today?"}
        }"#,
    )
    .await;
    let expected = json!({
        "recipient": {"id": "1234567890"},
        "messaging_type": "RESPONSE",
        "message": {"text": "Hello! How can I help you today?"}
    });
    assert_same(&body, &expected);
}

#[tokio::test]
async fn image() {
    let body = sent(
        r#"{
            "channelId": "ch_facebook_123",
            "to": "1234567890",
            "content": {"type": "image", "image": {"url": "https://example.com/product.jpg"}}
        }"#,
    )
    .await;
    let expected = json!({
        "recipient": {"id": "1234567890"},
        "messaging_type": "RESPONSE",
        "message": {"attachment": {"type": "image", "payload": {"url": "https://example.com/product.jpg"}}}
    });
    assert_same(&body, &expected);
}

#[tokio::test]
async fn button_template() {
    let body = sent(
        r#"{
            "channelId": "ch_facebook_123",
            "to": "1234567890",
            "content": {
                "type": "template",
                "template": {
                    "type": "button",
                    "text": "What would you like to do?",
                    "buttons": [
                        {"type": "postback", "title": "View Orders", "payload": "VIEW_ORDERS"},
                        {"type": "postback", "title": "Track Shipment", "payload": "TRACK_SHIPMENT"},
                        {"type": "web_url", "title": "Visit Website", "url": "https://example.com"}
                    ]
                }
            }
        }"#,
    )
    .await;
    let expected = json!({
        "recipient": {"id": "1234567890"},
        "messaging_type": "RESPONSE",
        "message": {"attachment": {"type": "template", "payload": {
            "template_type": "button",
            "text": "What would you like to do?",
            "buttons": [
                {"type": "postback", "title": "View Orders", "payload": "VIEW_ORDERS"},
                {"type": "postback", "title": "Track Shipment", "payload": "TRACK_SHIPMENT"},
                {"type": "web_url", "title": "Visit Website", "url": "https://example.com"}
            ]
        }}}
    });
    assert_same(&body, &expected);
}

#[tokio::test]
async fn generic_template() {
    let body = sent(
        r#"{
            "channelId": "ch_facebook_123",
            "to": "1234567890",
            "content": {
                "type": "template",
                "template": {
                    "type": "generic",
                    "elements": [
                        {
                            "title": "iPhone 15 Pro",
                            "subtitle": "$999 - Free shipping",
                            "imageUrl": "https://example.com/iphone.jpg",
                            "defaultAction": {"type": "web_url", "url": "https://example.com/products/iphone-15"},
                            "buttons": [
                                {"type": "postback", "title": "Buy Now", "payload": "BUY_IPHONE_15"},
                                {
                                    "type": "web_url",
                                    "title": "View Details",
                                    "url": "https://example.com/products/iphone-15"
                                }
                            ]
                        },
                        {
                            "title": "MacBook Pro",
                            "subtitle": "$1,999 - Free shipping",
                            "imageUrl": "https://example.com/macbook.jpg",
                            "buttons": [{"type": "postback", "title": "Buy Now", "payload": "BUY_MACBOOK"}]
                        }
                    ]
                }
            }
        }"#,
    )
    .await;
    let expected = json!({
        "recipient": {"id": "1234567890"},
        "messaging_type": "RESPONSE",
        "message": {"attachment": {"type": "template", "payload": {
            "template_type": "generic",
            "elements": [
                {
                    "title": "iPhone 15 Pro",
                    "subtitle": "$999 - Free shipping",
                    "image_url": "https://example.com/iphone.jpg",
                    "default_action": {"type": "web_url", "url": "https://example.com/products/iphone-15"},
                    "buttons": [
                        {"type": "postback", "title": "Buy Now", "payload": "BUY_IPHONE_15"},
                        {"type": "web_url", "title": "View Details", "url": "https://example.com/products/iphone-15"}
                    ]
                },
                {
                    "title": "MacBook Pro",
                    "subtitle": "$1,999 - Free shipping",
                    "image_url": "https://example.com/macbook.jpg",
                    "buttons": [{"type": "postback", "title": "Buy Now", "payload": "BUY_MACBOOK"}]
                }
            ]
        }}}
    });
    assert_same(&body, &expected);
}

#[tokio::test]
async fn quick_replies() {
    let body = sent(
        r#"{
            "channelId": "ch_facebook_123",
            "to": "1234567890",
            "content": {
                "type": "text",
                "text": "How would you rate your experience?",
                "quickReplies": [
                    {"contentType": "text", "title": "Great!", "payload": "RATING_GREAT"},
                    {"contentType": "text", "title": "Good", "payload": "RATING_GOOD"},
                    {"contentType": "text", "title": "Could be better", "payload": "RATING_POOR"},
                    {"contentType": "user_phone_number"},
                    {"contentType": "user_email"}
                ]
            }
        }"#,
    )
    .await;
    let expected = json!({
        "recipient": {"id": "1234567890"},
        "messaging_type": "RESPONSE",
        "message": {
            "text": "How would you rate your experience?",
            "quick_replies": [
                {"content_type": "text", "title": "Great!", "payload": "RATING_GREAT"},
                {"content_type": "text", "title": "Good", "payload": "RATING_GOOD"},
                {"content_type": "text", "title": "Could be better", "payload": "RATING_POOR"},
                {"content_type": "user_phone_number"},
                {"content_type": "user_email"}
            ]
        }
    });
    assert_same(&body, &expected);
}

#[tokio::test]
async fn receipt_template() {
    let body = sent(
        r#"{
            "channelId": "ch_facebook_123",
            "to": "1234567890",
            "content": {
                "type": "template",
                "template": {
                    "type": "receipt",
                    "recipientName": "John Doe",
                    "orderNumber": "ORD-12345",
                    "currency": "USD",
                    "paymentMethod": "Visa 1234",
                    "orderUrl": "https://example.com/orders/12345",
                    "timestamp": "1704067200",
                    "address": {
                        "street1": "123 Main St",
                        "city": "San Francisco",
                        "state": "CA",
                        "postalCode": "94105",
                        "country": "US"
                    },
                    "summary": {"subtotal": 99.99, "shippingCost": 4.99, "totalTax": 8.49, "totalCost": 113.47},
                    "elements": [
                        {
                            "title": "iPhone Case",
                            "subtitle": "Black, Standard",
                            "quantity": 1,
                            "price": 29.99,
                            "currency": "USD",
                            "imageUrl": "https://example.com/case.jpg"
                        },
                        {
                            "title": "Screen Protector",
                            "subtitle": "Tempered Glass",
                            "quantity": 2,
                            "price": 35.00,
                            "currency": "USD"
                        }
                    ]
                }
            }
        }"#,
    )
    .await;
    let expected = json!({
        "recipient": {"id": "1234567890"},
        "messaging_type": "RESPONSE",
        "message": {"attachment": {"type": "template", "payload": {
            "template_type": "receipt",
            "recipient_name": "John Doe",
            "order_number": "ORD-12345",
            "currency": "USD",
            "payment_method": "Visa 1234",
            "order_url": "https://example.com/orders/12345",
            "timestamp": "1704067200",
            "address": {
                "street_1": "123 Main St",
                "city": "San Francisco",
                "state": "CA",
                "postal_code": "94105",
                "country": "US"
            },
            "summary": {"subtotal": 99.99, "shipping_cost": 4.99, "total_tax": 8.49, "total_cost": 113.47},
            "elements": [
                {
                    "title": "iPhone Case",
                    "subtitle": "Black, Standard",
                    "quantity": 1,
                    "price": 29.99,
                    "currency": "USD",
                    "image_url": "https://example.com/case.jpg"
                },
                {
                    "title": "Screen Protector",
                    "subtitle": "Tempered Glass",
                    "quantity": 2,
                    "price": 35,
                    "currency": "USD"
                }
            ]
        }}}
    });
    assert_same(&body, &expected);
}

/// Posts a tagged text and checks what reached the Graph API. Meta refuses these three tags since April 2026, and only Meta can
/// say so for sure: the message goes out as it stands, and its author is warned.
async fn tagged(text: &str, tag: &str) {
    let example = json!({
        "channelId": "ch_facebook_123",
        "to": "1234567890",
        "content": {"type": "text", "text": text},
        "options": {"tag": tag}
    });
    let expected = json!({
        "recipient": {"id": "1234567890"},
        "messaging_type": "MESSAGE_TAG",
        "tag": tag,
        "message": {"text": text}
    });
    let (body, warnings) = sent_with_warnings(&example.to_string()).await;
    assert_same(&body, &expected);
    assert_eq!(warnings[0]["pointer"], "/options/tag", "{warnings}");
}

#[tokio::test]
async fn confirmed_event_update() {
    tagged("Your flight UA123 has been delayed. New departure time: 3:45 PM.", "CONFIRMED_EVENT_UPDATE").await;
}

#[tokio::test]
async fn post_purchase_update() {
    let text = "Your order #12345 has shipped! Track it here: https://track.example.com/12345";
    tagged(text, "POST_PURCHASE_UPDATE").await;
}

#[tokio::test]
async fn account_update() {
    tagged("Your password was changed. If this was not you, please contact support.", "ACCOUNT_UPDATE").await;
}
