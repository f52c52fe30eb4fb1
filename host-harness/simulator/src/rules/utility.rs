//! Utility messages. Source: `…/send-messages/utility-messages`.

use super::Window;
use super::param::Param;
use crate::graph_error::GraphError;

const NAME: usize = 512;
/// A parameter of a template: no limit is documented, so that of a text.
const VALUE: usize = 2000;
const COMPONENTS: usize = 3;
const PARAMETERS: usize = 100;

/// Type and template belong together. Whether the template exists is judged later.
pub(super) fn judge(message: &Param<'_>, window: Window) -> Result<(), GraphError> {
    let template = message.require("template")?;
    if window != Window::Always {
        return Err(GraphError::parameter("A utility template needs messaging_type UTILITY"));
    }
    message.object(&["template", "metadata"])?;
    template.object(&["name", "language", "components"])?;
    template.required_text("name", NAME)?;
    let language = template.require("language")?;
    language.object(&["code"])?;
    language.required_text("code", NAME)?;
    template.optional_items("components", COMPONENTS)?.iter().try_for_each(component)
}

fn component(component: &Param<'_>) -> Result<(), GraphError> {
    component.object(&["type", "parameters"])?;
    let kind = component.require("type")?;
    let kind = kind.string()?.to_ascii_lowercase();
    if !["header", "body", "buttons"].contains(&kind.as_str()) {
        return Err(component.require("type")?.must("be one of {header, body, buttons}"));
    }
    for parameter in component.require("parameters")?.items(PARAMETERS)? {
        let keys = ["type", "text", "image", "payload", "url", "parameter_name"];
        parameter.object(&keys)?;
        let written = parameter.require("type")?.string()?.to_ascii_lowercase();
        let value = match (kind.as_str(), written.as_str()) {
            ("buttons", "postback") => "payload",
            ("buttons", "url") => "url",
            ("header", "image") => "image",
            ("header" | "body", "text") => "text",
            _ => return Err(parameter.require("type")?.must("fit its component")),
        };
        if value == "image" {
            parameter.require("image")?.value().as_object().ok_or_else(|| parameter.must("have an image object"))?;
        } else {
            parameter.required_text(value, VALUE)?;
        }
        parameter.optional_text("parameter_name", NAME)?;
    }
    Ok(())
}
