//! A small bot. It knows events and messages in Linktor's form, and nothing of Messenger.

use serde_json::{Value, json};

use super::consumer::Consumer;

/// Answers until it is stopped.
pub(super) async fn run(consumer: Consumer) {
    let mut seen = 0;
    while let Some(mut events) = consumer.follow(seen).await {
        while let Some(event) = events.next().await {
            seen = event["seq"].as_u64().unwrap_or(seen);
            let Some(content) = answer(&event) else { continue };
            let data = &event["data"];
            let message =
                |content: Value| json!({ "channelId": data["channelId"], "to": data["from"], "content": content });
            for content in [json!({ "type": "mark_seen" }), json!({ "type": "typing_on" }), content] {
                if let Err(error) = consumer.send(&message(content)).await {
                    tracing::warn!(error, "the bot's answer was not sent");
                }
            }
        }
    }
}

/// What to say to an event, if anything.
fn answer(event: &Value) -> Option<Value> {
    let data = &event["data"];
    let content = match event["event"].as_str()? {
        "message.received" => {
            let name = data["metadata"]["firstName"].as_str().map(|name| format!(" {name}")).unwrap_or_default();
            match data["content"]["type"].as_str() {
                Some("text") => json!({
                    "type": "text",
                    "text": format!("Hello{name}! How can I help you today?"),
                    "quickReplies": [
                        { "contentType": "text", "title": "Show me phones", "payload": "SHOW_PHONES" },
                        { "contentType": "text", "title": "My orders", "payload": "ORDERS" }
                    ]
                }),
                _ => json!({ "type": "text", "text": format!("Thank you{name}, I have received it.") }),
            }
        }
        "facebook.quick_reply" => match data["payload"].as_str() {
            Some("SHOW_PHONES") => json!({ "type": "template", "template": phones() }),
            _ => json!({ "type": "template", "template": {
                "type": "button",
                "text": "What would you like to do?",
                "buttons": [
                    { "type": "postback", "title": "View Orders", "payload": "VIEW_ORDERS" },
                    { "type": "web_url", "title": "Visit Website", "url": "https://example.com" }
                ]
            } }),
        },
        "facebook.postback" => match data["payload"].as_str() {
            Some("BUY_PHONE") => json!({ "type": "template", "template": receipt() }),
            _ => json!({ "type": "text", "text": "You have no open orders. Write to me whenever you like." }),
        },
        _ => return None,
    };
    Some(content)
}

fn phones() -> Value {
    json!({
        "type": "generic",
        "elements": [
            {
                "title": "Phone 15 Pro",
                "subtitle": "$999 - Free shipping",
                "imageUrl": "https://example.com/phone-15-pro.jpg",
                "buttons": [
                    { "type": "postback", "title": "Buy Now", "payload": "BUY_PHONE" },
                    { "type": "web_url", "title": "View Details", "url": "https://example.com/phones/15-pro" }
                ]
            },
            {
                "title": "Phone 15",
                "subtitle": "$799 - Free shipping",
                "buttons": [{ "type": "postback", "title": "Ask About It", "payload": "ASK_PHONE" }]
            }
        ]
    })
}

fn receipt() -> Value {
    json!({
        "type": "receipt",
        "recipientName": "Ana Lima",
        "orderNumber": "ORD-12345",
        "currency": "USD",
        "paymentMethod": "Visa 1234",
        "summary": { "subtotal": 999, "shippingCost": 0, "totalTax": 84.92, "totalCost": 1083.92 },
        "elements": [{ "title": "Phone 15 Pro", "subtitle": "Black", "quantity": 1, "price": 999, "currency": "USD" }]
    })
}
