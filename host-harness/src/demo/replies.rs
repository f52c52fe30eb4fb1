//! What the bot says. It knows messages in Linktor's form, and nothing of Messenger. The host puts names in where a text asks for them.

use serde_json::{Value, json};

/// What the bot does.
#[derive(Debug)]
pub(super) enum Reply {
    /// It says something.
    Say(Value),
    /// It says something and leaves the conversation to people.
    HandOver(Value),
}

/// What a person said.
#[derive(Debug)]
pub(super) struct Heard<'a> {
    pub(super) first_name: Option<&'a str>,
    pub(super) words: Option<&'a str>,
    /// What a button gives back that was tapped.
    pub(super) payload: Option<&'a str>,
}

/// What the bot does about it.
pub(super) fn to(heard: &Heard<'_>) -> Reply {
    let name = heard.first_name.map(|name| format!(" {name}")).unwrap_or_default();
    match heard.payload {
        Some("SHOW_PHONES" | "PRODUCTS_NEW" | "PRODUCTS_BEST") => {
            Reply::Say(json!({ "type": "template", "template": phones() }))
        }
        Some("ORDERS") => Reply::Say(json!({ "type": "template", "template": {
            "type": "button",
            "text": "What would you like to do?",
            "buttons": [
                { "type": "postback", "title": "View Orders", "payload": "VIEW_ORDERS" },
                { "type": "web_url", "title": "Visit Website", "url": "https://example.com" }
            ]
        } })),
        Some("BUY_PHONE") => Reply::Say(json!({ "type": "template", "template": receipt() })),
        Some("CONTACT_SUPPORT") => hand_over(),
        Some("GET_STARTED") => Reply::Say(greeting(&name)),
        Some(_) => Reply::Say(text("You have no open orders. Write to me whenever you like.")),
        None => match heard.words.map(str::to_lowercase) {
            Some(words) if words.contains("person") || words.contains("human") => hand_over(),
            Some(_) => Reply::Say(greeting(&name)),
            None => Reply::Say(text(&format!("Thank you{name}, I have received it."))),
        },
    }
}

/// What it does when people leave the conversation to it again.
pub(super) fn back() -> Reply {
    Reply::Say(text("I am back, {{user_first_name}}. Is there anything else?"))
}

pub(super) fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn greeting(name: &str) -> Value {
    json!({
        "type": "text",
        "text": format!("Hello{name}! How can I help you today?"),
        "quickReplies": [
            { "contentType": "text", "title": "Show me phones", "payload": "SHOW_PHONES" },
            { "contentType": "text", "title": "My orders", "payload": "ORDERS" }
        ]
    })
}

fn hand_over() -> Reply {
    Reply::HandOver(text("Of course, {{user_first_name}}. A colleague will answer you here."))
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
