//! The guide's own examples, from the SDK's call to Meta's body.

use serde_json::{Value, json};

use super::{planned, snapshot};

fn menu() -> Value {
    json!({
        "channelId": "ch_facebook_123",
        "menu": [{
            "locale": "default",
            "composerInputDisabled": false,
            "callToActions": [
                {"type": "postback", "title": "Get Started", "payload": "GET_STARTED"},
                {"type": "nested", "title": "Products", "callToActions": [
                    {"type": "postback", "title": "New Arrivals", "payload": "PRODUCTS_NEW"},
                    {"type": "postback", "title": "Best Sellers", "payload": "PRODUCTS_BEST"},
                    {"type": "web_url", "title": "All Products", "url": "https://example.com/products"}
                ]},
                {"type": "postback", "title": "Contact Support", "payload": "CONTACT_SUPPORT"}
            ]
        }]
    })
}

fn get_started() -> Value {
    json!({"channelId": "ch_facebook_123", "payload": "GET_STARTED"})
}

fn greeting() -> Value {
    json!({
        "channelId": "ch_facebook_123",
        "greeting": [
            {
                "locale": "default",
                "text": "Hi {{user_first_name}}! Welcome to Acme Support. Tap Get Started to begin."
            },
            {"locale": "pt_BR", "text": "Oi {{user_first_name}}! Bem-vindo ao suporte da Acme."}
        ]
    })
}

#[test]
fn each_alone() {
    let started = json!({"get_started": {"payload": "GET_STARTED"}});
    for (name, current, desired) in [
        ("seed_menu", started, json!({"persistentMenu": menu()})),
        ("seed_get_started", json!({}), json!({"getStarted": get_started()})),
        ("seed_greeting", json!({}), json!({"greeting": greeting()})),
    ] {
        let plan = planned(current, desired).unwrap();
        snapshot(name, &serde_json::to_value(&plan).unwrap());
    }
}

#[test]
fn all_in_one_document() {
    let desired = json!({"persistentMenu": menu(), "getStarted": get_started(), "greeting": greeting()});
    let plan = planned(json!({}), desired.clone()).unwrap();
    assert_eq!(plan.requests.len(), 1);
    let names: Vec<_> = plan.changes.iter().map(|change| change.property.as_str()).collect();
    assert_eq!(names, ["get_started", "persistent_menu", "greeting"]);
    let again = planned(plan.requests[0].body.clone(), desired).unwrap();
    assert!(again.changes.is_empty() && again.requests.is_empty());
    let codes: Vec<_> = again.warnings.iter().map(|warning| warning.code.as_ref()).collect();
    assert_eq!(codes, ["menu.nested"]);
}
