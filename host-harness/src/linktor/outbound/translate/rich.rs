use channel_api::{Issue, Pointer};
use serde_json::{Map, Value, json};

use super::{Attachment, media};

/// Content as its author wrote it for this host, with the core's words where it has none of its own. Its options stand before those
/// that every answer has.
pub(super) fn content(
    rich: &str,
    words: &str,
    attachments: &[Attachment],
    options: &mut Value,
    at: &Pointer<'_>,
) -> Result<Value, Vec<Issue>> {
    let mut members = match serde_json::from_str(rich) {
        Ok(Value::Object(members)) => members,
        Ok(_) => return Err(vec![shape(at, "type", "must be a JSON object")]),
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            return Err(vec![shape(at, "not_json", &format!("is no JSON from {place} on"))]);
        }
    };
    let (content, own) = (members.remove("content"), members.remove("options"));
    let mut issues: Vec<_> =
        members.keys().map(|name| shape(&at.key(name), "unknown_field", "is neither content nor options")).collect();
    match own {
        None | Some(Value::Null) => {}
        Some(Value::Object(own)) => {
            for (name, value) in own {
                options[name] = value;
            }
        }
        Some(_) => issues.push(shape(&at.key("options"), "type", "must be a JSON object")),
    }
    let content = match content {
        Some(Value::Object(content)) => content,
        None | Some(Value::Null) => Map::new(),
        Some(_) => {
            issues.push(shape(&at.key("content"), "type", "must be a JSON object"));
            Map::new()
        }
    };
    let content = with_words(content, words);
    let content = if attachments.is_empty() { Ok(content) } else { with_attachments(content, attachments) };
    match content {
        Ok(content) if issues.is_empty() => Ok(content),
        Ok(_) => Err(issues),
        Err(found) => Err(issues.into_iter().chain(found).collect()),
    }
}

/// The core wants words beside everything. They are the message's where that is a text without any.
fn with_words(mut content: Map<String, Value>, words: &str) -> Value {
    let kind = content.entry("type").or_insert_with(|| "text".into());
    if kind == "text" && content.get("text").is_none_or(Value::is_null) {
        content.insert("text".to_owned(), words.into());
    }
    content.into()
}

fn with_attachments(mut content: Value, attachments: &[Attachment]) -> Result<Value, Vec<Issue>> {
    let more = media::bodies(attachments)?;
    match &mut content["attachments"] {
        Value::Array(list) => list.extend(more),
        other => *other = more.into(),
    }
    Ok(content)
}

fn shape(at: &Pointer<'_>, code: &'static str, message: &str) -> Issue {
    let example = json!({"content": {"type": "template", "template": {"type": "button", "text": "…", "buttons": []}}, "options": {}});
    Issue::new(at, code, message)
        .with_hint(format!("write content and options of this host's messages into metadata.rich, as JSON: {example}"))
}
