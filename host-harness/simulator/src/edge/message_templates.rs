//! `/{page}/message_templates`: utility templates. Source: `…/send-messages/utility-messages`.
//!
//! A review takes no time here: what is formed well is approved, anything else is rejected with the documented reason.

use axum::http::Method;
use serde_json::{Value, json};

use super::listing::piece;
use super::template_library;
use crate::call::Call;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::page_state::Template;
use crate::platform::Platform;
use crate::rules::param::Param;

const NAME: usize = 512;
const LANGUAGE: usize = 20;
const COMPONENTS: usize = 3;
const BUTTONS: usize = 3;

impl Platform {
    pub(super) fn message_templates(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        let mut world = self.world();
        let state = world.state(&page.id);
        if !state.settings.has_scope("pages_utility_messaging") {
            return Err(GraphError::permission("pages_utility_messaging"));
        }
        match call.method {
            Method::GET => {
                let wanted = |name: &str, value: &str| call.text(name).is_none_or(|wanted| wanted == value);
                let found = state.templates.iter().filter(|template| {
                    let text = template.components.to_string();
                    let holds = |name: &str, texts: &[&str]| {
                        call.text(name).is_none_or(|wanted| texts.iter().any(|text| text.contains(&wanted)))
                    };
                    wanted("name", &template.name)
                        && wanted("language", &template.language)
                        && wanted("status", template.status)
                        && wanted("category", template.category)
                        && holds("content", &[&text])
                        && holds("name_or_content", &[&template.name, &text])
                });
                Ok(piece(call, found.map(|template| (template.id.clone(), json!(template))).collect(), None))
            }
            Method::POST => {
                let mut template = template(call)?;
                let same = |known: &Template| known.name == template.name && known.language == template.language;
                if state.templates.iter().any(same) {
                    return Err(GraphError::parameter("A template with this name and language exists already"));
                }
                template.id = self.ids.object();
                let answer = json!({"id": template.id, "status": template.status, "category": template.category});
                state.templates.push(template);
                Ok(answer)
            }
            Method::DELETE => {
                let (name, id) = (call.text("name"), call.text("template_id"));
                if name.is_none() && id.is_none() {
                    return Err(GraphError::parameter("The parameter name is required"));
                }
                let before = state.templates.len();
                state.templates.retain(|template| {
                    Some(&template.id) != id.as_ref() && (id.is_some() || Some(&template.name) != name.as_ref())
                });
                if state.templates.len() == before {
                    return Err(GraphError::parameter("The template does not exist"));
                }
                Ok(json!({"success": true}))
            }
            _ => Err(GraphError::unsupported(&call.verb())),
        }
    }

    /// One template by its id: read, or given other components, which are reviewed anew.
    pub(super) fn message_template(&self, call: &Call, page: &Page, id: &str) -> Result<Value, GraphError> {
        let mut world = self.world();
        let state = world.state(&page.id);
        if !state.settings.has_scope("pages_utility_messaging") {
            return Err(GraphError::permission("pages_utility_messaging"));
        }
        let Some(template) = state.templates.iter_mut().find(|template| template.id == id) else {
            return Err(GraphError::no_such_object(&call.verb(), id));
        };
        match call.method {
            Method::GET => Ok(json!(template)),
            Method::POST => {
                let components = Param::required(&call.params, "components")?.value().clone();
                let format = call.text("parameter_format").unwrap_or_else(|| template.parameter_format.clone());
                let fits = judge(&components, &format)?;
                (template.components, template.parameter_format) = (components, format);
                template.status = if fits { "APPROVED" } else { "REJECTED" };
                template.rejected_reason = (!fits).then_some("INCORRECT_PARAMS");
                Ok(json!({"success": true}))
            }
            _ => Err(GraphError::unsupported(&call.verb())),
        }
    }
}

/// A template as it is handed in, without its id.
fn template(call: &Call) -> Result<Template, GraphError> {
    let name = Param::required(&call.params, "name")?.text(NAME)?;
    let language = Param::required(&call.params, "language")?.text(LANGUAGE)?;
    Param::required(&call.params, "category")?.one_of(&["UTILITY"])?;
    let format = Param::top(&call.params, "parameter_format");
    let format = format.map_or(Ok("POSITIONAL"), |format| format.one_of(&["POSITIONAL", "NAMED"]))?;
    let components = match template_library::components(call, language)? {
        Some(components) => components,
        None => Param::required(&call.params, "components")?.value().clone(),
    };
    let fits = judge(&components, format)?;
    Ok(Template {
        id: String::new(),
        name: name.to_owned(),
        language: language.to_owned(),
        category: "UTILITY",
        status: if fits { "APPROVED" } else { "REJECTED" },
        rejected_reason: (!fits).then_some("INCORRECT_PARAMS"),
        parameter_format: format.to_owned(),
        library_template_name: call.text("library_template_name"),
        components,
    })
}

/// Whether the placeholders are as they must be; refuses components that are not formed well.
fn judge(components: &Value, format: &str) -> Result<bool, GraphError> {
    let list = Param::new("components", components);
    let mut has_body = false;
    let mut fits = true;
    for component in list.items(COMPONENTS)? {
        match component.require("type")?.one_of(&["HEADER", "BODY", "BUTTONS"])? {
            "BUTTONS" => {
                for button in component.require("buttons")?.items(BUTTONS)? {
                    button.require("type")?.one_of(&["POSTBACK", "URL", "postback", "url"])?;
                    button.required_text("text", NAME)?;
                }
            }
            "HEADER" if component.require("format")?.one_of(&["TEXT", "IMAGE"])? == "IMAGE" => {}
            kind => {
                has_body |= kind == "BODY";
                let text = component.required_text("text", NAME * 4)?;
                fits &= format == "NAMED" || (numbered(text) && (kind == "HEADER" || !at_an_end(text)));
            }
        }
    }
    if !has_body {
        return Err(list.must("have a BODY"));
    }
    Ok(fits)
}

/// From 1, without gaps.
fn numbered(text: &str) -> bool {
    placeholders(text).iter().enumerate().all(|(index, name)| *name == (index + 1).to_string())
}

/// A placeholder that the text begins or ends with. The documentation's own header ends with one, its bodies do not.
fn at_an_end(text: &str) -> bool {
    text.trim().starts_with("{{") || text.trim().ends_with("}}")
}

/// The names between double braces, in their order.
pub(crate) fn placeholders(text: &str) -> Vec<&str> {
    text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name.trim()).collect()
}
