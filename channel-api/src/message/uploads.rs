use serde_json::Value;

use super::{Body, OutboundMessage};
use crate::JsonObject;
use crate::read::same_name;
use crate::template::Template;

impl OutboundMessage {
    /// The ids of earlier uploads that are used in it. A host that keeps them forgets them once the provider does.
    pub fn attachment_ids(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for body in self.content.bodies() {
            ids.extend(body.media().and_then(|media| media.attachment_id.clone()));
            match body {
                Body::Other { fields, .. } => collect(fields, &mut ids),
                Body::Template(template) => {
                    if let Template::Other { fields, .. } = &**template {
                        collect(fields, &mut ids);
                    }
                }
                _ => {}
            }
        }
        ids
    }
}

/// The ids in what only the channel understands.
fn collect(fields: &JsonObject, ids: &mut Vec<String>) {
    for (name, value) in fields {
        match value {
            Value::String(id) if same_name(name, "attachmentId") => ids.push(id.clone()),
            Value::Number(id) if same_name(name, "attachmentId") => ids.push(id.to_string()),
            Value::Object(inner) => collect(inner, ids),
            Value::Array(elements) => {
                elements.iter().filter_map(Value::as_object).for_each(|element| collect(element, ids));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn uploads_are_found_wherever_a_message_uses_them() {
        for (content, expected) in [
            (json!({"type": "image", "image": {"attachment_id": 17}}), vec!["17"]),
            (
                json!({"type": "text", "text": "x", "attachments": [{"type": "file", "file": {"attachmentId": "1"}}]}),
                vec!["1"],
            ),
            (
                json!({"type": "template", "template": {"type": "media", "elements": [{"attachmentId": "1"}, {"attachment_id": 2}]}}),
                vec!["1", "2"],
            ),
            (json!({"type": "album", "pictures": [{"attachmentId": "1"}]}), vec!["1"]),
            (json!({"type": "text", "text": "attachmentId"}), vec![]),
        ] {
            let (message, _) = OutboundMessage::read(&json!({ "content": content }));
            assert_eq!(message.attachment_ids(), expected, "{content}");
        }
    }
}
