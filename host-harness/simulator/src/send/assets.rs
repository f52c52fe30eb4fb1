//! What a message refers to: attachments, products, utility templates, web pages.

use serde_json::{Map, Value};

use crate::edge::message_templates::placeholders;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::page_state::{PageState, Template};
use crate::world::World;

pub(super) fn judge(world: &mut World, page: &Page, message: &Map<String, Value>, now: i64) -> Result<(), GraphError> {
    attachments(world, page, message, now)?;
    let state = world.state(&page.id);
    if let Some(template) = message.get("template") {
        return utility(state, template);
    }
    let payload = message.get("attachment").and_then(|attachment| attachment.get("payload"));
    if let Some(payload) = payload.filter(|payload| payload["template_type"] == "product") {
        products(state, payload)?;
    }
    payload.map_or(Ok(()), |payload| extensions(state, payload))
}

/// An attachment id must have been given to this Page, not too long ago, for the same kind of thing.
/// Source: `…/error-codes` (2018074, 2018047).
fn attachments(world: &World, page: &Page, message: &Map<String, Value>, now: i64) -> Result<(), GraphError> {
    let single = message.get("attachment").into_iter();
    let images = message.get("attachments").and_then(Value::as_array).into_iter().flatten();
    for attachment in single.chain(images) {
        let payload = &attachment["payload"];
        let elements = payload["elements"].as_array().into_iter().flatten();
        let named = elements.map(|element| (&element["attachment_id"], element["media_type"].as_str()));
        for (id, kind) in std::iter::once((&payload["attachment_id"], attachment["type"].as_str())).chain(named) {
            let Some(id) = id.as_str() else { continue };
            let Some(upload) = world.upload(id, &page.id, now) else {
                return Err(GraphError::parameter(
                    "Invalid attachment_id: it does not exist or belongs to another Page",
                )
                .subcode(2_018_074));
            };
            if kind.is_some_and(|kind| kind != upload.kind) {
                return Err(GraphError::parameter("Upload attachment failure.").subcode(2_018_047));
            }
        }
    }
    Ok(())
}

/// Source: `…/send-messages/template/product`.
fn products(state: &PageState, payload: &Value) -> Result<(), GraphError> {
    if !state.settings.has_scope("catalog_management") {
        return Err(GraphError::permission("catalog_management"));
    }
    for element in payload["elements"].as_array().into_iter().flatten() {
        let id = element["id"].as_str().map_or_else(|| element["id"].to_string(), str::to_owned);
        if !state.settings.products.contains(&id) {
            return Err(GraphError::parameter(format!("Invalid product {id}")).subcode(2_018_320));
        }
    }
    Ok(())
}

/// A page that opens with the extensions must be on a domain of the list.
/// Text seen at <https://github.com/davidchua/pymessenger/pull/34>.
fn extensions(state: &PageState, value: &Value) -> Result<(), GraphError> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| extensions(state, item)),
        Value::Object(members) => {
            if members.get("messenger_extensions") == Some(&Value::Bool(true)) {
                let host = |url: &Value| reqwest::Url::parse(url.as_str()?).ok()?.host_str().map(str::to_owned);
                let asked = members.get("url").and_then(host);
                let list = state.profile.get("whitelisted_domains").and_then(Value::as_array);
                if !list.into_iter().flatten().any(|domain| host(domain) == asked) {
                    return Err(GraphError::parameter("The URL provided is not whitelisted for messenger extensions"));
                }
            }
            members.values().try_for_each(|member| extensions(state, member))
        }
        _ => Ok(()),
    }
}

/// Source: `…/send-messages/utility-messages`. The codes are not documented; these are invalid parameters.
fn utility(state: &PageState, sent: &Value) -> Result<(), GraphError> {
    if !state.settings.has_scope("pages_utility_messaging") {
        return Err(GraphError::permission("pages_utility_messaging"));
    }
    let (name, language) = (&sent["name"], &sent["language"]["code"]);
    let found = state.templates.iter().find(|template| *name == template.name && *language == template.language);
    let Some(template) = found else {
        return Err(GraphError::parameter("The template does not exist in this language"));
    };
    if template.status != "APPROVED" {
        return Err(GraphError::parameter(format!("The template is not approved: it is {}", template.status)));
    }
    parameters(template, &sent["components"])
}

/// As many parameters as the texts have placeholders, with their names if they are named.
fn parameters(template: &Template, sent: &Value) -> Result<(), GraphError> {
    for component in template.components.as_array().into_iter().flatten() {
        let kind = component["type"].as_str().unwrap_or_default().to_ascii_lowercase();
        if kind == "buttons" || component["format"] == "IMAGE" {
            continue;
        }
        let wanted = placeholders(component["text"].as_str().unwrap_or_default());
        let filled = sent
            .as_array()
            .into_iter()
            .flatten()
            .find(|filled| filled["type"].as_str().is_some_and(|filled| filled.eq_ignore_ascii_case(&kind)));
        let parameters: Vec<&Value> =
            filled.and_then(|filled| filled["parameters"].as_array()).into_iter().flatten().collect();
        let named = |name: &str| parameters.iter().any(|parameter| parameter["parameter_name"] == name);
        let all_named = template.parameter_format != "NAMED" || wanted.iter().all(|name| named(name));
        if parameters.len() != wanted.len() || !all_named {
            return Err(GraphError::parameter(format!(
                "The number of parameters of the {kind} does not match the template: expected {}, got {}",
                wanted.len(),
                parameters.len()
            )));
        }
    }
    Ok(())
}
