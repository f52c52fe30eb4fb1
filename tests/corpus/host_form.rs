//! Meta's body as the message that a host would write for it, in the host's own spelling.

use serde_json::{Map, Value, json};

/// Why there is no such message.
pub(crate) type NoForm = &'static str;

/// The message that should become this body.
///
/// # Errors
/// The body is not one of the Send API, or says something for which a host's message has no place.
pub(crate) fn host_form(body: &Value) -> Result<Value, NoForm> {
    let Some(members) = body.as_object() else { return Err("not an object") };
    if members.contains_key("sender") {
        return Err("an event, and no body of the Send API");
    }
    let Some(recipient) = members.get("recipient") else { return Err("the Page's profile, and no message") };
    let known = [
        "recipient",
        "messaging_type",
        "message",
        "sender_action",
        "tag",
        "notification_type",
        "persona_id",
        "reply_to",
    ];
    if members.keys().any(|name| !known.contains(&name.as_str())) {
        return Err("has a member that no page of Meta's describes");
    }
    let mut options = Map::new();
    for name in ["messaging_type", "tag", "notification_type", "persona_id"] {
        if let Some(value) = members.get(name) {
            options.insert(camel_case(name), value.clone());
        }
    }
    if let Some(mid) = members.get("reply_to").map(|reply| &reply["mid"]) {
        options.insert("replyTo".to_owned(), mid.clone());
    }
    let content = match (members.get("message"), members.get("sender_action")) {
        (Some(_), Some(_)) => return Err("a message and a sender action in one"),
        (None, Some(action)) => json!({"type": action}),
        (Some(message), None) => content(message, &mut options)?,
        (None, None) => return Err("neither a message nor a sender action"),
    };
    Ok(json!({"channelId": "ch_facebook_123", "to": to(recipient), "content": content, "options": options}))
}

fn to(recipient: &Value) -> Value {
    match recipient.as_object() {
        Some(by) if by.len() == 1 && by.contains_key("id") => by["id"].clone(),
        _ => camel(recipient),
    }
}

fn content(message: &Value, options: &mut Map<String, Value>) -> Result<Value, NoForm> {
    let Some(message) = message.as_object() else { return Err("the message is not an object") };
    let known = ["text", "attachment", "quick_replies", "metadata"];
    if message.keys().any(|name| !known.contains(&name.as_str())) {
        return Err("the message has a member that no page of Meta's describes");
    }
    let mut content = match (message.get("text"), message.get("attachment")) {
        (Some(text), None) => json!({"type": "text", "text": text}),
        (None, Some(attachment)) => attached(attachment)?,
        _ => return Err("both text and attachment, or neither"),
    };
    if let Some(replies) = message.get("quick_replies") {
        content["quickReplies"] = camel(replies);
    }
    if let Some(metadata) = message.get("metadata") {
        options.insert("metadata".to_owned(), metadata.clone());
    }
    Ok(content)
}

fn attached(attachment: &Value) -> Result<Value, NoForm> {
    let (Some(kind), Some(payload)) = (attachment["type"].as_str(), attachment["payload"].as_object()) else {
        return Err("the attachment is not {type, payload}");
    };
    if kind != "template" {
        if !["audio", "file", "image", "video"].contains(&kind) {
            return Err("the attachment's type is none of Meta's");
        }
        return Ok(json!({"type": kind, kind: camel(&attachment["payload"])}));
    }
    let mut template = payload.clone();
    let Some(named) = template.remove("template_type") else { return Err("the template has no type") };
    let mut template = camel(&Value::Object(template));
    template["type"] = named;
    Ok(json!({"type": "template", "template": template}))
}

/// The same JSON with every member's name in the host's spelling.
fn camel(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().map(|(name, value)| (camel_case(name), camel(value))).collect(),
        Value::Array(elements) => elements.iter().map(camel).collect(),
        other => other.clone(),
    }
}

/// `image_url` → `imageUrl`, `street_1` → `street1`.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |camel, part| {
        let mut letters = part.chars();
        let initial = letters.next().map(|letter| letter.to_ascii_uppercase());
        camel + &initial.into_iter().chain(letters).collect::<String>()
    })
}
