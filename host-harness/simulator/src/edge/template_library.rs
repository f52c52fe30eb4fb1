//! `/message_template_library`: utility templates that Meta has written, of which there are a few here.
//! Source: `…/send-messages/utility-messages`.

use axum::http::Method;
use serde_json::{Value, json};

use super::listing::piece;
use crate::call::Call;
use crate::graph_error::GraphError;
use crate::rules::param::Param;

/// One template of the library.
struct Ready {
    id: &'static str,
    name: &'static str,
    topic: &'static str,
    usecase: &'static str,
    industry: &'static str,
    body: &'static str,
    /// Examples for the placeholders.
    params: &'static [&'static str],
    types: &'static [&'static str],
    /// Text and address of a button.
    button: Option<(&'static str, &'static str)>,
}

const LANGUAGES: &[&str] = &["en_US", "en_GB"];

const LIBRARY: &[Ready] = &[
    Ready {
        id: "7000000000000001",
        name: "order_shipped_1",
        topic: "ORDER_MANAGEMENT",
        usecase: "SHIPMENT_CONFIRMATION",
        industry: "E_COMMERCE",
        body: "Hello {{1}}, your order {{2}} is on its way.",
        params: &["Ana", "A-17"],
        types: &["TEXT", "TEXT"],
        button: Some(("Track order", "https://www.example.com")),
    },
    Ready {
        id: "7000000000000002",
        name: "appointment_reminder_1",
        topic: "EVENT_REMINDER",
        usecase: "APPOINTMENT_REMINDER",
        industry: "PROFESSIONAL_SERVICES",
        body: "Hello {{1}}, your appointment is on {{2}} at our office.",
        params: &["Ana", "Monday"],
        types: &["TEXT", "DATE"],
        button: None,
    },
    Ready {
        id: "7000000000000003",
        name: "account_statement_1",
        topic: "ACCOUNT_UPDATES",
        usecase: "STATEMENT_AVAILABLE",
        industry: "FINANCIAL_SERVICES",
        body: "Hello {{1}}, your statement is ready.",
        params: &["Ana"],
        types: &["TEXT"],
        button: Some(("See statement", "https://www.example.com")),
    },
];

/// Searches by name or text, and by language.
pub(super) fn answer(call: &Call) -> Result<Value, GraphError> {
    if call.method != Method::GET {
        return Err(GraphError::unsupported(&call.verb()));
    }
    let wanted = call.text("name_or_content").or_else(|| call.text("name")).unwrap_or_default().to_lowercase();
    let language = call.text("language");
    let found = LIBRARY
        .iter()
        .flat_map(|ready| LANGUAGES.iter().map(move |spoken| (ready, *spoken)))
        .filter(|(_, spoken)| language.as_deref().is_none_or(|language| language == *spoken))
        .filter(|(ready, _)| ready.name.contains(&wanted) || ready.body.to_lowercase().contains(&wanted))
        .map(|(ready, spoken)| (format!("{}{spoken}", ready.id), written(ready, spoken)));
    Ok(piece(call, found.collect(), None))
}

fn written(ready: &Ready, language: &str) -> Value {
    let buttons: Vec<Value> =
        ready.button.iter().map(|(text, url)| json!({"type": "URL", "text": text, "url": url})).collect();
    json!({
        "id": ready.id, "name": ready.name, "language": language, "category": "UTILITY", "topic": ready.topic,
        "usecase": ready.usecase, "industry": [ready.industry], "body": ready.body, "body_params": ready.params,
        "body_param_types": ready.types, "buttons": buttons,
    })
}

/// The components of a template that is made from the library; `None` if this call makes its own.
pub(super) fn components(call: &Call, language: &str) -> Result<Option<Value>, GraphError> {
    let Some(name) = Param::top(&call.params, "library_template_name") else { return Ok(None) };
    let ready = LIBRARY.iter().find(|ready| name.value() == ready.name);
    let Some(ready) = ready.filter(|_| LANGUAGES.contains(&language)) else {
        return Err(name.must("be a template of the library in this language"));
    };
    let mut components = vec![json!({"type": "BODY", "text": ready.body, "example": {"body_text": [ready.params]}})];
    if let Some((text, _)) = ready.button {
        let inputs = Param::top(&call.params, "library_template_button_inputs");
        let Some(inputs) = inputs else {
            return Err(GraphError::parameter("The parameter library_template_button_inputs is required"));
        };
        let input = inputs.items(1)?.remove(0);
        input.require("type")?.one_of(&["URL", "url"])?;
        let base = input.require("url")?.require("base_url")?.http_url()?.to_owned();
        let text = input.get("text").map_or(Ok(text), |text| text.string())?;
        components.push(json!({"type": "BUTTONS", "buttons": [{"type": "URL", "text": text, "url": base}]}));
    }
    Ok(Some(components.into()))
}
