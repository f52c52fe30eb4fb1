//! Meta's bodies by their documentation: the JSON Schemas by which the simulator judges.

use std::sync::LazyLock;

use jsonschema::{Registry, Validator};
use serde_json::Value;

const BODY: &str = include_str!("../../host-harness/simulator/schemas/send-api.schema.json");
const PARTS: [&str; 4] = [
    include_str!("../../host-harness/simulator/schemas/templates.schema.json"),
    include_str!("../../host-harness/simulator/schemas/shop.schema.json"),
    include_str!("../../host-harness/simulator/schemas/forms.schema.json"),
    include_str!("../../host-harness/simulator/schemas/airline.schema.json"),
];

static SEND_API: LazyLock<Validator> = LazyLock::new(|| {
    let mut registry = Registry::new();
    for part in documents().split_off(1) {
        let id = part["$id"].as_str().unwrap().to_owned();
        registry = registry.add(id, part).unwrap();
    }
    let registry = registry.prepare().unwrap();
    jsonschema::options().with_registry(&registry).build(&documents()[0]).unwrap()
});

/// The schema of a body, and those that it refers to.
pub(crate) fn documents() -> Vec<Value> {
    std::iter::once(BODY).chain(PARTS).map(|text| serde_json::from_str(text).unwrap()).collect()
}

/// Whether Meta's pages allow this body.
pub(crate) fn allows(body: &Value) -> bool {
    SEND_API.is_valid(body)
}

/// Why they do not.
pub(crate) fn complaints(body: &Value) -> Vec<String> {
    SEND_API.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "every caller makes it on the spot")]
    fn to_a_person(message: Value) -> Value {
        json!({"recipient": {"id": "7411002233445566"}, "messaging_type": "RESPONSE", "message": message})
    }

    #[expect(clippy::needless_pass_by_value, reason = "every caller makes it on the spot")]
    fn template(payload: Value) -> Value {
        to_a_person(json!({"attachment": {"type": "template", "payload": payload}}))
    }

    #[test]
    fn it_allows_what_meta_s_pages_show() {
        let utility = json!({"name": "order_left", "language": {"code": "en_US"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]},
            {"type": "buttons", "parameters": [{"type": "POSTBACK", "payload": "A-17"}, {"type": "URL", "url": "A-17"}]}
        ]});
        let hat = json!({"title": "Hat", "default_action": {"type": "web_url", "url": "https://example.com/hat"}});
        for body in [
            to_a_person(json!({"text": "Hi", "metadata": "out-17"})),
            to_a_person(
                json!({"attachment": {"type": "image", "payload": {"url": "https://a.b/c", "is_reusable": true}}}),
            ),
            to_a_person(json!({"text": "?", "quick_replies": [{"content_type": "user_email"}]})),
            template(json!({"template_type": "generic", "elements": [hat]})),
            template(json!({"template_type": "calling_optin"})),
            json!({"recipient": {"id": "1"}, "messaging_type": "UTILITY", "message": {"template": utility}}),
            json!({"recipient": {"id": "1"}, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT", "message": {"text": "Hi"}}),
            json!({"recipient": {"id": "1"}, "sender_action": "react", "payload": {"message_id": "m_1", "reaction": "❤"}}),
        ] {
            assert!(allows(&body), "{:?}\n{body:#}", complaints(&body));
        }
    }

    #[test]
    fn it_refuses_what_they_do_not_allow() {
        let button = |button: Value| template(json!({"template_type": "button", "text": "?", "buttons": [button]}));
        for body in [
            json!({}),
            json!({"recipient": {"id": "1"}}),
            json!({"recipient": {"id": "1"}, "message": {"text": "no type"}}),
            json!({"recipient": {"id": "1", "user_ref": "2"}, "messaging_type": "RESPONSE", "message": {"text": "Hi"}}),
            json!({"recipient": {"id": "1"}, "messaging_type": "MESSAGE_TAG", "message": {"text": "no tag"}}),
            json!({"recipient": {"id": "1"}, "messaging_type": "RESPONSE", "tag": "HUMAN_AGENT", "message": {"text": "Hi"}}),
            json!({"recipient": {"id": "1"}, "messaging_type": "UTILITY", "message": {"text": "no template"}}),
            json!({"recipient": {"id": "1"}, "messaging_type": "MESSAGE_TAG", "tag": "CUSTOMER_FEEDBACK", "message": {"text": "Hi"}}),
            json!({"recipient": {"id": "1"}, "sender_action": "typing_on", "message": {"text": "Hi"}}),
            json!({"recipient": {"id": "1"}, "sender_action": "react", "payload": {"message_id": "m_1"}}),
            to_a_person(json!({"text": "x".repeat(2001)})),
            to_a_person(json!({"text": "Hi", "attachment": {"type": "image", "payload": {"url": "https://a.b/c"}}})),
            to_a_person(json!({"text": null})),
            to_a_person(json!({"text": "Hi", "quick_replies": []})),
            to_a_person(
                json!({"attachment": {"type": "image", "payload": {"url": "https://a.b/c", "attachment_id": "1"}}}),
            ),
            to_a_person(json!({"attachment": {"type": "location", "payload": {"url": "https://a.b/c"}}})),
            template(json!({"template_type": "list", "elements": []})),
            template(json!({"template_type": "calling_optin", "title": "?"})),
            template(json!({"template_type": "generic", "elements": [{"title": "alone"}]})),
            button(json!({"type": "element_share"})),
            button(json!({"type": "postback", "title": "x".repeat(21), "payload": "X"})),
            button(json!({"type": "web_url", "title": "x", "url": "https://a.b", "fallback_url": "https://a.b"})),
            button(json!({"type": "account_unlink", "title": "Log out"})),
        ] {
            assert!(!allows(&body), "{body:#}");
        }
    }
}
