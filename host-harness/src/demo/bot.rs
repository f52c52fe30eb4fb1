//! A small bot. It knows events and messages in Linktor's form, and nothing of Messenger.

use serde_json::{Value, json};

use super::consumer::Consumer;

/// Answers until it is stopped.
pub(super) async fn run(consumer: Consumer) {
    let mut seen = 0;
    while let Some(mut events) = consumer.follow(seen).await {
        while let Some(event) = events.next().await {
            seen = event["seq"].as_u64().unwrap_or(seen);
            if let Some(answer) = answer(&event)
                && let Err(error) = carry_out(&consumer, &event["data"], answer).await
            {
                tracing::warn!(error, "the bot's answer was not sent");
            }
        }
    }
}

/// What the bot does.
enum Answer {
    /// It says something.
    Say(Value),
    /// It says something and leaves the conversation to people.
    HandOver(Value),
}

async fn carry_out(consumer: &Consumer, data: &Value, answer: Answer) -> Result<(), String> {
    let (content, hands_over) = match answer {
        Answer::Say(content) => (content, false),
        Answer::HandOver(content) => (content, true),
    };
    let message = |content: Value| json!({ "channelId": data["channelId"], "to": data["from"], "content": content });
    for content in [json!({ "type": "mark_seen" }), json!({ "type": "typing_on" }), content] {
        consumer.send(&message(content)).await?;
    }
    if hands_over {
        let input = json!({ "person": data["from"], "targetApp": "inbox", "metadata": "asks for a person" });
        consumer.perform(data["channelId"].as_str().unwrap_or_default(), "passThreadControl", &input).await?;
    }
    Ok(())
}

/// What to do about an event, if anything.
fn answer(event: &Value) -> Option<Answer> {
    let data = &event["data"];
    if data["observed"] == true {
        // Somebody else answers this person.
        return None;
    }
    if data["threadOwner"]["who"] == "us" {
        return Some(Answer::Say(text("I am back, {{user_first_name}}. Is there anything else?")));
    }
    let payload = data["payload"].as_str();
    match event["event"].as_str()? {
        "message.received" => Some(to_message(data)),
        "facebook.quick_reply" => Some(Answer::Say(match payload {
            Some("SHOW_PHONES") => json!({ "type": "template", "template": phones() }),
            _ => json!({ "type": "template", "template": {
                "type": "button",
                "text": "What would you like to do?",
                "buttons": [
                    { "type": "postback", "title": "View Orders", "payload": "VIEW_ORDERS" },
                    { "type": "web_url", "title": "Visit Website", "url": "https://example.com" }
                ]
            } }),
        })),
        "facebook.postback" => Some(match payload {
            Some("BUY_PHONE") => Answer::Say(json!({ "type": "template", "template": receipt() })),
            Some("CONTACT_SUPPORT") => hand_over(),
            Some("GET_STARTED") => Answer::Say(greeting("")),
            Some("PRODUCTS_NEW" | "PRODUCTS_BEST") => Answer::Say(json!({ "type": "template", "template": phones() })),
            _ => Answer::Say(text("You have no open orders. Write to me whenever you like.")),
        }),
        _ => None,
    }
}

fn to_message(data: &Value) -> Answer {
    let name = data["metadata"]["firstName"].as_str().map(|name| format!(" {name}")).unwrap_or_default();
    match data["content"]["text"].as_str().map(str::to_lowercase) {
        Some(words) if words.contains("person") || words.contains("human") => hand_over(),
        Some(_) => Answer::Say(greeting(&name)),
        None => Answer::Say(text(&format!("Thank you{name}, I have received it."))),
    }
}

fn text(text: &str) -> Value {
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

/// The host puts the name in.
fn hand_over() -> Answer {
    Answer::HandOver(text("Of course, {{user_first_name}}. A colleague will answer you here."))
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
